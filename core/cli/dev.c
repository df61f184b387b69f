/* `socle dev`: builds and installs a plugin whenever one of its files is saved. */
#include <errno.h>
#include <limits.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <socle/version.h>

#include "cli/plugin.h"
#include "cli/run.h"

enum {
	SETTLE_MS = 100,		/* editors save in several steps */
	WATCHES = 1024,
};

static const uint32_t changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE;

struct watch {
	int fd;
	unsigned count;
};

/* Folders that are added later are found when everything is watched anew, after each build. */
static void watch_folder(struct watch *watch, struct arena *arena, const char *folder)
{
	DIR *directory = opendir(folder);

	if (!directory)
		return;
	if (watch->count++ < WATCHES)
		inotify_add_watch(watch->fd, folder, changes);
	for (struct dirent *entry; (entry = readdir(directory));) {
		const char *path = arena_printf(arena, "%s/%s", folder, entry->d_name);
		struct stat about;

		if (entry->d_name[0] != '.' && lstat(path, &about) == 0 && S_ISDIR(about.st_mode))
			watch_folder(watch, arena, path);
	}
	closedir(directory);
}

/* What building makes, and what editors leave beside a file, is nobody's save. */
static bool is_source(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && name[length - 1] != '~' && !str_ends(str_of(name), STR(".so")) &&
		!str_ends(str_of(name), STR(".new"));
}

static bool read_events(int fd)
{
	char bytes[16 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got = read(fd, bytes, sizeof(bytes));
	bool saved = false;

	for (ssize_t at = 0; at < got;) {
		const struct inotify_event *event = (const void *)(bytes + at);

		saved = saved || (event->len && is_source(event->name));
		at += (ssize_t)(sizeof(*event) + event->len);
	}
	return saved;
}

/* Returns when something was saved and nothing more has come for a moment; negative when that can't be told. */
static int wait_for_save(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	bool saved = false;

	for (;;) {
		int rc = poll(&wait, 1, saved ? SETTLE_MS : -1);

		if (rc < 0 && errno != EINTR)
			return -1;
		if (rc == 0)
			return 0;
		if (rc > 0)
			saved = read_events(fd) || saved;
	}
}

/* Each in a process of its own: a plugin that crashes when it is loaded ends that one. */
static int run_step(struct arena *arena, const char *step)
{
	struct words words = { .arena = arena };
	struct error error = ERROR_INIT;
	int rc;

	words_add(&words, "/proc/self/exe");
	words_add(&words, "plugin");
	words_add(&words, step);
	rc = run_program(&words, NULL, &error);
	error_clear(&error);
	return rc;
}

static void take(const char *when)
{
	struct arena *arena = arena_new(4096);

	printf("-- %s\n", when);
	fflush(stdout);
	if (run_step(arena, "build") == 0 && run_step(arena, "install") == 0)
		puts("-- taken; waiting for the next save (Ctrl-C ends)");
	else
		puts("-- not taken; mend it and save");
	fflush(stdout);
	arena_free(arena);
}

/* Until somebody ends us, or files can't be watched. The manifest is read anew by each step. */
static int attend(const struct plugin_work *work SOCLE_UNUSED, struct error *error)
{
	const char *when = "first build";

	for (;;) {
		struct arena *arena = arena_new(4096);
		struct watch watch = { .fd = inotify_init1(IN_CLOEXEC) };
		int rc;

		if (watch.fd < 0) {
			arena_free(arena);
			return error_set(error, ERROR_APPLICATION, "files can't be watched: %s", strerror(errno));
		}
		/* Before building: what is saved meanwhile counts. */
		watch_folder(&watch, arena, ".");
		take(when);
		rc = wait_for_save(watch.fd);
		close(watch.fd);
		arena_free(arena);
		if (rc < 0)
			return error_set(error, ERROR_APPLICATION, "files can't be watched: %s", strerror(errno));
		when = "saved";
	}
}

int dev_run(const struct command *self, int argc, char **argv)
{
	return plugin_work(self, argc, argv, attend);
}
