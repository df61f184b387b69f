/* Manifests: any text is either a manifest or a problem with words, and what is accepted keeps its promises.
 *
 *	clang -std=gnu17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -Icore -Isdk/include
 *		-o fuzz_manifest tests/fuzz/fuzz_manifest.c LIBRARIES-OF-A-BUILD
 *	./fuzz_manifest -max_len=4096 -max_total_time=120 NEW_CORPUS tests/fuzz/corpus/manifest
 */
#include <assert.h>
#include <stdint.h>

#include "plugin/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_names(const struct manifest_names *names)
{
	for (unsigned i = 0; i < names->count; i++)
		assert(names->items[i].text.n && names->items[i].node);
}

static void check_route(const struct manifest_route *route)
{
	assert(route->path.n && route->path.p[0] == '/');
	assert(route->controller.n && route->action.n);
	for (unsigned i = 0; i < route->policies.count; i++)
		assert(route->policies.items[i].name.n);
	for (unsigned i = 0; i < route->middlewares.count; i++)
		assert(route->middlewares.items[i].name.n);
}

/* What was accepted has defaults that its own declarations accept. */
static void check_config(const struct declarations *declarations)
{
	struct problems problems = PROBLEMS_INIT;
	struct error error = ERROR_INIT;
	json_t *values = declarations_apply(declarations, NULL, "enabled", false, &problems);

	assert(json_object_size(values) == declarations->count);
	json_decref(values);
	assert(problems_finish(&problems, &error) == 0);
}

static void check(const struct manifest *manifest)
{
	assert(manifest->name.n && manifest->version_text.n && manifest->kind < MANIFEST_KINDS);
	assert(!manifest->policies.count || manifest->library.n);
	check_names(&manifest->policies);
	check_names(&manifest->middlewares);
	for (unsigned i = 0; i < manifest->requirement_count; i++)
		assert(version_range_valid(manifest->requirements[i].range));
	for (unsigned i = 0; i < manifest->route_count; i++)
		check_route(&manifest->routes[i]);
	check_config(&manifest->config);
	for (unsigned i = 0; i < manifest->option_count; i++)
		check_config(&manifest->options[i].declarations);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new(4096);
	struct problems problems = PROBLEMS_INIT;
	struct error error = ERROR_INIT;
	const struct manifest *manifest = manifest_parse(
		arena, (struct str){(const char *)data, n}, STR("plugin.toml"), STR("."), &problems);

	assert((manifest == NULL) == (problems.count > 0));
	if (manifest)
		check(manifest);
	(void)!problems_finish(&problems, &error);
	error_clear(&error);
	arena_free(arena);
	return 0;
}
