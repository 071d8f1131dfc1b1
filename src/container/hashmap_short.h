// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_short.h -- the short way of a call on one entry of words
 *
 * Nearly every call on a map of words (a u64 or i64 key, a value of 8 bytes)
 * finds its key in the home bucket, or a free place there, and meets nobody.
 * Such a call goes the short way: a look, a search of one bucket, the
 * change, all of it in registers.  When anything is otherwise it has changed
 * nothing and says TARN_AGAIN, and the call begins anew in hashmap_entry.c,
 * which can do everything.  What is slow is how long a line of memory takes
 * to come; the fewer instructions a call has, the more of the next calls a
 * processor begins meanwhile (docs/why/007-short-way.md).
 *
 * Invariants: hashmap_layout.h, H1 to H3; txn/object.h, O2.
 *
 * Who may write what: the home's words who has locked it.
 *
 * On death: before the flip, or the store of a value, nothing has
 * happened; after it, all of it has.
 */
#ifndef TARN_CONTAINER_HASHMAP_SHORT_H
#define TARN_CONTAINER_HASHMAP_SHORT_H

#include "container/hashmap.h"

#include <string.h>

enum { TARN_NO_PLACE = TARN_PLACES };

static TARN_HOT bool
tarn__is_short(const struct tarn_object *map, size_t key_size, size_t value_size)
{
	return likely(map->words_only) && likely(key_size == 8) && likely(value_size >= 8);
}

static TARN_HOT uint64_t
tarn__word_hash(const struct tarn_object *map, uint64_t key)
{
	return tarn__hash_word(key, map->hash_secret, map->hash_state);
}

/* The key's place in its home; 0, TARN_NOT_FOUND, or TARN_AGAIN: it may lie in a stash bucket. */
static TARN_HOT int
tarn__word_find(const struct tarn_look *look, uint64_t mark, uint64_t key, unsigned *place)
{
	uint64_t marked = tarn__marked(tarn__load(&look->home->marks), mark, look->seen);

	for (; likely(marked); marked &= marked - 1) {
		*place = tarn__ctz(marked);
		if (likely(tarn__load(&look->home->places[*place].a) == key))
			return 0;
	}
	*place = TARN_NO_PLACE;
	return unlikely(look->seen & TARN_NODE_PAYLOAD & ~TARN_OCCUPIED) ? TARN_AGAIN : TARN_NOT_FOUND;
}

static TARN_HOT int
tarn__word_get(struct tarn_object *map, uint64_t hash, uint64_t key, void *value)
{
	struct tarn_look look;
	unsigned place;
	uint64_t word = 0;
	int code;

	if (unlikely(!tarn__look_shortly(map, TARN_NODE_DIRTY, hash, &look)))
		return TARN_AGAIN;
	code = tarn__word_find(&look, tarn__hash_mark(hash), key, &place);
	if (likely(!code))
		word = tarn__load(&look.home->places[place].b);
	if (unlikely(!tarn__look_still(map, &look)))
		return TARN_AGAIN;
	if (likely(!code))
		memcpy(value, &word, sizeof(word)); /* which may be where the key is */
	return code;
}

/* A new value in its place: one store. */
static TARN_HOT int
tarn__word_store(struct tarn_lane *lane, const struct tarn_look *look, unsigned place,
		 uint64_t value)
{
	tarn__store(&look->home->places[place].b, value);
	tarn__unlock(lane, &look->home->node);
	return 0;
}

static TARN_HOT int
tarn__word_insert(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_look *look,
		  uint64_t mark, const struct tarn_place_shm *entry)
{
	uint64_t payload = look->seen & TARN_NODE_PAYLOAD;
	unsigned place = tarn__ctz(~payload);

	tarn__place_store(look->home, place, mark, entry);
	return tarn__publish(map, lane, look, payload | UINT64_C(1) << place, 1);
}

/* What a change finds decides whether it is one at all; 0: it is, else the answer, or TARN_AGAIN. */
static TARN_HOT int
tarn__word_answer(enum tarn_what what, int found, uint64_t seen)
{
	if (likely(!found))
		return what == TARN_INSERT ? TARN_EXISTS : 0;
	if (unlikely(found == TARN_AGAIN) || what == TARN_ERASE)
		return found;
	return likely(~seen & TARN_OCCUPIED) ? 0 : TARN_AGAIN;
}

/* The home as it was looked at is locked.  TARN_CORRUPT: it still is. */
static TARN_HOT int
tarn__word_change(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_look *look,
		  enum tarn_what what, struct tarn_place_shm *entry, uint64_t mark, unsigned place)
{
	uint64_t payload = look->seen & TARN_NODE_PAYLOAD;
	uint64_t before;

	if (unlikely(place == TARN_NO_PLACE))
		return tarn__word_insert(map, lane, look, mark, entry);
	if (what == TARN_ERASE)
		return tarn__publish(map, lane, look, payload & ~(UINT64_C(1) << place),
				     -UINT64_C(1));
	if (what == TARN_ADD) {
		before = tarn__load(&look->home->places[place].b);
		entry->b += before;
	}
	return tarn__word_store(lane, look, place, entry->b);
}

static TARN_HOT int
tarn__word_write(struct tarn_object *map, struct tarn_lane *lane, enum tarn_what what,
		 struct tarn_place_shm *entry)
{
	uint64_t hash = tarn__word_hash(map, entry->a);
	uint64_t mark = tarn__hash_mark(hash);
	struct tarn_look look;
	unsigned place;
	int code;

	if (unlikely(!tarn__look_shortly(map, TARN_NODE_DIRTY | TARN_NODE_OWNER, hash, &look)))
		return TARN_AGAIN;
	code = tarn__word_answer(what, tarn__word_find(&look, mark, entry->a, &place), look.seen);
	if (unlikely(code))
		return code != TARN_AGAIN && tarn__look_still(map, &look) ? code : TARN_AGAIN;
	if (unlikely(!tarn__look_lock(map, lane, &look)))
		return TARN_AGAIN;
	code = tarn__word_change(map, lane, &look, what, entry, mark, place);
	if (likely(!code))
		return 0;
	tarn__unlock(lane, &look.home->node);
	return TARN_AGAIN;
}

static TARN_HOT int
tarn__word_call(struct tarn_object *map, enum tarn_what what, struct tarn_place_shm *entry)
{
	struct tarn_lane *lane = tarn__op_begin_now(map->arena);
	int code;

	if (unlikely(!lane))
		return TARN_AGAIN;
	code = tarn__word_write(map, lane, what, entry);
	tarn__op_end(lane);
	return code;
}

#endif
