/* Content types by the extensions of file names. */
#ifndef STANDARD_TYPES_H
#define STANDARD_TYPES_H

/* "text/css; charset=utf-8" of "css/site.css"; "application/octet-stream" of what isn't known. */
const char *type_of_file(const char *name);

#endif
