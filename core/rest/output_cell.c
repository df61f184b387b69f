#include "rest/output.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
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
