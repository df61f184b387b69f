#include "unit.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/channel.h"

/* Two ends in one process, and what came out of the second. */
struct pair {
	struct event_base *base;
	struct channel *channel;
	int other;			/* the far end, without a channel of its own */
	unsigned messages;
	enum channel_type type;
	json_t *payload;
	char closed[128];
};

static void on_message(void *arg, enum channel_type type, const json_t *payload)
{
	struct pair *pair = arg;

	pair->messages++;
	pair->type = type;
	json_decref(pair->payload);
	pair->payload = json_deep_copy(payload);
}

static void on_closed(void *arg, const char *reason)
{
	struct pair *pair = arg;

	snprintf(pair->closed, sizeof(pair->closed), "%s", reason);
}

static int set_up(void **state)
{
	const struct channel_events events = { on_message, on_closed };
	struct pair *pair = calloc(1, sizeof(*pair));
	int fds[2];

	assert_non_null(pair);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	pair->base = event_base_new();
	pair->channel = channel_new(pair->base, fds[0], &events, pair);
	pair->other = fds[1];
	*state = pair;
	return 0;
}

static int tear_down(void **state)
{
	struct pair *pair = *state;

	channel_free(pair->channel);
	if (pair->other >= 0)
		close(pair->other);
	event_base_free(pair->base);
	json_decref(pair->payload);
	free(pair);
	return 0;
}

static void turn(struct pair *pair)
{
	event_base_loop(pair->base, EVLOOP_NONBLOCK);
}

static void send_bytes(struct pair *pair, const void *bytes, size_t n)
{
	assert_int_equal(send(pair->other, bytes, n, MSG_NOSIGNAL), n);
}

/* ---- frames ---- */

static void a_frame_reads_back_as_it_was(void **state)
{
	json_t *payload = json_pack("{s:s, s:i}", "message", "no", "id", 7);
	struct error error = ERROR_INIT;
	struct channel_frame frame;
	struct buf out = BUF_INIT;

	assert_int_equal(channel_encode(&out, CHANNEL_REFUSED, payload), 0);
	assert_int_equal(channel_decode(buf_str(&out), &frame, &error), 1);
	assert_int_equal(frame.type, CHANNEL_REFUSED);
	assert_int_equal(frame.size, out.n);
	assert_true(json_equal(frame.payload, payload));
	json_decref(frame.payload);
	json_decref(payload);
	buf_clear(&out);
}

static void every_part_of_a_frame_asks_for_more(void **state)
{
	json_t *payload = json_pack("[i, i]", 1, 2);
	struct error error = ERROR_INIT;
	struct channel_frame frame;
	struct buf out = BUF_INIT;

	assert_int_equal(channel_encode(&out, CHANNEL_ANSWER, payload), 0);
	for (size_t n = 0; n < out.n; n++)
		assert_int_equal(channel_decode(str_take(buf_str(&out), n), &frame, &error), 0);
	json_decref(payload);
	buf_clear(&out);
}

static void assert_broken(const char *bytes, size_t n)
{
	struct error error = ERROR_INIT;
	struct channel_frame frame;

	assert_true(channel_decode((struct str){ bytes, n }, &frame, &error) < 0);
	assert_true(error_is_set(&error));
	error_clear(&error);
}

static void what_is_no_frame_is_refused(void **state)
{
	assert_broken("\0\0\0\0\0", 5);			/* no room for its type */
	assert_broken("\2\0\20\0\0", 5);		/* a byte more than is allowed */
	assert_broken("\377\377\377\377\0", 5);
	assert_broken("\1\0\0\0\100", 5);		/* no such type */
	assert_broken("\4\0\0\0\0{x}", 8);		/* no JSON */
}

static void a_payload_past_the_limit_is_not_sent(void **state)
{
	struct pair *pair = *state;
	char *text = malloc(CHANNEL_LIMIT);
	struct buf out = BUF_INIT;

	assert_non_null(text);
	memset(text, 'a', CHANNEL_LIMIT);
	assert_true(channel_send(pair->channel, CHANNEL_ANSWER, json_stringn(text, CHANNEL_LIMIT)) < 0);
	assert_int_equal(
		channel_send(pair->channel, CHANNEL_ANSWER, json_stringn(text, CHANNEL_LIMIT - 2)), 0);
	buf_clear(&out);
	free(text);
}

/* ---- over a socket ---- */

static void messages_arrive_however_they_are_cut(void **state)
{
	struct pair *pair = *state;
	struct buf bytes = BUF_INIT;
	json_t *payload = json_pack("{s:i}", "id", 3);

	assert_int_equal(channel_encode(&bytes, CHANNEL_READY, NULL), 0);
	assert_int_equal(channel_encode(&bytes, CHANNEL_ASK, payload), 0);
	for (size_t i = 0; i < bytes.n; i++) {
		send_bytes(pair, bytes.p + i, 1);
		turn(pair);
	}
	assert_int_equal(pair->messages, 2);
	send_bytes(pair, bytes.p, bytes.n);
	turn(pair);
	assert_int_equal(pair->messages, 4);
	assert_int_equal(pair->type, CHANNEL_ASK);
	assert_true(json_equal(pair->payload, payload));
	json_decref(payload);
	buf_clear(&bytes);
}

static void the_last_words_of_a_peer_that_ended_are_heard(void **state)
{
	struct pair *pair = *state;
	struct buf bytes = BUF_INIT;

	assert_int_equal(channel_encode(&bytes, CHANNEL_REFUSED, NULL), 0);
	send_bytes(pair, bytes.p, bytes.n);
	close(pair->other);
	pair->other = -1;
	channel_catch_up(pair->channel);
	assert_int_equal(pair->messages, 1);
	assert_string_equal(pair->closed, "the other end has closed it");
	assert_true(channel_send(pair->channel, CHANNEL_DRAIN, NULL) < 0);
	buf_clear(&bytes);
}

static void nonsense_ends_the_channel(void **state)
{
	struct pair *pair = *state;

	send_bytes(pair, "GET / HTTP/1.1\r\n", 16);
	turn(pair);
	assert_int_equal(pair->messages, 0);
	assert_true(pair->closed[0] != '\0');
	send_bytes(pair, "\1\0\0\0\0", 5);
	turn(pair);
	assert_int_equal(pair->messages, 0);
}

static void a_peer_that_reads_slowly_gets_everything(void **state)
{
	struct pair *pair = *state;
	char *text = malloc(CHANNEL_LIMIT), piece[4096];
	size_t wanted = 0, got = 0;
	ssize_t n;

	assert_non_null(text);
	memset(text, 'a', CHANNEL_LIMIT);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(channel_send(pair->channel, CHANNEL_ANSWER, json_stringn(text, 500000)), 0);
		wanted += CHANNEL_HEAD + 500002;
	}
	while (got < wanted) {
		turn(pair);
		n = recv(pair->other, piece, sizeof(piece), MSG_DONTWAIT);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_int_equal(got, wanted);
	free(text);
}

static void a_peer_that_never_reads_is_given_up(void **state)
{
	struct pair *pair = *state;
	char *text = malloc(CHANNEL_LIMIT);
	int sent = 0;

	assert_non_null(text);
	memset(text, 'a', CHANNEL_LIMIT);
	while (sent < 100 && channel_send(pair->channel, CHANNEL_ANSWER, json_stringn(text, 1000000)) == 0)
		sent++;
	assert_in_range(sent, 4, 10);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_reads_back_as_it_was),
		cmocka_unit_test(every_part_of_a_frame_asks_for_more),
		cmocka_unit_test(what_is_no_frame_is_refused),
		cmocka_unit_test_setup_teardown(a_payload_past_the_limit_is_not_sent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(messages_arrive_however_they_are_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			the_last_words_of_a_peer_that_ended_are_heard, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nonsense_ends_the_channel, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_peer_that_reads_slowly_gets_everything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_peer_that_never_reads_is_given_up, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
