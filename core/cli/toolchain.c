#include "cli/toolchain.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/place.h"

static const char *variable(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value && *value ? value : fallback;
}

/* ---- sources ---- */

static bool is_cpp(struct str name)
{
	return str_ends(name, STR(".cc")) || str_ends(name, STR(".cpp")) || str_ends(name, STR(".cxx"));
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "tests") != 0;
}

bool toolchain_sources(struct words *words, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_visible, alphasort);
	bool cpp = false;

	for (int i = 0; i < count; i++) {
		struct str name = str_of(entries[i]->d_name);
		const char *path = strcmp(folder, ".") == 0 ? arena_strdup(words->arena, name)
			: arena_printf(words->arena, "%s/%s", folder, entries[i]->d_name);
		struct stat about;

		if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
			cpp = toolchain_sources(words, path) || cpp;
		} else if (is_cpp(name) || str_ends(name, STR(".c"))) {
			words_add(words, path);
			cpp = is_cpp(name) || cpp;
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return cpp;
}

/* ---- words ---- */

/* This host's SDK before any other that is installed. */
static void prefer_own_sdk(struct arena *arena)
{
	const char *own = place_pkgconfig(arena), *path = getenv("PKG_CONFIG_PATH");

	if (own)
		setenv("PKG_CONFIG_PATH", path && *path ? arena_printf(arena, "%s:%s", own, path) : own, 1);
}

static const char *flags(struct arena *arena, struct error *error)
{
	struct words words = { .arena = arena };

	prefer_own_sdk(arena);
	words_add(&words, variable("PKG_CONFIG", "pkg-config"));
	words_add(&words, "--cflags");
	words_add(&words, "--libs");
	words_add(&words, "socle");
	return run_output(&words, error);
}

static void add_compiler(struct words *words, bool cpp)
{
	words_split(words, variable("CC", "cc"));
	words_split(words, "-fPIC -g -O2 -Wall -Wextra -Wno-unused-parameter -fvisibility=hidden");
	/* A symbol that is unique in the process would keep the library in it for ever. */
	if (cpp)
		words_add(words, "-fno-gnu-unique");
}

static void add_rest(struct words *words, const char *socle, bool cpp)
{
	words_split(words, variable("CFLAGS", ""));
	words_split(words, socle);
	if (cpp)
		words_add(words, "-lstdc++");
	words_split(words, variable("LDLIBS", ""));
}

int toolchain_build(struct arena *arena, const struct manifest *manifest, struct error *error)
{
	const char *library = arena_strdup(arena, manifest->library);
	const char *beside = arena_printf(arena, ".%s.new", library), *socle = flags(arena, error);
	struct words sources = { .arena = arena }, words = { .arena = arena };
	bool cpp = toolchain_sources(&sources, ".");

	if (!socle)
		return -1;
	if (!sources.count)
		return error_set(error, ERROR_APPLICATION, "%.*s names the library %s, and there is no C or C++ file to make it "
			"of; write one, or take `library` out", STR_ARG(manifest->file), library);
	add_compiler(&words, cpp);
	words_add(&words, "-shared");
	words_add(&words, arena_printf(arena, "-DSOCLE_PLUGIN_VERSION=\"%.*s\"", STR_ARG(manifest->version_text)));
	for (unsigned i = 0; i < sources.count; i++)
		words_add(&words, sources.items[i]);
	add_rest(&words, socle, cpp);
	words_add(&words, "-o");
	words_add(&words, beside);
	if (run_program(&words, NULL, error) < 0) {
		unlink(beside);
		return -1;
	}
	if (rename(beside, library) < 0)
		return error_set(error, ERROR_APPLICATION, "%s: %s", library, strerror(errno));
	return 0;
}

int toolchain_program(struct arena *arena, const char *source, const char *program, struct error *error)
{
	const char *socle = flags(arena, error);
	struct words words = { .arena = arena };
	bool cpp = is_cpp(str_of(source));

	if (!socle)
		return -1;
	add_compiler(&words, cpp);
	words_add(&words, source);
	add_rest(&words, socle, cpp);
	words_add(&words, arena_printf(arena, "-Wl,-rpath,%s", place_library(arena)));
	words_add(&words, "-o");
	words_add(&words, program);
	return run_program(&words, NULL, error);
}
