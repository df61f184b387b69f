#include "lists.h"

#include <string.h>

static size_t joined_length(const json_t *list, const char *between)
{
	size_t length = 0, i;
	json_t *item;

	json_array_foreach(list, i, item)
		length += json_string_length(item) + strlen(between);
	return length;
}

const char *list_join(socle_context *ctx, const json_t *list, const char *between)
{
	const char *text = json_is_string(list) ? json_string_value(list) : NULL;
	char *joined = socle_use_alloc(ctx, (text ? strlen(text) : joined_length(list, between)) + 1);
	json_t *item;
	size_t i;

	if (!joined)
		return NULL;
	if (text)
		return strcpy(joined, text);
	json_array_foreach(list, i, item) {
		if (i)
			strcat(joined, between);
		strcat(joined, json_string_value(item));
	}
	return joined;
}

static bool part_is(const char *from, const char *to, const char *text)
{
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	return (size_t)(to - from) == strlen(text) && memcmp(from, text, (size_t)(to - from)) == 0;
}

static bool text_has(const char *list, const char *text)
{
	for (;;) {
		const char *end = list + strcspn(list, ",");

		if (part_is(list, end, text))
			return true;
		if (!*end)
			return false;
		list = end + 1;
	}
}

bool list_has(const json_t *list, const char *text)
{
	json_t *item;
	size_t i;

	if (json_is_string(list))
		return text_has(json_string_value(list), text);
	json_array_foreach(list, i, item) {
		if (strcmp(json_string_value(item), text) == 0)
			return true;
	}
	return false;
}

void vary_add(socle_context *ctx, const char *name)
{
	const char *before = socle_answer_header(ctx, "Vary");

	if (before && text_has(before, name))
		return;
	if (before && *before)
		socle_headerf(ctx, "Vary", "%s, %s", before, name);
	else
		socle_header(ctx, "Vary", name);
}
