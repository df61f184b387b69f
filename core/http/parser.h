/* Request heads of HTTP/1.1, read strictly (RFC 9112).
 *
 * A pure function over bytes: no I/O, no allocation. It is called with all bytes
 * of the head that have come so far, as often as more come, and goes on at the
 * line where it stopped, so that a head sent byte by byte costs no more than one
 * sent at once. Whatever two readers could understand differently is refused:
 * that is where requests are smuggled.
 *
 *	http_parser_init(&parser, limit, fields, field_limit);
 *	switch (http_parser_head(&parser, bytes, n)) {
 *	case HTTP_PARSER_MORE:  ... read more behind them, call again
 *	case HTTP_PARSER_DONE:  ... parser.head_n bytes were the head
 *	case HTTP_PARSER_FAULT: ... parser.fault says how to answer
 *	}
 *
 * Results are ranges of the bytes handed in, so the bytes may move between calls.
 */
#ifndef HTTP_PARSER_H
#define HTTP_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/message.h"

enum http_parser_result { HTTP_PARSER_FAULT = -1, HTTP_PARSER_MORE, HTTP_PARSER_DONE };

/* What is wrong with a request, in the words of the answer. */
struct http_fault {
	int status;
	const char *message;
};

struct http_parser_range {
	uint32_t at, n;
};

struct http_parser_field {
	struct http_parser_range name, value;
};

struct http_parser {
	/* given */
	uint32_t head_limit;		/* bytes, past it 431 */
	uint32_t field_limit;		/* elements of `fields`, past it 431 */
	struct http_parser_field *fields;

	/* where it stopped */
	uint32_t line;			/* where the current line begins */
	uint32_t searched;		/* no line end between `line` and here */
	uint8_t stage;
	uint8_t framing;		/* which of the fields that may come once have come */

	/* found */
	const struct http_fault *fault;
	uint32_t head_n;		/* bytes of the head, its empty line included */
	uint32_t field_count;
	enum http_method method;
	struct http_parser_range method_text, target;
	struct http_parser_range path;	/* empty: the target was "http://host", which means "/" */
	struct http_parser_range query;
	struct http_parser_range host;	/* of an absolute target, else of the Host field */
	bool has_query;
	bool absolute;			/* the target was in absolute form */
	unsigned minor;			/* HTTP/1.minor: 0 or 1 */
	bool close, keep_alive;		/* options of Connection */
	bool expects_continue;
	bool chunked;
	int64_t content_length;		/* 0 without a body; not used when chunked */
};

/* `fields` holds field_limit elements and must outlive the parser's use. */
void http_parser_init(struct http_parser *parser, size_t head_limit, struct http_parser_field *fields,
	unsigned field_limit);

/* Ready for the next head, with the same limits. */
void http_parser_reset(struct http_parser *parser);

enum http_parser_result http_parser_head(struct http_parser *parser, const char *bytes, size_t n)
	__attribute__((warn_unused_result));

/* "example.org", "[::1]:80", "": a host and perhaps a port, and nothing that could be more. */
bool http_parser_is_host(struct str text);

static inline struct str http_parser_str(const char *bytes, struct http_parser_range range)
{
	return (struct str){ bytes + range.at, range.n };
}

#endif
