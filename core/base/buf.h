/* Output buffers: bytes that grow at the end.
 *
 * A buf owns one block from malloc. Writers reserve room and then write into it
 * directly, so that a row goes from the database's packet to the answer with one
 * copy. Failing to get memory aborts, as in base/arena.h.
 *
 *	struct buf out = BUF_INIT;
 *	buf_add(&out, STR("{\"n\":"));
 *	buf_printf(&out, "%d}", n);
 *	char *block = buf_release(&out, &len);	// the block is the caller's now: free()
 *
 * buf_clear() frees the block. All zero is an empty buf.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdlib.h>

#include "base/str.h"

struct buf {
	char *p;
	size_t n;		/* bytes written */
	size_t capacity;
};

#define BUF_INIT { NULL, 0, 0 }

void buf_clear(struct buf *buf);
void buf_grow(struct buf *buf, size_t more);

/* Where at least `more` bytes can be written; buf_wrote() then counts them in. */
static inline char *buf_reserve(struct buf *buf, size_t more)
{
	if (buf->capacity - buf->n < more)
		buf_grow(buf, more);
	return buf->p + buf->n;
}

static inline void buf_wrote(struct buf *buf, size_t n)
{
	buf->n += n;
}

static inline void buf_add(struct buf *buf, struct str s)
{
	if (s.n) {
		memcpy(buf_reserve(buf, s.n), s.p, s.n);
		buf->n += s.n;
	}
}

static inline void buf_add_char(struct buf *buf, char c)
{
	*buf_reserve(buf, 1) = c;
	buf->n++;
}

#define buf_add_literal(buf, literal) buf_add((buf), STR(literal))

void buf_add_int(struct buf *buf, int64_t value);
void buf_add_uint(struct buf *buf, uint64_t value);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0), nonnull));

/* What was written, valid until the next write. */
static inline struct str buf_str(const struct buf *buf)
{
	return (struct str){ buf->p, buf->n };
}

/* The text with a NUL behind it (which is not counted), valid until the next write. */
const char *buf_cstr(struct buf *buf);

/* Hands the block over; the buf is empty afterwards. */
char *buf_release(struct buf *buf, size_t *n_r);

#endif
