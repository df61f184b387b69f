/* The queries that plugins wrote with SOCLE_QUERY(): compiled once, when the generation is built. */
#ifndef PLUGIN_QUERIES_H
#define PLUGIN_QUERIES_H

#include "plugin/build.h"

/* Adds a problem for each that is wrong. */
void queries_compile(struct build *build);

#endif
