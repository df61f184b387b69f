#include "model/plan.h"

#include "model/compare.h"
#include "model/ddl.h"
#include "model/tables.h"

struct planner {
	struct arena *arena;
	const struct plan_options *options;
	const struct differences *found;
	struct plan *plan;
	const char *table_options;
};

static struct plan_step *add_step(struct planner *planner, const char *text)
{
	struct plan *plan = planner->plan;
	struct plan_step *step = &plan->steps[plan->count++];

	*step = (struct plan_step){ .state = PLAN_PENDING, .text = text };
	plan->pending++;
	return step;
}

static struct str take_sql(struct planner *planner, struct buf *sql)
{
	struct str copy = arena_str(planner->arena, buf_str(sql));

	buf_clear(sql);
	return copy;
}

static void begin_alter(struct buf *sql, struct str table)
{
	buf_printf(sql, "ALTER TABLE `%.*s` ", STR_ARG(table));
}

static void create_table(struct planner *planner, const struct catalogue_table *table)
{
	struct plan_step *step =
		add_step(planner, arena_printf(planner->arena, "%.*s: create table", STR_ARG(table->name)));
	struct buf sql = BUF_INIT;

	ddl_create_table(&sql, table, planner->table_options);
	step->table = table->name;
	step->sql = take_sql(planner, &sql);
	step->blocks = true;
}

static struct plan_step *alter(struct planner *planner, const struct catalogue_table *table, const char *text,
	struct buf *sql)
{
	struct plan_step *step = add_step(planner, text);

	step->table = table->name;
	step->sql = take_sql(planner, sql);
	step->alter = true;
	return step;
}

static void add_column(struct planner *planner, const struct difference *difference)
{
	const struct catalogue_table *table = difference->table;
	const struct catalogue_column *column = difference->column;
	struct buf sql = BUF_INIT;

	begin_alter(&sql, table->name);
	ddl_add_column(&sql, column);
	alter(planner, table, arena_printf(planner->arena, "%.*s: add column %.*s %.*s", STR_ARG(table->name),
		STR_ARG(column->name), STR_ARG(column->type)), &sql)->blocks = true;
}

static void change_column(struct planner *planner, const struct difference *difference)
{
	const char *text = compare_describe(difference, planner->arena);
	struct buf sql = BUF_INIT;
	struct plan_step *step;

	begin_alter(&sql, difference->table->name);
	ddl_modify_column(&sql, difference->column, difference->live);
	step = alter(planner, difference->table, text, &sql);
	step->copy = difference->change == CHANGE_COPY;
	if (step->copy && !planner->options->allow_copy) {
		step->state = PLAN_LATER;
		planner->plan->pending--;
	}
}

static void add_index(struct planner *planner, const struct catalogue_table *table,
	const struct catalogue_index *index)
{
	struct buf sql = BUF_INIT;

	begin_alter(&sql, table->name);
	ddl_add_index(&sql, index);
	alter(planner, table, arena_printf(planner->arena, "%.*s: add index %.*s", STR_ARG(table->name),
		STR_ARG(index->name)), &sql);
}

static void add_foreign_key(struct planner *planner, const struct catalogue_table *table,
	const struct catalogue_foreign_key *key)
{
	struct buf sql = BUF_INIT;

	begin_alter(&sql, table->name);
	ddl_add_foreign_key(&sql, key);
	alter(planner, table, arena_printf(planner->arena, "%.*s: add foreign key %.*s", STR_ARG(table->name),
		STR_ARG(key->name)), &sql);
}

/* A new table's foreign keys in one go, once all tables are there. */
static void add_all_foreign_keys(struct planner *planner, const struct catalogue_table *table)
{
	struct buf sql = BUF_INIT;

	if (!table->foreign_key_count)
		return;
	begin_alter(&sql, table->name);
	for (unsigned i = 0; i < table->foreign_key_count; i++) {
		if (i)
			buf_add_literal(&sql, ", ");
		ddl_add_foreign_key(&sql, &table->foreign_keys[i]);
	}
	alter(planner, table, arena_printf(planner->arena, "%.*s: add foreign keys", STR_ARG(table->name)),
		&sql);
}

static void keep(struct planner *planner, const struct difference *difference)
{
	add_step(planner, compare_describe(difference, planner->arena))->state = PLAN_KEPT;
	planner->plan->pending--;
}

static bool is_kept(const struct planner *planner, const struct difference *difference)
{
	return planner->options->policy != SCHEMA_MANAGE || difference->change == CHANGE_DESTRUCTIVE;
}

static void plan_kind(struct planner *planner, enum difference_kind kind)
{
	for (unsigned i = 0; i < planner->found->count; i++) {
		const struct difference *difference = &planner->found->list[i];

		if (difference->kind != kind || is_kept(planner, difference))
			continue;
		if (kind == DIFFERENCE_MISSING_TABLE)
			create_table(planner, difference->table);
		else if (kind == DIFFERENCE_MISSING_COLUMN)
			add_column(planner, difference);
		else if (kind == DIFFERENCE_TYPE)
			change_column(planner, difference);
		else if (kind == DIFFERENCE_MISSING_INDEX)
			add_index(planner, difference->table, difference->index);
	}
}

static void plan_foreign_keys(struct planner *planner)
{
	for (unsigned i = 0; i < planner->found->count; i++) {
		const struct difference *difference = &planner->found->list[i];

		if (is_kept(planner, difference))
			continue;
		if (difference->kind == DIFFERENCE_MISSING_TABLE)
			add_all_foreign_keys(planner, difference->table);
		else if (difference->kind == DIFFERENCE_MISSING_FOREIGN_KEY)
			add_foreign_key(planner, difference->table, difference->foreign_key);
	}
}

static void plan_extra(struct planner *planner)
{
	for (unsigned i = 0; i < planner->options->extra_count; i++) {
		struct str sql = planner->options->extra[i];
		struct str line = str_take(sql, str_find(sql, '\n'));
		struct str words = str_trim(str_take(line, str_find(line, '(')));

		add_step(planner, arena_printf(planner->arena, "run: %.*s", STR_ARG(words)))->sql = sql;
	}
}

struct plan *plan_make(const struct models *models, const struct catalogue *live,
	const struct plan_options *options, struct arena *arena)
{
	struct planner planner = { .arena = arena, .options = options };
	bool utf8 = str_is_null(live->charset) || str_is(live->charset, "utf8mb4");

	planner.found = compare_tables(tables_of(models, arena), live, arena);
	planner.table_options = utf8 ? "" : " DEFAULT CHARSET=utf8mb4";
	planner.plan = arena_new_of(arena, struct plan);
	planner.plan->policy = options->policy;
	/* A missing table takes two steps, everything else one. */
	planner.plan->steps = arena_array(arena, 2 * (size_t)planner.found->count + options->extra_count + 1,
		sizeof(*planner.plan->steps));
	for (enum difference_kind kind = DIFFERENCE_MISSING_TABLE; kind <= DIFFERENCE_MISSING_INDEX; kind++)
		plan_kind(&planner, kind);
	plan_foreign_keys(&planner);
	plan_extra(&planner);
	for (unsigned i = 0; i < planner.found->count; i++) {
		if (is_kept(&planner, &planner.found->list[i]))
			keep(&planner, &planner.found->list[i]);
	}
	return planner.plan;
}

void plan_write(const struct plan *plan, struct buf *out)
{
	static const char signs[] = {
		[PLAN_PENDING] = '+',
		[PLAN_DONE] = '=',
		[PLAN_LATER] = '~',
		[PLAN_KEPT] = '!',
		[PLAN_FAILED] = '!',
	};

	for (unsigned i = 0; i < plan->count; i++) {
		const struct plan_step *step = &plan->steps[i];

		buf_printf(out, "%c %s", signs[step->state], step->text);
		if (step->state == PLAN_LATER)
			buf_add_literal(out, " (needs a table copy: socle db migrate)");
		if (step->state == PLAN_KEPT) {
			buf_printf(out, " (%s)",
				plan->policy == SCHEMA_FOLLOW ? "Strapi owns the schema" : "left as it is");
		}
		if (step->reason)
			buf_printf(out, ": %s", step->reason);
		buf_add_char(out, '\n');
	}
}
