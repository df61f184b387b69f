/* What libhttp-parser thinks of a request. Its names collide with ours, so it has a file of its own. */
#ifndef HTTP_PARSER_OPINION_H
#define HTTP_PARSER_OPINION_H

#include "base/str.h"

enum opinion_error { OPINION_FINE, OPINION_METHOD, OPINION_URL, OPINION_VERSION, OPINION_FRAMING, OPINION_OTHER };

struct opinion {
	enum opinion_error error;
	const char *method;
	struct str url;
	unsigned fields;
	bool chunked, has_length, upgrade;
	int64_t length;
	bool head_done, done;
	char body[4096];
	size_t body_n;
	bool in_value;
};

/* Asks about the first message in these bytes. */
void opinion_ask(struct opinion *opinion, const char *bytes, size_t n);

#endif
