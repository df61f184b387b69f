/* Which versions of a document: its draft or its published row, in which locales. */
#ifndef DOCUMENT_VERSION_H
#define DOCUMENT_VERSION_H

#include "document/publication.h"
#include "extension/scope.h"
#include "http/query.h"
#include "model/model.h"
#include "query/query.h"

struct document_version {
	bool published;			/* of a type with draft & publish */
	bool any_locale;		/* locale=* */
	bool listed;			/* locale[0]=fr: a list, which a write doesn't take */
	struct db_value *locales;	/* of a localized type; NULL: any */
	unsigned locale_count;
	const struct publication *publication; /* of these, those whose other version is like that; NULL: all */
};

/* What the parameters `status` and `locale` of a REST request mean for a model. NULL: absent. Everything but "published"
 * and absence is the draft. */
int document_version_read(struct scope *scope, const struct model *model, const struct param *status,
	const struct param *locale, struct document_version *version_r) __attribute__((warn_unused_result));

/* Restricts a query to those versions. */
void document_version_where(struct query *query, const struct document_version *version);

/* The same without the locale: what populated rows are restricted to. */
void document_version_where_status(struct query *query, const struct document_version *version);

#endif
