/* Tables of settings: one line per key drives reading, defaults, ranges, messages and documentation.
 *
 * A table says for each dotted path what it may hold, where in a struct the value
 * goes, and what it is without anybody's word. Defaults are texts, read by the same
 * code as what a person writes, so that documentation and behaviour can't differ.
 *
 *	struct pool { int64_t size, timeout_ms; };
 *	static const struct config_key keys[] = {
 *		{ "pool.size", CONFIG_INT, offsetof(struct pool, size), "10", 1, 1000, .help = "..." },
 *		{ "pool.timeout", CONFIG_DURATION, offsetof(struct pool, timeout_ms), "5s", 1, 600000,
 *			.variable = "POOL_TIMEOUT" },
 *	};
 *	struct config_table table = { keys, 2 };
 *	if (config_read(root, &table, &pool, arena, environment, &error) < 0)
 *		log_error("config", "%s", error_message(&error));	// every mistake, a line each
 *
 * A variable that is set and not empty wins over the file, the file over the default.
 */
#ifndef CONFIG_TABLE_H
#define CONFIG_TABLE_H

#include "base/buf.h"
#include "config/node.h"

/* What the file may hold -> what the struct gets. A value also may be the text that `${NAME}` left behind. */
enum config_type {
	CONFIG_BOOL,		/* true, "true" -> bool */
	CONFIG_INT,		/* 7, "7" -> int64_t */
	CONFIG_SIZE,		/* 1024, "16KiB", "1mb" (1024 either way) -> int64_t, bytes */
	CONFIG_DURATION,	/* "500ms", "30s", "5m", "2h", "1d"; a number needs its unit -> int64_t, ms */
	CONFIG_STRING,		/* -> struct str; STR_NULL without a default */
	CONFIG_STRING_LIST,	/* ["a", "b"], "a, b" -> struct config_list */
	CONFIG_PATH_LIST,	/* ["a", "b"], "a:b" -> struct config_list */
	CONFIG_CHOICE,		/* one of `choices` -> int, its index */
	CONFIG_NODE,		/* anything, its user checks it -> const struct node *, NULL when absent */
};

struct config_list {
	const struct str *items;
	size_t count;
};

struct config_key {
	const char *path;		/* "proxy.trust" */
	enum config_type type;
	size_t offset;			/* in the target */
	const char *default_text;	/* NULL: the target stays all zero */
	int64_t min, max;		/* of numbers, bytes, milliseconds; both 0: none is negative */
	const char *const *choices;	/* NULL-terminated */
	const char *help;		/* a sentence for the documentation */
	const char *variable;		/* overrides the file; NULL: none */
};

struct config_table {
	const struct config_key *keys;
	size_t count;
};

/* Fills the target from `root` (NULL: there is no file). What is wrong is said in one ERROR_CONFIG, a line
 * per mistake; the target then holds whatever could be read. Strings point into the tree, the arena or the
 * table. `environment` may be NULL: the process's own. */
int config_read(const struct node *root, const struct config_table *table, void *target, struct arena *arena,
	const struct environment *environment, struct error *error) __attribute__((warn_unused_result));

/* One value's text into `to`, as the key says. The message has no place; config_read() puts it in front. */
int config_read_text(const struct config_key *key, struct str text, void *to, struct arena *arena,
	struct error *error) __attribute__((warn_unused_result));

/* The table as Markdown: key, what it holds, default, variable, help. */
void config_describe(const struct config_table *table, struct buf *out);

#endif
