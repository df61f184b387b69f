/* Values with their type: how data is handed to functions that take any.
 *
 * A function that takes values never guesses from a format string: each value says what it is.
 *
 *	socle_documents *list = socle_find(ctx, popular, socle_int(1000), socle_string("news"));
 *
 * A value borrows what it points to: texts, bytes and trees stay the caller's and must live until the call
 * returns.
 */
#ifndef SOCLE_VALUE_H
#define SOCLE_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <socle/version.h>

SOCLE_C_BEGIN

enum socle_value_type {
	SOCLE_VALUE_NULL,
	SOCLE_VALUE_BOOL,
	SOCLE_VALUE_INT,
	SOCLE_VALUE_NUMBER,
	SOCLE_VALUE_STRING,
	SOCLE_VALUE_JSON
};

struct socle_value {
	uint32_t type;			/* enum socle_value_type */
	uint32_t reserved;		/* 0 */
	size_t size;			/* bytes of a string */
	union {
		bool boolean;
		int64_t integer;
		double number;
		const char *text;	/* need not end in NUL */
		const json_t *json;
	} as;
};

/* socle_null() */
static inline struct socle_value socle_null(void)
{
	struct socle_value value;

	memset(&value, 0, sizeof(value));
	return value;
}

/* socle_bool(published != 0) */
static inline struct socle_value socle_bool(bool boolean)
{
	struct socle_value value = socle_null();

	value.type = SOCLE_VALUE_BOOL;
	value.as.boolean = boolean;
	return value;
}

/* socle_int(1000) */
static inline struct socle_value socle_int(int64_t integer)
{
	struct socle_value value = socle_null();

	value.type = SOCLE_VALUE_INT;
	value.as.integer = integer;
	return value;
}

/* socle_number(0.5) */
static inline struct socle_value socle_number(double number)
{
	struct socle_value value = socle_null();

	value.type = SOCLE_VALUE_NUMBER;
	value.as.number = number;
	return value;
}

/* socle_bytes(start, length): `size` bytes of text; NULL is null. */
static inline struct socle_value socle_bytes(const char *text, size_t size)
{
	struct socle_value value = socle_null();

	if (text) {
		value.type = SOCLE_VALUE_STRING;
		value.size = size;
		value.as.text = text;
	}
	return value;
}

/* socle_string("news"): a text that ends in NUL; NULL is null. */
static inline struct socle_value socle_string(const char *text)
{
	return socle_bytes(text, text ? strlen(text) : 0);
}

/* socle_json(json_object_get(body, "data")): a tree, borrowed; NULL is null. */
static inline struct socle_value socle_json(const json_t *json)
{
	struct socle_value value = socle_null();

	if (json) {
		value.type = SOCLE_VALUE_JSON;
		value.as.json = json;
	}
	return value;
}

SOCLE_C_END

#endif
