#include "base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, DEPTH = 32 };

static int fail(const char *path, const char *what, struct error *error)
{
	return error_set(error, ERROR_APPLICATION, "%s: %s: %s", path, what, strerror(errno));
}

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t put = write(fd, bytes, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		n -= (size_t)put;
	}
	return 0;
}

static int copy_bytes(int from, int to)
{
	char piece[PIECE];
	ssize_t got;

	while ((got = read(from, piece, sizeof(piece))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || write_all(to, piece, (size_t)got) < 0)
			return -1;
	}
	return 0;
}

static int copy_file(const char *from, const char *to, mode_t mode, struct error *error)
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out, rc;

	if (in < 0)
		return fail(from, "can't be read", error);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777);
	if (out < 0) {
		close(in);
		return fail(to, "can't be made", error);
	}
	rc = copy_bytes(in, out);
	if (fsync(out) < 0 || rc < 0)
		rc = fail(to, "can't be written", error);
	close(in);
	close(out);
	return rc;
}

static int copy_tree(const char *from, const char *to, bool (*takes)(const char *name, bool folder), unsigned depth,
	struct error *error);

static int copy_entry(const char *from, const char *to, const char *name,
	bool (*takes)(const char *name, bool folder), unsigned depth, struct error *error)
{
	char inner[PATH_MAX], outer[PATH_MAX];
	struct stat about;

	if (snprintf(inner, sizeof(inner), "%s/%s", from, name) >= (int)sizeof(inner) ||
		snprintf(outer, sizeof(outer), "%s/%s", to, name) >= (int)sizeof(outer))
		return error_set(error, ERROR_APPLICATION, "%s: the path is too long", from);
	if (stat(inner, &about) < 0 || (takes && !takes(name, S_ISDIR(about.st_mode))))
		return 0;
	if (S_ISDIR(about.st_mode))
		return copy_tree(inner, outer, takes, depth + 1, error);
	return S_ISREG(about.st_mode) ? copy_file(inner, outer, about.st_mode, error) : 0;
}

static int copy_tree(const char *from, const char *to, bool (*takes)(const char *name, bool folder), unsigned depth,
	struct error *error)
{
	DIR *directory = depth < DEPTH ? opendir(from) : NULL;
	int rc = 0;

	if (!directory)
		return depth < DEPTH ? fail(from, "can't be read", error)
			: error_set(error, ERROR_APPLICATION, "%s: more than %d folders inside one another", from, DEPTH);
	if (mkdir(to, 0755) < 0 && errno != EEXIST)
		rc = fail(to, "can't be made", error);
	for (struct dirent *entry; rc == 0 && (entry = readdir(directory));) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = copy_entry(from, to, entry->d_name, takes, depth, error);
	}
	closedir(directory);
	return rc;
}

int files_copy(const char *from, const char *to, bool (*takes)(const char *name, bool folder), struct error *error)
{
	struct stat about;

	if (stat(from, &about) == 0 && S_ISREG(about.st_mode))
		return copy_file(from, to, about.st_mode, error);
	return copy_tree(from, to, takes, 0, error);
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about;
	(void)kind;
	(void)walk;
	return remove(path);
}

void files_remove(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int files_write(const char *path, struct str text, struct error *error)
{
	char beside[PATH_MAX];
	int fd, rc;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return error_set(error, ERROR_APPLICATION, "%s: the path is too long", path);
	fd = mkstemp(beside);
	if (fd < 0)
		return fail(path, "can't be written", error);
	rc = write_all(fd, text.p, text.n);
	if (fchmod(fd, 0644) < 0 || fsync(fd) < 0)
		rc = -1;
	if (close(fd) < 0 || rc < 0 || rename(beside, path) < 0) {
		rc = fail(path, "can't be written", error);
		unlink(beside);
	}
	return rc;
}
