#include "pipeline/upload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "config/settings.h"
#include "loop/offload.h"

/* A few bytes go to the page cache sooner than a thread could be woken. */
enum { WORTH_A_THREAD = 16 * 1024, COPY_AT_ONCE = 256 * 1024 };

#define FOLDER "uploads"

/* ---- making them ---- */

static void remove_all(void *arg)
{
	struct request *request = arg;

	for (unsigned i = 0; i < request->upload_count; i++) {
		struct upload *upload = &request->uploads[i];

		upload_end(upload);
		if (!upload->kept)
			unlink(upload->path);
	}
	request->upload_count = 0;
}

static int failed(struct request *request, const char *path)
{
	/* A full disk is nobody's mistake and may be over soon. */
	enum error_kind kind = errno == ENOSPC || errno == EDQUOT || errno == EMFILE ? ERROR_UNAVAILABLE : ERROR_INTERNAL;

	return scope_throw(&request->scope, kind, "An uploaded file can't be kept in %s: %s", path, strerror(errno));
}

static int open_new(struct request *request, const char **path_r)
{
	struct str state = request->scope.generation->settings->server.state;
	const char *folder = arena_printf(request->scope.arena, "%.*s/" FOLDER, STR_ARG(state));
	char *path = arena_printf(request->scope.arena, "%s/%d-XXXXXX", folder, (int)getpid());
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		mkdir(folder, 0700);
		path = arena_printf(request->scope.arena, "%s/%d-XXXXXX", folder, (int)getpid());
		fd = mkostemp(path, O_CLOEXEC);
	}
	if (fd < 0)
		return failed(request, folder);
	*path_r = path;
	return fd;
}

struct upload *upload_begin(struct request *request, const char *field, const char *name, const char *type)
{
	unsigned count = request->upload_count;
	const char *path = NULL;
	int fd = open_new(request, &path);

	if (fd < 0)
		return NULL;
	if (count == 0)
		arena_defer(request->scope.arena, remove_all, request);
	/* Doubled at each power of two. */
	if ((count & (count - 1)) == 0) {
		struct upload *larger = arena_array(request->scope.arena, count ? count * 2 : 1, sizeof(*larger));

		if (count)
			memcpy(larger, request->uploads, count * sizeof(*larger));
		request->uploads = larger;
	}
	request->uploads[count] = (struct upload){ .field = field, .name = name, .type = type, .path = path, .fd = fd };
	request->upload_count++;
	return &request->uploads[count];
}

/* ---- writing them ---- */

struct writing {
	int fd;
	struct str bytes;
	int error;
};

static void write_all(void *arg)
{
	struct writing *writing = arg;
	struct str rest = writing->bytes;

	while (rest.n) {
		ssize_t n = write(writing->fd, rest.p, rest.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			writing->error = errno;
			return;
		}
		rest = str_skip(rest, (size_t)n);
	}
}

int upload_write(struct request *request, struct upload *upload, struct str bytes)
{
	struct writing writing = { upload->fd, bytes, 0 };

	if (bytes.n < WORTH_A_THREAD || offload_run(write_all, &writing) < 0)
		write_all(&writing);
	errno = writing.error;
	if (writing.error)
		return failed(request, upload->path);
	upload->size += bytes.n;
	return 0;
}

void upload_end(struct upload *upload)
{
	if (upload->fd >= 0)
		close(upload->fd);
	upload->fd = -1;
}

void upload_drop(struct request *request)
{
	struct upload *upload = &request->uploads[request->upload_count - 1];

	upload_end(upload);
	unlink(upload->path);
	request->upload_count--;
}

/* ---- keeping them ---- */

struct moving {
	const char *from, *to, *part;	/* part: beside `to`, until all of it is there */
	int error;
};

/* copy_file_range() refuses two file systems, which is what this is for. */
static int copy_bytes(int from, int to)
{
	ssize_t n;

	do
		n = sendfile(to, from, NULL, COPY_AT_ONCE);
	while (n > 0 || (n < 0 && errno == EINTR));
	return (int)n;
}

static int copy_file(const struct moving *moving)
{
	int from = open(moving->from, O_RDONLY | O_CLOEXEC), rc = -1, saved;
	int to = from < 0 ? -1 : open(moving->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (to >= 0)
		rc = copy_bytes(from, to);
	saved = errno;
	if (from >= 0)
		close(from);
	if (to >= 0 && close(to) < 0 && rc == 0) {
		saved = errno;
		rc = -1;
	}
	errno = saved;
	return rc;
}

static void move(void *arg)
{
	struct moving *moving = arg;

	if (rename(moving->from, moving->to) == 0)
		return;
	if (errno != EXDEV) {
		moving->error = errno;
		return;
	}
	if (copy_file(moving) < 0 || rename(moving->part, moving->to) < 0) {
		moving->error = errno;
		unlink(moving->part);
		return;
	}
	unlink(moving->from);
}

int upload_keep(struct request *request, struct upload *upload, const char *path)
{
	struct arena *arena = request->scope.arena;
	struct moving moving = { .from = upload->path, .to = path };

	if (upload->kept)
		return scope_throw(&request->scope, ERROR_INTERNAL, "The file \"%s\" was moved to %s already", upload->name,
			upload->path);
	/* Two may be kept under one name at once: the last one stands then, and each is whole. */
	moving.part = arena_printf(arena, "%s.part-%s", path, strrchr(upload->path, '/') + 1);
	if (offload_run(move, &moving) < 0)
		move(&moving);
	if (moving.error)
		return scope_throw(&request->scope, ERROR_INTERNAL, "An uploaded file can't be moved to %s: %s", path,
			strerror(moving.error));
	upload->kept = true;
	upload->path = arena_strdup(arena, str_of(path));
	return 0;
}

/* ---- what is left ---- */

void uploads_sweep(struct str state)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *folder;
	int n = 0;

	snprintf(path, sizeof(path), "%.*s/" FOLDER, STR_ARG(state));
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		int pid;

		if (sscanf(entry->d_name, "%d-", &pid) == 1 && pid > 0 && kill(pid, 0) < 0 && errno == ESRCH &&
		    unlinkat(dirfd(folder), entry->d_name, 0) == 0)
			n++;
	}
	if (folder)
		closedir(folder);
	if (n)
		log_info("upload", "%d files of requests that did not end in good order were removed from %s", n, path);
}
