/* Whether the rows that data names by id are there: of relations and media, also within components. */
#ifndef DOCUMENT_TARGETS_H
#define DOCUMENT_TARGETS_H

#include <jansson.h>

#include "extension/scope.h"
#include "model/model.h"

/* Asks once per type, on the scope's connection; the first type that lacks a row is the error. Documents are looked up by
 * document/relation.h and morph relations by nobody, as in Strapi. */
int targets_exist(struct scope *scope, const struct model *model, const json_t *data, struct error *error)
	__attribute__((warn_unused_result));

#endif
