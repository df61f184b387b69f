#ifndef DOCUMENT_EMAIL_H
#define DOCUMENT_EMAIL_H

#include <stdbool.h>

#include "base/str.h"

/* An address as Strapi's validation takes it: words joined by dots or one quoted string, "@", and a name with
 * a dot in it. Letters beyond ASCII may stand anywhere. */
bool email_is_valid(struct str text);

#endif
