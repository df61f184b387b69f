/* What the blog does beyond its content types: a list of the most read articles, a policy that keeps the list
 * short, a middleware that says how long it took, and sample content for a database that has none. */
#include <socle/socle.h>

#include "samples.h"

/* The REST API's own syntax. It is checked when the host starts; `:limit` is filled in by socle_find(). */
SOCLE_QUERY(popular, "api::article.article", "sort[0]=views:desc&sort[1]=title&pagination[limit]=:limit")

/* Runs once after each change of the plugin, in one process, when the tables are there. */
static int blog_bootstrap(socle_context *ctx)
{
	return samples_load(ctx);
}

SOCLE_PLUGIN(.bootstrap = blog_bootstrap)

/* GET /api/articles/popular?limit=3 */
SOCLE_ACTION(article_popular)
{
	int64_t limit = socle_config_int(ctx, "popular-limit");

	if (socle_query_int(ctx, "limit", &limit) < 0)
		return -1;
	return socle_send_documents(ctx, socle_find(ctx, popular, socle_int(limit)));
}

/* A policy allows (1), denies (0), or throws to say why. This one looks at ?limit=, where there is one. */
SOCLE_POLICY(limit_range)
{
	int64_t most = socle_config_int(ctx, "popular-limit"), limit = most;

	if (socle_query_int(ctx, "limit", &limit) < 0)
		return -1;
	if (limit < 1 || limit > most)
		return socle_throw(ctx, SOCLE_POLICY_FAILED, "limit must be from 1 to %lld", (long long)most);
	return 1;
}

/* A middleware: what stands behind socle_next() happens on the way back. */
SOCLE_MIDDLEWARE(view_timer)
{
	uint64_t start = socle_now_us();
	int rc = socle_next(ctx);

	socle_headerf(ctx, "Server-Timing", "app;dur=%.3f", (double)(socle_now_us() - start) / 1e3);
	return rc;
}
