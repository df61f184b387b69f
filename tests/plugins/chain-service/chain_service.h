/* What the plugin chain-service offers as "plugin::chain-service.words", version 1. */
#ifndef CHAIN_SERVICE_H
#define CHAIN_SERVICE_H

#include <socle/context.h>

struct chain_words {
	const char *(*say)(socle_context *ctx, int number);
};

#endif
