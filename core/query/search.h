/* Looking for one text in all of an entry: Strapi's `_q`. */
#ifndef QUERY_SEARCH_H
#define QUERY_SEARCH_H

#include "query/query.h"

/* ANDs to the query that the text stands somewhere in the row id, in a column of text, or, if it is a number, in a column of
 * numbers: private ones too, but no passwords. Empty text is everywhere. */
void search_compile(struct query *query, struct str text);

#endif
