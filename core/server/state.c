#include "server/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

#define LOCK_FILE "socle.pid"

/* With the folders above it. */
static int make_folder(struct str folder, struct arena *arena, struct error *error)
{
	char *path = arena_strdup(arena, folder);

	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		/* Whatever is wrong here is said for the last one. */
		mkdir(path, 0755);
		*slash = '/';
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_set(error, ERROR_CONFIG,
			"the state folder %s can't be made: %s. Choose another with SOCLE_STATE, or `state` "
			"in server.toml",
			path, strerror(errno));
	return 0;
}

/* Private copies of plugins lie there: who may write to it runs code in the host. */
static int check_folder(const char *folder, struct error *error)
{
	struct stat status;

	if (stat(folder, &status) < 0)
		return error_set(error, ERROR_CONFIG, "the state folder %s: %s", folder, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return error_set(error, ERROR_CONFIG, "the state folder %s is no folder", folder);
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		log_warn("server",
			"the state folder %s may be written by others than its owner; chmod 700 mends it",
			folder);
	return 0;
}

static int refuse_second(const char *path, int fd, struct error *error)
{
	char pid[32] = { 0 };
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	while (n > 0 && (pid[n - 1] < '0' || pid[n - 1] > '9'))
		pid[--n] = '\0';
	return error_set(error, ERROR_CONFIG,
		"a host is running with this state folder already (process %s, locked by %s). Stop it, or "
		"give this one another folder with SOCLE_STATE", n > 0 ? pid : "unknown", path);
}

/* 1: locked; 0: the file was removed meanwhile by who had the lock before, try again. */
static int try_lock(const char *path, int *fd_r, struct error *error)
{
	struct stat ours, there;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return error_set(error, ERROR_CONFIG, "%s can't be opened: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		rc = errno == EWOULDBLOCK ? refuse_second(path, fd, error)
			: error_set(error, ERROR_CONFIG, "%s can't be locked: %s", path, strerror(errno));
		close(fd);
		return rc;
	}
	if (fstat(fd, &ours) < 0 || stat(path, &there) < 0 || ours.st_ino != there.st_ino ||
		ours.st_dev != there.st_dev) {
		close(fd);
		return 0;
	}
	*fd_r = fd;
	return 1;
}

static int take_lock(struct state *state, struct error *error)
{
	char path[PATH_MAX];
	int rc;

	snprintf(path, sizeof(path), "%s/" LOCK_FILE, state->folder);
	do
		rc = try_lock(path, &state->lock, error);
	while (rc == 0);
	if (rc < 0)
		return -1;
	if (ftruncate(state->lock, 0) < 0 || dprintf(state->lock, "%d\n", (int)getpid()) < 0)
		log_warn("server", "%s can't be written: %s", path, strerror(errno));
	return 0;
}

int state_open(struct state *state, struct str folder, struct arena *arena, struct error *error)
{
	char absolute[PATH_MAX];
	const char *path = arena_strdup(arena, folder);

	state->lock = -1;
	if (make_folder(folder, arena, error) < 0)
		return -1;
	if (!realpath(path, absolute))
		return error_set(error, ERROR_CONFIG, "the state folder %s: %s", path, strerror(errno));
	state->folder = arena_strdup(arena, str_of(absolute));
	if (check_folder(state->folder, error) < 0)
		return -1;
	return take_lock(state, error);
}

void state_close(struct state *state, bool remove)
{
	char path[PATH_MAX];

	if (state->lock < 0)
		return;
	if (remove) {
		snprintf(path, sizeof(path), "%s/" LOCK_FILE, state->folder);
		unlink(path);
	}
	close(state->lock);
	state->lock = -1;
}

/* ---- sockets in it ---- */

typedef int attach_fn(int fd, const struct sockaddr *address, socklen_t n);

/* The folder's descriptor stands for its path, however long that is. */
static int attach(const char *folder, const char *file, attach_fn *fn)
{
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = -1, saved;
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (at < 0)
		return -1;
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", at, file);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && fn(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		saved = errno;
		close(fd);
		errno = saved;
		fd = -1;
	}
	saved = errno;
	close(at);
	errno = saved;
	return fd;
}

int state_bind(const char *folder, const char *file)
{
	/* No moment in which anybody else could connect. */
	mode_t mask = umask(0177);
	int fd = attach(folder, file, bind);

	umask(mask);
	return fd;
}

int state_connect(const char *folder, const char *file)
{
	return attach(folder, file, connect);
}
