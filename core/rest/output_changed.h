/* Writing documents that plugin code has changed and that are trees, or become one for it. */
#ifndef REST_OUTPUT_CHANGED_H
#define REST_OUTPUT_CHANGED_H

#include "rest/output.h"

/* The row's tree, or the row with its fields, in the form that is asked for. What the model keeps private stays at home, whoever put
 * it there. */
void output_changed(struct buf *out, enum output_form form, const struct documents *documents, unsigned row);

/* The entry, or some members of it, without what its model and those that it leads to show to nobody. A reference of the caller's, to the
 * same tree when there is nothing to leave out. */
json_t *output_without_secrets(const struct model *model, const json_t *entry);

/* The model has such an attribute, and shows it to nobody. */
bool output_is_secret(const struct model *model, const char *key);

#endif
