/* Plugins made on the spot: a folder in /tmp, text files in it, libraries compiled by the machine's own cc.
 */
#ifndef PLUGIN_FIXTURE_H
#define PLUGIN_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"

struct fixture {
	struct arena *arena;
	struct error error;
	char folder[64];
};

static inline int fixture_set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(4096);
	snprintf(f->folder, sizeof(f->folder), "/tmp/socle-plugin-XXXXXX");
	*state = f;
	return mkdtemp(f->folder) ? 0 : -1;
}

static inline int fixture_tear_down(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	assert_int_equal(system(command), 0);
	error_clear(&f->error);
	arena_free(f->arena);
	free(f);
	return 0;
}

static inline const char *fixture_path(struct fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->folder, name);
}

/* Makes the folders on the way, too. */
static inline const char *fixture_put(struct fixture *f, const char *name, const char *text)
{
	char *path = arena_printf(f->arena, "%s/%s", f->folder, name);
	FILE *file;

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline const char *source_root(void)
{
	const char *root = getenv("SOCLE_SOURCE_ROOT");

	return root ? root : ".";
}

/* Compiles `source`, C, into the library `name`. Nothing but the SDK's headers is there. */
static inline const char *fixture_library(
	struct fixture *f, const char *name, const char *source, const char *flags)
{
	const char *path = fixture_path(f, name),
		   *c = fixture_put(f, arena_printf(f->arena, "%s.c", name), source);
	const char *command = arena_printf(f->arena, "cc -shared -fPIC -w -I'%s/sdk/include' %s '%s' -o '%s'",
		source_root(), flags, c, path);

	assert_int_equal(system(command), 0);
	return path;
}

#endif
