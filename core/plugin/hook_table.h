/* From the hooks that manifests list to the tables that calls go by (extension/hook.h).
 *
 *	hook_table_check(build);	// before any library is opened: is each listed hook exported?
 *	hook_table_make(build);		// afterwards
 */
#ifndef PLUGIN_HOOK_TABLE_H
#define PLUGIN_HOOK_TABLE_H

#include "plugin/build.h"

void hook_table_check(struct build *build);
void hook_table_make(struct build *build);

#endif
