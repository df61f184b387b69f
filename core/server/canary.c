#include "server/canary.h"

#include "extension/generation.h"
#include "plugin/builder.h"
#include "server/candidate.h"
#include "server/schema.h"

static int bootstrap(void *arg, struct error *error)
{
	struct candidate *candidate = arg;

	return builder_bootstrap(candidate->generation, candidate->pool, error);
}

static bool has_code(const struct generation *generation)
{
	for (unsigned i = 0; i < generation->instance_count; i++) {
		if (generation->instances[i]->handle)
			return true;
	}
	return false;
}

static int prepare(struct candidate *candidate, struct error *error)
{
	struct generation *generation = candidate->generation;
	struct pulse *pulse = candidate->duty->pulse;

	pulse_enter(pulse, PULSE_MIGRATING);
	if (schema_migrate(generation, candidate->pool, error) < 0)
		return -1;
	pulse_enter(pulse, PULSE_STARTING);
	/* Without code there is nothing to run, and nothing is written to a database that isn't ours. */
	if (has_code(generation) &&
		schema_exclusive(candidate->pool, STR("bootstrap"), bootstrap, candidate, error) < 0)
		return -1;
	return builder_health(generation, candidate->pool, error);
}

static void prepared(struct candidate *candidate)
{
	channel_send(candidate->channel, CHANNEL_READY, NULL);
	candidate_stop(candidate, 0);
}

static void message(struct candidate *candidate, enum channel_type type, const json_t *payload)
{
}

static void drain(struct candidate *candidate)
{
	candidate_stop(candidate, 0);
}

int canary_run(const struct duty *duty)
{
	struct candidate candidate = { .prepare = prepare, .prepared = prepared, .message = message, .drain = drain };

	if (candidate_init(&candidate, duty, "canary") == 0)
		candidate_run(&candidate);
	return candidate_end(&candidate);
}
