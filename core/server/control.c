#include "server/control.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "server/report.h"
#include "server/status.h"
#include "server/supervisor.h"

enum { CLIENTS_MAX = 32, BACKLOG = 16 };

static const struct timeval silence = { 10, 0 };

struct client {
	LIST_ENTRY(client) entry;
	struct control *control;
	struct event readable, writable;
	int fd;
	struct buf in, out;
	bool asked, answered;
	unsigned reload_run;		/* whose outcome it waits for; 0: none */
	struct survey *survey;		/* whose answers it waits for */
};

struct control {
	struct supervisor *supervisor;
	struct event acceptable;
	int fd;
	LIST_HEAD(, client) clients;
	unsigned client_count;
};

/* ---- requests ---- */

static const char *const commands[CONTROL_COMMANDS] = {
	[CONTROL_STATUS] = "status",
	[CONTROL_RELOAD] = "reload",
	[CONTROL_STOP] = "stop",
	[CONTROL_LIST] = "list",
};

static int read_command(const json_t *tree, struct control_request *request, struct error *error)
{
	const char *command = json_string_value(json_object_get(tree, "command"));
	const char *what = json_string_value(json_object_get(tree, "what"));

	if (!command)
		return error_set(error, ERROR_BAD_REQUEST, "expected an object with a \"command\"");
	snprintf(request->what, sizeof(request->what), "%s", what ? what : "");
	for (int i = 0; i < CONTROL_COMMANDS; i++) {
		if (strcmp(command, commands[i]) == 0) {
			request->command = (enum control_command)i;
			return 0;
		}
	}
	return error_set(error, ERROR_BAD_REQUEST, "the host knows no command \"%.40s\"", command);
}

int control_parse(struct str line, struct control_request *request_r, struct error *error)
{
	static const struct json_limits limits = { .depth = 4 };
	json_t *tree = json_parse(line, &limits, error);
	int rc;

	*request_r = (struct control_request){ 0 };
	if (!tree)
		return -1;
	rc = read_command(tree, request_r, error);
	json_decref(tree);
	return rc;
}

/* ---- clients ---- */

static void client_free(struct client *client)
{
	LIST_REMOVE(client, entry);
	client->control->client_count--;
	if (client->survey)
		survey_cancel(client->survey);
	event_del(&client->readable);
	event_del(&client->writable);
	close(client->fd);
	buf_clear(&client->in);
	buf_clear(&client->out);
	free(client);
}

/* True while there is more to write. */
static bool write_some(struct client *client)
{
	while (client->out.n) {
		ssize_t put = send(client->fd, client->out.p, client->out.n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno == EAGAIN;
		memmove(client->out.p, client->out.p + put, client->out.n - (size_t)put);
		client->out.n -= (size_t)put;
	}
	return false;
}

/* Closing with unread bytes would take the answer away from the peer: it closes first, or its time is up. */
static void linger(struct client *client)
{
	event_del(&client->writable);
	shutdown(client->fd, SHUT_WR);
	event_add(&client->readable, &silence);
}

static void on_writable(evutil_socket_t fd, short events, void *arg)
{
	struct client *client = arg;

	if (events & EV_TIMEOUT)
		client_free(client);
	else if (!write_some(client))
		linger(client);
}

/* Steals the answer. */
static void answer(struct client *client, json_t *answer)
{
	client->asked = client->answered = true;
	client->reload_run = 0;
	event_del(&client->readable);
	json_write(&client->out, answer);
	buf_add_char(&client->out, '\n');
	json_decref(answer);
	if (write_some(client))
		event_add(&client->writable, &silence);
	else
		linger(client);
}

static void answer_error(struct client *client, const char *message)
{
	answer(client, json_pack("{s:b, s:s}", "ok", 0, "message", message));
}

static void on_status(void *arg, const json_t *answers)
{
	struct client *client = arg;

	client->survey = NULL;
	answer(client, status_json(client->control->supervisor, answers));
}

static void on_list(void *arg, const json_t *answers)
{
	struct client *client = arg;
	const json_t *list = json_object_iter_value(json_object_iter((json_t *)answers));

	client->survey = NULL;
	if (json_is_object(list))
		answer(client, json_deep_copy(list));
	else
		answer_error(client, "no worker has answered; try again, or ask `socle status` what they do");
}

/* ---- commands ---- */

typedef void command_fn(struct client *client, const struct control_request *request);

static void run_status(struct client *client, const struct control_request *request)
{
	client->survey = survey_ask(client->control->supervisor, "status", SURVEY_ALL, on_status, client);
}

static void run_list(struct client *client, const struct control_request *request)
{
	if (!report_knows(request->what)) {
		answer_error(client, "the host keeps no such list");
		return;
	}
	client->survey = survey_ask(client->control->supervisor, request->what, SURVEY_ONE, on_list, client);
}

static void answer_outcome(struct client *client)
{
	const struct reload *reload = &client->control->supervisor->reload;

	answer(client, json_pack("{s:b, s:s}", "ok", reload->ok, "message", reload->message));
}

static void run_reload(struct client *client, const struct control_request *request)
{
	struct supervisor *supervisor = client->control->supervisor;
	unsigned run;

	if (supervisor->stopping) {
		answer_error(client, "the host is stopping");
		return;
	}
	/* Settings that can't be read end the run at once: then its outcome is here already. */
	run = reload_ask(supervisor);
	if (supervisor->reload.stage == RELOAD_IDLE && run == supervisor->reload.run)
		answer_outcome(client);
	else
		client->reload_run = run;
}

static void run_stop(struct client *client, const struct control_request *request)
{
	supervisor_stop(client->control->supervisor);
	answer(client, json_pack("{s:b, s:s}", "ok", 1, "message", "the host is draining, and ends then"));
}

static command_fn *const runners[CONTROL_COMMANDS] = {
	[CONTROL_STATUS] = run_status,
	[CONTROL_RELOAD] = run_reload,
	[CONTROL_STOP] = run_stop,
	[CONTROL_LIST] = run_list,
};

void control_reload_ended(struct control *control, unsigned run)
{
	struct client *client, *next;

	for (client = LIST_FIRST(&control->clients); client; client = next) {
		next = LIST_NEXT(client, entry);
		if (client->reload_run && client->reload_run <= run)
			answer_outcome(client);
	}
}

/* ---- connections ---- */

static void handle_line(struct client *client, struct str line)
{
	struct control_request request;
	struct error error = ERROR_INIT;

	client->asked = true;
	event_remove_timer(&client->readable);
	if (control_parse(line, &request, &error) < 0) {
		answer_error(client, error_message(&error));
		error_clear(&error);
		return;
	}
	runners[request.command](client, &request);
}

static void look_for_line(struct client *client)
{
	size_t end = str_find(buf_str(&client->in), '\n');

	if (end < client->in.n)
		handle_line(client, str_take(buf_str(&client->in), end));
	else if (client->in.n > CONTROL_LINE_LIMIT)
		answer_error(client, "the line is too long");
}

static void on_readable(evutil_socket_t fd, short events, void *arg)
{
	struct client *client = arg;
	ssize_t got = events & EV_TIMEOUT ? 0
		: recv(client->fd, buf_reserve(&client->in, CONTROL_LINE_LIMIT), CONTROL_LINE_LIMIT, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0 && client->asked && !client->answered) {
		/* It may have closed only its own direction; if it is gone, the answer finds that out. */
		event_del(&client->readable);
	} else if (got <= 0) {
		client_free(client);
	} else if (!client->asked) {
		buf_wrote(&client->in, (size_t)got);
		look_for_line(client);
	}
}

static bool may_ask(int fd)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
		(peer.uid == 0 || peer.uid == geteuid());
}

static void on_acceptable(evutil_socket_t at, short events, void *arg)
{
	struct control *control = arg;
	struct event_base *base = control->supervisor->base;
	struct client *client;
	int fd = accept4(control->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (!may_ask(fd) || control->client_count == CLIENTS_MAX) {
		close(fd);
		return;
	}
	client = calloc(1, sizeof(*client));
	if (!client)
		abort();
	client->control = control;
	client->fd = fd;
	event_assign(&client->readable, base, fd, EV_READ | EV_PERSIST, on_readable, client);
	event_assign(&client->writable, base, fd, EV_WRITE | EV_PERSIST, on_writable, client);
	event_add(&client->readable, &silence);
	LIST_INSERT_HEAD(&control->clients, client, entry);
	control->client_count++;
}

static void remove_file(const struct supervisor *supervisor)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" CONTROL_FILE, supervisor->state.folder);
	unlink(path);
}

struct control *control_new(struct supervisor *supervisor, struct error *error)
{
	struct control *control;
	int fd;

	/* The state folder is ours by its lock: a file that is there is left over. */
	remove_file(supervisor);
	fd = state_bind(supervisor->state.folder, CONTROL_FILE);
	if (fd < 0 || listen(fd, BACKLOG) < 0) {
		error_set(error, ERROR_CONFIG, "no control socket in %s: %s", supervisor->state.folder,
			strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	evutil_make_socket_nonblocking(fd);
	control = calloc(1, sizeof(*control));
	if (!control)
		abort();
	control->supervisor = supervisor;
	control->fd = fd;
	LIST_INIT(&control->clients);
	event_assign(&control->acceptable, supervisor->base, fd, EV_READ | EV_PERSIST, on_acceptable,
		control);
	event_add(&control->acceptable, NULL);
	return control;
}

void control_free(struct control *control, bool remove)
{
	if (!control)
		return;
	while (!LIST_EMPTY(&control->clients))
		client_free(LIST_FIRST(&control->clients));
	event_del(&control->acceptable);
	close(control->fd);
	if (remove)
		remove_file(control->supervisor);
	free(control);
}
