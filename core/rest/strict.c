#include "rest/strict.h"

#include <math.h>

/* As long as a locale's code may be, and what it consists of: letters, then subtags. */
enum { LOCALE_LENGTH = 35 };

#define refuse(error, ...) error_set_details((error), ERROR_VALIDATION, json_object(), __VA_ARGS__)

/* ---- names ---- */

static bool is_known(struct str name)
{
	static const char *const names[] = { "filters", "sort", "fields", "populate", "status", "locale", "page", "pageSize",
		"start", "limit", "_q", "publicationFilter", "hasPublishedVersion", "pagination", "count", "ordering" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_equal(name, str_of(names[i])))
			return true;
	}
	return false;
}

int strict_names(const struct param *params, struct error *error)
{
	param_foreach(item, params) {
		json_t *details;

		if (is_known(item->key))
			continue;
		details = json_pack("{s:s%, s:n, s:s, s:s%}", "key", item->key.p, item->key.n, "path", "source", "query",
			"param", item->key.p, item->key.n);
		return error_set_details(error, ERROR_VALIDATION, details, "Invalid key %.*s", STR_ARG(item->key));
	}
	return 0;
}

/* ---- values ---- */

/* Not given: such a parameter is as if it weren't there. */
static bool is_blank(const struct param *param)
{
	return !param || param->type == PARAM_NULL || (param->type == PARAM_STRING && param->text.n == 0);
}

/* As JavaScript's String() prints it. */
static void print(struct buf *out, const struct param *param)
{
	if (param->type == PARAM_OBJECT) {
		buf_add_literal(out, "[object Object]");
	} else if (param->type == PARAM_ARRAY) {
		param_foreach(item, param) {
			if (item != param->first)
				buf_add_char(out, ',');
			print(out, item);
		}
	} else {
		buf_add(out, param->text);
	}
}

static int refuse_value(const char *name, const char *expected, const struct param *value, struct error *error)
{
	struct buf text = BUF_INIT;
	int rc;

	print(&text, value);
	rc = refuse(error, "Invalid parameter at '%s'. Expected %s, received: %s", name, expected, buf_cstr(&text));
	buf_clear(&text);
	return rc;
}

static int check_status(const struct param *status, struct error *error)
{
	if (is_blank(status))
		return 0;
	if (status->type == PARAM_STRING && (str_is(status->text, "published") || str_is(status->text, "draft")))
		return 0;
	return refuse_value("status", "'published' or 'draft'", status, error);
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* "en", "zh-Hans": two or three letters, then subtags of two to eight letters and digits. */
static bool is_locale(struct str text)
{
	struct str rest = text, tag = str_cut(&rest, '-');

	if (tag.n < 2 || tag.n > 3)
		return false;
	for (size_t i = 0; i < tag.n; i++) {
		if (!is_letter(tag.p[i]))
			return false;
	}
	while (!str_is_null(rest)) {
		tag = str_cut(&rest, '-');
		if (tag.n < 2 || tag.n > 8)
			return false;
		for (size_t i = 0; i < tag.n; i++) {
			if (!is_letter(tag.p[i]) && (tag.p[i] < '0' || tag.p[i] > '9'))
				return false;
		}
	}
	return true;
}

static int check_code(struct str text, int index, struct error *error)
{
	char path[32] = "locale";

	if (str_is(text, "*") || (text.n <= LOCALE_LENGTH && is_locale(text)))
		return 0;
	if (index >= 0)
		snprintf(path, sizeof(path), "locale[%d]", index);
	if (text.n > LOCALE_LENGTH)
		return refuse(error, "Invalid parameter at '%s'. Locale exceeds maximum length of %d characters.", path,
			LOCALE_LENGTH);
	return refuse(error, "Invalid parameter at '%s'. Locale must be a valid BCP 47 format (e.g. en, en-US, zh-Hans).",
		path);
}

static int check_locale(const struct param *locale, struct error *error)
{
	int index = 0;

	if (is_blank(locale))
		return 0;
	if (locale->type == PARAM_OBJECT) {
		struct buf text = BUF_INIT;
		int rc;

		param_write(&text, locale);
		rc = error_set_details(error, ERROR_VALIDATION,
			json_pack("{s:o}", "received", json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)),
			"Invalid parameter at 'locale'. Expected a string, array of strings, empty string, null, or undefined; received: object");
		buf_clear(&text);
		return rc;
	}
	if (locale->type != PARAM_ARRAY)
		return check_code(locale->text, -1, error);
	param_foreach(item, locale) {
		if (item->type != PARAM_STRING || item->text.n == 0)
			continue;
		if (check_code(item->text, index++, error) < 0)
			return -1;
	}
	return 0;
}

static int check_number(const struct param *params, const char *name, double least, bool minus_one, struct error *error)
{
	const struct param *value = param_get(params, str_of(name));
	char expected[48];
	double number;

	if (is_blank(value))
		return 0;
	number = param_to_number(value);
	if (number == floor(number) && isfinite(number) && (number >= least || (minus_one && number == -1)))
		return 0;
	snprintf(expected, sizeof(expected), "integer >= %d%s", (int)least, minus_one ? " or -1" : "");
	return refuse_value(name, expected, value, error);
}

int strict_values(const struct param *params, bool list, struct error *error)
{
	bool pages = !is_blank(param_get(params, STR("page"))) || !is_blank(param_get(params, STR("pageSize")));
	bool offsets = list || !is_blank(param_get(params, STR("start"))) || !is_blank(param_get(params, STR("limit")));

	if (check_status(param_get(params, STR("status")), error) < 0 ||
		check_locale(param_get(params, STR("locale")), error) < 0)
		return -1;
	if (pages && offsets)
		return refuse(error,
			"Invalid pagination parameters. Cannot use both page-based (page, pageSize) and offset-based (start, limit) pagination in the same query.");
	if (list)
		return 0;
	if (check_number(params, "page", 1, false, error) < 0 || check_number(params, "pageSize", 1, false, error) < 0 ||
		check_number(params, "start", 0, false, error) < 0)
		return -1;
	return check_number(params, "limit", 1, true, error);
}
