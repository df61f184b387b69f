/* Cookies, and the text that a session is in one of them. Knows nothing of the host; tests/fuzz reads it,
 * too. */
#ifndef STANDARD_COOKIES_H
#define STANDARD_COOKIES_H

#include <stdbool.h>
#include <stddef.h>

/* Where the value of a cookie begins in the Cookie header, and its length; NULL when it isn't there. */
const char *cookie_find(const char *header, const char *name, size_t *n_r);

/* Whether a text can be a cookie's name, or its value as it is. */
bool cookie_is_token(const char *text);

/* Standard base64 with padding: room for 4 * (n + 2) / 3 + 1. */
void base64_write(const unsigned char *bytes, size_t n, char *out);

/* The way back, of standard or URL digits, with or without padding: room for n. The length, or -1. */
long base64_read(const char *text, size_t n, unsigned char *out);

#endif
