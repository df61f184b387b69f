#include "http/message.h"

#include <assert.h>
#include <unistd.h>

#include "base/log.h"
#include "http/octets.h"
#include "http/wire.h"

/* ---- what was asked ---- */

struct str http_header(const struct http_message *message, struct str name)
{
	for (size_t i = 0; i < message->header_count; i++) {
		if (message->headers[i].name.n == name.n && str_equal_nocase(message->headers[i].name, name))
			return message->headers[i].value;
	}
	return STR_NULL;
}

ssize_t http_read(struct http_message *message, void *to, size_t n, struct error *error)
{
	return n ? message->wire->ops->read(message, to, n, error) : 0;
}

static int too_large(size_t limit, struct error *error)
{
	return error_set(error, ERROR_PAYLOAD_TOO_LARGE, "The body is larger than %zu bytes", limit);
}

static int read_known(struct http_message *message, struct str *body_r, struct error *error)
{
	size_t length = (size_t)message->content_length, have = 0;
	char *bytes = arena_alloc(message->arena, length + 1);

	while (have < length) {
		ssize_t got = http_read(message, bytes + have, length - have, error);

		if (got < 0)
			return -1;
		assert(got > 0);
		have += (size_t)got;
	}
	bytes[have] = '\0';
	*body_r = (struct str){ bytes, have };
	return 0;
}

int http_read_until_end(http_reader *reader, void *arg, struct arena *arena, size_t limit, struct str *body_r, struct error *error)
{
	size_t capacity = limit < 4096 ? limit + 1 : 4096, have = 0;
	char *bytes = arena_alloc(arena, capacity + 1);

	for (;;) {
		ssize_t got;

		if (have == capacity) {
			size_t twice = capacity * 2;
			/* One byte past the limit is enough to see that it is passed. */
			size_t wanted = twice <= limit ? twice : limit + 1;
			char *larger = arena_alloc(arena, wanted + 1);

			capacity = wanted;
			memcpy(larger, bytes, have);
			bytes = larger;
		}
		got = reader(arg, bytes + have, capacity - have, error);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
		if (have > limit)
			return too_large(limit, error);
	}
	bytes[have] = '\0';
	*body_r = (struct str){ bytes, have };
	return 0;
}

static ssize_t read_message(void *message, void *to, size_t n, struct error *error)
{
	return http_read(message, to, n, error);
}

int http_read_all(struct http_message *message, size_t limit, struct str *body_r, struct error *error)
{
	if (message->content_length < 0)
		return http_read_until_end(read_message, message, message->arena, limit, body_r, error);
	if ((uint64_t)message->content_length > limit)
		return too_large(limit, error);
	return read_known(message, body_r, error);
}

/* ---- the answer ---- */

bool http_is_field(struct str name, struct str value)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!http_octet_is(name.p[i], OCTET_TOKEN))
			return false;
	}
	for (size_t i = 0; i < value.n; i++) {
		if (!http_octet_is(value.p[i], OCTET_VALUE))
			return false;
	}
	return name.n > 0;
}

int http_add_header(struct http_message *message, struct str name, struct str value)
{
	if (!http_is_field(name, value))
		return -1;
	if (message->answer_count == message->answer_capacity) {
		size_t capacity = message->answer_capacity ? message->answer_capacity * 2 : 16;
		struct http_header *larger = arena_array(message->arena, capacity, sizeof(*larger));

		if (message->answer_count)
			memcpy(larger, message->answer, message->answer_count * sizeof(*larger));
		message->answer = larger;
		message->answer_capacity = capacity;
	}
	message->answer[message->answer_count++] = (struct http_header){
		arena_str(message->arena, name), arena_str(message->arena, value)
	};
	return 0;
}

int http_set_header(struct http_message *message, struct str name, struct str value)
{
	if (!http_is_field(name, value))
		return -1;
	/* Both may come from the header that is replaced: add first, then remove the older ones. */
	(void)http_add_header(message, name, value);
	struct http_header added = message->answer[--message->answer_count];

	http_remove_header(message, added.name);
	message->answer[message->answer_count++] = added;
	return 0;
}

/* The line of a constant block that has the header, with its end; STR_NULL when there is none. */
static struct str constant_line(struct str block, struct str name)
{
	for (struct str rest = block; rest.n;) {
		struct str line = str_take(rest, str_find(rest, '\n') + 1);

		if (line.n > name.n && line.p[name.n] == ':' && str_equal_nocase(str_take(line, name.n), name))
			return line;
		rest = str_skip(rest, line.n);
	}
	return STR_NULL;
}

/* Blocks are shared by all messages: this one gets a copy without the line. */
static void remove_constant(struct http_message *message, struct str name)
{
	for (unsigned i = 0; i < message->wire->constant_count; i++) {
		struct str *block = &message->wire->constants[i];
		struct str line = constant_line(*block, name);

		if (!str_is_null(line)) {
			*block = str_of(arena_printf(message->arena, "%.*s%.*s", (int)(line.p - block->p), block->p,
				(int)(block->p + block->n - line.p - line.n), line.p + line.n));
		}
	}
}

void http_remove_header(struct http_message *message, struct str name)
{
	size_t kept = 0;

	for (size_t i = 0; i < message->answer_count; i++) {
		if (!str_equal_nocase(message->answer[i].name, name))
			message->answer[kept++] = message->answer[i];
	}
	message->answer_count = kept;
	remove_constant(message, name);
}

struct str http_answer_header(const struct http_message *message, struct str name)
{
	for (size_t i = 0; i < message->answer_count; i++) {
		if (str_equal_nocase(message->answer[i].name, name))
			return message->answer[i].value;
	}
	for (unsigned i = 0; i < message->wire->constant_count; i++) {
		struct str line = constant_line(message->wire->constants[i], name);

		if (!str_is_null(line))
			return str_trim(str_skip(line, name.n + 1));
	}
	return STR_NULL;
}

int http_add_constant_headers(struct http_message *message, struct str block)
{
	struct http_wire *wire = message->wire;

	assert(str_ends(block, STR("\r\n")));
	if (wire->constant_count == HTTP_WIRE_CONSTANTS)
		return -1;
	wire->constants[wire->constant_count++] = block;
	return 0;
}

bool http_answered(const struct http_message *message)
{
	return message->status != 0;
}

/* The first answer counts; who comes second has lost a race with an error and is told in the log. */
static bool may_answer(struct http_message *message, int status)
{
	assert(status >= 100 && status <= 999);
	if (!http_answered(message))
		return true;
	log_warn("http", "%.*s %.*s: a second answer (%d) was dropped, %d is already sent",
		STR_ARG(message->method_text), STR_ARG(message->path), status, message->status);
	return false;
}

void http_send(struct http_message *message, int status, struct buf *body)
{
	struct buf none = BUF_INIT;

	if (!may_answer(message, status)) {
		if (body)
			buf_clear(body);
		return;
	}
	message->status = status;
	message->wire->finished = true;
	message->wire->ops->send(message, status, body ? body : &none);
}

void http_send_file(struct http_message *message, int status, const struct http_file *file)
{
	if (!may_answer(message, status)) {
		close(file->fd);
		return;
	}
	message->status = status;
	message->wire->finished = true;
	message->wire->ops->send_file(message, status, file);
}

void http_start(struct http_message *message, int status, int64_t length_or_minus_1)
{
	if (!may_answer(message, status))
		return;
	message->status = status;
	message->wire->ops->start(message, status, length_or_minus_1);
}

int http_write(struct http_message *message, struct str piece)
{
	if (!http_answered(message) || message->wire->finished)
		return -1;
	return message->wire->ops->write(message, piece);
}

int http_flush(struct http_message *message)
{
	if (!http_answered(message) || message->wire->finished)
		return -1;
	return message->wire->ops->flush(message);
}

void http_finish(struct http_message *message)
{
	if (!http_answered(message) || message->wire->finished)
		return;
	message->wire->finished = true;
	message->wire->ops->finish(message);
}

bool http_leaving(const struct http_message *message)
{
	return message->wire->ops->leaving(message);
}

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 100, "Continue" }, { 101, "Switching Protocols" }, { 102, "Processing" }, { 103, "Early Hints" },
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 203, "Non-Authoritative Information" },
		{ 204, "No Content" }, { 205, "Reset Content" }, { 206, "Partial Content" },
		{ 207, "Multi-Status" }, { 208, "Already Reported" }, { 226, "IM Used" },
		{ 300, "Multiple Choices" }, { 301, "Moved Permanently" }, { 302, "Found" }, { 303, "See Other" },
		{ 304, "Not Modified" }, { 305, "Use Proxy" }, { 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 402, "Payment Required" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" }, { 406, "Not Acceptable" },
		{ 407, "Proxy Authentication Required" }, { 408, "Request Timeout" }, { 409, "Conflict" },
		{ 410, "Gone" }, { 411, "Length Required" }, { 412, "Precondition Failed" },
		{ 413, "Payload Too Large" }, { 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" }, { 417, "Expectation Failed" }, { 418, "I'm a Teapot" },
		{ 421, "Misdirected Request" }, { 422, "Unprocessable Entity" }, { 423, "Locked" },
		{ 424, "Failed Dependency" }, { 425, "Too Early" }, { 426, "Upgrade Required" },
		{ 428, "Precondition Required" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 451, "Unavailable For Legal Reasons" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" }, { 502, "Bad Gateway" },
		{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" }, { 505, "HTTP Version Not Supported" },
		{ 506, "Variant Also Negotiates" }, { 507, "Insufficient Storage" }, { 508, "Loop Detected" },
		{ 510, "Not Extended" }, { 511, "Network Authentication Required" },
	};
	size_t low = 0, high = sizeof(reasons) / sizeof(reasons[0]);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (reasons[middle].status == status)
			return reasons[middle].reason;
		if (reasons[middle].status < status)
			low = middle + 1;
		else
			high = middle;
	}
	return "Unknown";
}
