#include "model/read.h"

#include "base/log.h"
#include "model/naming.h"
#include "model/snake_case.h"

/* Schemas that a program wrote may say null for what isn't set. */
static bool is_null(const struct node *table, const char *key)
{
	const struct node *node = node_get(table, key);

	return node && node->type == NODE_NULL;
}

void read_bool(struct reader *reader, const struct node *table, const char *key, bool *value_r)
{
	struct error error = ERROR_INIT;

	if (!is_null(table, key) && node_read_bool(table, key, value_r, &error) < 0)
		problems_take(reader->problems, &error);
}

struct str read_string(struct reader *reader, const struct node *table, const char *key)
{
	struct error error = ERROR_INIT;
	struct str value = STR_NULL;

	if (!is_null(table, key) && node_read_string(table, key, &value, &error) < 0)
		problems_take(reader->problems, &error);
	return value;
}

const struct node *read_typed(struct reader *reader, const struct node *table, const char *key,
	enum node_type type)
{
	const struct node wanted = { .type = type }, *node = node_get(table, key);

	if (!node || node->type == type)
		return node;
	if (node->type == NODE_NULL)
		return NULL;
	problems_add_node(reader->problems, node, "`%s` must be %s, but it is %s", key,
		node_type_name(&wanted), node_type_name(node));
	return NULL;
}

struct str read_required(struct reader *reader, const struct node *table, const char *key)
{
	struct str value = read_string(reader, table, key);

	if (!node_get(table, key) || is_null(table, key))
		problems_add_node(reader->problems, table, "`%s` is missing", key);
	else if (!str_is_null(value) && !value.n)
		problems_add_node(reader->problems, node_get(table, key), "`%s` must not be empty", key);
	return value;
}

void read_suggest_keys(const struct node *table, const char *const *known)
{
	struct error error = ERROR_INIT;

	node_foreach(item, table) {
		const char *nearest = node_nearest(item->key, known);

		if (!nearest || str_equal(item->key, str_of(nearest)))
			continue;
		node_error(item, &error, "unknown key `%.*s` is ignored; did you mean `%s`?",
			STR_ARG(item->key), nearest);
		log_warn("model", "%s", error_message(&error));
	}
	error_clear(&error);
}

bool read_is_identifier(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < 0x20 || c == 0x7F || strchr("`./\\", c))
			return false;
	}
	return name.n > 0 && name.n <= 64 && name.p[name.n - 1] != ' ' && str_is_utf8(name);
}

static void free_json(void *json)
{
	json_decref(json);
}

const json_t *read_json(struct arena *arena, const struct node *node)
{
	json_t *json = node_to_json(node);

	arena_defer(arena, free_json, json);
	return json;
}

/* Lower case letters and digits, in words joined by `-`, the first a letter. */
static bool is_kebab(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c >= 'a' && c <= 'z')
			continue;
		if (i == 0 ||
			!((c >= '0' && c <= '9') || (c == '-' && name.p[i - 1] != '-' && i + 1 < name.n)))
			return false;
	}
	return name.n > 0;
}

static struct str read_name(struct reader *reader, const struct node *info, const char *key)
{
	struct str name = read_required(reader, info, key);

	if (name.n && !is_kebab(name)) {
		problems_add_node(reader->problems, node_get(info, key),
			"`%s` must be in kebab case, as \"blog-post\", but it is \"%.*s\"", key,
			STR_ARG(name));
	}
	return name;
}

static void read_info(struct reader *reader, const struct node *root)
{
	static const char *const keys[] = {
		"singularName", "pluralName", "displayName", "description", "icon", "name", NULL,
	};
	const struct node *info = read_typed(reader, root, "info", NODE_TABLE);
	struct model *model = reader->model;

	if (!node_get(root, "info") || is_null(root, "info")) {
		problems_add_node(reader->problems, root,
			"`info` with singularName, pluralName and displayName is missing");
	}
	if (!info)
		return;
	read_suggest_keys(info, keys);
	model->singular = read_name(reader, info, "singularName");
	model->plural = read_name(reader, info, "pluralName");
	model->display_name = read_required(reader, info, "displayName");
	if (model->singular.n && str_equal(model->singular, model->plural)) {
		problems_add_node(reader->problems, node_get(info, "pluralName"),
			"singularName and pluralName must differ, but both are \"%.*s\"",
			STR_ARG(model->plural));
	}
}

static void read_options(struct reader *reader, const struct node *root)
{
	static const char *const keys[] = {
		"draftAndPublish", "privateAttributes", "populateCreatorFields", "comment", "timestamps",
		NULL,
	};
	const struct node *options = read_typed(reader, root, "options", NODE_TABLE);
	const struct node *list = read_typed(reader, options, "privateAttributes", NODE_ARRAY);

	read_suggest_keys(options, keys);
	read_bool(reader, options, "draftAndPublish", &reader->model->draft_and_publish);
	read_bool(reader, options, "populateCreatorFields", &reader->model->populate_creator_fields);
	node_foreach(item, list) {
		if (item->type != NODE_STRING) {
			problems_add_node(reader->problems, item, "expected an attribute's name, found %s",
				node_type_name(item));
		}
	}
}

static void read_plugin_options(struct reader *reader, const struct node *root)
{
	const struct node *options = read_typed(reader, root, "pluginOptions", NODE_TABLE);

	read_bool(reader, read_typed(reader, options, "i18n", NODE_TABLE), "localized",
		&reader->model->localized);
}

static void read_kind(struct reader *reader, const struct node *root)
{
	struct str kind = read_string(reader, root, "kind");

	reader->model->kind = str_is(kind, "singleType") ? MODEL_SINGLE : MODEL_COLLECTION;
	if (!str_is_null(kind) && !str_is(kind, "singleType") && !str_is(kind, "collectionType")) {
		problems_add_node(reader->problems, node_get(root, "kind"),
			"`kind` must be \"collectionType\" or \"singleType\", but it is \"%.*s\"",
			STR_ARG(kind));
	}
}

/* `fallback` where the schema has no collectionName. */
static void read_table(struct reader *reader, const struct node *root, struct str fallback)
{
	struct str name = read_string(reader, root, "collectionName");

	if (str_is_null(name))
		name = fallback;
	if (!name.n && !node_get(root, "collectionName"))
		return;
	reader->model->table = naming(reader->arena, NAMING_TABLE, name, STR_NULL);
	if (!read_is_identifier(reader->model->table)) {
		problems_add_node(reader->problems, node_get(root, "collectionName"),
			"`collectionName` can't be the name of a table: \"%.*s\"", STR_ARG(name));
	}
}

static void set_type_uid(struct reader *reader, const struct node *root)
{
	const struct model_source *source = reader->source;
	struct str uid = read_string(reader, root, "uid"), api = read_string(reader, root, "api");
	struct model *model = reader->model;

	if (uid.n) {
		struct str rest = str_skip(uid, STR("api::").n);

		model->uid = uid;
		model->api = str_starts(uid, STR("api::")) ? str_cut(&rest, '.') : STR_NULL;
		return;
	}
	if (!str_is(source->prefix, "api::")) {
		model->uid = str_of(arena_printf(reader->arena, "%.*s%.*s", STR_ARG(source->prefix),
			STR_ARG(model->singular)));
		return;
	}
	model->api = api.n ? api : source->api.n ? arena_str(reader->arena, source->api) : model->singular;
	model->uid = str_of(
		arena_printf(reader->arena, "api::%.*s.%.*s", STR_ARG(model->api), STR_ARG(model->singular)));
}

static void read_indexes(struct reader *reader, const struct node *root)
{
	const struct node *indexes = read_typed(reader, root, "indexes", NODE_ARRAY);

	node_foreach(index, indexes) {
		struct str name = read_required(reader, index, "name");
		struct str type = read_string(reader, index, "type");
		const struct node *columns = read_typed(reader, index, "columns", NODE_ARRAY);

		if (name.n && !read_is_identifier(name)) {
			problems_add_node(reader->problems, index, "\"%.*s\" can't be the name of an index",
				STR_ARG(name));
		}
		if (!str_is_null(type) && !str_is(type, "unique"))
			problems_add_node(reader->problems, index, "`type` can only be \"unique\"");
		if (!columns || !columns->items.count) {
			problems_add_node(reader->problems, index,
				"`columns` must name the columns of the index");
		}
		node_foreach(column, columns) {
			if (column->type != NODE_STRING || !read_is_identifier(column->text))
				problems_add_node(reader->problems, column, "expected a column's name");
		}
	}
}

static void read_attributes(struct reader *reader, const struct node *root)
{
	const struct node *attributes = read_typed(reader, root, "attributes", NODE_TABLE);
	struct model *model = reader->model;

	automatic_lay_out(reader, attributes);
	for (unsigned i = 0; i < model->attribute_count; i++) {
		if (model->attributes[i].node)
			attribute_read(reader, &model->attributes[i], model->attributes[i].node);
	}
	automatic_finish(reader);
}

static struct reader begin(struct models *models, const struct model_source *source,
	struct problems *problems)
{
	struct reader reader = { models->arena, models, source, NULL, problems };

	reader.model = arena_new_of(models->arena, struct model);
	reader.model->plugin = arena_str(models->arena, source->plugin);
	return reader;
}

static const struct node *read_root(struct reader *reader, const char *path)
{
	struct error error = ERROR_INIT;
	struct str text = reader->source->text, file = arena_str(reader->arena, str_of(path));
	const struct node *root = str_is_null(text) ? node_read_file(reader->arena, path, NULL, &error)
		: str_ends(file, STR(".json)")) ? node_read_json(reader->arena, text, file, &error)
		: node_read_toml(reader->arena, text, file, NULL, &error);

	reader->model->file = file;
	reader->model->schema = root;
	if (!root) {
		problems_take(reader->problems, &error);
	} else if (root->type != NODE_TABLE) {
		problems_add_node(reader->problems, root, "a schema is an object, but this is %s",
			node_type_name(root));
		root = NULL;
	}
	return root;
}

static void check_new(struct reader *reader)
{
	const struct model *other = models_find(reader->models, reader->model->uid);

	if (other) {
		const struct node *name = node_get(node_get(reader->model->schema, "info"), "singularName");

		problems_add_node(reader->problems, name ? name : reader->model->schema, "\"%.*s\" is already defined by %.*s; "
			"rename one of them, or take its file away", STR_ARG(reader->model->uid), STR_ARG(other->file));
	}
}

int models_add_type(struct models *models, const struct model_source *source, const char *path,
	struct error *error)
{
	static const char *const keys[] = {
		"kind", "collectionName", "info", "options", "pluginOptions", "attributes", "uid", "api",
		"indexes", "config", "modelType", "modelName", "globalId", NULL,
	};
	struct problems problems = PROBLEMS_INIT;
	struct reader reader = begin(models, source, &problems);
	const struct node *root = read_root(&reader, path);

	if (root) {
		read_suggest_keys(root, keys);
		read_kind(&reader, root);
		read_info(&reader, root);
		read_options(&reader, root);
		read_plugin_options(&reader, root);
		read_table(&reader, root, snake_case(models->arena, reader.model->plural));
		reader.model->join_column =
			naming(models->arena, NAMING_JOIN_COLUMN, reader.model->singular, STR_NULL);
		set_type_uid(&reader, root);
		read_indexes(&reader, root);
		read_attributes(&reader, root);
		check_new(&reader);
	}
	if (problems_finish(&problems, error) < 0)
		return -1;
	models_add(models, reader.model);
	return 0;
}

static void name_component(struct reader *reader, const struct node *root, struct str uid)
{
	struct model *model = reader->model;
	struct str name = uid, category = str_cut(&name, '.'), display;

	model->kind = MODEL_COMPONENT;
	model->uid = arena_str(reader->arena, uid);
	if (!category.n || !name.n || str_find(name, '.') < name.n) {
		problems_add(reader->problems,
			"%.*s: a component is named \"category.name\", but this one \"%.*s\"",
			STR_ARG(model->file), STR_ARG(uid));
	}
	model->singular = name.n ? arena_str(reader->arena, name) : model->uid;
	display = read_string(reader, read_typed(reader, root, "info", NODE_TABLE), "displayName");
	model->display_name = display.n ? display : model->singular;
	model->join_column = naming(reader->arena, NAMING_JOIN_COLUMN, model->singular, STR_NULL);
	read_table(reader, root, str_of(arena_printf(reader->arena, "components_%.*ss",
		STR_ARG(snake_case(reader->arena, uid)))));
}

int models_add_component(struct models *models, const struct model_source *source, struct str uid,
	const char *path, struct error *error)
{
	static const char *const keys[] = { "collectionName", "info", "options", "pluginOptions",
		"attributes", NULL };
	struct problems problems = PROBLEMS_INIT;
	struct reader reader = begin(models, source, &problems);
	const struct node *root = read_root(&reader, path);

	if (root) {
		read_suggest_keys(root, keys);
		name_component(&reader, root, uid);
		read_options(&reader, root);
		reader.model->draft_and_publish = reader.model->populate_creator_fields = false;
		read_attributes(&reader, root);
		check_new(&reader);
	}
	if (problems_finish(&problems, error) < 0)
		return -1;
	models_add(models, reader.model);
	return 0;
}
