#include "base/keygrip.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

void keygrip_sign(struct str key, struct str text, char signature_r[KEYGRIP_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE], encoded[4 * EVP_MAX_MD_SIZE / 3 + 8];
	unsigned n = 0;

	if (key.n > INT_MAX || !HMAC(EVP_sha1(), key.p ? key.p : "", (int)key.n, (const unsigned char *)text.p, text.n,
		digest, &n))
		abort();
	EVP_EncodeBlock(encoded, digest, (int)n);
	/* 20 bytes are 27 digits and a '='. */
	for (int i = 0; i < KEYGRIP_SIZE - 1; i++)
		signature_r[i] = encoded[i] == '+' ? '-' : encoded[i] == '/' ? '_' : (char)encoded[i];
	signature_r[KEYGRIP_SIZE - 1] = '\0';
}

int keygrip_verify(const struct str *keys, size_t count, struct str text, struct str signature)
{
	char expected[KEYGRIP_SIZE];
	int found = -1;

	if (signature.n != KEYGRIP_SIZE - 1)
		return -1;
	for (size_t i = 0; i < count; i++) {
		keygrip_sign(keys[i], text, expected);
		if (CRYPTO_memcmp(expected, signature.p, signature.n) == 0 && found < 0)
			found = (int)i;
	}
	return found;
}
