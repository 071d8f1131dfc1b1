// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * runs.c -- the run map: free chunks, runs of them, and more of them
 *
 * Picture
 *
 *	chunk      0    1    2    3    4    5    6    7 | frontier
 *	run map    0    0    0    0    1    0    1    1 | 0 ...
 *	           span [--- run of 3 -]    span
 *	kind       SPAN RUN  FREE FREE FREE SPAN FREE FREE
 *	count           3
 *
 * First fit from a hint, one bit a chunk; neighbours need no joining.  When
 * nothing fits the arena grows: memory is asked for without any lock, and
 * then entered under the runs lock, unless somebody else has moved the
 * frontier meanwhile.
 *
 * Who may write what: who holds the runs lock, in a nested action; the hint
 * with a plain store, since it may be wrong.
 *
 * If a process dies
 *	between growth and entry: the memory is given, and is entered by who
 *	needs it next; inside an action: it is undone
 */
#include "heap/inner.h"

#define GROW_LEAST UINT64_C(32)  /* chunks: 2 MiB */
#define GROW_MOST UINT64_C(128) /* 8 MiB: zeroing more would stall */

/* ---- descriptors ------------------------------------------------------------------------------- */

struct tarn_desc_shm *
tarn__desc(struct tarn_arena *arena, uint64_t chunk)
{
	uint64_t frontier = tarn__load(&tarn__heap_words(arena)->frontier);

	if (chunk >= frontier || chunk >= tarn__data_chunks(arena))
		return NULL;
	return tarn__at(arena, arena->fixed.descs_off + chunk * TARN_DESC_SIZE, TARN_DESC_SIZE, 8);
}

bool
tarn__block_find(struct tarn_arena *arena, tarn_off off, struct tarn_block *block)
{
	tarn_off in_data = off - arena->fixed.data_off;
	uint64_t kind;

	if (off < arena->fixed.data_off)
		return false;
	block->chunk = in_data >> TARN_CHUNK_SHIFT;
	block->desc = tarn__desc(arena, block->chunk);
	if (!block->desc)
		return false;
	kind = tarn__load(&block->desc->kind);
	if (!tarn__is_span(kind))
		return false;
	block->class = (unsigned)(kind >> 8);
	return tarn__block_index(&tarn__size_classes[block->class], in_data, &block->index);
}

/* ---- locks ------------------------------------------------------------------------------------- */

#define TRIES 4u

static int
wait_for(struct tarn_lane *lane, uint64_t *node, uint64_t seen, unsigned round, uint64_t *deadline)
{
	if (tarn__node_owner(seen) == lane->owner)
		return TARN_CORRUPT; /* the slot holds no lock of the heap's between actions */
	if (round == 0)
		*deadline = tarn__deadline(lane->arena);
	return tarn__node_wait(lane->arena, node, seen, round, *deadline);
}

/* Who only tries does not wait, but the dead would be in everybody's way for ever. */
static void
look_after(struct tarn_lane *lane, uint64_t seen)
{
	uint64_t owner = tarn__node_owner(seen);

	if (owner && lane->heap && tarn__slot_dead(lane->arena, owner - 1, false))
		(void)tarn__slot_recover(lane->arena, owner - 1); /* BUSY: somebody else is at it */
	tarn__pause();
}

int
tarn__heap_lock(struct tarn_lane *lane, uint64_t *node, enum tarn_patience patience)
{
	uint64_t seen, deadline = 0;
	int code;

	if (unlikely(lane->broken))
		return TARN_CORRUPT; /* an action before could not let go of its locks */
	for (unsigned round = 0;; round++) {
		seen = tarn__load(node);
		if (likely(!tarn__node_owner(seen)) && likely(tarn__nested_lock(lane, node, seen)))
			return 0;
		if (patience == TARN_TRY) {
			if (round == TRIES)
				return TARN_BUSY;
			look_after(lane, seen);
			continue;
		}
		code = wait_for(lane, node, seen, round, &deadline);
		if (code)
			return code;
	}
}

int
tarn__heap_done(struct tarn_lane *lane, int code)
{
	int ended = tarn__nested_commit(lane);

	return code ? code : ended;
}

/* ---- the map ----------------------------------------------------------------------------------- */

/* The first bit of this value in [bit, end); end if there is none. */
static uint64_t
next_bit(const uint64_t *map, uint64_t bit, uint64_t end, bool value)
{
	while (bit < end) {
		uint64_t word = tarn__load(&map[bit >> 6]);

		word = (value ? word : ~word) >> (bit & 63);
		if (word)
			return tarn__min(end, bit + tarn__ctz(word));
		bit = (bit | 63) + 1;
	}
	return end;
}

/* n ones in a row in [from, end); false if there are none. */
static bool
find_run(const uint64_t *map, uint64_t from, uint64_t end, uint64_t n, uint64_t *first)
{
	while (from < end && end - from >= n) {
		uint64_t start = next_bit(map, from, end, true);

		from = next_bit(map, start, tarn__min(end, start + n), false);
		if (from - start >= n) {
			*first = start;
			return true;
		}
	}
	return false;
}

int
tarn__runs_find(struct tarn_arena *arena, uint64_t n, uint64_t *first)
{
	const struct tarn_heap_shm *words = tarn__heap_words(arena);
	uint64_t frontier = tarn__load(&words->frontier);
	uint64_t hint = tarn__load(&words->hint);
	const uint64_t *map = tarn__run_map(arena);
	struct tarn_desc_shm *desc;

	if (frontier > tarn__data_chunks(arena))
		return TARN_CORRUPT;
	if (!find_run(map, hint, frontier, n, first) && !find_run(map, 0, frontier, n, first))
		return TARN_FULL;
	desc = tarn__desc(arena, *first);
	return desc && tarn__load(&desc->kind) == TARN_DESC_FREE ? 0 : TARN_CORRUPT;
}

/* Chunks were freed from first on: look there first. */
static void
lower_hint(struct tarn_arena *arena, uint64_t first)
{
	uint64_t *hint = &tarn__heap_words(arena)->hint;

	if (first < tarn__load(hint))
		tarn__store(hint, first);
}

/* ---- growth ------------------------------------------------------------------------------------ */

static uint64_t
grow_step(uint64_t frontier)
{
#ifdef TARN_TINY
	return 1 + (frontier & 1);
#else
	return tarn__min(GROW_MOST, tarn__max(GROW_LEAST, frontier / 16));
#endif
}

static int
give_chunks(struct tarn_arena *arena, uint64_t first, uint64_t n)
{
	int code = tarn__arena_give(arena, tarn__chunk_off(arena, first), n << TARN_CHUNK_SHIFT);

	if (code)
		return code;
	return tarn__arena_give(arena, arena->fixed.descs_off + first * TARN_DESC_SIZE,
				n * TARN_DESC_SIZE);
}

/* Free chunks right before the frontier, which a run may begin with. */
static uint64_t
free_tail(struct tarn_arena *arena, uint64_t frontier)
{
	const uint64_t *map = tarn__run_map(arena);
	uint64_t tail = 0;

	while (tail < frontier &&
	       tarn__load(&map[(frontier - tail - 1) >> 6]) >> ((frontier - tail - 1) & 63) & 1)
		tail++;
	return tail;
}

static int
enter_chunks(struct tarn_lane *lane, uint64_t frontier, uint64_t n)
{
	uint64_t *word = &tarn__heap_words(lane->arena)->frontier;
	int code = tarn__heap_lock(lane, &tarn__heap_words(lane->arena)->runs, TARN_WAIT);

	if (!code && tarn__load(word) == frontier) {
		tarn__nested_bits(lane, tarn__run_map(lane->arena), frontier, n, true);
		tarn__nested_set(lane, word, frontier + n);
	}
	return tarn__heap_done(lane, code);
}

/* At first as much as one step, then, if that is not to be had, what is missing. */
int
tarn__runs_grow(struct tarn_lane *lane, uint64_t n, uint64_t frontier)
{
	uint64_t missing, step, left;
	int code;

	if (frontier > tarn__data_chunks(lane->arena))
		return TARN_CORRUPT;
	left = tarn__data_chunks(lane->arena) - frontier;
	missing = n - tarn__min(n - 1, free_tail(lane->arena, frontier));
	if (missing > left)
		return TARN_FULL;
	step = n > 1 ? missing : tarn__min(left, grow_step(frontier));
	code = give_chunks(lane->arena, frontier, step);
	if (code == TARN_FULL && step > missing) {
		step = missing;
		code = give_chunks(lane->arena, frontier, step);
	}
	return code ? code : enter_chunks(lane, frontier, step);
}

/* ---- runs -------------------------------------------------------------------------------------- */

static void
list_alloc(struct tarn_lane *lane, tarn_off run)
{
	uint64_t n = tarn__commit_allocs(lane->commit);

	tarn_assert(n < lane->allocs.ready);
	tarn__store(tarn__list_at(&lane->allocs, n), run);
	tarn__nested_commit_word(lane, lane->commit + TARN_COMMIT_ALLOC);
}

/* The locks are held; what cannot be was found out before. */
static void
take_run(struct tarn_lane *lane, tarn_off region, uint64_t first, uint64_t n)
{
	struct tarn_desc_shm *desc = tarn__desc_place(lane->arena, first);
	struct tarn_table_shm *table = tarn__table_of(lane->arena, region);

	tarn__store(&desc->region, region); /* means nothing until the kind is stored */
	tarn__store(&desc->count, n);
	tarn__nested_bits(lane, tarn__run_map(lane->arena), first, n, false);
	tarn__nested_set(lane, &desc->kind, TARN_DESC_RUN);
	if (region && table)
		tarn__list_link(lane, &table->runs.full, first + 1, desc);
	if (n == 1)
		tarn__store(&tarn__heap_words(lane->arena)->hint, first + 1);
}

/* The lock of the run map, and before it that of the region's list of runs. */
static int
lock_runs_of(struct tarn_lane *lane, tarn_off region, enum tarn_patience patience)
{
	struct tarn_table_shm *table = tarn__table_of(lane->arena, region);
	int code = 0;

	if (!table)
		return TARN_CORRUPT;
	if (region)
		code = tarn__heap_lock(lane, &table->runs.node, patience);
	if (code)
		return code;
	return tarn__heap_lock(lane, &tarn__heap_words(lane->arena)->runs, patience);
}

/* Its chunks may have been given by another process, in a segment that this one has not met yet. */
static int
look_at_run(struct tarn_arena *arena, uint64_t first, uint64_t n)
{
	if (tarn__at(arena, tarn__chunk_off(arena, first), n << TARN_CHUNK_SHIFT, TARN_CHUNK))
		return 0;
	return tarn__arena_sees_all(arena) ? TARN_CORRUPT : TARN_SYSTEM;
}

/* TARN_FULL: nothing fits below *frontier. */
static int
try_run(struct tarn_lane *lane, tarn_off region, uint64_t n, tarn_off *run, bool listed,
	uint64_t *frontier)
{
	struct tarn_heap_shm *words = tarn__heap_words(lane->arena);
	uint64_t first;
	int code = lock_runs_of(lane, region, TARN_WAIT);

	*frontier = tarn__load(&words->frontier);
	if (!code)
		code = tarn__runs_find(lane->arena, n, &first);
	if (!code)
		code = look_at_run(lane->arena, first, n);
	if (!code) {
		take_run(lane, region, first, n);
		*run = tarn__chunk_off(lane->arena, first);
		if (listed)
			list_alloc(lane, *run);
	}
	return tarn__heap_done(lane, code);
}

int
tarn__run_alloc(struct tarn_lane *lane, tarn_off region, uint64_t size, bool listed, tarn_off *run)
{
	uint64_t frontier, n = tarn__div_up(size, TARN_CHUNK);
	int code;

	if (n > tarn__data_chunks(lane->arena))
		return TARN_TOO_BIG;
	while ((code = try_run(lane, region, n, run, listed, &frontier)) == TARN_FULL) {
		code = tarn__runs_grow(lane, n, frontier);
		if (code)
			break;
	}
	return code;
}

/* The descriptor of a run's first chunk; NULL: none begins there, or it cannot be. */
static struct tarn_desc_shm *
find_run_head(struct tarn_arena *arena, tarn_off run, uint64_t *first, uint64_t *n)
{
	tarn_off in_data = run - arena->fixed.data_off;
	struct tarn_desc_shm *desc;

	if (run < arena->fixed.data_off || in_data % TARN_CHUNK)
		return NULL;
	*first = in_data >> TARN_CHUNK_SHIFT;
	desc = tarn__desc(arena, *first);
	if (!desc || tarn__load(&desc->kind) != TARN_DESC_RUN)
		return NULL;
	*n = tarn__load(&desc->count);
	return *n && tarn__range_ok(*first, *n, tarn__load(&tarn__heap_words(arena)->frontier)) ?
		       desc :
		       NULL;
}

uint64_t
tarn__run_size(struct tarn_arena *arena, tarn_off run)
{
	uint64_t first, n;

	return find_run_head(arena, run, &first, &n) ? n << TARN_CHUNK_SHIFT : 0;
}

/* Under the runs lock, and none of its chunks free. */
static struct tarn_desc_shm *
find_whole_run(struct tarn_arena *arena, tarn_off run, uint64_t *first, uint64_t *n)
{
	struct tarn_desc_shm *desc = find_run_head(arena, run, first, n);

	if (!desc || next_bit(tarn__run_map(arena), *first, *first + *n, true) != *first + *n)
		return NULL;
	return desc;
}

int
tarn__run_free_of(struct tarn_lane *lane, tarn_off region, tarn_off run, enum tarn_source source,
		  enum tarn_patience patience)
{
	struct tarn_desc_shm *desc;
	uint64_t first, n;
	int code = lock_runs_of(lane, region, patience);

	if (code)
		return tarn__heap_done(lane, code);
	desc = find_whole_run(lane->arena, run, &first, &n);
	if (!desc || tarn__load(&desc->region) != region)
		return tarn__heap_done(lane, TARN_INVALID);
	if (region)
		tarn__list_unlink(lane, &tarn__table_of(lane->arena, region)->runs.full, desc);
	tarn__nested_bits(lane, tarn__run_map(lane->arena), first, n, true);
	tarn__nested_set(lane, &desc->kind, TARN_DESC_FREE);
	if (source == TARN_FROM_LIMBO)
		tarn__nested_commit_word(lane, lane->commit - TARN_COMMIT_LIMBO);
	lower_hint(lane->arena, first);
	return tarn__nested_commit(lane);
}

int
tarn__run_free(struct tarn_lane *lane, tarn_off run, enum tarn_source source,
	       enum tarn_patience patience)
{
	const struct tarn_desc_shm *desc;
	uint64_t first, n;

	desc = find_run_head(lane->arena, run, &first, &n);
	if (!desc)
		return TARN_INVALID;
	return tarn__run_free_of(lane, tarn__load(&desc->region), run, source, patience);
}

/* ---- resizing in place ------------------------------------------------------------------------- */

static void
shrink_run(struct tarn_lane *lane, struct tarn_desc_shm *desc, uint64_t first, uint64_t n,
	   uint64_t wanted)
{
	tarn__nested_bits(lane, tarn__run_map(lane->arena), first + wanted, n - wanted, true);
	tarn__nested_set(lane, &desc->count, wanted);
	lower_hint(lane->arena, first + wanted);
}

static void
extend_run(struct tarn_lane *lane, struct tarn_desc_shm *desc, uint64_t first, uint64_t n,
	   uint64_t wanted)
{
	tarn__nested_bits(lane, tarn__run_map(lane->arena), first + n, wanted - n, false);
	tarn__nested_set(lane, &desc->count, wanted);
}

/* TARN_FULL: only `frontier` stands in the way, if it is not 0. */
static int
try_resize(struct tarn_lane *lane, tarn_off run, uint64_t wanted, uint64_t *frontier)
{
	struct tarn_heap_shm *words = tarn__heap_words(lane->arena);
	struct tarn_desc_shm *desc;
	uint64_t first, n, end, free_end;
	int code = tarn__heap_lock(lane, &words->runs, TARN_WAIT);

	*frontier = 0;
	if (code)
		return tarn__heap_done(lane, code);
	desc = find_whole_run(lane->arena, run, &first, &n);
	if (!desc)
		return tarn__heap_done(lane, TARN_INVALID);
	end = tarn__load(&words->frontier);
	free_end = next_bit(tarn__run_map(lane->arena), first + n, end, false);
	if (wanted < n) {
		shrink_run(lane, desc, first, n, wanted);
	} else if (wanted > n && free_end - first >= wanted) {
		extend_run(lane, desc, first, n, wanted);
	} else if (wanted > n) {
		*frontier = free_end == end ? end : 0;
		code = TARN_FULL;
	}
	return tarn__heap_done(lane, code);
}

int
tarn__run_resize(struct tarn_lane *lane, tarn_off run, uint64_t size)
{
	uint64_t wanted = tarn__div_up(size, TARN_CHUNK), frontier, begin;
	int code;

	begin = (run - lane->arena->fixed.data_off) >> TARN_CHUNK_SHIFT;
	while ((code = try_resize(lane, run, wanted, &frontier)) == TARN_FULL && frontier) {
		/* what is free between run and frontier is counted by growing as if from there */
		code = begin + wanted > frontier ?
			       tarn__runs_grow(lane, begin + wanted - frontier +
							     free_tail(lane->arena, frontier),
					       frontier) :
			       TARN_FULL;
		if (code)
			break;
	}
	return code;
}

int
tarn__heap_extend(struct tarn_lane *lane, tarn_off block, uint64_t size)
{
	uint64_t have = tarn__run_size(lane->arena, block);

	if (!have)
		return TARN_FULL;
	return size <= have ? 0 : tarn__run_resize(lane, block, size);
}
