#include "config/scan.h"

/* Where in which text. */
struct scan {
	struct str text, file;
	struct error *error;
};

/* Arrays and inline tables that are open, and the dots of each level's key: `a.b.c` opens tables, too. */
struct levels {
	unsigned depth, total;
	unsigned char dots[SCAN_DEPTH_LIMIT + 1];
};

static int check_size(const struct scan *scan)
{
	if (scan->text.n <= SCAN_SIZE_LIMIT)
		return 0;
	return error_set(scan->error, ERROR_CONFIG, "%.*s: larger than the limit of %d MiB",
		STR_ARG(scan->file), SCAN_SIZE_LIMIT >> 20);
}

static unsigned line_of(const struct scan *scan, const char *at)
{
	unsigned line = 1;

	for (const char *p = scan->text.p; p < at; p++)
		line += *p == '\n';
	return line;
}

static int too_deep(const struct scan *scan, const char *at)
{
	return error_set(scan->error, ERROR_CONFIG,
		"%.*s:%u: more than %d arrays and tables inside one another", STR_ARG(scan->file),
		line_of(scan, at), SCAN_DEPTH_LIMIT);
}

int scan_json(struct str text, struct str file, struct error *error)
{
	struct scan scan = { text, file, error };
	unsigned depth = 0;
	bool inside = false;

	if (check_size(&scan) < 0)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (inside && c == '\\')
			i++;
		else if (c == '"')
			inside = !inside;
		else if (!inside && (c == '[' || c == '{') && ++depth > SCAN_DEPTH_LIMIT)
			return too_deep(&scan, text.p + i);
		else if (!inside && (c == ']' || c == '}') && depth)
			depth--;
	}
	return 0;
}

static void next_key(struct levels *levels)
{
	levels->total -= levels->dots[levels->depth];
	levels->dots[levels->depth] = 0;
}

/* False when `c` goes too deep. */
static bool step(struct levels *levels, char c)
{
	if (c == '[' || c == '{' || c == '.') {
		if (levels->total == SCAN_DEPTH_LIMIT)
			return false;
		levels->total++;
		if (c == '.')
			levels->dots[levels->depth]++;
		else
			levels->dots[++levels->depth] = 0;
	} else if (c == ']' || c == '}') {
		next_key(levels);
		if (levels->depth) {
			levels->depth--;
			levels->total--;
		}
	} else if (c == ',' || c == '\n') {
		next_key(levels);
	}
	return true;
}

/* What stands behind the string that begins at p[0], a quote of TOML. */
static const char *skip_string(const char *p, const char *end)
{
	char quote = *p;
	bool lines = end - p >= 3 && p[1] == quote && p[2] == quote;

	for (p += lines ? 3 : 1; p < end; p++) {
		if (*p == '\\' && quote == '"') {
			if (++p == end)
				break;
		} else if (*p == quote && !lines) {
			return p + 1;
		} else if (*p == quote && end - p >= 3 && p[1] == quote && p[2] == quote) {
			/* Up to two quotes may stand right before the closing three. */
			for (p += 3; p < end && *p == quote;)
				p++;
			return p;
		} else if (*p == '\n' && !lines) {
			return p;
		}
	}
	return end;
}

int scan_toml(struct str text, struct str file, struct error *error)
{
	struct scan scan = { text, file, error };
	struct levels levels = { 0 };
	const char *p = text.p, *end = p + text.n;

	if (check_size(&scan) < 0)
		return -1;
	while (p < end) {
		if (*p == '"' || *p == '\'') {
			p = skip_string(p, end);
		} else if (*p == '#') {
			p = memchr(p, '\n', (size_t)(end - p));
			p = p ? p : end;
		} else if (step(&levels, *p)) {
			p++;
		} else {
			return too_deep(&scan, p);
		}
	}
	return 0;
}
