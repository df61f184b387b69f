/* The reader of multipart bodies: what it finds doesn't depend on where the bytes are split. */
#include "unit.h"

#include <stdio.h>

#include "base/buf.h"
#include "http/multipart.h"

#define TYPE "multipart/form-data; boundary=XyZ"

/* What was found, as text: "[name|filename|type]" and the data of each part, "." at the end. False for a fault. */
static bool read_in_pieces(const char *type, const char *body, size_t n, size_t piece, struct buf *out)
{
	static struct http_multipart reader;
	struct http_multipart_event event = { 0 };

	out->n = 0;
	if (!http_multipart_init(&reader, str_of(type)))
		return false;
	for (size_t at = 0; at < n && event.kind != HTTP_MULTIPART_END;) {
		/* In memory of its own size, so that a sanitizer sees whoever looks further. */
		size_t have = n - at < piece ? n - at : piece;
		char *bytes = malloc(have);
		size_t used = 0;

		memcpy(bytes, body + at, have);
		while (used < have && event.kind != HTTP_MULTIPART_END) {
			ssize_t rc = http_multipart_take(&reader, bytes + used, have - used, &event);

			if (rc < 0) {
				assert_non_null(reader.fault);
				free(bytes);
				return false;
			}
			used += (size_t)rc;
			if (event.kind == HTTP_MULTIPART_PART)
				buf_printf(out, "[%.*s|%s%.*s|%.*s]", STR_ARG(event.name),
					str_is_null(event.filename) ? "-" : "", STR_ARG(event.filename), STR_ARG(event.type));
			else if (event.kind == HTTP_MULTIPART_DATA)
				buf_add(out, event.data);
			else if (event.kind == HTTP_MULTIPART_PART_END)
				buf_add_char(out, ';');
		}
		free(bytes);
		at += have;
	}
	if (event.kind == HTTP_MULTIPART_END)
		buf_add_char(out, '.');
	return true;
}

static void assert_read(const char *type, const char *body, const char *expected)
{
	struct buf out = BUF_INIT;
	size_t n = strlen(body);

	for (size_t piece = 1; piece <= n; piece++) {
		bool rc = read_in_pieces(type, body, n, piece, &out);

		if (rc != !!expected || (expected && strcmp(buf_cstr(&out), expected) != 0))
			fail_msg("in pieces of %zu: %s, not %s, of:\n%s", piece, rc ? buf_cstr(&out) : "a fault",
				expected ? expected : "a fault", body);
	}
	buf_clear(&out);
}

#define PART(disposition) "--XyZ\r\nContent-Disposition: " disposition "\r\n\r\ndata\r\n--XyZ--"

static void fields_and_files_are_found(void **state)
{
	assert_read(TYPE, PART("form-data; name=\"a\""), "[a|-|]data;.");
	assert_read(TYPE, PART("FORM-DATA ;  Name=a ; filename=\"f.txt\""), "[a|f.txt|]data;.");
	assert_read(TYPE, PART("form-data; name=\"\"; filename=\"\""), "[||]data;.");
	assert_read(TYPE, "--XyZ--", ".");
	assert_read(TYPE, "--XyZ--\r\nwhat follows\r\n--XyZ", ".");
	assert_read(TYPE, "--XyZ\r\ncontent-type: text/plain\r\nContent-Disposition: form-data; name=a; filename=b\r\nX-Mine: 1\r\n\r\n"
		"\r\n--XyZ\r\nContent-Disposition: form-data; name=c\r\n\r\n\r\n\r\n--XyZ--", "[a|b|text/plain];[c|-|]\r\n;.");
	assert_read(TYPE, PART("form-data; name=\"\xc3\xa4\""), "[\xc3\xa4|-|]data;.");
}

static void what_looks_like_a_boundary_is_data(void **state)
{
#define HEAD "--XyZ\r\nContent-Disposition: form-data; name=a\r\n\r\n"
	assert_read(TYPE, HEAD "\r\r\n\r\n-\r\n--\r\n--Xy\r\n--Xy\r\r\n--XyZ--", "[a|-|]\r\r\n\r\n-\r\n--\r\n--Xy\r\n--Xy\r;.");
	assert_read(TYPE, HEAD "--XyZ\n--XyZ\r\r\n--XyZ--", "[a|-|]--XyZ\n--XyZ\r;.");
	assert_read("multipart/form-data; boundary=\"--\"", "----\r\nContent-Disposition: form-data; name=a\r\n\r\n-\r\n---\r\n------",
		"[a|-|]-\r\n---;.");
}

static void names_are_read_as_browsers_write_them(void **state)
{
	assert_read(TYPE, PART("form-data; name=\"a%22b\"; filename=\"c%0d%0Ad\""), "[a\"b|c  d|]data;.");
	assert_read(TYPE, PART("form-data; name=\"a\\\"b\\\\c\"; filename=\"C:\\dir\\f.txt\""), "[a\"b\\c|f.txt|]data;.");
	assert_read(TYPE, PART("form-data; name=a; filename=\"../../etc/passwd\""), "[a|passwd|]data;.");
	assert_read(TYPE, PART("form-data; name=a; filename=\"..\\\\..\\\\\""), "[a||]data;.");
	/* It is not to be used here (RFC 7578, 4.2). */
	assert_read(TYPE, PART("form-data; name=a; filename*=UTF-8''b"), "[a|-|]data;.");
}

static void the_boundary_is_what_the_type_says(void **state)
{
	static const char body[] = "--a b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--a b--";

	assert_read("Multipart/Form-Data;charset=utf-8; BOUNDARY=\"a b\"", body, "[a|-|]x;.");
	assert_read("multipart/form-data", body, NULL);
	assert_read("multipart/mixed; boundary=\"a b\"", body, NULL);
	assert_read("multipart/form-data; boundary=\"\"", body, NULL);
	assert_read("multipart/form-data; boundary=\"a b", body, NULL);
	assert_read("multipart/form-data; boundary=\"a b\"; boundary=\"a b\"", body, NULL);
	assert_read("multipart/form-data; boundary=\"a b \"", body, NULL);
	assert_read("multipart/form-data; boundary=\"a\r\nb\"", body, NULL);
	assert_read("multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x", body,
		NULL);
}

static void what_two_readers_could_understand_differently_is_refused(void **state)
{
	assert_read(TYPE, "text before\r\n--XyZ--", NULL);
	assert_read(TYPE, "\r\n--XyZ--", NULL);
	assert_read(TYPE, "--XyZ \r\n", NULL);
	assert_read(TYPE, "--XyZ-x", NULL);
	assert_read(TYPE, "--XyZ\n", NULL);
	assert_read(TYPE, "--XyZ\r\n\r\ndata\r\n--XyZ--", NULL);
	assert_read(TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a\n\r\n", NULL);
	assert_read(TYPE, "--XyZ\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n", NULL);
	assert_read(TYPE, "--XyZ\r\nContent-Disposition : form-data; name=a\r\n\r\n", NULL);
	assert_read(TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n", NULL);
	assert_read(TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a\r\nContent-Type: a/b\r\nContent-Type: a/c\r\n\r\n", NULL);
	assert_read(TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n", NULL);
	assert_read(TYPE, PART("form-data; name=a; name=b"), NULL);
	assert_read(TYPE, PART("form-data; name=a; filename=b; filename=c"), NULL);
	assert_read(TYPE, PART("form-data"), NULL);
	assert_read(TYPE, PART("attachment; name=a"), NULL);
	assert_read(TYPE, PART("form-data; name=\"a"), NULL);
	assert_read(TYPE, PART("form-data; name=\"a\" x"), NULL);
	assert_read(TYPE, PART("form-data; name=\"\xff\""), NULL);
	assert_read(TYPE, PART("form-data; name=\"a\x01\""), NULL);
}

static void what_is_cut_off_has_no_end(void **state)
{
	static const char body[] = PART("form-data; name=a");
	struct buf out = BUF_INIT;

	for (size_t n = 0; n < sizeof(body) - 1; n++) {
		assert_true(read_in_pieces(TYPE, body, n, n + 1, &out));
		assert_null(strchr(buf_cstr(&out), '.'));
	}
	buf_clear(&out);
}

static void a_head_of_any_length_is_not_read(void **state)
{
	static char body[HTTP_MULTIPART_HEAD * 2];
	struct buf out = BUF_INIT;
	int n = snprintf(body, sizeof(body), "--XyZ\r\nContent-Disposition: form-data; name=a\r\nX: ");

	memset(body + n, 'x', sizeof(body) - (size_t)n);
	assert_false(read_in_pieces(TYPE, body, sizeof(body), 1000, &out));
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_files_are_found),
		cmocka_unit_test(what_looks_like_a_boundary_is_data),
		cmocka_unit_test(names_are_read_as_browsers_write_them),
		cmocka_unit_test(the_boundary_is_what_the_type_says),
		cmocka_unit_test(what_two_readers_could_understand_differently_is_refused),
		cmocka_unit_test(what_is_cut_off_has_no_end),
		cmocka_unit_test(a_head_of_any_length_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
