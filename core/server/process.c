#include "server/process.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "config/settings.h"
#include "db/db.h"
#include "extension/generation.h"
#include "extension/timer.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "pipeline/upload.h"
#include "plugin/builder.h"
#include "server/options.h"

enum {
	FLUSH_MS = 2000,
	BACKGROUND_POOL = 4,		/* connections: tasks are few, and nobody waits for them */
	FIBERS_END_MS = 10 * 1000,	/* for `stop` of the plugins, and fibers that are on their way out */
};

/* ---- being told ---- */

static void leave(struct process *process)
{
	if (process->leaving || process->stopped)
		return;
	process->leaving = true;
	pulse_enter(process->duty->pulse, PULSE_DRAINING);
	if (process->fiber)
		fiber_cancel(process->fiber);
	else
		process->drain(process);
}

static void answer(struct process *process, const json_t *question)
{
	const char *what = json_string_value(json_object_get(question, "what"));
	json_t *id = json_object_get(question, "id");
	json_t *said = what && process->reply && !process->stopped ? process->reply(process, what) : NULL;

	if (channel_send(process->channel, CHANNEL_ANSWER,
			json_pack("{s:O, s:o}", "id", id, "answer", said ? said : json_null())) < 0)
		channel_send(process->channel, CHANNEL_ANSWER,
			json_pack("{s:O, s:{s:b, s:s}}", "id", id, "answer", "ok", 0, "message",
				"the answer is too long"));
}

static void on_message(void *arg, enum channel_type type, const json_t *payload)
{
	struct process *process = arg;

	if (type == CHANNEL_DRAIN) {
		if (!process->leaving)
			process->until_ms = json_integer_value(json_object_get(payload, "until"));
		leave(process);
	} else if (type == CHANNEL_ASK) {
		answer(process, payload);
	} else if (!process->stopped) {
		process->message(process, type, payload);
	}
}

static void on_closed(void *arg, const char *reason)
{
	struct process *process = arg;

	log_error("server", "the channel to the supervisor has ended: %s", reason);
	leave(process);
}

static void on_terminate(evutil_socket_t number, short events, void *arg)
{
	leave(arg);
}

static void on_beat(evutil_socket_t fd, short events, void *arg)
{
	struct process *process = arg;

	pulse_beat(process->duty->pulse);
	if (process->beat_hook)
		process->beat_hook(process);
}

/* ---- beginning ---- */

static void add_events(struct process *process)
{
	const struct channel_events events = { on_message, on_closed };
	const struct timeval beat = { 0, PULSE_BEAT_MS * 1000 };
	struct event_base *base = loop_base(process->loop);

	process->channel = channel_new(base, process->duty->channel, &events, process);
	event_assign(&process->beat, base, -1, EV_PERSIST, on_beat, process);
	event_add(&process->beat, &beat);
	evsignal_assign(&process->terminate, base, SIGTERM, on_terminate, process);
	event_add(&process->terminate, NULL);
}

static int build(struct process *process, struct error *error)
{
	const struct duty *duty = process->duty;
	struct db_options options;

	if (options_db(duty->settings, duty->arena, &options, error) < 0)
		return -1;
	/* Building an index takes the time it takes. */
	if (duty->role == CHILD_CANARY)
		options.statement_timeout_ms = -1;
	else if (duty->role == CHILD_BACKGROUND && options.pool_size > BACKGROUND_POOL)
		options.pool_size = BACKGROUND_POOL;
	if (duty->role == CHILD_CANARY)
		uploads_sweep(duty->settings->server.state);
	process->pool = db_pool_new(process->loop, &options);
	process->generation = builder_build(duty->settings, duty->generation, error);
	if (!process->generation)
		return -1;
	process->generation->shared = duty->shared;
	return 0;
}

int process_init(struct process *process, const struct duty *duty, const char *name)
{
	struct loop_options options = options_loop(duty->settings);
	struct error error = ERROR_INIT;

	log_set_process(name);
	log_set_level((enum log_level)duty->settings->server.log_level);
	log_set_format((enum log_format)duty->settings->server.log_format);
	process->duty = duty;
	process->loop = loop_new(&options);
	add_events(process);
	if (build(process, &error) == 0)
		return 0;
	process_refuse(process, &error);
	return -1;
}

/* ---- running ---- */

static int get_ready(struct process *process, struct error *error)
{
	struct pulse *pulse = process->duty->pulse;

	pulse_enter(pulse, PULSE_WAITING);
	if (db_pool_wait(process->pool, error) < 0)
		return -1;
	return process->prepare(process, error);
}

static void prepare(void *arg)
{
	struct process *process = arg;
	struct error error = ERROR_INIT;
	int rc;

	process->fiber = fiber_self();
	rc = get_ready(process, &error);
	process->fiber = NULL;
	if (process->leaving)
		process->drain(process);
	else if (rc < 0)
		process_refuse(process, &error);
	else
		process->prepared(process);
	error_clear(&error);
}

void process_run(struct process *process)
{
	if (!fiber_spawn(process->loop, prepare, process)) {
		struct error error = ERROR_INIT;

		error_set(&error, ERROR_INTERNAL, "no memory for a fiber");
		process_refuse(process, &error);
		return;
	}
	/* It may have come to its end without ever waiting. */
	if (!process->stopped)
		loop_run(process->loop);
}

void process_stop(struct process *process, int status)
{
	process->stopped = true;
	process->status = status;
	loop_stop(process->loop);
}

void process_refuse(struct process *process, struct error *error)
{
	channel_send(process->channel, CHANNEL_REFUSED, json_pack("{s:s}", "message", error_message(error)));
	error_clear(error);
	process_stop(process, 1);
}

/* ---- ending ---- */

static void unpin(void *arg)
{
	struct process *process = arg;

	generation_unpin(process->generation);
	process->generation = NULL;
}

/* `stop` of a plugin may wait, so it has a fiber. */
static void let_go(struct process *process)
{
	uint64_t deadline = clock_monotonic_ms() + FIBERS_END_MS;

	if (process->generation)
		timers_sweep(process->generation, NULL);
	if (process->generation && !fiber_spawn(process->loop, unpin, process))
		unpin(process);
	/* The beat keeps the loop turning while fibers are on their way out. */
	while ((process->generation || loop_fibers(process->loop)) && clock_monotonic_ms() < deadline)
		loop_turn(process->loop, true);
}

int process_end(struct process *process)
{
	channel_flush(process->channel, FLUSH_MS);
	pulse_enter(process->duty->pulse, PULSE_ENDING);
	let_go(process);
	if (loop_fibers(process->loop)) {
		log_warn("server", "%u fibers have not ended in time", loop_fibers(process->loop));
		_Exit(process->status);
	}
	db_pool_free(process->pool);
	channel_free(process->channel);
	event_del(&process->beat);
	event_del(&process->terminate);
	loop_free(process->loop);
	return process->status;
}
