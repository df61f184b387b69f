#include "pipeline/request.h"

#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "http/query.h"

int request_query(struct request *request, const struct param **query_r)
{
	if (!request->query)
		request->query = param_parse(request->scope.arena, request->message->query, NULL);
	*query_r = request->query;
	return 0;
}

struct str request_param(const struct request *request, struct str name)
{
	for (unsigned i = 0; i < request->param_count; i++) {
		if (str_equal(request->params[i].name, name))
			return request->params[i].value;
	}
	return STR_NULL;
}

/* ---- the answer ---- */

static void drop_file(struct request *request)
{
	if (request->file)
		close(request->file->fd);
	request->file = NULL;
}

void request_drop_body(struct request *request)
{
	drop_file(request);
	buf_clear(&request->out);
	request->has_body = false;
}

void request_reset_answer(struct request *request)
{
	drop_file(request);
	request->out.n = 0;
	request->has_body = false;
	request->status = 0;
}

/* An answer that is on its way can't be changed. */
static int begin_body(struct request *request, int status, struct str content_type)
{
	if (request->streaming)
		return scope_throw(&request->scope, ERROR_INTERNAL, "The answer is on its way already");
	request_reset_answer(request);
	request->status = status;
	request->has_body = true;
	return http_set_header(request->message, STR("Content-Type"), content_type);
}

int request_begin_json(struct request *request, int status)
{
	return begin_body(request, status, STR("application/json; charset=utf-8"));
}

int request_send_json(struct request *request, int status, json_t *json)
{
	int rc = request_begin_json(request, status);

	if (rc == 0)
		json_write(&request->out, json);
	json_decref(json);
	return rc;
}

int request_send_text(struct request *request, int status, struct str content_type, struct str text)
{
	if (begin_body(request, status, content_type) < 0)
		return -1;
	buf_add(&request->out, text);
	return 0;
}

int request_send_file(struct request *request, int status, struct str content_type, const struct http_file *file)
{
	if (begin_body(request, status, content_type) < 0) {
		close(file->fd);
		return -1;
	}
	request->file = arena_memdup(request->scope.arena, file, sizeof(*file));
	return 0;
}

int request_send_empty(struct request *request, int status)
{
	if (request->streaming)
		return scope_throw(&request->scope, ERROR_INTERNAL, "The answer is on its way already");
	request_reset_answer(request);
	request->status = status;
	http_remove_header(request->message, STR("Content-Type"));
	return 0;
}

/* ---- errors ---- */

static void log_hidden(const struct request *request, const struct error *error)
{
	const struct log_field fields[] = {
		LOG_TEXT("method", arena_strdup(request->scope.arena, request->message->method_text)),
		LOG_TEXT("path", arena_strdup(request->scope.arena, request->message->path)),
	};

	log_fields(LOG_ERROR, "request", fields, 2, "%s", error_message(error));
}

void request_send_error(struct request *request, struct error *error)
{
	const struct error_wire *wire = error_wire(error->kind);
	struct buf *out = &request->out;

	if ((!wire->exposed || request->streaming) && error->kind != ERROR_CANCELLED)
		log_hidden(request, error);
	/* What is on its way can't become an error any more. */
	request->broken = request->streaming;
	if (request->streaming)
		return;
	if (request_begin_json(request, wire->status) < 0)
		return;
	if (wire->status == 503)
		http_set_header(request->message, STR("Retry-After"), STR("1"));
	buf_add_literal(out, "{\"data\":null,\"error\":{\"status\":");
	buf_add_int(out, wire->status);
	buf_add_literal(out, ",\"name\":");
	json_write_string(out, str_of(wire->name));
	buf_add_literal(out, ",\"message\":");
	json_write_string(out, str_of(wire->exposed ? error_message(error) : wire->message));
	if (wire->exposed && !error->no_details) {
		buf_add_literal(out, ",\"details\":");
		if (error->details)
			json_write(out, error->details);
		else
			buf_add_literal(out, "{}");
	}
	buf_add_literal(out, "}}");
}
