#include "server/candidate.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"
#include "db/db.h"
#include "extension/generation.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "plugin/builder.h"
#include "server/options.h"

enum {
	FLUSH_MS = 2000,
	FIBERS_END_MS = 10 * 1000,	/* for `stop` of the plugins, and fibers that are on their way out */
};

/* ---- being told ---- */

static void leave(struct candidate *candidate)
{
	if (candidate->leaving || candidate->stopped)
		return;
	candidate->leaving = true;
	pulse_enter(candidate->duty->pulse, PULSE_DRAINING);
	if (candidate->fiber)
		fiber_cancel(candidate->fiber);
	else
		candidate->drain(candidate);
}

static void on_message(void *arg, enum channel_type type, const json_t *payload)
{
	struct candidate *candidate = arg;

	if (type == CHANNEL_DRAIN)
		leave(candidate);
	else if (!candidate->stopped)
		candidate->message(candidate, type, payload);
}

static void on_closed(void *arg, const char *reason)
{
	struct candidate *candidate = arg;

	log_error("server", "the channel to the supervisor has ended: %s", reason);
	leave(candidate);
}

static void on_terminate(evutil_socket_t number, short events, void *arg)
{
	leave(arg);
}

static void on_beat(evutil_socket_t fd, short events, void *arg)
{
	struct candidate *candidate = arg;

	pulse_beat(candidate->duty->pulse);
}

/* ---- beginning ---- */

static void add_events(struct candidate *candidate)
{
	const struct channel_events events = { on_message, on_closed };
	const struct timeval beat = { 0, PULSE_BEAT_MS * 1000 };
	struct event_base *base = loop_base(candidate->loop);

	candidate->channel = channel_new(base, candidate->duty->channel, &events, candidate);
	event_assign(&candidate->beat, base, -1, EV_PERSIST, on_beat, candidate);
	event_add(&candidate->beat, &beat);
	evsignal_assign(&candidate->terminate, base, SIGTERM, on_terminate, candidate);
	event_add(&candidate->terminate, NULL);
}

static int build(struct candidate *candidate, struct error *error)
{
	const struct duty *duty = candidate->duty;
	struct db_options options;

	if (options_db(duty->settings, duty->arena, &options, error) < 0)
		return -1;
	/* Building an index takes the time it takes. */
	if (duty->role == CHILD_CANARY)
		options.statement_timeout_ms = -1;
	candidate->pool = db_pool_new(candidate->loop, &options);
	candidate->generation = builder_build(duty->settings, duty->generation, error);
	return candidate->generation ? 0 : -1;
}

int candidate_init(struct candidate *candidate, const struct duty *duty, const char *name)
{
	struct loop_options options = options_loop(duty->settings);
	struct error error = ERROR_INIT;

	log_set_process(name);
	log_set_level((enum log_level)duty->settings->server.log_level);
	log_set_format((enum log_format)duty->settings->server.log_format);
	candidate->duty = duty;
	candidate->loop = loop_new(&options);
	add_events(candidate);
	if (build(candidate, &error) == 0)
		return 0;
	candidate_refuse(candidate, &error);
	return -1;
}

/* ---- running ---- */

static int get_ready(struct candidate *candidate, struct error *error)
{
	struct pulse *pulse = candidate->duty->pulse;

	pulse_enter(pulse, PULSE_WAITING);
	if (db_pool_wait(candidate->pool, error) < 0)
		return -1;
	return candidate->prepare(candidate, error);
}

static void prepare(void *arg)
{
	struct candidate *candidate = arg;
	struct error error = ERROR_INIT;
	int rc;

	candidate->fiber = fiber_self();
	rc = get_ready(candidate, &error);
	candidate->fiber = NULL;
	if (candidate->leaving)
		candidate->drain(candidate);
	else if (rc < 0)
		candidate_refuse(candidate, &error);
	else
		candidate->prepared(candidate);
	error_clear(&error);
}

void candidate_run(struct candidate *candidate)
{
	if (!fiber_spawn(candidate->loop, prepare, candidate)) {
		struct error error = ERROR_INIT;

		error_set(&error, ERROR_INTERNAL, "no memory for a fiber");
		candidate_refuse(candidate, &error);
		return;
	}
	/* It may have come to its end without ever waiting. */
	if (!candidate->stopped)
		loop_run(candidate->loop);
}

void candidate_stop(struct candidate *candidate, int status)
{
	candidate->stopped = true;
	candidate->status = status;
	loop_stop(candidate->loop);
}

void candidate_refuse(struct candidate *candidate, struct error *error)
{
	channel_send(candidate->channel, CHANNEL_REFUSED, json_pack("{s:s}", "message", error_message(error)));
	error_clear(error);
	candidate_stop(candidate, 1);
}

/* ---- ending ---- */

static void unpin(void *arg)
{
	struct candidate *candidate = arg;

	generation_unpin(candidate->generation);
	candidate->generation = NULL;
}

/* `stop` of a plugin may wait, so it has a fiber. */
static void let_go(struct candidate *candidate)
{
	uint64_t deadline = clock_monotonic_ms() + FIBERS_END_MS;

	if (candidate->generation && !fiber_spawn(candidate->loop, unpin, candidate))
		unpin(candidate);
	/* The beat keeps the loop turning while fibers are on their way out. */
	while ((candidate->generation || loop_fibers(candidate->loop)) && clock_monotonic_ms() < deadline)
		loop_turn(candidate->loop, true);
}

int candidate_end(struct candidate *candidate)
{
	channel_flush(candidate->channel, FLUSH_MS);
	pulse_enter(candidate->duty->pulse, PULSE_ENDING);
	let_go(candidate);
	if (loop_fibers(candidate->loop)) {
		log_warn("server", "%u fibers have not ended in time", loop_fibers(candidate->loop));
		_Exit(candidate->status);
	}
	db_pool_free(candidate->pool);
	channel_free(candidate->channel);
	event_del(&candidate->beat);
	event_del(&candidate->terminate);
	loop_free(candidate->loop);
	return candidate->status;
}
