#include "plugin/embedded.h"

#include <socle/embed.h>

#include "plugin/audit.h"
#include "plugin/elf_view.h"

bool embedded_is(struct str path)
{
	return str_ends(path, STR(".so"));
}

const struct model_text *embedded_find(const struct embedded *files, struct str name)
{
	for (unsigned i = 0; i < files->count; i++) {
		if (str_equal(files->items[i].name, name))
			return &files->items[i];
	}
	return NULL;
}

static int damaged(const char *path, const char *what, struct error *error)
{
	return error_set(error, ERROR_CONFIG, "%s: what SOCLE_MANIFEST() and SOCLE_SCHEMA() put into it is damaged (%s); "
		"build it again", path, what);
}

/* A path below the plugin's folder, of characters that messages can show. */
static bool is_name(struct str name)
{
	if (!name.n || name.n > EMBEDDED_NAME)
		return false;
	for (struct str rest = name; !str_is_null(rest);) {
		struct str part = str_cut(&rest, '/');

		if (!part.n || part.p[0] == '.')
			return false;
	}
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	}
	return true;
}

static int check(const struct embedded *files, struct str name, struct str text, const char *path, struct error *error)
{
	if (!is_name(name))
		return damaged(path, "a name", error);
	if (embedded_find(files, name))
		return error_set(error, ERROR_CONFIG, "%s: %.*s is embedded twice; take one SOCLE_MANIFEST() or SOCLE_SCHEMA() "
			"away", path, STR_ARG(name));
	if (text.n > EMBEDDED_TEXT)
		return error_set(error, ERROR_CONFIG, "%s: the embedded %.*s has more than %d bytes", path, STR_ARG(name),
			EMBEDDED_TEXT);
	if (files->count == EMBEDDED_FILES)
		return error_set(error, ERROR_CONFIG, "%s: more than %d files are embedded", path, EMBEDDED_FILES);
	return 0;
}

/* The first entry of `rest`; false when its end is missing. */
static bool take(struct str *rest, struct str *name_r, struct str *text_r)
{
	uint32_t sizes[2];
	uint64_t whole;

	if (rest->n < sizeof(sizes))
		return false;
	memcpy(sizes, rest->p, sizeof(sizes));
	whole = sizeof(sizes) + (uint64_t)sizes[0] + sizes[1];
	if (whole > rest->n)
		return false;
	*name_r = str_take(str_skip(*rest, sizeof(sizes)), sizes[0]);
	*text_r = str_take(str_skip(*rest, sizeof(sizes) + sizes[0]), sizes[1]);
	*rest = str_skip(*rest, (whole + 3) & ~(uint64_t)3);
	return true;
}

int embedded_parse(struct arena *arena, struct str section, const char *path, struct embedded *files_r,
	struct error *error)
{
	*files_r = (struct embedded){ arena_array(arena, EMBEDDED_FILES, sizeof(*files_r->items)), 0 };
	while (section.n) {
		struct str name, text;

		if (!take(&section, &name, &text))
			return damaged(path, "its end is missing", error);
		if (check(files_r, name, text, path, error) < 0)
			return -1;
		files_r->items[files_r->count++] = (struct model_text){ arena_str(arena, name), arena_str(arena, text) };
	}
	if (!embedded_find(files_r, STR("plugin.toml")))
		return error_set(error, ERROR_CONFIG, "%s: a library alone in the plugin folder holds its manifest: say "
			"SOCLE_MANIFEST(\"plugin.toml\") in it (socle/embed.h), or put it into a folder beside its plugin.toml",
			path);
	return 0;
}

int embedded_read(struct arena *arena, const char *path, struct embedded *files_r, struct error *error)
{
	struct arena *scratch = arena_new(4096);
	struct elf_view view;
	struct str image;
	int rc = -1;

	if (audit_read(scratch, path, &image, error) == 0 && elf_view_open(&view, image, path, error) == 0) {
		rc = embedded_parse(arena, view.files ? (struct str){ view.files->d_buf, view.files->d_size } : STR_NULL, path,
			files_r, error);
		elf_view_close(&view);
	}
	arena_free(scratch);
	return rc;
}
