/* Declared settings: what a plugin says about its configuration, and about the options of its policies and
 * middlewares. One table drives types, defaults, ranges, messages.
 *
 *	[config.popular-limit]
 *	type = "integer"	# integer, number, string, strings (one or a list), boolean, json
 *	default = 10		# without one the value is null until somebody sets it
 *	min = 1			# numbers: the value; strings: the length in bytes
 *	max = 100
 *	values = [10, 20, 50]	# nothing but these
 *	help = "how many articles /articles/popular answers with"
 */
#ifndef PLUGIN_DECLARATION_H
#define PLUGIN_DECLARATION_H

#include "config/node.h"
#include "model/problems.h"

enum declaration_type {
	DECLARATION_INTEGER, DECLARATION_NUMBER, DECLARATION_STRING, DECLARATION_STRINGS, DECLARATION_BOOLEAN,
	DECLARATION_JSON, DECLARATION_TYPES
};

struct declaration {
	struct str key, help;
	enum declaration_type type;
	const struct node *fallback;		/* its default; NULL: none */
	const struct node *min, *max, *values;	/* NULL: none */
};

struct declarations {
	const struct declaration *items;
	unsigned count;
	bool declared;			/* the table is there, even if it is empty */
};

const char *declaration_type_name(enum declaration_type type);

/* Reads a table of tables, `[config]`; NULL: nothing is declared. */
void declarations_read(struct declarations *declarations, struct arena *arena, const struct node *table,
	struct problems *problems);

/* The checked values of `given` (a table, or NULL) with defaults filled in and null for what nobody set: an
 * object, the caller's. Unknown keys are problems, but for `ignored` (NULL: none). `given` is taken as it
 * is when nothing is declared and `free_form` is set. Never NULL. */
json_t *declarations_apply(const struct declarations *declarations, const struct node *given,
	const char *ignored, bool free_form, struct problems *problems);

#endif
