#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

static void write_cell(struct buf *out, const json_t *value)
{
	json_t *item;
	size_t i;

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		buf_add(out, (struct str){ json_string_value(value), json_string_length(value) });
		break;
	case JSON_INTEGER:
		buf_add_int(out, json_integer_value(value));
		break;
	case JSON_TRUE:
		buf_add_literal(out, "yes");
		break;
	case JSON_FALSE:
		buf_add_literal(out, "no");
		break;
	case JSON_ARRAY:
		if (json_array_size(value) == 0)
			buf_add_char(out, '-');
		json_array_foreach(value, i, item) {
			if (i)
				buf_add_literal(out, ", ");
			write_cell(out, item);
		}
		break;
	default:
		buf_add_char(out, '-');
	}
}

/* In characters, as far as each takes one column. */
static size_t width_of(struct str text)
{
	size_t width = 0;

	for (size_t i = 0; i < text.n; i++)
		width += (text.p[i] & 0xc0) != 0x80;
	return width;
}

static void print_row(const char *const *columns, const size_t *widths, size_t count, const json_t *row)
{
	for (size_t i = 0; i < count; i++) {
		struct buf cell = BUF_INIT;
		size_t width;

		if (row)
			write_cell(&cell, json_object_get(row, columns[i]));
		else
			buf_add(&cell, str_of(columns[i]));
		width = width_of(buf_str(&cell));
		fwrite(cell.p, 1, cell.n, stdout);
		if (i + 1 < count)
			printf("%*s", (int)(widths[i] - width + 2), "");
		buf_clear(&cell);
	}
	putchar('\n');
}

void table_print(const char *const *columns, size_t count, const json_t *rows, const char *indent)
{
	size_t *widths = calloc(count ? count : 1, sizeof(*widths)), i;
	const json_t *row;

	if (!widths)
		abort();
	for (size_t column = 0; column < count; column++) {
		widths[column] = width_of(str_of(columns[column]));
		json_array_foreach(rows, i, row) {
			struct buf cell = BUF_INIT;
			size_t width;

			write_cell(&cell, json_object_get(row, columns[column]));
			width = width_of(buf_str(&cell));
			if (width > widths[column])
				widths[column] = width;
			buf_clear(&cell);
		}
	}
	fputs(indent, stdout);
	print_row(columns, widths, count, NULL);
	json_array_foreach(rows, i, row) {
		fputs(indent, stdout);
		print_row(columns, widths, count, row);
	}
	free(widths);
}
