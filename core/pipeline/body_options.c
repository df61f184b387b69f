#include "pipeline/body_options.h"

#include <stdlib.h>
#include <strings.h>

#include "config/node.h"
#include "http/message.h"

enum option_type { OPTION_SIZE, OPTION_COUNT, OPTION_BOOL, OPTION_METHODS, OPTION_GROUP, OPTION_KNOWN };

struct option {
	const char *name;
	enum option_type type;
	size_t at;				/* in struct body_options */
};

#define AT(member) offsetof(struct body_options, member)

static const struct option options[] = {
	{ "encoding", OPTION_KNOWN, 0 },	/* UTF-8 is what there is */
	{ "formLimit", OPTION_SIZE, AT(form_limit) },
	{ "formidable", OPTION_GROUP, 0 },
	{ "json", OPTION_BOOL, AT(json) },
	{ "jsonLimit", OPTION_SIZE, AT(json_limit) },
	{ "jsonStrict", OPTION_BOOL, AT(json_strict) },
	{ "multipart", OPTION_BOOL, AT(multipart) },
	{ "parsedMethods", OPTION_METHODS, AT(methods) },
	{ "patchKoa", OPTION_KNOWN, 0 },	/* there is one place for a body */
	{ "patchNode", OPTION_KNOWN, 0 },
	{ "text", OPTION_BOOL, AT(text) },
	{ "textLimit", OPTION_SIZE, AT(text_limit) },
	{ "urlencoded", OPTION_BOOL, AT(form) },
	{ NULL, OPTION_KNOWN, 0 },
}, formidable[] = {
	{ "keepExtensions", OPTION_KNOWN, 0 },	/* temporary files have no extension */
	{ "maxFieldsSize", OPTION_SIZE, AT(fields_size) },
	{ "maxFields", OPTION_COUNT, AT(field_count) },
	{ "maxFileSize", OPTION_SIZE, AT(file_size) },
	{ "maxTotalFileSize", OPTION_SIZE, AT(files_size) },
	{ "multiples", OPTION_KNOWN, 0 },
	{ NULL, OPTION_KNOWN, 0 },
};

/* 1024, "1mb", "56kb": 1kb is 1024. */
static bool read_size(const json_t *value, int64_t *size_r)
{
	static const char *const units[] = { "b", "kb", "mb", "gb", "tb" };
	const char *text = json_string_value(value);
	char *end;
	double number;

	if (json_is_integer(value)) {
		*size_r = json_integer_value(value);
		return *size_r >= 0;
	}
	if (!text || *text < '0' || *text > '9')
		return false;
	number = strtod(text, &end);
	for (size_t i = 0; *end && i < sizeof(units) / sizeof(*units); i++) {
		if (strcasecmp(end, units[i]) == 0) {
			number *= (double)(INT64_C(1) << (10 * i));
			end += strlen(end);
		}
	}
	*size_r = (int64_t)(number < 9e18 ? number : 9e18);
	return !*end;
}

static bool read_methods(const json_t *list, unsigned *methods_r)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };
	size_t i;
	json_t *item;

	if (!json_is_array(list))
		return false;
	*methods_r = 0;
	json_array_foreach(list, i, item) {
		unsigned before = *methods_r;

		for (unsigned m = 0; m < sizeof(names) / sizeof(*names); m++) {
			if (json_is_string(item) && strcasecmp(json_string_value(item), names[m]) == 0)
				*methods_r |= 1u << m;
		}
		if (*methods_r == before)
			return false;
	}
	return true;
}

static int read_table(struct body_options *to, const struct option *known, const json_t *table, struct error *error);

static int wrong(struct error *error, const char *name, const char *expected)
{
	return error_set(error, ERROR_CONFIG, "`%s` must be %s", name, expected);
}

static int read_option(struct body_options *to, const struct option *option, const json_t *value, struct error *error)
{
	void *at = (char *)to + option->at;

	switch (option->type) {
	case OPTION_SIZE:
		return read_size(value, at) ? 0 : wrong(error, option->name, "a number of bytes, or a text like \"1mb\"");
	case OPTION_COUNT:
		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return wrong(error, option->name, "a number, 0 or more");
		*(int64_t *)at = json_integer_value(value);
		return 0;
	case OPTION_BOOL:
		if (!json_is_boolean(value))
			return wrong(error, option->name, "true or false");
		*(bool *)at = json_is_true(value);
		return 0;
	case OPTION_METHODS:
		return read_methods(value, at) ? 0 : wrong(error, option->name, "a list of methods, such as [\"POST\", \"PUT\"]");
	case OPTION_GROUP:
		return json_is_object(value) ? read_table(to, formidable, value, error) : wrong(error, option->name, "a table");
	case OPTION_KNOWN:
		break;
	}
	return 0;
}

static int read_table(struct body_options *to, const struct option *known, const json_t *table, struct error *error)
{
	const char *name, *names[sizeof(options) / sizeof(*options)];
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)table, name, value) {
		const struct option *option = known;
		size_t n = 0;

		for (; option->name && strcmp(option->name, name) != 0; option++)
			names[n++] = option->name;
		if (!option->name) {
			names[n] = NULL;
			const char *near = node_nearest(str_of(name), names);

			return error_set(error, ERROR_CONFIG, "unknown key `%s`%s%s%s", name, near ? "; did you mean `" : "",
				near ? near : "", near ? "`?" : "");
		}
		if (read_option(to, option, value, error) < 0)
			return -1;
	}
	return 0;
}

const struct body_options *body_options_read(struct arena *arena, const struct settings *settings, const json_t *config,
	struct error *error)
{
	const struct settings_limits *limits = &settings->server.limits;
	struct body_options *to = arena_new_of(arena, struct body_options);

	*to = (struct body_options){ .json_limit = limits->body, .form_limit = limits->form, .text_limit = limits->form,
		.json = true, .form = true, .text = true, .multipart = true, .json_strict = true,
		.methods = 1u << HTTP_POST | 1u << HTTP_PUT | 1u << HTTP_PATCH, .file_size = limits->upload, .files_size = -1,
		.field_count = 1000, .fields_size = limits->form, .parts = limits->parts };
	if (config && read_table(to, options, config, error) < 0)
		return NULL;
	/* As Strapi's parser has it: all files together are no more than one may be. */
	if (to->files_size < 0)
		to->files_size = to->file_size;
	return to;
}
