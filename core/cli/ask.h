/* Asking the running host over its control socket. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include <jansson.h>

#include "base/error.h"

/* Sends {"command", "what"} (`what` may be NULL) and waits for the answer, which is the caller's. NULL, with
 * the error set, when there is no host, or none that answers. */
json_t *ask_host(const char *command, const char *what, int timeout_ms, struct error *error)
	__attribute__((warn_unused_result));

/* Whether the answer is a good one; otherwise the error says what the host said. */
int ask_judge(const json_t *answer, struct error *error) __attribute__((warn_unused_result));

#endif
