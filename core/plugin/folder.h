/* Which plugins there are: the folders, their manifests, and which of them are enabled. */
#ifndef PLUGIN_FOLDER_H
#define PLUGIN_FOLDER_H

#include "plugin/build.h"

/* Fills build->plugins, in load order. */
void folder_find_plugins(struct build *build);

#endif
