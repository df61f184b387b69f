/* What the data of a write asks of a relation or media attribute.
 *
 *	"tags": ["docA", 7]                          the list shall be these
 *	"tags": { "connect": [{ "documentId": "docB", "position": { "before": "docC" } }], "disconnect": ["docD"] }
 *	"tags": null                                 the list shall be empty
 *
 * relation_read() resolves documents to the rows that the version being written links to (its own state and locale);
 * relation_apply() edits the list of links that there is. Neither writes: query/links.h does.
 */
#ifndef DOCUMENT_RELATION_H
#define DOCUMENT_RELATION_H

#include <jansson.h>

#include "extension/scope.h"
#include "query/links.h"

/* The version whose row is written: it decides which rows its links lead to. */
struct relation_source {
	struct scope *scope;
	bool has_status;		/* its type has draft & publish */
	bool published;
	bool localized;
	struct str locale;		/* of a localized one */
};

enum relation_place { PLACE_END, PLACE_START, PLACE_BEFORE, PLACE_AFTER };

struct relation_item {
	struct link_target targets[2];	/* a source without states links a target's draft and its published row */
	unsigned target_count;
	enum relation_place place;
	uint64_t anchor;		/* the row that `before` or `after` names */
	const json_t *position;		/* as given, for messages; NULL */
};

struct relation_change {
	enum { RELATION_STAYS, RELATION_SET, RELATION_CONNECT } kind;
	struct relation_item *items;	/* to set or to connect, as given */
	unsigned count;
	struct relation_item *leaving;
	unsigned leaving_count;
	bool lenient;			/* options.strict is false: an unknown anchor means the end */
};

/* How many entries one write may name in all its relations. */
enum { RELATION_ITEMS = 10000 };

/* Makes of every relation and media value in data, also within components, its long form with row ids: { "set": [{ "id": 7 }] } or
 * { "connect": [...], "disconnect": [...] }. A document that isn't there is an error, and so are too many items. */
int relation_normalise(const struct relation_source *source, const struct model *model, json_t *data)
	__attribute__((warn_unused_result));

/* On failure the error is on the scope. */
int relation_read(const struct relation_source *source, const struct attribute *attribute, const json_t *value,
	struct relation_change *change_r) __attribute__((warn_unused_result));

/* The list that shall be, in the scope's arena. `creating` makes every unknown anchor an error. */
int relation_apply(const struct relation_source *source, const struct relation_change *change,
	const struct links *before, bool creating, struct link_target **wanted_r, unsigned *count_r)
	__attribute__((warn_unused_result));

/* A row id that stands for a relation: a number, or text that is one. False for anything else. */
bool relation_row_id(const json_t *value, uint64_t *id_r);

#endif
