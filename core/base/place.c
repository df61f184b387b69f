#include "base/place.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* How far bin, lib and lib/<machine> may lie below the prefix. */
enum { LEVELS = 3 };

static const char *existing(const char *path)
{
	return access(path, F_OK) == 0 ? path : NULL;
}

const char *place_library(struct arena *arena)
{
	char whole[PATH_MAX];
	const char *slash;
	Dl_info about;

	if (!dladdr((void *)(uintptr_t)place_library, &about) || !realpath(about.dli_fname, whole))
		return ".";
	slash = strrchr(whole, '/');
	return arena_strdup(arena, str_range(whole, slash));
}

/* The sources that a build folder was made from; NULL in an installation. */
static const char *sources(struct arena *arena)
{
	FILE *file = fopen(arena_printf(arena, "%s/sdk/sources", place_library(arena)), "re");
	char line[PATH_MAX];
	const char *found = NULL;

	if (!file)
		return NULL;
	if (fgets(line, sizeof(line), file))
		found = arena_strdup(arena, str_trim(str_of(line)));
	fclose(file);
	return found;
}

const char *place_shared(struct arena *arena, const char *name)
{
	const char *root = sources(arena), *up = place_library(arena), *found = NULL;

	if (root) {
		found = existing(arena_printf(arena, "%s/sdk/%s", root, name));
		return found ? found : existing(arena_printf(arena, "%s/tools/lib/%s", root, name));
	}
	for (int i = 0; i < LEVELS && !found; i++) {
		up = arena_printf(arena, "%s/..", up);
		found = existing(arena_printf(arena, "%s/share/socle/%s", up, name));
	}
	return found;
}

const char *place_plugins(struct arena *arena)
{
	const char *library = place_library(arena);

	return existing(sources(arena) ? arena_printf(arena, "%s/stage/shipped", library)
		: arena_printf(arena, "%s/socle/plugins", library));
}

const char *place_pkgconfig(struct arena *arena)
{
	const char *library = place_library(arena);

	return existing(sources(arena) ? arena_printf(arena, "%s/meson-uninstalled", library)
		: arena_printf(arena, "%s/pkgconfig", library));
}
