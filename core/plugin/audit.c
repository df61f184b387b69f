#include "plugin/audit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <socle/plugin.h>

#include "plugin/elf_view.h"
#include "model/problems.h"

/* ---- what the note says ---- */

static bool read_note(const struct elf_view *view, struct socle_note *note_r)
{
	if (!view->note || view->note->d_size < sizeof(*note_r))
		return false;
	memcpy(note_r, view->note->d_buf, sizeof(*note_r));
	return note_r->name_size == sizeof(SOCLE_NOTE_NAME) && note_r->type == SOCLE_NOTE_TYPE &&
		memcmp(note_r->name, SOCLE_NOTE_NAME, sizeof(SOCLE_NOTE_NAME)) == 0;
}

static void check_note(const struct elf_view *view, struct arena *arena, struct audit *audit,
	struct problems *problems)
{
	struct socle_note note;

	if (!read_note(view, &note)) {
		problems_add(problems, "%s: is no plugin: no file of it says SOCLE_PLUGIN() (socle/plugin.h)",
			view->path);
		return;
	}
	audit->sdk_major = note.sdk_major;
	audit->sdk_minor = note.sdk_minor;
	audit->version = arena_str(arena,
		(struct str){ note.version, strnlen(note.version, sizeof(note.version)) });
	if (note.sdk_major != SOCLE_SDK_MAJOR || note.sdk_minor > SOCLE_SDK_MINOR) {
		problems_add(problems,
			"%s: built with SDK %u.%u, this host has %d.%d; build it with the SDK of this host",
			view->path, note.sdk_major, note.sdk_minor, SOCLE_SDK_MAJOR, SOCLE_SDK_MINOR);
	} else if (note.pointer_size != sizeof(void *) || note.value_size != sizeof(struct socle_value) ||
			note.plugin_size > sizeof(struct socle_plugin)) {
		problems_add(problems,
			"%s: its structs have other sizes than this host's; build it again, with the "
			"compiler's default layout",
			view->path);
	}
}

/* ---- what it needs, and what it would leave behind ---- */

/* Imports whose effects outlive dlclose(). Prefixes end in '*'. */
static const char *const leaving[] = {
	"pthread_create", "thrd_create", "pthread_key_create", "tss_create", "__cxa_thread_atexit_impl",
	"pthread_atfork", "__register_atfork", "timer_create", "on_exit", "sigaction", "signal", "atexit",
	"_ZNSt6thread*", "event_new", "event_base_new",
};

static const char *leaves_behind(const char *name)
{
	for (size_t i = 0; i < sizeof(leaving) / sizeof(*leaving); i++) {
		size_t length = strlen(leaving[i]);
		bool prefix = leaving[i][length - 1] == '*';

		if (prefix ? strncmp(name, leaving[i], length - 1) == 0 : strcmp(name, leaving[i]) == 0)
			return leaving[i];
	}
	return NULL;
}

/* Whether the running host exports it: libsocle is in the program's own scope. */
static bool host_has(const char *name)
{
	return dlsym(RTLD_DEFAULT, name) != NULL;
}

static bool is_ours(const char *name)
{
	return strncmp(name, "socle_", 6) == 0;
}

static void check_import(const struct elf_view *view, const struct elf_symbol *symbol, struct audit *audit,
	struct problems *problems)
{
	if (!audit->leaves_behind)
		audit->leaves_behind = leaves_behind(symbol->name);
	if (is_ours(symbol->name) && !symbol->weak && !host_has(symbol->name)) {
		problems_add(problems,
			"%s: needs `%s`, which this host (SDK %d.%d) doesn't have; build it with the SDK of "
			"this host",
			view->path, symbol->name, SOCLE_SDK_MAJOR, SOCLE_SDK_MINOR);
	}
}

static void check_symbols(const struct elf_view *view, struct arena *arena, struct audit *audit,
	struct problems *problems)
{
	struct str *exports = arena_array(arena, view->symbol_count + 1, sizeof(*exports));

	audit->exports = exports;
	/* The first symbol is the empty one. */
	for (size_t i = 1; i < view->symbol_count; i++) {
		struct elf_symbol symbol;

		if (!elf_view_symbol(view, i, &symbol)) {
			problems_add(
				problems, "%s: damaged (dynamic symbol %zu); build it again", view->path, i);
			return;
		}
		if (symbol.unique && !audit->unique)
			audit->unique = arena_strdup(arena, str_of(symbol.name));
		if (symbol.undefined)
			check_import(view, &symbol, audit, problems);
		else if (is_ours(symbol.name))
			exports[audit->export_count++] = arena_str(arena, str_of(symbol.name));
	}
	if (view->note && !audit_exports(audit, STR("socle_plugin_descriptor"))) {
		problems_add(problems,
			"%s: doesn't export `socle_plugin_descriptor`, which SOCLE_PLUGIN() defines; look at "
			"the linker's version script",
			view->path);
	}
}

bool audit_exports(const struct audit *audit, struct str symbol)
{
	for (unsigned i = 0; i < audit->export_count; i++) {
		if (str_equal(audit->exports[i], symbol))
			return true;
	}
	return false;
}

static void add_needed(const struct elf_view *view, const GElf_Dyn *entry, struct arena *arena,
	struct audit *audit, struct str *names, struct problems *problems)
{
	const char *name = elf_view_text(view, entry);

	if (name)
		names[audit->needed_count++] = arena_str(arena, str_of(name));
	else
		problems_add(
			problems, "%s: damaged (the name of a needed library); build it again", view->path);
}

static void check_dynamic(const struct elf_view *view, struct arena *arena, struct audit *audit,
	struct problems *problems)
{
	struct str *names = arena_array(arena, view->dynamic_count + 1, sizeof(*names));
	bool ended = false;

	audit->needed = names;
	for (size_t i = 0; i < view->dynamic_count && !ended; i++) {
		GElf_Dyn entry;

		if (!elf_view_dynamic(view, i, &entry))
			break;
		switch (entry.d_tag) {
		case DT_NULL:
			ended = true;
			break;
		case DT_NEEDED:
			add_needed(view, &entry, arena, audit, names, problems);
			break;
		case DT_INIT_ARRAYSZ:
			/* One is the compiler's own. */
			audit->constructors = entry.d_un.d_val > sizeof(void *);
			break;
		case DT_FLAGS_1:
			if (entry.d_un.d_val & DF_1_NODELETE)
				audit->nodelete = "DF_1_NODELETE";
			break;
		default:
			break;
		}
	}
	if (!ended)
		problems_add(
			problems, "%s: damaged (the dynamic section has no end); build it again", view->path);
}

/* ---- the whole ---- */

static struct str hash_of(struct arena *arena, struct str image)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	char *hex = arena_alloc(arena, AUDIT_HASH_SIZE + 1);
	size_t length = 0;

	/* Only an OpenSSL without SHA-256 could fail here. */
	if (!EVP_Q_digest(NULL, "SHA256", NULL, image.p, image.n, digest, &length) ||
		length != AUDIT_HASH_SIZE / 2)
		abort();
	for (size_t i = 0; i < length; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[AUDIT_HASH_SIZE] = '\0';
	return (struct str){ hex, AUDIT_HASH_SIZE };
}

int audit_image(
	struct arena *arena, struct str image, const char *path, struct audit *audit_r, struct error *error)
{
	struct problems problems = PROBLEMS_INIT;
	struct elf_view view;

	*audit_r = (struct audit){ .image = image, .version = STR("") };
	if (elf_view_open(&view, image, path, error) < 0)
		return -1;
	check_note(&view, arena, audit_r, &problems);
	check_symbols(&view, arena, audit_r, &problems);
	check_dynamic(&view, arena, audit_r, &problems);
	elf_view_close(&view);
	audit_r->hash = hash_of(arena, image);
	return problems_finish(&problems, error);
}

static int cannot_read(const char *path, struct error *error)
{
	return error_set(error, ERROR_CONFIG, "%s: can't be read: %s", path, strerror(errno));
}

static int read_whole(struct arena *arena, int fd, const char *path, struct str *image_r, struct error *error)
{
	struct stat status;
	size_t size, have = 0;
	char *bytes;

	if (fstat(fd, &status) < 0)
		return cannot_read(path, error);
	if (!S_ISREG(status.st_mode))
		return error_set(error, ERROR_CONFIG, "%s: is no file", path);
	size = (size_t)status.st_size;
	bytes = arena_alloc(arena, size + 1);
	while (have < size) {
		ssize_t got = read(fd, bytes + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cannot_read(path, error);
		if (got == 0)
			break;
		have += (size_t)got;
	}
	*image_r = (struct str){ bytes, have };
	return 0;
}

int audit_read(struct arena *arena, const char *path, struct str *image_r, struct error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return cannot_read(path, error);
	rc = read_whole(arena, fd, path, image_r, error);
	close(fd);
	return rc;
}

int audit_file(struct arena *arena, const char *path, struct audit *audit_r, struct error *error)
{
	struct str image;

	if (audit_read(arena, path, &image, error) < 0)
		return -1;
	return audit_image(arena, image, path, audit_r, error);
}
