/* Attribute types and relations by the names that schemas use. */
#ifndef MODEL_KINDS_H
#define MODEL_KINDS_H

#include "model/model.h"

/* False when there is no such type. */
bool kinds_find_type(struct str name, enum attribute_type *type_r);
/* RELATION_NONE when there is no such relation. */
enum relation_kind kinds_find_relation(struct str name);

/* All names, NULL-terminated, for "did you mean". */
const char *const *kinds_type_names(void);
const char *const *kinds_relation_names(void);

#endif
