/* Libraries: the audit says of any bytes what is wrong with them, and reads none beyond them.
 *
 *	clang -std=gnu17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -Icore -Isdk/include
 *		-o fuzz_elf tests/fuzz/fuzz_elf.c LIBRARIES-OF-A-BUILD
 *	./fuzz_elf -max_len=32768 -max_total_time=120 NEW_CORPUS FOLDER-WITH-SMALL-PLUGINS
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *arena = arena_new(4096);
	struct error error = ERROR_INIT;
	struct audit audit;
	/* A block of its own, so that one byte too far is seen. */
	char *image = malloc(n ? n : 1);
	int rc;

	assert(image);
	memcpy(image, data, n);
	rc = audit_image(arena, (struct str){ image, n }, "plugin.so", &audit, &error);
	assert((rc < 0) == error_is_set(&error));
	assert(rc < 0 ||
		(audit.hash.n == AUDIT_HASH_SIZE && audit_exports(&audit, STR("socle_plugin_descriptor"))));
	assert(rc == 0 || strlen(error_message(&error)) > 0);
	error_clear(&error);
	free(image);
	arena_free(arena);
	return 0;
}
