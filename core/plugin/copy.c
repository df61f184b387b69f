#include "plugin/copy.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

enum { HASH_SHOWN = 12 };

static int system_error(const char *what, const char *path, struct error *error)
{
	return error_set(error, ERROR_CONFIG, "can't %s %s: %s", what, path, strerror(errno));
}

static int make_folder(struct arena *arena, struct str state, const char **folder_r, struct error *error)
{
	char *path = arena_printf(arena, "%.*s/plugins", STR_ARG(state));

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return system_error("make the folder", path, error);
		*slash = '/';
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return system_error("make the folder", path, error);
	/* Whoever could write here could run code as us. */
	if (chmod(path, 0700) < 0)
		return system_error("close to others", path, error);
	*folder_r = path;
	return 0;
}

static bool is_open(const char *path)
{
	void *handle = dlopen(path, RTLD_LAZY | RTLD_NOLOAD | RTLD_LOCAL);

	if (handle)
		dlclose(handle);
	return handle != NULL;
}

/* A copy that a crash or a full disk left half written must not be taken for whole. */
static bool holds(const char *path, struct str image)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat status;
	char piece[16 * 1024];
	size_t have = 0;

	if (fd < 0)
		return false;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size == image.n) {
		while (have < image.n) {
			ssize_t got = read(fd, piece, sizeof(piece));

			if (got <= 0 || (size_t)got > image.n - have ||
				memcmp(piece, image.p + have, (size_t)got) != 0)
				break;
			have += (size_t)got;
		}
	}
	close(fd);
	return image.n > 0 && have == image.n;
}

static int write_all(int fd, struct str image)
{
	while (image.n) {
		ssize_t wrote = write(fd, image.p, image.n);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		image = str_skip(image, (size_t)wrote);
	}
	return 0;
}

/* Written under another name and renamed: another worker sees all of it or nothing. */
static int write_copy(struct arena *arena, const char *path, struct str image, struct error *error)
{
	char *work = arena_printf(arena, "%s.XXXXXX", path);
	int fd = mkostemp(work, O_CLOEXEC);

	if (fd < 0)
		return system_error("write", work, error);
	if (write_all(fd, image) < 0 || fchmod(fd, 0500) < 0) {
		system_error("write", work, error);
		close(fd);
		unlink(work);
		return -1;
	}
	close(fd);
	if (rename(work, path) < 0) {
		system_error("write", path, error);
		unlink(work);
		return -1;
	}
	return 0;
}

const char *copy_make(struct arena *arena, struct str state, struct str name, struct str hash,
	struct str image, struct error *error)
{
	const char *folder = NULL, *path;
	unsigned number = 1;

	if (make_folder(arena, state, &folder, error) < 0)
		return NULL;
	path = arena_printf(arena, "%s/%.*s-%.*s.so", folder, STR_ARG(name), HASH_SHOWN, hash.p);
	while (is_open(path)) {
		path = arena_printf(
			arena, "%s/%.*s-%.*s-%u.so", folder, STR_ARG(name), HASH_SHOWN, hash.p, ++number);
	}
	if (holds(path, image)) {
		/* For the sweep: this one is in use. */
		utimensat(AT_FDCWD, path, NULL, 0);
		return path;
	}
	return write_copy(arena, path, image, error) < 0 ? NULL : path;
}

static bool is_kept(const char *name, const char *const *kept)
{
	for (; *kept; kept++) {
		if (strcmp(name, *kept) == 0)
			return true;
	}
	return false;
}

void copy_sweep(struct str state, const char *const *kept, unsigned age_s)
{
	char path[4096];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "%.*s/plugins", STR_ARG(state));
	folder = opendir(path);
	if (!folder)
		return;
	while ((entry = readdir(folder)) != NULL) {
		struct stat status;

		if (!strstr(entry->d_name, ".so") || is_kept(entry->d_name, kept))
			continue;
		if (fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
			!S_ISREG(status.st_mode))
			continue;
		/* time() may lag behind what files are stamped with. */
		if (status.st_mtime + (time_t)age_s > clock_unix_ms() / 1000)
			continue;
		if (unlinkat(dirfd(folder), entry->d_name, 0) == 0)
			log_debug("plugin", "removed the old copy %s", entry->d_name);
	}
	closedir(folder);
}
