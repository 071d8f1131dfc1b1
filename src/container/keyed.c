// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * keyed.c -- waiting, counting, clearing and filling, of hash maps and ordered maps
 *
 * The size is the sum of a word for each slot, which only that slot
 * changes.  Between the store that counts a change and the one that makes
 * it visible, the old count stands in the slot's settle record; and what
 * is counted in a transaction has an undo record as long as nobody else
 * shall see it.  size() looks there.
 *
 * To clear is to hand all that hangs from the root to the graveyard, and to
 * hang an empty structure there: one logged operation, under gate and root.
 *
 * Who may write what: the root's words, who has locked gate and root.
 *
 * On death: undone, from the log; what has been buried, others free.
 */
#include "container/keyed.h"

#include "heap/heap.h"

#define COLLECTS 100u
#define VAIN_MOST 100u

/* ---- looking ----------------------------------------------------------------------------------- */

TARN_COLD int
tarn__look_slow(struct tarn_object *map, struct tarn_waiter *waiter, const uint64_t *node,
		uint64_t seen)
{
	if (waiter->waits_for != node)
		waiter->round = 0;
	waiter->waits_for = node;
	return tarn__node_wait(map->arena, node, seen, waiter->round++,
			       tarn__waiter_deadline(map, waiter));
}

int
tarn__no_way(const struct tarn_object *map, uint64_t node)
{
	uint64_t word = tarn__load(&map->root->word);

	tarn__fence_acquire();
	if ((tarn__load(&map->root->node) ^ node) & ~TARN_NODE_OWNER)
		return TARN_AGAIN;
	return tarn__word_is_stale(map, word) ? TARN_REMOVED : TARN_CORRUPT;
}

int
tarn__look_at_root(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t *word)
{
	uint64_t node;
	int code = 0;

	while (!code) {
		node = tarn__load_acquire(&map->root->node);
		if ((node & TARN_NODE_DIRTY) && !tarn__node_owned_by(node, waiter->self)) {
			code = tarn__look_slow(map, waiter, &map->root->node, node);
			continue;
		}
		*word = tarn__load(&map->root->word);
		if (!tarn__word_is_stale(map, *word))
			return 0;
		code = tarn__no_way(map, node);
		if (code == TARN_AGAIN)
			code = 0;
	}
	return code;
}

TARN_COLD bool
tarn__look_in_vain(struct tarn_object *map, struct tarn_waiter *waiter)
{
	tarn__count(map->arena, &map->arena->header->statistics.retries);
	return ++waiter->vain > VAIN_MOST;
}

/* If it is being removed, or not, the first look will know. */
int
tarn__keyed_is_there(const struct tarn_object *map)
{
	uint64_t node = tarn__load_acquire(&map->root->node);

	if (tarn__word_is_stale(map, tarn__load(&map->root->word)) &&
	    tarn__node_still(&map->root->node, node))
		return TARN_REMOVED;
	return 0;
}

/* ---- counts ------------------------------------------------------------------------------------ */

/* The word as it was before the operation that the slot is in; false: that has not changed it. */
static bool
count_before(const struct tarn_lane *lane, tarn_off off, uint64_t *count)
{
	for (uint64_t i = 0; i < tarn__commit_words(lane->commit); i++) {
		const uint64_t *record = tarn__list_at(&lane->words, i);
		uint64_t old;

		if (tarn__load(&record[0]) != off)
			continue;
		old = tarn__load_acquire(&record[1]);
		if (tarn__load_acquire(&record[0]) != off ||
		    tarn__commit_words(tarn__load(&lane->log->commit)) <= i)
			return false;
		*count = old;
		return true;
	}
	return false;
}

/*
 * What a slot has counted and made visible: its last change may be counted,
 * in a transaction of another too, and not yet visible.
 */
static uint64_t
slot_count(struct tarn_object *map, uint64_t slot, const uint64_t *word)
{
	uint64_t count = tarn__load_acquire(word);
	struct tarn_lane lane;
	const uint64_t *node;

	if (!count || (map->txn && map->txn->lane->owner == slot + 1) ||
	    tarn__lane_view(&lane, map->arena, slot) ||
	    count_before(&lane, tarn__off(map->arena, word), &count))
		return count;
	if (!(tarn__load_acquire(&lane.log->locks) & TARN_LOCKS_SETTLE) ||
	    tarn__load(&lane.log->settle_count) != tarn__off(map->arena, word))
		return count;
	node = tarn__at(map->arena, tarn__load(&lane.log->settle_node), 8, 8);
	if (node && tarn__load_acquire(node) == tarn__load(&lane.log->settle_word))
		count = tarn__load(&lane.log->settle_count_old);
	return count;
}

/* The sum, and a hash of what was summed. */
static int
collect(struct tarn_object *map, tarn_off counts, uint64_t *sum, uint64_t *hash)
{
	const uint64_t *word;
	uint64_t count;

	*sum = *hash = 0;
	for (uint64_t slot = 0; slot < map->arena->fixed.slot_count; slot++) {
		word = tarn__keyed_count_of(map, counts, slot);
		if (!word)
			return TARN_CORRUPT;
		count = slot_count(map, slot, word);
		*sum += count >> 24;
		*hash = tarn__hash_u64(count, *hash);
	}
	*sum &= UINT64_MAX >> 24;
	return 0;
}

int
tarn__keyed_size(struct tarn_object *map, uint64_t *size)
{
	struct tarn_waiter waiter = tarn__waiter(map);
	uint64_t hash = 0, before = 0, word;
	int code = tarn__keyed_begin_read(map);

	if (code)
		return code;
	for (unsigned i = 0; i < COLLECTS; i++) {
		code = tarn__look_at_root(map, &waiter, &word);
		if (code)
			return code;
		code = collect(map, tarn__load(&map->root->counts), size, &hash);
		tarn__fence_acquire();
		if ((code || (i && hash == before)) && tarn__load(&map->root->word) == word)
			return code;
		before = hash;
	}
	return code;
}

static uint64_t
counts_size(const struct tarn_arena *arena)
{
	return tarn__div_up(arena->fixed.slot_count, 8) * 64;
}

static int
make_counts(struct tarn_lane *lane, tarn_off *counts)
{
	uint64_t size = counts_size(lane->arena);
	int code = tarn__heap_alloc(lane, size, counts);

	for (uint64_t i = 0; !code && i < size; i += 8)
		tarn__store((uint64_t *)(lane->arena->base + *counts + i), 0);
	return code;
}

void
tarn__keyed_check_counts(struct tarn_checker *checker, struct tarn_object *map, tarn_off counts,
			 const uint64_t *entries)
{
	uint64_t slots = checker->arena->fixed.slot_count, sum = 0;

	if (!checker->owns(checker, counts, counts_size(checker->arena)) || checker->buried || !entries)
		return;
	for (uint64_t slot = 0; slot < slots; slot++) {
		const uint64_t *word = tarn__keyed_count_of(map, counts, slot);

		sum += word ? tarn__load(word) >> 24 : 0;
	}
	sum &= UINT64_MAX >> 24;
	if (sum != *entries)
		checker->wrong(checker, counts, "the counts say %lu entries, and there are %lu",
			       (unsigned long)sum, (unsigned long)*entries);
}

/* ---- a new structure --------------------------------------------------------------------------- */

static int
make_all(struct tarn_lane *lane, tarn__keyed_maker *make, uint64_t *structure, tarn_off *counts)
{
	int code = make(lane, structure);

	return code ? code : make_counts(lane, counts);
}

int
tarn__keyed_create(struct tarn_lane *lane, struct tarn_entry_shm *entry, tarn__keyed_maker *make)
{
	uint64_t structure;
	tarn_off counts;
	int code = make_all(lane, make, &structure, &counts);

	if (code)
		return code;
	tarn__store(&entry->root.structure, structure);
	tarn__store(&entry->root.counts, counts);
	return 0;
}

static int
clear_locked(struct tarn_object *map, struct tarn_lane *lane, tarn__keyed_maker *make)
{
	struct tarn_root_shm *root = map->root;
	uint64_t structure;
	tarn_off counts;
	int code;

	if (tarn__word_is_stale(map, tarn__load(&root->word)))
		return TARN_REMOVED;
	code = make_all(lane, make, &structure, &counts);
	if (!code)
		code = tarn__bury(lane, root);
	if (!code)
		code = tarn__lane_reserve(lane, 3, 0, 0, 0);
	if (code)
		return code;
	tarn__root_set(lane, root, tarn__load(&root->word) + TARN_WORD_SWING, structure, counts);
	return map->txn ? 0 : tarn__commit(lane);
}

/* In a transaction TARN_BUSY, for somebody is at the graveyard, becomes TARN_DEADLOCK. */
static int
clear(struct tarn_object *map, struct tarn_lane *lane, void *make)
{
	uint64_t deadline = tarn__deadline(map->arena);
	int code = 0;

	if (!map->txn)
		code = tarn__gate_lock(lane, &map->root->gate, deadline);
	if (!code)
		code = tarn__lock_wait(lane, &map->root->node, deadline);
	return code ? code : clear_locked(map, lane, *(tarn__keyed_maker **)make);
}

int
tarn__keyed_clear(struct tarn_object *map, tarn__keyed_maker *make)
{
	int code = tarn__write_run(map, clear, &make);

	if (!code && !map->txn)
		tarn__graveyard_work(map->arena, UINT32_MAX);
	return code;
}

/* ---- two of them ------------------------------------------------------------------------------- */

bool
tarn__keyed_alike(const struct tarn_object *one, const struct tarn_object *other)
{
	return one->kind == other->kind && one->key_kind == other->key_kind &&
	       one->key_size == other->key_size && one->value_size == other->value_size &&
	       one->each_size == other->each_size && one->order == other->order &&
	       one->order_size == other->order_size;
}

struct tarn_object *
tarn__keyed_beside(const struct tarn_object *map, struct tarn_object *other)
{
	struct tarn_object *bound = NULL;

	if (map->txn && !other->txn)
		bound = tarn__txn_bound(map->txn, other);
	return bound ? bound : other;
}

int
tarn__keyed_assign(struct tarn_object *map, tarn__keyed_swinger *swing, tarn__keyed_filler *fill,
		   void *arg)
{
	struct tarn_object aside;
	int code = tarn__aside_begin(map, &aside);

	if (code)
		return code;
	code = fill(&aside, arg);
	if (!code)
		code = swing(map, &aside);
	return tarn__aside_end(map, &aside, code);
}
