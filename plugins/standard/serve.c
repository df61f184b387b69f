#include "serve.h"

#include <string.h>
#include <unistd.h>

#include "range.h"
#include "validators.h"

/* A file that was written anew has another. Copies on several hosts have the same, when their times were kept. */
static const char *tag_of(socle_context *ctx, const struct stat *stat)
{
	return socle_printf(ctx, "\"%llx-%llx%08lx\"", (unsigned long long)stat->st_size,
		(unsigned long long)stat->st_mtim.tv_sec, (unsigned long)stat->st_mtim.tv_nsec);
}

/* ---- what the client has ---- */

static bool client_has_it(socle_context *ctx, const struct stat *stat, const char *tag)
{
	const char *tags = socle_request_header(ctx, "If-None-Match");
	const char *date = socle_request_header(ctx, "If-Modified-Since");
	time_t seconds;

	if (tags)
		return tags_have(tags, tag);
	return date && date_read(date, &seconds) && stat->st_mtime <= seconds;
}

/* A client that has a part asks for the rest of the same file only. */
static bool may_be_in_part(socle_context *ctx, const struct stat *stat, const char *tag)
{
	const char *condition = socle_request_header(ctx, "If-Range");
	time_t seconds;

	if (!condition)
		return true;
	if (condition[0] == '"' || condition[0] == 'W')
		return strcmp(condition, tag) == 0;
	return date_read(condition, &seconds) && stat->st_mtime == seconds;
}

/* ---- answers ---- */

static int refuse_range(socle_context *ctx, int fd, uint64_t size)
{
	close(fd);
	socle_remove_header(ctx, "Cache-Control");
	socle_remove_header(ctx, "ETag");
	socle_remove_header(ctx, "Last-Modified");
	socle_headerf(ctx, "Content-Range", "bytes */%llu", (unsigned long long)size);
	return serve_error(ctx, 416, "RangeNotSatisfiableError", "Range Not Satisfiable");
}

static int send_part(socle_context *ctx, int fd, const struct stat *stat, const char *tag, const char *type)
{
	uint64_t size = (uint64_t)stat->st_size;
	struct range range = { 0, size };
	/* HEAD has no part to give: it tells what GET would answer to without a range. */
	const char *header = socle_equal(socle_method(ctx), "GET") ? socle_request_header(ctx, "Range") : NULL;

	if (header && may_be_in_part(ctx, stat, tag)) {
		switch (range_read(header, size, &range)) {
		case RANGE_UNSATISFIABLE:
			return refuse_range(ctx, fd, size);
		case RANGE_PART:
			socle_status(ctx, 206);
			socle_headerf(ctx, "Content-Range", "bytes %llu-%llu/%llu", (unsigned long long)range.first,
				(unsigned long long)(range.first + range.length - 1), (unsigned long long)size);
			break;
		case RANGE_WHOLE:
			break;
		}
	}
	socle_header(ctx, "Content-Type", type);
	return socle_send_file(ctx, fd, range.first, range.length);
}

int serve_file(socle_context *ctx, int fd, const struct stat *stat, const char *type, const char *cache_control)
{
	const char *tag = tag_of(ctx, stat);
	char date[DATE_SIZE];

	socle_header(ctx, "Cache-Control", cache_control);
	socle_header(ctx, "ETag", tag);
	if (date_write(stat->st_mtime, date))
		socle_header(ctx, "Last-Modified", date);
	if (client_has_it(ctx, stat, tag)) {
		close(fd);
		return socle_status(ctx, 304);
	}
	socle_header(ctx, "Accept-Ranges", "bytes");
	return send_part(ctx, fd, stat, tag, type);
}

int serve_error(socle_context *ctx, int status, const char *name, const char *message)
{
	socle_status(ctx, status);
	return socle_send_json(ctx, json_pack("{s:n, s:{s:i, s:s, s:s}}", "data", "error", "status", status,
		"name", name, "message", message));
}

int serve_other_method(socle_context *ctx)
{
	bool asks = socle_equal(socle_method(ctx), "OPTIONS");

	socle_header(ctx, "Allow", "GET, HEAD, OPTIONS");
	socle_status(ctx, asks ? 200 : 405);
	return socle_send_text(ctx, asks ? "" : "Method Not Allowed");
}

bool serve_is_asked(socle_context *ctx)
{
	const char *method = socle_method(ctx);

	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}
