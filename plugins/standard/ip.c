/* Who may come in, by address: lists of regular expressions, as Strapi has them. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "serve.h"

enum { MATCH_LIMIT = 10000 };	/* steps of one expression in one address */

struct patterns {
	size_t count;
	pcre2_code **codes;
};

/* What the options of a use come to. */
struct ip {
	bool ready;
	struct patterns allowed, refused;
};

/* Compiled expressions live as long as the use, and nothing of it is freed singly. */
static void *keep(size_t n, void *ctx)
{
	return socle_use_alloc(ctx, n);
}

static void *borrow(size_t n, void *ctx)
{
	return socle_alloc(ctx, n);
}

static void let_go(void *memory, void *ctx)
{
	(void)memory;
	(void)ctx;
}

static pcre2_code *compile(socle_context *ctx, const char *option, const char *text)
{
	pcre2_compile_context *context = pcre2_compile_context_create(pcre2_general_context_create(keep, let_go, ctx));
	PCRE2_SIZE at = 0;
	PCRE2_UCHAR words[128];
	pcre2_code *code;
	int problem = 0;

	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, &problem, &at, context);
	if (!code) {
		pcre2_get_error_message(problem, words, sizeof(words));
		socle_throw(ctx, SOCLE_INTERNAL, "socle::ip: \"%s\" in `%s` is no regular expression: %s, at its character %zu", text,
			option, (const char *)words, (size_t)at + 1);
	}
	return code;
}

static int read_list(socle_context *ctx, const char *option, struct patterns *patterns)
{
	const json_t *list = socle_option_json(ctx, option);
	size_t count = json_is_array(list) ? json_array_size(list) : 1;

	patterns->count = 0;
	patterns->codes = socle_use_alloc(ctx, (count + 1) * sizeof(*patterns->codes));
	if (!patterns->codes)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_is_array(list) ? json_array_get(list, i) : list;

		if (!json_is_string(item) || !*json_string_value(item))
			continue;
		patterns->codes[patterns->count] = compile(ctx, option, json_string_value(item));
		if (!patterns->codes[patterns->count++])
			return -1;
	}
	return 0;
}

/* An expression that takes too many steps counts as a match that refuses, and as none that lets in. */
static bool matches(socle_context *ctx, const struct patterns *patterns, const char *address, bool in_doubt)
{
	pcre2_general_context *memory = pcre2_general_context_create(borrow, let_go, ctx);
	pcre2_match_context *context = pcre2_match_context_create(memory);
	pcre2_match_data *data = pcre2_match_data_create(1, memory);

	pcre2_set_match_limit(context, MATCH_LIMIT);
	for (size_t i = 0; i < patterns->count; i++) {
		int rc = pcre2_match(patterns->codes[i], (PCRE2_SPTR)address, PCRE2_ZERO_TERMINATED, 0, 0, data, context);

		if (rc >= 0 || (rc != PCRE2_ERROR_NOMATCH && in_doubt))
			return true;
	}
	return false;
}

SOCLE_MIDDLEWARE(ip)
{
	struct ip *ip = socle_use_data(ctx, sizeof(*ip));
	const char *address = socle_client_address(ctx);

	if (!ip)
		return -1;
	if (!ip->ready) {
		if (read_list(ctx, "whitelist", &ip->allowed) < 0 || read_list(ctx, "blacklist", &ip->refused) < 0)
			return -1;
		ip->ready = true;
	}
	if ((ip->allowed.count && !matches(ctx, &ip->allowed, address, false)) || matches(ctx, &ip->refused, address, true))
		return serve_error(ctx, 403, "ForbiddenError", "Forbidden");
	return socle_next(ctx);
}
