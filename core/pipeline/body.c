#include "pipeline/body.h"

#include "base/json.h"
#include "config/settings.h"
#include "http/query.h"

static bool is_container(struct str text)
{
	text = str_trim(text);
	return text.n && (text.p[0] == '{' || text.p[0] == '[');
}

static int read_json(struct request *request)
{
	const struct settings_limits *limits = &request->scope.generation->settings->server.limits;
	struct error *error = &request->scope.error;
	struct json_limits depth = { .depth = (unsigned)limits->depth };
	struct str text;

	if (http_read_all(request->message, (size_t)limits->body, &text, error) < 0)
		return -1;
	if (text.n == 0)
		return 0;
	if (!is_container(text)) {
		error_set(error, ERROR_SYNTAX, "invalid JSON, only supports object and array");
		error->no_details = true;
		return -1;
	}
	request->body = json_parse(text, &depth, error);
	error->no_details = error->kind == ERROR_SYNTAX;
	return request->body ? 0 : -1;
}

static json_t *tree_of(const struct param *param)
{
	json_t *tree;

	switch (param->type) {
	case PARAM_STRING:
		return json_stringn(param->text.p, param->text.n);
	case PARAM_ARRAY:
		tree = json_array();
		param_foreach(item, param)
			json_array_append_new(tree, tree_of(item));
		return tree;
	case PARAM_OBJECT:
		tree = json_object();
		param_foreach(item, param)
			json_object_setn_new(tree, item->key.p, item->key.n, tree_of(item));
		return tree;
	default:
		return json_null();
	}
}

static int read_form(struct request *request)
{
	const struct settings_limits *limits = &request->scope.generation->settings->server.limits;
	struct str text;

	if (http_read_all(request->message, (size_t)limits->form, &text, &request->scope.error) < 0)
		return -1;
	request->body = tree_of(param_parse(request->scope.arena, text, NULL));
	return 0;
}

static const struct {
	const char *type;
	int (*read)(struct request *request);
} readers[] = {
	{ "application/json", read_json },
	{ "application/json-patch+json", read_json },
	{ "application/vnd.api+json", read_json },
	{ "application/csp-report", read_json },
	{ "application/reports+json", read_json },
	{ "application/x-www-form-urlencoded", read_form },
};

static bool has_parsed_body(enum http_method method)
{
	return method == HTTP_POST || method == HTTP_PUT || method == HTTP_PATCH;
}

static int find_reader(struct request *request, int (**read_r)(struct request *request))
{
	struct str rest = http_header(request->message, STR("Content-Type")), type = str_trim(str_cut(&rest, ';'));
	struct str encoding = http_header(request->message, STR("Content-Encoding"));

	*read_r = NULL;
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (str_equal_nocase(type, str_of(readers[i].type)))
			*read_r = readers[i].read;
	}
	if (*read_r && encoding.n && !str_equal_nocase(encoding, STR("identity"))) {
		scope_throw(&request->scope, ERROR_UNSUPPORTED_MEDIA_TYPE, "Unsupported Content-Encoding: %.*s",
			STR_ARG(encoding));
		request->scope.error.no_details = true;
		return -1;
	}
	return 0;
}

/* The wire's errors in the words that clients know. */
static int explain(struct error *error)
{
	if (error->kind == ERROR_PAYLOAD_TOO_LARGE)
		error_set(error, ERROR_PAYLOAD_TOO_LARGE, "request entity too large");
	else if (error->kind == ERROR_TIMEOUT)
		error_set(error, ERROR_REQUEST_TIMEOUT, NULL);
	else
		return -1;
	error->no_details = true;
	return -1;
}

int body_read(struct request *request)
{
	int (*read)(struct request *);

	if (request->body_read || !has_parsed_body(request->message->method))
		return 0;
	request->body_read = true;
	if (find_reader(request, &read) < 0)
		return -1;
	if (!read)
		return 0;
	return read(request) < 0 ? explain(&request->scope.error) : 0;
}
