#include "rest/output_changed.h"

#include "base/json.h"

/* ---- trees of rows ---- */

/* jansson can't be handed rows, so their text is read. */
json_t *output_json(const struct documents *documents, unsigned row)
{
	struct buf text = BUF_INIT;
	json_t *tree;

	output_document(&text, OUTPUT_FLAT, documents, row);
	tree = json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL);
	/* A json attribute may hold integers that have no room in one of jansson's. */
	if (!tree)
		tree = json_loadb(text.p, text.n, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
	buf_clear(&text);
	return tree ? tree : json_object();
}

/* The row alone, whatever was laid over it. */
static json_t *tree_of_row(const struct documents *documents, unsigned row)
{
	const struct documents plain = { .query = documents->query, .rows = documents->rows, .loaded = documents->loaded };

	return output_json(&plain, row);
}

static json_t **slots(struct arena *arena, const struct documents *documents)
{
	return arena_zalloc(arena, (documents->rows->count + 1) * sizeof(json_t *));
}

json_t *output_tree(struct arena *arena, struct documents *documents, unsigned row)
{
	json_t *tree;

	if (!documents->trees)
		documents->trees = slots(arena, documents);
	if (documents->trees[row])
		return documents->trees[row];
	tree = tree_of_row(documents, row);
	if (documents->fields && documents->fields[row])
		json_object_update(tree, documents->fields[row]);
	return documents->trees[row] = json_own(arena, tree);
}

void output_lay_over(struct arena *arena, struct documents *documents, unsigned row, const char *name, json_t *value)
{
	json_t *tree = documents->trees ? documents->trees[row] : NULL;

	if (!tree) {
		if (!documents->fields)
			documents->fields = slots(arena, documents);
		tree = documents->fields[row];
	}
	if (!tree) {
		tree = documents->fields[row] = json_own(arena, json_object());
	}
	json_object_set_new(tree, name, value);
}

/* ---- trees as answers ---- */

struct tree_writer {
	struct buf *out;
	enum output_form form;
};

static void write_object(struct tree_writer *writer, const struct model *model, const json_t *object);

static void write_list(struct tree_writer *writer, const struct model *model, const json_t *list)
{
	json_t *item;
	size_t i;

	buf_add_char(writer->out, '[');
	json_array_foreach(list, i, item) {
		if (i)
			buf_add_char(writer->out, ',');
		write_object(writer, model, item);
	}
	buf_add_char(writer->out, ']');
}

/* What is no entry where one is expected goes out as it is. */
static void write_entries(struct tree_writer *writer, const struct model *model, const json_t *value)
{
	if (json_is_array(value))
		write_list(writer, model, value);
	else if (json_is_object(value))
		write_object(writer, model, value);
	else
		json_write(writer->out, value);
}

/* The items of a zone say which component they are. */
static const struct model *component_of(const struct attribute *zone, const json_t *item)
{
	const char *name = json_string_value(json_object_get(item, "__component"));

	for (unsigned i = 0; name && i < zone->component_count; i++) {
		if (str_equal(zone->components[i]->uid, str_of(name)))
			return zone->components[i];
	}
	return NULL;
}

static void write_zone(struct tree_writer *writer, const struct attribute *zone, const json_t *list)
{
	json_t *item;
	size_t i;

	buf_add_char(writer->out, '[');
	json_array_foreach(list, i, item) {
		const struct model *component = component_of(zone, item);

		if (i)
			buf_add_char(writer->out, ',');
		if (component)
			write_object(writer, component, item);
		else
			json_write(writer->out, item);
	}
	buf_add_char(writer->out, ']');
}

/* {"count": 3} of populate[...][count]. */
static bool is_count(const json_t *value)
{
	return json_object_size(value) == 1 && json_is_integer(json_object_get(value, "count"));
}

static void write_member(struct tree_writer *writer, const struct attribute *attribute, const json_t *value)
{
	bool entry = attribute && (attribute->type == ATTRIBUTE_MEDIA || (attribute->type == ATTRIBUTE_RELATION && attribute->target));
	const struct model *model = entry ? attribute->target : attribute ? attribute->component : NULL;

	if (entry && is_count(value)) {
		buf_add_literal(writer->out, "{\"data\":{\"attributes\":");
		json_write(writer->out, value);
		buf_add_literal(writer->out, "}}");
	} else if (entry) {
		buf_add_literal(writer->out, "{\"data\":");
		write_entries(writer, model, value);
		buf_add_char(writer->out, '}');
	} else if (model) {
		write_entries(writer, model, value);
	} else if (attribute && attribute->type == ATTRIBUTE_DYNAMICZONE && json_is_array(value)) {
		write_zone(writer, attribute, value);
	} else {
		json_write(writer->out, value);
	}
}

static bool is_identity(const char *key)
{
	return strcmp(key, "id") == 0 || strcmp(key, "documentId") == 0;
}

/* {"id":1,"documentId":"...","attributes":{...}}; components are flat. */
static void write_object(struct tree_writer *writer, const struct model *model, const json_t *object)
{
	bool component = model->kind == MODEL_COMPONENT;
	const char *key, *separator = "";
	json_t *value;

	buf_add_char(writer->out, '{');
	for (int rest = 0; rest < 2; rest++) {
		if (rest && !component) {
			buf_printf(writer->out, "%s\"attributes\":{", separator);
			separator = "";
		}
		json_object_foreach((json_t *)(uintptr_t)object, key, value) {
			if (is_identity(key) == (rest == 1))
				continue;
			buf_add(writer->out, str_of(separator));
			json_write_string(writer->out, str_of(key));
			buf_add_char(writer->out, ':');
			write_member(writer, model_attribute(model, str_of(key)), value);
			separator = ",";
		}
	}
	buf_add_literal(writer->out, "}");
	if (!component)
		buf_add_char(writer->out, '}');
}

bool output_is_secret(const struct model *model, const char *key)
{
	const struct attribute *attribute = model_attribute(model, str_of(key));

	/* The locale of a type that has none says nothing; some targets show it, as in Strapi. */
	if (!attribute || (attribute == model->locale && !model->localized))
		return false;
	return attribute->private_ || attribute->type == ATTRIBUTE_PASSWORD;
}

/* Of an entry below an attribute; NULL: it is none, or nobody knows. */
static const struct model *model_below(const struct attribute *attribute, const json_t *value)
{
	if (!json_is_object(value))
		return NULL;
	if (attribute->type == ATTRIBUTE_DYNAMICZONE)
		return component_of(attribute, value);
	return attribute->component ? attribute->component : attribute->target;
}

static bool has_secrets(const struct model *model, const json_t *entry);

static bool has_secrets_below(const struct attribute *attribute, const json_t *value)
{
	const struct model *model = model_below(attribute, value);
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item) {
		if (has_secrets_below(attribute, item))
			return true;
	}
	return model && has_secrets(model, value);
}

static bool has_secrets(const struct model *model, const json_t *entry)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)entry, key, value) {
		const struct attribute *attribute = model_attribute(model, str_of(key));

		if (output_is_secret(model, key) ||
			(attribute && !attribute_kind(attribute->type)->scalar && has_secrets_below(attribute, value)))
			return true;
	}
	return false;
}

static json_t *without_secrets_below(const struct attribute *attribute, const json_t *value)
{
	const struct model *model = model_below(attribute, value);
	json_t *list, *item;
	size_t i;

	if (!json_is_array(value))
		return model ? output_without_secrets(model, value) : json_incref((json_t *)(uintptr_t)value);
	list = json_array();
	json_array_foreach(value, i, item)
		json_array_append_new(list, without_secrets_below(attribute, item));
	return list;
}

json_t *output_without_secrets(const struct model *model, const json_t *entry)
{
	json_t *shown, *value;
	const char *key;

	/* Nearly always there is nothing to leave out. */
	if (!has_secrets(model, entry))
		return json_incref((json_t *)(uintptr_t)entry);
	shown = json_object();
	json_object_foreach((json_t *)(uintptr_t)entry, key, value) {
		const struct attribute *attribute = model_attribute(model, str_of(key));

		if (output_is_secret(model, key))
			continue;
		if (attribute && !attribute_kind(attribute->type)->scalar)
			json_object_set_new(shown, key, without_secrets_below(attribute, value));
		else
			json_object_set(shown, key, value);
	}
	return shown;
}

void output_changed(struct buf *out, enum output_form form, const struct documents *documents, unsigned row)
{
	const struct model *model = documents->query->model;
	struct tree_writer writer = { out, form };
	json_t *tree = documents->trees && documents->trees[row] ? json_incref(documents->trees[row]) :
		tree_of_row(documents, row), *shown;

	if (documents->fields && documents->fields[row] && !(documents->trees && documents->trees[row]))
		json_object_update(tree, documents->fields[row]);
	shown = output_without_secrets(model, tree);
	if (form == OUTPUT_V4)
		write_object(&writer, model, shown);
	else
		json_write(out, shown);
	json_decref(shown);
	json_decref(tree);
}
