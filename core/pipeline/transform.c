#include "pipeline/transform.h"

#include "pipeline/request.h"

struct transform_use {
	struct transform_use *outer;		/* the next on the way to the wire; NULL: the wire */
	struct transform transform;
	void *state;
	const struct step *step;		/* whose it is */
	bool takes_part;
};

static const struct step the_host = { .name = { "the host", sizeof("the host") - 1 } };

static void end_use(void *arg)
{
	struct transform_use *use = arg;

	use->transform.end(use->state);
}

int transform_add(struct request *request, const struct transform *transform, void *state)
{
	struct scope *scope = &request->scope;
	struct transform_use *use = arena_new_of(scope->arena, struct transform_use);

	*use = (struct transform_use){ .outer = request->transforms, .transform = *transform, .state = state,
		.step = scope->step ? scope->step : &the_host };
	if (transform->end)
		arena_defer(scope->arena, end_use, use);
	if (request->streaming || transform_runs(request))
		return scope_throw(scope, ERROR_INTERNAL, "The answer is on its way already");
	request->transforms = use;
	return 0;
}

bool transform_runs(const struct request *request)
{
	return request->transform != NULL;
}

/* ---- calling one ---- */

struct entry {
	struct crossing crossing;
	struct transform_use *outside;
};

static struct entry enter(struct request *request, struct transform_use *use)
{
	struct entry entry = { extension_enter(&request->scope, use->step), request->transform };

	request->transform = use;
	return entry;
}

static int leave(struct request *request, struct entry entry, int rc)
{
	const struct step *step = request->scope.step;

	request->transform = entry.outside;
	extension_leave(&request->scope, entry.crossing);
	if (rc < 0 && !error_is_set(&request->scope.error))
		scope_throw(&request->scope, ERROR_INTERNAL, "A transform of %.*s failed without saying why", STR_ARG(step->name));
	return rc;
}

int transforms_begin(struct request *request)
{
	for (struct transform_use *use = request->transforms; use; use = use->outer) {
		struct entry entry = enter(request, use);
		int rc = leave(request, entry, use->transform.begin(&request->scope, use->state));

		if (rc < 0)
			return -1;
		use->takes_part = rc > 0 && use->transform.piece;
	}
	return 0;
}

/* ---- pieces ---- */

static int client_left(struct request *request)
{
	return scope_throw(&request->scope, ERROR_CANCELLED, "The client left before the answer was complete");
}

static int write_piece(struct request *request, struct str piece, enum transform_how how)
{
	if (piece.n && http_write(request->message, piece) < 0)
		return client_left(request);
	if (how == TRANSFORM_FLUSH && http_flush(request->message) < 0)
		return client_left(request);
	return 0;
}

/* To the first from `use` on that takes part. */
static int give(struct request *request, struct transform_use *use, struct str piece, enum transform_how how)
{
	struct entry entry;

	while (use && !use->takes_part)
		use = use->outer;
	if (!use)
		return write_piece(request, piece, how);
	entry = enter(request, use);
	if (leave(request, entry, use->transform.piece(&request->scope, use->state, piece.p, piece.n, how)) < 0)
		return -1;
	/* Those further out have what it made of this; now they are told as it was. */
	return how == TRANSFORM_MORE ? 0 : give(request, use->outer, STR_NULL, how);
}

int transform_pass(struct request *request, struct str bytes)
{
	if (!request->transform || !request->streaming)
		return scope_throw(&request->scope, ERROR_INTERNAL, "There is no piece to hand on: no transform is given one");
	return bytes.n ? give(request, request->transform->outer, bytes, TRANSFORM_MORE) : 0;
}

int transforms_give(struct request *request, struct str piece, enum transform_how how)
{
	/* Nothing of a body goes out. */
	if (request->message->method == HTTP_HEAD)
		return write_piece(request, piece, how);
	if (how == TRANSFORM_MORE && piece.n == 0)
		return 0;
	if (give(request, request->transforms, piece, how) < 0) {
		request->broken = true;
		return -1;
	}
	return 0;
}
