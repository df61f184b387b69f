#include "http/multipart.h"

#include "http/octets.h"

enum stage { DELIMITER_FIRST, DELIMITER_LF, DELIMITER_END, AFTER_DELIMITER, HEAD, BODY, ENDED };

static const struct http_fault not_at_boundary = { 400, "A multipart body must begin with its boundary" };
static const struct http_fault behind_boundary = { 400, "A boundary must be followed by a line end or by --" };
static const struct http_fault head_too_long = { 431, "The headers of a part are too long" };
static const struct http_fault bad_head = { 400, "A header of a part is malformed" };
static const struct http_fault bad_disposition = { 400, "A part must have one Content-Disposition: form-data with a name" };
static const struct http_fault bad_encoding = { 400, "A part must not have a Content-Transfer-Encoding" };

/* ---- parameters: ; name=value; name="value" ---- */

/* Takes "; name=value" off *rest. 1: there was one; 0: *rest is empty; -1: malformed. A quoted value is written to
 * `store`, which has room for it, or (NULL) where it stands: it only gets shorter. Only \" and \\ are escapes there, as browsers send paths with single backslashes. */
static int take_parameter(struct str *rest, struct str *name_r, struct str *value_r, char *store)
{
	struct str s = str_trim(*rest);
	size_t n = 0;

	if (!s.n)
		return 0;
	if (s.p[0] != ';')
		return -1;
	s = str_trim(str_skip(s, 1));
	while (n < s.n && http_octet_is(s.p[n], OCTET_TOKEN))
		n++;
	if (n == 0 || n == s.n || s.p[n] != '=')
		return -1;
	*name_r = str_take(s, n);
	s = str_skip(s, n + 1);
	if (!s.n)
		return -1;
	if (s.p[0] != '"') {
		for (n = 0; n < s.n && http_octet_is(s.p[n], OCTET_TOKEN);)
			n++;
		*value_r = str_take(s, n);
		*rest = str_skip(s, n);
		return n ? 1 : -1;
	}
	size_t length = 0;
	char *to = store ? store : (char *)(uintptr_t)s.p + 1;

	for (n = 1; n < s.n && s.p[n] != '"'; n++) {
		if (s.p[n] == '\\' && n + 1 < s.n && (s.p[n + 1] == '"' || s.p[n + 1] == '\\'))
			n++;
		to[length++] = s.p[n];
	}
	if (n == s.n)
		return -1;
	*value_r = (struct str){ to, length };
	*rest = str_skip(s, n + 1);
	return 1;
}

/* ---- the boundary ---- */

static bool is_boundary(struct str text)
{
	if (text.n == 0 || text.n > HTTP_MULTIPART_BOUNDARY || text.p[text.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c && strchr("'()+_,-./:=? ", c))))
			return false;
	}
	return true;
}

bool http_multipart_init(struct http_multipart *reader, struct str content_type)
{
	struct str rest = content_type, name, value, boundary = STR_NULL;
	size_t type_n = 0;
	int rc;

	memset(reader, 0, sizeof(*reader));
	while (type_n < rest.n && rest.p[type_n] != ';')
		type_n++;
	if (!str_equal_nocase(str_trim(str_take(rest, type_n)), STR("multipart/form-data")) ||
	    content_type.n > sizeof(reader->head))
		return false;
	rest = str_skip(rest, type_n);
	/* The buffer of heads is free until the first part. */
	char *store = reader->head;

	while ((rc = take_parameter(&rest, &name, &value, store)) > 0) {
		if (!str_equal_nocase(name, STR("boundary")))
			continue;
		if (!str_is_null(boundary) || !is_boundary(value))
			return false;
		memcpy(reader->delimiter, "\r\n--", 4);
		memcpy(reader->delimiter + 4, value.p, value.n);
		reader->delimiter_n = (uint8_t)(value.n + 4);
		boundary = value;
	}
	/* As if a line had ended before the body. */
	reader->matched = 2;
	return rc == 0 && reader->delimiter_n > 0;
}

/* ---- a part's head ---- */

struct part_head {
	struct str name, filename, type;
	bool has_disposition;
};

/* Some browsers say where the file was: only its last name is one. */
static struct str last_name(struct str filename)
{
	size_t from = filename.n;

	while (from && filename.p[from - 1] != '/' && filename.p[from - 1] != '\\')
		from--;
	return str_skip(filename, from);
}

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
			return false;
	}
	return str_is_utf8(text);
}

/* Browsers escape quotes and line ends in names as %22, %0D and %0A; shrinks in place. Line ends become spaces. */
static struct str unescape(struct str text)
{
	char *to = (char *)(uintptr_t)text.p;
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		struct str three = str_take(str_skip(text, i), 3);
		char c = str_equal(three, STR("%22")) ? '"' :
			str_equal_nocase(three, STR("%0D")) || str_equal_nocase(three, STR("%0A")) ? ' ' : 0;

		to[n++] = c ? c : text.p[i];
		i += c ? 2 : 0;
	}
	return (struct str){ text.p ? text.p : "", n };
}

static bool read_disposition(struct part_head *head, struct str value)
{
	struct str rest = value, name, text;
	size_t n = 0;
	int rc;

	if (head->has_disposition)
		return false;
	head->has_disposition = true;
	while (n < rest.n && rest.p[n] != ';')
		n++;
	if (!str_equal_nocase(str_trim(str_take(rest, n)), STR("form-data")))
		return false;
	rest = str_skip(rest, n);
	for (;;) {
		struct str *into;

		rc = take_parameter(&rest, &name, &text, NULL);
		if (rc <= 0)
			break;
		into = str_equal_nocase(name, STR("name")) ? &head->name :
			str_equal_nocase(name, STR("filename")) ? &head->filename : NULL;
		if (!into)
			continue;
		if (!str_is_null(*into))
			return false;
		*into = unescape(text);
		if (!is_plain(*into))
			return false;
	}
	if (!str_is_null(head->filename))
		head->filename = last_name(head->filename);
	return rc == 0 && !str_is_null(head->name);
}

static const struct http_fault *read_field(struct part_head *head, struct str line)
{
	size_t n = 0;
	struct str name, value;

	while (n < line.n && http_octet_is(line.p[n], OCTET_TOKEN))
		n++;
	if (n == 0 || n == line.n || line.p[n] != ':')
		return &bad_head;
	name = str_take(line, n);
	value = str_trim(str_skip(line, n + 1));
	for (size_t i = 0; i < value.n; i++) {
		if (!http_octet_is(value.p[i], OCTET_VALUE))
			return &bad_head;
	}
	if (str_equal_nocase(name, STR("content-disposition")))
		return read_disposition(head, value) ? NULL : &bad_disposition;
	if (str_equal_nocase(name, STR("content-type"))) {
		if (!str_is_null(head->type) || !is_plain(value))
			return &bad_head;
		head->type = value;
	} else if (str_equal_nocase(name, STR("content-transfer-encoding")) &&
		!str_equal_nocase(value, STR("binary")) && !str_equal_nocase(value, STR("8bit")) &&
		!str_equal_nocase(value, STR("7bit"))) {
		return &bad_encoding;
	}
	return NULL;
}

/* reader->head holds lines, each with its CR LF; the empty one is the last. */
static const struct http_fault *read_head(struct http_multipart *reader, struct http_multipart_event *event_r)
{
	struct str rest = { reader->head, reader->head_n };
	struct part_head head = { 0 };

	while (rest.n > 2) {
		size_t n = str_find(rest, '\r');
		const struct http_fault *fault = read_field(&head, str_take(rest, n));

		if (fault)
			return fault;
		rest = str_skip(rest, n + 2);
	}
	if (!head.has_disposition)
		return &bad_disposition;
	*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_PART, .name = head.name, .filename = head.filename,
		.type = head.type };
	return NULL;
}

/* ---- bytes ---- */

static ssize_t fail(struct http_multipart *reader, const struct http_fault *fault)
{
	reader->fault = fault;
	return -1;
}

/* Takes the head's bytes; a line ends in CR LF and has neither alone. */
static ssize_t take_head(struct http_multipart *reader, const char *bytes, size_t n, struct http_multipart_event *event_r)
{
	for (size_t i = 0; i < n; i++) {
		char before = reader->head_n > reader->line ? reader->head[reader->head_n - 1] : 0;

		if (reader->head_n == sizeof(reader->head))
			return fail(reader, &head_too_long);
		if ((bytes[i] == '\n') != (before == '\r'))
			return fail(reader, &bad_head);
		reader->head[reader->head_n++] = bytes[i];
		if (bytes[i] != '\n')
			continue;
		if (reader->head_n - reader->line == 2) {
			const struct http_fault *fault = read_head(reader, event_r);

			reader->stage = BODY;
			reader->matched = 0;
			/* An empty part's delimiter may follow at once, its CR LF being the head's. */
			return fault ? fail(reader, fault) : (ssize_t)i + 1;
		}
		reader->line = reader->head_n;
	}
	return (ssize_t)n;
}

/* As CR stands at the delimiter's beginning alone, what breaks off a match can only begin another with itself. */
static ssize_t take_body(struct http_multipart *reader, const char *bytes, size_t n, struct http_multipart_event *event_r)
{
	size_t i = 0, from;

	if (reader->held) {
		*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_DATA,
			.data = { reader->delimiter, reader->matched } };
		reader->held = false;
		reader->matched = 0;
		return 0;
	}
	while (i < n && reader->matched) {
		if (bytes[i] != reader->delimiter[reader->matched]) {
			/* What was taken for the delimiter is data. */
			reader->held = true;
			*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_DATA };
			return (ssize_t)i;
		}
		i++;
		if (++reader->matched == reader->delimiter_n) {
			reader->stage = AFTER_DELIMITER;
			*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_PART_END };
			return (ssize_t)i;
		}
	}
	if (i == n)
		return (ssize_t)n;
	from = i;
	const char *cr = memchr(bytes + i, '\r', n - i);

	i = cr ? (size_t)(cr - bytes) : n;
	if (i > from) {
		*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_DATA, .data = { bytes + from, i - from } };
		return (ssize_t)i;
	}
	reader->matched = 1;
	return (ssize_t)i + 1;
}

static ssize_t take_delimiter_end(struct http_multipart *reader, char c, struct http_multipart_event *event_r)
{
	switch (reader->stage) {
	case AFTER_DELIMITER:
		if (c != '-' && c != '\r')
			return fail(reader, &behind_boundary);
		reader->stage = c == '-' ? DELIMITER_END : DELIMITER_LF;
		return 1;
	case DELIMITER_LF:
		if (c != '\n')
			return fail(reader, &behind_boundary);
		reader->stage = HEAD;
		reader->head_n = reader->line = 0;
		return 1;
	default:
		if (c != '-')
			return fail(reader, &behind_boundary);
		reader->stage = ENDED;
		*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_END };
		return 1;
	}
}

static ssize_t take_first(struct http_multipart *reader, const char *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && reader->matched < reader->delimiter_n) {
		if (bytes[i++] != reader->delimiter[reader->matched++])
			return fail(reader, &not_at_boundary);
	}
	if (reader->matched == reader->delimiter_n)
		reader->stage = AFTER_DELIMITER;
	return (ssize_t)i;
}

static ssize_t step(struct http_multipart *reader, const char *bytes, size_t n, struct http_multipart_event *event_r)
{
	switch (reader->stage) {
	case DELIMITER_FIRST:
		return take_first(reader, bytes, n);
	case HEAD:
		return take_head(reader, bytes, n, event_r);
	case BODY:
		return take_body(reader, bytes, n, event_r);
	case ENDED:
		*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_END };
		return (ssize_t)n;
	default:
		return take_delimiter_end(reader, bytes[0], event_r);
	}
}

ssize_t http_multipart_take(struct http_multipart *reader, const char *bytes, size_t n, struct http_multipart_event *event_r)
{
	size_t used = 0;

	*event_r = (struct http_multipart_event){ .kind = HTTP_MULTIPART_MORE };
	if (reader->fault)
		return -1;
	while ((used < n || reader->held) && event_r->kind == HTTP_MULTIPART_MORE) {
		ssize_t rc = step(reader, bytes + used, n - used, event_r);

		if (rc < 0)
			return -1;
		used += (size_t)rc;
		/* What was held back comes in the next step. */
		if (event_r->kind == HTTP_MULTIPART_DATA && event_r->data.n == 0)
			event_r->kind = HTTP_MULTIPART_MORE;
	}
	return (ssize_t)used;
}
