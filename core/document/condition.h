/* `conditions.visible` of an attribute: a rule in JSON logic about the data that it stands in. */
#ifndef DOCUMENT_CONDITION_H
#define DOCUMENT_CONDITION_H

#include <jansson.h>
#include <stdbool.h>

/* True when the rule is met; so it is without a rule, and with one in which there is an operation that isn't
 * known. Known are var, ==, ===, !=, !==, <, <=, >, >=, !, !!, and, or, in, if. */
bool condition_met(const json_t *rule, const json_t *data);

#endif
