/* The audit: what a library's file says about itself, read before any of its code can run.
 *
 * Constructors run inside dlopen(), so all that can refuse a plugin has to be found out from its bytes:
 * whether they are a whole shared library for this machine, which SDK it was built with, what it needs from
 * the host, and what would keep it from being unloaded again. The bytes are read once; the loader's private
 * copy is written from the same ones, so nobody can change the file between the two.
 *
 *	struct audit audit;
 *	if (audit_file(arena, "plugins/blog/blog.so", &audit, &error) < 0)
 *		return -1;	// "plugins/blog/blog.so: built with SDK 2.0, this host has 1.0; ..."
 */
#ifndef PLUGIN_AUDIT_H
#define PLUGIN_AUDIT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum { AUDIT_HASH_SIZE = 64 };		/* hex digits of SHA-256 */

struct audit {
	struct str image;		/* the whole file, in the arena */
	struct str hash;		/* of the image, hex */
	struct str version;		/* of the plugin, as it was compiled in; "" */
	uint32_t sdk_major, sdk_minor;
	const struct str *needed;	/* DT_NEEDED */
	unsigned needed_count;
	const struct str *exports;	/* its own socle_* symbols */
	unsigned export_count;
	bool constructors;		/* more than the compiler's own run when it is opened */

	/* what makes it stay in the process after dlclose(), or run on after it: NULL, or the symbol or
	 * flag that shows it. With any of them it reloads by replacing the worker, not by swapping. */
	const char *unique, *nodelete, *leaves_behind;
};

static inline bool audit_swappable(const struct audit *audit)
{
	return !audit->unique && !audit->nodelete && !audit->leaves_behind;
}

bool audit_exports(const struct audit *audit, struct str symbol);

/* All that is wrong is said in one ERROR_CONFIG, a line each. */
int audit_file(struct arena *arena, const char *path, struct audit *audit_r, struct error *error)
	__attribute__((warn_unused_result));

/* The whole file, for who looks at it in another way. */
int audit_read(struct arena *arena, const char *path, struct str *image_r, struct error *error)
	__attribute__((warn_unused_result));

/* The same of bytes in memory (aligned to 16); `path` is what messages call them. */
int audit_image(struct arena *arena, struct str image, const char *path, struct audit *audit_r,
	struct error *error) __attribute__((warn_unused_result));

#endif
