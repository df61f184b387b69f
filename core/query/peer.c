#include "query/peer.h"

#include "query/statement.h"

struct condition *condition_peer(struct arena *arena, const struct peer *peer, bool exists)
{
	struct condition *condition = condition_group(arena, exists ? OPERATOR_PEER : OPERATOR_NO_PEER);

	condition->peer = arena_memdup(arena, peer, sizeof(*peer));
	return condition;
}

/* "t0.`a` = p.`a`" */
static void compare(struct statement *statement, unsigned alias, const struct attribute *attribute, struct str operator)
{
	statement_column(statement, alias, attribute->column);
	buf_add(&statement->sql, operator);
	statement_add(statement, "p.");
	statement_name(statement, attribute->column);
}

void peer_write(struct statement *statement, const struct condition *condition, unsigned alias)
{
	const struct peer *peer = condition->peer;

	buf_add(&statement->sql, condition->op == OPERATOR_PEER ? STR("EXISTS") : STR("NOT EXISTS"));
	statement_add(statement, " (SELECT 1 FROM ");
	statement_name(statement, peer->flag->model->table);
	statement_add(statement, " p WHERE ");
	compare(statement, alias, peer->equal, STR(" = "));
	if (peer->same) {
		statement_add(statement, " AND ");
		compare(statement, alias, peer->same, STR(" <=> "));
	}
	statement_add(statement, " AND p.");
	statement_name(statement, peer->flag->column);
	buf_add(&statement->sql, peer->set ? STR(" IS NOT NULL") : STR(" IS NULL"));
	if (peer->compared) {
		statement_add(statement, " AND ");
		compare(statement, alias, peer->compared, str_of(operator_form(peer->is)->sql));
	}
	buf_add_char(&statement->sql, ')');
}
