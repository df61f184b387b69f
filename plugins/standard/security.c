/* The security headers that Strapi sends. They are the same on every answer, so each use makes them once. */
#include "policy.h"

#include <string.h>

enum { MAX_AGE_OF_TRUE = 15552000 };

/* A header of which the option gives nothing but one text. */
static const char *member(const json_t *option, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(option, key));

	return text ? text : otherwise;
}

static const char *content_security_policy(socle_context *ctx, const json_t *option)
{
	return policy_text(ctx, option);
}

static const char *embedder_policy(socle_context *ctx SOCLE_UNUSED, const json_t *option)
{
	return member(option, "policy", "require-corp");
}

static const char *same_origin(socle_context *ctx SOCLE_UNUSED, const json_t *option)
{
	return member(option, "policy", "same-origin");
}

static const char *agent_cluster(socle_context *ctx SOCLE_UNUSED, const json_t *option SOCLE_UNUSED)
{
	return "?1";
}

/* One policy, or a list of them: browsers take the last that they know. */
static const char *referrer_policy(socle_context *ctx, const json_t *option)
{
	const json_t *list = json_object_get(option, "policy");
	const char *text = member(option, "policy", "no-referrer");
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		if (!json_is_string(item)) {
			socle_throw(ctx, SOCLE_INTERNAL,
				"socle::security: referrerPolicy.policy is a text or a list of texts");
			return NULL;
		}
		text = socle_printf(ctx, "%s%s%s", i ? text : "", i ? "," : "", json_string_value(item));
	}
	return text;
}

static const char *transport_security(socle_context *ctx, const json_t *option)
{
	const json_t *max_age = json_object_get(option, "maxAge");

	return socle_printf(ctx, "max-age=%lld%s%s",
		json_is_integer(max_age) ? (long long)json_integer_value(max_age) : MAX_AGE_OF_TRUE,
		json_is_false(json_object_get(option, "includeSubDomains")) ? "" : "; includeSubDomains",
		json_is_true(json_object_get(option, "preload")) ? "; preload" : "");
}

static const char *no_sniff(socle_context *ctx SOCLE_UNUSED, const json_t *option SOCLE_UNUSED)
{
	return "nosniff";
}

static const char *dns_prefetch(socle_context *ctx SOCLE_UNUSED, const json_t *option)
{
	return json_is_true(json_object_get(option, "allow")) ? "on" : "off";
}

static const char *no_open(socle_context *ctx SOCLE_UNUSED, const json_t *option SOCLE_UNUSED)
{
	return "noopen";
}

static const char *frame_options(socle_context *ctx, const json_t *option)
{
	const char *action = member(option, "action", "sameorigin");

	if (strcmp(action, "deny") == 0 || strcmp(action, "DENY") == 0)
		return "DENY";
	if (strcmp(action, "sameorigin") == 0 || strcmp(action, "SAMEORIGIN") == 0)
		return "SAMEORIGIN";
	socle_throw(ctx, SOCLE_INTERNAL,
		"socle::security: frameguard.action is \"sameorigin\" or \"deny\", not \"%s\"", action);
	return NULL;
}

static const char *cross_domain(socle_context *ctx SOCLE_UNUSED, const json_t *option)
{
	return member(option, "permittedPolicies", "none");
}

static const char *xss_filter(socle_context *ctx SOCLE_UNUSED, const json_t *option SOCLE_UNUSED)
{
	return "0";
}

/* In the order in which they are sent. */
static const struct header {
	const char *option, *name;
	const char *(*value)(socle_context *ctx, const json_t *option);
} headers[] = {
	{ "contentSecurityPolicy", "Content-Security-Policy", content_security_policy },
	{ "crossOriginEmbedderPolicy", "Cross-Origin-Embedder-Policy", embedder_policy },
	{ "crossOriginOpenerPolicy", "Cross-Origin-Opener-Policy", same_origin },
	{ "crossOriginResourcePolicy", "Cross-Origin-Resource-Policy", same_origin },
	{ "originAgentCluster", "Origin-Agent-Cluster", agent_cluster },
	{ "referrerPolicy", "Referrer-Policy", referrer_policy },
	{ "hsts", "Strict-Transport-Security", transport_security },
	{ "noSniff", "X-Content-Type-Options", no_sniff },
	{ "dnsPrefetchControl", "X-DNS-Prefetch-Control", dns_prefetch },
	{ "ieNoOpen", "X-Download-Options", no_open },
	{ "frameguard", "X-Frame-Options", frame_options },
	{ "permittedCrossDomainPolicies", "X-Permitted-Cross-Domain-Policies", cross_domain },
	{ "xssFilter", "X-XSS-Protection", xss_filter },
};

enum { HEADERS = sizeof(headers) / sizeof(*headers) };

struct security {
	const socle_header_set *headers;
	bool hides_powered_by;
};

static const socle_header_set *make(socle_context *ctx)
{
	struct socle_header_pair pairs[HEADERS];
	size_t count = 0;

	for (size_t i = 0; i < HEADERS; i++) {
		const json_t *option = socle_option_json(ctx, headers[i].option);
		const char *value;

		if (!option || json_is_false(option))
			continue;
		value = headers[i].value(ctx, option);
		if (!value)
			return NULL;
		pairs[count++] = (struct socle_header_pair){ headers[i].name, value };
	}
	return socle_header_set_new(ctx, pairs, count);
}

SOCLE_MIDDLEWARE(security)
{
	struct security *security = socle_use_data(ctx, sizeof(*security));

	if (!security)
		return -1;
	if (!security->headers) {
		security->hides_powered_by = socle_option_bool(ctx, "hidePoweredBy");
		security->headers = make(ctx);
		if (!security->headers)
			return -1;
	}
	if (security->hides_powered_by)
		socle_remove_header(ctx, "X-Powered-By");
	if (socle_add_header_set(ctx, security->headers) < 0)
		return -1;
	return socle_next(ctx);
}
