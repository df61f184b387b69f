#include "server/channel.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

enum { READ_SIZE = 64 * 1024, DEPTH = 32 };

struct channel {
	struct channel_events events;
	void *arg;
	int fd;
	bool ended;
	struct event readable, writable;
	struct buf in, out;
};

/* ---- frames ---- */

static uint32_t read_length(const char *p)
{
	const unsigned char *bytes = (const unsigned char *)p;

	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
		(uint32_t)bytes[3] << 24;
}

int channel_decode(struct str bytes, struct channel_frame *frame_r, struct error *error)
{
	static const struct json_limits limits = { .depth = DEPTH };
	uint32_t length;
	unsigned type;

	*frame_r = (struct channel_frame){ 0 };
	if (bytes.n < CHANNEL_HEAD)
		return 0;
	length = read_length(bytes.p);
	type = (unsigned char)bytes.p[4];
	if (length < 1 || length > CHANNEL_LIMIT + 1)
		return error_set(error, ERROR_INTERNAL, "a message of %u bytes; 1 to %d are allowed", length,
			CHANNEL_LIMIT + 1);
	if (type >= CHANNEL_TYPES)
		return error_set(error, ERROR_INTERNAL, "a message of unknown type %u", type);
	if (bytes.n < 4 + (size_t)length)
		return 0;
	if (length > 1) {
		struct str payload = str_skip(str_take(bytes, 4 + (size_t)length), CHANNEL_HEAD);

		frame_r->payload = json_parse(payload, &limits, error);
		if (!frame_r->payload)
			return -1;
	}
	frame_r->type = (enum channel_type)type;
	frame_r->size = 4 + (size_t)length;
	return 1;
}

int channel_encode(struct buf *out, enum channel_type type, const json_t *payload)
{
	size_t begin = out->n, length;

	buf_add(out, (struct str){ (const char[CHANNEL_HEAD]){ 0, 0, 0, 0, (char)type }, CHANNEL_HEAD });
	if (payload)
		json_write(out, payload);
	length = out->n - begin - 4;
	if (length > CHANNEL_LIMIT + 1) {
		out->n = begin;
		return -1;
	}
	for (int i = 0; i < 4; i++)
		out->p[begin + (size_t)i] = (char)(length >> (8 * i));
	return 0;
}

/* ---- the two directions ---- */

static void end(struct channel *channel, const char *reason)
{
	if (channel->ended)
		return;
	channel->ended = true;
	event_del(&channel->readable);
	event_del(&channel->writable);
	if (channel->events.closed)
		channel->events.closed(channel->arg, reason);
}

static void cut_front(struct buf *buf, size_t n)
{
	memmove(buf->p, buf->p + n, buf->n - n);
	buf->n -= n;
}

static void handle_frames(struct channel *channel)
{
	size_t used = 0;

	while (!channel->ended) {
		struct error error = ERROR_INIT;
		struct channel_frame frame;
		int rc = channel_decode(str_skip(buf_str(&channel->in), used), &frame, &error);

		if (rc < 0) {
			end(channel, error_message(&error));
			error_clear(&error);
		}
		if (rc <= 0)
			break;
		used += frame.size;
		channel->events.message(channel->arg, frame.type, frame.payload);
		json_decref(frame.payload);
	}
	if (used)
		cut_front(&channel->in, used);
}

/* False when there is no more to read at the moment. */
static bool read_some(struct channel *channel)
{
	ssize_t got = recv(channel->fd, buf_reserve(&channel->in, READ_SIZE), READ_SIZE, 0);

	if (got > 0) {
		buf_wrote(&channel->in, (size_t)got);
		handle_frames(channel);
		return true;
	}
	if (got == 0)
		end(channel, "the other end has closed it");
	else if (errno != EAGAIN && errno != EINTR)
		end(channel, strerror(errno));
	return false;
}

static void on_readable(evutil_socket_t fd, short events, void *arg)
{
	read_some(arg);
}

void channel_catch_up(struct channel *channel)
{
	while (!channel->ended && read_some(channel))
		;
}

static void write_some(struct channel *channel)
{
	while (!channel->ended && channel->out.n) {
		ssize_t put = send(channel->fd, channel->out.p, channel->out.n, MSG_NOSIGNAL);

		if (put >= 0)
			cut_front(&channel->out, (size_t)put);
		else if (errno == EAGAIN)
			return;
		else if (errno != EINTR)
			end(channel, strerror(errno));
	}
}

static void on_writable(evutil_socket_t fd, short events, void *arg)
{
	struct channel *channel = arg;

	write_some(channel);
	if (!channel->out.n)
		event_del(&channel->writable);
}

/* ---- life cycle ---- */

struct channel *channel_new(struct event_base *base, int fd, const struct channel_events *events, void *arg)
{
	struct channel *channel = calloc(1, sizeof(*channel));

	if (!channel)
		abort();
	channel->events = *events;
	channel->arg = arg;
	channel->fd = fd;
	evutil_make_socket_nonblocking(fd);
	event_assign(&channel->readable, base, fd, EV_READ | EV_PERSIST, on_readable, channel);
	event_assign(&channel->writable, base, fd, EV_WRITE | EV_PERSIST, on_writable, channel);
	event_add(&channel->readable, NULL);
	return channel;
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	event_del(&channel->readable);
	event_del(&channel->writable);
	close(channel->fd);
	buf_clear(&channel->in);
	buf_clear(&channel->out);
	free(channel);
}

int channel_send(struct channel *channel, enum channel_type type, json_t *payload)
{
	int rc = channel->ended || channel->out.n > CHANNEL_BACKLOG ? -1
		: channel_encode(&channel->out, type, payload);

	json_decref(payload);
	if (rc < 0)
		return -1;
	write_some(channel);
	if (channel->out.n && !channel->ended)
		event_add(&channel->writable, NULL);
	return channel->ended ? -1 : 0;
}

void channel_flush(struct channel *channel, int timeout_ms)
{
	uint64_t deadline = clock_monotonic_ms() + (uint64_t)timeout_ms, now;
	struct pollfd wait = { .fd = channel->fd, .events = POLLOUT };

	write_some(channel);
	while (!channel->ended && channel->out.n && (now = clock_monotonic_ms()) < deadline) {
		if (poll(&wait, 1, (int)(deadline - now)) < 0 && errno != EINTR)
			return;
		write_some(channel);
	}
}
