#include "model/statements.h"

#include "base/buf.h"
#include "config/file.h"

static unsigned count_lines(struct str text)
{
	unsigned count = 1;

	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == '\n';
	return count;
}

unsigned statements_split(struct arena *arena, struct str text, struct str **list_r)
{
	struct str *list = arena_array(arena, count_lines(text), sizeof(*list));
	struct buf statement = BUF_INIT;
	unsigned count = 0;

	for (struct str rest = text; !str_is_null(rest);) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		bool last = str_ends(line, STR(";"));

		if (!line.n || str_starts(line, STR("--")))
			continue;
		if (statement.n)
			buf_add_char(&statement, '\n');
		buf_add(&statement, last ? str_take(line, line.n - 1) : line);
		if (last && statement.n)
			list[count++] = arena_str(arena, buf_str(&statement));
		if (last)
			statement.n = 0;
	}
	if (statement.n)
		list[count++] = arena_str(arena, buf_str(&statement));
	buf_clear(&statement);
	*list_r = list;
	return count;
}

int statements_read(struct arena *arena, const char *path, struct str **list_r, unsigned *count_r,
	struct error *error)
{
	struct str text;

	if (file_read(arena, path, &text, error) < 0)
		return -1;
	*count_r = statements_split(arena, text, list_r);
	return 0;
}
