/* The tables that models live in, in exactly Strapi 5's layout. */
#ifndef MODEL_TABLES_H
#define MODEL_TABLES_H

#include "db/catalogue.h"
#include "model/model.h"

/* Wanted tables of finished models, sorted by name: a table per type and component, link tables, morph
 * tables, `_cmps` tables. */
struct catalogue *tables_of(const struct models *models, struct arena *arena);

#endif
