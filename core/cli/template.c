#include "cli/template.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/place.h"
#include "config/file.h"

struct expansion {
	struct arena *arena;
	const struct template_word *words;
	unsigned count;
};

static const char *expand(const struct expansion *expansion, struct str text)
{
	struct buf out = BUF_INIT;
	const char *done;

	while (text.n) {
		const struct template_word *found = NULL;

		for (unsigned i = 0; i < expansion->count && text.p[0] == '@' && !found; i++) {
			if (str_starts(text, str_of(expansion->words[i].placeholder)))
				found = &expansion->words[i];
		}
		if (found) {
			buf_add(&out, str_of(found->text));
			text = str_skip(text, strlen(found->placeholder));
		} else {
			buf_add_char(&out, text.p[0]);
			text = str_skip(text, 1);
		}
	}
	done = arena_strdup(expansion->arena, buf_str(&out));
	buf_clear(&out);
	return done;
}

static int write_tree(const struct expansion *expansion, const char *from, const char *to, struct error *error);

static int write_entry(const struct expansion *expansion, const char *from, const char *to, const char *name,
	struct error *error)
{
	/* A file whose name begins with a dot would be missed by tools that copy templates: "dot-gitignore". */
	const char *shown = strncmp(name, "dot-", 4) == 0 ? arena_printf(expansion->arena, ".%s", name + 4) : name;
	const char *source = arena_printf(expansion->arena, "%s/%s", from, name);
	const char *target = arena_printf(expansion->arena, "%s/%s", to, expand(expansion, str_of(shown)));
	struct stat about;
	struct str text;

	if (stat(source, &about) == 0 && S_ISDIR(about.st_mode))
		return write_tree(expansion, source, target, error);
	if (file_read(expansion->arena, source, &text, error) < 0)
		return -1;
	return files_write(target, str_of(expand(expansion, text)), error);
}

static int write_tree(const struct expansion *expansion, const char *from, const char *to, struct error *error)
{
	DIR *directory = opendir(from);
	int rc = 0;

	if (!directory)
		return error_set(error, ERROR_APPLICATION, "%s: can't be read: %s", from, strerror(errno));
	if (mkdir(to, 0755) < 0)
		rc = error_set(error, ERROR_APPLICATION, "%s: can't be made: %s", to, strerror(errno));
	for (struct dirent *entry; rc == 0 && (entry = readdir(directory));) {
		if (entry->d_name[0] != '.')
			rc = write_entry(expansion, from, to, entry->d_name, error);
	}
	closedir(directory);
	return rc;
}

int template_write(struct arena *arena, const char *name, const char *to, const struct template_word *words,
	unsigned count, struct error *error)
{
	const struct expansion expansion = { arena, words, count };
	const char *from = place_shared(arena, arena_printf(arena, "templates/%s", name));
	const char *beside = arena_printf(arena, "%s.new-%d", to, (int)getpid());
	int rc;

	if (!from)
		return error_set(error, ERROR_APPLICATION,
			"the template \"%s\" isn't there: this socle was installed without share/socle/templates", name);
	if (access(to, F_OK) == 0)
		return error_set(error, ERROR_APPLICATION, "%s is there already; take another name, or remove it", to);
	rc = write_tree(&expansion, from, beside, error);
	if (rc == 0 && rename(beside, to) < 0)
		rc = error_set(error, ERROR_APPLICATION, "%s: can't be made: %s", to, strerror(errno));
	if (rc < 0)
		files_remove(beside);
	return rc;
}
