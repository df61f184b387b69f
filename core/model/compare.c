#include "model/compare.h"

struct comparison {
	struct arena *arena;
	struct differences *found;
	unsigned room;
	const struct catalogue_table *wanted, *live;
};

static struct difference *report(struct comparison *comparison, enum difference_kind kind, enum change change)
{
	struct differences *found = comparison->found;
	struct difference *larger;

	if (found->count == comparison->room) {
		comparison->room = comparison->room ? 2 * comparison->room : 16;
		larger = arena_array(comparison->arena, comparison->room, sizeof(*larger));
		if (found->count)
			memcpy(larger, found->list, found->count * sizeof(*larger));
		found->list = larger;
	}
	found->list[found->count] = (struct difference){
		.kind = kind,
		.change = change,
		.table = comparison->wanted,
	};
	return &found->list[found->count++];
}

static void compare_column(struct comparison *comparison, const struct catalogue_column *wanted,
	const struct catalogue_column *live)
{
	bool same, readable;
	enum change change = types_compare(live->type, wanted->type, &same, &readable);
	bool stricter = wanted->nullable && !live->nullable;
	struct difference *difference;

	if (same && !stricter)
		return;
	difference = report(comparison, DIFFERENCE_TYPE, same ? CHANGE_WIDENING : change);
	difference->column = wanted;
	difference->live = live;
	difference->blocks = !readable;
}

static void compare_columns(struct comparison *comparison)
{
	const struct catalogue_table *wanted = comparison->wanted;

	for (unsigned i = 0; i < wanted->column_count; i++) {
		const struct catalogue_column *live =
			catalogue_column(comparison->live, wanted->columns[i].name);
		struct difference *difference;

		if (live) {
			compare_column(comparison, &wanted->columns[i], live);
			continue;
		}
		difference = report(comparison, DIFFERENCE_MISSING_COLUMN, CHANGE_ADDITIVE);
		difference->column = &wanted->columns[i];
		difference->blocks = true;
	}
}

/* Whether `live` finds rows by the same columns; a longer index does so too, but for uniqueness. */
static bool does_index(const struct catalogue_index *live, const struct catalogue_index *wanted)
{
	if (live->column_count < wanted->column_count ||
		(wanted->unique && !(live->unique && live->column_count == wanted->column_count)))
		return false;
	for (unsigned i = 0; i < wanted->column_count; i++) {
		if (!str_equal_nocase(live->columns[i], wanted->columns[i]))
			return false;
	}
	return true;
}

static bool has_index(const struct catalogue_table *live, const struct catalogue_index *wanted)
{
	for (unsigned i = 0; i < live->index_count; i++) {
		if (does_index(&live->indexes[i], wanted))
			return true;
	}
	return false;
}

static void compare_indexes(struct comparison *comparison)
{
	const struct catalogue_table *wanted = comparison->wanted;

	for (unsigned i = 0; i < wanted->index_count; i++) {
		const struct catalogue_index *index = &wanted->indexes[i];
		bool taken = catalogue_index(comparison->live, index->name) != NULL;

		if (!has_index(comparison->live, index)) {
			report(comparison, taken ? DIFFERENCE_INDEX : DIFFERENCE_MISSING_INDEX,
				taken ? CHANGE_DESTRUCTIVE : CHANGE_ADDITIVE)->index = index;
		}
	}
}

/* Of one column, or of the same name. */
static const struct catalogue_foreign_key *find_key(const struct catalogue_table *live,
	const struct catalogue_foreign_key *wanted)
{
	for (unsigned i = 0; i < live->foreign_key_count; i++) {
		if (str_equal_nocase(live->foreign_keys[i].column, wanted->column))
			return &live->foreign_keys[i];
	}
	return catalogue_foreign_key(live, wanted->name);
}

static bool acts_alike(const struct catalogue_foreign_key *a, const struct catalogue_foreign_key *b)
{
	return str_equal_nocase(a->column, b->column) &&
		str_equal_nocase(a->target_column, b->target_column) &&
		str_equal(a->target_table, b->target_table) && str_equal_nocase(a->on_delete, b->on_delete);
}

static void compare_foreign_keys(struct comparison *comparison)
{
	const struct catalogue_table *wanted = comparison->wanted;

	for (unsigned i = 0; i < wanted->foreign_key_count; i++) {
		const struct catalogue_foreign_key *key = &wanted->foreign_keys[i];
		const struct catalogue_foreign_key *live = find_key(comparison->live, key);

		if (live && acts_alike(live, key))
			continue;
		report(comparison, live ? DIFFERENCE_FOREIGN_KEY : DIFFERENCE_MISSING_FOREIGN_KEY,
			live ? CHANGE_DESTRUCTIVE : CHANGE_ADDITIVE)->foreign_key = key;
	}
}

static void find_surplus(struct comparison *comparison)
{
	const struct catalogue_table *live = comparison->live;

	for (unsigned i = 0; i < live->column_count; i++) {
		const struct catalogue_column *column = &live->columns[i];

		if (!catalogue_column(comparison->wanted, column->name))
			report(comparison, DIFFERENCE_SURPLUS_COLUMN, CHANGE_DESTRUCTIVE)->column = column;
	}
}

struct differences *compare_tables(const struct catalogue *wanted, const struct catalogue *live,
	struct arena *arena)
{
	struct comparison comparison = { .arena = arena, .found = arena_new_of(arena, struct differences) };

	for (unsigned i = 0; i < wanted->count; i++) {
		comparison.wanted = &wanted->tables[i];
		comparison.live = catalogue_table(live, wanted->tables[i].name);
		if (!comparison.live) {
			report(&comparison, DIFFERENCE_MISSING_TABLE, CHANGE_ADDITIVE)->blocks = true;
			continue;
		}
		compare_columns(&comparison);
		compare_indexes(&comparison);
		compare_foreign_keys(&comparison);
		find_surplus(&comparison);
	}
	return comparison.found;
}

static const char *describe_type(const struct difference *difference, struct arena *arena)
{
	return arena_printf(arena, "%.*s.%.*s: is %.*s%s, should be %.*s", STR_ARG(difference->table->name),
		STR_ARG(difference->column->name), STR_ARG(difference->live->type),
		difference->live->nullable ? "" : " NOT NULL", STR_ARG(difference->column->type));
}

static const char *describe_surplus(const struct difference *difference, struct arena *arena)
{
	const struct catalogue_column *column = difference->column;
	bool stands_in_the_way =
		!column->nullable && str_is_null(column->default_text) && !column->auto_increment;

	return arena_printf(arena, "%.*s.%.*s: %.*s that no schema has%s", STR_ARG(difference->table->name),
		STR_ARG(column->name), STR_ARG(column->type),
		stands_in_the_way ? "; NOT NULL without a default, so no row can be created" : "");
}

const char *compare_describe(const struct difference *difference, struct arena *arena)
{
	struct str table = difference->table->name;

	switch (difference->kind) {
	case DIFFERENCE_MISSING_TABLE:
		return arena_printf(arena, "%.*s: table is missing", STR_ARG(table));
	case DIFFERENCE_MISSING_COLUMN:
		return arena_printf(arena, "%.*s.%.*s: column (%.*s) is missing", STR_ARG(table),
			STR_ARG(difference->column->name), STR_ARG(difference->column->type));
	case DIFFERENCE_TYPE:
		return describe_type(difference, arena);
	case DIFFERENCE_MISSING_INDEX:
		return arena_printf(arena, "%.*s: index %.*s is missing", STR_ARG(table),
			STR_ARG(difference->index->name));
	case DIFFERENCE_INDEX:
		return arena_printf(arena, "%.*s: index %.*s is of other columns", STR_ARG(table),
			STR_ARG(difference->index->name));
	case DIFFERENCE_MISSING_FOREIGN_KEY:
		return arena_printf(arena, "%.*s: foreign key %.*s is missing", STR_ARG(table),
			STR_ARG(difference->foreign_key->name));
	case DIFFERENCE_FOREIGN_KEY:
		return arena_printf(arena, "%.*s: foreign key %.*s acts otherwise than it should",
			STR_ARG(table), STR_ARG(difference->foreign_key->name));
	case DIFFERENCE_SURPLUS_COLUMN:
		return describe_surplus(difference, arena);
	}
	return "";
}
