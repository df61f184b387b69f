/* Content as JSON, straight from rows. */
#ifndef REST_OUTPUT_H
#define REST_OUTPUT_H

#include "base/buf.h"
#include "document/documents.h"
#include "rest/pagination.h"

/* Room for a row of ordinary size, so that a page is written without growing. */
enum { OUTPUT_ROW_ROOM = 512 };

struct request;

enum output_form {
	OUTPUT_FLAT,			/* {"id":1,"documentId":"...","title":...} */
	OUTPUT_V4,			/* {"id":1,"documentId":"...","attributes":{"title":...,"author":{"data":{...}}}} */
};

/* What the header Strapi-Response-Format asks for. */
enum output_form output_form_of(const struct request *request);

/* The columns of the query in its order, then what the row is populated with; with the fields that were laid over them, or the tree
 * that stands instead. */
void output_document(struct buf *out, enum output_form form, const struct documents *documents, unsigned row);

/* The document as it goes out in the flat form, as a tree: the caller's. */
json_t *output_json(const struct documents *documents, unsigned row);

/* The document as a tree, which is what goes out from now on: to be changed by whoever asked for it. Borrowed; `arena` keeps it. */
json_t *output_tree(struct arena *arena, struct documents *documents, unsigned row);

/* Lays a field over the row: it stands instead of what the row has, or behind it. Stolen. */
void output_lay_over(struct arena *arena, struct documents *documents, unsigned row, const char *name, json_t *value);

/* The whole answer of one document: {"data":{...},"meta":{}}. Without one nothing is sent, which becomes 404. `documents` may be NULL. */
int output_one(struct request *request, int status, const struct documents *documents) __attribute__((warn_unused_result));

/* The whole answer to a list: {"data":[...],"meta":{"pagination":{...}}}, status 200. `documents` may be NULL: an empty one. */
int output_list(struct request *request, const struct documents *documents, const struct pagination *pagination,
	uint64_t total) __attribute__((warn_unused_result));

/* One value, as its attribute's type is shown. */
void output_cell(struct buf *out, const struct attribute *attribute, const struct cell *cell);

#endif
