#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitize.h"

/* Keeps neighbours apart under AddressSanitizer, so that an overflow by one is seen. */
enum { REDZONE = HAVE_ASAN ? 16 : 0 };
enum { ALIGN = 16, LARGEST_CHUNK = 1024 * 1024 };

struct chunk {
	struct chunk *next;
	size_t size;		/* of data[] */
	_Alignas(ALIGN) char data[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *arg);
	void *arg;
};

struct arena {
	char *at, *end;
	struct chunk *first;	/* kept over resets */
	struct chunk *more;
	struct deferred *deferred;
	size_t used;
	size_t next_size;
};

static void out_of_memory(size_t n)
{
	fprintf(stderr, "socle: out of memory (%zu bytes)\n", n);
	abort();
}

static struct chunk *chunk_new(size_t size)
{
	struct chunk *chunk = malloc(sizeof(*chunk) + size);

	if (!chunk)
		out_of_memory(size);
	chunk->size = size;
	chunk->next = NULL;
	SANITIZE_POISON(chunk->data, size);
	return chunk;
}

static void chunk_free(struct chunk *chunk)
{
	SANITIZE_UNPOISON(chunk->data, chunk->size);
	free(chunk);
}

static void start_over(struct arena *arena)
{
	arena->at = arena->first->data;
	arena->end = arena->first->data + arena->first->size;
	arena->next_size = arena->first->size * 2;
	arena->used = 0;
}

struct arena *arena_new(size_t first_chunk)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		out_of_memory(sizeof(*arena));
	arena->first = chunk_new(first_chunk < 256 ? 256 : first_chunk);
	start_over(arena);
	return arena;
}

static void run_deferred(struct arena *arena)
{
	/* A deferred function may defer another. */
	while (arena->deferred) {
		struct deferred *d = arena->deferred;

		arena->deferred = d->next;
		d->fn(d->arg);
	}
}

void arena_reset(struct arena *arena)
{
	run_deferred(arena);
	while (arena->more) {
		struct chunk *chunk = arena->more;

		arena->more = chunk->next;
		chunk_free(chunk);
	}
	SANITIZE_POISON(arena->first->data, arena->first->size);
	start_over(arena);
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	arena_reset(arena);
	chunk_free(arena->first);
	free(arena);
}

/* The slow half of arena_alloc: what was asked for doesn't fit. */
static void *alloc_in_new_chunk(struct arena *arena, size_t need)
{
	/* A large piece gets a chunk of its own, and the current one goes on serving. */
	bool large = need > arena->next_size / 2;
	struct chunk *chunk = chunk_new(large ? need : arena->next_size);

	chunk->next = arena->more;
	arena->more = chunk;
	if (large)
		return chunk->data;
	arena->at = chunk->data + need;
	arena->end = chunk->data + chunk->size;
	if (arena->next_size < LARGEST_CHUNK)
		arena->next_size *= 2;
	return chunk->data;
}

void *arena_alloc(struct arena *arena, size_t n)
{
	size_t need = (n + REDZONE + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	void *p;

	if (need < n)
		out_of_memory(n);
	if (need == 0)
		need = ALIGN;
	if (need <= (size_t)(arena->end - arena->at)) {
		p = arena->at;
		arena->at += need;
	} else {
		p = alloc_in_new_chunk(arena, need);
	}
	arena->used += need;
	SANITIZE_UNPOISON(p, n);
	return p;
}

void *arena_zalloc(struct arena *arena, size_t n)
{
	return memset(arena_alloc(arena, n), 0, n);
}

void *arena_memdup(struct arena *arena, const void *from, size_t n)
{
	void *p = arena_alloc(arena, n);

	if (n)
		memcpy(p, from, n);
	return p;
}

void *arena_array(struct arena *arena, size_t count, size_t element)
{
	size_t n;

	if (__builtin_mul_overflow(count, element, &n))
		out_of_memory(SIZE_MAX);
	return arena_alloc(arena, n);
}

char *arena_strdup(struct arena *arena, struct str s)
{
	char *copy = arena_alloc(arena, s.n + 1);

	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

struct str arena_str(struct arena *arena, struct str s)
{
	return (struct str){ arena_strdup(arena, s), s.n };
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	int n;
	char *text;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		out_of_memory(0);
	text = arena_alloc(arena, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void arena_defer(struct arena *arena, void (*fn)(void *arg), void *arg)
{
	struct deferred *d = arena_alloc(arena, sizeof(*d));

	d->fn = fn;
	d->arg = arg;
	d->next = arena->deferred;
	arena->deferred = d;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
