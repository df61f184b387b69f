/* A generation: everything that plugins and configuration add up to.
 *
 * It is built whole (plugin/builder.h), never changed, and counted: a request pins
 * the one that it began in. What is looked up by name is looked up while it is
 * built; a request only follows pointers.
 *
 *	struct generation *generation = generation_pin(worker->generation);
 *	... route = router_match(generation->router, ...)
 *	generation_unpin(generation);	// the last one lets the plugins go
 */
#ifndef EXTENSION_GENERATION_H
#define EXTENSION_GENERATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct access;
struct deliveries;
struct hook_table;
struct models;
struct router;
struct scope;
struct settings;
struct shared;
struct task;
struct timer;

/* ---- plugin instances ---- */

/* One loaded plugin: its code (if any), its configuration, its names. */
struct instance {
	struct str name;		/* "blog" */
	struct str version;
	struct str kind;		/* "api", "plugin", "global", "admin", "host" */
	struct str folder;		/* where it was found */
	struct str hash;		/* of its library, hex; STR_NULL without one */
	void *handle;			/* dlopen's; NULL without a library */
	json_t *config;			/* its checked configuration, defaults filled in; an object */
	void *data;			/* socle_set_data() */
	uint64_t calls;			/* through the door */
	struct plugin_hooks *hooks;	/* what SOCLE_PLUGIN() gave: start, stop, ...; plugin/ knows */
	bool started;
};

/* ---- functions of plugins, resolved ---- */

/* All plugin functions that serve a request have this form (policy: 1 allow, 0 deny, negative error; others: 0 or negative). */
typedef int extension_fn(struct scope *ctx);

/* One use of a policy, middleware or action, with what this use was configured with. */
struct step {
	extension_fn *fn;
	struct instance *instance;	/* NULL: the host's own function */
	struct str name;		/* its full name, for messages: "api::blog.is-owner" */
	const json_t *config;		/* of this use; NULL */
	void *data;			/* socle_use_data(): what this use keeps, in the generation's arena */
	bool told;			/* a policy: that it tried to change a request */
};

struct chain {
	const struct step *steps;
	unsigned count;
};

enum function_kind {
	FUNCTION_POLICY, FUNCTION_MIDDLEWARE, FUNCTION_ACTION,
	/* hooks: extension/hook.h */
	FUNCTION_LIFECYCLE, FUNCTION_DOCUMENT_MIDDLEWARE, FUNCTION_SUBSCRIBER,
	FUNCTION_SERVICE,		/* a table of functions: struct service */
	FUNCTION_TASK,			/* extension/task.h */
	FUNCTION_KINDS
};

/* A name that something can refer to. */
struct function {
	enum function_kind kind;
	struct str name;		/* "global::is-owner", "api::article.article.popular" */
	extension_fn *fn;
	struct instance *instance;
	const void *declared;		/* the options that its plugin declares (plugin/ knows); NULL: any */
};

/* A table of functions that a plugin offers to others (socle/service.h). */
struct service {
	struct step step;		/* its full name, "api::shop.pricing", and instance; `fn` is not used */
	uint32_t version, table_size;
	const void *table;
};

/* ---- routes as plugins and content types ask for them ---- */

struct route_use {			/* an unresolved step */
	struct str name;
	const json_t *config;		/* NULL */
	struct str where;		/* "plugins/blog/plugin.toml:12:3", for messages */
};

struct route {
	struct str method;		/* "GET", ..., "ALL" */
	struct str path;		/* full: "/api/articles/:id" */
	struct str action;		/* full name: "api::article.article.findOne" */
	struct str where;
	bool auth;			/* false: no permission is asked for */
	struct str scope;		/* the permission: the action's name unless configured */
	struct route_use *policies, *middlewares;
	unsigned policy_count, middleware_count;
	const struct model *model;	/* of core actions and of actions in a type's own controller; NULL */
	struct instance *instance;	/* who declared it; NULL: the host, for a content type */
};

/* ---- the whole ---- */

/* What document/locale.h read last. */
struct locale_cache {
	uint64_t read_ms;		/* 0: never */
	char code[64];
};

struct generation {
	unsigned number;		/* 1, 2, ... in this process */
	unsigned references;
	struct arena *arena;		/* holds everything below */
	const struct settings *settings;
	struct models *models;
	struct instance **instances;	/* in load order: requirements first */
	unsigned instance_count;
	struct function *functions;	/* sorted by kind and name */
	unsigned function_count;
	struct service *services;
	unsigned service_count;
	struct task *tasks;		/* extension/task.h */
	unsigned task_count;
	struct route *routes;		/* in matching order */
	unsigned route_count;
	struct router *router;		/* pipeline/router.h: built from routes */
	struct chain middlewares;	/* the global ones, in order */
	struct access *access, *host_access; /* rest/access.h: of the public; of the host itself */
	struct hook_table *hooks;	/* extension/hook.h; NULL: no plugin has any */
	struct deliveries *deliveries;	/* extension/event.h: what subscribers have still to be told */
	struct locale_cache locale;	/* this and the next two are all that changes: what is known of the database */
	bool has_locks;			/* the table of document/value_lock.h is there */
	const char **unserved;		/* per model: why its tables can't be served, NULL: they can; NULL: nobody looked */
	/* Checks what a use is configured with, and fills in what it doesn't say; *options_r is the caller's, NULL: nothing. */
	int (*check_options)(const struct function *function, const json_t *config, json_t **options_r, struct error *error);
	struct shared *shared;		/* base/shared.h; NULL: there is none (in `init`, and where nobody made it) */
	LIST_HEAD(, timer) timers;	/* extension/timer.h */
	unsigned timer_count;
	uint64_t last_timer;
	void (*release)(struct generation *generation); /* called by the last unpin: plugin/ lets the plugins go */
};

static inline struct generation *generation_pin(struct generation *generation)
{
	generation->references++;
	return generation;
}
void generation_unpin(struct generation *generation);

/* From now on requests for the model are answered 503: its table or a column is gone. Says so in the log, once, with
 * what to do. */
void generation_mark_stale(struct generation *generation, const struct model *model, const char *reason);

/* NULL when there is none. */
const struct function *generation_function(const struct generation *generation, enum function_kind kind,
	struct str name);

/* ---- the door ---- */

/* Every crossing from the host into a plugin goes through here. It notes whose code runs, counts the call, and puts things
 * back as they were. */
struct crossing {
	const struct step *step;
	struct instance *instance;
};
struct crossing extension_enter(struct scope *scope, const struct step *step);
void extension_leave(struct scope *scope, struct crossing before);

/* Whose code runs now; and a crossing into it again, for what it has left to be called later. */
struct crossing extension_here(const struct scope *scope);
struct crossing extension_enter_again(struct scope *scope, struct crossing whose);

/* Runs a middleware or action. */
int extension_call(struct scope *scope, const struct step *step);

/* Runs a policy: 1 it allows, 0 it denies, negative with the error on the scope. While it decides, whoever's code it calls,
 * the request can be read and not changed: scope->policy says so. */
int extension_decide(struct scope *scope, const struct step *policy);

#endif
