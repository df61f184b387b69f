/* Sizes and times as options give them. */
#ifndef STANDARD_SIZES_H
#define STANDARD_SIZES_H

#include <jansson.h>
#include <stdint.h>

/* A number of bytes, or a text: "1kb", "1.5mb", "100" (1kb is 1024). -1 for anything else. */
int size_read(const json_t *option, int64_t *size_r);

#endif
