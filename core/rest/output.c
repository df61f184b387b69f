#include "rest/output.h"

#include "base/json.h"
#include "pipeline/request.h"
#include "rest/output_changed.h"

struct writer {
	struct buf *out;
	enum output_form form;
};

/* What tells the types of a relation to several apart. */
static const char *type_key(const struct attribute *attribute)
{
	if (attribute->type == ATTRIBUTE_DYNAMICZONE)
		return ",\"__component\":";
	if (attribute->relation == RELATION_MORPH_TO_ONE || attribute->relation == RELATION_MORPH_TO_MANY)
		return ",\"__type\":";
	return NULL;
}

static void write_entry(struct writer *writer, const struct loaded *loaded, unsigned row);

static void write_target(struct writer *writer, const struct attribute *via, const struct loaded *target, unsigned row)
{
	const char *key = type_key(via);

	write_entry(writer, target, row);
	if (key) {
		buf_add(writer->out, str_of(key));
		json_write_string(writer->out, target->query->model->uid);
	}
	buf_add_char(writer->out, '}');
}

static void write_targets(struct writer *writer, const struct loaded_relation *relation, struct loaded_group group)
{
	const struct attribute *via = relation->populate->attribute;
	struct buf *out = writer->out;
	bool any = false;

	if (via->to_many)
		buf_add_char(out, '[');
	for (unsigned i = 0; i < group.count && (via->to_many || !any); i++) {
		unsigned row;
		const struct loaded *target = loaded_target(relation, group, i, &row);

		if (!target)
			continue;
		if (any)
			buf_add_char(out, ',');
		write_target(writer, via, target, row);
		any = true;
	}
	if (via->to_many)
		buf_add_char(out, ']');
	else if (!any)
		buf_add_literal(out, "null");
}

static void write_value(struct writer *writer, const struct loaded_relation *relation, unsigned row)
{
	struct loaded_group group = loaded_group(relation, row);

	if (!relation->populate->count) {
		write_targets(writer, relation, group);
		return;
	}
	buf_add_literal(writer->out, "{\"count\":");
	buf_add_uint(writer->out, group.count);
	buf_add_char(writer->out, '}');
}

/* Other entries stand below "data"; components are part of the entry. */
static void write_value_v4(struct writer *writer, const struct loaded_relation *relation, unsigned row)
{
	const struct attribute *via = relation->populate->attribute;
	bool entry = via->type == ATTRIBUTE_MEDIA || (via->type == ATTRIBUTE_RELATION && via->target);
	bool counted = entry && relation->populate->count;

	if (entry)
		buf_add_literal(writer->out, "{\"data\":");
	if (counted)
		buf_add_literal(writer->out, "{\"attributes\":");
	/* What leads to several types keeps its form, and so does all below. */
	if (!entry && via->type == ATTRIBUTE_RELATION)
		writer->form = OUTPUT_FLAT;
	write_value(writer, relation, row);
	writer->form = OUTPUT_V4;
	if (counted)
		buf_add_char(writer->out, '}');
	if (entry)
		buf_add_char(writer->out, '}');
}

static void write_relations(struct writer *writer, const struct loaded *loaded, unsigned row, const char *separator)
{
	for (unsigned i = 0; i < loaded->relation_count; i++) {
		const struct loaded_relation *relation = &loaded->relations[i];

		buf_add(writer->out, str_of(separator));
		buf_add(writer->out, relation->populate->attribute->json_key);
		if (writer->form == OUTPUT_V4)
			write_value_v4(writer, relation, row);
		else
			write_value(writer, relation, row);
		separator = ",";
	}
}

static void write_column(struct writer *writer, const struct attribute *column, const struct cell *cell)
{
	buf_add(writer->out, column->json_key);
	output_cell(writer->out, column, cell);
}

static bool is_identity(const struct attribute *column)
{
	return column->type == ATTRIBUTE_ID || column == column->model->document_id;
}

/* The columns that say which entry it is, or the others. What stands before the next member is *separator. */
static void write_columns(struct writer *writer, const struct loaded *loaded, unsigned row, bool identity,
	const char **separator)
{
	const struct query *query = loaded->query;
	const struct cell *cells = rowset_row(loaded->rows, row);

	for (unsigned i = 0; i < query->column_count; i++) {
		if (is_identity(query->columns[i]) != identity)
			continue;
		buf_add(writer->out, str_of(*separator));
		write_column(writer, query->columns[i], &cells[i]);
		*separator = ",";
	}
}

/* {"id":1,"documentId":"...","attributes":{...}: the identity first, wherever it is in the row. Components are flat. */
static void write_entry_v4(struct writer *writer, const struct loaded *loaded, unsigned row)
{
	bool component = loaded->query->model->kind == MODEL_COMPONENT;
	const char *separator = "{";

	write_columns(writer, loaded, row, true, &separator);
	if (!component) {
		buf_add_literal(writer->out, ",\"attributes\":{");
		separator = "";
	}
	write_columns(writer, loaded, row, false, &separator);
	write_relations(writer, loaded, row, separator);
	if (!component)
		buf_add_char(writer->out, '}');
}

/* All but the closing brace. */
static void write_entry(struct writer *writer, const struct loaded *loaded, unsigned row)
{
	const struct query *query = loaded->query;
	const struct cell *cells;

	if (writer->form == OUTPUT_V4) {
		write_entry_v4(writer, loaded, row);
		return;
	}
	cells = rowset_row(loaded->rows, row);
	for (unsigned i = 0; i < query->column_count; i++) {
		buf_add_char(writer->out, i ? ',' : '{');
		write_column(writer, query->columns[i], &cells[i]);
	}
	write_relations(writer, loaded, row, ",");
}

enum output_form output_form_of(const struct request *request)
{
	return str_is(http_header(request->message, STR("Strapi-Response-Format")), "v4") ? OUTPUT_V4 : OUTPUT_FLAT;
}

/* ---- fields laid over a row ---- */

static const json_t *laid(const json_t *fields, const struct attribute *attribute)
{
	return json_object_getn(fields, attribute->name.p, attribute->name.n);
}

static bool has_member(const struct loaded *loaded, const char *key)
{
	for (unsigned i = 0; i < loaded->query->column_count; i++) {
		if (str_equal(loaded->query->columns[i]->name, str_of(key)))
			return true;
	}
	for (unsigned i = 0; i < loaded->relation_count; i++) {
		if (str_equal(loaded->relations[i].populate->attribute->name, str_of(key)))
			return true;
	}
	return false;
}

/* Each in its place; what the row doesn't have comes last. What is private stays at home, whoever laid it there. */
static void write_laid_over(struct writer *writer, const struct loaded *loaded, unsigned row, const json_t *laid_over)
{
	const struct query *query = loaded->query;
	const struct cell *cells = rowset_row(loaded->rows, row);
	json_t *fields = output_without_secrets(query->model, laid_over), *value;
	const char *key;

	for (unsigned i = 0; i < query->column_count; i++) {
		const json_t *over = laid(fields, query->columns[i]);

		buf_add_char(writer->out, i ? ',' : '{');
		buf_add(writer->out, query->columns[i]->json_key);
		if (over)
			json_write(writer->out, over);
		else
			output_cell(writer->out, query->columns[i], &cells[i]);
	}
	for (unsigned i = 0; i < loaded->relation_count; i++) {
		const struct loaded_relation *relation = &loaded->relations[i];
		const json_t *over = laid(fields, relation->populate->attribute);

		buf_add_char(writer->out, ',');
		buf_add(writer->out, relation->populate->attribute->json_key);
		if (over)
			json_write(writer->out, over);
		else
			write_value(writer, relation, row);
	}
	json_object_foreach(fields, key, value) {
		if (has_member(loaded, key))
			continue;
		buf_add_char(writer->out, ',');
		json_write_string(writer->out, str_of(key));
		buf_add_char(writer->out, ':');
		json_write(writer->out, value);
	}
	json_decref(fields);
}

void output_document(struct buf *out, enum output_form form, const struct documents *documents, unsigned row)
{
	json_t *tree = documents->trees ? documents->trees[row] : NULL;
	json_t *fields = documents->fields ? documents->fields[row] : NULL;
	struct writer writer = { out, form };

	if (tree || (fields && form == OUTPUT_V4)) {
		output_changed(out, form, documents, row);
		return;
	}
	if (fields)
		write_laid_over(&writer, documents->loaded, row, fields);
	else
		write_entry(&writer, documents->loaded, row);
	buf_add_char(out, '}');
}

int output_one(struct request *request, int status, const struct documents *documents)
{
	struct buf *out = &request->out;

	if (documents_count(documents) == 0)
		return 0;
	if (request_begin_json(request, status) < 0)
		return -1;
	buf_reserve(out, OUTPUT_ROW_ROOM);
	buf_add_literal(out, "{\"data\":");
	output_document(out, output_form_of(request), documents, 0);
	buf_add_literal(out, ",\"meta\":{}}");
	return 0;
}

int output_list(struct request *request, const struct documents *documents, const struct pagination *pagination,
	uint64_t total)
{
	enum output_form form = output_form_of(request);
	unsigned count = documents_count(documents);
	struct buf *out = &request->out;

	if (request_begin_json(request, 200) < 0)
		return -1;
	buf_reserve(out, (count + 1) * (size_t)OUTPUT_ROW_ROOM);
	buf_add_literal(out, "{\"data\":[");
	for (unsigned i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		output_document(out, form, documents, i);
	}
	buf_add_literal(out, "],\"meta\":{\"pagination\":");
	pagination_write(out, pagination, total);
	buf_add_literal(out, "}}");
	return 0;
}
