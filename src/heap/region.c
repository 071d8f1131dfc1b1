// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.c -- spans and runs that have an owner, and their end
 *
 * Picture
 *
 *	region = a block of class TABLE
 *	  class 0   partial -> span -> span     full -> span
 *	  ...
 *	  class 39
 *	  runs                                  full -> run -> run
 *
 * Everything that was ever taken from a region lies in its lists, even what
 * a constructor took that was killed before it could store an offset.  So a
 * region can be freed without knowing what is in it: a span at a time, its
 * blocks with it.
 *
 * But blocks of it may stand in the logs of other slots, on their way back:
 * in allocs, then the limbo, then a magazine of set 1, then the span.  A
 * chunk that was freed under them would be freed once more, whatever it is
 * by then.  So a span is freed only when no log names a block in it; logs
 * are read in the order in which blocks go, under the class's lock, which
 * the last step needs.  If a log is in the way the dead are recovered.  What
 * the living have ready stays until they use another region, or end.
 *
 * Who may write what: as for spans and runs.
 *
 * If a process dies: the action is undone, or was committed.
 */
#include "heap/inner.h"

int
tarn__region_create(struct tarn_lane *lane, tarn_off *region)
{
	const struct tarn_table_shm *table;
	int code = tarn__heap_alloc_node(lane, TARN_HEAP_TABLE, region);

	if (code)
		return code;
	table = tarn__table_of(lane->arena, *region);
	if (!table || tarn__load(&table->runs.full))
		return TARN_CORRUPT;
	for (unsigned class = 0; class < TARN_CLASSES; class++) {
		if (tarn__load(&table->classes[class].partial) ||
		    tarn__load(&table->classes[class].full))
			return TARN_CORRUPT; /* the last region here has ended with nothing left */
	}
	return 0;
}

/* ---- who still has blocks ---------------------------------------------------------------------- */

struct chunk_range {
	tarn_off first, end;
};

static int
is_inside(enum tarn_heap_claim where, tarn_off block, void *arg)
{
	const struct chunk_range *range = arg;

	(void)where;
	return block >= range->first && block < range->end ? TARN_BUSY : 0;
}

/* Whether a log names a block that begins there.  What a BROKEN one names is nobody's any more. */
static int
look_for_claims(struct tarn_arena *arena, tarn_off first, uint64_t size)
{
	struct chunk_range range = { first, first + size };
	int code = 0;

	for (uint64_t slot = 0; !code && slot < arena->fixed.slot_count; slot++) {
		if (!tarn__slot_broken(arena, slot))
			code = tarn__heap_claims(arena, slot, is_inside, &range);
	}
	return code;
}

/* ---- freeing ----------------------------------------------------------------------------------- */

/* The first span of the list that nobody's log names.  TARN_NOT_FOUND: the list is empty. */
static int
find_unclaimed(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t number,
	       uint64_t *found)
{
	uint64_t left = tarn__load(&tarn__heap_words(lane->arena)->frontier);
	const struct tarn_desc_shm *desc;
	int code = TARN_NOT_FOUND;

	for (; number && left; left--, number = tarn__load(&desc->next)) {
		desc = tarn__numbered(lane->arena, number);
		if (!desc || tarn__load(&desc->region) != pool->region ||
		    tarn__load(&desc->kind) != tarn__span_kind(pool->class, pool->region))
			return TARN_CORRUPT;
		*found = number;
		code = look_for_claims(lane->arena, tarn__chunk_off(lane->arena, number - 1),
				       TARN_CHUNK);
		if (!code)
			break;
	}
	return number && !left ? TARN_CORRUPT : code;
}

static int
free_span(struct tarn_lane *lane, const struct tarn_pool *pool)
{
	uint64_t number;
	int code = tarn__heap_lock(lane, &pool->list->node, TARN_WAIT);
	int other;

	if (!code) {
		code = find_unclaimed(lane, pool, tarn__load(&pool->list->full), &number);
		other = code ? find_unclaimed(lane, pool, tarn__load(&pool->list->partial),
					      &number) :
			       0;
		code = code && other == TARN_NOT_FOUND ? code : other;
	}
	if (!code)
		code = tarn__heap_lock(lane, &tarn__heap_words(lane->arena)->runs, TARN_WAIT);
	if (!code)
		tarn__span_drop(lane, pool, number);
	return tarn__heap_done(lane, code);
}

/*
 * No log names it: then nobody else frees it from now on.  But somebody may
 * have done so since it was found in the list, and it may be another's.
 */
static int
free_first_run(struct tarn_lane *lane, const struct tarn_table_shm *table, tarn_off region)
{
	uint64_t number = tarn__load(&table->runs.full);
	tarn_off run;
	int code;

	if (!number)
		return TARN_NOT_FOUND;
	if (number > tarn__data_chunks(lane->arena))
		return TARN_CORRUPT;
	run = tarn__chunk_off(lane->arena, number - 1);
	code = look_for_claims(lane->arena, run, TARN_CHUNK);
	if (!code)
		code = tarn__run_free_of(lane, region, run, TARN_FROM_MAGAZINE, TARN_WAIT);
	return code == TARN_INVALID ? TARN_BUSY : code;
}

/* What this slot has ready goes back first, and what the dead have. */
static int
clear_the_way(struct tarn_lane *lane, tarn_off region)
{
	tarn__tidy(lane);
	if (tarn__load(tarn__claim_count(lane, 1, TARN_CLAIM_REGION)) != region)
		return 0;
	return tarn__adopt_region(lane, 0);
}

/* TARN_BUSY: only what others have ready is left. */
static int
free_some(struct tarn_lane *lane, struct tarn_table_shm *table, tarn_off region)
{
	int code, worst = TARN_NOT_FOUND;

	for (unsigned class = 0; class < TARN_CLASSES_DATA; class++) {
		const struct tarn_pool pool = {
			.size = &tarn__size_classes[class],
			.list = &table->classes[class],
			.region = region,
			.class = class,
		};

		code = free_span(lane, &pool);
		if (code != TARN_NOT_FOUND && code != TARN_BUSY)
			return code;
		worst = code == TARN_BUSY ? code : worst;
	}
	code = free_first_run(lane, table, region);
	return code == TARN_NOT_FOUND ? worst : code;
}

int
tarn__region_free_some(struct tarn_lane *lane, tarn_off region)
{
	struct tarn_table_shm *table = region ? tarn__table_of(lane->arena, region) : NULL;
	uint64_t dead = 0;
	int code;

	if (!table)
		return TARN_CORRUPT;
	code = clear_the_way(lane, region);
	if (!code)
		code = free_some(lane, table, region);
	if (code != TARN_BUSY)
		return code;
	code = tarn__slots_reap(lane->arena, &dead);
	if (code || !dead)
		return code ? code : TARN_BUSY;
	return free_some(lane, table, region);
}

/* ---- whose is it? ------------------------------------------------------------------------------ */

/* The first chunk of the run that a chunk is in the middle of; else that chunk itself. */
static uint64_t
run_head(struct tarn_arena *arena, uint64_t chunk)
{
	const uint64_t *map = tarn__run_map(arena);
	const struct tarn_desc_shm *desc = tarn__desc(arena, chunk);

	while (chunk && desc && tarn__load(&desc->kind) == TARN_DESC_FREE &&
	       !(tarn__load(&map[chunk >> 6]) >> (chunk & 63) & 1))
		desc = tarn__desc(arena, --chunk);
	return chunk;
}

tarn_off
tarn__heap_owner(struct tarn_arena *arena, tarn_off off, uint64_t size)
{
	uint64_t chunk = (off - arena->fixed.data_off) >> TARN_CHUNK_SHIFT;
	const struct tarn_desc_shm *desc;
	tarn_off begin;
	uint64_t kind;

	if (off < arena->fixed.data_off || chunk >= tarn__data_chunks(arena) || !size)
		return 0;
	chunk = run_head(arena, chunk);
	desc = tarn__desc(arena, chunk);
	if (!desc)
		return 0;
	begin = tarn__chunk_off(arena, chunk);
	kind = tarn__load(&desc->kind);
	if (tarn__is_span(kind))
		begin = off - (off - begin) % tarn__size_classes[kind >> 8].size;
	if (!tarn__range_ok(off - begin, size, tarn__heap_usable(arena, begin)))
		return 0;
	return tarn__load(&desc->region);
}
