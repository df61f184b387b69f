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
#include "plugin/elf_view.h"
#include "plugin/embedded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What the library holds besides: a list of texts, or an error that says what is wrong with it. */
static void check_files(struct arena *arena, struct str section)
{
	struct error error = ERROR_INIT;
	struct embedded files;

	if (embedded_parse(arena, section, "plugin.so", &files, &error) == 0) {
		assert(files.count > 0 && files.count <= EMBEDDED_FILES && embedded_find(&files, STR("plugin.toml")));
		for (unsigned i = 0; i < files.count; i++)
			assert(files.items[i].text.p[files.items[i].text.n] == '\0');
	} else {
		assert(strlen(error_message(&error)) > 0);
	}
	error_clear(&error);
}

static void check_section(struct arena *arena, struct str image)
{
	struct error error = ERROR_INIT;
	struct elf_view view;

	if (elf_view_open(&view, image, "plugin.so", &error) == 0) {
		if (view.files)
			check_files(arena, (struct str){ view.files->d_buf, view.files->d_size });
		elf_view_close(&view);
	}
	error_clear(&error);
}

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
	check_section(arena, (struct str){ image, n });
	/* Most bytes are no library at all: they are tried as a section, too. */
	check_files(arena, (struct str){ image, n });
	free(image);
	arena_free(arena);
	return 0;
}
