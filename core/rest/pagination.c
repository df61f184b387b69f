#include "rest/pagination.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "config/settings.h"

/* In the words of the one who notices first: the checks of strictParams, or the conversion. */
static int refuse_number(bool strict, bool is_limit, double value, struct error *error)
{
	char text[JSON_NUMBER_SIZE] = "NaN";
	int n = isnan(value) ? 3 : (int)json_format_double(value, text);

	if (strict)
		return error_set_details(error, ERROR_VALIDATION, json_object(),
			"Invalid parameter at '%s'. Expected integer >= %s, received: %.*s", is_limit ? "limit" : "start",
			is_limit ? "1 or -1" : "0", n, text);
	return error_set_details(error, ERROR_VALIDATION, json_object(),
		"convert%sQueryParams expected a positive integer got %.*s", is_limit ? "Limit" : "Start", n, text);
}

static int read_limit(const struct param *given, const struct settings_api *api, double *limit, struct error *error)
{
	double most = api->max_limit > 0 ? (double)api->max_limit : INFINITY;

	*limit = (double)api->default_limit;
	if (given) {
		*limit = param_to_number(given);
		if (isnan(*limit) && api->max_limit <= 0)
			return refuse_number(api->documents_strict_params, true, *limit, error);
		if (isnan(*limit))
			*limit = most;
		if (*limit < 1)
			*limit = 1;
	}
	if (*limit > most)
		*limit = most;
	if (*limit != floor(*limit))
		return refuse_number(api->documents_strict_params, true, *limit, error);
	return 0;
}

static int read_with_count(const struct param *given, bool *with_count, struct error *error)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = { { "true", true }, { "t", true }, { "1", true }, { "false", false }, { "f", false }, { "0", false } };

	if (!given)
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_equal(given->text, str_of(words[i].text))) {
			*with_count = words[i].value;
			return 0;
		}
	}
	return error_set_details(error, ERROR_VALIDATION, json_object(),
		"Invalid withCount parameter. Expected \"t\",\"1\",\"true\",\"false\",\"0\",\"f\"");
}

int pagination_read(const struct param *params, const struct settings_api *api, struct pagination *out_r,
	struct error *error)
{
	const struct param *given = param_get(params, STR("pagination"));
	const struct param *page = param_get(given, STR("page")), *page_size = param_get(given, STR("pageSize"));
	const struct param *start = param_get(given, STR("start")), *limit = param_get(given, STR("limit"));

	if ((page || page_size) && (start || limit))
		return error_set_details(error, ERROR_PAGINATION, json_object(),
			"Cannot use both page & offset pagination in the same query");
	out_r->with_count = api->with_count;
	out_r->paged = page || page_size || !(start || limit);
	if (read_with_count(param_get(given, STR("withCount")), &out_r->with_count, error) < 0 ||
		read_limit(out_r->paged ? page_size : limit, api, &out_r->limit, error) < 0)
		return -1;
	out_r->start = 0;
	if (page) {
		double number = param_to_number(page);

		out_r->start = number < 1 ? 0 : (number - 1) * out_r->limit;
	} else if (start) {
		out_r->start = param_to_number(start);
	}
	if (out_r->start < 0)
		out_r->start = 0;
	if (out_r->start != floor(out_r->start) || isnan(out_r->start))
		return refuse_number(api->documents_strict_params, false, out_r->start, error);
	return 0;
}

static bool is_given(const struct param *param)
{
	return param && param->type != PARAM_NULL;
}

static int check_page(const char *name, const struct param *given, struct error *error)
{
	double number = is_given(given) ? param_to_number(given) : 1;

	if (number > 0 && number == floor(number) && isfinite(number))
		return 0;
	return error_set_details(error, ERROR_PAGINATION, json_object(),
		"Invalid '%s' parameter. Expected an integer > 0, received: %.*s", name, STR_ARG(given->text));
}

static int check_offset(bool is_limit, const struct param *given, struct error *error)
{
	double number = is_given(given) ? param_to_number(given) : 0;

	if (number == floor(number) && isfinite(number) && (number >= 0 || (is_limit && number == -1)))
		return 0;
	return refuse_number(false, is_limit, number, error);
}

int pagination_check_root(const struct param *params, bool list, struct error *error)
{
	const struct param *page = param_get(params, STR("page")), *page_size = param_get(params, STR("pageSize"));
	const struct param *start = param_get(params, STR("start")), *limit = param_get(params, STR("limit"));

	if ((is_given(page) || is_given(page_size)) && (list || is_given(start) || is_given(limit)))
		return error_set_details(error, ERROR_PAGINATION, json_object(),
			"Invalid pagination attributes. The page parameters are incorrect and must be in the pagination object");
	if (list)
		return 0;
	if (check_page("page", page, error) < 0 || check_page("pageSize", page_size, error) < 0 ||
		check_offset(false, start, error) < 0)
		return -1;
	return check_offset(true, limit, error);
}

/* Strapi hands numbers on as text and reads their leading digits back: from 1e21 on the text is "2.5e+21", and 2 is read. */
static uint64_t leading_digits(double value)
{
	char text[JSON_NUMBER_SIZE + 1];

	if (value < 1e21)
		return value < 0x1p64 ? (uint64_t)value : UINT64_MAX;
	text[json_format_double(value, text)] = '\0';
	return strtoull(text, NULL, 10);
}

uint64_t pagination_offset(const struct pagination *pagination)
{
	return leading_digits(pagination->start);
}

uint64_t pagination_limit(const struct pagination *pagination)
{
	return leading_digits(pagination->limit);
}

void pagination_write(struct buf *out, const struct pagination *pagination, uint64_t total)
{
	if (pagination->paged) {
		buf_add_literal(out, "{\"page\":");
		json_write_double(out, floor(pagination->start / pagination->limit) + 1);
		buf_add_literal(out, ",\"pageSize\":");
	} else {
		buf_add_literal(out, "{\"start\":");
		json_write_double(out, pagination->start);
		buf_add_literal(out, ",\"limit\":");
	}
	json_write_double(out, pagination->limit);
	if (pagination->with_count && pagination->paged) {
		buf_add_literal(out, ",\"pageCount\":");
		json_write_double(out, ceil((double)total / pagination->limit));
	}
	if (pagination->with_count) {
		buf_add_literal(out, ",\"total\":");
		buf_add_uint(out, total);
	}
	buf_add_char(out, '}');
}
