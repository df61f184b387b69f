#include "server/worker.h"

#include <stdio.h>

#include "base/log.h"
#include "db/db.h"
#include "extension/generation.h"
#include "http/server.h"
#include "pipeline/request.h"
#include "plugin/builder.h"
#include "server/process.h"
#include "server/options.h"
#include "server/report.h"
#include "server/schema.h"

struct worker {
	struct process process;		/* first: the callbacks find the worker by it */
	struct pipeline pipeline;
	struct http_options options;
	struct http_server *server;	/* NULL before CHANNEL_SERVE */
	struct listeners *listeners;	/* the duty's; none once it drains */
};

static struct worker *worker_of(struct process *process)
{
	return (struct worker *)process;
}

/* ---- getting ready ---- */

static int prepare(struct process *process, struct error *error)
{
	struct worker *worker = worker_of(process);
	const struct duty *duty = process->duty;

	/* All that can fail does so here, where it is no more than a refusal. */
	if (options_http(duty->settings, duty->arena, &worker->options, error) < 0)
		return -1;
	/* The canary has said in the log what it found. */
	if (schema_judge(process->generation, process->pool, &process->generation->unserved, error) < 0)
		return -1;
	pulse_enter(duty->pulse, PULSE_STARTING);
	return builder_start(process->generation, process->pool, error);
}

static void prepared(struct process *process)
{
	struct worker *worker = worker_of(process);

	worker->pipeline = (struct pipeline){ .generation = process->generation, .pool = process->pool };
	pulse_enter(process->duty->pulse, PULSE_READY);
	channel_send(process->channel, CHANNEL_READY, NULL);
}

/* ---- serving ---- */

static int listen_all(struct worker *worker, struct error *error)
{
	const struct duty *duty = worker->process.duty;

	worker->server = http_server_new(worker->process.loop, &worker->options, pipeline_serve,
		&worker->pipeline);
	for (unsigned i = 0; i < duty->listeners.count; i++) {
		if (http_server_listen(worker->server, duty->listeners.items[i].fd, error) < 0)
			return -1;
	}
	return 0;
}

static void serve(struct worker *worker)
{
	struct process *process = &worker->process;
	struct error error = ERROR_INIT;

	if (worker->server || process->leaving || process->fiber)
		return;
	if (listen_all(worker, &error) < 0) {
		log_error("server", "%s", error_message(&error));
		process_refuse(process, &error);
		return;
	}
	pulse_enter(process->duty->pulse, PULSE_SERVING);
	log_debug("server", "serving generation %u", process->duty->generation);
}

static json_t *reply(struct process *process, const char *what)
{
	const struct worker *worker = worker_of(process);
	struct report report = { .generation = process->generation, .unserved = process->generation->unserved };

	if (strcmp(what, "status") != 0)
		return report_list(process->generation, what);
	if (worker->server)
		report.http = http_server_stats(worker->server);
	report.database = db_pool_stats(process->pool);
	return report_status(&report);
}

static void message(struct process *process, enum channel_type type, const json_t *payload)
{
	if (type == CHANNEL_SERVE)
		serve(worker_of(process));
}

/* The supervisor has no other way to know why a drain takes its time. */
static void tell_long_answers(struct process *process)
{
	struct worker *worker = worker_of(process);

	atomic_store_explicit(&process->duty->pulse->long_answers,
		worker->server && http_server_stats(worker->server).long_answers, memory_order_relaxed);
}

/* ---- leaving ---- */

static void drained(void *arg)
{
	process_stop(arg, 0);
}

static void drain(struct process *process)
{
	struct worker *worker = worker_of(process);

	if (worker->server)
		http_server_drain(worker->server, drained, process);
	else
		drained(process);
	/* When all have let go of it, whoever connects is refused; while one has it, it is that one's. */
	listeners_close(worker->listeners, NULL, false);
}

int worker_run(struct duty *duty)
{
	struct worker worker = { .listeners = &duty->listeners, .process = { .prepare = prepare, .prepared = prepared, .message = message,
		.reply = reply, .drain = drain, .beat_hook = tell_long_answers } };
	char name[32];

	snprintf(name, sizeof(name), "worker %u", duty->number);
	if (process_init(&worker.process, duty, name) == 0)
		process_run(&worker.process);
	http_server_free(worker.server);
	return process_end(&worker.process);
}
