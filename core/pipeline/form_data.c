#include "pipeline/form_data.h"

#include "http/multipart.h"
#include "http/query.h"
#include "pipeline/upload.h"

enum { AT_ONCE = 64 * 1024 };

struct form {
	struct request *request;
	const struct body_options *options;
	struct http_multipart reader;
	/* Fields as a query string: what reads those knows lists and groups, too. */
	struct buf fields, value;
	int64_t parts, field_count, fields_size, files_size;
	struct upload *upload;		/* of the part at hand; NULL: it is a field */
	const char *field;		/* its name */
};

static int too_large(struct form *form, const char *message, bool has_details)
{
	scope_throw(&form->request->scope, ERROR_PAYLOAD_TOO_LARGE, "%s", message);
	form->request->scope.error.no_details = !has_details;
	return -1;
}

static int malformed(struct form *form, const char *message)
{
	scope_throw(&form->request->scope, ERROR_BAD_REQUEST, "%s", message);
	form->request->scope.error.no_details = true;
	return -1;
}

/* ---- fields ---- */

static void add_encoded(struct buf *out, struct str text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
			buf_add_char(out, (char)c);
		} else {
			const char escape[] = { '%', digits[c >> 4], digits[c & 15] };

			buf_add(out, (struct str){ escape, sizeof(escape) });
		}
	}
}

static int end_field(struct form *form)
{
	if (!str_is_utf8(buf_str(&form->value)))
		return malformed(form, "The fields of a form must be UTF-8");
	if (form->fields.n)
		buf_add_char(&form->fields, '&');
	add_encoded(&form->fields, str_of(form->field));
	buf_add_char(&form->fields, '=');
	add_encoded(&form->fields, buf_str(&form->value));
	return 0;
}

static int add_to_field(struct form *form, struct str bytes)
{
	form->fields_size += (int64_t)bytes.n;
	if (form->fields_size > form->options->fields_size)
		return too_large(form, "request entity too large", false);
	buf_add(&form->value, bytes);
	return 0;
}

/* ---- files ---- */

static int add_to_file(struct form *form, struct str bytes)
{
	form->files_size += (int64_t)bytes.n;
	if ((int64_t)(form->upload->size + bytes.n) > form->options->file_size ||
	    form->files_size > form->options->files_size)
		return too_large(form, "FileTooBig", true);
	return upload_write(form->request, form->upload, bytes);
}

static void end_file(struct form *form)
{
	/* What browsers send of an input in which no file was chosen. */
	if (form->upload->size == 0 && !*form->upload->name)
		upload_drop(form->request);
	else
		upload_end(form->upload);
	form->upload = NULL;
}

/* ---- parts ---- */

static int begin_part(struct form *form, const struct http_multipart_event *event)
{
	struct arena *arena = form->request->scope.arena;

	if (++form->parts > form->options->parts)
		return too_large(form, "request entity too large", false);
	form->field = arena_strdup(arena, event->name);
	form->value.n = 0;
	if (!str_is_null(event->filename)) {
		form->upload = upload_begin(form->request, form->field, arena_strdup(arena, event->filename),
			event->type.n ? arena_strdup(arena, event->type) : "application/octet-stream");
		return form->upload ? 0 : -1;
	}
	form->fields_size += (int64_t)event->name.n;
	if (++form->field_count > form->options->field_count || form->fields_size > form->options->fields_size)
		return too_large(form, "request entity too large", false);
	return 0;
}

static int handle(struct form *form, const struct http_multipart_event *event)
{
	switch (event->kind) {
	case HTTP_MULTIPART_PART:
		return begin_part(form, event);
	case HTTP_MULTIPART_DATA:
		return form->upload ? add_to_file(form, event->data) : add_to_field(form, event->data);
	case HTTP_MULTIPART_PART_END:
		if (!form->upload)
			return end_field(form);
		end_file(form);
		return 0;
	default:
		return 0;
	}
}

static int take(struct form *form, struct str bytes, bool *ended_r)
{
	while (bytes.n && !*ended_r) {
		struct http_multipart_event event;
		ssize_t used = http_multipart_take(&form->reader, bytes.p, bytes.n, &event);

		if (used < 0)
			return malformed(form, form->reader.fault->message);
		if (handle(form, &event) < 0)
			return -1;
		*ended_r = event.kind == HTTP_MULTIPART_END;
		bytes = str_skip(bytes, (size_t)used);
	}
	return 0;
}

static int read_parts(struct form *form)
{
	char *bytes = arena_alloc(form->request->scope.arena, AT_ONCE);
	bool ended = false;
	ssize_t n;

	/* What follows the last boundary is read as well: the next request stands behind it. */
	while ((n = http_read(form->request->message, bytes, AT_ONCE, &form->request->scope.error)) > 0) {
		if (take(form, (struct str){ bytes, (size_t)n }, &ended) < 0)
			return -1;
	}
	if (n < 0)
		return -1;
	return ended ? 0 : malformed(form, "The multipart body ends before its last boundary");
}

int form_data_read(struct request *request, const struct body_options *options)
{
	struct form *form = arena_new_of(request->scope.arena, struct form);
	const struct param_options fields = { .parameters = (unsigned)options->field_count };
	int rc;

	form->request = request;
	form->options = options;
	if (!http_multipart_init(&form->reader, http_header(request->message, STR("Content-Type"))))
		return malformed(form, "A multipart body must be of type multipart/form-data, with a boundary");
	rc = read_parts(form);
	if (rc == 0)
		request->body = param_to_json(param_parse(request->scope.arena,
			arena_str(request->scope.arena, buf_str(&form->fields)), &fields));
	buf_clear(&form->fields);
	buf_clear(&form->value);
	return rc;
}
