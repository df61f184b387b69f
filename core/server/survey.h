/* Asking workers: a question goes out over their channels, the answers come back one by one.
 *
 *	survey_ask(supervisor, "status", SURVEY_ALL, on_answers, client);
 *
 * A worker that doesn't answer in time is left out; the supervisor itself never waits.
 */
#ifndef SERVER_SURVEY_H
#define SERVER_SURVEY_H

#include <jansson.h>
#include <stdint.h>
#include <sys/queue.h>

struct child;
struct supervisor;
struct survey;

LIST_HEAD(surveys, survey);

enum { SURVEY_LIMIT_MS = 1500 };
enum survey_whom { SURVEY_ALL, SURVEY_ONE };

/* `answers` is an object: process id -> what that worker said; borrowed. The survey is gone afterwards. */
typedef void survey_fn(void *arg, const json_t *answers);

/* Calls done() later, also when there is nobody to ask. */
struct survey *survey_ask(struct supervisor *supervisor, const char *what, enum survey_whom whom,
	survey_fn *done, void *arg);
/* done() will not be called. */
void survey_cancel(struct survey *survey);

void survey_answered(struct supervisor *supervisor, const struct child *child, const json_t *payload);
/* It won't answer any more. */
void survey_lost(struct supervisor *supervisor, const struct child *child);
void survey_tick(struct supervisor *supervisor, uint64_t now_ms);

#endif
