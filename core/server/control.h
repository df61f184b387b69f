/* The control socket: how `socle status` and the like talk to a running host.
 *
 * One line of JSON comes in, {"command": "status"}, one goes out, and the connection
 * is closed. An answer has "ok"; without it, "message" says why. Only the host's own user
 * and root are listened to.
 */
#ifndef SERVER_CONTROL_H
#define SERVER_CONTROL_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

struct control;
struct supervisor;

#define CONTROL_FILE "control.sock"

enum { CONTROL_LINE_LIMIT = 4096, CONTROL_ANSWER_LIMIT = 8 << 20 };

enum control_command { CONTROL_STATUS, CONTROL_RELOAD, CONTROL_STOP, CONTROL_LIST, CONTROL_COMMANDS };

struct control_request {
	enum control_command command;
	char what[32];			/* of list: "routes" */
};

/* Reads one line, without its end. */
int control_parse(struct str line, struct control_request *request_r, struct error *error)
	__attribute__((warn_unused_result));

struct control *control_new(struct supervisor *supervisor, struct error *error);
/* `remove`: the socket's file, too. NULL is allowed. */
void control_free(struct control *control, bool remove);

/* Answers those who wait for this run, and those before it. */
void control_reload_ended(struct control *control, unsigned run);

#endif
