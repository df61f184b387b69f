/* What needs more than one schema: targets, components, link tables, names that must be unique. */
#ifndef MODEL_RELATIONS_H
#define MODEL_RELATIONS_H

#include "model/model.h"
#include "model/problems.h"

/* Completes every relation, media, component and zone of the models. */
void relations_resolve(struct models *models, struct problems *problems);

/* model/unique.c: no name of a type, table or column is given twice. */
void unique_check(const struct models *models, struct problems *problems);

#endif
