/* A tree of settings, read from TOML or JSON, in which every value knows where it stands.
 *
 * Configuration files, plugin manifests and schemas are all read into nodes, so
 * that whatever is wrong with a value can be said as "plugins/blog/plugin.toml:12:8"
 * (for JSON, which the parser gives no lines for: "schema.json, at attributes.title.type").
 *
 *	const struct node *root = node_read_file(arena, "plugin.toml", &error);
 *	const struct node *name = node_get(root, "name");
 *	if (name && name->type != NODE_STRING)
 *		return node_error(name, &error, "expected a string, found %s", node_type_name(name));
 *
 * Nodes live in the arena they were read into and are never changed. In strings
 * of TOML files `${NAME}` and `${NAME:default}` are replaced from the environment
 * when the caller asks for it (configuration, not schemas).
 */
#ifndef CONFIG_NODE_H
#define CONFIG_NODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum node_type { NODE_NULL, NODE_BOOL, NODE_INT, NODE_REAL, NODE_STRING, NODE_ARRAY, NODE_TABLE };

struct node {
	enum node_type type;
	struct str key;			/* in its table; STR_NULL in an array and at the root */
	struct str file;
	unsigned line, column;		/* from 1; 0 for JSON */
	const struct node *parent;
	struct node *next;		/* behind this one in its table or array, in file order */
	union {
		bool boolean;
		int64_t integer;
		double real;
		struct str text;
		struct {
			struct node *first;
			size_t count;
		} items;		/* NODE_ARRAY, NODE_TABLE */
	};
};

/* Variables for `${NAME}`: the environment first, then what .env said. */
struct environment;
/* Reads `path` (KEY=VALUE lines, #, quotes) if it exists; a broken line is an error with its number. */
struct environment *environment_read(struct arena *arena, const char *path, struct error *error);
struct str environment_get(const struct environment *environment, struct str name); /* STR_NULL: not set */

/* By the ending of its name: .toml or .json. `environment` may be NULL: `${` stays as it is then. */
struct node *node_read_file(struct arena *arena, const char *path, const struct environment *environment,
	struct error *error) __attribute__((warn_unused_result));

/* From memory; `file` is what messages call it. */
struct node *node_read_toml(struct arena *arena, struct str text, struct str file,
	const struct environment *environment, struct error *error) __attribute__((warn_unused_result));
struct node *node_read_json(struct arena *arena, struct str text, struct str file, struct error *error)
	__attribute__((warn_unused_result));

/* A member of a table, NULL when it isn't there (or `table` is NULL or no table). */
const struct node *node_get(const struct node *table, const char *key);
const struct node *node_get_str(const struct node *table, struct str key);

#define node_foreach(item, parent) \
	for (const struct node *item = (parent) ? (parent)->items.first : NULL; item; item = item->next)

const char *node_type_name(const struct node *node);	/* "a string", "a table", ... */

/* "file:line:column" or "file, at a.b[2]", in the arena of the error's text only: use at once. */
struct str node_where(const struct node *node, struct arena *arena);

/* Sets ERROR_CONFIG, with the place in front of the message. Returns -1. */
int node_error(const struct node *node, struct error *error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Typed reading: absent keeps *value_r; a wrong type is an error. */
int node_read_string(const struct node *table, const char *key, struct str *value_r, struct error *error)
	__attribute__((warn_unused_result));
int node_read_bool(const struct node *table, const char *key, bool *value_r, struct error *error)
	__attribute__((warn_unused_result));
int node_read_int(const struct node *table, const char *key, int64_t *value_r, struct error *error)
	__attribute__((warn_unused_result));

/* Every key of the table must be one of `known` (NULL-terminated); the error suggests the nearest. */
int node_check_keys(const struct node *table, const char *const *known, struct error *error)
	__attribute__((warn_unused_result));

/* What node_check_keys() says about a key that is none of `known`. Returns -1. */
int node_unknown_key(const struct node *node, const char *const *known, struct error *error);

/* The nearest of `known` (NULL-terminated) for "did you mean"; NULL when none is near. */
const char *node_nearest(struct str word, const char *const *known);

/* The same values as a jansson tree (dates of TOML as strings): the caller's. */
json_t *node_to_json(const struct node *node);

#endif
