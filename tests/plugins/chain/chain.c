#include <stdio.h>
#include <string.h>

#include <socle/socle.h>

#include "chain_service.h"

static const socle_policy *by_hand;

/* As a plugin for another protocol than REST does it. */
static int start(socle_context *ctx)
{
	json_t *wrong = socle_own(ctx, json_pack("{s:i}", "word", 7)), *right = socle_own(ctx, json_pack("{s:s}", "word", "by-hand"));

	if (socle_policy_find(ctx, "api::chain.allows", wrong) || !socle_catch(ctx))
		return socle_throw(ctx, SOCLE_INTERNAL, "a configuration of the wrong type was taken");
	if (socle_policy_find(ctx, "api::chain.nobody", NULL) || !socle_catch(ctx))
		return socle_throw(ctx, SOCLE_INTERNAL, "a policy was found that isn't there");
	by_hand = socle_policy_find(ctx, "api::chain.allows", right);
	return by_hand ? 0 : -1;
}

SOCLE_PLUGIN(.start = start)

SOCLE_USE(words, "plugin::chain-service.words", struct chain_words, 1)

/* What has run so far, of the one request at a time that the test sends: policies, too, leave their word, and they can't leave it on the
 * answer. Without the query ?trace nothing is written: then only the chain itself is at work. */
static char traced[512];

static void trace(socle_context *ctx, const char *word)
{
	size_t length = strlen(traced);

	if (socle_query_string(ctx)[0])
		snprintf(traced + length, sizeof(traced) - length, "%s%s", length ? " " : "", word);
}

static int around(socle_context *ctx, const char *in, const char *out)
{
	int rc;

	trace(ctx, in);
	rc = socle_next(ctx);
	trace(ctx, out);
	return rc;
}

SOCLE_MIDDLEWARE(outer)
{
	int rc;

	traced[0] = '\0';
	rc = around(ctx, "outer>", "<outer");
	if (traced[0] && socle_header(ctx, "X-Trace", traced) < 0)
		return -1;
	return rc;
}

SOCLE_MIDDLEWARE(middle)
{
	return around(ctx, "middle>", "<middle");
}

SOCLE_MIDDLEWARE(inner)
{
	return around(ctx, "inner>", "<inner");
}

SOCLE_MIDDLEWARE(first)
{
	const char *word = socle_option_string(ctx, "word");

	if (word[0] == 'a') {
		trace(ctx, word);
		return socle_send_text(ctx, word);
	}
	return around(ctx, "first>", "<first");
}

SOCLE_MIDDLEWARE(second)
{
	return around(ctx, "second>", "<second");
}

SOCLE_POLICY(allows)
{
	trace(ctx, socle_option_string(ctx, "word"));
	return 1;
}

SOCLE_POLICY(denies)
{
	trace(ctx, "denies");
	return 0;
}

SOCLE_ACTION(chain_bare)
{
	return socle_send_text(ctx, "one");
}

SOCLE_ACTION(chain_by_hand)
{
	const char *before = socle_protocol(ctx);

	if (socle_set_protocol(ctx, "graphql") < 0 || socle_policy_run(ctx, by_hand) != 1)
		return -1;
	return socle_send_text(ctx, socle_printf(ctx, "%s %s", before, socle_protocol(ctx)));
}

SOCLE_ACTION(chain_full)
{
	int rc;

	trace(ctx, "action>");
	rc = socle_send_text(ctx, socle_call(ctx, words, say, 1));
	trace(ctx, "<action");
	return rc;
}
