#include "base/buf.h"

#include <stdio.h>

void buf_clear(struct buf *buf)
{
	free(buf->p);
	*buf = (struct buf)BUF_INIT;
}

void buf_grow(struct buf *buf, size_t more)
{
	size_t need, capacity = buf->capacity ? buf->capacity * 2 : 256;

	if (__builtin_add_overflow(buf->n, more, &need))
		need = SIZE_MAX;
	if (capacity < need)
		capacity = need;
	buf->p = realloc(buf->p, capacity);
	if (!buf->p) {
		fprintf(stderr, "socle: out of memory (%zu bytes)\n", capacity);
		abort();
	}
	buf->capacity = capacity;
}

void buf_add_uint(struct buf *buf, uint64_t value)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	buf_add(buf, str_range(digits + n, digits + sizeof(digits)));
}

void buf_add_int(struct buf *buf, int64_t value)
{
	if (value < 0) {
		buf_add_char(buf, '-');
		buf_add_uint(buf, 0 - (uint64_t)value);
	} else {
		buf_add_uint(buf, (uint64_t)value);
	}
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n <= 0)
		return;
	vsnprintf(buf_reserve(buf, (size_t)n + 1), (size_t)n + 1, format, args);
	buf->n += (size_t)n;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

const char *buf_cstr(struct buf *buf)
{
	*buf_reserve(buf, 1) = '\0';
	return buf->p;
}

char *buf_release(struct buf *buf, size_t *n_r)
{
	char *block = buf->p;

	if (n_r)
		*n_r = buf->n;
	*buf = (struct buf)BUF_INIT;
	return block;
}
