#include "cli/ask.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/project.h"
#include "config/settings.h"
#include "server/control.h"
#include "server/state.h"

enum { PIECE = 16 * 1024 };

/* A host goes on with settings that are broken on disk by now, and must be asked all the same. */
static const char *state_folder(struct arena *arena)
{
	const char *variable = getenv("SOCLE_STATE");
	struct error error = ERROR_INIT;
	const struct settings *settings;

	if (variable && variable[0])
		return variable;
	log_set_level(LOG_ERROR);
	/* Who works on a plugin in its own folder means the host of the project around it. */
	project_go(arena);
	settings = settings_load(arena, NULL, &error);
	error_clear(&error);
	return settings ? arena_strdup(arena, settings->server.state) : ".socle";
}

static int refuse(const char *folder, struct error *error)
{
	switch (errno) {
	case ENOENT:
	case ECONNREFUSED:
		return error_set(error, ERROR_UNAVAILABLE,
			"no host is running with the state folder %s. Start one with `socle start`, or name "
			"its folder with SOCLE_STATE", folder);
	case EACCES:
	case EPERM:
		return error_set(error, ERROR_FORBIDDEN,
			"the host with the state folder %s may be asked only by its own user and by root",
			folder);
	default:
		return error_set(error, ERROR_UNAVAILABLE,
			"the host can't be asked over %s/" CONTROL_FILE ": %s", folder, strerror(errno));
	}
}

static int send_question(int fd, const char *command, const char *what)
{
	json_t *question = json_pack("{s:s, s:s*}", "command", command, "what", what);
	struct buf line = BUF_INIT;
	ssize_t put;

	json_write(&line, question);
	buf_add_char(&line, '\n');
	put = send(fd, line.p, line.n, MSG_NOSIGNAL);
	json_decref(question);
	buf_clear(&line);
	return put < 0 ? -1 : 0;
}

/* Until the host closes. */
static int read_answer(int fd, int timeout_ms, struct buf *answer, struct error *error)
{
	uint64_t deadline = clock_monotonic_ms() + (uint64_t)timeout_ms, now;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got = 1;

	while (got > 0 && answer->n < CONTROL_ANSWER_LIMIT) {
		now = clock_monotonic_ms();
		if (now >= deadline || poll(&wait, 1, (int)(deadline - now)) == 0)
			return error_set(error, ERROR_TIMEOUT, "the host has not answered within %d s",
				timeout_ms / 1000);
		got = recv(fd, buf_reserve(answer, PIECE), PIECE, 0);
		if (got > 0)
			buf_wrote(answer, (size_t)got);
	}
	if (got < 0)
		return error_set(error, ERROR_UNAVAILABLE, "the host's answer broke off: %s",
			strerror(errno));
	if (answer->n == 0)
		return error_set(error, ERROR_UNAVAILABLE,
			"the host closed the connection without an answer: it ends, or "
			"listens only to its own user and to root");
	return 0;
}

static json_t *exchange(int fd, const char *command, const char *what, int timeout_ms, struct error *error)
{
	struct buf line = BUF_INIT;
	json_t *answer = NULL;

	if (send_question(fd, command, what) < 0)
		error_set(error, ERROR_UNAVAILABLE, "the host can't be asked: %s", strerror(errno));
	else if (read_answer(fd, timeout_ms, &line, error) == 0)
		answer = json_parse(str_trim(buf_str(&line)), NULL, error);
	buf_clear(&line);
	return answer;
}

json_t *ask_host(const char *command, const char *what, int timeout_ms, struct error *error)
{
	struct arena *arena = arena_new(16 * 1024);
	const char *folder = state_folder(arena);
	int fd = state_connect(folder, CONTROL_FILE);
	json_t *answer = NULL;

	if (fd < 0) {
		refuse(folder, error);
	} else {
		answer = exchange(fd, command, what, timeout_ms, error);
		close(fd);
	}
	arena_free(arena);
	return answer;
}

int ask_judge(const json_t *answer, struct error *error)
{
	const char *message = json_string_value(json_object_get(answer, "message"));

	if (json_is_true(json_object_get(answer, "ok")))
		return 0;
	return error_set(error, ERROR_APPLICATION, "%s",
		message ? message : "the host has refused, without a reason");
}
