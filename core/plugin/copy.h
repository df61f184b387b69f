/* Private copies: the only files that are ever opened as libraries.
 *
 * Overwriting a library that runs crashes it, and opening a path anew while the old file is open gives the
 * old code back. So each version gets a file of its own, `<state>/plugins/<name>-<hash>.so`, in a folder
 * that only we may enter; debuggers find a real file, and the version before is still there to go back to.
 */
#ifndef PLUGIN_COPY_H
#define PLUGIN_COPY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* Makes the copy of `image`, or finds it made. One that this process has open is passed over, so that
 * opening the result gives a library with data of its own. NULL with the error set. */
const char *copy_make(struct arena *arena, struct str state, struct str name, struct str hash,
	struct str image, struct error *error);

/* Removes copies that nobody made or used for `age_s` seconds, but for those in `kept` (NULL-terminated;
 * names without their folder). Processes that have one open keep it. */
void copy_sweep(struct str state, const char *const *kept, unsigned age_s);

#endif
