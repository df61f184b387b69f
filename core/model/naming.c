#include "model/naming.h"

#include <assert.h>
#include <openssl/evp.h>

#include "base/buf.h"
#include "model/snake_case.h"

enum {
	TOKENS_MAX = 8,
	HASH_DIGITS = 5,
	SHORTEST = 8,		/* three letters and the digits of the hash */
};

struct kind {
	const char *prefix, *suffix;
	bool snake;
};

static const struct kind kinds[NAMING_KINDS] = {
	[NAMING_TABLE] = { NULL, NULL, false },
	[NAMING_COLUMN] = { NULL, NULL, true },
	[NAMING_JOIN_COLUMN] = { NULL, "id", true },
	[NAMING_INVERSE_JOIN_COLUMN] = { "inv", "id", true },
	[NAMING_ORDER_COLUMN] = { NULL, "ord", true },
	[NAMING_INVERSE_ORDER_COLUMN] = { "inv", "ord", true },
	[NAMING_TYPE_COLUMN] = { NULL, "type", true },
	[NAMING_COMPONENTS_TABLE] = { NULL, "cmps", false },
	[NAMING_LINK_TABLE] = { NULL, "lnk", true },
	[NAMING_MORPH_TABLE] = { NULL, "mph", true },
	[NAMING_INDEX] = { NULL, "idx", false },
	[NAMING_UNIQUE] = { NULL, "uq", false },
	[NAMING_FOREIGN_KEY] = { NULL, "fk", false },
	[NAMING_INVERSE_FOREIGN_KEY] = { NULL, "ifk", false },
	[NAMING_ORDER_INDEX] = { NULL, "ofk", false },
	[NAMING_INVERSE_ORDER_INDEX] = { NULL, "oifk", false },
	[NAMING_MORPH_ORDER_INDEX] = { NULL, "oidx", false },
	[NAMING_MORPH_ID_INDEX] = { NULL, "idix", false },
};

/* What each token may take: first an equal share, then a character at a time of what short ones left. */
static bool share_out(const struct naming_token *tokens, unsigned count, size_t share[])
{
	size_t available = NAMING_LIMIT - (count - 1), per, surplus;
	unsigned compressible = 0;
	bool given = true;

	for (unsigned i = 0; i < count; i++) {
		compressible += !tokens[i].fixed;
		if (tokens[i].fixed && tokens[i].text.n > available)
			return false;
		available -= tokens[i].fixed ? tokens[i].text.n : 0;
	}
	if (!compressible)
		return false;
	per = available / compressible;
	surplus = available % compressible;
	for (unsigned i = 0; i < count; i++) {
		share[i] = tokens[i].fixed || tokens[i].text.n < per ? tokens[i].text.n : per;
		surplus += tokens[i].fixed ? 0 : per - share[i];
	}
	while (surplus && given) {
		given = false;
		for (unsigned i = 0; i < count && surplus; i++) {
			if (share[i] < tokens[i].text.n) {
				share[i]++;
				surplus--;
				given = true;
			}
		}
	}
	return true;
}

static void add_hash(struct buf *out, struct str text)
{
	unsigned char digest[(HASH_DIGITS + 1) / 2];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t from = out->n;
	int ok = ctx && EVP_DigestInit_ex(ctx, EVP_shake256(), NULL) == 1 &&
		EVP_DigestUpdate(ctx, text.p, text.n) == 1 &&
		EVP_DigestFinalXOF(ctx, digest, sizeof(digest)) == 1;

	/* Without SHAKE256 no table could be found: as fatal as having no memory. */
	if (!ok)
		abort();
	EVP_MD_CTX_free(ctx);
	for (size_t i = 0; i < sizeof(digest); i++)
		buf_printf(out, "%02x", digest[i]);
	out->n = from + HASH_DIGITS;
}

static struct str take_text(struct buf *out, struct arena *arena)
{
	struct str copy = arena_str(arena, buf_str(out));

	buf_clear(out);
	return copy;
}

static size_t joined_length(const struct naming_token *tokens, unsigned count)
{
	size_t n = count - 1;

	for (unsigned i = 0; i < count; i++)
		n += tokens[i].text.n;
	return n;
}

struct str naming_join(struct arena *arena, const struct naming_token *tokens, unsigned count)
{
	size_t share[TOKENS_MAX];
	struct buf out = BUF_INIT;

	assert(count > 0 && count <= TOKENS_MAX);
	if (joined_length(tokens, count) <= NAMING_LIMIT) {
		for (unsigned i = 0; i < count; i++)
			share[i] = tokens[i].text.n;
	} else if (!share_out(tokens, count, share)) {
		return STR_NULL;
	}
	for (unsigned i = 0; i < count; i++) {
		if (i)
			buf_add_char(&out, '_');
		if (share[i] >= tokens[i].text.n) {
			buf_add(&out, tokens[i].text);
		} else if (share[i] < SHORTEST) {
			buf_clear(&out);
			return STR_NULL;
		} else {
			buf_add(&out, str_take(tokens[i].text, share[i] - HASH_DIGITS));
			add_hash(&out, tokens[i].text);
		}
	}
	return take_text(&out, arena);
}

struct str naming(struct arena *arena, enum naming_kind kind, struct str first, struct str second)
{
	const struct kind *rule = &kinds[kind];
	struct naming_token tokens[4];
	unsigned count = 0;
	struct str name;

	if (rule->prefix)
		tokens[count++] = (struct naming_token){ str_of(rule->prefix), true };
	tokens[count++] = (struct naming_token){ rule->snake ? snake_case(arena, first) : first, false };
	if (!str_is_null(second)) {
		tokens[count++] =
			(struct naming_token){ rule->snake ? snake_case(arena, second) : second, false };
	}
	if (rule->suffix)
		tokens[count++] = (struct naming_token){ str_of(rule->suffix), true };
	name = naming_join(arena, tokens, count);
	/* Two words and the longest prefix and suffix leave each word 20 characters. */
	assert(!str_is_null(name));
	return name;
}
