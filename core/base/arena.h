/* Arenas: memory that lives as long as a request, a generation, a reload.
 *
 * An arena hands out memory by moving a pointer, and takes all of it back at
 * once. There is no free for a single piece. Chunks grow, so that a large answer
 * costs few of them. Under AddressSanitizer what was not handed out is poisoned,
 * and so is everything after a reset.
 *
 *	struct arena *arena = arena_new(8 * 1024);
 *	char *name = arena_printf(arena, "%s-%d", base, number);
 *	arena_defer(arena, close_file, file);	// runs at reset or free, last in first out
 *	arena_free(arena);
 *
 * Memory is aligned to 16 bytes and not cleared unless the name says so. When
 * the system has none left the process aborts: a worker is replaced, and code
 * that can't get 100 bytes can't answer either. One thread per arena.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

/* `first_chunk` bytes are allocated at once and kept over resets. */
struct arena *arena_new(size_t first_chunk);

/* Runs what was deferred, then gives everything back. NULL is allowed. */
void arena_free(struct arena *arena);

/* The same, but keeps the first chunk for the next user. */
void arena_reset(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t n) __attribute__((malloc, returns_nonnull));
void *arena_zalloc(struct arena *arena, size_t n) __attribute__((malloc, returns_nonnull));
void *arena_memdup(struct arena *arena, const void *from, size_t n);

/* An array of `count` elements; aborts when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t element);

#define arena_new_of(arena, type) ((type *)arena_zalloc((arena), sizeof(type)))

/* Copies end in a NUL that the length doesn't count. */
char *arena_strdup(struct arena *arena, struct str s);
struct str arena_str(struct arena *arena, struct str s);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull(1, 2)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0), nonnull));

/* Calls fn(arg) when the arena is reset or freed, the latest first. */
void arena_defer(struct arena *arena, void (*fn)(void *arg), void *arg);

/* Bytes handed out since the last reset, for limits and statistics. */
size_t arena_used(const struct arena *arena);

#endif
