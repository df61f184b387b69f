#include "server/canary.h"

#include "extension/generation.h"
#include "plugin/builder.h"
#include "server/background.h"
#include "server/claims.h"
#include "server/process.h"
#include "server/schema.h"

static int bootstrap(void *arg, struct error *error)
{
	struct process *process = arg;

	return builder_bootstrap(process->generation, process->pool, error);
}

static int prepare(struct process *process, struct error *error)
{
	struct generation *generation = process->generation;
	struct pulse *pulse = process->duty->pulse;

	pulse_enter(pulse, PULSE_MIGRATING);
	if (schema_migrate(generation, process->pool, error) < 0)
		return -1;
	pulse_enter(pulse, PULSE_STARTING);
	/* The lease is a table: without anything to run under it, none is made in a database that isn't
	 * ours. */
	if (builder_bootstraps(generation) &&
		schema_exclusive(process->pool, STR("bootstrap"), bootstrap, process, error) < 0)
		return -1;
	if (claims_prepare(generation, process->pool, error) < 0)
		return -1;
	return builder_health(generation, process->pool, error);
}

static void prepared(struct process *process)
{
	channel_send(process->channel, CHANNEL_READY,
		json_pack("{s:b}", "background", background_is_wanted(process->generation)));
	process_stop(process, 0);
}

static void message(struct process *process, enum channel_type type, const json_t *payload)
{
}

static void drain(struct process *process)
{
	process_stop(process, 0);
}

int canary_run(struct duty *duty)
{
	struct process process = {
		.prepare = prepare, .prepared = prepared, .message = message, .drain = drain,
	};

	if (process_init(&process, duty, "canary") == 0)
		process_run(&process);
	return process_end(&process);
}
