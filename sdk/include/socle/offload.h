/* Work that takes long and can't wait politely: hashing, compressing, a library that reads from disk.
 *
 * A worker has one thread; while a function computes, no other request of the worker is served, and after a
 * second the log says so. Such work goes to one of the worker's four helper threads; the function that asked
 * for it waits, the others go on.
 *
 *	struct job {
 *		const char *text;
 *		char hash[61];
 *	};
 *
 *	static void hash(void *arg)			// on the helper thread
 *	{
 *		struct job *job = arg;
 *
 *		slow_hash(job->text, job->hash);
 *	}
 *
 *	struct job job = { .text = password };
 *
 *	if (socle_offload(ctx, hash, &job) < 0)
 *		return -1;
 *
 * Since SDK 1.2.
 */
#ifndef SOCLE_OFFLOAD_H
#define SOCLE_OFFLOAD_H

#include <socle/context.h>

SOCLE_C_BEGIN

/* Runs function(arg) on a helper thread and returns when it has ended; a job that has begun is waited for,
 * also when the client leaves. The function must not call anything of the SDK, nor touch what other functions
 * of the plugin touch without a lock: it gets all it needs with `arg`, which may lie on the caller's stack.
 * 0; negative with the error on the context when 256 jobs wait already (the client is answered 503). Where
 * nothing may wait (`init`, `stop`) it runs at once.
 *
 *	if (socle_offload(ctx, resize, &picture) < 0)
 *		return -1;
 */
SOCLE_API int socle_offload(socle_context *ctx, void (*function)(void *arg), void *arg) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
