/* From bytes to messages: the next head, its handler, and what is owed to the client after it. */
#include "base/log.h"
#include "http/http1.h"
#include "http/proxy.h"
#include "http/proxy_protocol.h"

/* What a trusted balancer says before HTTP begins. False while it isn't complete. */
static bool announce(struct http1 *c)
{
	struct http_proxy_protocol found;

	switch (http_proxy_protocol_parse(c->store->input + c->begin, c->end - c->begin, &found)) {
	case HTTP_PROXY_PROTOCOL_MORE:
		if (c->end - c->begin < c->store->capacity)
			return false;
		/* fall through */
	case HTTP_PROXY_PROTOCOL_BAD:
		c->shared->stats.refused++;
		http1_error(c, 400, "The PROXY protocol header is not valid", true);
		return false;
	case HTTP_PROXY_PROTOCOL_NONE:
		break;
	case HTTP_PROXY_PROTOCOL_FOUND:
		c->begin += found.n;
		c->secure = found.secure;
		if (found.has_client)
			http1_set_peer(c, &found.client);
		break;
	}
	c->announced = true;
	return true;
}

static const struct http_header *copy_headers(const struct http_parser *parser, struct arena *arena,
	const char *head)
{
	struct http_header *headers = arena_array(arena, parser->field_count, sizeof(*headers));

	for (uint32_t i = 0; i < parser->field_count; i++) {
		headers[i].name = http_parser_str(head, parser->fields[i].name);
		headers[i].value = http_parser_str(head, parser->fields[i].value);
	}
	return headers;
}

static void begin_message(struct http1 *c)
{
	const struct http_parser *parser = &c->parser;
	struct arena *arena = c->store->arena;
	/* The input buffer goes on to the body and the next request, so the head moves out. */
	const char *head = arena_memdup(arena, c->store->input + c->begin, parser->head_n);

	c->begin += parser->head_n;
	c->served++;
	c->since_ms = 0;
	c->deadline_ms = c->blocked ? c->deadline_ms : 0;
	c->wire.constant_count = 0;
	c->wire.finished = false;
	c->message = (struct http_message){
		.arena = arena,
		.method = parser->method,
		.method_text = http_parser_str(head, parser->method_text),
		.target = http_parser_str(head, parser->target),
		.path = parser->path.n ? http_parser_str(head, parser->path) : STR("/"),
		.query = parser->has_query ? http_parser_str(head, parser->query) : STR_NULL,
		.headers = copy_headers(parser, arena, head),
		.header_count = parser->field_count,
		.origin = {
			.address = { c->address, c->address_n },
			.scheme = c->secure ? STR("https") : STR("http"),
			.host = http_parser_str(head, parser->host),
		},
		.content_length = parser->chunked ? -1 : parser->content_length,
		.wire = &c->wire,
	};
	http1_body_begin(c);
	if (c->trusted)
		http_proxies_apply(c->shared->options.trust, &c->message);
}

static void end_message(struct http1 *c)
{
	arena_reset(c->store->arena);
	http_parser_reset(&c->parser);
}

/* Looks for the next request in the input. True when its message is ready to be handled. */
static bool next(struct http1 *c)
{
	struct http1_shared *shared = c->shared;

	while (!c->closing && !c->gone && c->begin < c->end) {
		if (!c->announced) {
			if (!announce(c))
				return false;
			continue;
		}
		switch (http_parser_head(&c->parser, c->store->input + c->begin, c->end - c->begin)) {
		case HTTP_PARSER_MORE:
			return false;
		case HTTP_PARSER_FAULT:
			shared->stats.refused++;
			http1_error(c, c->parser.fault->status, c->parser.fault->message, true);
			return false;
		case HTTP_PARSER_DONE:
			break;
		}
		begin_message(c);
		if (shared->stats.in_flight < shared->options.in_flight)
			return true;
		shared->stats.refused++;
		http1_error(c, 503, "The server is at work on as many requests as it can take; try again",
			!c->body_done || c->parser.close || c->parser.minor == 0 || shared->draining);
		end_message(c);
	}
	return false;
}

/* The handler came back without an answer. */
static void answer_for_handler(struct http1 *c)
{
	if (c->body_fault) {
		c->shared->stats.refused++;
		http1_error(c, c->body_fault->status, c->body_fault->message, true);
	} else if (c->eof || c->gone) {
		c->closing = true;
	} else {
		log_error("http", "%.*s %.*s: the handler returned without an answer",
			STR_ARG(c->message.method_text), STR_ARG(c->message.path));
		http1_error(c, 500, "Internal Server Error", true);
	}
}

static void run_message(struct http1 *c)
{
	struct http1_shared *shared = c->shared;

	shared->stats.messages++;
	shared->stats.in_flight++;
	shared->handler(&c->message, shared->handler_arg);
	if (!http_answered(&c->message)) {
		answer_for_handler(c);
	} else if (!c->wire.finished) {
		/* An end without the last chunk: the client sees that it has half an answer. */
		c->closing = true;
		c->linger = false;
	}
	if (!c->gone && !c->closing && !c->body_done && !http1_body_discard(c))
		c->closing = c->linger = true;
	end_message(c);
	if (c->long_answer)
		shared->stats.long_answers--;
	c->long_answer = false;
	shared->stats.in_flight--;
	shared->settled(shared);
}

static void serve(void *arg)
{
	struct http1 *c = arg;

	c->fiber = fiber_self();
	do
		run_message(c);
	/* A file goes on without a fiber: the loop takes the next request up when it is sent. */
	while (!c->closing && !c->file.length && http1_wait_for_room(c) == 0 && next(c));
	c->fiber = NULL;
	if (!c->spawning)
		http1_rest(c);
}

void http1_advance(struct http1 *c)
{
	if (!http1_is_full(c) && next(c)) {
		struct fiber *fiber;

		c->spawning = true;
		fiber = fiber_spawn(c->shared->loop, serve, c);
		c->spawning = false;
		if (!fiber) {
			http1_error(c, 503, "The server has no room for this request; try again", true);
			end_message(c);
		}
	}
	if (!c->fiber)
		http1_rest(c);
}
