/* How rest/populate*.c read the parameter together: populate.c its levels and names, populate_type.c how
 * the rows of one type are read, populate_several.c what leads to several types. */
#ifndef REST_POPULATE_INTERNAL_H
#define REST_POPULATE_INTERNAL_H

#include "config/settings.h"
#include "document/version.h"
#include "extension/generation.h"
#include "extension/scope.h"
#include "query/populate.h"
#include "rest/access.h"
#include "rest/populate_tree.h"

struct populate_reader {
	struct scope *scope;
	struct error *error;
	const struct access *access;
	const struct settings_api *limits;
	const struct document_version *version; /* of whatever may be a draft */
	unsigned *breadth;		/* by level: attributes so far */
};

/* Rows that are populated. */
struct populate_level {
	struct query *query;
	const char *path;		/* the attributes that lead here; NULL: none */
	unsigned depth;
	bool chosen;			/* their columns were chosen by `fields` */
	bool by_list;			/* asked for in a list with commas */
	bool shows_locale;		/* always: Strapi cleans nothing below a morph inverse */
	struct populate *first, *last;
};

/* How the rows of one type are read. */
struct populate_target {
	const struct model *model;
	bool linked;			/* through a link table */
	bool any_version;		/* of a draft and its published version: whichever is linked */
	bool shows_locale;
};

/* 400. Returns -1. */
int populate_refuse(struct populate_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int populate_refuse_nested(struct populate_reader *reader);
/* A star in place of the options of an attribute that leads to `target`: refused if that has anything to
 * populate. */
int populate_refuse_star(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *attribute, const struct model *target);

struct populate *populate_make(struct populate_reader *reader, const struct attribute *attribute,
	unsigned types);
/* To the level's list. */
int populate_add(struct populate_reader *reader, struct populate_level *level, struct populate *populate);

/* `options` NULL: none. `via` leads from the level's rows to the target. */
int populate_read_type(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *via, const struct populate_target *target, const struct param *options,
	struct populate_type *type) __attribute__((warn_unused_result));

/* A zone, a morphToOne, a morphToMany. */
int populate_read_several(struct populate_reader *reader, struct populate_level *level,
	const struct attribute *attribute, const struct param *options) __attribute__((warn_unused_result));

/* What stands at the root or below `populate`. */
int populate_read_level(struct populate_reader *reader, struct populate_level *level,
	const struct param *populate) __attribute__((warn_unused_result));

/* The attributes that lead from the root through the level. */
const char *populate_path(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *attribute);

#endif
