#include "pipeline/router.h"

#include <stdlib.h>

#include "config/settings.h"
#include "extension/permission.h"
#include "http/query.h"
#include "pipeline/pattern.h"
#include "pipeline/request.h"

/* Paths are spread by their first two segments ("/api/articles"), which nearly all patterns spell out; those that don't are in
 * every bucket. Within a bucket routes stand in their order, so the first declared wins. */
enum { BUCKETS = 256, KEYED_SEGMENTS = 2 };

struct entry {
	struct matched_route matched;
	struct pattern *pattern;
	enum http_method method;
	bool any_method;
};

struct bucket {
	const struct entry **entries;
	unsigned count;
};

struct router {
	struct entry *entries;
	unsigned count;
	struct bucket buckets[BUCKETS];
};

/* ---- buckets ---- */

/* The end of the segments that are hashed. */
static size_t key_length(struct str path)
{
	unsigned segments = 0;
	size_t i;

	for (i = 1; i < path.n; i++) {
		if (path.p[i] == '/' && ++segments == KEYED_SEGMENTS)
			break;
	}
	return i > 1 && i == path.n && path.p[i - 1] == '/' ? i - 1 : i;
}

static unsigned hash_key(struct str path)
{
	unsigned hash = 2166136261u;

	path = str_take(path, key_length(path));
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];

		hash = (hash ^ (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * 16777619u;
	}
	return hash % BUCKETS;
}

/* The pattern spells its first two segments out: paths that match it hash like it. */
static bool is_keyed(const struct entry *entry)
{
	struct str prefix = pattern_prefix(entry->pattern);

	if (prefix.n == entry->matched.route->path.n)
		return true;
	return key_length(prefix) < prefix.n;
}

static bool belongs(const struct entry *entry, unsigned bucket)
{
	return !is_keyed(entry) || hash_key(pattern_prefix(entry->pattern)) == bucket;
}

static void fill_bucket(struct arena *arena, struct router *router, unsigned b)
{
	struct bucket *bucket = &router->buckets[b];
	unsigned count = 0;

	for (unsigned i = 0; i < router->count; i++)
		count += belongs(&router->entries[i], b);
	bucket->entries = arena_array(arena, count, sizeof(*bucket->entries));
	for (unsigned i = 0; i < router->count; i++) {
		if (belongs(&router->entries[i], b))
			bucket->entries[bucket->count++] = &router->entries[i];
	}
}

/* ---- names ---- */

static const char *const kind_words[FUNCTION_KINDS] = {
	[FUNCTION_POLICY] = "Policy", [FUNCTION_MIDDLEWARE] = "Middleware", [FUNCTION_ACTION] = "Handler",
};

static int resolve(const struct generation *generation, enum function_kind kind, const struct route *route,
	const struct route_use *use, struct step *step_r, struct error *error)
{
	const struct function *function = generation_function(generation, kind, use->name);

	if (!function)
		return error_set(error, ERROR_CONFIG, "%.*s: Error creating endpoint %.*s %.*s: %s \"%.*s\" not found.",
			STR_ARG(use->where), STR_ARG(route->method), STR_ARG(route->path), kind_words[kind],
			STR_ARG(use->name));
	*step_r = (struct step){ function->fn, function->instance, function->name, use->config };
	return 0;
}

static int resolve_chain(const struct generation *generation, enum function_kind kind, const struct route *route,
	const struct route_use *uses, unsigned count, struct chain *chain_r, struct error *error)
{
	struct step *steps = arena_array(generation->arena, count, sizeof(*steps));

	for (unsigned i = 0; i < count; i++) {
		if (resolve(generation, kind, route, &uses[i], &steps[i], error) < 0)
			return -1;
	}
	*chain_r = (struct chain){ steps, count };
	return 0;
}

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
	{ "GET", HTTP_GET }, { "POST", HTTP_POST }, { "PUT", HTTP_PUT }, { "PATCH", HTTP_PATCH }, { "DELETE", HTTP_DELETE },
};

static int read_method(const struct route *route, struct entry *entry, struct error *error)
{
	entry->any_method = str_is(route->method, "ALL");
	if (entry->any_method)
		return 0;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (str_equal(route->method, str_of(methods[i].name))) {
			entry->method = methods[i].method;
			return 0;
		}
	}
	return error_set(error, ERROR_CONFIG,
		"%.*s: Invalid route config method must be one of the following values: GET, POST, PUT, PATCH, DELETE, ALL, found %.*s",
		STR_ARG(route->where), STR_ARG(route->method));
}

static int add_route(struct generation *generation, struct router *router, const struct route *route,
	struct error *error)
{
	struct entry *entry = &router->entries[router->count];
	struct route_use action = { .name = route->action, .where = route->where };

	*entry = (struct entry){ .matched.route = route };
	if (read_method(route, entry, error) < 0)
		return -1;
	entry->pattern = pattern_compile(generation->arena, route->path, error);
	if (!entry->pattern)
		return error_prefix(error, "%.*s: ", STR_ARG(route->where));
	if (resolve(generation, FUNCTION_ACTION, route, &action, &entry->matched.action, error) < 0 ||
		resolve_chain(generation, FUNCTION_POLICY, route, route->policies, route->policy_count,
			&entry->matched.policies, error) < 0 ||
		resolve_chain(generation, FUNCTION_MIDDLEWARE, route, route->middlewares, route->middleware_count,
			&entry->matched.middlewares, error) < 0)
		return -1;
	entry->matched.allowed = permission_public(generation->settings, route->scope);
	router->count++;
	return 0;
}

/* Two plugins with one route: the second would never be reached, and nobody would know why. */
static int find_conflict(const struct router *router, struct error *error)
{
	for (unsigned i = 0; i < router->count; i++) {
		for (unsigned j = i + 1; j < router->count; j++) {
			const struct route *a = router->entries[i].matched.route, *b = router->entries[j].matched.route;

			if (a->instance && b->instance && a->instance != b->instance && str_equal(a->method, b->method) &&
				str_equal_nocase(a->path, b->path))
				return error_set(error, ERROR_CONFIG,
					"%.*s: the route %.*s %.*s is declared already, at %.*s: rename one, or leave one plugin out",
					STR_ARG(b->where), STR_ARG(b->method), STR_ARG(b->path), STR_ARG(a->where));
		}
	}
	return 0;
}

struct router *router_new(struct generation *generation, struct error *error)
{
	struct router *router = arena_new_of(generation->arena, struct router);

	router->entries = arena_array(generation->arena, generation->route_count, sizeof(*router->entries));
	for (unsigned i = 0; i < generation->route_count; i++) {
		if (add_route(generation, router, &generation->routes[i], error) < 0)
			return NULL;
	}
	if (find_conflict(router, error) < 0)
		return NULL;
	for (unsigned b = 0; b < BUCKETS; b++)
		fill_bucket(generation->arena, router, b);
	return router;
}

/* ---- matching ---- */

static void decode_params(struct request *request)
{
	for (unsigned i = 0; i < request->param_count; i++) {
		struct str *value = &request->params[i].value;

		/* A plus sign is a plus sign in a path. */
		if (str_find(*value, '%') < value->n && str_find(*value, '+') == value->n)
			*value = param_decode(request->scope.arena, *value);
	}
}

static bool is_decodable(struct arena *arena, struct str path)
{
	return str_find(path, '%') == path.n || !str_equal(param_decode(arena, path), path);
}

static bool answers(const struct entry *entry, enum http_method method)
{
	return entry->any_method || entry->method == (method == HTTP_HEAD ? HTTP_GET : method);
}

/* The catch-all for static files matches every GET: "HEAD, GET" come first whatever the path. */
static struct str allowed_methods(struct request *request, const struct bucket *bucket)
{
	struct request_param params[REQUEST_PARAMS];
	const char *allow = "HEAD, GET";
	bool seen[HTTP_METHODS] = { [HTTP_GET] = true };
	unsigned count;

	for (unsigned i = 0; i < bucket->count; i++) {
		const struct entry *entry = bucket->entries[i];

		if (entry->any_method || seen[entry->method] ||
			!pattern_match(entry->pattern, request->message->path, params, &count))
			continue;
		seen[entry->method] = true;
		allow = arena_printf(request->scope.arena, "%s, %.*s", allow, STR_ARG(entry->matched.route->method));
	}
	return str_of(allow);
}

int router_match(const struct router *router, struct request *request, struct str *allow_r)
{
	struct str path = request->message->path;
	enum http_method method = request->message->method;
	const struct bucket *bucket = &router->buckets[hash_key(path)];

	/* What is behind us need not think of a NUL in a path. */
	if (memmem(path.p, path.n, "%00", 3)) {
		scope_throw(&request->scope, ERROR_BAD_REQUEST, "Malicious Path");
		request->scope.error.no_details = true;
		return -1;
	}
	if (!is_decodable(request->scope.arena, path)) {
		scope_throw(&request->scope, ERROR_BAD_REQUEST, "failed to decode");
		return -1;
	}
	for (unsigned i = 0; i < bucket->count; i++) {
		const struct entry *entry = bucket->entries[i];

		if (!answers(entry, method) || !pattern_match(entry->pattern, path, request->params, &request->param_count))
			continue;
		request->route = &entry->matched;
		request->model = entry->matched.route->model;
		decode_params(request);
		return ROUTER_MATCH;
	}
	request->param_count = 0;
	if (method == HTTP_GET || method == HTTP_HEAD)
		return ROUTER_NOT_FOUND;
	*allow_r = allowed_methods(request, bucket);
	return ROUTER_METHOD_NOT_ALLOWED;
}
