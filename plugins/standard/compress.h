/* Bytes in another coding. Knows nothing of the host: all of it may run on any thread, one call of a compressor at a time.
 *
 *	struct compress_step step = { .compressor = compressor, .from = bytes, .from_n = n, .how = COMPRESS_FLUSH,
 *		.to = room, .to_size = sizeof(room) };
 *
 *	do {
 *		compress_step(&step);
 *		... step.to has step.to_n bytes
 *	} while (!step.done && !step.failed);
 */
#ifndef STANDARD_COMPRESS_H
#define STANDARD_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encodings.h"

enum compress_how { COMPRESS_MORE, COMPRESS_FLUSH, COMPRESS_LAST };

struct compressor;

/* zlib's levels go from -1 to 9, brotli's from 0 to 11. `total` 0: nobody knows yet. NULL when there is no memory. */
struct compressor *compressor_new(enum encoding encoding, int level, size_t total);
/* NULL is allowed. */
void compressor_free(struct compressor *compressor);

struct compress_step {
	struct compressor *compressor;
	const void *from;		/* moves on */
	size_t from_n;
	enum compress_how how;
	void *to;
	size_t to_size, to_n;
	bool done;			/* all is taken, and all that `how` asks for was given */
	bool failed;
};

/* A struct compress_step. */
void compress_step(void *step);

/* ---- whole bodies ---- */

struct compress_job {
	enum encoding encoding;		/* not identity */
	int level;
	const void *from;		/* NULL: the file */
	int fd;
	uint64_t offset;
	size_t from_n;
	void *to;			/* malloc'd; NULL when it failed, or the result would be no smaller */
	size_t to_n;
};

/* A struct compress_job. */
void compress_run(void *job);

#endif
