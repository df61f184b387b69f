/* Tasks: what plugins want done at certain times, listed as [[cron]] in their manifests.
 *
 * plugin/tasks.h makes the table of a generation; server/schedule.h runs what is in it.
 */
#ifndef EXTENSION_TASK_H
#define EXTENSION_TASK_H

#include "base/cron_rule.h"
#include "extension/generation.h"

/* A name that a database row is called after has an end. */
enum { TASK_NAME_LIMIT = 120 };

struct task {
	struct step step;		/* "api::blog.prune_drafts" */
	struct str rule_text;
	struct cron_rule rule;
	struct str zone_name;		/* STR_NULL: the machine's own */
	const struct time_zone *zone;
	bool overlap;			/* a run may begin while another is at work */
	bool every_host;		/* else one of all hosts on the database runs it */
	bool enabled;
};

/* One run: what scope->run of its scope points to. */
struct task_run {
	const struct task *task;
	int64_t time_ms;		/* the time that the rule says, whenever it really began */
};

#endif
