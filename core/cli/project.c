#include "cli/project.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/ask.h"
#include "plugin/embedded.h"
#include "server/reload.h"

enum { PATIENCE_MS = 2 * RELOAD_LIMIT_MS + 20 * 1000 };

const char *project_here(struct arena *arena)
{
	char here[PATH_MAX];

	return getcwd(here, sizeof(here)) ? arena_strdup(arena, str_of(here)) : ".";
}

/* NULL with the error set. */
static const char *full_path(struct arena *arena, const char *path, struct error *error)
{
	char full[PATH_MAX];

	if (realpath(path ? path : ".", full))
		return arena_strdup(arena, str_of(full));
	error_set(error, ERROR_APPLICATION, "%s: %s", path ? path : ".", strerror(errno));
	return NULL;
}

const struct manifest *project_read_plugin(struct arena *arena, const char *path, struct error *error)
{
	const char *full = full_path(arena, path, error);
	struct problems problems = PROBLEMS_INIT;
	const struct manifest *manifest;

	if (!full)
		return NULL;
	if (!embedded_is(str_of(full)) && access(arena_printf(arena, "%s/plugin.toml", full), F_OK) < 0) {
		error_set(error, ERROR_APPLICATION, "%s has no plugin.toml: go into a plugin's folder, or name it; "
			"`socle plugin new NAME` makes one", full);
		return NULL;
	}
	manifest = manifest_read(arena, str_of(full), &problems);
	if (problems_finish(&problems, error) < 0)
		return NULL;
	return manifest;
}

static bool has_configuration(struct arena *arena, const char *folder)
{
	for (size_t i = 0; i < SETTINGS_FILES; i++) {
		if (access(arena_printf(arena, "%s/config/%s.toml", folder, settings_files[i].name), F_OK) == 0)
			return true;
	}
	return false;
}

/* NULL: there is none up to the root. */
static const char *find_root(struct arena *arena, const char *folder)
{
	while (!has_configuration(arena, folder)) {
		const char *slash = strrchr(folder, '/');

		if (slash == folder)
			return NULL;
		folder = arena_strdup(arena, str_range(folder, slash));
	}
	return folder;
}

bool project_go(struct arena *arena)
{
	const char *given = getenv("SOCLE_CONFIG"), *root = given && *given ? "." : find_root(arena, project_here(arena));

	return root && chdir(root) == 0;
}

const struct settings *project_enter(struct arena *arena, const char *other, struct error *error)
{
	const char *root = NULL;

	if (!project_go(arena) && (!other || !(root = find_root(arena, other)) || chdir(root) < 0)) {
		error_set(error, ERROR_APPLICATION, "neither %s nor a folder above it has a config/ folder of a host: make a "
			"project with `socle new DIR` and work in there, or say where to with --to DIR", project_here(arena));
		return NULL;
	}
	return settings_load(arena, NULL, error);
}

int project_reload(struct arena *arena, struct error *error)
{
	json_t *answer = ask_host("reload", NULL, PATIENCE_MS, error);
	int rc = 0;

	if (!answer) {
		if (error->kind != ERROR_UNAVAILABLE)
			return -1;
		error_clear(error);
		return 0;
	}
	if (ask_judge(answer, error) == 0) {
		printf("%s\n", json_string_value(json_object_get(answer, "message")));
		rc = 1;
	} else {
		rc = -1;
	}
	json_decref(answer);
	return rc;
}
