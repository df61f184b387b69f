/* Finds the schemas in a plugin's folder, as the SDK lays it out and as Strapi does. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "model/problems.h"
#include "model/model.h"

struct walk {
	struct models *models;
	const struct model_source *source;
	struct arena *arena;
	struct problems problems;
};

static const char *join(struct walk *walk, const char *folder, const char *name)
{
	return arena_printf(walk->arena, "%s/%s", folder, name);
}

static bool is_folder(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool is_file(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Calls fn for each entry in the order of their names. A folder that isn't there is empty. */
static void each_entry(struct walk *walk, const char *folder,
	void (*fn)(struct walk *, const char *, const char *))
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_visible, alphasort);

	if (count < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			problems_add(&walk->problems, "%s: can't be read: %s", folder, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		fn(walk, join(walk, folder, entries[i]->d_name), entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/* The name without .toml or .json; STR_NULL for any other file. */
static struct str schema_name(const char *name)
{
	struct str text = str_of(name);

	if (text.n > 5 && (str_ends(text, STR(".toml")) || str_ends(text, STR(".json"))))
		return str_take(text, text.n - 5);
	return STR_NULL;
}

static void add_type(struct walk *walk, const char *path)
{
	struct error error = ERROR_INIT;

	if (models_add_type(walk->models, walk->source, path, &error) < 0)
		problems_take(&walk->problems, &error);
}

/* content-types/article.toml, content-types/article/schema.json */
static void visit_type(struct walk *walk, const char *path, const char *name)
{
	static const char *const forms[] = { "schema.json", "schema.toml" };

	if (is_file(path)) {
		if (!str_is_null(schema_name(name)))
			add_type(walk, path);
		return;
	}
	for (int i = 0; i < 2; i++) {
		const char *schema = join(walk, path, forms[i]);

		if (is_file(schema))
			add_type(walk, schema);
	}
}

static void add_component(struct walk *walk, const char *path, struct str uid)
{
	struct error error = ERROR_INIT;

	if (models_add_component(walk->models, walk->source, uid, path, &error) < 0)
		problems_take(&walk->problems, &error);
}

/* Of components/shared/seo.json: the category is the folder's name. */
static void visit_member(struct walk *walk, const char *path, const char *name)
{
	struct str category = { path, strlen(path) - strlen(name) - 1 }, base = schema_name(name);

	if (str_is_null(base) || !is_file(path))
		return;
	while (category.n && memchr(category.p, '/', category.n))
		category = str_skip(category, str_find(category, '/') + 1);
	add_component(walk, path,
		str_of(arena_printf(walk->arena, "%.*s.%.*s", STR_ARG(category), STR_ARG(base))));
}

/* components/shared.seo.toml, components/shared/seo.json */
static void visit_component(struct walk *walk, const char *path, const char *name)
{
	if (is_folder(path))
		each_entry(walk, path, visit_member);
	else if (!str_is_null(schema_name(name)))
		add_component(walk, path, schema_name(name));
}

/* api/blog/content-types/... */
static void visit_api(struct walk *walk, const char *path, const char *name)
{
	const struct model_source *outer = walk->source;
	struct model_source source = *outer;

	if (!is_folder(path))
		return;
	source.api = str_of(name);
	walk->source = &source;
	each_entry(walk, join(walk, path, "content-types"), visit_type);
	walk->source = outer;
}

int models_add_folder(struct models *models, const struct model_source *source, const char *folder,
	struct error *error)
{
	struct walk walk = { models, source, models->arena, PROBLEMS_INIT };
	const char *api = join(&walk, folder, "api");

	each_entry(&walk, join(&walk, folder, "components"), visit_component);
	each_entry(&walk, join(&walk, folder, "content-types"), visit_type);
	if (str_is(source->prefix, "api::"))
		each_entry(&walk, api, visit_api);
	else if (is_folder(api))
		problems_add(&walk.problems, "%s: only a plugin of kind \"api\" has a folder `api`", api);
	return problems_finish(&walk.problems, error);
}

/* ---- the same files, out of a library ---- */

/* What `name` is called below `folder`, without .toml or .json; STR_NULL when it isn't there. */
static struct str below(struct str name, struct str folder)
{
	if (!str_starts(name, folder) || (!str_ends(name, STR(".toml")) && !str_ends(name, STR(".json"))))
		return STR_NULL;
	return str_skip(str_take(name, name.n - 5), folder.n);
}

static bool is_type(struct str name)
{
	struct str rest = name;

	/* "article", "article/schema" */
	return !str_is_null(name) && str_cut(&rest, '/').n && (str_is_null(rest) || str_is(rest, "schema"));
}

static void add_text(struct walk *walk, const char *path, struct str name)
{
	struct str component = below(name, STR("components/")), api = below(name, STR("api/")), own;
	const struct model_source *outer = walk->source;
	struct model_source source = *outer;

	if (!str_is_null(component)) {
		char *uid = arena_strdup(walk->arena, component), *slash = strchr(uid, '/');

		if (slash)
			*slash = '.';
		add_component(walk, path, str_of(uid));
	} else if (is_type(below(name, STR("content-types/")))) {
		add_type(walk, path);
	} else if (!str_is_null(api) && str_is(outer->prefix, "api::")) {
		own = str_cut(&api, '/');
		if (!str_starts(api, STR("content-types/")) || !is_type(str_skip(api, sizeof("content-types/") - 1)))
			return;
		source.api = own;
		walk->source = &source;
		add_type(walk, path);
		walk->source = outer;
	}
}

int models_add_texts(struct models *models, const struct model_source *source, const char *container,
	const struct model_text *texts, unsigned count, struct error *error)
{
	for (unsigned i = 0; i < count; i++) {
		struct model_source one = *source;
		struct walk walk = { models, &one, models->arena, PROBLEMS_INIT };

		one.text = texts[i].text;
		add_text(&walk, arena_printf(models->arena, "%s(%.*s)", container, STR_ARG(texts[i].name)), texts[i].name);
		if (problems_finish(&walk.problems, error) < 0)
			return -1;
	}
	return 0;
}
