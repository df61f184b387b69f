/* What strictParams adds to the checks of a query. */
#ifndef REST_STRICT_H
#define REST_STRICT_H

#include "base/error.h"
#include "http/query.h"

/* rest.strictParams: parameters that nobody knows are refused. */
int strict_names(const struct param *params, struct error *error) __attribute__((warn_unused_result));

/* documents.strictParams: values of status, locale and pagination that mean nothing are refused. `list`: the host itself says
 * where the page begins. */
int strict_values(const struct param *params, bool list, struct error *error) __attribute__((warn_unused_result));

#endif
