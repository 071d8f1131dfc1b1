// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_many.c -- calls for many keys, whose lines of memory come at once
 *
 *	group of keys	1. hash all, ask for their directory entries
 *			2. ask for their home buckets
 *			3. the calls one by one, each as by itself
 *
 * A processor waits 100 ns and more for a line that is in no cache, and can
 * wait for a dozen of them in the same time.  Steps 1 and 2 only ask: what
 * they look at may be wrong by the time of step 3, which looks again.
 *
 * Batched lookups with prefetching: Chen et al., "Improving hash join
 * performance through prefetching", ICDE 2004.
 *
 * Who may write what, and what happens on death: each call is one of
 * hashmap.c's; a death leaves those before it done, and those after not.
 */
#include "container/hashmap_short.h"

#include "base/words.h"

enum { GROUP = 32 };

/* Some records one after the other, or struct tarn_bytes that say where each is. */
struct column {
	const char *at;
	size_t size; /* of a record; TARN_SEPARATE */
};

struct many {
	struct tarn_hashmap *map;
	struct column keys, values;
	size_t count;
	int *codes;
	tarn__key_call *call;
	void *arg;
	bool words;
	uint64_t hashes[GROUP];
};

static const void *
cell(const struct column *column, size_t i, size_t *size)
{
	const struct tarn_bytes *bytes = (const struct tarn_bytes *)column->at + i;

	if (likely(column->size != TARN_SEPARATE)) {
		*size = column->size;
		return column->at + i * column->size;
	}
	*size = bytes->size;
	return bytes->data;
}

/* What has a size that no key has is not looked at: its call says so. */
static TARN_HOT uint64_t
hash_of(const struct tarn_object *map, const struct column *keys, size_t i)
{
	size_t size;
	const void *key = cell(keys, i, &size);

	if (likely(tarn__keys_are_words(map)))
		return size == map->key_size ? tarn__word_hash(map, tarn__word_of(key, size)) : 0;
	if (unlikely(map->key_size ? size != map->key_size : size > TARN_BYTES_MAX))
		return 0;
	return tarn__hash_bytes(key, size, map->seed);
}

/* Ask for a home bucket, wherever the entry says that it is: it may be nowhere. */
static TARN_HOT void
ask_for_home(const struct tarn_object *map, uint64_t entry, uint64_t hash)
{
	uintptr_t segment = (uintptr_t)map->arena->base + (entry & ~TARN_DEPTH);
	uintptr_t home = segment + tarn__hash_home(hash) * sizeof(struct tarn_bucket_shm);

	__builtin_prefetch((const void *)home);
	__builtin_prefetch((const void *)(home + sizeof(struct tarn_bucket_shm) / 2));
}

/* Steps 1 and 2, for as many keys as the group has. */
static void
ask_ahead(struct many *many, size_t first)
{
	struct tarn_object *map = tarn__hashmap_object(many->map);
	size_t count = tarn__min(GROUP, many->count - first);
	uint64_t node, structure;

	for (size_t i = 0; i < count; i++)
		many->hashes[i] = hash_of(map, &many->keys, first + i);
	if (!tarn__object_seen(map, &node, &structure))
		return;
	for (size_t i = 0; i < count; i++)
		__builtin_prefetch(tarn__look_entry_at(structure, many->hashes[i]));
	for (size_t i = 0; i < count; i++)
		ask_for_home(map, tarn__load(tarn__look_entry_at(structure, many->hashes[i])),
			     many->hashes[i]);
}

static bool
is_error(int code)
{
	return code && code != TARN_NOT_FOUND && code != TARN_EXISTS;
}

/* The worst of what the calls say: the first error, else that keys are missing, or there, else 0. */
static TARN_HOT int
worse(int code, int other)
{
	return likely(!other) || (code && (is_error(code) || !is_error(other))) ? code : other;
}

static TARN_HOT int
each(struct many *many, int (*one)(struct many *many, size_t i))
{
	int code, worst = 0;

	for (size_t i = 0; i < many->count; i++) {
		if (i % GROUP == 0)
			ask_ahead(many, i);
		code = one(many, i);
		if (many->codes)
			many->codes[i] = code;
		worst = worse(worst, code);
	}
	return worst;
}

/* ---- one of them ------------------------------------------------------------------------------- */

static TARN_NOINLINE int
get_long(struct many *many, size_t i)
{
	struct tarn_bytes *bytes = (struct tarn_bytes *)(uintptr_t)many->values.at + i;
	bool separate = many->values.size == TARN_SEPARATE;
	size_t key_size, room, size = 0;
	const void *key = cell(&many->keys, i, &key_size);
	void *value = (void *)(uintptr_t)cell(&many->values, i, &room);
	int code = tarn_hashmap_get(many->map, key, key_size, value, room, &size);

	if (separate && (!code || code == TARN_TOO_BIG))
		bytes->size = size;
	return code;
}

static TARN_HOT int
get_one(struct many *many, size_t i)
{
	uint64_t key;
	int code;

	if (unlikely(!many->words))
		return get_long(many, i);
	key = tarn__word_of(many->keys.at + 8 * i, 8);
	code = tarn__word_get(tarn__hashmap_object(many->map), many->hashes[i % GROUP], key,
			      (char *)(uintptr_t)many->values.at + 8 * i);
	return likely(code != TARN_AGAIN) ? code : get_long(many, i);
}

static TARN_HOT int
put_one(struct many *many, size_t i)
{
	size_t key_size, value_size;
	const void *key = cell(&many->keys, i, &key_size);
	const void *value = cell(&many->values, i, &value_size);

	return tarn_hashmap_put(many->map, key, key_size, value, value_size);
}

static TARN_HOT int
erase_one(struct many *many, size_t i)
{
	size_t key_size;
	const void *key = cell(&many->keys, i, &key_size);

	return tarn_hashmap_erase(many->map, key, key_size);
}

static TARN_HOT int
insert_one(struct many *many, size_t i)
{
	size_t key_size;
	const void *key = cell(&many->keys, i, &key_size);

	return tarn_hashmap_insert(many->map, key, key_size, many->values.at, sizeof(uint64_t));
}

static int
call_one(struct many *many, size_t i)
{
	size_t key_size;
	const void *key = cell(&many->keys, i, &key_size);

	return many->call(many->map, key, key_size, i, many->arg);
}

static TARN_HOT int
contains_one(struct many *many, size_t i)
{
	size_t key_size;
	const void *key = cell(&many->keys, i, &key_size);

	return tarn_hashmap_contains(many->map, key, key_size);
}

/* ---- calls ------------------------------------------------------------------------------------- */

int
tarn_hashmap_get_many(struct tarn_hashmap *map, const void *keys, size_t key_size, size_t count,
		      void *values, size_t value_room, int *codes)
{
	struct tarn_object *object = tarn__hashmap_object(map);
	struct many many = { .map = map,
			     .keys = { keys, key_size },
			     .values = { values, value_room },
			     .count = count,
			     .codes = codes };

	many.words = tarn__is_short(object, key_size, value_room) && value_room == 8 &&
		     !tarn__keyed_begin_read(object);
	return each(&many, get_one);
}

int
tarn_hashmap_put_many(struct tarn_hashmap *map, const void *keys, size_t key_size, size_t count,
		      const void *values, size_t value_size, int *codes)
{
	struct many many = { .map = map,
			     .keys = { keys, key_size },
			     .values = { values, value_size },
			     .count = count,
			     .codes = codes };

	return each(&many, put_one);
}

int
tarn_hashmap_erase_many(struct tarn_hashmap *map, const void *keys, size_t key_size, size_t count,
			int *codes)
{
	struct many many = {
		.map = map, .keys = { keys, key_size }, .count = count, .codes = codes
	};

	return each(&many, erase_one);
}

int
tarn__hashmap_insert_many(struct tarn_hashmap *map, const void *keys, size_t key_size,
			  size_t count, const uint64_t *value, int *codes)
{
	struct many many = { .map = map,
			     .keys = { keys, key_size },
			     .values = { (const char *)value, 0 },
			     .count = count,
			     .codes = codes };

	return each(&many, insert_one);
}

int
tarn__hashmap_contains_many(struct tarn_hashmap *map, const void *keys, size_t key_size,
			    size_t count, int *codes)
{
	struct many many = {
		.map = map, .keys = { keys, key_size }, .count = count, .codes = codes
	};

	return each(&many, contains_one);
}

int
tarn__hashmap_each_key(struct tarn_hashmap *map, const void *keys, size_t key_size, size_t count,
		       tarn__key_call *call, void *arg, int *codes)
{
	struct many many = { .map = map,
			     .keys = { keys, key_size },
			     .count = count,
			     .codes = codes,
			     .call = call,
			     .arg = arg };

	return each(&many, call_one);
}
