/* Files as bytes. */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* The whole file, with a NUL behind it; at the most SCAN_SIZE_LIMIT bytes. */
int file_read(struct arena *arena, const char *path, struct str *text_r, struct error *error)
	__attribute__((warn_unused_result));

#endif
