/* Settings in the form in which the parts of a process take them. */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "config/settings.h"
#include "db/db.h"
#include "http/server.h"
#include "loop/loop.h"

struct loop_options options_loop(const struct settings *settings);

/* What they point to lies in the arena or in the settings. */
int options_http(const struct settings *settings, struct arena *arena, struct http_options *options_r,
	struct error *error) __attribute__((warn_unused_result));
int options_db(const struct settings *settings, struct arena *arena, struct db_options *options_r,
	struct error *error) __attribute__((warn_unused_result));

#endif
