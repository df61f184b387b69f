/* From the tasks that manifests list, and what config/cron.toml says of them, to the table that they run by (extension/task.h).
 *
 *	tasks_check(build);	// before any library is opened: is each listed task exported?
 *	tasks_make(build);	// afterwards
 */
#ifndef PLUGIN_TASKS_H
#define PLUGIN_TASKS_H

#include "plugin/build.h"

void tasks_check(struct build *build);
void tasks_make(struct build *build);

#endif
