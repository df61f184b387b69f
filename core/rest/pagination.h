/* Pages: what `pagination` asks for, and what `meta.pagination` answers. */
#ifndef REST_PAGINATION_H
#define REST_PAGINATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/query.h"

struct settings_api;

/* Numbers are doubles, as a client's JavaScript computes them: an absurd page number comes back as it went in. */
struct pagination {
	double start, limit;
	bool paged;		/* answered as page and pageSize, not as start and limit */
	bool with_count;
};

/* Reads `pagination`. */
int pagination_read(const struct param *params, const struct settings_api *api, struct pagination *out_r,
	struct error *error) __attribute__((warn_unused_result));

/* Its members at the root of `params`: they page nothing, but Strapi reads them. A list has a page already, so `page` and
 * `pageSize` collide with it. */
int pagination_check_root(const struct param *params, bool list, struct error *error)
	__attribute__((warn_unused_result));

/* As numbers that a LIMIT clause takes. Absurd ones become what Strapi makes of them, as recorded. */
uint64_t pagination_offset(const struct pagination *pagination);
uint64_t pagination_limit(const struct pagination *pagination);

/* {"page":1,"pageSize":25,"pageCount":5,"total":108} */
void pagination_write(struct buf *out, const struct pagination *pagination, uint64_t total);

#endif
