/* Content as JSON, straight from rows. */
#ifndef REST_OUTPUT_H
#define REST_OUTPUT_H

#include "base/buf.h"
#include "query/populate.h"
#include "rest/params.h"

/* Room for a row of ordinary size, so that a page is written without growing. */
enum { OUTPUT_ROW_ROOM = 512 };

struct request;

enum output_form {
	OUTPUT_FLAT,			/* {"id":1,"documentId":"...","title":...} */
	OUTPUT_V4,			/* {"id":1,"documentId":"...","attributes":{"title":...,"author":{"data":{...}}}} */
};

/* What the header Strapi-Response-Format asks for. */
enum output_form output_form_of(const struct request *request);

/* The columns of the query in its order, then what the row is populated with. */
void output_row(struct buf *out, enum output_form form, const struct loaded *loaded, unsigned row);

/* The whole answer to a list: {"data":[...],"meta":{"pagination":{...}}}, status 200. */
int output_list(struct request *request, const struct rest_params *params, const struct loaded *loaded, uint64_t total)
	__attribute__((warn_unused_result));

/* One value, as its attribute's type is shown. */
void output_cell(struct buf *out, const struct attribute *attribute, const struct cell *cell);

#endif
