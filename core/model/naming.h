/* Names of tables, columns, indexes and foreign keys, exactly as Strapi 5 gives them.
 *
 * A name is made of words joined by `_`; one that would be longer than 55
 * characters is shortened by hashing the ends of its long words, so that the
 * same schema finds the same tables. Nothing here depends on anything but its
 * arguments.
 *
 *	naming(arena, NAMING_LINK_TABLE, STR("articles"), STR("tags"))	-> articles_tags_lnk
 *	naming(arena, NAMING_FOREIGN_KEY, STR("articles_tags_lnk"), STR_NULL)	-> articles_tags_lnk_fk
 */
#ifndef MODEL_NAMING_H
#define MODEL_NAMING_H

#include "base/arena.h"
#include "base/str.h"

enum { NAMING_LIMIT = 55 };

enum naming_kind {
	/* of one word */
	NAMING_TABLE,			/* a collectionName, as written */
	NAMING_COLUMN,
	NAMING_JOIN_COLUMN,		/* article_id */
	NAMING_INVERSE_JOIN_COLUMN,	/* inv_article_id */
	NAMING_ORDER_COLUMN,		/* article_ord */
	NAMING_INVERSE_ORDER_COLUMN,	/* inv_article_ord */
	NAMING_TYPE_COLUMN,		/* related_type */
	NAMING_COMPONENTS_TABLE,	/* articles_cmps */
	/* of a table and an attribute */
	NAMING_LINK_TABLE,
	NAMING_MORPH_TABLE,
	/* of a table, and a column where the table has several of the kind; both as they are */
	NAMING_INDEX,			/* _idx */
	NAMING_UNIQUE,			/* _uq */
	NAMING_FOREIGN_KEY,		/* _fk */
	NAMING_INVERSE_FOREIGN_KEY,	/* _ifk */
	NAMING_ORDER_INDEX,		/* _ofk */
	NAMING_INVERSE_ORDER_INDEX,	/* _oifk */
	NAMING_MORPH_ORDER_INDEX,	/* _oidx */
	NAMING_MORPH_ID_INDEX,		/* _idix */
	NAMING_KINDS
};

/* `second` is STR_NULL where the kind takes one word. Words of columns and of link tables are turned to snake
 * case. */
struct str naming(struct arena *arena, enum naming_kind kind, struct str first, struct str second);

struct naming_token {
	struct str text;
	bool fixed;		/* never shortened */
};

/* The rule behind naming(). STR_NULL when the words can't be told apart in so few characters. */
struct str naming_join(struct arena *arena, const struct naming_token *tokens, unsigned count);

#endif
