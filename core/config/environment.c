#include "config/node.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/file.h"

struct variable {
	struct str name, value;
	const struct variable *next;
};

/* What .env said, the latest first: of two lines with one name the later counts. */
struct environment {
	const struct variable *first;
};

/* Where .env is being read. */
struct reader {
	struct arena *arena;
	struct str rest;
	unsigned line;
	const char *path;
};

static struct str from_process(struct str name)
{
	for (char **entry = environ; entry && *entry; entry++) {
		struct str variable = str_of(*entry);

		if (str_starts(variable, name) && variable.n > name.n && variable.p[name.n] == '=')
			return str_skip(variable, name.n + 1);
	}
	return STR_NULL;
}

struct str environment_get(const struct environment *environment, struct str name)
{
	struct str value = from_process(name);

	if (!str_is_null(value) || !environment)
		return value;
	for (const struct variable *v = environment->first; v; v = v->next) {
		if (str_equal(v->name, name))
			return v->value;
	}
	return STR_NULL;
}

static bool is_name_char(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		(!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'));
}

static size_t name_length(struct str text)
{
	size_t n = 0;

	while (n < text.n && is_name_char(text.p[n], n == 0))
		n++;
	return n;
}

/* ---- .env ---- */

static struct str next_line(struct reader *reader)
{
	struct str line = str_cut(&reader->rest, '\n');

	reader->line++;
	return line;
}

/* A backslash and the letter behind it, in double quotes; what isn't an escape stays as it is ("C:\dir"). */
static void add_escape(struct buf *value, char letter)
{
	static const char letters[] = "nrt\\\"$", meanings[] = "\n\r\t\\\"$";
	const char *known = letter ? strchr(letters, letter) : NULL;

	if (!known)
		buf_add_char(value, '\\');
	buf_add_char(value, known ? meanings[known - letters] : letter);
}

/* `text` stands behind the opening quote; the value may go on over further lines. */
static int read_quoted(struct reader *reader, char quote, struct str text, struct str *value_r,
	struct error *error)
{
	struct buf value = BUF_INIT;
	unsigned line = reader->line;
	struct str tail;
	size_t i = 0;

	while (i < text.n || !str_is_null(reader->rest)) {
		if (i == text.n) {
			buf_add_char(&value, '\n');
			text = next_line(reader);
			i = 0;
		} else if (text.p[i] == quote) {
			break;
		} else if (quote == '"' && text.p[i] == '\\' && i + 1 < text.n) {
			add_escape(&value, text.p[i + 1]);
			i += 2;
		} else {
			buf_add_char(&value, text.p[i++]);
		}
	}
	*value_r = arena_str(reader->arena, buf_str(&value));
	buf_clear(&value);
	if (i == text.n) {
		return error_set(error, ERROR_CONFIG, "%s:%u: the quote %c is not closed", reader->path, line,
			quote);
	}
	tail = str_trim(str_skip(text, i + 1));
	if (tail.n && tail.p[0] != '#') {
		return error_set(error, ERROR_CONFIG,
			"%s:%u: expected nothing but a comment behind the closing %c", reader->path,
			reader->line, quote);
	}
	return 0;
}

static int read_value(struct reader *reader, struct str text, struct str *value_r, struct error *error)
{
	text = str_trim(text);
	if (text.n && (text.p[0] == '"' || text.p[0] == '\'' || text.p[0] == '`'))
		return read_quoted(reader, text.p[0], str_skip(text, 1), value_r, error);
	*value_r = arena_str(reader->arena, str_trim(str_take(text, str_find(text, '#'))));
	return 0;
}

static int read_variable(struct reader *reader, struct str line, struct variable *variable_r,
	struct error *error)
{
	struct str text = str_trim(line), behind;
	size_t n;

	if (str_starts(text, STR("export ")))
		text = str_trim(str_skip(text, 7));
	n = name_length(text);
	behind = str_trim(str_skip(text, n));
	if (!n || !behind.n || behind.p[0] != '=') {
		return error_set(error, ERROR_CONFIG, "%s:%u: expected NAME=value", reader->path,
			reader->line);
	}
	variable_r->name = arena_str(reader->arena, str_take(text, n));
	return read_value(reader, str_skip(behind, 1), &variable_r->value, error);
}

static int read_variables(struct reader *reader, struct environment *environment, struct error *error)
{
	while (!str_is_null(reader->rest)) {
		struct str line = str_trim(next_line(reader));
		struct variable *variable;

		if (!line.n || line.p[0] == '#')
			continue;
		variable = arena_new_of(reader->arena, struct variable);
		if (read_variable(reader, line, variable, error) < 0)
			return -1;
		variable->next = environment->first;
		environment->first = variable;
	}
	return 0;
}

struct environment *environment_read(struct arena *arena, const char *path, struct error *error)
{
	struct environment *environment = arena_new_of(arena, struct environment);
	struct reader reader = { .arena = arena, .path = path };

	if (!path || (access(path, F_OK) < 0 && errno == ENOENT))
		return environment;
	if (file_read(arena, path, &reader.rest, error) < 0)
		return NULL;
	if (str_find(reader.rest, '\0') < reader.rest.n) {
		error_set(error, ERROR_CONFIG, "%s: expected text, found a NUL byte", path);
		return NULL;
	}
	if (str_starts(reader.rest, STR("\xEF\xBB\xBF")))
		reader.rest = str_skip(reader.rest, 3);
	return read_variables(&reader, environment, error) < 0 ? NULL : environment;
}
