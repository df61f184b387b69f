#include "document/row_hooks.h"

#include "base/json.h"
#include "document/tree.h"

static json_t *value_json(const struct db_value *value)
{
	switch (value->type) {
	case DB_TEXT:
		return json_stringn(value->text.p, value->text.n);
	case DB_INT:
	case DB_UINT:
		return json_integer(value->integer);
	case DB_DOUBLE:
		return json_real(value->real);
	case DB_NULL:
		break;
	}
	return json_null();
}

json_t *row_hooks_where(struct scope *scope, uint64_t id)
{
	return json_own(scope->arena, json_pack("{s:I}", "id", (json_int_t)id));
}

int row_hooks_begin(struct scope *scope, struct lifecycle_event *event, const json_t *data, const struct assignment *fixed,
	unsigned fixed_count)
{
	event->data = json_own_copy(scope->arena, data);
	for (unsigned i = 0; i < fixed_count; i++) {
		struct str name = fixed[i].attribute->name;

		json_object_setn_new(event->data, name.p, name.n, value_json(&fixed[i].value));
	}
	return lifecycle_before(scope, event);
}

static int read_result(struct scope *scope, struct lifecycle_event *event, uint64_t id)
{
	event->result = json_own(scope->arena, tree_of_columns(scope, event->model, id));
	return event->result ? 0 : -1;
}

int row_hooks_begin_delete(struct scope *scope, struct lifecycle_event *event, uint64_t id)
{
	event->where = row_hooks_where(scope, id);
	return read_result(scope, event, id) < 0 ? -1 : lifecycle_before(scope, event);
}

int row_hooks_end(struct scope *scope, struct lifecycle_event *event, uint64_t id)
{
	if (!hooks_of(scope, event->model, event->lifecycle, LIFECYCLE_AFTER))
		return 0;
	if (!event->result && read_result(scope, event, id) < 0)
		return -1;
	return lifecycle_after(scope, event);
}
