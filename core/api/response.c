#include <socle/response.h>

#include <sys/stat.h>
#include <unistd.h>

#include "api/door.h"
#include "base/buf.h"
#include "loop/fiber.h"

/* NULL for `value` is a value that no header can have. */
static int set_header(struct request *request, const char *function, const char *name, const char *value,
	int (*set)(struct http_message *message, struct str name, struct str value))
{
	if (value && set(request->message, str_of(name), str_of(value)) == 0)
		return 0;
	return scope_throw(&request->scope, ERROR_INTERNAL, "%s(ctx, \"%s\"): no header can have this name or value", function,
		name ? name : "NULL");
}

int socle_header(socle_context *ctx, const char *name, const char *value)
{
	struct request *request = api_request_to_change(ctx, __func__);

	return request ? set_header(request, __func__, name, value, http_set_header) : -1;
}

int socle_headerf(socle_context *ctx, const char *name, const char *format, ...)
{
	struct request *request = api_request_to_change(ctx, __func__);
	va_list args;
	char *value;

	if (!request)
		return -1;
	va_start(args, format);
	value = arena_vprintf(request->scope.arena, format, args);
	va_end(args);
	return set_header(request, __func__, name, value, http_set_header);
}

int socle_add_header(socle_context *ctx, const char *name, const char *value)
{
	struct request *request = api_request_to_change(ctx, __func__);

	return request ? set_header(request, __func__, name, value, http_add_header) : -1;
}

int socle_remove_header(socle_context *ctx, const char *name)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	http_remove_header(request->message, str_of(name));
	return 0;
}

const char *socle_answer_header(socle_context *ctx, const char *name)
{
	struct request *request = api_request(ctx, __func__);
	struct str value;

	if (!request)
		return NULL;
	value = http_answer_header(request->message, str_of(name));
	return str_is_null(value) ? NULL : arena_strdup(request->scope.arena, value);
}

int socle_status(socle_context *ctx, int status)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	/* 1xx is the wire's own business; beyond 599 means nothing to anybody. */
	if (status < 200 || status > 599) {
		return scope_throw(&request->scope, ERROR_INTERNAL, "%s(ctx, %d): a status is 200 to 599",
			__func__, status);
	}
	if (request->streaming)
		return scope_throw(&request->scope, ERROR_INTERNAL, "%s(ctx, %d): the answer is on its way already",
			__func__, status);
	request->status = status;
	return 0;
}

int socle_answer_status(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? request->status : -1;
}

/* Unless somebody has set another. */
static int status_of(const struct request *request)
{
	return request->status ? request->status : 200;
}

static struct str type_of(const struct request *request, struct str otherwise)
{
	struct str type = http_answer_header(request->message, STR("Content-Type"));

	return str_is_null(type) ? otherwise : type;
}

int socle_send_json(socle_context *ctx, json_t *stolen)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request) {
		json_decref(stolen);
		return -1;
	}
	if (!stolen) {
		return scope_throw(&request->scope, ERROR_INTERNAL,
			"%s(ctx, NULL): jansson could not make the tree "
			"(a text that is not UTF-8, or a wrong json_pack format)",
			__func__);
	}
	return request_send_json(request, status_of(request), stolen);
}

static int check_file(struct request *request, int fd, uint64_t offset, uint64_t length)
{
	struct stat stat;

	if (fd >= 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && offset <= (uint64_t)stat.st_size &&
	    length <= (uint64_t)stat.st_size - offset)
		return 0;
	return scope_throw(&request->scope, ERROR_INTERNAL,
		"socle_send_file(ctx, %d, %llu, %llu): this must be an open regular file that has these bytes", fd,
		(unsigned long long)offset, (unsigned long long)length);
}

int socle_send_file(socle_context *ctx, int fd, uint64_t offset, uint64_t length)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request || check_file(request, fd, offset, length) < 0) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return request_send_file(request, status_of(request), type_of(request, STR("application/octet-stream")),
		&(struct http_file){ fd, offset, length });
}

int socle_send_text(socle_context *ctx, const char *text)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	return request_send_text(request, status_of(request), type_of(request, STR("text/plain; charset=utf-8")), str_of(text));
}

int socle_send_bytes(socle_context *ctx, const void *bytes, size_t n)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	return request_send_text(request, status_of(request), type_of(request, STR("application/octet-stream")),
		(struct str){ bytes, n });
}

const void *socle_answer_body(socle_context *ctx, size_t *n_r)
{
	struct request *request = api_request(ctx, __func__);

	*n_r = 0;
	if (!request || request->streaming || request->file || !request->has_body || !request->out.n)
		return NULL;
	*n_r = request->out.n;
	return request->out.p;
}

bool socle_answer_file(socle_context *ctx, struct socle_answer_file *file_r)
{
	struct request *request = api_request(ctx, __func__);

	if (!request || request->streaming || !request->file)
		return false;
	*file_r = (struct socle_answer_file){ request->file->fd, request->file->offset, request->file->length };
	return true;
}

/* ---- long answers ---- */

int socle_write(socle_context *ctx, const void *bytes, size_t n)
{
	struct request *request = api_request_to_change(ctx, __func__);

	return request ? request_write(request, (struct str){ bytes, n }) : -1;
}

int socle_flush(socle_context *ctx)
{
	struct request *request = api_request_to_change(ctx, __func__);

	return request ? request_flush(request) : -1;
}

bool socle_leaving(socle_context *ctx)
{
	struct scope *scope = api_scope(ctx, __func__);

	return scope->request ? request_leaving(scope->request) : fiber_cancelled();
}

bool socle_answer_sent(socle_context *ctx)
{
	struct request *request = api_scope(ctx, __func__)->request;

	return request && request->streaming;
}
