/* Walking a request through a chain of middlewares. */
#ifndef PIPELINE_CHAIN_H
#define PIPELINE_CHAIN_H

#include "pipeline/request.h"

/* Runs the chain's first step; behind the last one, `terminal`. Returns what the first step returned. Chains nest: the
 * terminal of one may run another. */
int chain_run(struct request *request, const struct chain *chain, int (*terminal)(struct request *request));

#endif
