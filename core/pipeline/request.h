/* A request on its way through the host.
 *
 * pipeline_serve() makes one for each HTTP message, pins the generation, and walks
 * it through the global middlewares, the router, authorization, policies, route
 * middlewares and the action; and back out the same way. A middleware calls
 * request_next() and gets the thread back when everything behind it has run.
 *
 * Nothing is on the wire until the outermost middleware has returned: until then
 * status, headers and body may be changed. (A streamed answer is the exception:
 * the first request_write() or request_flush() sends the head.)
 */
#ifndef PIPELINE_REQUEST_H
#define PIPELINE_REQUEST_H

#include <jansson.h>

#include "base/buf.h"
#include "extension/generation.h"
#include "extension/scope.h"
#include "http/message.h"

struct model;
struct param;
struct transform_use;
struct upload;

/* A route parameter, percent-decoded. */
struct request_param {
	struct str name, value;
};

enum { REQUEST_PARAMS = 16 };

struct request {
	struct scope scope;			/* first: a scope with a request is its request */
	struct http_message *message;

	const struct matched_route *route;	/* NULL before the router, and when nothing matched */
	const struct model *model;		/* of the route; NULL */
	struct request_param params[REQUEST_PARAMS];
	unsigned param_count;

	const struct param *query;		/* parsed on first use: request_query() */
	json_t *session;			/* what a middleware keeps of this client; NULL: none does */
	json_t *body;				/* what the body middleware parsed; NULL: nothing */
	bool body_read;
	struct upload *uploads;			/* pipeline/upload.h: files of a multipart body */
	unsigned upload_count;
	void *files;				/* the same as plugins see them (api/files.c); NULL before */

	/* the answer so far */
	int status;				/* 0: nobody set one, which becomes 404 */
	struct buf out;				/* the body */
	struct http_file *file;			/* the body, instead; NULL */
	bool has_body;
	bool streaming;				/* the head is on the wire */
	bool broken;				/* it can't be completed: the client must see that something is missing */
	struct transform_use *transforms;	/* pipeline/transform.h: the one furthest in; NULL: none */
	struct transform_use *transform;	/* the one that runs; NULL */

	/* where the request is in its chains */
	const struct chain *chain;
	unsigned position;			/* of the step that runs */
	unsigned reached;			/* the furthest step that was begun */
	int (*terminal)(struct request *request); /* behind the chain's last step */

	uint64_t began_us;
	const char *protocol;			/* NULL: REST */
	char *user_name;			/* who it is, when somebody said so; NULL */
};

/* What a worker serves requests with. */
struct pipeline {
	struct generation *generation;		/* the current one; replaced whole */
	struct db_pool *pool;
};

/* An http_handler: arg is the worker's struct pipeline. */
void pipeline_serve(struct http_message *message, void *pipeline);

/* Runs what stands behind the running middleware. Calling it twice is an error (500). */
int request_next(struct request *request);

/* The parsed query string; never NULL. Negative with the error set when it is over a limit. */
int request_query(struct request *request, const struct param **query_r);

struct str request_param(const struct request *request, struct str name);

/* ---- the answer ---- */

/* Begins a JSON body: write it to request->out. */
int request_begin_json(struct request *request, int status) __attribute__((warn_unused_result));
/* A status without a body. */
int request_send_empty(struct request *request, int status);
/* Makes `json` the body (stolen) with the JSON content type. */
int request_send_json(struct request *request, int status, json_t *json);
/* Text with its content type; copied. */
int request_send_text(struct request *request, int status, struct str content_type, struct str text);
/* A part of a file; the descriptor is taken over, also when this fails. */
int request_send_file(struct request *request, int status, struct str content_type, const struct http_file *file);
/* A piece of a long answer, through the transforms to the wire; the first one sends the head, with 200 unless a status was
 * set, and what was set as the body before is forgotten. Parks the fiber above the high-water mark. -1 with ERROR_CANCELLED
 * when the client has left. */
int request_write(struct request *request, struct str piece) __attribute__((warn_unused_result));
/* Sends what was written, or the head alone, now rather than with the next pieces. */
int request_flush(struct request *request) __attribute__((warn_unused_result));
/* The end of a long answer, unless it has broken off. */
void request_finish(struct request *request);
/* Nobody waits for more of this answer, or the server wants to end. */
bool request_leaving(const struct request *request);
/* The answer that this error is: status, and Strapi's error body. Logs what is not shown. */
void request_send_error(struct request *request, struct error *error);
/* Forgets the body and gives its memory back. */
void request_drop_body(struct request *request);
/* Forgets what was set so far. */
void request_reset_answer(struct request *request);

#endif
