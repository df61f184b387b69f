/* Links that are columns: of our row, or of the rows that lead to it. */
#include "query/links_internal.h"

static int set_own_column(struct links_writer *w)
{
	const struct link *link = &w->attribute->link;
	const struct link_target *last = w->count ? &w->wanted[w->count - 1] : NULL;
	struct statement *statement = links_begin(w->arena);
	bool morph = link->storage == LINK_MORPH_COLUMNS;

	statement_add(statement, "UPDATE ");
	statement_name(statement, w->attribute->model->table);
	statement_add(statement, " SET ");
	links_add_equal(statement, morph ? link->target_column : link->own_column, last ? db_uint(last->id) : db_null());
	if (morph) {
		statement_add(statement, ", ");
		links_add_equal(statement, link->type_column, last ? db_text(last->type) : db_null());
	}
	statement_add(statement, " WHERE ");
	links_add_equal(statement, STR("id"), db_uint(w->row));
	return links_run(w->db, statement, w->error);
}

/* Rows that lead to us by a column of theirs. */
static int set_their_column(struct links_writer *w, const uint64_t *ids, unsigned count, bool to_us)
{
	const struct link *link = &w->attribute->link;

	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = links_begin(w->arena);

		statement_add(statement, "UPDATE ");
		statement_name(statement, w->attribute->target->table);
		statement_add(statement, " SET ");
		links_add_equal(statement, link->own_column, to_us ? db_uint(w->row) : db_null());
		if (link->storage == LINK_MORPH_COLUMNS) {
			statement_add(statement, ", ");
			links_add_equal(statement, link->type_column, to_us ? db_text(w->attribute->model->uid) : db_null());
		}
		statement_add(statement, " WHERE `id` IN ");
		statement_ids(statement, ids + from, count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS);
		if (links_run(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

int links_write_columns(struct links_writer *w)
{
	uint64_t *gone = arena_array(w->arena, w->before->count, sizeof(*gone));
	uint64_t *fresh = arena_array(w->arena, w->count, sizeof(*fresh));
	unsigned gone_count = 0, fresh_count = 0;

	if (w->attribute->link.owner)
		return set_own_column(w);
	links_match(w, arena_array(w->arena, w->before->count, sizeof(uint64_t)));
	for (unsigned b = 0; b < w->before->count; b++) {
		bool stays = false;

		for (unsigned i = 0; i < w->count; i++)
			stays = stays || w->stood[i] == (int)b;
		if (!stays)
			gone[gone_count++] = w->before->targets[b].id;
	}
	for (unsigned i = 0; i < w->count; i++) {
		if (w->stood[i] < 0)
			fresh[fresh_count++] = w->wanted[i].id;
	}
	return set_their_column(w, gone, gone_count, false) < 0 ? -1 : set_their_column(w, fresh, fresh_count, true);
}
