#ifndef DOCUMENT_LINK_H
#define DOCUMENT_LINK_H

#include <stdbool.h>

#include "base/str.h"

/* What a link in rich text may point at: a path of this site ("/about"), or an address that a browser would
 * take, of http, https, ftp, mailto or tel. */
bool link_is_valid(struct str text);

#endif
