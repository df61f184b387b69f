/* One lock, a table of hash chains, and blocks of one size; an entry is a chain of blocks. All links are numbers of blocks
 * counted from 1, as the memory may lie elsewhere in another process, and as memory that was never touched is 0. */
#include "base/shared.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/log.h"

enum { BLOCK = 128, PER_BUCKET = 2 };

struct block {
	uint32_t next;			/* of the entry, or of the free ones */
	char bytes[BLOCK - sizeof(uint32_t)];
};

/* At the beginning of an entry's first block; key and value follow, from block to block. */
struct entry {
	uint32_t next;			/* the block's own */
	uint32_t chain;			/* the next entry of the bucket */
	uint32_t older, newer;
	uint64_t ends_ms;		/* 0: never */
	uint64_t hash;
	uint32_t key_n, value_n;
	uint32_t blocks;
	uint32_t is_counter;
};

struct shared {
	size_t size;			/* of the mapping */
	uint32_t block_count, bucket_count;
	uint64_t seed;
	pthread_mutex_t lock;
	/* guarded by it */
	uint32_t touched;		/* blocks behind this one were never used */
	uint32_t free, free_count;
	uint32_t newest, oldest;
	uint32_t entries;
	uint64_t evicted, emptied;
	uint32_t buckets[];		/* the blocks follow */
};

/* ---- making it ---- */

static size_t blocks_at(const struct shared *shared)
{
	size_t n = sizeof(*shared) + shared->bucket_count * sizeof(uint32_t);

	return (n + BLOCK - 1) / BLOCK * BLOCK;
}

static int make_lock(pthread_mutex_t *lock)
{
	pthread_mutexattr_t attributes;
	int rc;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	rc = pthread_mutex_init(lock, &attributes);
	pthread_mutexattr_destroy(&attributes);
	return rc;
}

struct shared *shared_new(size_t bytes, struct error *error)
{
	struct shared *shared;

	bytes = bytes < SHARED_LEAST ? SHARED_LEAST : bytes;
	shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (shared == MAP_FAILED) {
		error_set(error, ERROR_INTERNAL, "no memory for workers to share: %s", strerror(errno));
		return NULL;
	}
	shared->size = bytes;
	shared->bucket_count = (uint32_t)(bytes / BLOCK / PER_BUCKET);
	shared->block_count = (uint32_t)((bytes - blocks_at(shared)) / BLOCK);
	if (make_lock(&shared->lock) != 0 || getrandom(&shared->seed, sizeof(shared->seed), 0) < 0) {
		munmap(shared, bytes);
		error_set(error, ERROR_INTERNAL, "no lock for workers to share");
		return NULL;
	}
	return shared;
}

void shared_free(struct shared *shared)
{
	if (shared)
		munmap(shared, shared->size);
}

static void empty(struct shared *shared)
{
	memset(shared->buckets, 0, shared->bucket_count * sizeof(*shared->buckets));
	shared->touched = shared->free = shared->free_count = 0;
	shared->newest = shared->oldest = shared->entries = 0;
}

static void lock(struct shared *shared)
{
	if (pthread_mutex_lock(&shared->lock) != EOWNERDEAD)
		return;
	empty(shared);
	shared->emptied++;
	pthread_mutex_consistent(&shared->lock);
	log_warn("shared", "a worker died while it changed what workers share: counters and values begin anew");
}

static void unlock(struct shared *shared)
{
	pthread_mutex_unlock(&shared->lock);
}

void shared_lock_for_test(struct shared *shared)
{
	lock(shared);
}

/* ---- blocks ---- */

static struct block *block_at(struct shared *shared, uint32_t number)
{
	return (struct block *)((char *)shared + blocks_at(shared)) + (number - 1);
}

static struct entry *entry_at(struct shared *shared, uint32_t number)
{
	return (struct entry *)block_at(shared, number);
}

static uint32_t blocks_for(size_t bytes)
{
	size_t first = BLOCK - sizeof(struct entry), each = BLOCK - sizeof(uint32_t);

	return bytes <= first ? 1 : 1 + (uint32_t)((bytes - first + each - 1) / each);
}

static uint32_t available(const struct shared *shared)
{
	return shared->free_count + (shared->block_count - shared->touched);
}

static uint32_t take_block(struct shared *shared)
{
	uint32_t number = shared->free;

	if (!number)
		return ++shared->touched;
	shared->free = block_at(shared, number)->next;
	shared->free_count--;
	return number;
}

static uint32_t take_blocks(struct shared *shared, uint32_t count)
{
	uint32_t first = 0;

	while (count--) {
		uint32_t number = take_block(shared);

		block_at(shared, number)->next = first;
		first = number;
	}
	return first;
}

static void give_blocks(struct shared *shared, uint32_t first)
{
	while (first) {
		uint32_t next = block_at(shared, first)->next;

		block_at(shared, first)->next = shared->free;
		shared->free = first;
		shared->free_count++;
		first = next;
	}
}

/* Where an entry's bytes lie: walks over its blocks. */
struct cursor {
	struct block *block;
	size_t at;			/* in the block */
};

static struct cursor cursor_of(struct shared *shared, uint32_t number)
{
	return (struct cursor){ block_at(shared, number), sizeof(struct entry) };
}

/* The next piece, at most `most` bytes. */
static char *piece(struct shared *shared, struct cursor *cursor, size_t most, size_t *n_r)
{
	if (cursor->at == BLOCK) {
		cursor->block = block_at(shared, cursor->block->next);
		cursor->at = sizeof(uint32_t);
	}
	*n_r = BLOCK - cursor->at < most ? BLOCK - cursor->at : most;
	cursor->at += *n_r;
	return (char *)cursor->block + cursor->at - *n_r;
}

static void put(struct shared *shared, struct cursor *cursor, struct str bytes)
{
	while (bytes.n) {
		size_t n;
		char *to = piece(shared, cursor, bytes.n, &n);

		memcpy(to, bytes.p, n);
		bytes = str_skip(bytes, n);
	}
}

static bool same(struct shared *shared, struct cursor *cursor, struct str bytes)
{
	while (bytes.n) {
		size_t n;
		const char *at = piece(shared, cursor, bytes.n, &n);

		if (memcmp(at, bytes.p, n) != 0)
			return false;
		bytes = str_skip(bytes, n);
	}
	return true;
}

/* ---- entries ---- */

/* Clients choose keys: without the seed they could choose those of one bucket. */
static uint64_t hash_of(const struct shared *shared, struct str key)
{
	uint64_t hash = shared->seed ^ key.n;

	for (size_t i = 0; i < key.n; i++) {
		hash = (hash ^ (unsigned char)key.p[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash;
}

static uint32_t *bucket_of(struct shared *shared, uint64_t hash)
{
	return &shared->buckets[hash % shared->bucket_count];
}

static void unlink_age(struct shared *shared, const struct entry *entry)
{
	*(entry->newer ? &entry_at(shared, entry->newer)->older : &shared->newest) = entry->older;
	*(entry->older ? &entry_at(shared, entry->older)->newer : &shared->oldest) = entry->newer;
}

static void link_newest(struct shared *shared, uint32_t number)
{
	struct entry *entry = entry_at(shared, number);

	entry->newer = 0;
	entry->older = shared->newest;
	*(shared->newest ? &entry_at(shared, shared->newest)->newer : &shared->oldest) = number;
	shared->newest = number;
}

static void drop(struct shared *shared, uint32_t number)
{
	struct entry *entry = entry_at(shared, number);
	uint32_t *link = bucket_of(shared, entry->hash);

	while (*link != number)
		link = &entry_at(shared, *link)->chain;
	*link = entry->chain;
	unlink_age(shared, entry);
	give_blocks(shared, number);
	shared->entries--;
}

/* 0 when there is none, or its time is over: it is dropped then. */
static uint32_t find(struct shared *shared, struct str key, uint64_t now_ms)
{
	uint64_t hash = hash_of(shared, key);

	for (uint32_t number = *bucket_of(shared, hash); number; number = entry_at(shared, number)->chain) {
		struct entry *entry = entry_at(shared, number);
		struct cursor cursor = cursor_of(shared, number);

		if (entry->hash != hash || entry->key_n != key.n || !same(shared, &cursor, key))
			continue;
		if (entry->ends_ms && now_ms >= entry->ends_ms) {
			drop(shared, number);
			return 0;
		}
		unlink_age(shared, entry);
		link_newest(shared, number);
		return number;
	}
	return 0;
}

static void make_room(struct shared *shared, uint32_t blocks)
{
	while (available(shared) < blocks) {
		drop(shared, shared->oldest);
		shared->evicted++;
	}
}

static void insert(struct shared *shared, struct str key, struct str value, uint64_t ends_ms, bool is_counter)
{
	uint32_t blocks = blocks_for(key.n + value.n), number, *bucket;
	uint64_t hash = hash_of(shared, key);
	struct cursor cursor;
	struct entry *entry;

	make_room(shared, blocks);
	number = take_blocks(shared, blocks);
	bucket = bucket_of(shared, hash);
	entry = entry_at(shared, number);
	*entry = (struct entry){ .next = entry->next, .chain = *bucket, .ends_ms = ends_ms, .hash = hash,
		.key_n = (uint32_t)key.n, .value_n = (uint32_t)value.n, .blocks = blocks, .is_counter = is_counter };
	*bucket = number;
	link_newest(shared, number);
	shared->entries++;
	cursor = cursor_of(shared, number);
	put(shared, &cursor, key);
	put(shared, &cursor, value);
}

/* ---- what others call ---- */

static void read_value(struct shared *shared, uint32_t number, struct buf *out)
{
	const struct entry *entry = entry_at(shared, number);
	struct cursor cursor = cursor_of(shared, number);
	size_t left, n;

	for (left = entry->key_n; left; left -= n)
		piece(shared, &cursor, left, &n);
	for (left = entry->value_n; left; left -= n) {
		const char *at = piece(shared, &cursor, left, &n);

		buf_add(out, (struct str){ at, n });
	}
}

enum shared_result shared_get(struct shared *shared, struct str key, uint64_t now_ms, struct buf *out)
{
	enum shared_result result = SHARED_ABSENT;
	uint32_t number;

	if (key.n > SHARED_KEY)
		return SHARED_TOO_LARGE;
	/* Growing under the lock could end the process there. */
	buf_reserve(out, SHARED_VALUE);
	lock(shared);
	number = find(shared, key, now_ms);
	if (number && entry_at(shared, number)->is_counter) {
		result = SHARED_WRONG_KIND;
	} else if (number) {
		read_value(shared, number, out);
		result = SHARED_OK;
	}
	unlock(shared);
	return result;
}

enum shared_result shared_set(struct shared *shared, struct str key, struct str value, uint64_t now_ms, uint64_t ttl_ms)
{
	uint32_t number;

	if (key.n > SHARED_KEY || value.n > SHARED_VALUE || blocks_for(key.n + value.n) > shared->block_count / 4)
		return SHARED_TOO_LARGE;
	lock(shared);
	number = find(shared, key, now_ms);
	if (number)
		drop(shared, number);
	insert(shared, key, value, ttl_ms ? now_ms + ttl_ms : 0, false);
	unlock(shared);
	return SHARED_OK;
}

static int64_t sum(int64_t a, int64_t b)
{
	int64_t total;

	if (__builtin_add_overflow(a, b, &total))
		return b > 0 ? INT64_MAX : INT64_MIN;
	return total;
}

static void add_to(struct shared *shared, uint32_t number, int64_t delta, int64_t *value_r)
{
	const struct entry *entry = entry_at(shared, number);
	struct cursor cursor = cursor_of(shared, number), value;
	char bytes[sizeof(int64_t)];
	size_t left, n;
	int64_t count;

	for (left = entry->key_n; left; left -= n)
		piece(shared, &cursor, left, &n);
	value = cursor;
	for (left = sizeof(bytes); left; left -= n) {
		const char *at = piece(shared, &value, left, &n);

		memcpy(bytes + sizeof(bytes) - left, at, n);
	}
	memcpy(&count, bytes, sizeof(count));
	*value_r = count = sum(count, delta);
	put(shared, &cursor, (struct str){ (const char *)&count, sizeof(count) });
}

enum shared_result shared_add(struct shared *shared, struct str key, int64_t delta, uint64_t now_ms, uint64_t ttl_ms,
	int64_t *value_r, uint64_t *left_ms_r)
{
	enum shared_result result = SHARED_OK;
	uint64_t ends_ms = ttl_ms ? now_ms + ttl_ms : 0;
	uint32_t number;

	if (key.n > SHARED_KEY)
		return SHARED_TOO_LARGE;
	lock(shared);
	number = find(shared, key, now_ms);
	if (!number) {
		insert(shared, key, (struct str){ (const char *)&delta, sizeof(delta) }, ends_ms, true);
		*value_r = delta;
	} else if (entry_at(shared, number)->is_counter) {
		ends_ms = entry_at(shared, number)->ends_ms;
		add_to(shared, number, delta, value_r);
	} else {
		result = SHARED_WRONG_KIND;
	}
	unlock(shared);
	if (left_ms_r)
		*left_ms_r = ends_ms ? ends_ms - now_ms : 0;
	return result;
}

enum shared_result shared_delete(struct shared *shared, struct str key, uint64_t now_ms)
{
	uint32_t number;

	if (key.n > SHARED_KEY)
		return SHARED_TOO_LARGE;
	lock(shared);
	number = find(shared, key, now_ms);
	if (number)
		drop(shared, number);
	unlock(shared);
	return number ? SHARED_OK : SHARED_ABSENT;
}

struct shared_stats shared_stats(struct shared *shared)
{
	struct shared_stats stats;

	lock(shared);
	stats = (struct shared_stats){ shared->entries, shared->block_count, shared->touched - shared->free_count,
		shared->evicted, shared->emptied };
	unlock(shared);
	return stats;
}
