#include "policy.h"

#include <string.h>

/* In the order in which they are sent: behind those that the option gives. */
static const struct directive {
	const char *name, *value;	/* NULL: left out unless somebody gives it */
} ours[] = {
	{ "connect-src", "'self' https:" },
	{ "img-src", "'self' data: blob: https://market-assets.strapi.io" },
	{ "media-src", "'self' data: blob:" },
	{ "upgrade-insecure-requests", NULL },
}, general[] = {
	{ "default-src", "'self'" },
	{ "base-uri", "'self'" },
	{ "font-src", "'self' https: data:" },
	{ "form-action", "'self'" },
	{ "frame-ancestors", "'self'" },
	{ "object-src", "'none'" },
	{ "script-src", "'self'" },
	{ "script-src-attr", "'none'" },
	{ "style-src", "'self' https: 'unsafe-inline'" },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* "imgSrc" is "img-src". */
static const char *dashed(socle_context *ctx, const char *name)
{
	char *text = socle_alloc(ctx, 2 * strlen(name) + 1), *to = text;

	for (; *name; name++) {
		if (*name >= 'A' && *name <= 'Z') {
			*to++ = '-';
			*to++ = (char)(*name - 'A' + 'a');
		} else {
			*to++ = *name;
		}
	}
	return text;
}

static const char *add(socle_context *ctx, const char *policy, const char *name, const char *value)
{
	return socle_printf(ctx, "%s%s%s%s%s", policy, *policy ? ";" : "", name, *value ? " " : "", value);
}

/* The sources of a directive with spaces between them; NULL when they are no texts. */
static const char *sources(socle_context *ctx, const json_t *value)
{
	const char *text = "";
	json_t *item;
	size_t i;

	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_true(value))
		return "";
	if (!json_is_array(value))
		return NULL;
	json_array_foreach(value, i, item) {
		if (!json_is_string(item))
			return NULL;
		text = socle_printf(ctx, "%s%s%s", text, i ? " " : "", json_string_value(item));
	}
	return text;
}

static bool is_given(socle_context *ctx, const json_t *directives, const char *name)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)directives, key, value) {
		if (strcmp(dashed(ctx, key), name) == 0)
			return true;
	}
	return false;
}

static const char *add_given(socle_context *ctx, const char *policy, const json_t *directives)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)directives, key, value) {
		const char *text;

		if (json_is_false(value) || json_is_null(value))
			continue;
		text = sources(ctx, value);
		if (!text || strpbrk(text, ";,")) {
			socle_throw(ctx, SOCLE_INTERNAL,
				"socle::security: the directive \"%s\" of contentSecurityPolicy must be "
				"false, a text, or a list of texts without ';' and ','",
				key);
			return NULL;
		}
		policy = add(ctx, policy, dashed(ctx, key), text);
	}
	return policy;
}

static const char *add_missing(socle_context *ctx, const char *policy, const json_t *directives,
	const struct directive *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].value && !is_given(ctx, directives, list[i].name))
			policy = add(ctx, policy, list[i].name, list[i].value);
	}
	return policy;
}

const char *policy_text(socle_context *ctx, const json_t *option)
{
	const json_t *directives = json_object_get(option, "directives");
	const char *policy = add_given(ctx, "", directives);

	if (!policy)
		return NULL;
	policy = add_missing(ctx, policy, directives, ours, COUNT(ours));
	if (!json_is_false(json_object_get(option, "useDefaults")))
		policy = add_missing(ctx, policy, directives, general, COUNT(general));
	return policy;
}
