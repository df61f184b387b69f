#include "server/survey.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/supervisor.h"

struct survey {
	LIST_ENTRY(survey) entry;
	struct supervisor *supervisor;
	unsigned id;
	uint64_t until_ms;
	survey_fn *done;
	void *arg;
	json_t *answers;		/* an object: process id -> answer, null while it is awaited */
	unsigned awaited;
};

static void put_key(const struct child *child, char key[16])
{
	snprintf(key, 16, "%d", (int)child->pid);
}

static bool can_answer(const struct child *child)
{
	return child->role != CHILD_CANARY &&
		(child->state == CHILD_SERVING || child->state == CHILD_RETIRING);
}

static void ask(struct survey *survey, struct child *child, const char *what)
{
	json_t *question = json_pack("{s:i, s:s}", "id", (int)survey->id, "what", what);
	char key[16];

	if (channel_send(child->channel, CHANNEL_ASK, question) < 0)
		return;
	put_key(child, key);
	json_object_set_new(survey->answers, key, json_null());
	survey->awaited++;
}

struct survey *survey_ask(struct supervisor *supervisor, const char *what, enum survey_whom whom,
	survey_fn *done, void *arg)
{
	struct survey *survey = calloc(1, sizeof(*survey));
	struct child *child;

	if (!survey)
		abort();
	*survey = (struct survey){
		.supervisor = supervisor,
		.id = ++supervisor->next_survey & 0x7fffffff,
		.until_ms = clock_monotonic_ms() + SURVEY_LIMIT_MS,
		.done = done,
		.arg = arg,
		.answers = json_object(),
	};
	LIST_INSERT_HEAD(&supervisor->surveys, survey, entry);
	TAILQ_FOREACH(child, &supervisor->children, entry) {
		if (!can_answer(child) ||
			(whom == SURVEY_ONE && (survey->awaited || child->state != CHILD_SERVING ||
				child->role != CHILD_WORKER)))
			continue;
		ask(survey, child, what);
	}
	/* With nobody to ask it ends in the next tick, after the caller has noted what it is waiting for. */
	if (!survey->awaited)
		survey->until_ms = 0;
	return survey;
}

void survey_cancel(struct survey *survey)
{
	LIST_REMOVE(survey, entry);
	json_decref(survey->answers);
	free(survey);
}

static void finish(struct survey *survey)
{
	const char *key;
	json_t *answer;
	void *next;

	json_object_foreach_safe(survey->answers, next, key, answer) {
		if (json_is_null(answer))
			json_object_del(survey->answers, key);
	}
	survey->done(survey->arg, survey->answers);
	survey_cancel(survey);
}

/* The answer (NULL: none will come) of a worker that may have been asked. */
static void settle(struct survey *survey, const struct child *child, json_t *answer)
{
	char key[16];

	put_key(child, key);
	if (!json_is_null(json_object_get(survey->answers, key)))
		return;
	if (answer)
		json_object_set(survey->answers, key, answer);
	else
		json_object_del(survey->answers, key);
	if (--survey->awaited == 0)
		finish(survey);
}

void survey_answered(struct supervisor *supervisor, const struct child *child, const json_t *payload)
{
	json_int_t id = json_integer_value(json_object_get(payload, "id"));
	json_t *answer = json_object_get(payload, "answer");
	struct survey *survey;

	LIST_FOREACH(survey, &supervisor->surveys, entry) {
		if (survey->id == id) {
			settle(survey, child, json_is_null(answer) ? NULL : answer);
			return;
		}
	}
}

void survey_lost(struct supervisor *supervisor, const struct child *child)
{
	struct survey *survey, *next;

	for (survey = LIST_FIRST(&supervisor->surveys); survey; survey = next) {
		next = LIST_NEXT(survey, entry);
		settle(survey, child, NULL);
	}
}

void survey_tick(struct supervisor *supervisor, uint64_t now_ms)
{
	struct survey *survey, *next;

	for (survey = LIST_FIRST(&supervisor->surveys); survey; survey = next) {
		next = LIST_NEXT(survey, entry);
		if (now_ms >= survey->until_ms)
			finish(survey);
	}
}
