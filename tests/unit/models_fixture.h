/* Schemas of a test, written into a folder of their own that is the current one while the test runs. */
#ifndef MODELS_FIXTURE_H
#define MODELS_FIXTURE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "model/model.h"

struct fixture {
	struct arena *arena;
	struct models *models;
	struct error error;
	char folder[64];
	char *before;
};

static inline int fixture_set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(64 * 1024);
	f->models = models_new(f->arena);
	f->before = getcwd(NULL, 0);
	strcpy(f->folder, "/tmp/socle-test-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	assert_int_equal(chdir(f->folder), 0);
	*state = f;
	return 0;
}

static inline int fixture_tear_down(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(chdir(f->before), 0);
	assert_int_equal(system(arena_printf(f->arena, "rm -r %s", f->folder)), 0);
	error_clear(&f->error);
	arena_free(f->arena);
	free(f->before);
	free(f);
	return 0;
}

/* Makes the folders on the way. */
static inline void write_file(const char *path, const char *text)
{
	char copy[256];
	FILE *file;

	snprintf(copy, sizeof(copy), "%s", path);
	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0700);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static inline const struct model_source *source_of(const char *prefix)
{
	static struct model_source source;

	source = (struct model_source){ STR("test"), str_of(prefix), STR_NULL };
	return &source;
}

static inline int add_type(struct fixture *f, const char *path, const char *text)
{
	write_file(path, text);
	return models_add_type(f->models, source_of("api::"), path, &f->error);
}

static inline int add_component(struct fixture *f, const char *uid, const char *path, const char *text)
{
	write_file(path, text);
	return models_add_component(f->models, source_of("api::"), str_of(uid), path, &f->error);
}

/* Fails the test with the message where something failed. */
#define ok(f, call) \
	do { \
		if ((call) < 0) \
			fail_msg("%s", error_message(&(f)->error)); \
	} while (0)

static inline const struct attribute *attribute_of(struct fixture *f, const char *uid, const char *name)
{
	const struct model *model = models_find(f->models, str_of(uid));

	assert_non_null(model);
	return model_attribute(model, str_of(name));
}

/* The folder that the sources lie in: meson says it; by hand, a test is started there. */
static inline const char *source_root(void)
{
	const char *root = getenv("SOCLE_SOURCE_ROOT");

	return root ? root : ".";
}

/* Strapi's own types, and the recorded application that conformance is measured with. */
static inline void add_all_plugins(struct fixture *f)
{
	static const struct {
		const char *folder, *prefix;
	} plugins[] = {
		{ "plugins/admin", "admin::" }, { "plugins/upload", "plugin::upload." }, { "plugins/i18n",
			"plugin::i18n." },
		{ "plugins/users-permissions", "plugin::users-permissions." },
			{ "tests/conformance/plugins/oracle", "api::" },
	};

	for (size_t i = 0; i < sizeof(plugins) / sizeof(*plugins); i++) {
		const char *root = source_root();
		const char *folder = root[0] == '/' ? arena_printf(f->arena, "%s/%s", root, plugins[i].folder)
			: arena_printf(f->arena, "%s/%s/%s", f->before, root, plugins[i].folder);

		ok(f, models_add_folder(f->models, source_of(plugins[i].prefix), folder, &f->error));
	}
	ok(f, models_finish(f->models, &f->error));
}

#endif
