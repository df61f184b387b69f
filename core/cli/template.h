/* Templates: folders that `socle new` and `socle plugin new` write, with names put in. */
#ifndef CLI_TEMPLATE_H
#define CLI_TEMPLATE_H

#include "base/arena.h"
#include "base/error.h"

struct template_word {
	const char *placeholder;	/* "@name@", in texts and in the names of files */
	const char *text;
};

/* Writes the template `name` of share/socle/templates to `to`, which must not be there; all or nothing. */
int template_write(struct arena *arena, const char *name, const char *to, const struct template_word *words,
	unsigned count, struct error *error) __attribute__((warn_unused_result));

#endif
