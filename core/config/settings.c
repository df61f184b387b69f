#include "config/settings.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "config/settings_check.h"

void settings_note(struct settings_loading *loading, struct error *problem)
{
	if (loading->messages.n)
		buf_add_char(&loading->messages, '\n');
	buf_add(&loading->messages, str_of(error_message(problem)));
	error_clear(problem);
}

/* Which folder, and whether somebody asked for it. */
static const char *choose_folder(struct settings_loading *loading, const char *folder, bool *asked_r)
{
	struct str variable = environment_get(loading->settings->environment, STR("SOCLE_CONFIG"));

	*asked_r = folder || variable.n;
	if (folder)
		return folder;
	return variable.n ? arena_strdup(loading->arena, variable) : "config";
}

/* The keys of a file may stand in a table of the file's own name. */
static const struct node *unwrap(struct settings_loading *loading, const struct node *root, const char *name)
{
	const struct node *own = node_get(root, name);
	struct error problem = ERROR_INIT;

	if (!own || own->type != NODE_TABLE)
		return root;
	node_foreach(item, root) {
		if (item == own)
			continue;
		node_error(item, &problem,
			"`%.*s` stands beside [%s]; put it into that table, or leave the table away",
			STR_ARG(item->key), name);
		settings_note(loading, &problem);
	}
	return own;
}

static void read_file(struct settings_loading *loading, size_t index)
{
	const struct settings_file *file = &settings_files[index];
	struct settings *settings = loading->settings;
	char *path = arena_printf(loading->arena, "%.*s/%s.toml", STR_ARG(settings->folder), file->name);
	const struct node *root = NULL;
	struct error problem = ERROR_INIT;
	struct stat status;

	if (stat(path, &status) == 0 || errno != ENOENT) {
		root = node_read_file(loading->arena, path, settings->environment, &problem);
		if (!root) {
			settings_note(loading, &problem);
			return;
		}
	}
	if (file->table.count) {
		root = unwrap(loading, root, file->name);
		if (config_read(root, &file->table, settings, loading->arena, settings->environment,
			&problem) < 0)
			settings_note(loading, &problem);
	}
	loading->roots[index] = root;
}

static void warn_unread(struct str folder, struct str file)
{
	const char *names[SETTINGS_FILES + 1] = { NULL };
	struct str stem = str_take(file, file.n - 5);
	const char *nearest;

	for (size_t i = 0; i < SETTINGS_FILES; i++) {
		if (str_equal(stem, str_of(settings_files[i].name)))
			return;
		names[i] = settings_files[i].name;
	}
	nearest = node_nearest(stem, names);
	if (nearest) {
		log_warn("config", "%.*s/%.*s is not read; did you mean %s.toml?", STR_ARG(folder),
			STR_ARG(file), nearest);
	} else {
		log_warn("config", "%.*s/%.*s is not read: no part of the host has that name",
			STR_ARG(folder), STR_ARG(file));
	}
}

/* False, with a note, when there is no such folder and it was asked for. */
static bool look_around(struct settings_loading *loading, const char *folder, bool asked)
{
	struct error problem = ERROR_INIT;
	DIR *directory = opendir(folder);

	if (!directory && (asked || errno != ENOENT)) {
		error_set(&problem, ERROR_CONFIG, "%s: the configuration folder cannot be read: %s", folder,
			strerror(errno));
		settings_note(loading, &problem);
		return false;
	}
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		struct str name = str_of(entry->d_name);

		if (str_ends(name, STR(".toml")) && name.p[0] != '.')
			warn_unread(str_of(folder), name);
	}
	if (directory)
		closedir(directory);
	return true;
}

const struct settings *settings_load(struct arena *arena, const char *folder, struct error *error)
{
	struct settings *settings = arena_new_of(arena, struct settings);
	struct settings_loading loading = { .arena = arena, .settings = settings };
	struct str env_path = environment_get(NULL, STR("ENV_PATH"));
	bool asked;

	settings->environment =
		environment_read(arena, env_path.n ? arena_strdup(arena, env_path) : ".env", error);
	if (!settings->environment)
		return NULL;
	folder = choose_folder(&loading, folder, &asked);
	settings->folder = arena_str(arena, str_of(folder));
	if (look_around(&loading, folder, asked)) {
		for (size_t i = 0; i < SETTINGS_FILES; i++)
			read_file(&loading, i);
	}
	settings_read_lists(&loading);
	if (!loading.messages.n)
		settings_check_values(&loading);
	if (loading.messages.n) {
		error_set(error, ERROR_CONFIG, "%s", buf_cstr(&loading.messages));
		settings = NULL;
	}
	buf_clear(&loading.messages);
	return settings;
}

const struct settings_plugin *settings_plugin(const struct settings *settings, struct str name)
{
	for (size_t i = 0; i < settings->plugin_count; i++) {
		if (str_equal(settings->plugins[i].name, name))
			return &settings->plugins[i];
	}
	return NULL;
}
