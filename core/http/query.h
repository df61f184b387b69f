/* Query strings with brackets, read as the `qs` module reads them for Strapi.
 *
 *	struct param *query = param_parse(arena, STR("filters[title][$eq]=Hi&sort=a&sort=b"), NULL);
 *	struct param *filters = param_get(query, STR("filters"));
 *
 * The result is a tree of objects, arrays and strings (and null, for a name without
 * "="). Rules: splits at "&" only; "+" is a space; "[]" appends; "[n]" with n below array_limit is an
 * index, and holes close; one name several times is an array; more than array_limit elements become an
 * object; groups beyond `depth` stay one literal name; names of Object.prototype are dropped with
 * all below; names that are numbers come first, as in JavaScript's objects. Everything lives in the arena; what needs
 * no decoding points into the text.
 *
 * JSON that plugins hand in becomes the same tree (param_of_json), so that what reads
 * parameters is written once.
 */
#ifndef HTTP_QUERY_H
#define HTTP_QUERY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum param_type { PARAM_NULL, PARAM_STRING, PARAM_NUMBER, PARAM_BOOL, PARAM_ARRAY, PARAM_OBJECT };

struct param {
	enum param_type type;
	struct str key;			/* in its object */
	struct str text;		/* PARAM_STRING; of numbers and booleans: how JavaScript prints them */
	double number;			/* PARAM_NUMBER, and 1 or 0 of PARAM_BOOL; the last index of what overflowed */
	struct param *first, *last;	/* PARAM_ARRAY, PARAM_OBJECT: the items, in order */
	unsigned count;
	unsigned index;			/* in its array; holes are closed when parsing ends */
	bool overflowed;		/* an object that counts on as an array would */
	struct param *next;
};

/* Zero means Strapi's value. */
struct param_options {
	unsigned parameters;		/* 1000: further ones are ignored */
	unsigned depth;			/* 20 */
	unsigned array_limit;		/* 100 */
};

/* Always returns an object. */
struct param *param_parse(struct arena *arena, struct str text, const struct param_options *options);

struct param *param_of_json(struct arena *arena, const json_t *json);
/* The other way: the caller's. */
json_t *param_to_json(const struct param *param);

/* Puts an item, which belongs nowhere yet, behind the others of an array or object. */
void param_append(struct param *parent, struct param *item);

/* A member of an object; NULL when there is none or `object` is no object. */
const struct param *param_get(const struct param *object, struct str key);

static inline bool param_is_list(const struct param *param)
{
	return param->type == PARAM_ARRAY;
}

static inline bool param_is_object(const struct param *param)
{
	return param->type == PARAM_OBJECT;
}

#define param_foreach(item, parent) for (struct param *item = (parent)->first; item; item = item->next)

/* As JSON.stringify prints it, for messages. */
void param_write(struct buf *out, const struct param *param);

/* What JavaScript's Number() makes of it: blank text is 0, what is no number is NaN. */
double param_to_number(const struct param *param);

/* "+" and percent escapes; text whose escapes are broken or don't give UTF-8 stays as it is, but for "+". */
struct str param_decode(struct arena *arena, struct str text);

#endif
