/* What `socle::body` is configured with: Strapi's names, and where nothing is said, the limits of server.toml. */
#ifndef PIPELINE_BODY_OPTIONS_H
#define PIPELINE_BODY_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "config/settings.h"

struct body_options {
	int64_t json_limit, form_limit, text_limit;	/* bytes */
	bool json, form, text, multipart;		/* which kinds are read at all */
	bool json_strict;				/* nothing but objects and arrays at the top */
	unsigned methods;				/* bits of enum http_method */
	/* of multipart bodies */
	int64_t file_size, files_size;			/* bytes of one file, of all together */
	int64_t field_count, fields_size;		/* their names and values together */
	int64_t parts;
};

/* `config` NULL: as nothing was said. The error names the option and what it must be. Lives in the arena. */
const struct body_options *body_options_read(struct arena *arena, const struct settings *settings, const json_t *config,
	struct error *error) __attribute__((warn_unused_result));

#endif
