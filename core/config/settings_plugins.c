#include "config/settings.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct finding {
	struct arena *arena;
	struct str *items;
	size_t count, capacity;
};

static void add(struct finding *finding, struct str folder)
{
	for (size_t i = 0; i < finding->count; i++) {
		if (str_equal(finding->items[i], folder))
			return;
	}
	if (finding->count == finding->capacity) {
		size_t capacity = finding->capacity ? finding->capacity * 2 : 16;
		struct str *larger = arena_array(finding->arena, capacity, sizeof(*larger));

		if (finding->count)
			memcpy(larger, finding->items, finding->count * sizeof(*larger));
		finding->items = larger;
		finding->capacity = capacity;
	}
	finding->items[finding->count++] = arena_str(finding->arena, folder);
}

/* A folder with a manifest, or a library that holds its own. */
static bool is_plugin(struct arena *arena, struct str folder)
{
	struct stat about;

	if (str_ends(folder, STR(".so")) && stat(arena_strdup(arena, folder), &about) == 0 && S_ISREG(about.st_mode))
		return true;
	return access(arena_printf(arena, "%.*s/plugin.toml", STR_ARG(folder)), F_OK) == 0;
}

static int by_name(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static int look_into(struct finding *finding, struct str folder, struct error *error)
{
	DIR *directory = opendir(arena_strdup(finding->arena, folder));
	size_t before = finding->count;

	if (!directory) {
		return error_set(error, ERROR_CONFIG, "%.*s: the plugin folder cannot be read: %s",
			STR_ARG(folder), strerror(errno));
	}
	for (struct dirent *entry; (entry = readdir(directory));) {
		struct str inner =
			str_of(arena_printf(finding->arena, "%.*s/%s", STR_ARG(folder), entry->d_name));

		/* A name that begins with a dot is a folder on its way, or hidden. */
		if (entry->d_name[0] != '.' && is_plugin(finding->arena, inner))
			add(finding, inner);
	}
	closedir(directory);
	if (finding->count > before)
		qsort(finding->items + before, finding->count - before, sizeof(*finding->items), by_name);
	return 0;
}

int settings_find_plugins(const struct settings *settings, struct arena *arena, struct config_list *folders_r,
	struct error *error)
{
	const struct config_list *given = &settings->server.plugins;
	struct finding finding = { .arena = arena };

	if (!given->count && access("plugins", F_OK) == 0 && look_into(&finding, STR("plugins"), error) < 0)
		return -1;
	for (size_t i = 0; i < given->count; i++) {
		struct str folder = given->items[i];

		while (folder.n > 1 && folder.p[folder.n - 1] == '/')
			folder.n--;
		if (is_plugin(arena, folder))
			add(&finding, folder);
		else if (look_into(&finding, folder, error) < 0)
			return -1;
	}
	*folders_r = (struct config_list){ finding.items, finding.count };
	return 0;
}
