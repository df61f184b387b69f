#include "http/fetch.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/clock.h"
#include "http/octets.h"
#include "loop/fiber.h"
#include "loop/loop.h"

enum { IDLE_CONNECTIONS = 16, CONNECT_MS = 10 * 1000 };

/* ---- libcurl, loaded when it is first needed ---- */

#define FUNCTIONS(X)                                                                                          \
	X(global_init) X(easy_init) X(easy_setopt) X(easy_cleanup) X(easy_getinfo) X(easy_strerror)            \
	X(multi_init) X(multi_setopt) X(multi_add_handle) X(multi_remove_handle) X(multi_socket_action)        \
	X(multi_info_read) X(multi_assign) X(multi_cleanup) X(slist_append) X(slist_free_all)

/* Without its headers' macros, which would check types that they can't see through a pointer. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

struct curl {
#define DECLARE(name) __typeof__(curl_##name) *name;
	FUNCTIONS(DECLARE)
#undef DECLARE
};

static int load(struct curl *curl, struct error *error)
{
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return error_set(error, ERROR_UNAVAILABLE, "libcurl can't be loaded (%s); Debian's package is libcurl4", dlerror());
#define FIND(symbol)                                                                                          \
	*(void **)&curl->symbol = dlsym(library, "curl_" #symbol);                                              \
	if (!curl->symbol)                                                                                      \
		return error_set(error, ERROR_UNAVAILABLE, "libcurl.so.4 has no curl_" #symbol);
	FUNCTIONS(FIND)
#undef FIND
	if (curl->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(error, ERROR_UNAVAILABLE, "libcurl can't be initialised");
	return 0;
}

/* ---- of a loop ---- */

struct fetcher {
	struct curl curl;
	struct loop *loop;
	CURLM *multi;
	struct event *timer;
	unsigned at_once, running;
	struct fiber_queue room;
};

/* One request on its way. */
struct transfer {
	struct fetcher *fetcher;
	CURL *easy;
	struct fiber_queue done;
	bool ended;
	CURLcode result;
	const struct fetch_request *request;
	struct arena *arena;
	struct curl_slist *headers;
	char problem[CURL_ERROR_SIZE];
	struct buf body;
	struct http_header *fields;
	size_t field_count, field_bytes;
	bool body_too_large, head_too_large;
};

static void take_ended(struct fetcher *fetcher)
{
	CURLMsg *message;
	int left;

	while ((message = fetcher->curl.multi_info_read(fetcher->multi, &left))) {
		struct transfer *transfer = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		fetcher->curl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		transfer->ended = true;
		transfer->result = message->data.result;
		fiber_queue_wake_all(&transfer->done);
	}
}

static void act(struct fetcher *fetcher, curl_socket_t fd, int events)
{
	int running;

	fetcher->curl.multi_socket_action(fetcher->multi, fd, events, &running);
	take_ended(fetcher);
}

static void on_socket(evutil_socket_t fd, short events, void *arg)
{
	act(arg, fd, (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(evutil_socket_t fd, short events, void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl says what it waits for. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct fetcher *fetcher = arg;
	struct event *event = socket_arg;

	if (event)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		event = event_new(loop_base(fetcher->loop), fd,
			(short)((what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST),
			on_socket, fetcher);
		if (!event || event_add(event, NULL) < 0)
			abort();
	}
	fetcher->curl.multi_assign(fetcher->multi, fd, event);
	return 0;
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct fetcher *fetcher = arg;

	if (ms < 0)
		event_del(fetcher->timer);
	else
		event_add(fetcher->timer, &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
	return 0;
}

static void fetcher_free(void *arg)
{
	struct fetcher *fetcher = arg;

	fetcher->curl.multi_cleanup(fetcher->multi);
	event_free(fetcher->timer);
	free(fetcher);
}

static struct fetcher *fetcher_of(struct loop *loop, unsigned at_once, struct error *error)
{
	struct fetcher *fetcher = loop_attached(loop, fetcher_free);

	if (fetcher)
		return fetcher;
	fetcher = calloc(1, sizeof(*fetcher));
	if (!fetcher)
		abort();
	if (load(&fetcher->curl, error) < 0) {
		free(fetcher);
		return NULL;
	}
	fetcher->loop = loop;
	fetcher->at_once = at_once;
	fiber_queue_init(&fetcher->room);
	fetcher->timer = evtimer_new(loop_base(loop), on_timer, fetcher);
	fetcher->multi = fetcher->curl.multi_init();
	if (!fetcher->timer || !fetcher->multi)
		abort();
	fetcher->curl.multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	fetcher->curl.multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
	fetcher->curl.multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	fetcher->curl.multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
	fetcher->curl.multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
	loop_attach(loop, fetcher_free, fetcher);
	return fetcher;
}

/* ---- what comes ---- */

static size_t take_body(char *bytes, size_t one, size_t n, void *arg)
{
	struct transfer *transfer = arg;

	if (n > transfer->request->answer_limit - transfer->body.n) {
		transfer->body_too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	buf_add(&transfer->body, (struct str){ bytes, n });
	return n;
}

static size_t take_header(char *bytes, size_t one, size_t n, void *arg)
{
	struct transfer *transfer = arg;
	struct str value = { bytes, n }, name;

	/* A redirect's, or 100 Continue's, are followed by others. */
	if (str_starts(value, STR("HTTP/")))
		transfer->field_count = transfer->field_bytes = 0;
	transfer->field_bytes += n;
	if (transfer->field_count == FETCH_HEADERS || transfer->field_bytes > FETCH_HEADER_BYTES) {
		transfer->head_too_large = true;
		return CURL_WRITEFUNC_ERROR;
	}
	name = str_cut(&value, ':');
	if (str_is_null(value) || name.n == 0)
		return n;
	transfer->fields[transfer->field_count++] = (struct http_header){
		arena_str(transfer->arena, name), arena_str(transfer->arena, str_trim(value))
	};
	return n;
}

/* ---- what goes ---- */

static int add_line(struct transfer *transfer, const char *line)
{
	struct curl_slist *longer = transfer->fetcher->curl.slist_append(transfer->headers, line);

	if (!longer)
		abort();
	transfer->headers = longer;
	return 0;
}

static int set_headers(struct transfer *transfer, struct error *error)
{
	const struct fetch_request *request = transfer->request;
	bool has_type = false;

	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];

		if (!http_is_field(header->name, header->value))
			return error_set(error, ERROR_INTERNAL, "\"%.*s\" can't be a header with this value", STR_ARG(header->name));
		has_type |= str_equal_nocase(header->name, STR("Content-Type"));
		/* libcurl's way to say that it is empty, rather than that it isn't wanted. */
		add_line(transfer, arena_printf(transfer->arena, header->value.n ? "%.*s: %.*s" : "%.*s;%.*s",
			STR_ARG(header->name), STR_ARG(header->value)));
	}
	add_line(transfer, "Expect:");
	if (!has_type && !str_is_null(request->body))
		add_line(transfer, "Content-Type: application/octet-stream");
	return 0;
}

static int set_method(struct transfer *transfer, struct error *error)
{
	const struct fetch_request *request = transfer->request;
	const struct curl *curl = &transfer->fetcher->curl;
	bool has_body = !str_is_null(request->body);
	const char *method = request->method ? request->method : has_body ? "POST" : "GET";

	if (!http_is_field(str_of(method), STR("")))
		return error_set(error, ERROR_INTERNAL, "\"%s\" can't be a method", method);
	if (strcmp(method, "HEAD") == 0)
		curl->easy_setopt(transfer->easy, CURLOPT_NOBODY, 1L);
	if (has_body) {
		curl->easy_setopt(transfer->easy, CURLOPT_POST, 1L);
		curl->easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, request->body.p);
		curl->easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
	}
	/* A redirect that turns POST into GET has to be allowed to. */
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 && !(has_body && strcmp(method, "POST") == 0))
		curl->easy_setopt(transfer->easy, CURLOPT_CUSTOMREQUEST, method);
	return 0;
}

static int set_up(struct transfer *transfer, int timeout_ms, struct error *error)
{
	const struct fetch_request *request = transfer->request;
	const struct curl *curl = &transfer->fetcher->curl;
	CURL *easy = transfer->easy;

	if (set_headers(transfer, error) < 0 || set_method(transfer, error) < 0)
		return -1;
	curl->easy_setopt(easy, CURLOPT_URL, request->url);
	curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl->easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl->easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	curl->easy_setopt(easy, CURLOPT_USERAGENT, "Socle/" SOCLE_VERSION);
	curl->easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request->redirects ? 1L : 0L);
	curl->easy_setopt(easy, CURLOPT_MAXREDIRS, (long)request->redirects);
	curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	if (request->certificates)
		curl->easy_setopt(easy, CURLOPT_CAINFO, request->certificates);
	curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->problem);
	curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl->easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl->easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl->easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	return 0;
}

/* ---- one request ---- */

static int cancelled(struct error *error)
{
	return error_set(error, ERROR_CANCELLED, "Nobody waits for the answer any more");
}

static int explain(const struct transfer *transfer, struct error *error)
{
	const char *url = transfer->request->url, *problem = transfer->problem[0] ? transfer->problem :
		transfer->fetcher->curl.easy_strerror(transfer->result);

	if (transfer->body_too_large)
		return error_set(error, ERROR_UNAVAILABLE, "%s: the answer is larger than %zu bytes", url,
			transfer->request->answer_limit);
	if (transfer->head_too_large)
		return error_set(error, ERROR_UNAVAILABLE, "%s: the answer's headers are more than %d, or than %d bytes", url,
			FETCH_HEADERS, FETCH_HEADER_BYTES);
	switch (transfer->result) {
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(error, ERROR_TIMEOUT, "%s: %s", url, problem);
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return error_set(error, ERROR_INTERNAL, "\"%s\" can't be fetched: %s", url, problem);
	default:
		return error_set(error, ERROR_UNAVAILABLE, "%s: %s", url, problem);
	}
}

static int await(struct transfer *transfer, struct error *error)
{
	int rc = 0;

	while (!transfer->ended && rc == 0)
		rc = fiber_queue_wait(&transfer->done, FIBER_FOREVER);
	if (!transfer->ended)
		return cancelled(error);
	return transfer->result == CURLE_OK ? 0 : explain(transfer, error);
}

static void give_answer(struct transfer *transfer, struct fetch_answer *answer_r)
{
	long status = 0;

	transfer->fetcher->curl.easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	*answer_r = (struct fetch_answer){ .status = (int)status, .headers = transfer->fields,
		.header_count = transfer->field_count, .body = arena_str(transfer->arena, buf_str(&transfer->body)) };
}

static int run(struct transfer *transfer, int timeout_ms, struct fetch_answer *answer_r, struct error *error)
{
	const struct curl *curl = &transfer->fetcher->curl;
	int rc = set_up(transfer, timeout_ms, error);

	if (rc == 0 && curl->multi_add_handle(transfer->fetcher->multi, transfer->easy) == CURLM_OK) {
		rc = await(transfer, error);
		if (rc == 0)
			give_answer(transfer, answer_r);
		curl->multi_remove_handle(transfer->fetcher->multi, transfer->easy);
	} else if (rc == 0) {
		rc = error_set(error, ERROR_UNAVAILABLE, "libcurl takes no further request");
	}
	curl->easy_cleanup(transfer->easy);
	curl->slist_free_all(transfer->headers);
	buf_clear(&transfer->body);
	return rc;
}

/* What is left of the time, once there is room; negative with the error set. */
static int wait_for_room(struct fetcher *fetcher, const struct fetch_request *request, struct error *error)
{
	uint64_t until = clock_monotonic_ms() + (uint64_t)request->timeout_ms;
	int left = request->timeout_ms;

	while (fetcher->running >= fetcher->at_once) {
		int rc = fiber_queue_wait(&fetcher->room, left);

		if (rc == -ECANCELED)
			return cancelled(error);
		left = (int)(until - clock_monotonic_ms());
		/* Woken too late for itself: the room is another's. */
		if (rc == 0 && left <= 0)
			fiber_queue_wake(&fetcher->room);
		if (rc < 0 || left <= 0)
			return error_set(error, ERROR_TIMEOUT, "%s: %u other requests were in the way", request->url,
				fetcher->at_once);
	}
	return left;
}

int fetch_run(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer_r, struct error *error)
{
	struct loop *loop = fiber_loop();
	struct fetcher *fetcher;
	struct transfer *transfer;
	int left, rc;

	if (!loop)
		return error_set(error, ERROR_INTERNAL, "Nothing can be fetched where nothing may wait");
	fetcher = fetcher_of(loop, request->at_once, error);
	left = fetcher ? wait_for_room(fetcher, request, error) : -1;
	if (left < 0)
		return -1;
	transfer = arena_new_of(arena, struct transfer);
	transfer->fetcher = fetcher;
	transfer->request = request;
	transfer->arena = arena;
	transfer->fields = arena_array(arena, FETCH_HEADERS, sizeof(*transfer->fields));
	transfer->easy = fetcher->curl.easy_init();
	if (!transfer->easy)
		abort();
	fiber_queue_init(&transfer->done);
	fetcher->running++;
	rc = run(transfer, left, answer_r, error);
	fetcher->running--;
	fiber_queue_wake(&fetcher->room);
	return rc;
}
