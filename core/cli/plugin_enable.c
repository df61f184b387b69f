/* `socle plugin enable|disable`: one line of config/plugins.toml changes; comments and everything else stay. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "cli/plugin.h"
#include "cli/project.h"
#include "config/file.h"

/* Whether the line gives `key` a value, at its beginning. */
static bool assigns(struct str line, struct str key)
{
	line = str_trim(line);
	return str_starts(line, key) && str_starts(str_trim(str_skip(line, key.n)), STR("="));
}

/* "shop = true": what stands there is nothing but that. */
static bool is_switch(struct str line)
{
	struct str value = str_trim(str_skip(line, str_find(line, '=') + 1));

	value = str_trim(str_take(value, str_find(value, '#')));
	return str_is(value, "true") || str_is(value, "false");
}

static bool is_header(struct str line)
{
	return str_starts(str_trim(line), STR("["));
}

static bool heads(struct arena *arena, struct str line, struct str name)
{
	struct str wanted = str_of(arena_printf(arena, "[%.*s]", STR_ARG(name)));

	line = str_trim(line);
	return str_starts(line, wanted) && (line.n == wanted.n || str_trim(str_skip(line, wanted.n)).p[0] == '#');
}

/* What stands behind the value: a comment stays. */
static struct str comment(struct str line)
{
	size_t at = str_find(line, '#');

	return at < line.n ? str_skip(line, at) : STR_NULL;
}

static void put(struct buf *out, struct str key, bool on, struct str line)
{
	struct str kept = comment(line);

	buf_printf(out, "%.*s = %s%s%.*s\n", STR_ARG(key), on ? "true" : "false", kept.n ? " " : "", STR_ARG(kept));
}

static void edit(struct arena *arena, struct str text, struct str name, bool on, struct buf *out)
{
	bool own = false, top = true, done = false;

	while (text.n) {
		bool ended = str_find(text, '\n') < text.n;
		struct str line = str_cut(&text, '\n');

		if (is_header(line)) {
			own = heads(arena, line, name);
			top = false;
			buf_printf(out, "%.*s\n", STR_ARG(line));
			/* A second `enabled` of the same table is dropped below. */
			if (own && !done) {
				put(out, STR("enabled"), on, STR_NULL);
				done = true;
			}
		} else if (own && assigns(line, STR("enabled"))) {
			/* Stands behind the header now. */
		} else if (top && !done && assigns(line, name) && is_switch(line)) {
			put(out, name, on, line);
			done = true;
		} else {
			buf_printf(out, "%.*s%s", STR_ARG(line), ended ? "\n" : "");
		}
	}
	if (!done)
		buf_printf(out, "%s[%.*s]\nenabled = %s\n", out->n && out->p[out->n - 1] != '\n' ? "\n\n" : "\n", STR_ARG(name),
			on ? "true" : "false");
}

static int find(struct arena *arena, const struct settings *settings, struct str name, struct error *error)
{
	struct config_list folders;

	if (settings_find_plugins(settings, arena, &folders, error) < 0)
		return -1;
	for (size_t i = 0; i < folders.count; i++) {
		struct problems problems = PROBLEMS_INIT;
		const struct manifest *manifest = manifest_read(arena, folders.items[i], &problems);

		buf_clear(&problems.lines);
		if (manifest && str_equal(manifest->name, name))
			return 0;
	}
	return error_set(error, ERROR_APPLICATION, "there is no plugin \"%.*s\" in the plugin folders; `socle list plugins` "
		"shows those that a running host has", STR_ARG(name));
}

/* TOML has more ways to write a table than edit() knows: what it made must say what was wanted. */
static int check(struct arena *arena, struct str text, const char *path, const char *name, bool on, struct error *error)
{
	struct error why = ERROR_INIT;
	const struct node *node = node_get(node_read_toml(arena, text, str_of(path), NULL, &why), name);
	bool enabled = true, good = false;

	if (node && node->type == NODE_BOOL)
		good = node->boolean == on;
	else if (node)
		good = node_read_bool(node, "enabled", &enabled, &why) == 0 && enabled == on;
	error_clear(&why);
	return good ? 0 : error_set(error, ERROR_APPLICATION, "%s: the settings of %s are written in a way that this command "
		"leaves alone; put `enabled = %s` among them by hand, then: socle reload", path, name, on ? "true" : "false");
}

static int change(struct arena *arena, const char *name, bool on, struct error *error)
{
	const struct settings *settings = project_enter(arena, NULL, error);
	struct buf out = BUF_INIT;
	struct str text = STR_NULL;
	const char *path;
	int rc;

	if (!settings || find(arena, settings, str_of(name), error) < 0)
		return -1;
	path = arena_printf(arena, "%.*s/plugins.toml", STR_ARG(settings->folder));
	if (access(path, F_OK) == 0 && file_read(arena, path, &text, error) < 0)
		return -1;
	edit(arena, text, str_of(name), on, &out);
	rc = check(arena, buf_str(&out), path, name, on, error);
	if (rc == 0)
		rc = files_write(path, buf_str(&out), error);
	buf_clear(&out);
	if (rc < 0)
		return -1;
	printf("%s is %s in %s.\n", name, on ? "enabled" : "disabled", path);
	fflush(stdout);
	rc = project_reload(arena, error);
	if (rc == 0)
		printf("No host is running; it counts when one starts.\n");
	return rc < 0 ? error_prefix(error, "the running host goes on as it was: ") : 0;
}

static int run(const struct command *self, int argc, char **argv, bool on)
{
	struct error error = ERROR_INIT;
	struct arena *arena;
	int rc;

	if (argc != 1 || !manifest_is_name(str_of(argv[0])))
		return command_usage(self, "expected the name of a plugin");
	arena = arena_new(64 * 1024);
	rc = change(arena, argv[0], on, &error);
	arena_free(arena);
	return rc < 0 ? command_fail(&error) : CLI_OK;
}

int plugin_enable(const struct command *self, int argc, char **argv)
{
	return run(self, argc, argv, true);
}

int plugin_disable(const struct command *self, int argc, char **argv)
{
	return run(self, argc, argv, false);
}
