/* Byte ranges: what a string is inside the core.
 *
 * A `struct str` names bytes that somebody else owns; it need not end in NUL and
 * may hold any byte. It is passed by value and stays valid as long as what it
 * points into (an arena, a connection's buffer, a literal). `p` may be NULL only
 * when `n` is 0; str_is_null() tells "absent" from "empty" where that matters.
 *
 *	struct str path = STR("/api");
 *	log_info("http", "path %.*s", STR_ARG(path));
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NULL ((struct str){ NULL, 0 })
/* The two arguments that printf's %.*s takes. */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *text)
{
	return (struct str){ text, text ? strlen(text) : 0 };
}

static inline struct str str_range(const char *from, const char *to)
{
	return (struct str){ from, (size_t)(to - from) };
}

static inline bool str_is_null(struct str s)
{
	return s.p == NULL;
}

static inline bool str_equal(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

#define str_is(s, literal) str_equal((s), STR(literal))

static inline struct str str_skip(struct str s, size_t n)
{
	n = n < s.n ? n : s.n;
	/* Adding even nothing to NULL is not allowed. */
	return (struct str){ n ? s.p + n : s.p, s.n - n };
}

static inline struct str str_take(struct str s, size_t n)
{
	return (struct str){ s.p, n < s.n ? n : s.n };
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_equal(str_take(s, prefix.n), prefix);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_equal(str_skip(s, s.n - suffix.n), suffix);
}

/* ASCII case is ignored. */
bool str_equal_nocase(struct str a, struct str b);

/* memcmp order, the shorter first: for qsort and bsearch. */
int str_compare(struct str a, struct str b);

/* Offset of the first `c`, or s.n. */
size_t str_find(struct str s, char c);

/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);

/* Cuts *rest at the first `separator`: returns what stands before it and leaves
 * in *rest what stands behind it. At the end *rest becomes STR_NULL.
 *
 *	for (struct str rest = list; !str_is_null(rest);)
 *		use(str_cut(&rest, ','));
 */
struct str str_cut(struct str *rest, char separator);

/* The whole of `s` as a decimal number. False, and *value_r untouched, when it
 * is empty, has other characters in it or doesn't fit. */
bool str_to_int64(struct str s, int64_t *value_r) __attribute__((warn_unused_result));
bool str_to_uint64(struct str s, uint64_t *value_r) __attribute__((warn_unused_result));

/* Edit distance with a ceiling: for "did you mean". Returns limit + 1 when the
 * words are further apart than `limit`. */
unsigned str_distance(struct str a, struct str b, unsigned limit);

/* True when all of `s` is well-formed UTF-8 (no surrogates, no overlong forms). */
bool str_is_utf8(struct str s);

#endif
