/* What a migration would do, worked out from models and the tables that are there; nothing here touches a
 * database. */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include "base/buf.h"
#include "db/catalogue.h"
#include "model/model.h"
#include "model/types.h"

enum schema_policy {
	SCHEMA_AUTO,		/* follow where Strapi keeps the schema, manage elsewhere */
	SCHEMA_MANAGE,		/* add what is missing */
	SCHEMA_FOLLOW,		/* judge only */
};

enum plan_state {
	PLAN_PENDING,		/* will be done */
	PLAN_DONE,
	PLAN_LATER,		/* needs a table copy: `socle db migrate` */
	PLAN_KEPT,		/* not the host's to change; told, so that somebody knows */
	PLAN_FAILED,		/* could not be done, and can be lived without */
};

struct plan_step {
	enum plan_state state;
	const char *text;	/* for people: "articles: add column subtitle varchar(255)" */
	struct str table;	/* STR_NULL: a statement of its own */
	struct str sql;		/* the statement; for `alter` without ALGORITHM and LOCK */
	bool alter;		/* tried INSTANT, then INPLACE */
	bool copy;		/* not even tried so: copies the table */
	bool blocks;		/* types can't be served without it */
	const char *reason;	/* PLAN_FAILED, PLAN_LATER: what the database said, or NULL */
};

struct plan {
	enum schema_policy policy;	/* in effect: never SCHEMA_AUTO */
	struct plan_step *steps;	/* in the order in which they are done */
	unsigned count;
	unsigned pending;
};

struct plan_options {
	enum schema_policy policy;	/* in effect */
	bool allow_copy;		/* for `socle db migrate`: an operator waits for it */
	const struct str *extra;	/* statements to run behind the tables */
	unsigned extra_count;
};

struct plan *plan_make(const struct models *models, const struct catalogue *live,
	const struct plan_options *options, struct arena *arena);

/* A line per step, with a sign in front: `+` will be done, `=` done, `~` waits for `socle db migrate`, `!`
 * kept or failed. Nothing when there are no steps. */
void plan_write(const struct plan *plan, struct buf *out);

#endif
