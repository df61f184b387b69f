/* What a caller may see: one table per generation and kind of caller, read by everything that lets content out.
 *
 * Parameters are validated against it, columns are selected by it, trees are written by
 * it, so that no two of them can disagree.
 *
 *	if (!access_shows(access, attribute))
 *		continue;
 */
#ifndef REST_ACCESS_H
#define REST_ACCESS_H

#include <stdbool.h>

#include "extension/generation.h"
#include "extension/scope.h"
#include "model/model.h"
#include "query/query.h"

struct access {
	const bool **shows;	/* per model, per attribute */
	const bool *finds;	/* per model: its `find` is allowed */
	const struct query *plain; /* per model: all that it shows of its rows, without conditions */
};

/* For callers without a name (extension/permission.h), and for the host itself, which may find every type. In the generation's arena. */
struct access *access_new(struct arena *arena, const struct settings *settings, const struct models *models);
struct access *access_new_host(struct arena *arena, const struct models *models);

/* Of who asks. */
static inline const struct access *access_of(const struct scope *scope)
{
	return scope->caller == CALLER_HOST ? scope->generation->host_access : scope->generation->access;
}

/* The attribute may leave the host: it is neither private nor a password, and a relation leads to a type that may be found. */
static inline bool access_shows(const struct access *access, const struct attribute *attribute)
{
	return access->shows[attribute->model->index][attribute->index];
}

/* To be shared, never changed. */
static inline const struct query *access_plain(const struct access *access, const struct model *model)
{
	return &access->plain[model->index];
}

static inline bool access_finds(const struct access *access, const struct model *model)
{
	return access->finds[model->index];
}

#endif
