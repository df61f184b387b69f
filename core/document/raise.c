#include "document/raise.h"

#include "document/tree.h"

int raise_event(const struct relation_source *source, const struct model *model, enum event_kind kind,
	struct str document_id, uint64_t row)
{
	struct scope *scope = source->scope;
	struct event event = { .kind = kind, .model = model, .document_id = document_id, .row = row,
		.locale = model->localized ? source->locale : STR_NULL };

	if (!event_wanted(scope, model, kind))
		return 0;
	if (kind == EVENT_DELETE || kind == EVENT_UNPUBLISH) {
		event.entry = tree_of_columns(scope, model, row);
		if (!event.entry)
			return -1;
	}
	return event_raise(scope, &event);
}
