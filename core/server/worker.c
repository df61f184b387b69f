#include "server/worker.h"

#include <stdio.h>

#include "base/log.h"
#include "db/db.h"
#include "extension/generation.h"
#include "http/server.h"
#include "pipeline/request.h"
#include "plugin/builder.h"
#include "server/candidate.h"
#include "server/options.h"
#include "server/report.h"

struct worker {
	struct candidate candidate;	/* first: the callbacks find the worker by it */
	struct pipeline pipeline;
	struct http_server *server;	/* NULL before CHANNEL_SERVE */
};

static struct worker *worker_of(struct candidate *candidate)
{
	return (struct worker *)candidate;
}

/* ---- getting ready ---- */

static int prepare(struct candidate *candidate, struct error *error)
{
	pulse_enter(candidate->duty->pulse, PULSE_STARTING);
	return builder_start(candidate->generation, candidate->pool, error);
}

static void prepared(struct candidate *candidate)
{
	struct worker *worker = worker_of(candidate);

	worker->pipeline = (struct pipeline){ .generation = candidate->generation, .pool = candidate->pool };
	pulse_enter(candidate->duty->pulse, PULSE_READY);
	channel_send(candidate->channel, CHANNEL_READY, NULL);
}

/* ---- serving ---- */

static int listen_all(struct worker *worker, struct error *error)
{
	const struct duty *duty = worker->candidate.duty;
	struct http_options options;

	if (options_http(duty->settings, duty->arena, &options, error) < 0)
		return -1;
	worker->server = http_server_new(worker->candidate.loop, &options, pipeline_serve, &worker->pipeline);
	for (unsigned i = 0; i < duty->listeners.count; i++) {
		if (http_server_listen(worker->server, duty->listeners.items[i].fd, error) < 0)
			return -1;
	}
	return 0;
}

static void serve(struct worker *worker)
{
	struct candidate *candidate = &worker->candidate;
	struct error error = ERROR_INIT;

	if (worker->server || candidate->leaving || candidate->fiber)
		return;
	if (listen_all(worker, &error) < 0) {
		log_error("server", "%s", error_message(&error));
		candidate_refuse(candidate, &error);
		return;
	}
	pulse_enter(candidate->duty->pulse, PULSE_SERVING);
	log_debug("server", "serving generation %u", candidate->duty->generation);
}

static json_t *report(struct worker *worker, const char *what)
{
	struct candidate *candidate = &worker->candidate;
	struct db_pool_stats database;
	struct http_stats http = { 0 };

	if (strcmp(what, "status") != 0)
		return report_list(candidate->generation, what);
	if (worker->server)
		http = http_server_stats(worker->server);
	database = db_pool_stats(candidate->pool);
	return report_status(candidate->generation, &http, &database);
}

static void answer(struct worker *worker, const json_t *question)
{
	const char *what = json_string_value(json_object_get(question, "what"));
	json_t *id = json_object_get(question, "id"), *said = what ? report(worker, what) : NULL;

	if (channel_send(worker->candidate.channel, CHANNEL_ANSWER,
			json_pack("{s:O, s:o}", "id", id, "answer", said ? said : json_null())) < 0)
		channel_send(worker->candidate.channel, CHANNEL_ANSWER, json_pack("{s:O, s:{s:b, s:s}}", "id", id, "answer",
			"ok", 0, "message", "the answer is too long"));
}

static void message(struct candidate *candidate, enum channel_type type, const json_t *payload)
{
	if (type == CHANNEL_SERVE)
		serve(worker_of(candidate));
	else if (type == CHANNEL_ASK)
		answer(worker_of(candidate), payload);
}

/* ---- leaving ---- */

static void drained(void *arg)
{
	candidate_stop(arg, 0);
}

static void drain(struct candidate *candidate)
{
	struct worker *worker = worker_of(candidate);

	if (worker->server)
		http_server_drain(worker->server, drained, candidate);
	else
		drained(candidate);
}

int worker_run(const struct duty *duty)
{
	struct worker worker = { .candidate = { .prepare = prepare, .prepared = prepared, .message = message,
		.drain = drain } };
	char name[32];

	snprintf(name, sizeof(name), "worker %u", duty->number);
	if (candidate_init(&worker.candidate, duty, name) == 0)
		candidate_run(&worker.candidate);
	http_server_free(worker.server);
	return candidate_end(&worker.candidate);
}
