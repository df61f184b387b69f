/* Where Socle's own files lie, found from where its code was loaded: an installation may be moved as a whole, and a build
 * folder works without being installed.
 *
 *	const char *templates = place_shared(arena, "templates");	// NULL: this program came without them
 */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include "base/arena.h"

/* The folder of libsocle.so (of the program, where that holds the library). */
const char *place_library(struct arena *arena);

/* A file or folder of share/socle: templates, guide, mariadb.sh. NULL when it isn't there. */
const char *place_shared(struct arena *arena, const char *name);

/* The folder of first-party plugins; NULL. */
const char *place_plugins(struct arena *arena);

/* The folder of socle.pc; NULL. */
const char *place_pkgconfig(struct arena *arena);

#endif
