/* So many requests of a client in so much time, counted by all workers of the host together. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <socle/socle.h>

enum { IPV6_PARTS = 4, KEY = 380 };

/* A provider gives each customer a whole network of IPv6: its first 64 bits are the client. Written out, "::" can't hide them. */
static const char *client(socle_context *ctx)
{
	const char *address = socle_client_address(ctx);
	unsigned parts[8];
	int groups = 0, at = 0;

	if (!strchr(address, ':'))
		return address;
	/* Only what stands before "::" or the fifth group counts; groups that are missing there are zero. */
	memset(parts, 0, sizeof(parts));
	while (groups < IPV6_PARTS && sscanf(address, "%4x%n", &parts[groups], &at) == 1) {
		address += at;
		groups++;
		if (*address != ':' || address[1] == ':')
			break;
		address++;
	}
	return socle_printf(ctx, "%x:%x:%x:%x", parts[0], parts[1], parts[2], parts[3]);
}

/* Routes match in any case, with or without a slash at the end: ways of writing one path are one path. */
static const char *path(socle_context *ctx)
{
	char *text = socle_strdup(ctx, socle_path(ctx));
	size_t n = strlen(text);

	while (n > 1 && text[n - 1] == '/')
		text[--n] = '\0';
	for (char *at = text; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return text;
}

/* What one word of the option stands for; NULL: it is none. */
static const char *part(socle_context *ctx, const char *word)
{
	if (strcmp(word, "address") == 0)
		return client(ctx);
	if (strcmp(word, "path") == 0)
		return path(ctx);
	if (strcmp(word, "method") == 0)
		return socle_method(ctx);
	if (strcmp(word, "user") == 0)
		return socle_user_name(ctx) ? socle_user_name(ctx) : client(ctx);
	if (strncmp(word, "header:", 7) == 0)
		return socle_request_header(ctx, word + 7) ? socle_request_header(ctx, word + 7) : "";
	return NULL;
}

/* Different texts of any length give different keys but for the longest, which share one with what is alike in the first part. */
static const char *key_of(socle_context *ctx)
{
	const json_t *words = socle_option_json(ctx, "key"), *item;
	const char *key = socle_printf(ctx, "rate-limit:%s", socle_option_string(ctx, "name"));
	size_t i, count = json_is_array(words) ? json_array_size(words) : 1;

	for (i = 0; i < count; i++) {
		const char *word, *text;

		item = json_is_array(words) ? json_array_get(words, i) : words;
		word = json_string_value(item);
		text = word ? part(ctx, word) : NULL;
		if (!text) {
			socle_throw(ctx, SOCLE_INTERNAL, "socle::rate-limit: `key` can have \"address\", \"path\", \"method\", \"user\" "
				"and \"header:<name>\", not \"%s\"", word ? word : "");
			return NULL;
		}
		key = socle_printf(ctx, "%s:%s", key, text);
	}
	return strlen(key) > KEY ? socle_printf(ctx, "%.*s", KEY, key) : key;
}

static void tell(socle_context *ctx, int64_t max, int64_t used, uint64_t left_ms)
{
	long long remaining = used < max ? (long long)(max - used) : 0, seconds = (long long)(left_ms + 999) / 1000;

	socle_headerf(ctx, "RateLimit-Limit", "%lld", (long long)max);
	socle_headerf(ctx, "RateLimit-Remaining", "%lld", remaining);
	socle_headerf(ctx, "RateLimit-Reset", "%lld", seconds);
	if (!socle_option_bool(ctx, "legacyHeaders"))
		return;
	socle_headerf(ctx, "X-RateLimit-Limit", "%lld", (long long)max);
	socle_headerf(ctx, "X-RateLimit-Remaining", "%lld", remaining);
	socle_headerf(ctx, "X-RateLimit-Reset", "%lld", (long long)(socle_unix_ms() + (int64_t)left_ms + 999) / 1000);
}

SOCLE_MIDDLEWARE(rate_limit)
{
	int64_t max = socle_option_int(ctx, "max"), used;
	uint64_t left_ms;
	const char *key;

	if (!socle_option_bool(ctx, "enabled"))
		return socle_next(ctx);
	key = key_of(ctx);
	if (!key || socle_shared_count(ctx, key, 1, (unsigned)socle_option_int(ctx, "interval"), &used, &left_ms) < 0)
		return -1;
	tell(ctx, max, used, left_ms);
	if (used <= max)
		return socle_next(ctx);
	socle_headerf(ctx, "Retry-After", "%llu", (unsigned long long)(left_ms + 999) / 1000);
	return socle_throw(ctx, SOCLE_RATE_LIMIT, NULL);
}
