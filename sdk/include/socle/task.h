/* Tasks: code that runs at certain times.
 *
 *	[[cron]]
 *	task       = "prune_drafts"	# SOCLE_TASK(prune_drafts)
 *	rule       = "0 3 * * *"	# minute, hour, day of month, month, day of week; with six fields a second in front
 *	tz         = "Europe/Berlin"	# the machine's own time zone without it
 *	overlap    = "skip"		# the default: while one run is at work, no other begins; or "allow"
 *	every-host = false		# the default: of all hosts on one database, one runs it; true: each
 *
 *	SOCLE_TASK(prune_drafts)
 *	{
 *		socle_log_info(ctx, "%s, due at %lld", socle_task_name(ctx), (long long)socle_task_time(ctx));
 *		return socle_rows_delete_many(ctx, "api::article.article", old_drafts(ctx)) < 0 ? -1 : 0;
 *	}
 *
 * Days of the month may be L (the last) and 15W (the weekday nearest to the 15th), weekdays 5L (the last Friday) and 5#2 (the
 * second); months and weekdays have names; @daily and its like are rules, too. A time that a change of clocks skips comes as much
 * later (02:30 -> 03:30), an hour that comes twice counts once. config/cron.toml may give a task another rule or time zone, or
 * disable it.
 *
 * Tasks run in a process of their own, the background process, on a context without a request, with the rights of the host. What
 * one throws is logged (`Cron job "api::blog.prune_drafts" failed: ...`) and the task runs again at its next time. So it does
 * after a crash, which takes along what else was running. A task that doesn't yield within `timeouts.handlerKill` ends the
 * process as well: what waits (queries, socle_sleep()) yields by itself.
 *
 * Each time runs once at most: it is written down in the database before the task begins, so neither a reload nor another host
 * runs it again, and a host that dies then doesn't catch up. (With `every-host` nothing is written down: each host keeps that to
 * itself, and after a reload a run may begin while the one before is still at its end.) Times while no host was there to run them
 * are not made up for. On a stop or a reload a task that is at work may go on for `timeouts.drain`; after that what it waits for
 * fails, and it is to return.
 */
#ifndef SOCLE_TASK_H
#define SOCLE_TASK_H

#include <stdint.h>

#include <socle/context.h>
#include <socle/plugin.h>

SOCLE_C_BEGIN

/* Defines a task: 0, or negative after socle_throw().
 *
 *	SOCLE_TASK(tick)
 *	{
 *		socle_log_info(ctx, "tick");
 *		return 0;
 *	}
 */
#define SOCLE_TASK(name) SOCLE_FUNCTION(task, name)

/* The full name of the task that runs: "api::blog.prune_drafts". Lives as long as the context; NULL with an error on the context
 * outside of a task.
 *
 *	socle_log_info(ctx, "%s begins", socle_task_name(ctx));
 */
SOCLE_API const char *socle_task_name(socle_context *ctx);

/* The time that the rule says, in milliseconds since 1970 UTC: the same for one run on whatever host, and never twice the same.
 * The run itself begins at that time or later. Negative with an error on the context outside of a task.
 *
 *	int64_t late = socle_unix_ms() - socle_task_time(ctx);
 */
SOCLE_API int64_t socle_task_time(socle_context *ctx);

SOCLE_C_END

#endif
