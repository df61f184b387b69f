#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/plugin.h"
#include "cli/template.h"
#include "config/node.h"
#include "plugin/manifest.h"

enum { NAME_LIMIT = 64 };

static const char *const kinds[] = { "plugin", "api", "policy", "middleware", NULL };

/* "wish-list": "wish_list" with '_', "Wish list" with ' '. */
static char *respell(struct arena *arena, const char *name, char hyphen)
{
	char *text = arena_strdup(arena, str_of(name));

	for (char *c = text; *c; c++) {
		if (*c == '-')
			*c = hyphen;
	}
	return text;
}

static bool is_kind(const char *kind)
{
	for (size_t i = 0; kinds[i]; i++) {
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	}
	return false;
}

static int write_folder(const char *name, const char *kind, struct error *error)
{
	struct arena *arena = arena_new(16 * 1024);
	char *title = respell(arena, name, ' ');
	const struct template_word words[] = {
		{ "@name@", name }, { "@symbol@", respell(arena, name, '_') }, { "@title@", title },
	};
	int rc;

	title[0] = (char)toupper((unsigned char)title[0]);
	rc = template_write(arena, kind, name, words, sizeof(words) / sizeof(*words), error);
	arena_free(arena);
	return rc;
}

int plugin_new(const struct command *self, int argc, char **argv)
{
	const char *name = NULL, *kind = "plugin";
	struct error error = ERROR_INIT;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--kind") == 0 && i + 1 < argc)
			kind = argv[++i];
		else if (argv[i][0] != '-' && !name)
			name = argv[i];
		else
			return command_usage(self, "unexpected \"%s\"", argv[i]);
	}
	if (!name)
		return command_usage(self, "expected a name");
	if (!is_kind(kind)) {
		const char *nearest = node_nearest(str_of(kind), kinds);

		return command_usage(self, "there is no kind \"%s\"%s%s%s", kind, nearest ? "; did you mean \"" : "",
			nearest ? nearest : "", nearest ? "\"?" : "");
	}
	if (!manifest_is_name(str_of(name)) || strlen(name) > NAME_LIMIT)
		return command_usage(self, "\"%s\" is no name for a plugin: it is written in kebab case, "
			"like \"wish-list\": small letters, digits, and hyphens between words", name);
	if (write_folder(name, kind, &error) < 0)
		return command_fail(&error);
	printf("Wrote %s/: plugin.toml says what it has, %s.c is its code, tests/ has a test.\n"
		"Next: cd %s && socle plugin build\n", name, name, name);
	return CLI_OK;
}
