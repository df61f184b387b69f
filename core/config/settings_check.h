/* What no table can say: values that depend on one another, and lists with a form of their own. */
#ifndef CONFIG_SETTINGS_CHECK_H
#define CONFIG_SETTINGS_CHECK_H

#include "config/settings.h"

/* Settings on their way. */
struct settings_loading {
	struct arena *arena;
	struct settings *settings;
	const struct node *roots[SETTINGS_FILES];	/* as settings_files; NULL: no such file */
	struct buf messages;				/* a line per mistake */
};

/* Takes the problem over into the messages. */
void settings_note(struct settings_loading *loading, struct error *problem);

/* Fills the lists that have a form of their own: middlewares, plugins, tasks. */
void settings_read_lists(struct settings_loading *loading);

/* Fills what is derived, and notes values that don't fit together. All tables must have been read well. */
void settings_check_values(struct settings_loading *loading);

#endif
