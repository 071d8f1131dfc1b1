// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_grow.c -- a map's structure: made, split, doubled, cleared, freed
 *
 * Split, one logged operation
 *
 *	before	directory: ..01 -> S (depth 2)
 *	after	directory: .001 -> S, .101 -> T (depth 3)
 *
 *	lock the structure, all buckets of S, and those of the new segment T;
 *	copy the entries whose next bit of the hash is 1 to the same places of
 *	T; S only changes its payloads, and takes entries of its stashes home
 *	where there is room now; then the directory entries; commit.  If S was
 *	as deep as the directory, a directory of twice the size comes first.
 *
 * Who holds all buckets locked and DIRTY keeps out readers and writers of
 * this segment alone.  A reader that found its way by a directory entry
 * that changes meanwhile sees that at its second look.
 *
 * A split that stands for itself only tries its second and later locks; in
 * a transaction, whose gate keeps others from having more than one, it
 * waits for them.
 *
 * On death: undone, from the log.  T is freed with payloads of 0 (H4), since
 * these were logged too; what its places hold does not matter.
 */
#include "container/hashmap.h"
#include "container/kinds.h"

#include "catalog/key.h"

#include <string.h>

/* A split in progress; payloads are what they will be. */
struct split {
	struct tarn_object *map;
	struct tarn_lane *lane;
	uint64_t *directory;
	uint64_t depth;	      /* the directory's */
	uint64_t local;	      /* the segment's, before */
	uint64_t hash;
	uint64_t least; /* depth that the segment shall have; 0: any, if it has room */
	tarn_off from_off, to_off;
	struct tarn_segment_shm *from, *to;
	uint64_t stay[TARN_BUCKETS], go[TARN_BUCKETS];
};

/* ---- a new structure --------------------------------------------------------------------------- */

/* One segment, to which all of the smallest directory leads. */
static int
make_structure(struct tarn_lane *lane, uint64_t *structure)
{
	tarn_off directory, segment;
	int code = tarn__heap_alloc_node(lane, TARN_HEAP_SEGMENT, &segment);

	if (!code)
		code = tarn__heap_alloc(lane, tarn__hashmap_directory_size(TARN_DEPTH_FIRST), &directory);
	if (code)
		return code;
	for (uint64_t i = 0; i < UINT64_C(1) << TARN_DEPTH_FIRST; i++)
		tarn__store((uint64_t *)(lane->arena->base + directory) + i, segment);
	*structure = directory | TARN_DEPTH_FIRST;
	return 0;
}

int
tarn__hashmap_create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	return tarn__keyed_create(lane, entry, make_structure);
}

/* ---- split: locks ------------------------------------------------------------------------------ */

static int
lock(struct tarn_object *map, struct tarn_lane *lane, uint64_t *node)
{
	if (map->txn)
		return tarn__lock_wait(lane, node, tarn__deadline(map->arena));
	return tarn__lock_try(lane, node);
}

int
tarn__hashmap_lock_segment(struct tarn_object *map, struct tarn_lane *lane,
			   struct tarn_segment_shm *segment)
{
	int code = tarn__lane_reserve(lane, 0, 0, 0, TARN_BUCKETS);

	for (unsigned i = 0; !code && i < TARN_BUCKETS; i++) {
		code = lock(map, lane, &segment->buckets[i].node);
		if (!code)
			tarn__dirty(&segment->buckets[i].node);
	}
	return code;
}

/* For itself: the gate is looked at once the structure is locked (O2). */
int
tarn__hashmap_lock_structure(struct tarn_object *map, struct tarn_lane *lane)
{
	uint64_t deadline = tarn__deadline(map->arena);
	int code = tarn__lock_wait(lane, &map->root->node, deadline);

	if (code || map->txn)
		return code;
	if (!tarn__gate_closed(map->root))
		return tarn__word_is_stale(map, tarn__load(&map->root->word)) ? TARN_REMOVED : 0;
	code = tarn__rollback(lane);
	if (!code)
		code = tarn__gate_wait(map, deadline);
	return code ? code : TARN_AGAIN;
}

uint64_t *
tarn__hashmap_directory(struct tarn_object *map, uint64_t *depth)
{
	uint64_t structure = tarn__load(&map->root->structure);

	*depth = structure & TARN_DEPTH;
	if (*depth > TARN_DEPTH_MAX)
		return NULL;
	return tarn__at(map->arena, structure & ~TARN_DEPTH, UINT64_C(8) << *depth, 8);
}

/* Where the hash leads, now that the structure is locked. */
static int
find_segment(struct split *s)
{
	struct tarn_arena *arena = s->map->arena;
	uint64_t entry;

	s->directory = tarn__hashmap_directory(s->map, &s->depth);
	if (!s->directory)
		return TARN_CORRUPT;
	entry = tarn__load(&s->directory[s->hash & ((UINT64_C(1) << s->depth) - 1)]);
	s->local = entry & TARN_DEPTH;
	s->from_off = entry & ~TARN_DEPTH;
	s->from = tarn__at(arena, s->from_off, sizeof(*s->from), 128);
	return s->from && s->local <= s->depth ? 0 : TARN_CORRUPT;
}

/* Somebody may have split it before us. */
static bool
is_done(const struct split *s)
{
	uint64_t full;

	if (s->least)
		return s->local >= s->least;
	full = tarn__load(&s->from->buckets[tarn__hash_home(s->hash)].node);

	for (unsigned i = 0; i < TARN_STASHES; i++)
		full &= tarn__load(&s->from->buckets[TARN_HOMES + i].node);
	return ~full & TARN_OCCUPIED;
}

/* ---- split: entries ---------------------------------------------------------------------------- */

static void
copy_place(struct split *s, unsigned bucket, unsigned place)
{
	struct tarn_bucket_shm *from = &s->from->buckets[bucket], *to = &s->to->buckets[bucket];
	uint8_t mark = (uint8_t)(tarn__load(&from->marks) >> 8 * place);

	tarn__store(&to->places[place].a, tarn__load(&from->places[place].a));
	tarn__store(&to->places[place].b, tarn__load(&from->places[place].b));
	tarn__store8((uint8_t *)&to->marks + place, mark);
}

/* The entries of one home bucket: each stays or goes, in the same place. */
static int
part_home(struct split *s, unsigned home)
{
	struct tarn_bucket_shm *from = &s->from->buckets[home];
	uint64_t occupied = tarn__load(&from->node) & TARN_OCCUPIED;
	uint64_t hash;

	for (uint64_t left = occupied; left; left &= left - 1) {
		unsigned place = tarn__ctz(left);

		if (!tarn__place_hash(s->map, &from->places[place], &hash))
			return TARN_CORRUPT;
		if (hash >> s->local & 1) {
			s->go[home] |= UINT64_C(1) << place;
			copy_place(s, home, place);
		} else {
			s->stay[home] |= UINT64_C(1) << place;
		}
	}
	return 0;
}

/* From a stash bucket to its home in the old segment: its places may be named until the commit. */
static void
take_home(struct split *s, struct tarn_bucket_shm *from, unsigned from_place, unsigned home)
{
	struct tarn_bucket_shm *to = &s->from->buckets[home];
	unsigned place = tarn__ctz(~s->stay[home] & TARN_OCCUPIED);
	uint64_t mark = tarn__load(&from->marks) >> 8 * from_place & 0xff;
	uint64_t marks = tarn__load(&to->marks) & ~(UINT64_C(0xff) << 8 * place);

	tarn__set(s->lane, &to->places[place].a, tarn__load(&from->places[from_place].a));
	tarn__set(s->lane, &to->places[place].b, tarn__load(&from->places[from_place].b));
	tarn__set(s->lane, &to->marks, marks | mark << 8 * place);
	s->stay[home] |= UINT64_C(1) << place;
}

/* The same to its home in the new segment, which nobody reads yet. */
static void
send_home(struct split *s, struct tarn_bucket_shm *from, unsigned from_place, unsigned home)
{
	struct tarn_bucket_shm *to = &s->to->buckets[home];
	unsigned place = tarn__ctz(~s->go[home] & TARN_OCCUPIED);
	uint8_t mark = (uint8_t)(tarn__load(&from->marks) >> 8 * from_place);

	tarn__store(&to->places[place].a, tarn__load(&from->places[from_place].a));
	tarn__store(&to->places[place].b, tarn__load(&from->places[from_place].b));
	tarn__store8((uint8_t *)&to->marks + place, mark);
	s->go[home] |= UINT64_C(1) << place;
}

static void
part_from_stash(struct split *s, unsigned stash, unsigned place, uint64_t hash)
{
	struct tarn_bucket_shm *from = &s->from->buckets[TARN_HOMES + stash];
	unsigned home = tarn__hash_home(hash);
	bool goes = hash >> s->local & 1;
	uint64_t *payload = goes ? s->go : s->stay;

	if (~payload[home] & TARN_OCCUPIED) {
		if (goes)
			send_home(s, from, place, home);
		else
			take_home(s, from, place, home);
		return;
	}
	if (goes)
		copy_place(s, TARN_HOMES + stash, place);
	payload[TARN_HOMES + stash] |= UINT64_C(1) << place;
	payload[home] |= UINT64_C(1) << (TARN_OVERFLOW_SHIFT + stash);
}

static int
part_stash(struct split *s, unsigned stash)
{
	struct tarn_bucket_shm *from = &s->from->buckets[TARN_HOMES + stash];
	uint64_t left = tarn__load(&from->node) & TARN_OCCUPIED;
	uint64_t hash;

	for (; left; left &= left - 1) {
		if (!tarn__place_hash(s->map, &from->places[tarn__ctz(left)], &hash))
			return TARN_CORRUPT;
		part_from_stash(s, stash, tarn__ctz(left), hash);
	}
	return 0;
}

static void
store_payloads(struct split *s)
{
	for (unsigned i = 0; i < TARN_BUCKETS; i++) {
		uint64_t *from = &s->from->buckets[i].node, *to = &s->to->buckets[i].node;

		if ((tarn__load(from) & TARN_NODE_PAYLOAD) != s->stay[i])
			tarn__set_payload(s->lane, from, s->stay[i]);
		if (s->go[i])
			tarn__set_payload(s->lane, to, s->go[i]);
	}
}

static int
part(struct split *s)
{
	int code = 0;

	memset(s->stay, 0, sizeof(s->stay));
	memset(s->go, 0, sizeof(s->go));
	for (unsigned home = 0; !code && home < TARN_HOMES; home++)
		code = part_home(s, home);
	for (unsigned stash = 0; !code && stash < TARN_STASHES; stash++)
		code = part_stash(s, stash);
	if (!code)
		store_payloads(s);
	return code;
}

/* ---- split: directory -------------------------------------------------------------------------- */

/* A directory of twice the size, of which each half leads where the old one does. */
static int
double_directory(struct split *s)
{
	struct tarn_root_shm *root = s->map->root;
	uint64_t count = UINT64_C(1) << s->depth;
	tarn_off old = tarn__load(&root->structure) & ~TARN_DEPTH, new;
	uint64_t *directory;
	int code;

	if (s->depth >= TARN_DEPTH_MAX)
		return TARN_TOO_BIG;
	code = tarn__heap_alloc(s->lane, tarn__hashmap_directory_size(s->depth + 1), &new);
	if (!code)
		code = tarn__heap_free(s->lane, old);
	if (code)
		return code;
	directory = (uint64_t *)(s->map->arena->base + new);
	for (uint64_t i = 0; i < 2 * count; i++)
		tarn__store(&directory[i], tarn__load(&s->directory[i & (count - 1)]));
	tarn__dirty(&root->node);
	tarn__set(s->lane, &root->word, tarn__load(&root->word) + TARN_WORD_SWING);
	tarn__set(s->lane, &root->structure, new | (s->depth + 1));
	s->directory = directory;
	s->depth++;
	return 0;
}

static int
store_entries(struct split *s)
{
	uint64_t step = UINT64_C(1) << s->local;
	uint64_t count = UINT64_C(1) << (s->depth - s->local);
	int code = tarn__lane_reserve(s->lane, count, 0, 0, 0);

	if (code)
		return code;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t index = (s->hash & (step - 1)) + i * step;
		tarn_off segment = i & 1 ? s->to_off : s->from_off;

		tarn__set(s->lane, &s->directory[index], segment | (s->local + 1));
	}
	return 0;
}

/* ---- split ------------------------------------------------------------------------------------- */

/* At most: payloads of both, the root's words, three words for every place of the stashes. */
#define SPLIT_WORDS (2 * TARN_BUCKETS + 2 + 3 * TARN_PLACES * TARN_STASHES)

static int
make_room(struct split *s)
{
	int code = tarn__hashmap_lock_segment(s->map, s->lane, s->from);

	if (code || is_done(s))
		return code;
	code = tarn__lane_reserve(s->lane, SPLIT_WORDS, 2, 1, 0);
	if (!code && s->local == s->depth)
		code = double_directory(s);
	if (!code)
		code = tarn__heap_alloc_node(s->lane, TARN_HEAP_SEGMENT, &s->to_off);
	if (code)
		return code;
	s->to = tarn__at(s->map->arena, s->to_off, sizeof(*s->to), 128);
	if (!s->to)
		return TARN_CORRUPT;
	code = tarn__hashmap_lock_segment(s->map, s->lane, s->to);
	if (!code)
		code = part(s);
	return code ? code : store_entries(s);
}

int
tarn__hashmap_split_to(struct tarn_object *map, struct tarn_lane *lane, uint64_t hash,
		       uint64_t least)
{
	struct split s = { .map = map, .lane = lane, .hash = hash, .least = least };
	int code = tarn__hashmap_lock_structure(map, lane);

	if (code)
		return code < 0 ? code : 0;
	code = find_segment(&s);
	if (!code)
		code = make_room(&s);
	return code || map->txn ? code : tarn__commit(lane);
}

int
tarn__hashmap_split(struct tarn_object *map, struct tarn_lane *lane, uint64_t hash)
{
	return tarn__hashmap_split_to(map, lane, hash, 0);
}

/* ---- clear ------------------------------------------------------------------------------------- */

int
tarn_hashmap_clear(struct tarn_hashmap *map)
{
	return tarn__keyed_clear(tarn__hashmap_object(map), make_structure);
}

/* ---- dismantling ------------------------------------------------------------------------------- */

/* Free the blocks of a bucket; its last holder, if there still is one, is waited for by trying. */
static int
empty_bucket(struct tarn_object *map, struct tarn_lane *lane, struct tarn_bucket_shm *bucket)
{
	int code = tarn__lock_try(lane, &bucket->node);
	uint64_t left = code ? 0 : tarn__load(&bucket->node) & TARN_OCCUPIED;
	const struct tarn_place_shm *place;
	tarn_off block;

	for (; left && !code; left &= left - 1) {
		place = &bucket->places[tarn__ctz(left)];
		block = tarn__place_block(map, place);
		code = block ? tarn__heap_free(lane, block) : 0;
		block = tarn__place_bag(map, place);
		if (!code && block)
			code = tarn__heap_free(lane, block);
	}
	if (!code)
		code = tarn__lane_reserve(lane, 1, 0, 0, 0);
	if (code || !(tarn__load(&bucket->node) & TARN_NODE_PAYLOAD))
		return code;
	tarn__dirty(&bucket->node);
	tarn__set_payload(lane, &bucket->node, 0);
	return 0;
}

static int
free_segment(struct tarn_object *map, struct tarn_lane *lane, tarn_off off)
{
	struct tarn_segment_shm *segment = tarn__at(map->arena, off, sizeof(*segment), 128);
	int code = segment ? 0 : TARN_CORRUPT;

	for (unsigned i = 0; !code && i < TARN_BUCKETS; i++)
		code = empty_bucket(map, lane, &segment->buckets[i]);
	return code ? code : tarn__heap_free(lane, off);
}

/* A handle on what is buried; only what an entry's blocks depend on. */
static struct tarn_object
buried(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	return (struct tarn_object){
		.arena = lane->arena,
		.root = &entry->root,
		.kind = (uint32_t)tarn__load(&entry->kind),
		.key_size = tarn__key_size(tarn__load(&entry->key), tarn__load(&entry->key_size)),
		.value_size = tarn__hashmap_value_size(entry),
	};
}

/* The segment to which the directory's entry leads, unless an earlier one leads there too. */
static int
dismantle_entry(struct tarn_lane *lane, struct tarn_entry_shm *entry, tarn_off directory,
		uint64_t index)
{
	struct tarn_object map = buried(lane, entry);
	uint64_t *word = tarn__at(lane->arena, directory + 8 * index, 8, 8);
	uint64_t depth = word ? tarn__load(word) & TARN_DEPTH : 0;

	if (!word || depth > TARN_DEPTH_MAX)
		return TARN_CORRUPT;
	if (index >> depth)
		return 0;
	return free_segment(&map, lane, tarn__load(word) & ~TARN_DEPTH);
}

int
tarn__hashmap_dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	uint64_t structure = tarn__load(&entry->root.structure);
	uint64_t index = tarn__load(&entry->progress);
	int code;

	*done = false;
	if ((structure & TARN_DEPTH) > TARN_DEPTH_MAX)
		return TARN_CORRUPT;
	if (index < UINT64_C(1) << (structure & TARN_DEPTH)) {
		code = dismantle_entry(lane, entry, structure & ~TARN_DEPTH, index);
		if (!code)
			code = tarn__lane_reserve(lane, 1, 0, 0, 0);
		if (!code)
			tarn__set(lane, &entry->progress, index + 1);
		return code;
	}
	*done = true;
	code = tarn__heap_free(lane, structure & ~TARN_DEPTH);
	return code ? code : tarn__heap_free(lane, tarn__load(&entry->root.counts));
}

const struct tarn_kind_ops tarn__hashmap_ops = {
	.name = "hashmap",
	.align_most = 8, /* a cursor's copies */
	.create = tarn__hashmap_create,
	.dismantle = tarn__hashmap_dismantle,
	.check = tarn__hashmap_check,
};
