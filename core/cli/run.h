/* Running other programs, without a shell between. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* Words of a command line that grows. */
struct words {
	struct arena *arena;
	const char **items;		/* NULL behind the last */
	unsigned count, capacity;
};

void words_add(struct words *words, const char *word);
/* What is between spaces; a backslash takes the next character as it is. */
void words_split(struct words *words, const char *text);

/* Runs it and waits; its output goes where ours goes, or to the file `output` (NULL). Ctrl-C reaches the program, and
 * we clean up behind it. 0 when it ended with 0; else negative, with the error set. */
int run_program(const struct words *words, const char *output, struct error *error) __attribute__((warn_unused_result));

/* Its output in the arena, at the most 64 KiB; NULL with the error set. */
const char *run_output(const struct words *words, struct error *error) __attribute__((warn_unused_result));

#endif
