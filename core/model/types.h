/* Column types of MariaDB, in the text form of db/catalogue.h. */
#ifndef MODEL_TYPES_H
#define MODEL_TYPES_H

#include <stdbool.h>

#include "base/str.h"

/* What it takes to change something in a database. */
enum change {
	CHANGE_ADDITIVE,
	CHANGE_WIDENING,		/* the same values and more, without touching the rows */
	CHANGE_COPY,			/* the same values and more, but the table has to be copied */
	CHANGE_DESTRUCTIVE,		/* could lose data: never done by the host */
};

/* What it takes to make a column of type `live` one of type `wanted`. `same_r`: nothing, they hold the same.
 * `readable_r`: the values of both come out as the same kind of cell. */
enum change types_compare(struct str live, struct str wanted, bool *same_r, bool *readable_r);

/* The type that Strapi's `column.type` stands for, without arguments of its own: "bigInteger" is
 * "bigint(20)". STR_NULL when there is no such type. */
struct str types_named(struct str name);

#endif
