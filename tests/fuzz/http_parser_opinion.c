#include "http_parser_opinion.h"

#include <assert.h>

/* Both parsers have a function of this name; the build renames ours. */
#undef http_parser_init
#include <http_parser.h>

static int on_url(http_parser *parser, const char *at, size_t n)
{
	struct opinion *opinion = parser->data;

	if (!opinion->url.p)
		opinion->url.p = at;
	opinion->url.n += n;
	return 0;
}

static int on_field(http_parser *parser, const char *at, size_t n)
{
	struct opinion *opinion = parser->data;

	if (!opinion->head_done && (opinion->in_value || opinion->fields == 0))
		opinion->fields++;
	opinion->in_value = false;
	return 0;
}

static int on_value(http_parser *parser, const char *at, size_t n)
{
	((struct opinion *)parser->data)->in_value = true;
	return 0;
}

static int on_head(http_parser *parser)
{
	struct opinion *opinion = parser->data;

	opinion->head_done = true;
	opinion->method = http_method_str(parser->method);
	opinion->chunked = parser->flags & F_CHUNKED;
	opinion->has_length = parser->flags & F_CONTENTLENGTH;
	opinion->length = (int64_t)parser->content_length;
	opinion->upgrade = parser->upgrade;
	return 0;
}

static int on_body(http_parser *parser, const char *at, size_t n)
{
	struct opinion *opinion = parser->data;

	assert(opinion->body_n + n <= sizeof(opinion->body));
	memcpy(opinion->body + opinion->body_n, at, n);
	opinion->body_n += n;
	return 0;
}

static int on_done(http_parser *parser)
{
	((struct opinion *)parser->data)->done = true;
	http_parser_pause(parser, 1);
	return 0;
}

static enum opinion_error error_of(const http_parser *parser)
{
	switch (HTTP_PARSER_ERRNO(parser)) {
	case HPE_OK:
	case HPE_PAUSED:
		return OPINION_FINE;
	case HPE_INVALID_METHOD:
		return OPINION_METHOD;
	case HPE_INVALID_URL:
		return OPINION_URL;
	case HPE_INVALID_VERSION:
		return OPINION_VERSION;
	case HPE_INVALID_CONTENT_LENGTH:
	case HPE_INVALID_TRANSFER_ENCODING:
		return OPINION_FRAMING;
	default:
		return OPINION_OTHER;
	}
}

void opinion_ask(struct opinion *opinion, const char *bytes, size_t n)
{
	static const http_parser_settings settings = {
		.on_url = on_url, .on_header_field = on_field, .on_header_value = on_value,
		.on_headers_complete = on_head, .on_body = on_body, .on_message_complete = on_done,
	};
	http_parser parser;

	memset(opinion, 0, sizeof(*opinion));
	http_parser_init(&parser, HTTP_REQUEST);
	parser.data = opinion;
	http_parser_execute(&parser, &settings, bytes, n);
	opinion->error = error_of(&parser);
}
