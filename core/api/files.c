#include <socle/files.h>

#include "api/door.h"
#include "pipeline/upload.h"

/* What plugins see: made once, so that a file is one and the same pointer. */
static struct socle_file *files(struct request *request)
{
	struct socle_file *list = request->files;

	if (list || !request->upload_count)
		return list;
	list = request->files = arena_array(request->scope.arena, request->upload_count, sizeof(*list));
	for (unsigned i = 0; i < request->upload_count; i++) {
		const struct upload *upload = &request->uploads[i];

		list[i] = (struct socle_file){ upload->field, upload->name, upload->type, upload->path, upload->size };
	}
	return list;
}

size_t socle_file_count(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? request->upload_count : 0;
}

const struct socle_file *socle_file_at(socle_context *ctx, size_t i)
{
	struct request *request = api_request(ctx, __func__);

	return request && i < request->upload_count ? &files(request)[i] : NULL;
}

const struct socle_file *socle_file(socle_context *ctx, const char *field)
{
	struct request *request = api_request(ctx, __func__);

	for (unsigned i = 0; request && i < request->upload_count; i++) {
		if (field && strcmp(request->uploads[i].field, field) == 0)
			return &files(request)[i];
	}
	return NULL;
}

int socle_file_keep(socle_context *ctx, const struct socle_file *file, const char *path)
{
	struct request *request = api_request_to_change(ctx, __func__);
	struct socle_file *list;
	size_t i = 0;

	if (!request)
		return -1;
	list = files(request);
	while (i < request->upload_count && &list[i] != file)
		i++;
	if (i == request->upload_count || !path)
		api_abort(__func__, "what is no file of this request, or no path");
	if (upload_keep(request, &request->uploads[i], path) < 0)
		return -1;
	list[i].path = request->uploads[i].path;
	return 0;
}
