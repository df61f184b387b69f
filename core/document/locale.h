/* The locales of a database: which one is meant when a request names none. */
#ifndef DOCUMENT_LOCALE_H
#define DOCUMENT_LOCALE_H

#include "extension/scope.h"

/* The default locale's code, as Strapi's i18n plugin keeps it in the core store ("en" when it does not). Read anew when what
 * is known is older than LOCALE_STALE_MS: the admin panel may change it beside us. */
enum { LOCALE_STALE_MS = 5000 };
int locale_default(struct scope *scope, struct str *code_r) __attribute__((warn_unused_result));

#endif
