/* Services: tables of functions from one plugin to another.
 *
 *	services_check(build);		// before any library is opened: is each listed service exported?
 *	services_add(build);		// afterwards: the tables, and who uses them
 */
#ifndef PLUGIN_SERVICES_H
#define PLUGIN_SERVICES_H

#include "plugin/build.h"

void services_check(struct build *build);
void services_add(struct build *build);

#endif
