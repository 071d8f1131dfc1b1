// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * walk.c -- every chunk, span, run and claim, told once; the heap's own words
 *
 * A walk goes from chunk 0 to the frontier.  Beside telling what there is it
 * proves that what the heap says twice agrees: the run map and the kinds
 * (H1), counts and bits, spans and lists (H2), frontier and memory (H4).
 *
 * What is not free in a span and in no slot's log is in use (H3): whoever
 * knows what is reachable subtracts.
 *
 * Who may write what: nothing here writes but format(), which makes an
 * arena that nobody else has seen.
 */
#include "heap/inner.h"

#include "base/hash.h"

/* ---- lists ------------------------------------------------------------------------------------- */

/* The spans, or runs, of one list; TARN_CORRUPT if a link, a span or a cycle cannot be. */
static int
count_list(struct tarn_arena *arena, uint64_t head, uint64_t kind, tarn_off region, bool full,
	   uint64_t *spans)
{
	uint64_t frontier = tarn__load(&tarn__heap_words(arena)->frontier), before = 0;
	const struct tarn_desc_shm *desc;

	for (uint64_t number = head; number; number = tarn__load(&desc->next)) {
		desc = tarn__desc(arena, number - 1);
		if (!desc || ++*spans > frontier)
			return TARN_CORRUPT;
		if (tarn__load(&desc->kind) != kind ||
		    tarn__load(&desc->region) != region || tarn__load(&desc->prev) != before ||
		    (tarn__load(&desc->count) == 0) != full)
			return TARN_CORRUPT;
		before = number;
	}
	return 0;
}

static int
count_lists(struct tarn_arena *arena, const struct tarn_table_shm *table, tarn_off region,
	    uint64_t *spans)
{
	int code = 0;

	for (unsigned class = 0; !code && class < TARN_CLASSES; class++) {
		const struct tarn_class_shm *list = &table->classes[class];
		uint64_t kind = tarn__span_kind(class, region);

		code = count_list(arena, tarn__load(&list->partial), kind, region, false, spans);
		if (!code)
			code = count_list(arena, tarn__load(&list->full), kind, region, true,
					  spans);
	}
	return code;
}

int
tarn__region_check(struct tarn_arena *arena, tarn_off region)
{
	const struct tarn_table_shm *table = region ? tarn__table_of(arena, region) : NULL;
	uint64_t count = 0;
	int code = table ? count_lists(arena, table, region, &count) : TARN_CORRUPT;

	if (!code && tarn__load(&table->runs.partial))
		code = TARN_CORRUPT;
	if (!code)
		code = count_list(arena, tarn__load(&table->runs.full), TARN_DESC_RUN, region,
				  false, &count);
	return code;
}

/* ---- chunks ------------------------------------------------------------------------------------ */

static bool
bits_agree(const struct tarn_desc_shm *desc, const struct tarn_size_class *size)
{
	uint64_t found = 0;

	for (unsigned w = 0; w < TARN_BITMAP_WORDS; w++) {
		uint64_t word = tarn__load(&desc->free[w]);
		uint64_t whole = w * 64 >= size->blocks ? 0 : tarn__low_bits(size->blocks - w * 64);

		if (word & ~whole)
			return false;
		found += tarn__popcount(word);
	}
	return found == tarn__load(&desc->count);
}

static bool
is_free_chunk(struct tarn_arena *arena, uint64_t chunk)
{
	return tarn__load(&tarn__run_map(arena)[chunk >> 6]) >> (chunk & 63) & 1;
}

/* The chunks of a run after its first are not free, and have no kind. */
static bool
run_is_whole(struct tarn_arena *arena, uint64_t first, uint64_t chunks)
{
	for (uint64_t chunk = first + 1; chunk < first + chunks; chunk++) {
		const struct tarn_desc_shm *desc = tarn__desc(arena, chunk);

		if (!desc || tarn__load(&desc->kind) != TARN_DESC_FREE ||
		    is_free_chunk(arena, chunk))
			return false;
	}
	return true;
}

static int
look_at_span(const struct tarn_desc_shm *desc, uint64_t kind, struct tarn_heap_item *item)
{
	const struct tarn_size_class *size = &tarn__size_classes[kind >> 8];

	item->kind = TARN_HEAP_SPAN;
	item->class = (unsigned)(kind >> 8);
	item->region = tarn__load(&desc->region);
	if (kind != tarn__span_kind(item->class, item->region))
		return TARN_CORRUPT;
	item->block_size = size->size;
	item->blocks = size->blocks;
	item->free = desc->free;
	return bits_agree(desc, size) ? 0 : TARN_CORRUPT;
}

/* What the chunk is. */
static int
look_at(struct tarn_arena *arena, uint64_t chunk, struct tarn_heap_item *item)
{
	const struct tarn_desc_shm *desc = tarn__desc(arena, chunk);
	uint64_t kind = desc ? tarn__load(&desc->kind) : 0;
	bool free = is_free_chunk(arena, chunk);

	*item = (struct tarn_heap_item){ .off = tarn__chunk_off(arena, chunk), .chunks = 1 };
	if (!desc || free != (kind == TARN_DESC_FREE))
		return TARN_CORRUPT;
	if (free)
		return 0;
	if (tarn__is_span(kind))
		return look_at_span(desc, kind, item);
	item->kind = TARN_HEAP_RUN;
	item->chunks = tarn__load(&desc->count);
	item->region = tarn__load(&desc->region);
	if (kind != TARN_DESC_RUN || !item->chunks ||
	    !tarn__range_ok(chunk, item->chunks, tarn__load(&tarn__heap_words(arena)->frontier)))
		return TARN_CORRUPT;
	return run_is_whole(arena, chunk, item->chunks) ? 0 : TARN_CORRUPT;
}

/* What a region owns stands in one of its lists, as its neighbours there say. */
static bool
is_listed(struct tarn_arena *arena, const struct tarn_heap_item *item)
{
	struct tarn_table_shm *table = tarn__table_of(arena, item->region);
	uint64_t number = ((item->off - arena->fixed.data_off) >> TARN_CHUNK_SHIFT) + 1;
	const struct tarn_desc_shm *desc = tarn__numbered(arena, number), *before, *after;
	const struct tarn_class_shm *list;
	bool full = item->kind == TARN_HEAP_RUN;

	if (!table || !desc)
		return false;
	list = full ? &table->runs : &table->classes[item->class];
	full = full || !tarn__load(&desc->count);
	before = tarn__numbered(arena, tarn__load(&desc->prev));
	after = tarn__numbered(arena, tarn__load(&desc->next));
	if (tarn__load(&desc->next) && (!after || tarn__load(&after->prev) != number))
		return false;
	if (tarn__load(&desc->prev))
		return before && tarn__load(&before->next) == number;
	return tarn__load(full ? &list->full : &list->partial) == number;
}

/* No chunk beyond the frontier is said to be free. */
static bool
nothing_beyond(struct tarn_arena *arena, uint64_t frontier)
{
	for (uint64_t chunk = frontier; chunk < tarn__data_chunks(arena); chunk++) {
		if (!(chunk & 63) && !tarn__load(&tarn__run_map(arena)[chunk >> 6]))
			chunk += 63;
		else if (is_free_chunk(arena, chunk))
			return false;
	}
	return true;
}

int
tarn__heap_walk(struct tarn_arena *arena,
		int (*visit)(const struct tarn_heap_item *item, void *arg), void *arg)
{
	uint64_t frontier = tarn__load(&tarn__heap_words(arena)->frontier);
	uint64_t spans = 0, listed = 0;
	struct tarn_heap_item item;
	int code, result = 0;

	if (frontier > tarn__data_chunks(arena) || !nothing_beyond(arena, frontier))
		return TARN_CORRUPT;
	for (uint64_t chunk = 0; chunk < frontier; chunk += item.chunks) {
		if (!tarn__desc(arena, chunk) ||
		    !tarn__at(arena, tarn__chunk_off(arena, chunk), TARN_CHUNK, TARN_CHUNK))
			return TARN_CORRUPT;
		if (look_at(arena, chunk, &item) || (item.region && !is_listed(arena, &item))) {
			item.kind = TARN_HEAP_BROKEN;
			item.chunks = 1;
			result = TARN_CORRUPT;
		}
		spans += item.kind == TARN_HEAP_SPAN && !item.region;
		code = visit(&item, arg);
		if (code)
			return code;
	}
	code = count_lists(arena, &tarn__heap_words(arena)->table, 0, &listed);
	return result || code || listed != spans ? TARN_CORRUPT : 0;
}

/* ---- claims ------------------------------------------------------------------------------------ */

struct claims {
	int (*visit)(enum tarn_heap_claim where, tarn_off block, void *arg);
	void *arg;
};

static int
tell_magazine(const struct tarn_lane *lane, unsigned set, unsigned class,
	      const struct claims *claims)
{
	uint64_t count = tarn__load(tarn__claim_count(lane, set, class));
	const uint64_t *entries = tarn__claim_entries(lane, set, class);
	int code = count > tarn__size_classes[class].capacity ? TARN_CORRUPT : 0;

	for (uint64_t i = 0; !code && i < count; i++)
		code = claims->visit(TARN_CLAIM_MAGAZINE, tarn__load(&entries[i]), claims->arg);
	return code;
}

static int
tell_list(const struct tarn_log_list *list, uint64_t count, enum tarn_heap_claim where,
	  const struct claims *claims)
{
	int code = 0;

	for (uint64_t i = 0; !code && i < count; i++)
		code = claims->visit(where, tarn__load(tarn__list_at(list, i)), claims->arg);
	return code;
}

/*
 * A slot that no thread has had yet has no log, and nothing.  The order is
 * that in which blocks go while the slot's thread lives, so none is missed
 * that is on its way from one list to the next.
 */
int
tarn__heap_claims(struct tarn_arena *arena, uint64_t slot,
		  int (*visit)(enum tarn_heap_claim where, tarn_off block, void *arg), void *arg)
{
	const struct claims claims = { visit, arg };
	struct tarn_lane lane;
	int code;

	if (!tarn__at(arena, arena->fixed.logs_off + slot * TARN_LOG_SIZE, TARN_LOG_SIZE, 8))
		return slot < arena->fixed.slot_count ? 0 : TARN_CORRUPT;
	code = tarn__lane_view(&lane, arena, slot);
	if (code)
		return tarn__load(&lane.log->magic) ? code : 0;
	code = tell_list(&lane.allocs, tarn__commit_allocs(lane.commit), TARN_CLAIM_ALLOC, &claims);
	if (!code)
		code = tell_list(&lane.limbo, tarn__commit_limbo(lane.commit), TARN_CLAIM_LIMBO,
				 &claims);
	tarn__fence_acquire();
	for (unsigned set = 0; !code && set < TARN_SETS; set++) {
		for (unsigned class = 0; !code && class < TARN_CLASSES; class++)
			code = tell_magazine(&lane, set, class, &claims);
	}
	return code;
}

/* ---- the floor --------------------------------------------------------------------------------- */

/* All zero is an empty heap. */
static int
format(struct tarn_arena *arena)
{
	tarn__store(&tarn__heap_words(arena)->frontier, 0);
	return 0;
}

/* Under no lock: hints for people. */
static void
fill_stat(struct tarn_arena *arena, struct tarn_arena_stat *stat)
{
	uint64_t frontier = tarn__min(tarn__load(&tarn__heap_words(arena)->frontier),
				      tarn__data_chunks(arena));
	uint64_t free = 0;

	for (uint64_t w = 0; w < tarn__div_up(frontier, 64); w++)
		free += tarn__popcount(tarn__load(&tarn__run_map(arena)[w]));
	stat->heap_bytes = frontier << TARN_CHUNK_SHIFT;
	stat->heap_free_bytes = free << TARN_CHUNK_SHIFT;
}

const struct tarn_arena_upper tarn__heap_upper = {
	.layout = sizeof(struct tarn_desc_shm) + sizeof(struct tarn_heap_shm) +
		  TARN_SET_CLAIMS * UINT64_C(65536),
	.format = format,
	.stat = fill_stat,
};
