/* Trees of files: copied, removed, written. */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/* Copies a file; or of a folder what `takes` (NULL: everything) says yes to: it gets a name and whether it is a folder. Links are followed;
 * what is neither file nor folder is left out. `to` is made. Modes are kept. */
int files_copy(const char *from, const char *to, bool (*takes)(const char *name, bool folder), struct error *error)
	__attribute__((warn_unused_result));

/* Also when it isn't there. */
void files_remove(const char *path);

/* Writes beside it and renames, so that nobody sees half of it. */
int files_write(const char *path, struct str text, struct error *error) __attribute__((warn_unused_result));

#endif
