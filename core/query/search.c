#include "query/search.h"

#include <math.h>

#include "http/query.h"

/* "%" and "\" stand for themselves; "_" is left to match any character, as with Strapi. */
static struct str pattern_of(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.n * 2 + 2), *p = out;

	*p++ = '%';
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%' || text.p[i] == '\\')
			*p++ = '\\';
		*p++ = text.p[i];
	}
	*p++ = '%';
	return str_range(out, p);
}

static bool is_searched(const struct attribute *column, bool numbers)
{
	const struct attribute_kind *kind = attribute_kind(column->type);

	if (column->type == ATTRIBUTE_ID)
		return true;
	return column->searchable && (kind->text || (numbers && kind->number));
}

void search_compile(struct query *query, struct str text)
{
	const struct param as_param = { .type = PARAM_STRING, .text = text };
	bool numbers = !isnan(param_to_number(&as_param));
	struct condition *any;
	struct db_value *pattern;

	if (text.n == 0)
		return;
	any = condition_group(query->arena, OPERATOR_OR);
	pattern = arena_new_of(query->arena, struct db_value);
	*pattern = db_text(pattern_of(query->arena, text));
	for (unsigned i = 0; i < query->model->column_count; i++) {
		if (is_searched(query->model->columns[i], numbers))
			condition_add(any, condition_compare(query->arena, NULL, query->model->columns[i],
				OPERATOR_LIKE, pattern, 1));
	}
	query_where(query, any);
}
