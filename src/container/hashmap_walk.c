// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_walk.c -- all entries of a map, by cursors
 *
 * A cursor walks through the hashes, not through memory, so that a split
 * behind its back moves nothing past it.  It takes the prefixes (the lowest
 * bits of hashes) in the order in which segments split: 0, 1 or 00, 10, 01,
 * 11 written with the lowest bit first; in each prefix one home bucket
 * after the other; and if the prefix has split since the cursor came to it,
 * this home bucket of all segments that it has become.  One such bucket,
 * with what overflowed from it, is copied at one moment and handed out
 * entry by entry.
 *
 *	prefix 01 (depth 2)	home 0, home 1, ... home 63
 *				 of one segment, or of 001 and 101
 *
 * Nothing here writes to shared memory.
 */
#include "container/hashmap_bag.h"

#include "base/words.h"

#include <stdlib.h>
#include <string.h>

struct tarn_hashmap_cursor {
	struct tarn_object *map;
	uint64_t prefix, depth; /* depth 64: the walk is over */
	unsigned home;
	bool begun; /* the depth is that of the segment which the cursor met */
	const struct tarn_key *only; /* while a walk over one key begins; NULL */
	bool counts; /* of a bag not its values, but how many they are */
	uint64_t trace; /* of all words that say whether what was read still holds */
	char *buffer; /* copied entries: sizes, key, value; each padded to words */
	size_t used, room, at;
};

/* ---- the buffer -------------------------------------------------------------------------------- */

static char *
extend(struct tarn_hashmap_cursor *cursor, size_t size)
{
	size_t need = cursor->used + size;
	char *bigger;

	if (need > cursor->room) {
		size_t room = tarn__max(2 * cursor->room, tarn__max(need, 1024));

		bigger = realloc(cursor->buffer, room);
		if (!bigger)
			return NULL;
		cursor->buffer = bigger;
		cursor->room = room;
	}
	cursor->used = need;
	return cursor->buffer + need - size;
}

static int
append(struct tarn_hashmap_cursor *cursor, const struct tarn_entry_view *view)
{
	uint64_t sizes[2] = { view->key_size, view->value_size };
	char *copy;

	copy = extend(cursor, sizeof(sizes) + tarn__round_up(sizes[0], 8) +
				      tarn__round_up(sizes[1], 8));
	if (!copy)
		return TARN_SYSTEM;
	memcpy(copy, sizes, sizeof(sizes));
	copy += sizeof(sizes);
	tarn__words_out(copy, view->key, sizes[0]);
	tarn__words_out(copy + tarn__round_up(sizes[0], 8), view->value, sizes[1]);
	return 0;
}

/* An entry for each value in a bag. */
static int
copy_bag(struct tarn_hashmap_cursor *cursor, tarn_off off, struct tarn_entry_view *view)
{
	struct tarn_bag bag;
	int code = 0;

	if (!tarn__bag_look(cursor->map, off, &bag))
		return TARN_CORRUPT;
	if (cursor->counts) {
		view->value = &bag.live;
		view->value_size = sizeof(bag.live);
		return append(cursor, view);
	}
	while (!code && !(code = tarn__bag_next(cursor->map, &bag, view)))
		code = append(cursor, view);
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* Append one entry; TARN_CORRUPT: it cannot be, if what was looked at still holds. */
static int
copy_entry(struct tarn_hashmap_cursor *cursor, const struct tarn_place_shm *place)
{
	struct tarn_entry_view view;

	if (!tarn__place_view(cursor->map, place, &view))
		return TARN_CORRUPT;
	if (cursor->map->kind == TARN_KIND_HASHMULTIMAP)
		return copy_bag(cursor, tarn__load(&place->b), &view);
	return append(cursor, &view);
}

/* ---- one home bucket --------------------------------------------------------------------------- */

/* Those entries of a bucket that are of the cursor's home and prefix. */
static int
copy_bucket(struct tarn_hashmap_cursor *cursor, const struct tarn_bucket_shm *bucket, uint64_t seen)
{
	uint64_t left = seen & TARN_OCCUPIED;
	uint64_t mask = (UINT64_C(1) << cursor->depth) - 1, hash;
	int code = 0;

	for (; left && !code; left &= left - 1) {
		const struct tarn_place_shm *place = &bucket->places[tarn__ctz(left)];

		if (!tarn__place_hash(cursor->map, place, &hash))
			return TARN_CORRUPT;
		if (tarn__hash_home(hash) == cursor->home && (hash & mask) == cursor->prefix &&
		    (!cursor->only || tarn__place_is(cursor->map, cursor->only, place)))
			code = copy_entry(cursor, place);
	}
	return code;
}

/* *again: a stash bucket was changed meanwhile. */
static int
copy_stashes(struct tarn_hashmap_cursor *cursor, struct tarn_waiter *waiter,
	     const struct tarn_look *look, bool *again)
{
	uint64_t overflow = (look->seen & TARN_NODE_PAYLOAD) >> TARN_OVERFLOW_SHIFT;
	int code = 0;

	for (; overflow && !code && !*again; overflow &= overflow - 1) {
		const struct tarn_bucket_shm *bucket;
		uint64_t seen;

		if (tarn__ctz(overflow) >= TARN_STASHES)
			return TARN_CORRUPT;
		bucket = &look->segment->buckets[TARN_HOMES + tarn__ctz(overflow)];
		seen = tarn__load_acquire(&bucket->node);
		*again = tarn__must_wait(waiter->self, seen);
		if (*again)
			return tarn__look_slow(cursor->map, waiter, &bucket->node, seen);
		code = copy_bucket(cursor, bucket, seen);
		tarn__fence_acquire();
		*again = ((tarn__load(&bucket->node) ^ seen) & ~TARN_NODE_OWNER) != 0;
	}
	return code;
}

/* Others changed the bucket each time that we had copied out of it, until the deadline. */
static bool
give_up(struct tarn_object *map, struct tarn_waiter *waiter)
{
	if (!tarn__look_in_vain(map, waiter))
		return false;
	return tarn__too_late(tarn__waiter_deadline(map, waiter));
}

/*
 * A walk leaves a trace: two that leave the same one have seen the same, and
 * there was no change from the first one's end to the second one's begin.
 * For no entry changes but under its home's lock, after which the home's
 * version is another.
 */
static uint64_t
trace_on(uint64_t trace, const struct tarn_look *look)
{
	trace = tarn__hash_u64(look->root & ~TARN_NODE_OWNER, trace);
	trace = tarn__hash_u64(look->entry, trace);
	return tarn__hash_u64(look->seen & ~TARN_NODE_OWNER, trace);
}

/* The cursor's home in the segment to which prefix leads; *depth: how deep that is. */
static int
copy_home(struct tarn_hashmap_cursor *cursor, uint64_t prefix, uint64_t *depth)
{
	uint64_t hash = prefix | (uint64_t)cursor->home << (64 - TARN_HOME_BITS);
	struct tarn_waiter waiter = tarn__waiter(cursor->map);
	size_t used = cursor->used;
	struct tarn_look look;
	bool again;
	int code;

	for (;;) {
		again = false;
		cursor->used = used;
		code = tarn__look_wait(cursor->map, &waiter, hash, &look);
		if (code)
			return code;
		*depth = look.entry & TARN_DEPTH;
		if (!cursor->begun)
			cursor->depth = tarn__max(cursor->depth, *depth);
		code = copy_bucket(cursor, look.home, look.seen);
		if (!code)
			code = copy_stashes(cursor, &waiter, &look, &again);
		if (code == TARN_SYSTEM || code == TARN_TIMEOUT || code == TARN_OWNER_DIED)
			return code;
		if (!again && tarn__look_still(cursor->map, &look))
			break;
		if (give_up(cursor->map, &waiter))
			return TARN_BUSY;
	}
	cursor->begun = true;
	cursor->trace = trace_on(cursor->trace, &look);
	return code;
}

/* ---- the order --------------------------------------------------------------------------------- */

/* The next prefix after one of that depth, never touching bits below low; *depth: where it begins. */
static bool
next_prefix(uint64_t *prefix, uint64_t *depth, uint64_t low)
{
	for (uint64_t bit = *depth; bit-- > low;) {
		*prefix ^= UINT64_C(1) << bit;
		if (*prefix >> bit & 1) {
			*depth = bit + 1;
			return true;
		}
	}
	return false;
}

/* The cursor's home bucket, in every segment of its prefix. */
static int
fill(struct tarn_hashmap_cursor *cursor)
{
	uint64_t prefix = cursor->prefix, depth;
	int code;

	cursor->used = cursor->at = 0;
	do
		code = copy_home(cursor, prefix, &depth);
	while (!code && next_prefix(&prefix, &depth, cursor->depth));
	return code;
}

/* To the next home, or the next prefix; the depth of the segment there is found when it is read. */
static void
advance(struct tarn_hashmap_cursor *cursor)
{
	uint64_t depth = cursor->depth;

	if (++cursor->home < TARN_HOMES)
		return;
	cursor->home = 0;
	cursor->begun = false;
	cursor->depth = next_prefix(&cursor->prefix, &depth, 0) ? depth : 64;
}

static void
hand_out(struct tarn_hashmap_cursor *cursor, struct tarn_hashmap_entry *entry)
{
	const char *copy = cursor->buffer + cursor->at;
	uint64_t sizes[2];

	memcpy(sizes, copy, sizeof(sizes));
	entry->key = copy + sizeof(sizes);
	entry->key_size = sizes[0];
	entry->value = copy + sizeof(sizes) + tarn__round_up(sizes[0], 8);
	entry->value_size = sizes[1];
	cursor->at += sizeof(sizes) + tarn__round_up(sizes[0], 8) + tarn__round_up(sizes[1], 8);
}

/* ---- calls ------------------------------------------------------------------------------------- */

int
tarn_hashmap_cursor_open(struct tarn_hashmap *map, struct tarn_hashmap_cursor **cursor)
{
	struct tarn_object *object = tarn__hashmap_object(map);
	int code = tarn__keyed_is_there(object);

	*cursor = NULL;
	if (code)
		return code;
	*cursor = calloc(1, sizeof(**cursor));
	if (!*cursor)
		return TARN_SYSTEM;
	(*cursor)->map = object;
	return 0;
}

int
tarn_hashmap_cursor_next(struct tarn_hashmap_cursor *cursor, struct tarn_hashmap_entry *entry)
{
	int code = tarn__keyed_begin_read(cursor->map);

	while (!code && cursor->at == cursor->used) {
		if (cursor->depth == 64)
			return TARN_NOT_FOUND;
		code = fill(cursor);
		if (code)
			cursor->used = cursor->at = 0;
		else
			advance(cursor);
	}
	if (!code)
		hand_out(cursor, entry);
	return code;
}

void
tarn_hashmap_cursor_close(struct tarn_hashmap_cursor *cursor)
{
	if (cursor)
		free(cursor->buffer);
	free(cursor);
}

/* ---- one key ----------------------------------------------------------------------------------- */

/* All of it into the buffer; after that the walk is over. */
static int
fill_with_key(struct tarn_hashmap_cursor *cursor, const void *bytes, size_t size)
{
	struct tarn_key key;
	uint64_t depth;
	int code = tarn__keyed_begin_read(cursor->map);

	if (!code)
		code = tarn__hashmap_key(cursor->map, bytes, size, &key);
	if (code)
		return code;
	cursor->only = &key;
	cursor->depth = TARN_DEPTH_MAX;
	cursor->prefix = key.hash & ((UINT64_C(1) << TARN_DEPTH_MAX) - 1);
	cursor->home = tarn__hash_home(key.hash);
	code = copy_home(cursor, cursor->prefix, &depth);
	cursor->only = NULL;
	cursor->depth = 64;
	return code;
}

int
tarn__hashmap_cursor_at(struct tarn_hashmap *map, const void *key, size_t key_size,
			struct tarn_hashmap_cursor **cursor)
{
	int code = tarn_hashmap_cursor_open(map, cursor);

	if (!code)
		code = fill_with_key(*cursor, key, key_size);
	if (!code)
		return 0;
	tarn_hashmap_cursor_close(*cursor);
	*cursor = NULL;
	return code;
}

int
tarn__hashmap_count(struct tarn_hashmap *map, const void *key, size_t key_size, uint64_t *count)
{
	struct tarn_hashmap_cursor cursor = { .map = tarn__hashmap_object(map), .counts = true };
	struct tarn_hashmap_entry entry;
	int code = fill_with_key(&cursor, key, key_size);

	*count = 0;
	if (!code && cursor.used) {
		hand_out(&cursor, &entry);
		memcpy(count, entry.value, sizeof(*count));
	}
	free(cursor.buffer);
	return code;
}

int
tarn__hashmap_each(struct tarn_hashmap *map,
		   int (*visit)(const struct tarn_hashmap_entry *entry, void *arg), void *arg,
		   uint64_t *trace)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_open(map, &cursor);

	while (!code) {
		code = tarn_hashmap_cursor_next(cursor, &entry);
		if (!code)
			code = visit(&entry, arg);
	}
	if (trace && cursor)
		*trace = cursor->trace;
	tarn_hashmap_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}
