#ifndef _GNU_SOURCE
#define _GNU_SOURCE		/* O_PATH */
#endif

#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Nothing waits for the writer of a pipe. */
enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

int beneath_folder(const char *path)
{
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int step(int folder, const char *name, size_t n, int flags)
{
	char text[NAME_MAX + 1];

	if (n > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(text, name, n);
	text[n] = '\0';
	return openat(folder, n ? text : ".", flags | O_NOFOLLOW);
}

int beneath_walk(int folder, const char *path)
{
	int at = folder;

	for (;;) {
		size_t n = strcspn(path, "/");
		int next = step(at, path, n, path[n] ? O_PATH | O_DIRECTORY | O_CLOEXEC : FLAGS), error = errno;

		if (at != folder)
			close(at);
		if (next < 0 || !path[n]) {
			errno = error;
			return next;
		}
		at = next;
		path += n + 1;
	}
}

int beneath_open(int folder, const char *path)
{
	struct open_how how = { .flags = FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, folder, *path ? path : ".", &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return beneath_walk(folder, path);
	return fd;
}
