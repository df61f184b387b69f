/* Messages between the supervisor and one of its children, over a socketpair.
 *
 * A frame is four bytes of length (little endian, of what follows), one byte of
 * type, and a JSON value, or nothing. Neither side trusts the other: a child may
 * have been damaged by a plugin. A broken frame ends the channel.
 *
 *	const struct channel_events events = { on_message, on_closed };
 *	struct channel *channel = channel_new(base, fd, &events, worker);
 *
 *	channel_send(channel, CHANNEL_READY, NULL);
 *	...
 *	channel_free(channel);		// closes fd
 *
 * Sending never waits: what the socket doesn't take is kept and sent later. A process
 * that is about to end calls channel_flush().
 */
#ifndef SERVER_CHANNEL_H
#define SERVER_CHANNEL_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"

struct event_base;
struct channel;

enum channel_type {
	CHANNEL_READY,		/* child: all is well, and waits for CHANNEL_SERVE; a canary: {"background"}, and ends */
	CHANNEL_REFUSED,	/* child: {"message"}: why it can't; it ends */
	CHANNEL_SERVE,		/* supervisor: {"since"}: begin your work */
	CHANNEL_DRAIN,		/* supervisor: {"until"}: finish what is at work, and end */
	CHANNEL_ASK,		/* supervisor: {"id", "what"} */
	CHANNEL_ANSWER,		/* child: {"id", "answer"} */
	CHANNEL_TYPES
};

enum {
	CHANNEL_HEAD = 5,
	CHANNEL_LIMIT = 1 << 20,	/* bytes of one message's JSON */
	CHANNEL_BACKLOG = 4 << 20,	/* unsent bytes; a peer that reads so little is taken for dead */
};

struct channel_events {
	/* `payload` is borrowed, NULL when there is none. Must not free the channel. */
	void (*message)(void *arg, enum channel_type type, const json_t *payload);
	/* The peer is gone or talks nonsense. Called once; must not free the channel. */
	void (*closed)(void *arg, const char *reason);
};

/* Takes the descriptor over and makes it non-blocking. */
struct channel *channel_new(struct event_base *base, int fd, const struct channel_events *events, void *arg);

/* Closes the descriptor. NULL is allowed. */
void channel_free(struct channel *channel);

/* Steals the payload. Negative when it is over the limit or the channel has ended. */
int channel_send(struct channel *channel, enum channel_type type, json_t *payload);

/* Waits until everything is sent, at the most so long. */
void channel_flush(struct channel *channel, int timeout_ms);

/* Handles what has come already: a child may have spoken just before it ended. */
void channel_catch_up(struct channel *channel);

/* ---- frames ---- */

struct channel_frame {
	enum channel_type type;
	json_t *payload;		/* the caller's; NULL: none */
	size_t size;			/* bytes of the whole frame */
};

/* 1: there is a frame; 0: more bytes are needed; negative: these bytes are none. */
int channel_decode(struct str bytes, struct channel_frame *frame_r, struct error *error)
	__attribute__((warn_unused_result));

/* Appends a frame. Negative when the payload is over the limit. */
int channel_encode(struct buf *out, enum channel_type type, const json_t *payload)
	__attribute__((warn_unused_result));

#endif
