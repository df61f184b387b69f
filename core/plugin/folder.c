#include "plugin/folder.h"

#include "plugin/order.h"

static const struct manifest *find(const struct manifest **manifests, unsigned count, struct str name)
{
	for (unsigned i = 0; i < count; i++) {
		if (str_equal(manifests[i]->name, name))
			return manifests[i];
	}
	return NULL;
}

/* Reads every manifest, disabled ones too: a name must be there only once. */
static unsigned read_manifests(
	struct build *build, const struct config_list *folders, const struct manifest **manifests)
{
	unsigned count = 0;

	for (size_t i = 0; i < folders->count; i++) {
		struct str folder = arena_str(build->arena, folders->items[i]);
		const struct manifest *manifest = manifest_read(build->arena, folder, &build->problems);
		const struct manifest *other;

		if (!manifest)
			continue;
		other = find(manifests, count, manifest->name);
		if (other) {
			problems_add_node(&build->problems, node_get(manifest->node, "name"),
				"there are two plugins named \"%.*s\": this one and %.*s; rename one of them, or take it away",
				STR_ARG(manifest->name), STR_ARG(other->file));
			continue;
		}
		manifests[count++] = manifest;
	}
	return count;
}

static bool is_enabled(const struct build *build, struct str name)
{
	const struct settings_plugin *entry = settings_plugin(build->settings, name);

	return !entry || entry->enabled;
}

static unsigned keep_enabled(const struct build *build, const struct manifest **manifests, unsigned count)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++) {
		if (is_enabled(build, manifests[i]->name))
			manifests[kept++] = manifests[i];
	}
	return kept;
}

/* A misspelt name in plugins.toml would leave the plugin it means with its defaults. */
static void check_entries(struct build *build, const struct manifest **manifests, unsigned count)
{
	for (size_t i = 0; i < build->settings->plugin_count; i++) {
		const struct settings_plugin *entry = &build->settings->plugins[i];

		if (!entry->enabled || find(manifests, count, entry->name))
			continue;
		if (entry->config) {
			problems_add_node(&build->problems, entry->config,
				"there is no plugin \"%.*s\" in the plugin folders; "
				"add it, or remove its configuration",
				STR_ARG(entry->name));
		} else {
			problems_add(&build->problems,
				"plugins.toml: there is no plugin \"%.*s\" in the plugin folders",
				STR_ARG(entry->name));
		}
	}
}

void folder_find_plugins(struct build *build)
{
	struct config_list folders;
	struct error error = ERROR_INIT;
	const struct manifest **manifests;
	unsigned count, broken = build->problems.count;

	if (settings_find_plugins(build->settings, build->scratch, &folders, &error) < 0) {
		problems_take(&build->problems, &error);
		return;
	}
	manifests = arena_array(build->scratch, folders.count + 1, sizeof(*manifests));
	count = read_manifests(build, &folders, manifests);
	/* A manifest that can't be read has no name: who needs it would be blamed for it. */
	if (build->problems.count == broken)
		check_entries(build, manifests, count);
	count = keep_enabled(build, manifests, count);
	if (build->problems.count == broken)
		order_plugins(manifests, count, build->settings, &build->problems);
	build->plugins = arena_zalloc(build->scratch, (count + 1) * sizeof(*build->plugins));
	build->plugin_count = count;
	for (unsigned i = 0; i < count; i++)
		build->plugins[i].manifest = manifests[i];
}
