/* The site's icon, which browsers ask for by this name whatever it is. */
#include <fcntl.h>
#include <unistd.h>

#include "serve.h"

static int open_icon(const char *path, struct stat *stat)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && (fstat(fd, stat) < 0 || !S_ISREG(stat->st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

SOCLE_MIDDLEWARE(favicon)
{
	const char *const paths[] = { socle_option_string(ctx, "path"), "favicon.png", "favicon.ico" };
	struct stat stat;
	int fd = -1;

	if (!socle_equal(socle_path(ctx), "/favicon.ico"))
		return socle_next(ctx);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths) && fd < 0; i++)
		fd = open_icon(paths[i], &stat);
	/* Without one it is a path like any other. */
	if (fd < 0)
		return socle_next(ctx);
	if (!serve_is_asked(ctx)) {
		close(fd);
		return serve_other_method(ctx);
	}
	return serve_file(ctx, fd, &stat, "image/x-icon", socle_printf(ctx, "public, max-age=%lld",
		(long long)socle_option_int(ctx, "maxAge") / 1000));
}
