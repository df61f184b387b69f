#include "document/password.h"

#include <crypt.h>

#include "loop/offload.h"

/* $2a$ to the world, as bcryptjs writes it, but $2b$ to libcrypt: its $2a$ gives other hashes for some
 * passwords with bytes above 127, to tell them from those of an old bug. */
enum { DEFAULT_ROUNDS = 10, PREFIX = sizeof("$2a$") - 1, HASH = 60 };

struct job {
	char *password;
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];	/* or the hash to compare with */
	struct crypt_data data;
	bool failed;
};

static void hash_it(void *arg)
{
	struct job *job = arg;
	const char *hash = crypt_r(job->password, job->setting, &job->data);

	job->failed = !hash || hash[0] == '*' || strlen(hash) != HASH;
}

/* Leaves the hash in job->data.output. */
static int run(struct job *job, struct error *error)
{
	if (offload_run(hash_it, job) < 0)
		return error_set(error, ERROR_UNAVAILABLE, "No thread could be started to hash a password");
	if (job->failed)
		return error_set(
			error, ERROR_INTERNAL, "libcrypt can't hash with the setting %.7s", job->setting);
	return 0;
}

static struct job *job_new(struct arena *arena, struct str password)
{
	struct job *job = arena_new_of(arena, struct job);

	job->password = arena_strdup(arena, str_take(password, PASSWORD_BYTES));
	return job;
}

static void forget(struct job *job, struct str password)
{
	explicit_bzero(job->password, password.n < PASSWORD_BYTES ? password.n : PASSWORD_BYTES);
	explicit_bzero(job, sizeof(*job));
}

int password_hash(
	struct arena *arena, struct str password, unsigned rounds, struct str *hash_r, struct error *error)
{
	struct job *job;
	int rc;

	if (str_find(password, '\0') < password.n)
		return error_set_details(error, ERROR_VALIDATION, json_object(),
			"A password must not contain the character U+0000");
	job = job_new(arena, password);
	if (!crypt_gensalt_rn(
		    "$2b$", rounds ? rounds : DEFAULT_ROUNDS, NULL, 0, job->setting, sizeof(job->setting)))
		rc = error_set(error, ERROR_CONFIG, "bcrypt takes 4 to 31 rounds, found %u", rounds);
	else
		rc = run(job, error);
	if (rc == 0) {
		char *hash = arena_strdup(arena, (struct str){ job->data.output, HASH });

		hash[2] = 'a';
		*hash_r = (struct str){ hash, HASH };
	}
	forget(job, password);
	return rc;
}

static bool is_bcrypt(struct str hash)
{
	return hash.n == HASH && (str_starts(hash, STR("$2a$")) || str_starts(hash, STR("$2b$")) ||
		str_starts(hash, STR("$2y$"))) && str_find(hash, '\0') == hash.n;
}

int password_verify(
	struct arena *arena, struct str password, struct str hash, bool *matches_r, struct error *error)
{
	struct job *job;
	unsigned char difference = 0;

	*matches_r = false;
	if (!is_bcrypt(hash) || str_find(password, '\0') < password.n)
		return 0;
	job = job_new(arena, password);
	memcpy(job->setting, hash.p, HASH);
	job->setting[2] = 'b';
	if (run(job, error) < 0) {
		bool refused = job->failed;

		forget(job, password);
		/* A setting that libcrypt refuses is a hash that nothing matches. */
		if (!refused)
			return -1;
		error_clear(error);
		return 0;
	}
	for (unsigned i = PREFIX; i < HASH; i++)
		difference |= (unsigned char)(job->data.output[i] ^ hash.p[i]);
	*matches_r = difference == 0;
	forget(job, password);
	return 0;
}
