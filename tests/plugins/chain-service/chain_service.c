#include <socle/socle.h>

#include "chain_service.h"

SOCLE_PLUGIN()

static const char *say(socle_context *ctx SOCLE_UNUSED, int number)
{
	return number == 1 ? "one" : "many";
}

SOCLE_SERVICE(words, struct chain_words, 1, .say = say)
