/* Sessions in a signed cookie, as Strapi keeps them: base64 of JSON, with `_expire` and `_maxAge` in it, and beside it a cookie with the
 * signature of "name=value". */
#include <stdlib.h>
#include <string.h>

#include <socle/socle.h>

#include "cookies.h"
#include "validators.h"

enum {
	COOKIE = 4096,		/* name, value and attributes: what browsers keep */
	DEPTH = 16,
};

/* What the options of a use come to. */
struct policy {
	const char *key;
	int64_t max_age;	/* milliseconds; -1: until the browser is closed */
	bool http_only, is_signed, rolling, renew, secure;
	const char *same_site, *domain, *path;
};

struct kept {
	const char *before;	/* as JSON; NULL: there was none */
	int64_t expires;	/* milliseconds since 1970; 0: not said */
	bool old_key, spoiled;	/* signed with an older key; sent, but not to be believed */
};

static int read_options(socle_context *ctx, struct policy *policy)
{
	const json_t *age = socle_option_json(ctx, "maxAge"), *secure = socle_option_json(ctx, "secure");

	*policy = (struct policy){ .key = socle_option_string(ctx, "key"), .max_age = -1,
		.http_only = socle_option_bool(ctx, "httpOnly"), .is_signed = socle_option_bool(ctx, "signed"),
		.rolling = socle_option_bool(ctx, "rolling"),
		.renew = socle_option_bool(ctx, "renew"), .same_site = socle_option_string(ctx, "sameSite"),
		.domain = socle_option_string(ctx, "domain"), .path = socle_option_string(ctx, "path") };
	policy->secure = json_is_boolean(secure) ? json_is_true(secure) : socle_is_secure(ctx);
	if (json_is_integer(age) && json_integer_value(age) > 0)
		policy->max_age = json_integer_value(age);
	else if (!socle_equal(json_string_value(age), "session"))
		return socle_throw(ctx, SOCLE_INTERNAL, "socle::session: maxAge must be milliseconds, or \"session\"");
	if (!cookie_is_token(policy->key))
		return socle_throw(ctx, SOCLE_INTERNAL, "socle::session: \"%s\" can't be a cookie's name", policy->key);
	return 0;
}

/* ---- what came ---- */

static const char *cookie(socle_context *ctx, const char *name)
{
	const char *header = socle_request_header(ctx, "Cookie"), *value;
	size_t n;

	value = header ? cookie_find(header, name, &n) : NULL;
	return value ? socle_printf(ctx, "%.*s", (int)n, value) : NULL;
}

/* 1: believed; 0: not. */
static int check_signature(socle_context *ctx, const struct policy *policy, const char *value, struct kept *kept)
{
	int rc;

	if (!policy->is_signed)
		return 1;
	rc = socle_verify(ctx, socle_printf(ctx, "%s=%s", policy->key, value),
		cookie(ctx, socle_printf(ctx, "%s.sig", policy->key)));
	kept->old_key = rc == 2;
	return rc < 0 ? rc : rc > 0;
}

static bool is_deeper(const char *text, size_t n, int most)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\\' && quoted)
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted)
			depth += (text[i] == '{' || text[i] == '[') - (text[i] == '}' || text[i] == ']');
		if (depth > most)
			return true;
	}
	return false;
}

static json_t *decode(socle_context *ctx, const char *value)
{
	size_t n = strlen(value);
	unsigned char *text = socle_alloc(ctx, n + 1);
	long length = base64_read(value, n, text);
	json_t *tree;

	if (length < 0 || is_deeper((const char *)text, (size_t)length, DEPTH))
		return NULL;
	tree = json_loadb((const char *)text, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(tree)) {
		json_decref(tree);
		return NULL;
	}
	return tree;
}

/* What is the host's own isn't the session's. */
static void strip(json_t *tree)
{
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(tree, next, name, value) {
		if (name[0] == '_')
			json_object_del(tree, name);
	}
}

static const char *as_text(socle_context *ctx, const json_t *tree)
{
	char *text = json_dumps(tree, JSON_COMPACT), *copy = socle_strdup(ctx, text);

	free(text);
	return copy;
}

static int load(socle_context *ctx, const struct policy *policy, struct kept *kept)
{
	const char *value = cookie(ctx, policy->key);
	json_t *tree = NULL;
	int rc = value && *value ? check_signature(ctx, policy, value, kept) : 0;

	if (rc < 0)
		return rc;
	if (rc > 0)
		tree = decode(ctx, value);
	kept->expires = json_integer_value(json_object_get(tree, "_expire"));
	if (kept->expires && kept->expires < socle_unix_ms()) {
		json_decref(tree);
		tree = NULL;
	}
	kept->spoiled = value && *value && !tree;
	if (tree) {
		strip(tree);
		kept->before = as_text(ctx, tree);
	}
	return socle_set_session(ctx, tree ? tree : json_object());
}

/* ---- what goes ---- */

/* In the order in which Strapi's cookies have them. */
static const char *attributes(socle_context *ctx, const struct policy *policy, int64_t expires_ms)
{
	const char *text = socle_printf(ctx, "; path=%s", policy->path);
	char date[DATE_SIZE];

	if (expires_ms >= 0 && date_write((time_t)(expires_ms / 1000), date))
		text = socle_printf(ctx, "%s; expires=%s", text, date);
	if (policy->domain && *policy->domain)
		text = socle_printf(ctx, "%s; domain=%s", text, policy->domain);
	if (policy->same_site && *policy->same_site)
		text = socle_printf(ctx, "%s; samesite=%s", text, policy->same_site);
	return socle_printf(ctx, "%s%s%s", text, policy->secure ? "; secure" : "", policy->http_only ? "; httponly" : "");
}

static int send(socle_context *ctx, const struct policy *policy, const char *value, int64_t expires_ms)
{
	const char *rest = attributes(ctx, policy, expires_ms), *pair = socle_printf(ctx, "%s=%s", policy->key, value);
	const char *signature;

	if (strlen(pair) + strlen(rest) > COOKIE)
		return socle_throw(ctx, SOCLE_INTERNAL, "socle::session: a session of %zu bytes is more than a cookie can hold",
			strlen(value));
	if (socle_add_header(ctx, "Set-Cookie", socle_printf(ctx, "%s%s", pair, rest)) < 0)
		return -1;
	if (!policy->is_signed)
		return 0;
	signature = socle_sign(ctx, pair);
	return signature ? socle_add_header(ctx, "Set-Cookie", socle_printf(ctx, "%s.sig=%s%s", policy->key, signature, rest)) : -1;
}

static int save(socle_context *ctx, const struct policy *policy, json_t *session)
{
	int64_t expires = policy->max_age < 0 ? -1 : socle_unix_ms() + policy->max_age;
	json_t *tree = json_copy(session);
	const char *text;
	char *value;

	if (policy->max_age < 0) {
		json_object_set_new(tree, "_session", json_true());
	} else {
		json_object_set_new(tree, "_expire", json_integer(expires));
		json_object_set_new(tree, "_maxAge", json_integer(policy->max_age));
	}
	text = as_text(ctx, tree);
	json_decref(tree);
	value = socle_alloc(ctx, 4 * (strlen(text) + 2) / 3 + 8);
	base64_write((const unsigned char *)text, strlen(text), value);
	return send(ctx, policy, value, expires);
}

static bool is_due(const struct policy *policy, const struct kept *kept, const char *now)
{
	if (!socle_equal(kept->before, now) || kept->old_key || policy->rolling)
		return true;
	return policy->renew && kept->expires && policy->max_age > 0 &&
		kept->expires - socle_unix_ms() < policy->max_age / 2;
}

static int commit(socle_context *ctx, const struct policy *policy, const struct kept *kept)
{
	json_t *session = socle_session(ctx);
	bool had = kept->before || kept->spoiled;

	strip(session);
	if (json_object_size(session) == 0)
		return had ? send(ctx, policy, "", 0) : 0;
	return is_due(policy, kept, as_text(ctx, session)) ? save(ctx, policy, session) : 0;
}

struct visit {
	struct policy policy;
	struct kept kept;
	bool committed;
};

static int commit_once(socle_context *ctx, struct visit *visit)
{
	if (visit->committed || !socle_option_bool(ctx, "autoCommit"))
		return 0;
	visit->committed = true;
	return commit(ctx, &visit->policy, &visit->kept);
}

/* A long answer takes along what the session is when its head goes out. */
static int at_head(socle_context *ctx, void *visit)
{
	return commit_once(ctx, visit);
}

SOCLE_MIDDLEWARE(session)
{
	static const struct socle_transform transform = { SOCLE_TRANSFORM, .begin = at_head };
	struct visit *visit = socle_alloc(ctx, sizeof(*visit));
	int rc;

	if (read_options(ctx, &visit->policy) < 0 || load(ctx, &visit->policy, &visit->kept) < 0 ||
	    socle_transform(ctx, &transform, visit) < 0)
		return -1;
	rc = socle_next(ctx);
	/* A failed request's changes are kept as well, as with Strapi. */
	return !socle_answer_sent(ctx) && commit_once(ctx, visit) < 0 ? -1 : rc;
}
