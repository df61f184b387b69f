/* Reads query strings, one a line, and prints what param_parse() makes of each as JSON: for qs.mjs. */
#include <stdio.h>
#include <stdlib.h>

#include "http/query.h"

int main(void)
{
	struct buf out = BUF_INIT;
	char *line = NULL;
	size_t capacity = 0;
	ssize_t n;

	while ((n = getline(&line, &capacity, stdin)) >= 0) {
		struct arena *arena = arena_new(16 * 1024);

		if (n && line[n - 1] == '\n')
			n--;
		out.n = 0;
		param_write(&out, param_parse(arena, (struct str){ line, (size_t)n }, NULL));
		buf_add_char(&out, '\n');
		fwrite(out.p, 1, out.n, stdout);
		arena_free(arena);
	}
	free(line);
	buf_clear(&out);
	return fflush(stdout) == 0 ? 0 : 1;
}
