#include "pipeline/chain.h"

static int run_from(struct request *request, unsigned position)
{
	unsigned before = request->position;
	int rc;

	request->position = position;
	if (position < request->chain->count)
		rc = extension_call(&request->scope, &request->chain->steps[position]);
	else
		rc = request->terminal(request);
	request->position = before;
	return rc;
}

int chain_run(struct request *request, const struct chain *chain, int (*terminal)(struct request *request))
{
	const struct chain *outer_chain = request->chain;
	int (*outer_terminal)(struct request *) = request->terminal;
	unsigned outer_reached = request->reached;
	int rc;

	if (chain->count == 0)
		return terminal(request);
	request->chain = chain;
	request->terminal = terminal;
	request->reached = 0;
	rc = run_from(request, 0);
	request->chain = outer_chain;
	request->terminal = outer_terminal;
	request->reached = outer_reached;
	return rc;
}

int request_next(struct request *request)
{
	unsigned next = request->position + 1;

	if (next <= request->reached)
		return scope_throw(&request->scope, ERROR_INTERNAL, "%.*s called next() more than once",
			STR_ARG(request->scope.step->name));
	request->reached = next;
	return run_from(request, next);
}
