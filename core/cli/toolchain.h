/* The compiler, as a plugin's author would call it: with pkg-config's words for this SDK. */
#ifndef CLI_TOOLCHAIN_H
#define CLI_TOOLCHAIN_H

#include "cli/run.h"
#include "plugin/manifest.h"

/* Adds the C and C++ files below `folder`, by name; those in tests/ only when that is where it begins. True when there
 * is C++ among them. */
bool toolchain_sources(struct words *words, const char *folder);

/* Compiles the sources of the plugin in this folder to its library, which is replaced when that went well. */
int toolchain_build(struct arena *arena, const struct manifest *manifest, struct error *error)
	__attribute__((warn_unused_result));

/* Compiles one source to a program that runs with this host's library. */
int toolchain_program(struct arena *arena, const char *source, const char *program, struct error *error)
	__attribute__((warn_unused_result));

#endif
