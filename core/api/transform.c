#include <socle/transform.h>

#include "api/door.h"
#include "pipeline/transform.h"

_Static_assert((int)SOCLE_PIECE_FLUSH == TRANSFORM_FLUSH && (int)SOCLE_PIECE_LAST == TRANSFORM_LAST, "one meaning");

int socle_transform(socle_context *ctx, const struct socle_transform *transform, void *state)
{
	struct request *request = api_request(ctx, __func__);

	/* The members of this version are those of the first. */
	if (!transform || transform->size < sizeof(*transform) || !transform->begin)
		api_abort(__func__, "a transform that doesn't begin with SOCLE_TRANSFORM, or lacks `begin`");
	if (!request) {
		if (transform->end)
			transform->end(state);
		return -1;
	}
	/* socle_context is what plugins call a scope. */
	return transform_add(request, &(struct transform){
		.begin = (int (*)(struct scope *, void *))(void *)transform->begin,
		.piece = (int (*)(struct scope *, void *, const void *, size_t, enum transform_how))(void *)transform->piece,
		.end = transform->end,
	}, state);
}

int socle_pass_on(socle_context *ctx, const void *bytes, size_t n)
{
	struct request *request = api_request(ctx, __func__);

	return request ? transform_pass(request, (struct str){ bytes, n }) : -1;
}
