/* The site's files, for paths that nobody else answers; and from / to somewhere. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "path.h"
#include "serve.h"
#include "types.h"

/* False when "/" is a path like any other. */
static bool has_index(socle_context *ctx)
{
	return *socle_option_string(ctx, "index") != '\0';
}

static int redirect(socle_context *ctx)
{
	const char *index = socle_option_string(ctx, "index");
	char text[256];

	snprintf(text, sizeof(text), "Redirecting to %s.", index);
	socle_header(ctx, "Location", index);
	socle_header(ctx, "Content-Type", "text/html; charset=utf-8");
	socle_status(ctx, 302);
	return socle_send_text(ctx, text);
}

/* The longest beginning of the path that has an age of its own counts. */
static const char *cache_control(socle_context *ctx, const char *path)
{
	long long age = (long long)socle_option_int(ctx, "maxAge");
	const char *prefix;
	size_t longest = 0;
	json_t *value;

	json_object_foreach((json_t *)socle_option_json(ctx, "maxAges"), prefix, value) {
		size_t n = strlen(prefix);

		if (n > longest && json_is_integer(value) && strncmp(path, prefix, n) == 0) {
			longest = n;
			age = (long long)json_integer_value(value);
		}
	}
	return socle_printf(ctx, "max-age=%lld", age > 0 ? age / 1000 : 0);
}

/* -1 when it is neither a regular file nor a folder. */
static int open_any(socle_context *ctx, int folder, const char *file, struct stat *stat)
{
	int fd = beneath_open(folder, file);

	if (fd < 0) {
		if (errno == EXDEV || errno == ELOOP)
			socle_log_warn(ctx, "%s is not served: a link leads out of the folder", file);
		return -1;
	}
	if (fstat(fd, stat) < 0 || !(S_ISREG(stat->st_mode) || S_ISDIR(stat->st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A regular file below the folder; of a folder its index.html. *name_r is what it is called. */
static int open_file(socle_context *ctx, int folder, const char *file, struct stat *stat, const char **name_r)
{
	const char *path = socle_path(ctx);
	int fd = open_any(ctx, folder, file, stat);

	*name_r = file;
	if (fd >= 0 && S_ISDIR(stat->st_mode)) {
		close(fd);
		*name_r = socle_printf(ctx, "%s%sindex.html", file, *file ? "/" : "");
		fd = open_any(ctx, folder, *name_r, stat);
	} else if (fd >= 0 && path[strlen(path) - 1] == '/') {
		close(fd);
		return -1;
	}
	if (fd >= 0 && !S_ISREG(stat->st_mode)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int serve(socle_context *ctx)
{
	const char *path = socle_path(ctx), *name;
	char *file = socle_alloc(ctx, strlen(path) + 1);
	struct stat stat;
	int folder, fd;

	switch (path_read(path, file)) {
	case PATH_UNDECODABLE:
		return serve_error(ctx, 400, "BadRequestError", "failed to decode");
	case PATH_ESCAPES:
		return serve_error(ctx, 403, "ForbiddenError", "Forbidden");
	case PATH_HIDDEN:
		return 0;
	case PATH_FILE:
		break;
	}
	folder = beneath_folder(socle_option_string(ctx, "path"));
	if (folder < 0)
		return 0;
	fd = open_file(ctx, folder, file, &stat, &name);
	close(folder);
	if (fd < 0)
		return 0;
	return serve_file(ctx, fd, &stat, type_of_file(name), cache_control(ctx, path));
}

SOCLE_MIDDLEWARE(public)
{
	int rc;

	if (!serve_is_asked(ctx))
		return socle_next(ctx);
	if (has_index(ctx) && socle_equal(socle_path(ctx), "/"))
		return redirect(ctx);
	rc = socle_next(ctx);
	return rc == 0 && socle_answer_status(ctx) == 0 ? serve(ctx) : rc;
}
