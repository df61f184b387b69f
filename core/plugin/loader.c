#include "plugin/loader.h"

#include <assert.h>
#include <dlfcn.h>

#include "base/sanitize.h"
#include "loop/fiber.h"
#include "plugin/copy.h"

/* dlerror() begins with the copy's path, of which nobody knows. */
static int cannot_load(const char *path, const char *why, struct error *error)
{
	struct str text = str_of(why);
	bool undefined = strstr(why, "undefined symbol") != NULL;

	if (str_starts(text, str_of(path)))
		text = str_skip(text, strlen(path) + strlen(": "));
	return error_set(error, ERROR_CONFIG, "can't be loaded: %.*s%s", STR_ARG(text),
		undefined ? "; link the library or the file that has it" : "");
}

int loader_open(struct arena *arena, struct str state, struct str name, const struct audit *audit,
	struct library *library_r, struct error *error)
{
	const char *path = copy_make(arena, state, name, audit->hash, audit->image, error);
	void *handle;

	assert(!fiber_self());
	if (!path)
		return -1;
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return cannot_load(path, dlerror(), error);
	*library_r = (struct library){ handle, path, dlsym(handle, "socle_plugin_descriptor") };
	if (!library_r->plugin || library_r->plugin->size < sizeof(library_r->plugin->size)) {
		dlclose(handle);
		return error_set(error, ERROR_CONFIG,
			"its `socle_plugin_descriptor` is not what SOCLE_PLUGIN() defines");
	}
	return 0;
}

void loader_close(struct library *library)
{
	if (library->handle && !HAVE_ASAN)
		dlclose(library->handle);
	*library = (struct library){ 0 };
}

static const char *const kinds[FUNCTION_KINDS] = {
	[FUNCTION_POLICY] = "policy", [FUNCTION_MIDDLEWARE] = "middleware", [FUNCTION_ACTION] = "action",
	[FUNCTION_LIFECYCLE] = "lifecycle", [FUNCTION_DOCUMENT_MIDDLEWARE] = "document_middleware",
	[FUNCTION_SUBSCRIBER] = "subscriber", [FUNCTION_SERVICE] = "service", [FUNCTION_TASK] = "task",
};

const char *loader_kind_name(enum function_kind kind)
{
	return kinds[kind];
}

const char *loader_symbol_name(struct arena *arena, enum function_kind kind, struct str name)
{
	/* A capital becomes two characters. */
	char *snake = arena_alloc(arena, 2 * name.n + 1), *to = snake;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c >= 'A' && c <= 'Z') {
			if (i && to[-1] != '_')
				*to++ = '_';
			*to++ = (char)(c - 'A' + 'a');
		} else {
			*to++ = c == '-' || c == '.' ? '_' : c;
		}
	}
	*to = '\0';
	return arena_printf(arena, "socle_%s_%s", kinds[kind], snake);
}

void *loader_symbol(struct arena *arena, void *handle, enum function_kind kind, struct str name)
{
	return handle ? dlsym(handle, loader_symbol_name(arena, kind, name)) : NULL;
}

extension_fn *loader_function(struct arena *arena, void *handle, enum function_kind kind, struct str name)
{
	void *address = loader_symbol(arena, handle, kind, name);
	extension_fn *fn = NULL;

	/* POSIX lets dlsym() give functions; ISO C has no cast for it. */
	memcpy(&fn, &address, sizeof(fn));
	return fn;
}
