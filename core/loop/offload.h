/* Work that would block the loop (hashing a password, reading a disk) goes to a thread.
 *
 *	offload_run(hash_password, &job);	// parks the fiber; other fibers run meanwhile
 *
 * The threads are few (4), belong to the loop, start with its first job and end
 * with it. They run nothing but `fn`, which must not touch the
 * loop, fibers, or an arena in use. A job that began can't be cancelled: the
 * fiber waits for it in any case.
 */
#ifndef LOOP_OFFLOAD_H
#define LOOP_OFFLOAD_H

/* 0, or a negative errno when no thread could be started, or (-EAGAIN) when 256 jobs wait already. Off a fiber, fn runs at once on the caller's stack. */
int offload_run(void (*fn)(void *arg), void *arg) __attribute__((warn_unused_result));

#endif
