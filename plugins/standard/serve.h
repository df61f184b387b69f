/* A file as the answer: whole, in part, or not at all because the client has it already. */
#ifndef STANDARD_SERVE_H
#define STANDARD_SERVE_H

#include <sys/stat.h>

#include <socle/socle.h>

/* Answers GET and HEAD, with ETag and Last-Modified, and as If-None-Match, If-Modified-Since, Range and If-Range ask. Takes the
 * descriptor over. `stat` is its own; a regular file's. */
int serve_file(socle_context *ctx, int fd, const struct stat *stat, const char *type, const char *cache_control);

/* An error in the API's form, without `details`. */
int serve_error(socle_context *ctx, int status, const char *name, const char *message);

/* What a path that serves files answers to other methods: 405, and 200 to OPTIONS. */
int serve_other_method(socle_context *ctx);

/* Whether the method asks for a file. */
bool serve_is_asked(socle_context *ctx);

#endif
