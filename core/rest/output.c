#include "rest/output.h"

#include "base/clock.h"
#include "base/json.h"
#include "pipeline/request.h"
#include "rest/float.h"

typedef void write_fn(struct buf *out, const struct cell *cell);

/* ---- values by cell ---- */

static void two_digits(char *to, unsigned value)
{
	to[0] = (char)('0' + value / 10 % 10);
	to[1] = (char)('0' + value % 10);
}

static char *put_date(char *p, const struct cell_time *t)
{
	two_digits(p, t->year_or_hours / 100);
	two_digits(p + 2, t->year_or_hours % 100);
	p[4] = '-';
	two_digits(p + 5, t->month);
	p[7] = '-';
	two_digits(p + 8, t->day);
	return p + 10;
}

static char *put_time(char *p, unsigned hour, const struct cell_time *t)
{
	two_digits(p, hour);
	p[2] = ':';
	two_digits(p + 3, t->minute);
	p[5] = ':';
	two_digits(p + 6, t->second);
	p[8] = '.';
	p[9] = (char)('0' + t->microsecond / 100000);
	two_digits(p + 10, t->microsecond / 1000 % 100);
	return p + 12;
}

static int64_t unix_ms(const struct cell_time *t)
{
	struct clock_date date = { .year = t->year_or_hours, .month = t->month, .day = t->day, .hour = t->hour,
		.minute = t->minute, .second = t->second, .millisecond = t->microsecond / 1000 };

	return clock_date_to_ms(&date);
}

/* Whatever the column holds, as plainly as its type allows. */
static void write_plain(struct buf *out, const struct cell *cell)
{
	char text[40], *p = text;

	switch (cell->type) {
	case CELL_NULL:
		buf_add_literal(out, "null");
		return;
	case CELL_INT:
		buf_add_int(out, cell->integer);
		return;
	case CELL_UINT:
		buf_add_uint(out, cell->uinteger);
		return;
	case CELL_DOUBLE:
		json_write_double(out, cell->real);
		return;
	case CELL_TEXT:
		json_write_string(out, cell_text(cell));
		return;
	case CELL_DATE:
		*p++ = '"';
		p = put_date(p, &cell->time);
		break;
	case CELL_TIME:
		*p++ = '"';
		p = put_time(p, cell->time.year_or_hours, &cell->time);
		break;
	case CELL_DATETIME:
		*p++ = '"';
		p = put_date(p, &cell->time);
		*p++ = 'T';
		p = put_time(p, cell->time.hour, &cell->time);
		*p++ = 'Z';
		break;
	}
	*p++ = '"';
	buf_add(out, str_range(text, p));
}

/* ---- values by attribute ---- */

/* A number in a text column is shown as text. */
static void write_text(struct buf *out, const struct cell *cell)
{
	if (cell->type != CELL_INT && cell->type != CELL_UINT && cell->type != CELL_DOUBLE) {
		write_plain(out, cell);
		return;
	}
	buf_add_char(out, '"');
	write_plain(out, cell);
	buf_add_char(out, '"');
}

/* DECIMAL comes as its digits: JavaScript shows the number they are. */
static void write_decimal(struct buf *out, const struct cell *cell)
{
	char copy[80];

	if (cell->type != CELL_TEXT || cell->length >= sizeof(copy)) {
		write_plain(out, cell);
		return;
	}
	memcpy(copy, cell->text, cell->length);
	copy[cell->length] = '\0';
	json_write_double(out, strtod(copy, NULL));
}

static void write_float(struct buf *out, const struct cell *cell)
{
	if (cell->type == CELL_DOUBLE)
		json_write_double(out, float_as_read(cell->real));
	else
		write_plain(out, cell);
}

static void write_boolean(struct buf *out, const struct cell *cell)
{
	if (cell->type == CELL_INT || cell->type == CELL_UINT)
		buf_add(out, cell->integer ? STR("true") : STR("false"));
	else
		write_plain(out, cell);
}

/* Milliseconds since 1970, as a string. */
static void write_timestamp(struct buf *out, const struct cell *cell)
{
	if (cell->type != CELL_DATETIME) {
		write_plain(out, cell);
		return;
	}
	buf_add_char(out, '"');
	buf_add_int(out, unix_ms(&cell->time));
	buf_add_char(out, '"');
}

/* The column's text is JSON and goes out as it is. A JSON string is what Strapi parses once more; when that fails it shows
 * the whole text, quotes included. */
static void write_json(struct buf *out, const struct cell *cell)
{
	struct str text = str_trim(cell_text(cell));
	json_t *outer, *inner = NULL;

	if (cell->type != CELL_TEXT || text.n == 0 || text.p[0] != '"') {
		if (cell->type == CELL_TEXT && text.n)
			buf_add(out, text);
		else
			write_plain(out, cell);
		return;
	}
	outer = json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (outer)
		inner = json_loadb(json_string_value(outer), json_string_length(outer), JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (inner)
		json_write(out, inner);
	else
		json_write_string(out, text);
	json_decref(inner);
	json_decref(outer);
}

static write_fn *const writers[ATTRIBUTE_TYPES] = {
	[ATTRIBUTE_ID] = write_plain,
	[ATTRIBUTE_STRING] = write_text,
	[ATTRIBUTE_TEXT] = write_text,
	[ATTRIBUTE_RICHTEXT] = write_text,
	[ATTRIBUTE_EMAIL] = write_text,
	[ATTRIBUTE_PASSWORD] = write_text,
	[ATTRIBUTE_UID] = write_text,
	[ATTRIBUTE_ENUMERATION] = write_text,
	[ATTRIBUTE_INTEGER] = write_plain,
	[ATTRIBUTE_BIGINTEGER] = write_text,
	[ATTRIBUTE_FLOAT] = write_float,
	[ATTRIBUTE_DECIMAL] = write_decimal,
	[ATTRIBUTE_BOOLEAN] = write_boolean,
	[ATTRIBUTE_DATE] = write_plain,
	[ATTRIBUTE_TIME] = write_plain,
	[ATTRIBUTE_DATETIME] = write_plain,
	[ATTRIBUTE_TIMESTAMP] = write_timestamp,
	[ATTRIBUTE_JSON] = write_json,
	[ATTRIBUTE_BLOCKS] = write_json,
};

void output_cell(struct buf *out, const struct attribute *attribute, const struct cell *cell)
{
	write_fn *write = writers[attribute->type];

	(write ? write : write_plain)(out, cell);
}

/* ---- rows ---- */

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

/* {"id":1,"documentId":"...","attributes":{...}: the identity first, wherever it is in the row. */
static void write_entry_v4(struct writer *writer, const struct loaded *loaded, unsigned row)
{
	const struct query *query = loaded->query;
	const struct cell *cells = rowset_row(loaded->rows, row);
	bool component = query->model->kind == MODEL_COMPONENT;
	const char *separator = "{";

	for (unsigned i = 0; i < query->column_count; i++) {
		if (!is_identity(query->columns[i]))
			continue;
		buf_add(writer->out, str_of(separator));
		write_column(writer, query->columns[i], &cells[i]);
		separator = ",";
	}
	if (!component) {
		buf_add(writer->out, str_of(separator));
		buf_add_literal(writer->out, "\"attributes\":");
		separator = "{";
	}
	for (unsigned i = 0; i < query->column_count; i++) {
		if (is_identity(query->columns[i]))
			continue;
		buf_add(writer->out, str_of(separator));
		write_column(writer, query->columns[i], &cells[i]);
		separator = ",";
	}
	write_relations(writer, loaded, row, separator);
	if (component)
		return;
	if (*separator == '{' && !loaded->relation_count)
		buf_add_char(writer->out, '{');
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

void output_row(struct buf *out, enum output_form form, const struct loaded *loaded, unsigned row)
{
	struct writer writer = { out, form };

	write_entry(&writer, loaded, row);
	buf_add_char(out, '}');
}

int output_list(struct request *request, const struct rest_params *params, const struct loaded *loaded, uint64_t total)
{
	enum output_form form = output_form_of(request);
	struct buf *out = &request->out;

	if (request_begin_json(request, 200) < 0)
		return -1;
	buf_reserve(out, (loaded->rows->count + 1) * (size_t)OUTPUT_ROW_ROOM);
	buf_add_literal(out, "{\"data\":[");
	for (unsigned i = 0; i < loaded->rows->count; i++) {
		if (i)
			buf_add_char(out, ',');
		output_row(out, form, loaded, i);
	}
	buf_add_literal(out, "],\"meta\":{\"pagination\":");
	pagination_write(out, &params->pagination, total);
	buf_add_literal(out, "}}");
	return 0;
}
