/* Any bytes as a multipart body: what is found is the same whether they come at once or in pieces. The first byte says how long those are;
 * up to the first line end stands the type. */
#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "http/multipart.h"

static bool read_in_pieces(struct str type, struct str body, size_t piece, struct buf *out)
{
	static struct http_multipart reader;
	struct http_multipart_event event = { 0 };

	if (!http_multipart_init(&reader, type))
		return false;
	while (body.n && event.kind != HTTP_MULTIPART_END) {
		struct str have = str_take(body, piece);
		char *copy = malloc(have.n);
		size_t used = 0;

		memcpy(copy, have.p, have.n);
		while (used < have.n && event.kind != HTTP_MULTIPART_END) {
			ssize_t rc = http_multipart_take(&reader, copy + used, have.n - used, &event);

			if (rc < 0) {
				free(copy);
				return false;
			}
			assert((size_t)rc <= have.n - used);
			used += (size_t)rc;
			/* How data is divided may differ. */
			if (event.kind == HTTP_MULTIPART_DATA) {
				buf_add(out, event.data);
			} else if (event.kind == HTTP_MULTIPART_PART) {
				assert(str_is_utf8(event.name) && str_is_utf8(event.filename) && str_is_utf8(event.type));
				assert(str_find(event.filename, '/') == event.filename.n);
				buf_printf(out, "[%.*s|%.*s|%.*s]", STR_ARG(event.name), STR_ARG(event.filename),
					STR_ARG(event.type));
			} else if (event.kind != HTTP_MULTIPART_MORE) {
				buf_add_char(out, event.kind == HTTP_MULTIPART_END ? '.' : ';');
			}
		}
		free(copy);
		body = str_skip(body, have.n);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, type;
	struct buf whole = BUF_INIT, pieces = BUF_INIT;
	bool well;

	if (size < 2)
		return 0;
	rest = str_skip(rest, 1);
	type = str_cut(&rest, '\n');
	if (rest.n) {
		well = read_in_pieces(type, rest, rest.n, &whole);
		assert(read_in_pieces(type, rest, (size_t)data[0] + 1, &pieces) == well);
		assert(!well || str_equal(buf_str(&whole), buf_str(&pieces)));
	}
	buf_clear(&whole);
	buf_clear(&pieces);
	return 0;
}
