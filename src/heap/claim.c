// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * claim.c -- a slot's magazines, and where blocks go that were freed
 *
 * Picture (in the slot's log; a magazine a class, two sets of them)
 *
 *	count   3
 *	claims  [ block | block | block |   |   |   ]
 *	                           ^ next to be taken, or to be freed upon
 *
 *	span -- refill --> magazine -- take --> in use -- free --.
 *	  ^                 |    ^                               |
 *	  `----- flush -----'    `------- tidy ------- limbo <---'
 *
 * A block that is freed is the next that is taken, with no span touched.
 * What a magazine holds is the slot's: no lock.  Refill and flush move half
 * a magazine under the class's lock.
 *
 * The limbo has what committed operations have freed, of all classes.  Tidy
 * moves it into the magazines, many blocks an action, none of them locked;
 * what does not fit there is flushed, and runs go back to the run map.
 *
 * Tidy and drain only try locks.  What they cannot have they leave.
 *
 * Invariants
 *	C1. a block is in one magazine or the limbo, once (H3)
 *	C2. beyond its count a magazine means nothing
 *
 * Who may write what: the slot's thread; after its death, who recovers it.
 *
 * If a process dies: the slot's magazines and limbo are drained by who
 * recovers it; what is left is the slot's next owner's.
 */
#include "heap/inner.h"

#include <errno.h>
#include <stdlib.h>

/* ---- pools ------------------------------------------------------------------------------------- */

struct tarn_table_shm *
tarn__table_of(struct tarn_arena *arena, tarn_off region)
{
	struct tarn_block block;

	if (!region)
		return &tarn__heap_words(arena)->table;
	if (!tarn__block_find(arena, region, &block) || block.class != TARN_CLASS_TABLE)
		return NULL;
	return tarn__at(arena, region, sizeof(struct tarn_table_shm), 64);
}

bool
tarn__pool_of_set(const struct tarn_lane *lane, unsigned set, unsigned class,
		  struct tarn_pool *pool)
{
	tarn_off region = set ? tarn__load(tarn__claim_count(lane, 1, TARN_CLAIM_REGION)) : 0;
	struct tarn_table_shm *table = tarn__table_of(lane->arena, region);

	if ((set && !region) || !table)
		return false;
	pool->size = &tarn__size_classes[class];
	pool->list = &table->classes[class];
	pool->region = region;
	pool->count = tarn__claim_count(lane, set, class);
	pool->entries = tarn__claim_entries(lane, set, class);
	pool->class = class;
	return true;
}

/* The pool a block goes to when it is freed: whose magazine it may enter, if it has one. */
static bool
pool_of_block(const struct tarn_lane *lane, const struct tarn_block *block, struct tarn_pool *pool,
	      bool *has_magazine)
{
	tarn_off region = tarn__load(&block->desc->region);
	tarn_off other = tarn__load(tarn__claim_count(lane, 1, TARN_CLAIM_REGION));
	struct tarn_table_shm *table;

	*has_magazine = !region || region == other;
	if (*has_magazine)
		return tarn__pool_of_set(lane, region != 0, block->class, pool);
	table = tarn__table_of(lane->arena, region);
	if (!table || !tarn__pool_of_set(lane, 0, block->class, pool))
		return false;
	pool->list = &table->classes[block->class];
	pool->region = region;
	return true;
}

int
tarn__flush(struct tarn_lane *lane, const struct tarn_pool *pool, enum tarn_patience patience)
{
	return tarn__give_back(lane, pool, TARN_FROM_MAGAZINE,
			       tarn__max(1, pool->size->capacity / 2), patience);
}

/* ---- tidy -------------------------------------------------------------------------------------- */

#define SHELVES 8u /* magazines that one action fills */

struct shelving {
	struct {
		struct tarn_pool pool;
		uint64_t count; /* as it will be */
	} shelves[SHELVES];
	unsigned used;
	uint64_t blocks;
};

static uint64_t
limbo_count(const struct tarn_lane *lane)
{
	return tarn__commit_limbo(lane->commit);
}

static tarn_off
limbo_top(const struct tarn_lane *lane, uint64_t depth)
{
	return tarn__load(tarn__list_at(&lane->limbo, limbo_count(lane) - 1 - depth));
}

/* The shelf of the magazine; SHELVES: it has none and gets none. */
static unsigned
shelf_of(struct shelving *shelving, const struct tarn_pool *pool)
{
	unsigned i = 0;

	while (i < shelving->used && shelving->shelves[i].pool.count != pool->count)
		i++;
	if (i == shelving->used && i < SHELVES) {
		shelving->shelves[i].pool = *pool;
		shelving->shelves[i].count = tarn__load(pool->count);
		shelving->used++;
	}
	return i;
}

/* Into its magazine, beyond the count; false: that is full, or the block has none. */
static bool
shelve(struct tarn_lane *lane, tarn_off off, struct shelving *shelving)
{
	struct tarn_block block;
	struct tarn_pool pool;
	bool has_magazine;
	unsigned shelf;

	if (!tarn__block_find(lane->arena, off, &block) ||
	    !pool_of_block(lane, &block, &pool, &has_magazine) || !has_magazine)
		return false;
	shelf = shelf_of(shelving, &pool);
	if (shelf == SHELVES || shelving->shelves[shelf].count >= pool.size->capacity)
		return false;
	tarn__store(&pool.entries[shelving->shelves[shelf].count++], off);
	tarn__tag_set(lane->heap, off);
	shelving->blocks++;
	return true;
}

/* As much of the limbo's top as fits into magazines, in one action; whether that is anything. */
static int
shelve_limbo(struct tarn_lane *lane, bool *moved)
{
	struct shelving shelving = { .used = 0 };

	while (shelving.blocks < limbo_count(lane) &&
	       shelve(lane, limbo_top(lane, shelving.blocks), &shelving))
		;
	*moved = shelving.blocks > 0;
	if (!*moved)
		return 0;
	for (unsigned i = 0; i < shelving.used; i++)
		tarn__nested_set(lane, shelving.shelves[i].pool.count, shelving.shelves[i].count);
	tarn__nested_commit_word(lane, lane->commit - shelving.blocks * TARN_COMMIT_LIMBO);
	return tarn__nested_commit(lane);
}

/* The limbo's top into its span, or the run map. */
static int
give_limbo_back(struct tarn_lane *lane)
{
	tarn_off off = limbo_top(lane, 0);
	struct tarn_block block;
	struct tarn_pool pool;
	bool has_magazine;

	if (!tarn__block_find(lane->arena, off, &block))
		return tarn__run_free(lane, off, TARN_FROM_LIMBO, TARN_TRY);
	if (!pool_of_block(lane, &block, &pool, &has_magazine))
		return TARN_CORRUPT;
	return tarn__give_back(lane, &pool, TARN_FROM_LIMBO, limbo_count(lane), TARN_TRY);
}

/* Room for the limbo's top, or away with it. */
static int
make_way(struct tarn_lane *lane)
{
	struct tarn_block block;
	struct tarn_pool pool;
	bool has_magazine;

	if (tarn__block_find(lane->arena, limbo_top(lane, 0), &block) &&
	    pool_of_block(lane, &block, &pool, &has_magazine) && has_magazine)
		return tarn__flush(lane, &pool, TARN_TRY);
	return give_limbo_back(lane);
}

/* Each round moves something, or is the last. */
void
tarn__tidy(struct tarn_lane *lane)
{
	bool moved;

	while (limbo_count(lane) && !lane->frees) {
		if (shelve_limbo(lane, &moved) || (!moved && make_way(lane)))
			return;
	}
}

/* ---- drain ------------------------------------------------------------------------------------- */

static void
drain_set(struct tarn_lane *lane, unsigned set)
{
	struct tarn_pool pool;

	for (unsigned class = 0; class < TARN_CLASSES; class++) {
		if (!tarn__load(tarn__claim_count(lane, set, class)) ||
		    !tarn__pool_of_set(lane, set, class, &pool))
			continue;
		while (tarn__load(pool.count) &&
		       !tarn__give_back(lane, &pool, TARN_FROM_MAGAZINE, UINT64_MAX, TARN_TRY))
			;
	}
}

static void
drain_magazines(struct tarn_lane *lane)
{
	for (unsigned set = 0; set < TARN_SETS; set++)
		drain_set(lane, set);
}

static void
drain(struct tarn_lane *lane)
{
	while (limbo_count(lane) && !give_limbo_back(lane))
		;
	drain_magazines(lane);
}

/* The region is named only while there is nothing of another in the set. */
int
tarn__adopt_region(struct tarn_lane *lane, tarn_off region)
{
	uint64_t *word = tarn__claim_count(lane, 1, TARN_CLAIM_REGION);
	struct tarn_pool pool;
	int code = 0;

	if (likely(tarn__load(word) == region))
		return 0;
	for (unsigned class = 0; !code && class < TARN_CLASSES_DATA; class++) {
		while (!code && tarn__load(tarn__claim_count(lane, 1, class))) {
			if (!tarn__pool_of_set(lane, 1, class, &pool))
				return TARN_CORRUPT;
			code = tarn__give_back(lane, &pool, TARN_FROM_MAGAZINE, UINT64_MAX,
					       TARN_WAIT);
		}
	}
	if (!code)
		tarn__store(word, region);
	return code;
}

/* In the middle of an operation the limbo stays as it is. */
bool
tarn__reclaim(struct tarn_lane *lane)
{
	struct tarn_pool pool;
	bool dropped = false;

	if (lane->frees || lane->lock_count || lane->commit != limbo_count(lane) * TARN_COMMIT_LIMBO)
		drain_magazines(lane);
	else
		drain(lane);
	for (unsigned i = 0; i < TARN_SETS * TARN_CLASSES_DATA; i++) {
		if (tarn__pool_of_set(lane, i % TARN_SETS, i / TARN_SETS, &pool))
			dropped |= tarn__drop_free_spans(lane, &pool);
	}
	return dropped;
}

/* ---- lanes ------------------------------------------------------------------------------------- */

/* Only the top: it is the one that may have been recorded and not yet taken. */
static bool
still_claimed(struct tarn_lane *lane, tarn_off off)
{
	struct tarn_block block;

	if (!tarn__block_find(lane->arena, off, &block))
		return false;
	for (unsigned set = 0; set < TARN_SETS; set++) {
		uint64_t count = tarn__load(tarn__claim_count(lane, set, block.class));

		if (count && count <= tarn__size_classes[block.class].capacity &&
		    tarn__load(tarn__claim_entries(lane, set, block.class) + count - 1) == off)
			return true;
	}
	return false;
}

/* What the slot's last owner left is tagged too. */
static void
tag_magazine(struct tarn_lane *lane, unsigned set, unsigned class)
{
	uint64_t count = tarn__load(tarn__claim_count(lane, set, class));

	for (uint64_t i = 0; i < tarn__min(count, tarn__size_classes[class].capacity); i++)
		tarn__tag_set(lane->heap, tarn__load(tarn__claim_entries(lane, set, class) + i));
}

static struct tarn_heap_lane *
make_private(const struct tarn_lane *lane)
{
	struct tarn_heap_lane *heap = calloc(1, sizeof(*heap));

	if (!heap)
		return NULL;
	heap->descs = lane->arena->base + lane->arena->fixed.descs_off;
	heap->data_off = lane->arena->fixed.data_off;
	for (unsigned class = 0; class < TARN_CLASSES; class++) {
		heap->magazines[class].count = tarn__claim_count(lane, 0, class);
		heap->magazines[class].entries = tarn__claim_entries(lane, 0, class);
		heap->magazines[class].capacity = tarn__size_classes[class].capacity;
	}
	return heap;
}

static int
enter(struct tarn_lane *lane)
{
	lane->heap = make_private(lane);
	if (!lane->heap)
		return TARN_SYSTEM;
	for (unsigned set = 0; set < TARN_SETS; set++) {
		for (unsigned class = 0; class < TARN_CLASSES; class++)
			tag_magazine(lane, set, class);
	}
	for (uint64_t i = 0; i < limbo_count(lane); i++)
		tarn__tag_set(lane->heap, limbo_top(lane, i));
	return 0;
}

static void
leave(struct tarn_lane *lane)
{
	free(lane->heap);
	lane->heap = NULL;
}

const struct tarn_lane_heap tarn__heap_for_lanes = {
	.still_claimed = still_claimed,
	.drain = drain,
	.tidy = tarn__tidy,
	.enter = enter,
	.leave = leave,
};

const struct tarn_lane_heap *tarn__lane_heap = &tarn__heap_for_lanes;
