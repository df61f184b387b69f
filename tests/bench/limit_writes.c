/* The ceiling for writes: runs the statements of a request as Socle runs them, and nothing else. No routing, no parsing of
 * bodies, no judging, no plugins: what a write must cost at least, on the same parts (fibers, the client library's non-blocking
 * calls, prepared statements).
 *
 *	limit_writes PORT SOCKET DATABASE PLAN
 *
 * PLAN has a part per method and path prefix, as tools/lib/writebench.py captures it:
 *
 *	route POST /api/tags
 *	START TRANSACTION
 *	INSERT INTO `tags` (`document_id`, `name`) VALUES (?, ?)<TAB>$doc<TAB>$name
 *	UPDATE `tags` SET `color` = ? WHERE `id` = ?<TAB>tred<TAB>$2
 *
 * A parameter is t and a text, i and an integer, d and a double, n (NULL), $doc (a new documentId, or the path's last part),
 * $name (a new text), or $ and the number of an earlier statement: its first row's first column, or its insert id. Statements
 * without parameters go over the text protocol. Each connection has a database connection of its own.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <mysql.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loop/fiber.h"
#include "loop/loop.h"

enum { ROUTES = 8, STATEMENTS = 64, PARAMETERS = 64, COLUMNS = 96, REQUEST = 16384, TEXT = 65536 };

struct statement {
	char *sql;
	char *parameters[PARAMETERS];
	unsigned count;
};

struct route {
	char method[8], path[64];
	struct statement statements[STATEMENTS];
	unsigned count;
};

static struct route routes[ROUTES];
static unsigned route_count;
static const char **arguments;
static unsigned long long written;

struct client {
	int fd;
	MYSQL *mysql;
	MYSQL_STMT *prepared[ROUTES][STATEMENTS];
	char request[REQUEST];
	size_t length;
	char document[64], name[64];
	long long results[STATEMENTS];
};

static _Noreturn void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

/* ---- the plan ---- */

static void read_plan(const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL, *part;
	size_t room = 0;
	ssize_t length;

	if (!file)
		fail(path, strerror(errno));
	while ((length = getline(&line, &room, file)) > 0) {
		struct route *route = &routes[route_count ? route_count - 1 : 0];
		struct statement *statement;

		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "route ", 6) == 0) {
			if (route_count == ROUTES ||
				sscanf(line, "route %7s %63s", routes[route_count].method, routes[route_count].path) != 2)
				fail(path, "not a plan");
			route_count++;
			continue;
		}
		if (!route_count || route->count == STATEMENTS)
			fail(path, "not a plan");
		statement = &route->statements[route->count++];
		part = strdup(line);
		statement->sql = strsep(&part, "\t");
		while (part && statement->count < PARAMETERS)
			statement->parameters[statement->count++] = strsep(&part, "\t");
	}
	free(line);
	fclose(file);
}

/* ---- the database ---- */

static int wait_for(struct client *client, int events)
{
	int rc = fiber_wait_fd(mysql_get_socket(client->mysql), events & MYSQL_WAIT_WRITE ? EV_WRITE : EV_READ, FIBER_FOREVER);

	return rc & EV_WRITE ? MYSQL_WAIT_WRITE : MYSQL_WAIT_READ;
}

static void command(struct client *client, const char *sql)
{
	int rc, events;

	for (events = mysql_real_query_start(&rc, client->mysql, sql, strlen(sql)); events;)
		events = mysql_real_query_cont(&rc, client->mysql, wait_for(client, events));
	if (rc)
		fail(sql, mysql_error(client->mysql));
}

static MYSQL_STMT *prepare(struct client *client, const struct route *route, unsigned i)
{
	MYSQL_STMT **slot = &client->prepared[route - routes][i];
	const char *sql = route->statements[i].sql;
	int rc, events;

	if (*slot)
		return *slot;
	*slot = mysql_stmt_init(client->mysql);
	for (events = mysql_stmt_prepare_start(&rc, *slot, sql, strlen(sql)); events;)
		events = mysql_stmt_prepare_cont(&rc, *slot, wait_for(client, events));
	if (rc)
		fail(sql, mysql_stmt_error(*slot));
	return *slot;
}

union value {
	long long integer;
	double real;
};

static void bind_text(MYSQL_BIND *bind, char *text)
{
	bind->buffer_type = MYSQL_TYPE_STRING;
	bind->buffer = text;
	bind->buffer_length = strlen(text);
}

static void bind_parameter(struct client *client, MYSQL_BIND *bind, union value *value, char *parameter)
{
	bind->buffer = value;
	switch (*parameter) {
	case 't':
		bind_text(bind, parameter + 1);
		return;
	case 'n':
		bind->buffer_type = MYSQL_TYPE_NULL;
		return;
	case 'd':
		bind->buffer_type = MYSQL_TYPE_DOUBLE;
		value->real = strtod(parameter + 1, NULL);
		return;
	case '$':
		if (strcmp(parameter, "$doc") == 0 || strcmp(parameter, "$name") == 0) {
			bind_text(bind, parameter[1] == 'd' ? client->document : client->name);
			return;
		}
		value->integer = client->results[atoi(parameter + 1)];
		break;
	default:
		value->integer = atoll(parameter + 1);
	}
	bind->buffer_type = MYSQL_TYPE_LONGLONG;
}

/* The first row's first column. All columns of all rows are read, as who needs them would. */
static long long read_rows(MYSQL_STMT *stmt)
{
	static char text[TEXT];
	MYSQL_BIND binds[COLUMNS] = { 0 };
	unsigned count = mysql_stmt_field_count(stmt);
	long long number = 0, first = 0;
	my_bool null;

	binds[0] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &number, .is_null = &null };
	for (unsigned i = 1; i < count && i < COLUMNS; i++)
		binds[i] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING, .buffer = text, .buffer_length = TEXT };
	mysql_stmt_bind_result(stmt, binds);
	for (unsigned row = 0; mysql_stmt_fetch(stmt) == 0; row++) {
		if (row == 0)
			first = number;
	}
	mysql_stmt_free_result(stmt);
	return first;
}

static void execute(struct client *client, const struct route *route, unsigned i)
{
	const struct statement *statement = &route->statements[i];
	MYSQL_BIND binds[PARAMETERS] = { 0 };
	union value values[PARAMETERS];
	MYSQL_STMT *stmt;
	int rc, events;

	if (!statement->count) {
		command(client, statement->sql);
		return;
	}
	stmt = prepare(client, route, i);
	for (unsigned p = 0; p < statement->count; p++)
		bind_parameter(client, &binds[p], &values[p], statement->parameters[p]);
	mysql_stmt_bind_param(stmt, binds);
	for (events = mysql_stmt_execute_start(&rc, stmt); events;)
		events = mysql_stmt_execute_cont(&rc, stmt, wait_for(client, events));
	if (rc)
		fail(statement->sql, mysql_stmt_error(stmt));
	if (mysql_stmt_field_count(stmt) == 0) {
		client->results[i] = (long long)mysql_stmt_insert_id(stmt);
		return;
	}
	for (events = mysql_stmt_store_result_start(&rc, stmt); events;)
		events = mysql_stmt_store_result_cont(&rc, stmt, wait_for(client, events));
	client->results[i] = read_rows(stmt);
}

/* ---- requests ---- */

static void send_all(struct client *client, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(client->fd, text, length);

		if (n < 0 && (errno != EAGAIN || fiber_wait_fd(client->fd, EV_WRITE, FIBER_FOREVER) < 0))
			return;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
}

static void answer(struct client *client)
{
	static const char created[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 214\r\n\r\n"
		"{\"data\":{\"id\":1234,\"documentId\":\"abcdefghijklmnopqrstuvwx\",\"name\":\"bench 1764346423 1 12345\",\"color\":\"red\","
		"\"createdAt\":\"2026-11-28T16:00:00.000Z\",\"updatedAt\":\"2026-11-28T16:00:00.000Z\",\"published\":true},\"meta\":{}}\n";
	const char *path = strchr(client->request, ' ');

	for (unsigned r = 0; path && r < route_count; r++) {
		const struct route *route = &routes[r];
		size_t method = strlen(route->method), prefix = strlen(route->path);
		const char *end, *last;

		if (strncmp(client->request, route->method, method) != 0 || strncmp(path + 1, route->path, prefix) != 0)
			continue;
		end = path + 1 + strcspn(path + 1, " ?");
		for (last = end; last[-1] != '/'; last--)
			;
		snprintf(client->document, sizeof(client->document), "limit%019llu", ++written);
		if (end > path + 1 + prefix)
			snprintf(client->document, sizeof(client->document), "%.*s", (int)(end - last), last);
		snprintf(client->name, sizeof(client->name), "limit %d %llu", (int)getpid(), written);
		for (unsigned i = 0; i < route->count; i++)
			execute(client, route, i);
		send_all(client, created, sizeof(created) - 1);
		return;
	}
	fail("a request that is not in the plan", client->request);
}

/* The length of the request in the buffer; 0: it isn't whole. */
static size_t whole_request(const struct client *client)
{
	const char *end = strstr(client->request, "\r\n\r\n"), *length = strcasestr(client->request, "content-length:");
	size_t total;

	if (!end)
		return 0;
	total = (size_t)(end + 4 - client->request) + (length && length < end ? strtoul(length + 15, NULL, 10) : 0);
	return total <= client->length ? total : 0;
}

static void serve(void *arg)
{
	struct client *client = arg;
	ssize_t n;
	size_t used;

	client->mysql = mysql_init(NULL);
	mysql_options(client->mysql, MYSQL_OPT_NONBLOCK, NULL);
	mysql_options(client->mysql, MYSQL_INIT_COMMAND, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
	mysql_options(client->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (!mysql_real_connect(client->mysql, NULL, "root", NULL, arguments[3], 0, arguments[2], CLIENT_FOUND_ROWS))
		fail("connecting", mysql_error(client->mysql));
	while (fiber_wait_fd(client->fd, EV_READ, FIBER_FOREVER) > 0) {
		n = read(client->fd, client->request + client->length, REQUEST - 1 - client->length);
		if (n <= 0)
			break;
		client->length += (size_t)n;
		client->request[client->length] = '\0';
		while ((used = whole_request(client))) {
			answer(client);
			client->length -= used;
			memmove(client->request, client->request + used, client->length + 1);
		}
	}
	close(client->fd);
	mysql_close(client->mysql);
	free(client);
}

static void accept_all(void *arg)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 128) < 0)
		fail("listening", strerror(errno));
	printf("ready\n");
	fflush(stdout);
	while (fiber_wait_fd(fd, EV_READ, FIBER_FOREVER) > 0) {
		struct client *client = calloc(1, sizeof(*client));

		if (!client)
			fail("a client", "no memory");
		client->fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
		setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (client->fd < 0 || !fiber_spawn(arg, serve, client))
			free(client);
	}
}

int main(int argc, char **argv)
{
	struct loop *loop;

	if (argc != 5) {
		fprintf(stderr, "usage: limit_writes PORT SOCKET DATABASE PLAN\n");
		return 2;
	}
	arguments = (const char **)argv;
	read_plan(argv[4]);
	loop = loop_new(NULL);
	fiber_spawn(loop, accept_all, loop);
	loop_run(loop);
	loop_free(loop);
	return 0;
}
