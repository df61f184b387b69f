/* Files that a client uploaded, as multipart/form-data.
 *
 * The body middleware (socle::body) writes them to disk while they come, below the state folder and readable
 * by the host alone; the form's other fields are in socle_body(). When the request ends they are removed, but
 * for those that were moved away with socle_file_keep(). Sizes and counts are limited by `limits.upload`,
 * `limits.form` and `limits.parts` in server.toml and by the options of socle::body. Since SDK 1.2.
 *
 *	SOCLE_ACTION(picture_add)
 *	{
 *		const struct socle_file *file = socle_file(ctx, "picture");
 *
 *		if (!file)
 *			return socle_throw(ctx, SOCLE_VALIDATION, "picture must be a file");
 *		if (socle_file_keep(ctx, file, socle_printf(ctx, "pictures/%s", new_name(ctx))) < 0)
 *			return -1;
 *		return socle_status(ctx, 204);
 *	}
 */
#ifndef SOCLE_FILES_H
#define SOCLE_FILES_H

#include <stddef.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* Later versions only add members at the end. All texts are UTF-8 without control characters, and are what
 * the client says: neither `name` nor `type` is to be believed, and `name` is no path. */
struct socle_file {
	const char *field;		/* of the form: "picture" */
	const char *name;		/* as the client calls it, without folders: "me.jpg"; perhaps "" */
	const char *type;		/* "image/jpeg"; "application/octet-stream" when it said nothing */
	const char *path;		/* where it lies; of use until the request ends */
	uint64_t size;			/* bytes */
};

/* How many there are. 0 (and no error) for other bodies.
 *
 *	for (size_t i = 0; i < socle_file_count(ctx); i++)
 *		use(socle_file_at(ctx, i));
 */
SOCLE_API size_t socle_file_count(socle_context *ctx);

/* The file of this number, in the order in which they came; NULL (and no error) behind the last.
 *
 *	const struct socle_file *first = socle_file_at(ctx, 0);
 */
SOCLE_API const struct socle_file *socle_file_at(socle_context *ctx, size_t i);

/* The first file of a field; NULL (and no error) when it has none.
 *
 *	const struct socle_file *picture = socle_file(ctx, "picture");
 */
SOCLE_API const struct socle_file *socle_file(socle_context *ctx, const char *field);

/* Moves a file to `path` (relative to where the host was started), so that it stays; file->path is this one
 * afterwards. A file that is there is replaced; folders must be there. Other file systems will do: it appears
 * there whole. Its mode stays 0600. Never make `path` of file->name as it is: it may be "index.html" as well
 * as "me.jpg". Negative with the error on the context when it can't be moved, or was moved before.
 *
 *	if (socle_file_keep(ctx, file, "public/uploads/4711.jpg") < 0)
 *		return -1;
 */
SOCLE_API int socle_file_keep(socle_context *ctx, const struct socle_file *file, const char *path) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
