#include "server/background.h"

#include "base/log.h"
#include "config/settings.h"
#include "extension/generation.h"
#include "extension/task.h"
#include "plugin/builder.h"
#include "server/claims.h"
#include "server/process.h"
#include "server/report.h"
#include "server/schedule.h"
#include "server/schema.h"

struct background {
	struct process process;		/* first: the callbacks find the rest by it */
	struct claims *claims;
	struct schedule *schedule;
};

static struct background *background_of(struct process *process)
{
	return (struct background *)process;
}

bool background_is_wanted(const struct generation *generation)
{
	bool any = false;

	for (unsigned i = 0; i < generation->task_count; i++)
		any |= generation->tasks[i].enabled;
	return any && generation->settings->cron_enabled;
}

static void idle(void *arg)
{
	process_stop(arg, 0);
}

static int prepare(struct process *process, struct error *error)
{
	struct background *background = background_of(process);
	const struct duty *duty = process->duty;

	if (schema_judge(process->generation, process->pool, &process->generation->unserved, error) < 0)
		return -1;
	background->claims = claims_new(process->loop, duty, error);
	if (!background->claims)
		return -1;
	claims_sweep(background->claims, process->generation);
	pulse_enter(duty->pulse, PULSE_STARTING);
	return builder_start(process->generation, process->pool, error);
}

static void prepared(struct process *process)
{
	struct background *background = background_of(process);

	background->schedule = schedule_new(process->loop, process->generation, process->pool, background->claims, idle, process);
	pulse_enter(process->duty->pulse, PULSE_READY);
	channel_send(process->channel, CHANNEL_READY, NULL);
}

static void message(struct process *process, enum channel_type type, const json_t *payload)
{
	struct background *background = background_of(process);

	if (type != CHANNEL_SERVE || !background->schedule || process->leaving)
		return;
	pulse_enter(process->duty->pulse, PULSE_SERVING);
	schedule_start(background->schedule, json_integer_value(json_object_get(payload, "since")));
}

static json_t *reply(struct process *process, const char *what)
{
	struct background *background = background_of(process);
	struct report report = { .generation = process->generation, .unserved = process->generation->unserved };
	json_t *status;

	if (strcmp(what, "status") != 0)
		return NULL;
	report.database = db_pool_stats(process->pool);
	status = report_status(&report);
	if (background->schedule)
		schedule_report(background->schedule, status);
	return status;
}

static void drain(struct process *process)
{
	struct background *background = background_of(process);

	if (background->schedule)
		schedule_stop(background->schedule, process->until_ms, process->duty->settings->server.timeouts.drain);
	else
		process_stop(process, 0);
}

int background_run(struct duty *duty)
{
	struct background background = { .process = { .prepare = prepare, .prepared = prepared, .message = message,
		.reply = reply, .drain = drain } };

	if (process_init(&background.process, duty, "background") == 0)
		process_run(&background.process);
	/* Nothing is at work any more. */
	schedule_free(background.schedule);
	claims_free(background.claims);
	return process_end(&background.process);
}
