/* Headers that are the same on every answer: made once, as they go on the wire. */
#include <socle/memory.h>
#include <socle/response.h>

#include "api/door.h"
#include "base/buf.h"

struct socle_header_set {
	struct str block;
};

/* The message at hand is as good as any other for asking whether this can be a header. */
static bool is_header(struct request *request, const struct socle_header_pair *pair)
{
	size_t before = request->message->answer_count;

	if (!pair->name || !pair->value)
		return false;
	if (http_add_header(request->message, str_of(pair->name), str_of(pair->value)) < 0)
		return false;
	request->message->answer_count = before;
	return true;
}

const socle_header_set *socle_header_set_new(
	socle_context *ctx, const struct socle_header_pair *pairs, size_t count)
{
	struct request *request = api_request(ctx, __func__);
	struct buf block = BUF_INIT;
	struct socle_header_set *set;

	if (!request)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!is_header(request, &pairs[i])) {
			buf_clear(&block);
			scope_throw(&request->scope, ERROR_INTERNAL, "%s(): entry %zu (%s) can't be a header",
				__func__, i, pairs[i].name ? pairs[i].name : "NULL");
			return NULL;
		}
		buf_printf(&block, "%s: %s\r\n", pairs[i].name, pairs[i].value);
	}
	set = socle_use_alloc(ctx, sizeof(*set) + block.n + 1);
	if (set) {
		char *copy = (char *)(set + 1);

		if (block.n)
			memcpy(copy, block.p, block.n);
		set->block = (struct str){ copy, block.n };
	}
	buf_clear(&block);
	return set;
}

/* Beyond what the wire takes as blocks, one by one. */
static void add_lines(struct request *request, struct str block)
{
	while (block.n) {
		struct str line = str_take(block, str_find(block, '\r')), value = line;
		struct str name = str_cut(&value, ':');

		(void)http_add_header(request->message, name, str_skip(value, 1));
		block = str_skip(block, line.n + 2);
	}
}

int socle_add_header_set(socle_context *ctx, const socle_header_set *set)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	if (set->block.n && http_add_constant_headers(request->message, set->block) < 0)
		add_lines(request, set->block);
	return 0;
}
