/* Writing one row with all that belongs to it: its components, media and relations.
 *
 * The data has been judged (document/validate.h). An attribute that it lacks stays as it is. All happens on
 * the scope's open transaction; on failure the error is on the scope and the caller rolls back.
 */
#ifndef DOCUMENT_ROW_H
#define DOCUMENT_ROW_H

#include <jansson.h>

#include "document/relation.h"
#include "query/write.h"

/* `fixed`: columns that the host sets. */
int row_insert(const struct relation_source *source, const struct model *model, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count, uint64_t *id_r) __attribute__((warn_unused_result));

int row_update(const struct relation_source *source, const struct model *model, uint64_t id, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count) __attribute__((warn_unused_result));

/* The same without hooks: for who runs them himself. */
int row_write(const struct relation_source *source, const struct model *model, uint64_t id, const json_t *data)
	__attribute__((warn_unused_result));

/* Columns alone, without hooks. */
int row_insert_columns(struct scope *scope, const struct model *model, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count, uint64_t *id_r) __attribute__((warn_unused_result));
int row_update_columns(struct scope *scope, const struct model *model, uint64_t id, const json_t *data)
	__attribute__((warn_unused_result));

/* The row, its components with theirs, and its media links; links go with it. */
int row_delete(struct scope *scope, const struct model *model, uint64_t id) __attribute__((warn_unused_result));

/* The same without hooks of the row itself. */
int row_erase(struct scope *scope, const struct model *model, uint64_t id) __attribute__((warn_unused_result));

/* Components that hang on nothing any more. */
int row_delete_components(struct scope *scope, const struct links *components) __attribute__((warn_unused_result));

#endif
