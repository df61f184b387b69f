#include "document/adopt.h"

#include "extension/generation.h"
#include "query/statement.h"

static struct statement *begin(struct scope *scope)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);

	statement_init(statement, scope->arena);
	return statement;
}

static int run(struct scope *scope, struct statement *statement)
{
	return db_execute(scope->db, buf_str(&statement->sql), statement->values, statement->count, NULL, &scope->error);
}

/* A one-way link into the model. Those that go both ways are written from the published row's own side. */
static bool leads_here(const struct attribute *attribute, const struct model *model)
{
	return attribute->type == ATTRIBUTE_RELATION && attribute->target == model && !attribute->inverse &&
		attribute->link.storage == LINK_TABLE && attribute->link.owner && !attribute->automatic;
}

/* "INSERT INTO lnk (own, target[, order]) SELECT <own>, <published>[, l.order] FROM lnk l" */
static struct statement *copy_of_links(struct scope *scope, const struct link *link, const char *own_alias,
	struct str own_column, uint64_t published)
{
	struct statement *statement = begin(scope);

	statement_add(statement, "INSERT INTO ");
	statement_name(statement, link->table);
	statement_add(statement, " (");
	statement_name(statement, link->own_column);
	statement_add(statement, ", ");
	statement_name(statement, link->target_column);
	if (!str_is_null(link->order_column)) {
		statement_add(statement, ", ");
		statement_name(statement, link->order_column);
	}
	statement_add(statement, ") SELECT DISTINCT ");
	buf_add(&statement->sql, str_of(own_alias));
	buf_add_char(&statement->sql, '.');
	statement_name(statement, own_column);
	statement_add(statement, ", CAST(");
	statement_value(statement, db_uint(published));
	statement_add(statement, " AS UNSIGNED)");
	if (!str_is_null(link->order_column)) {
		statement_add(statement, ", l.");
		statement_name(statement, link->order_column);
	}
	statement_add(statement, " FROM ");
	statement_name(statement, link->table);
	statement_add(statement, " l");
	return statement;
}

/* " WHERE l.target = <draft> AND l.own NOT IN (those that lead to the published row)" */
static void where_draft(struct statement *statement, const struct link *link, uint64_t draft, const char *own_alias,
	struct str own_column, uint64_t published)
{
	statement_add(statement, " WHERE l.");
	statement_name(statement, link->target_column);
	statement_add(statement, " = ");
	statement_value(statement, db_uint(draft));
	statement_add(statement, " AND ");
	buf_add(&statement->sql, str_of(own_alias));
	buf_add_char(&statement->sql, '.');
	statement_name(statement, own_column);
	statement_add(statement, " NOT IN (SELECT x.");
	statement_name(statement, link->own_column);
	statement_add(statement, " FROM ");
	statement_name(statement, link->table);
	statement_add(statement, " x WHERE x.");
	statement_name(statement, link->target_column);
	statement_add(statement, " = ");
	statement_value(statement, db_uint(published));
	statement_add(statement, ")");
}

/* From a type without drafts: its row leads to both versions. */
static int adopt_single(struct scope *scope, const struct link *link, uint64_t draft, uint64_t published)
{
	struct statement *statement = copy_of_links(scope, link, "l", link->own_column, published);

	where_draft(statement, link, draft, "l", link->own_column, published);
	return run(scope, statement);
}

/* From the model itself: the published versions of the drafts that lead to our draft lead to us. */
static int adopt_self(struct scope *scope, const struct model *model, const struct link *link, uint64_t draft,
	uint64_t published)
{
	struct statement *statement = copy_of_links(scope, link, "p", STR("id"), published);

	statement_add(statement, " INNER JOIN ");
	statement_name(statement, model->table);
	statement_add(statement, " d ON d.`published_at` IS NULL AND d.`id` = l.");
	statement_name(statement, link->own_column);
	statement_add(statement, " INNER JOIN ");
	statement_name(statement, model->table);
	statement_add(statement,
		" p ON p.`published_at` IS NOT NULL AND p.`document_id` = d.`document_id` AND p.`locale` <=> d.`locale`");
	where_draft(statement, link, draft, "p", STR("id"), published);
	return run(scope, statement);
}

/* From components: those of entries without drafts. */
static int adopt_component(struct scope *scope, const struct model *component, const struct link *link, uint64_t draft,
	uint64_t published)
{
	const struct models *models = scope->generation->models;

	for (unsigned m = 0; m < models->count; m++) {
		const struct model *owner = models->list[m];
		struct statement *statement;

		if (owner->kind == MODEL_COMPONENT || owner->draft_and_publish || str_is_null(owner->cmps_table))
			continue;
		statement = copy_of_links(scope, link, "l", link->own_column, published);
		statement_add(statement, " INNER JOIN ");
		statement_name(statement, owner->cmps_table);
		statement_add(statement, " c ON c.`component_type` = ");
		statement_value(statement, db_text(component->uid));
		statement_add(statement, " AND c.`cmp_id` = l.");
		statement_name(statement, link->own_column);
		where_draft(statement, link, draft, "l", link->own_column, published);
		if (run(scope, statement) < 0)
			return -1;
	}
	return 0;
}

/* Where a list on the other side has us in an order, we take the draft's place in it. */
static int take_place(struct scope *scope, const struct attribute *attribute, uint64_t draft, uint64_t published)
{
	const struct link *link = &attribute->link;
	struct statement *statement = begin(scope);
	bool versions = attribute->target->draft_and_publish;

	statement_add(statement, "UPDATE ");
	statement_name(statement, link->table);
	statement_add(statement, " n INNER JOIN ");
	statement_name(statement, link->table);
	statement_add(statement, " o ON o.");
	statement_name(statement, link->own_column);
	statement_add(statement, " = ");
	statement_value(statement, db_uint(draft));
	if (versions) {
		statement_add(statement, " INNER JOIN ");
		statement_name(statement, attribute->target->table);
		statement_add(statement, " d ON d.`id` = o.");
		statement_name(statement, link->target_column);
		statement_add(statement, " INNER JOIN ");
		statement_name(statement, attribute->target->table);
		statement_add(statement, " p ON p.`document_id` = d.`document_id` AND p.`id` = n.");
		statement_name(statement, link->target_column);
	}
	statement_add(statement, " SET n.");
	statement_name(statement, link->inverse_order_column);
	statement_add(statement, " = o.");
	statement_name(statement, link->inverse_order_column);
	statement_add(statement, " WHERE n.");
	statement_name(statement, link->own_column);
	statement_add(statement, " = ");
	statement_value(statement, db_uint(published));
	if (!versions) {
		statement_add(statement, " AND n.");
		statement_name(statement, link->target_column);
		statement_add(statement, " = o.");
		statement_name(statement, link->target_column);
	}
	return run(scope, statement);
}

static int take_places(struct scope *scope, const struct model *model, uint64_t draft, uint64_t published)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (attribute->type == ATTRIBUTE_RELATION && attribute->link.storage == LINK_TABLE &&
			!str_is_null(attribute->link.inverse_order_column) &&
			take_place(scope, attribute, draft, published) < 0)
			return -1;
	}
	return 0;
}

static int adopt_from(struct scope *scope, const struct attribute *attribute, const struct model *model, uint64_t draft,
	uint64_t published)
{
	const struct model *from = attribute->model;

	if (from == model)
		return adopt_self(scope, model, &attribute->link, draft, published);
	if (from->kind == MODEL_COMPONENT)
		return adopt_component(scope, from, &attribute->link, draft, published);
	/* One with drafts gets us when it is published itself. */
	return from->draft_and_publish ? 0 : adopt_single(scope, &attribute->link, draft, published);
}

int adopt_links(struct scope *scope, const struct model *model, uint64_t draft, uint64_t published)
{
	const struct models *models = scope->generation->models;

	for (unsigned m = 0; m < models->count; m++) {
		for (unsigned a = 0; a < models->list[m]->attribute_count; a++) {
			const struct attribute *attribute = &models->list[m]->attributes[a];

			if (leads_here(attribute, model) && adopt_from(scope, attribute, model, draft, published) < 0)
				return -1;
		}
	}
	return take_places(scope, model, draft, published);
}
