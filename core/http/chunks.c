#include "http/chunks.h"

#include "http/octets.h"

enum {
	SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF,
	TRAILER, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF, LAST_LF, DONE
};

/* More digits than 15 could overflow a signed 64-bit length. */
enum { DIGITS = 15 };

static const struct http_fault
	bad_size = { 400, "A chunk must begin with its size in hexadecimal digits and CRLF" },
	bad_end = { 400, "A chunk's data must be followed by CRLF" },
	bad_trailer = { 400, "A trailer is not a valid header line" },
	long_extensions = { 400, "The body's chunk extensions are larger than this server accepts" },
	long_trailers = { 431, "The body's trailers are larger than this server accepts" };

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const struct http_fault *size_octet(struct http_chunks *chunks, char c)
{
	int digit = hex_value(c);

	if (digit >= 0) {
		if (chunks->digits++ == DIGITS)
			return &bad_size;
		chunks->left = chunks->left * 16 + (unsigned)digit;
		return NULL;
	}
	if (chunks->digits == 0 || (c != ';' && c != '\r'))
		return &bad_size;
	chunks->stage = c == ';' ? EXTENSION : SIZE_LF;
	return NULL;
}

static const struct http_fault *extension_octet(struct http_chunks *chunks, char c)
{
	if (c == '\r') {
		chunks->stage = SIZE_LF;
		return NULL;
	}
	if (++chunks->extensions > HTTP_CHUNKS_EXTENSIONS)
		return &long_extensions;
	return http_octet_is(c, OCTET_VALUE) ? NULL : &bad_size;
}

static const struct http_fault *trailer_octet(struct http_chunks *chunks, char c)
{
	if (++chunks->trailers > HTTP_CHUNKS_TRAILERS)
		return &long_trailers;
	switch (chunks->stage) {
	case TRAILER:
		chunks->stage = c == '\r' ? LAST_LF : TRAILER_NAME;
		return c == '\r' || http_octet_is(c, OCTET_TOKEN) ? NULL : &bad_trailer;
	case TRAILER_NAME:
		if (c == ':')
			chunks->stage = TRAILER_VALUE;
		return c == ':' || http_octet_is(c, OCTET_TOKEN) ? NULL : &bad_trailer;
	case TRAILER_VALUE:
		if (c == '\r')
			chunks->stage = TRAILER_LF;
		return c == '\r' || http_octet_is(c, OCTET_VALUE) ? NULL : &bad_trailer;
	default:
		chunks->stage = chunks->stage == LAST_LF ? DONE : TRAILER;
		return c == '\n' ? NULL : &bad_trailer;
	}
}

/* One byte of what stands around the data. */
static const struct http_fault *octet(struct http_chunks *chunks, char c)
{
	switch (chunks->stage) {
	case SIZE:
		return size_octet(chunks, c);
	case EXTENSION:
		return extension_octet(chunks, c);
	case SIZE_LF:
		chunks->stage = chunks->left ? DATA : TRAILER;
		return c == '\n' ? NULL : &bad_size;
	case DATA_CR:
		chunks->stage = DATA_LF;
		return c == '\r' ? NULL : &bad_end;
	case DATA_LF:
		chunks->stage = SIZE;
		chunks->digits = 0;
		return c == '\n' ? NULL : &bad_end;
	default:
		return trailer_octet(chunks, c);
	}
}

ssize_t http_chunks_take(struct http_chunks *chunks, const char *bytes, size_t n, size_t want,
	struct str *data_r)
{
	size_t at = 0;

	*data_r = STR_NULL;
	while (at < n && chunks->stage != DONE && chunks->stage != DATA && !chunks->fault)
		chunks->fault = octet(chunks, bytes[at++]);
	if (chunks->fault)
		return -1;
	if (chunks->stage == DATA && at < n) {
		size_t take = n - at < want ? n - at : want;

		if (take > chunks->left)
			take = (size_t)chunks->left;
		*data_r = (struct str){ bytes + at, take };
		chunks->left -= take;
		if (chunks->left == 0)
			chunks->stage = DATA_CR;
		at += take;
	}
	return (ssize_t)at;
}

bool http_chunks_done(const struct http_chunks *chunks)
{
	return chunks->stage == DONE && !chunks->fault;
}
