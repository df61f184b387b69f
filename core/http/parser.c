#include "http/parser.h"

#include <strings.h>

#include "http/octets.h"

enum { STAGE_START, STAGE_SKIPPED, STAGE_FIELDS, STAGE_DONE };
enum { SAW_HOST = 1, SAW_LENGTH = 2, SAW_CODING = 4 };

static const struct http_fault
	head_too_large = { 431, "The request line and headers are larger than this server accepts" },
	too_many_fields = { 431, "The request has more headers than this server accepts" },
	bad_line_end = { 400, "Each line of the request head must end in CRLF" },
	bad_method = { 400, "The method is not a token" },
	bad_request_line = { 400, "The request line must be: method, space, target, space, version" },
	bad_version = { 400, "The version must be HTTP/1.1 or HTTP/1.0" },
	unsupported_version = { 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here" },
	bad_target = { 400, "The request target is not valid" },
	no_tunnels = { 501, "CONNECT is not supported" },
	folded_field = { 400, "A header must not continue on the next line" },
	bad_field_name = { 400, "A header name must be a token with a colon right behind it" },
	bad_field_value = { 400, "A header value holds a control character" },
	bad_host = { 400, "The Host header is not a host name with an optional port" },
	no_host = { 400, "HTTP/1.1 requires a Host header" },
	two_hosts = { 400, "More than one Host header" },
	bad_length = { 400, "Content-Length must be one decimal number" },
	two_lengths = { 400, "More than one Content-Length header" },
	two_framings = { 400, "Content-Length and Transfer-Encoding exclude each other" },
	two_codings = { 400, "More than one Transfer-Encoding header" },
	unknown_coding = { 501, "The only supported Transfer-Encoding is chunked" },
	coding_in_1_0 = { 400, "HTTP/1.0 has no Transfer-Encoding" },
	unknown_expectation = { 417, "The only supported expectation is 100-continue" };

static bool parse_request_line(struct http_parser *parser, const char *bytes, const char *at,
	const char *end);
static bool parse_field(struct http_parser *parser, const char *bytes, const char *at, const char *end);
static bool judge(struct http_parser *parser);

void http_parser_init(struct http_parser *parser, size_t head_limit, struct http_parser_field *fields,
	unsigned field_limit)
{
	memset(parser, 0, sizeof(*parser));
	parser->head_limit = head_limit < UINT32_MAX / 2 ? (uint32_t)head_limit : UINT32_MAX / 2;
	parser->fields = fields;
	parser->field_limit = field_limit;
}

void http_parser_reset(struct http_parser *parser)
{
	http_parser_init(parser, parser->head_limit, parser->fields, parser->field_limit);
}

static bool refuse(struct http_parser *parser, const struct http_fault *fault)
{
	parser->fault = fault;
	return false;
}

/* One line without its CRLF. */
static bool parse_line(struct http_parser *parser, const char *bytes, const char *at, const char *end)
{
	if (parser->stage == STAGE_FIELDS) {
		if (at != end)
			return parse_field(parser, bytes, at, end);
		parser->stage = STAGE_DONE;
		return judge(parser);
	}
	if (at == end && parser->stage == STAGE_START) {
		/* Old clients send an empty line behind the body of a POST. */
		parser->stage = STAGE_SKIPPED;
		return true;
	}
	parser->stage = STAGE_FIELDS;
	return parse_request_line(parser, bytes, at, end);
}

/* Garbage and other protocols are told by their first byte, not after the time-out. */
static bool may_begin_a_line(const struct http_parser *parser, char c)
{
	return parser->stage == STAGE_FIELDS || c == '\r' || http_octet_is(c, OCTET_TOKEN);
}

enum http_parser_result http_parser_head(struct http_parser *parser, const char *bytes, size_t n)
{
	size_t have = n < parser->head_limit ? n : parser->head_limit;

	while (!parser->fault && parser->stage != STAGE_DONE) {
		const char *at = bytes + parser->line, *from = bytes + parser->searched;
		const char *end = memchr(from, '\n', (size_t)(bytes + have - from));

		if (parser->line < have && !may_begin_a_line(parser, *at)) {
			refuse(parser, &bad_method);
			break;
		}
		if (!end) {
			parser->searched = (uint32_t)have;
			if (n < parser->head_limit)
				return HTTP_PARSER_MORE;
			refuse(parser, &head_too_large);
			break;
		}
		parser->line = parser->searched = (uint32_t)(end + 1 - bytes);
		if (end == at || end[-1] != '\r')
			refuse(parser, &bad_line_end);
		else
			parse_line(parser, bytes, at, end - 1);
	}
	if (parser->fault)
		return HTTP_PARSER_FAULT;
	parser->head_n = parser->line;
	return HTTP_PARSER_DONE;
}

static struct http_parser_range range_of(const char *bytes, const char *from, const char *to)
{
	return (struct http_parser_range){ (uint32_t)(from - bytes), (uint32_t)(to - from) };
}

/* Behind the last byte, from `at` on, that is of these kinds. */
static const char *skip_octets(const char *at, const char *end, unsigned kinds)
{
	while (at < end && http_octet_is(*at, kinds))
		at++;
	return at;
}

static enum http_method method_of(struct str text)
{
	static const struct str names[HTTP_OTHER] = {
		[HTTP_GET] = { "GET", 3 }, [HTTP_HEAD] = { "HEAD", 4 }, [HTTP_POST] = { "POST", 4 },
		[HTTP_PUT] = { "PUT", 3 }, [HTTP_PATCH] = { "PATCH", 5 }, [HTTP_DELETE] = { "DELETE", 6 },
		[HTTP_OPTIONS] = { "OPTIONS", 7 },
	};

	for (int i = 0; i < HTTP_OTHER; i++) {
		if (str_equal(text, names[i]))
			return (enum http_method)i;
	}
	return HTTP_OTHER;
}

static bool parse_version(struct http_parser *parser, struct str text)
{
	if (text.n != 8 || memcmp(text.p, "HTTP/", 5) != 0 || text.p[6] != '.' ||
	    text.p[5] < '0' || text.p[5] > '9' || text.p[7] < '0' || text.p[7] > '9')
		return refuse(parser, &bad_version);
	if (text.p[5] != '1')
		return refuse(parser, &unsupported_version);
	parser->minor = text.p[7] != '0';
	return true;
}

bool http_parser_is_host(struct str text)
{
	const char *end = text.p + text.n, *at = text.p;

	if (text.n && *at == '[') {
		const char *address = ++at;

		while (at < end && (http_octet_is(*at, OCTET_HOST) || *at == ':'))
			at++;
		if (at == end || *at != ']' || at == address)
			return false;
		at++;
	} else {
		at = skip_octets(at, end, OCTET_HOST);
	}
	if (at == end)
		return true;
	/* A port without a host names nothing. */
	if (*at != ':' || at == text.p)
		return false;
	for (at++; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
	}
	return true;
}

/* "http://host:port/path?query", as proxies send it: the host counts, whatever Host says. */
static bool cut_authority(struct http_parser *parser, const char *bytes, const char **at, const char *end)
{
	struct str target = str_range(*at, end);
	const char *from, *to;

	if (str_equal_nocase(str_take(target, 7), STR("http://")))
		from = *at + 7;
	else if (str_equal_nocase(str_take(target, 8), STR("https://")))
		from = *at + 8;
	else
		return false;
	for (to = from; to < end && *to != '/' && *to != '?';)
		to++;
	parser->absolute = true;
	parser->host = range_of(bytes, from, to);
	*at = to;
	return to > from && http_parser_is_host(str_range(from, to));
}

static bool parse_target(struct http_parser *parser, const char *bytes, const char *at, const char *end)
{
	const char *mark, *fragment;

	if (str_is(http_parser_str(bytes, parser->method_text), "CONNECT"))
		return refuse(parser, &no_tunnels);
	if (parser->method == HTTP_OPTIONS && str_is(str_range(at, end), "*")) {
		parser->path = range_of(bytes, at, end);
		return true;
	}
	/* Clients should keep it for themselves; Node's servers drop it, too. */
	fragment = memchr(at, '#', (size_t)(end - at));
	if (fragment)
		end = fragment;
	if (*at != '/' && !cut_authority(parser, bytes, &at, end))
		return refuse(parser, &bad_target);
	mark = memchr(at, '?', (size_t)(end - at));
	parser->has_query = mark != NULL;
	if (mark)
		parser->query = range_of(bytes, mark + 1, end);
	parser->path = range_of(bytes, at, mark ? mark : end);
	return true;
}

static bool parse_request_line(struct http_parser *parser, const char *bytes, const char *at, const char *end)
{
	const char *method = at, *target;

	at = skip_octets(at, end, OCTET_TOKEN);
	if (at == method)
		return refuse(parser, &bad_method);
	if (at == end || *at != ' ')
		return refuse(parser, at == end ? &bad_request_line : &bad_method);
	parser->method_text = range_of(bytes, method, at);
	parser->method = method_of(str_range(method, at));
	target = ++at;
	at = skip_octets(at, end, OCTET_TARGET);
	if (at == end || *at != ' ' || at == target)
		return refuse(parser, &bad_request_line);
	parser->target = range_of(bytes, target, at);
	if (!parse_version(parser, str_range(at + 1, end)))
		return false;
	return parse_target(parser, bytes, target, at);
}

static bool take_host(struct http_parser *parser, struct http_parser_range range, struct str value)
{
	if (parser->framing & SAW_HOST)
		return refuse(parser, &two_hosts);
	parser->framing |= SAW_HOST;
	if (!http_parser_is_host(value))
		return refuse(parser, &bad_host);
	if (!parser->absolute)
		parser->host = range;
	return true;
}

static bool take_length(struct http_parser *parser, struct http_parser_range range, struct str value)
{
	int64_t length = 0;

	/* Even equal ones are refused: nothing that we want to serve sends them. */
	if (parser->framing & SAW_LENGTH)
		return refuse(parser, &two_lengths);
	parser->framing |= SAW_LENGTH;
	if (value.n == 0 || value.n > 18)
		return refuse(parser, &bad_length);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return refuse(parser, &bad_length);
		length = length * 10 + (value.p[i] - '0');
	}
	parser->content_length = length;
	return true;
}

static bool take_coding(struct http_parser *parser, struct http_parser_range range, struct str value)
{
	if (parser->framing & SAW_CODING)
		return refuse(parser, &two_codings);
	parser->framing |= SAW_CODING;
	if (!str_equal_nocase(value, STR("chunked")))
		return refuse(parser, &unknown_coding);
	parser->chunked = true;
	return true;
}

static bool take_connection(struct http_parser *parser, struct http_parser_range range, struct str value)
{
	for (struct str rest = value; !str_is_null(rest);) {
		struct str option = str_trim(str_cut(&rest, ','));

		if (str_equal_nocase(option, STR("close")))
			parser->close = true;
		else if (str_equal_nocase(option, STR("keep-alive")))
			parser->keep_alive = true;
	}
	return true;
}

static bool take_expect(struct http_parser *parser, struct http_parser_range range, struct str value)
{
	if (!str_equal_nocase(value, STR("100-continue")))
		return refuse(parser, &unknown_expectation);
	parser->expects_continue = true;
	return true;
}

/* The fields that frame the message; all their names differ in length, so one comparison tells. */
static bool take_field(struct http_parser *parser, struct http_parser_range range, struct str name,
	struct str value)
{
	static const struct {
		struct str name;
		bool (*take)(struct http_parser *parser, struct http_parser_range range, struct str value);
	} framing[] = {
		[4] = { { "host", 4 }, take_host },
		[6] = { { "expect", 6 }, take_expect },
		[10] = { { "connection", 10 }, take_connection },
		[14] = { { "content-length", 14 }, take_length },
		[17] = { { "transfer-encoding", 17 }, take_coding },
	};

	if (name.n >= sizeof(framing) / sizeof(framing[0]) || !framing[name.n].take ||
	    strncasecmp(name.p, framing[name.n].name.p, name.n) != 0)
		return true;
	return framing[name.n].take(parser, range, value);
}

static bool parse_field(struct http_parser *parser, const char *bytes, const char *at, const char *end)
{
	const char *name = at, *value;
	struct http_parser_field *field;

	if (*at == ' ' || *at == '\t')
		return refuse(parser, &folded_field);
	at = skip_octets(at, end, OCTET_TOKEN);
	if (at == name || at == end || *at != ':')
		return refuse(parser, &bad_field_name);
	if (parser->field_count == parser->field_limit)
		return refuse(parser, &too_many_fields);
	field = &parser->fields[parser->field_count++];
	field->name = range_of(bytes, name, at);
	for (value = at + 1; value < end && (*value == ' ' || *value == '\t');)
		value++;
	if (skip_octets(value, end, OCTET_VALUE) != end)
		return refuse(parser, &bad_field_value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	field->value = range_of(bytes, value, end);
	return take_field(parser, field->value, http_parser_str(bytes, field->name), str_range(value, end));
}

/* What only the whole head can tell. */
static bool judge(struct http_parser *parser)
{
	if ((parser->framing & SAW_CODING) && (parser->framing & SAW_LENGTH))
		return refuse(parser, &two_framings);
	if (parser->minor == 0) {
		if (parser->framing & SAW_CODING)
			return refuse(parser, &coding_in_1_0);
		parser->expects_continue = false;
	} else if (!(parser->framing & SAW_HOST)) {
		return refuse(parser, &no_host);
	}
	return true;
}
