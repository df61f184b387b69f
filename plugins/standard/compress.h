/* A body in another coding. Knows nothing of the host: it may run on any thread. */
#ifndef STANDARD_COMPRESS_H
#define STANDARD_COMPRESS_H

#include <stddef.h>

#include "encodings.h"

struct compress_job {
	enum encoding encoding;		/* not identity */
	int level;			/* zlib: -1 to 9; brotli: 0 to 11 */
	const void *from;
	size_t from_n;
	void *to;			/* malloc'd; NULL when it failed, or the result would be no smaller */
	size_t to_n;
};

/* A struct compress_job. */
void compress_run(void *job);

#endif
