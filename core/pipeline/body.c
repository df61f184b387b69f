#include "pipeline/body.h"

#include "base/json.h"
#include "config/settings.h"
#include "http/inflate.h"
#include "http/query.h"
#include "pipeline/form_data.h"

static bool is_container(struct str text)
{
	text = str_trim(text);
	return text.n && (text.p[0] == '{' || text.p[0] == '[');
}

static bool is_encoded(struct str encoding)
{
	return encoding.n && !str_equal_nocase(encoding, STR("identity"));
}

/* The limit counts what it inflates to, too. */
static int read_all(struct request *request, int64_t limit, struct str *text_r)
{
	struct http_message *message = request->message;
	struct str encoding = http_header(message, STR("Content-Encoding"));

	return is_encoded(encoding) ? inflate_read_all(message, encoding, (size_t)limit, text_r, &request->scope.error) :
		http_read_all(message, (size_t)limit, text_r, &request->scope.error);
}

static int read_json(struct request *request, const struct body_options *options)
{
	const struct settings_limits *limits = &request->scope.generation->settings->server.limits;
	struct error *error = &request->scope.error;
	struct json_limits depth = { .depth = (unsigned)limits->depth };
	struct str text;

	if (read_all(request, options->json_limit, &text) < 0)
		return -1;
	if (text.n == 0)
		return 0;
	if (options->json_strict && !is_container(text)) {
		error_set(error, ERROR_SYNTAX, "invalid JSON, only supports object and array");
		error->no_details = true;
		return -1;
	}
	request->body = json_parse(text, &depth, error);
	error->no_details = error->kind == ERROR_SYNTAX;
	return request->body ? 0 : -1;
}

static int read_form(struct request *request, const struct body_options *options)
{
	struct str text;

	if (read_all(request, options->form_limit, &text) < 0)
		return -1;
	request->body = param_to_json(param_parse(request->scope.arena, text, NULL));
	return 0;
}

static int read_text(struct request *request, const struct body_options *options)
{
	struct str text;

	if (read_all(request, options->text_limit, &text) < 0)
		return -1;
	if (!str_is_utf8(text)) {
		scope_throw(&request->scope, ERROR_BAD_REQUEST, "A text must be UTF-8");
		request->scope.error.no_details = true;
		return -1;
	}
	request->body = text.n ? json_stringn(text.p, text.n) : NULL;
	return 0;
}

struct reader {
	const char *type;				/* "text/" stands for all of them */
	int (*read)(struct request *request, const struct body_options *options);
	size_t wanted;					/* where the options say whether this kind is read */
};

#define IF(member) offsetof(struct body_options, member)

static const struct reader readers[] = {
	{ "application/json", read_json, IF(json) },
	{ "application/json-patch+json", read_json, IF(json) },
	{ "application/vnd.api+json", read_json, IF(json) },
	{ "application/csp-report", read_json, IF(json) },
	{ "application/reports+json", read_json, IF(json) },
	{ "application/x-www-form-urlencoded", read_form, IF(form) },
	{ "multipart/", form_data_read, IF(multipart) },
	{ "text/", read_text, IF(text) },
};

static bool has_type(struct str type, struct str wanted)
{
	return str_equal_nocase(str_ends(wanted, STR("/")) ? str_take(type, wanted.n) : type, wanted);
}

static int find_reader(struct request *request, const struct body_options *options, const struct reader **reader_r)
{
	struct str rest = http_header(request->message, STR("Content-Type")), type = str_trim(str_cut(&rest, ';'));
	struct str encoding = http_header(request->message, STR("Content-Encoding"));

	*reader_r = NULL;
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (has_type(type, str_of(readers[i].type)) &&
		    *(const bool *)((const char *)options + readers[i].wanted))
			*reader_r = &readers[i];
	}
	/* Files go to the disk as they come: as with Strapi, forms that have any are not inflated. */
	if (*reader_r && is_encoded(encoding) && ((*reader_r)->read == form_data_read || !inflate_knows(encoding))) {
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
	if (error->kind == ERROR_PAYLOAD_TOO_LARGE && strcmp(error_message(error), "FileTooBig") != 0)
		error_set(error, ERROR_PAYLOAD_TOO_LARGE, "request entity too large");
	else if (error->kind == ERROR_TIMEOUT)
		error_set(error, ERROR_REQUEST_TIMEOUT, NULL);
	else
		return -1;
	error->no_details = true;
	return -1;
}

int body_read(struct request *request, const struct body_options *options)
{
	const struct reader *reader;

	if (request->body_read || !(options->methods & 1u << request->message->method))
		return 0;
	request->body_read = true;
	if (find_reader(request, options, &reader) < 0)
		return -1;
	if (!reader)
		return 0;
	return reader->read(request, options) < 0 ? explain(&request->scope.error) : 0;
}
