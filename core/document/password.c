#include "document/password.h"

#include <crypt.h>

#include "loop/offload.h"

struct job {
	const char *password;
	unsigned long rounds;
	struct crypt_data *data;
	const char *hash;
};

static void hash_it(void *arg)
{
	struct job *job = arg;
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (crypt_gensalt_rn("$2a$", job->rounds, NULL, 0, setting, sizeof(setting)))
		job->hash = crypt_r(job->password, setting, job->data);
}

int password_hash(struct arena *arena, struct str password, unsigned rounds, struct str *hash_r, struct error *error)
{
	struct job job = { .password = arena_strdup(arena, password), .rounds = rounds ? rounds : 10,
		.data = arena_zalloc(arena, sizeof(*job.data)) };

	if (offload_run(hash_it, &job) < 0 || !job.hash || job.hash[0] == '*')
		return error_set(error, ERROR_INTERNAL, "a password could not be hashed");
	*hash_r = arena_str(arena, str_of(job.hash));
	return 0;
}
