#include "document/failures.h"

#include "document/ecma.h"

struct failure {
	struct failure *next;
	json_t *detail;
};

static void write_path(struct buf *out, const struct place *place)
{
	if (!place)
		return;
	write_path(out, place->parent);
	if (str_is_null(place->key))
		buf_printf(out, "[%zu]", place->index);
	else
		buf_printf(out, "%s%.*s", place->parent ? "." : "", STR_ARG(place->key));
}

static void list_path(json_t *list, const struct place *place)
{
	if (!place)
		return;
	list_path(list, place->parent);
	if (str_is_null(place->key))
		json_array_append_new(list, json_sprintf("%zu", place->index));
	else
		json_array_append_new(list, json_stringn_nocheck(place->key.p, place->key.n));
}

void failures_begin(struct failures *failures, struct failures_pool *pool)
{
	*failures = (struct failures){ .pool = pool };
}

/* Counts a failure; false when it isn't to be kept. */
static bool counted(struct failures *failures)
{
	return failures->pool->count++ < FAILURES_KEPT;
}

static void keep(struct failures *failures, const struct place *place, const json_t *value, struct str text)
{
	struct failure *failure = arena_new_of(failures->pool->arena, struct failure);
	json_t *path = json_array();

	list_path(path, place);
	failure->detail = json_object();
	json_object_set_new(failure->detail, "path", path);
	json_object_set_new(failure->detail, "message", json_stringn_nocheck(text.n ? text.p : "", text.n));
	json_object_set_new(failure->detail, "name", json_string("ValidationError"));
	if (value)
		json_object_set(failure->detail, "value", (json_t *)value);
	if (failures->first)
		*failures->end = failure;
	else
		failures->first = failure;
	failures->end = &failure->next;
}

void failures_add_plain(
	struct failures *failures, const struct place *place, const json_t *value, struct str text)
{
	if (counted(failures))
		keep(failures, place, value, text);
}

static void begin_message(struct buf *out, const struct place *place)
{
	write_path(out, place);
	if (!place)
		buf_add_literal(out, "this");
	buf_add_char(out, ' ');
}

void failures_add(
	struct failures *failures, const struct place *place, const json_t *value, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	if (!counted(failures))
		return;
	begin_message(&text, place);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	keep(failures, place, value, buf_str(&text));
	buf_clear(&text);
}

void failures_add_type(struct failures *failures, const struct place *place, const char *type,
	const json_t *shown, const json_t *original)
{
	struct buf text = BUF_INIT;

	if (!counted(failures))
		return;
	begin_message(&text, place);
	buf_printf(&text, "must be a `%s` type, but the final value was: `", type);
	if (shown)
		ecma_print(&text, shown);
	else
		buf_add_literal(&text, "NaN");
	buf_add_char(&text, '`');
	if (original && !json_is_null(original) && original != shown) {
		buf_add_literal(&text, " (cast from the value `");
		ecma_print(&text, original);
		buf_add_literal(&text, "`)");
	}
	buf_add_char(&text, '.');
	keep(failures, place, shown ? shown : json_null(), buf_str(&text));
	buf_clear(&text);
}

void failures_join(struct failures *into, const struct failures *from)
{
	if (!from->first)
		return;
	if (into->first)
		*into->end = from->first;
	else
		into->first = from->first;
	into->end = from->end;
}

void members_begin(struct members *members, struct failures_pool *pool)
{
	*members = (struct members){ .pool = pool };
}

void members_add(
	struct members *members, const struct failures *failures, const struct place *place, unsigned tick)
{
	struct buf path = BUF_INIT;

	if (!failures->first)
		return;
	if (members->count == members->capacity) {
		struct member *list;

		members->capacity = members->capacity ? members->capacity * 2 : 8;
		list = arena_array(members->pool->arena, members->capacity, sizeof(*list));
		if (members->count)
			memcpy(list, members->list, members->count * sizeof(*list));
		members->list = list;
	}
	write_path(&path, place);
	members->list[members->count++] = (struct member){
		.failures = *failures,
		.path = arena_str(members->pool->arena, buf_str(&path)),
		.tick = tick,
	};
	buf_clear(&path);
}

static bool comes_before(const struct member *a, const struct member *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->tick < b->tick;
}

void members_join(
	struct members *members, failures_rank_fn *rank_of, const void *names, struct failures *into)
{
	for (unsigned i = 0; i < members->count; i++) {
		struct member member = members->list[i];
		unsigned at = i;

		member.rank = rank_of ? rank_of(names, member.path) : 0;
		for (; at && comes_before(&member, &members->list[at - 1]); at--)
			members->list[at] = members->list[at - 1];
		members->list[at] = member;
	}
	for (unsigned i = 0; i < members->count; i++)
		failures_join(into, &members->list[i].failures);
}

int failures_to_error(const struct failures *failures, struct error *error)
{
	json_t *list;

	if (!failures->first)
		return 0;
	list = json_array();
	for (const struct failure *failure = failures->first; failure; failure = failure->next)
		json_array_append(list, failure->detail);
	if (failures->pool->count > 1)
		return error_set_details(error, ERROR_VALIDATION, json_pack("{s:o}", "errors", list),
			"%u errors occurred", failures->pool->count);
	return error_set_details(error, ERROR_VALIDATION, json_pack("{s:o}", "errors", list), "%s",
		json_string_value(json_object_get(failures->first->detail, "message")));
}

void failures_clear(struct failures *failures)
{
	for (struct failure *failure = failures->first; failure; failure = failure->next)
		json_decref(failure->detail);
	failures->first = NULL;
}
