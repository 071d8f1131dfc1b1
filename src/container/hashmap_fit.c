// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_fit.c -- a map's structure made to fit: reserve, shrink
 *
 * To reserve is to split before there is need: each segment until it is as
 * deep as so many entries will make it.  To shrink is the reverse.
 *
 *	merge	..01 -> S, ..11 -> T (depth 2 both)	one logged operation
 *	after	...1 -> S (depth 1); T is free
 *
 *	lock the structure, all buckets of S and of T; put the entries of T
 *	into free places of S, each home's into the same home or a stash;
 *	then payloads, T's to 0 (H4); then the directory entries; commit.
 *
 *	halve	where no segment is as deep as the directory: a smaller one,
 *		and the root leads there, as in a doubling
 *
 * No reader is misled: who looks at a bucket of S or T sees it DIRTY, or
 * another directory entry at his second look.  A cursor walks through the
 * hashes, and keeps to the depth at which it came to a prefix.
 *
 * Each step is an operation by itself, after which the map is whole; in a
 * transaction all of them are parts of it.
 *
 * Who may write what: as in a split (hashmap_grow.c).  In a transaction even
 * a free place is logged, for it may be one that was freed in it.
 *
 * On death: the step has not happened; those before it have.
 */
#include "container/hashmap.h"

#include "base/arith.h"

#include <string.h>

enum { FILL = TARN_BUCKETS * TARN_PLACES * 3 / 4 }; /* entries that a segment takes without splitting */

/* ---- reserve ----------------------------------------------------------------------------------- */

struct prefix {
	uint64_t bits, depth;
};

static int
split(struct tarn_object *map, struct tarn_lane *lane, void *arg)
{
	const struct prefix *prefix = arg;

	return tarn__hashmap_split_to(map, lane, prefix->bits, prefix->depth);
}

/* How deep the segment is to which the prefix leads. */
static int
depth_at(struct tarn_object *map, uint64_t prefix, uint64_t *depth)
{
	struct tarn_waiter waiter = tarn__waiter(map);
	struct tarn_look look;
	int code = tarn__look_wait(map, &waiter, prefix, &look);

	*depth = code ? 0 : look.entry & TARN_DEPTH;
	return code;
}

static int
deepen(struct tarn_object *map, struct prefix *prefix)
{
	uint64_t depth;
	int code = depth_at(map, prefix->bits, &depth);

	while (!code && depth < prefix->depth) {
		code = tarn__write_run(map, split, prefix);
		if (!code)
			code = depth_at(map, prefix->bits, &depth);
	}
	return code;
}

/* A write that changes nothing: whether there can be one. */
static int
nothing(struct tarn_object *map, struct tarn_lane *lane, void *unused)
{
	(void)lane;
	(void)unused;
	return tarn__word_is_stale(map, tarn__load(&map->root->word)) ? TARN_REMOVED : 0;
}

int
tarn_hashmap_reserve(struct tarn_hashmap *handle, uint64_t count)
{
	struct tarn_object *map = tarn__hashmap_object(handle);
	struct prefix prefix = { .depth = 0 };
	int code;

	while (prefix.depth < TARN_DEPTH_MAX && (uint64_t)FILL << prefix.depth < count)
		prefix.depth++;
	if ((uint64_t)FILL << prefix.depth < count)
		return TARN_TOO_BIG;
	code = tarn__write_run(map, nothing, NULL);
	for (; !code && prefix.bits < UINT64_C(1) << prefix.depth; prefix.bits++)
		code = deepen(map, &prefix);
	return code;
}

/* ---- merge ------------------------------------------------------------------------------------- */

/* Two segments to be one; payloads are what they will be. */
struct merge {
	struct tarn_object *map;
	struct tarn_lane *lane;
	uint64_t *directory;
	uint64_t depth; /* the directory's */
	uint64_t local; /* that of both segments, before */
	uint64_t low;	/* the prefix that they will have in common */
	tarn_off into_off, from_off;
	struct tarn_segment_shm *into, *from;
	uint64_t payloads[TARN_BUCKETS];
};

/* Where the two prefixes lead; TARN_NOT_FOUND: they are not segments of that depth (any more). */
static int
find_pair(struct merge *m)
{
	uint64_t bit = UINT64_C(1) << (m->local - 1), one, other;

	m->directory = tarn__hashmap_directory(m->map, &m->depth);
	if (!m->directory)
		return TARN_CORRUPT;
	if (m->local > m->depth)
		return TARN_NOT_FOUND;
	one = tarn__load(&m->directory[m->low]);
	other = tarn__load(&m->directory[m->low | bit]);
	if ((one & TARN_DEPTH) != m->local || (other & TARN_DEPTH) != m->local)
		return TARN_NOT_FOUND;
	m->into_off = one & ~TARN_DEPTH;
	m->from_off = other & ~TARN_DEPTH;
	m->into = tarn__at(m->map->arena, m->into_off, sizeof(*m->into), 128);
	m->from = tarn__at(m->map->arena, m->from_off, sizeof(*m->from), 128);
	return m->into && m->from && m->into != m->from ? 0 : TARN_CORRUPT;
}

static unsigned
count_places(const struct tarn_segment_shm *segment)
{
	unsigned count = 0;

	for (unsigned i = 0; i < TARN_BUCKETS; i++)
		count += tarn__popcount(tarn__load(&segment->buckets[i].node) & TARN_OCCUPIED);
	return count;
}

/* A free place for an entry of that home; NULL: there is none. */
static struct tarn_bucket_shm *
make_place(struct merge *m, unsigned home, unsigned *place)
{
	unsigned bucket = home;

	for (unsigned i = 0; i < TARN_STASHES && !(~m->payloads[bucket] & TARN_OCCUPIED); i++)
		bucket = TARN_HOMES + (home + i) % TARN_STASHES;
	if (!(~m->payloads[bucket] & TARN_OCCUPIED))
		return NULL;
	if (bucket != home)
		m->payloads[home] |= UINT64_C(1) << (TARN_OVERFLOW_SHIFT + bucket - TARN_HOMES);
	*place = tarn__ctz(~m->payloads[bucket] & TARN_OCCUPIED);
	m->payloads[bucket] |= UINT64_C(1) << *place;
	return &m->into->buckets[bucket];
}

static void
store_entry(struct merge *m, struct tarn_bucket_shm *bucket, unsigned place, uint64_t mark,
	    const struct tarn_place_shm *entry)
{
	uint64_t marks = tarn__load(&bucket->marks) & ~(UINT64_C(0xff) << 8 * place);

	if (!m->map->txn) {
		tarn__place_store(bucket, place, mark, entry);
		return;
	}
	tarn__set(m->lane, &bucket->places[place].a, entry->a);
	tarn__set(m->lane, &bucket->places[place].b, entry->b);
	tarn__set(m->lane, &bucket->marks, marks | mark << 8 * place);
}

/* TARN_NOT_FOUND: there is no place for it. */
static int
move_entry(struct merge *m, const struct tarn_place_shm *from)
{
	struct tarn_place_shm entry = { tarn__load(&from->a), tarn__load(&from->b) };
	struct tarn_bucket_shm *bucket;
	unsigned place;
	uint64_t hash;

	if (!tarn__place_hash(m->map, from, &hash))
		return TARN_CORRUPT;
	bucket = make_place(m, tarn__hash_home(hash), &place);
	if (!bucket)
		return TARN_NOT_FOUND;
	store_entry(m, bucket, place, tarn__hash_mark(hash), &entry);
	return 0;
}

static int
move_entries(struct merge *m)
{
	int code = 0;

	for (unsigned i = 0; i < TARN_BUCKETS; i++)
		m->payloads[i] = tarn__load(&m->into->buckets[i].node) & TARN_NODE_PAYLOAD;
	for (unsigned i = 0; !code && i < TARN_BUCKETS; i++) {
		const struct tarn_bucket_shm *bucket = &m->from->buckets[i];
		uint64_t left = tarn__load(&bucket->node) & TARN_OCCUPIED;

		for (; left && !code; left &= left - 1)
			code = move_entry(m, &bucket->places[tarn__ctz(left)]);
	}
	return code;
}

static void
store_payloads(struct merge *m)
{
	for (unsigned i = 0; i < TARN_BUCKETS; i++) {
		uint64_t *into = &m->into->buckets[i].node, *from = &m->from->buckets[i].node;

		if ((tarn__load(into) & TARN_NODE_PAYLOAD) != m->payloads[i])
			tarn__set_payload(m->lane, into, m->payloads[i]);
		if (tarn__load(from) & TARN_NODE_PAYLOAD)
			tarn__set_payload(m->lane, from, 0);
	}
}

static void
store_entries(struct merge *m)
{
	uint64_t step = UINT64_C(1) << (m->local - 1);

	for (uint64_t i = m->low; i < UINT64_C(1) << m->depth; i += step)
		tarn__set(m->lane, &m->directory[i], m->into_off | (m->local - 1));
}

/* Both are locked as far as that could be had at once. */
static int
merge_locked(struct merge *m)
{
	uint64_t entries = UINT64_C(1) << (m->depth - m->local + 1);
	uint64_t words = 2 * TARN_BUCKETS + (m->map->txn ? 3 * count_places(m->from) : 0);
	int code = tarn__lane_reserve(m->lane, words + entries, 0, 1, 0);

	if (!code)
		code = move_entries(m);
	if (!code)
		code = tarn__heap_free(m->lane, m->from_off);
	if (code)
		return code;
	store_payloads(m);
	store_entries(m);
	return 0;
}

static int
merge_pair(struct merge *m)
{
	int code = tarn__hashmap_lock_segment(m->map, m->lane, m->into);

	if (!code)
		code = tarn__hashmap_lock_segment(m->map, m->lane, m->from);
	return code ? code : merge_locked(m);
}

/* Nothing is changed; what a transaction has locked it keeps. */
static int
leave(struct tarn_object *map, struct tarn_lane *lane)
{
	return map->txn ? 0 : tarn__rollback(lane);
}

static int
merge(struct tarn_object *map, struct tarn_lane *lane, void *arg)
{
	const struct prefix *prefix = arg;
	struct merge m = { .map = map, .lane = lane, .local = prefix->depth, .low = prefix->bits };
	int code = tarn__hashmap_lock_structure(map, lane);

	if (code)
		return code;
	code = find_pair(&m);
	if (!code && count_places(m.into) + count_places(m.from) > FILL)
		code = TARN_NOT_FOUND;
	if (!code)
		code = merge_pair(&m);
	if (code == TARN_NOT_FOUND)
		return leave(map, lane);
	return code || map->txn ? code : tarn__commit(lane);
}

/* The pairs of one depth. */
static int
merge_all(struct tarn_object *map, uint64_t depth)
{
	struct prefix prefix = { .depth = depth };
	uint64_t bit = UINT64_C(1) << (depth - 1), one, other = 0;
	int code = 0;

	for (; !code && prefix.bits < bit; prefix.bits++) {
		code = depth_at(map, prefix.bits, &one);
		if (!code)
			code = depth_at(map, prefix.bits | bit, &other);
		while (!code && one == depth && other == depth) {
			code = tarn__write_run(map, merge, &prefix);
			if (code != TARN_AGAIN)
				break;
			code = 0;
		}
	}
	return code;
}

/* ---- halve ------------------------------------------------------------------------------------- */

static uint64_t
depth_needed(const uint64_t *directory, uint64_t depth)
{
	uint64_t most = TARN_DEPTH_FIRST;

	for (uint64_t i = 0; i < UINT64_C(1) << depth; i++)
		most = tarn__max(most, tarn__load(&directory[i]) & TARN_DEPTH);
	return most;
}

static int
swing(struct tarn_object *map, struct tarn_lane *lane, const uint64_t *directory, uint64_t depth)
{
	struct tarn_root_shm *root = map->root;
	tarn_off old = tarn__load(&root->structure) & ~TARN_DEPTH, new;
	int code = tarn__heap_alloc(lane, tarn__hashmap_directory_size(depth), &new);

	if (!code)
		code = tarn__heap_free(lane, old);
	if (!code)
		code = tarn__lane_reserve(lane, 3, 0, 0, 0);
	if (code)
		return code;
	for (uint64_t i = 0; i < UINT64_C(1) << depth; i++)
		tarn__store((uint64_t *)(map->arena->base + new) + i, tarn__load(&directory[i]));
	tarn__root_set(lane, root, tarn__load(&root->word) + TARN_WORD_SWING, new | depth,
		       tarn__load(&root->counts));
	return map->txn ? 0 : tarn__commit(lane);
}

static int
halve(struct tarn_object *map, struct tarn_lane *lane, void *unused)
{
	uint64_t depth, needed;
	const uint64_t *directory;
	int code = tarn__hashmap_lock_structure(map, lane);

	(void)unused;
	if (code)
		return code;
	directory = tarn__hashmap_directory(map, &depth);
	if (!directory)
		return TARN_CORRUPT;
	needed = depth_needed(directory, depth);
	return needed < depth ? swing(map, lane, directory, needed) : leave(map, lane);
}

int
tarn_hashmap_shrink_to_fit(struct tarn_hashmap *handle)
{
	struct tarn_object *map = tarn__hashmap_object(handle);
	uint64_t depth = 0, deepest;
	int code = tarn__write_run(map, nothing, NULL);

	if (!code)
		code = depth_at(map, 0, &depth);
	deepest = tarn__load(&map->root->structure) & TARN_DEPTH;
	for (depth = tarn__min(deepest, TARN_DEPTH_MAX); !code && depth; depth--)
		code = merge_all(map, depth);
	while (!code && (code = tarn__write_run(map, halve, NULL)) == TARN_AGAIN)
		code = 0;
	return code;
}
