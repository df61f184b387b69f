/* `socle plugin install`: judged among the plugins that the host has, then put in its place whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "cli/plugin.h"
#include "cli/project.h"
#include "plugin/builder.h"
#include "plugin/embedded.h"

struct install {
	struct arena *arena;
	const struct manifest *manifest;
	const struct settings *settings;	/* NULL: nobody's folder, with --to */
	const char *folder;			/* that plugins are put in */
	const char *before;			/* the plugin of this name that is in there; NULL */
	bool in_place;				/* the host finds it where its author works */
};

static bool is_same(struct install *install, struct str a, struct str b)
{
	char *left = realpath(arena_strdup(install->arena, a), NULL), *right = realpath(arena_strdup(install->arena, b), NULL);
	bool same = left && right && strcmp(left, right) == 0;

	free(left);
	free(right);
	return same;
}

/* ---- what is there ---- */

static bool has_name(struct install *install, struct str path, struct str name)
{
	struct problems problems = PROBLEMS_INIT;
	const struct manifest *manifest = manifest_read(install->arena, path, &problems);

	buf_clear(&problems.lines);
	return manifest && str_equal(manifest->name, name);
}

/* Whatever its folder or file is called: a second one of its name would be refused. */
static void find_before(struct install *install)
{
	struct str folder = str_of(install->folder);
	struct settings only = { .server.plugins = { &folder, 1 } };
	struct error ignored = ERROR_INIT;
	struct config_list found;

	if (settings_find_plugins(&only, install->arena, &found, &ignored) < 0)
		found.count = 0;
	error_clear(&ignored);
	for (size_t i = 0; i < found.count && !install->before; i++) {
		if (has_name(install, found.items[i], install->manifest->name))
			install->before = arena_strdup(install->arena, found.items[i]);
	}
	install->in_place = install->before && is_same(install, install->manifest->folder, str_of(install->before));
}

/* ---- judging ---- */

/* Among all others that the host finds. One of the same name in another of its folders is said to be there twice. */
static int check(struct install *install, struct error *error)
{
	struct settings *settings = arena_memdup(install->arena, install->settings, sizeof(*settings));
	struct config_list found;
	struct generation *generation;
	struct str *folders;
	size_t count = 0;

	if (settings_find_plugins(settings, install->arena, &found, error) < 0)
		return -1;
	folders = arena_array(install->arena, found.count + 1, sizeof(*folders));
	for (size_t i = 0; i < found.count; i++) {
		if (is_same(install, found.items[i], install->manifest->folder))
			install->in_place = true;
		else if (!install->before || !is_same(install, found.items[i], str_of(install->before)))
			folders[count++] = found.items[i];
	}
	folders[count++] = install->manifest->folder;
	settings->server.plugins = (struct config_list){ folders, count };
	generation = builder_build(settings, 1, error);
	if (!generation)
		return -1;
	generation_unpin(generation);
	return 0;
}

/* ---- putting it there ---- */

static bool is_shipped(const char *name, bool folder)
{
	static const char *const sources[] = { ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".o", ".d" };

	if (name[0] == '.' || (folder && strcmp(name, "tests") == 0))
		return false;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources) && !folder; i++) {
		if (str_ends(str_of(name), str_of(sources[i])))
			return false;
	}
	return true;
}

/* A host that looks sees the plugin before or the plugin now, never a half. What was there lies in `scratch` then. */
static int exchange(struct install *install, const char *scratch, const char *fresh, const char *final, struct error *error)
{
	int rc = renameat2(AT_FDCWD, fresh, AT_FDCWD, final, RENAME_EXCHANGE);

	if (rc < 0 && errno == ENOENT)
		rc = rename(fresh, final);
	else if (rc < 0 && errno == EINVAL)
		/* This file system can't exchange: for a moment there is none. */
		rc = rename(final, arena_printf(install->arena, "%s/before", scratch)) < 0 ? -1 : rename(fresh, final);
	return rc < 0 ? error_set(error, ERROR_APPLICATION, "%s: can't be put there: %s", final, strerror(errno)) : 0;
}

static int put(struct install *install, const char *final, struct error *error)
{
	char *scratch = arena_printf(install->arena, "%s/.%.*s.XXXXXX", install->folder, STR_ARG(install->manifest->name));
	const char *fresh;
	int rc;

	if (mkdir(install->folder, 0755) < 0 && errno != EEXIST)
		return error_set(error, ERROR_APPLICATION, "%s: can't be made: %s", install->folder, strerror(errno));
	if (!mkdtemp(scratch))
		return error_set(error, ERROR_APPLICATION, "%s: can't be written to: %s", install->folder, strerror(errno));
	fresh = arena_printf(install->arena, "%s/%s", scratch, strrchr(final, '/') + 1);
	rc = files_copy(arena_strdup(install->arena, install->manifest->folder), fresh, is_shipped, error);
	if (rc == 0)
		rc = exchange(install, scratch, fresh, final, error);
	/* It was a folder and is a file now, or had another name. */
	if (rc == 0 && install->before && strcmp(install->before, final) != 0)
		files_remove(install->before);
	files_remove(scratch);
	return rc;
}

/* ---- saying what comes next ---- */

static const char *host_url(struct install *install)
{
	const struct settings_server *server = &install->settings->server;
	struct str listen = server->listen.items[0];

	if (str_starts(listen, STR("unix:")))
		return arena_printf(install->arena, "--unix-socket %.*s http://localhost", STR_ARG(str_skip(listen, 5)));
	if (str_starts(listen, STR("0.0.0.0:")))
		return arena_printf(install->arena, "http://127.0.0.1%.*s", STR_ARG(str_skip(listen, 7)));
	return arena_printf(install->arena, "http://%.*s", STR_ARG(listen));
}

static void tell_route(struct install *install)
{
	const struct manifest *manifest = install->manifest;
	struct str prefix = install->settings->api.prefix, own = manifest->kind == MANIFEST_PLUGIN ? manifest->name : STR_NULL;

	for (unsigned i = 0; i < manifest->route_count; i++) {
		const struct manifest_route *route = &manifest->routes[i];

		if (!str_is(route->method, "GET") || route->has_prefix || str_find(route->path, ':') < route->path.n)
			continue;
		printf("Try: curl %s%.*s%s%.*s%.*s\n", host_url(install), STR_ARG(prefix), own.n ? "/" : "", STR_ARG(own),
			STR_ARG(route->path));
		if (route->policies.count)
			puts("(Its policies say who may: see `policies` of the route in plugin.toml.)");
		if (route->auth)
			printf("(It asks for a token, unless config/api.toml makes its action public.)\n");
		return;
	}
	if (manifest->middlewares.count && manifest->kind == MANIFEST_GLOBAL)
		printf("Next: name \"global::%.*s\" in config/middlewares.toml, where requests shall pass it, then: socle reload\n",
			STR_ARG(manifest->middlewares.items[0].text));
	else
		printf("`socle list routes` shows what the host answers.\n");
}

static int tell(struct install *install, struct error *error)
{
	const struct settings_plugin *entry = settings_plugin(install->settings, install->manifest->name);
	int rc;

	if (entry && !entry->enabled) {
		printf("It is disabled in config/plugins.toml.\nNext: socle plugin enable %.*s\n",
			STR_ARG(install->manifest->name));
		return 0;
	}
	rc = project_reload(install->arena, error);
	if (rc < 0) {
		error_prefix(error, "the running host goes on without it: ");
		return -1;
	}
	if (rc == 0)
		printf("No host is running in %s.\nNext: cd %s && socle start\n", project_here(install->arena),
			project_here(install->arena));
	tell_route(install);
	return 0;
}

/* ---- the command ---- */

static const char *absolute(struct arena *arena, const char *path)
{
	return path[0] == '/' ? path : arena_printf(arena, "%s/%s", project_here(arena), path);
}

/* The first of the host's plugin folders that is no plugin by itself. */
static const char *choose_folder(struct install *install)
{
	const struct config_list *plugins = &install->settings->server.plugins;

	for (size_t i = 0; i < plugins->count; i++) {
		const char *path = arena_strdup(install->arena, plugins->items[i]);

		if (!embedded_is(plugins->items[i]) && access(arena_printf(install->arena, "%s/plugin.toml", path), F_OK) < 0)
			return absolute(install->arena, path);
	}
	return absolute(install->arena, "plugins");
}

static int into_project(struct install *install, struct error *error)
{
	install->settings = project_enter(install->arena, arena_strdup(install->arena, install->manifest->folder), error);
	if (!install->settings)
		return -1;
	install->folder = choose_folder(install);
	find_before(install);
	return check(install, error);
}

static int check_library(const struct install *install, const char *from, struct error *error)
{
	const struct manifest *manifest = install->manifest;

	if (str_is_null(manifest->library) || manifest->embedded || access(arena_printf(install->arena, "%.*s/%.*s",
		STR_ARG(manifest->folder), STR_ARG(manifest->library)), F_OK) == 0)
		return 0;
	return error_set(error, ERROR_APPLICATION, "%.*s/%.*s is not there yet: socle plugin build%s%s",
		STR_ARG(manifest->folder), STR_ARG(manifest->library), from ? " " : "", from ? from : "");
}

static int install(struct install *install, const char *from, struct error *error)
{
	bool given = install->folder != NULL;
	const char *final;

	install->manifest = project_read_plugin(install->arena, from, error);
	if (!install->manifest || check_library(install, from, error) < 0)
		return -1;
	if (given)
		find_before(install);
	else if (into_project(install, error) < 0)
		return -1;
	final = arena_printf(install->arena, "%s/%.*s%s", install->folder, STR_ARG(install->manifest->name),
		install->manifest->embedded ? ".so" : "");
	if (!install->in_place && put(install, final, error) < 0)
		return -1;
	/* Who works in the host's own folder has nothing to copy. */
	if (install->in_place)
		printf("%.*s is where the host looks: nothing to copy.\n", STR_ARG(install->manifest->folder));
	else
		printf("Installed %s.\n", final);
	fflush(stdout);
	return given ? 0 : tell(install, error);
}

int plugin_install(const struct command *self, int argc, char **argv)
{
	struct error error = ERROR_INIT;
	struct arena *arena = arena_new(64 * 1024);
	struct install work = { .arena = arena };
	const char *from = NULL;
	int rc = 0;

	for (int i = 0; i < argc && rc == 0; i++) {
		if (strcmp(argv[i], "--to") == 0 && i + 1 < argc)
			work.folder = absolute(arena, argv[++i]);
		else if (argv[i][0] != '-' && !from)
			from = argv[i];
		else
			rc = command_usage(self, "unexpected \"%s\"", argv[i]);
	}
	if (rc == 0 && install(&work, from, &error) < 0)
		rc = command_fail(&error);
	arena_free(arena);
	return rc;
}
