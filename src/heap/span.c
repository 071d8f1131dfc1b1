// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * span.c -- chunks divided into blocks of one class, and the lists of them
 *
 * Picture
 *
 *	class   partial --> span --> span --> 0      some blocks are free
 *	        full -----> span --> 0               none is
 *
 *	span    count  free[]  1101 0010 ...         1: the block is free here
 *
 * Blocks go from spans to magazines and back in batches, each a nested
 * action under the class's lock: one record for a word of the bitmap, one
 * for the count, and six where the span changes lists.  An action stops
 * where its records end; there is always another.
 *
 * Nothing is stored before it is known that the action can be finished:
 * spans, blocks and neighbours are checked first.  Where several spans are
 * changed, each is whole when it is done.
 *
 * Lists are kept roughly by address, so that the lower spans stay full and
 * the higher ones become free.
 *
 * Who may write what: who holds the class's lock; for a chunk that becomes
 * a span, or one no more, also the runs lock.
 *
 * If a process dies: the action is undone, or was committed.
 */
#include "heap/inner.h"

#include <string.h>

#define RECORDS_LIST 6u	   /* that one change of list may take */
#define RECORDS_SPAN 8u	   /* that a span may take, but for its bitmap: list, count, and being freed */
#define BATCH_MOST 64u
#define SPANS_MOST 8u

/* ---- lists ------------------------------------------------------------------------------------- */

static bool
is_span_of(const struct tarn_desc_shm *desc, const struct tarn_pool *pool)
{
	return tarn__load(&desc->kind) == tarn__span_kind(pool->class, pool->region) &&
	       tarn__load(&desc->region) == pool->region &&
	       tarn__load(&desc->count) <= pool->size->blocks;
}

static uint64_t *
list_of(const struct tarn_pool *pool, uint64_t count)
{
	return count ? &pool->list->partial : &pool->list->full;
}

/* Whether the span stands in its list as its neighbours say. */
static bool
stands_right(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t number,
	     const struct tarn_desc_shm *desc)
{
	uint64_t next = tarn__load(&desc->next), prev = tarn__load(&desc->prev);
	const struct tarn_desc_shm *after = tarn__numbered(lane->arena, next);
	const struct tarn_desc_shm *before = tarn__numbered(lane->arena, prev);

	if (next && (!after || !is_span_of(after, pool) || tarn__load(&after->prev) != number))
		return false;
	if (prev)
		return before && is_span_of(before, pool) && tarn__load(&before->next) == number;
	return tarn__load(list_of(pool, tarn__load(&desc->count))) == number;
}

void
tarn__list_unlink(struct tarn_lane *lane, uint64_t *head, struct tarn_desc_shm *desc)
{
	uint64_t next = tarn__load(&desc->next), prev = tarn__load(&desc->prev);
	struct tarn_desc_shm *after = tarn__numbered(lane->arena, next);
	struct tarn_desc_shm *before = tarn__numbered(lane->arena, prev);

	if (after)
		tarn__nested_set(lane, &after->prev, prev);
	tarn__nested_set(lane, before ? &before->next : head, next);
}

/* First, or second after one that lies lower. */
void
tarn__list_link(struct tarn_lane *lane, uint64_t *head, uint64_t number,
		struct tarn_desc_shm *desc)
{
	uint64_t next = tarn__load(head), prev = 0;
	struct tarn_desc_shm *before = tarn__numbered(lane->arena, next), *after = before;

	if (before && next < number) {
		prev = next;
		next = tarn__load(&before->next);
		after = tarn__numbered(lane->arena, next);
	}
	tarn__nested_set(lane, &desc->next, next);
	tarn__nested_set(lane, &desc->prev, prev);
	tarn__nested_set(lane, prev ? &before->next : head, number);
	if (after)
		tarn__nested_set(lane, &after->prev, number);
}

static uint64_t
records_left(const struct tarn_lane *lane)
{
	return TARN_NESTED_WORDS_MAX - lane->nested;
}

/* ---- a new span -------------------------------------------------------------------------------- */

/* Bits of word w of the bitmap of a span that has so many blocks. */
static uint64_t
whole_word(const struct tarn_size_class *size, unsigned w)
{
	unsigned before = w * 64;

	return before >= size->blocks ? 0 : tarn__low_bits(size->blocks - before);
}

static void
make_free_span(const struct tarn_pool *pool, struct tarn_desc_shm *desc)
{
	tarn__store(&desc->count, pool->size->blocks);
	tarn__store(&desc->region, pool->region);
	tarn__store(&desc->next, 0);
	tarn__store(&desc->prev, 0);
	for (unsigned w = 0; w < TARN_BITMAP_WORDS; w++)
		tarn__store(&desc->free[w], whole_word(pool->size, w));
}

/*
 * The class has none with a free block: make one, under the runs lock too.
 * Until its kind is stored the descriptor means nothing and needs no undo.
 * Node words must begin as words that nobody owns, whatever was there.
 */
static int
new_span(struct tarn_lane *lane, const struct tarn_pool *pool)
{
	struct tarn_heap_shm *words = tarn__heap_words(lane->arena);
	struct tarn_desc_shm *desc;
	uint64_t chunk;
	void *memory;
	int code = tarn__heap_lock(lane, &words->runs, TARN_WAIT);

	if (!code)
		code = tarn__runs_find(lane->arena, 1, &chunk);
	if (code)
		return code;
	memory = tarn__at(lane->arena, tarn__chunk_off(lane->arena, chunk), TARN_CHUNK, TARN_CHUNK);
	if (!memory)
		return TARN_CORRUPT;
	if (pool->size->nodes)
		memset(memory, 0, TARN_CHUNK);
	desc = tarn__desc_place(lane->arena, chunk);
	make_free_span(pool, desc);
	tarn__nested_bits(lane, tarn__run_map(lane->arena), chunk, 1, false);
	tarn__nested_set(lane, &desc->kind, tarn__span_kind(pool->class, pool->region));
	tarn__nested_set(lane, &pool->list->partial, chunk + 1);
	tarn__store(&words->hint, chunk + 1);
	return 0;
}

/* ---- refill ------------------------------------------------------------------------------------ */

struct batch {
	tarn_off blocks[BATCH_MOST];
	uint64_t count;
};

/* The lowest free blocks of one word, no more than are wanted. */
static void
take_word(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t chunk, unsigned w,
	  uint64_t wanted, struct batch *batch)
{
	uint64_t *word = &tarn__desc_place(lane->arena, chunk)->free[w];
	uint64_t bits = tarn__load(word), left = bits & whole_word(pool->size, w);
	tarn_off span = tarn__chunk_off(lane->arena, chunk);

	if (!left)
		return;
	for (; left && wanted; wanted--, left &= left - 1) {
		uint64_t bit = tarn__ctz(left);

		batch->blocks[batch->count++] = span + (w * 64 + bit) * pool->size->size;
		bits &= ~(UINT64_C(1) << bit);
	}
	tarn__nested_set(lane, word, bits);
}

/* From the first span with a free block.  TARN_BUSY: no records are left. */
static int
take_from_span(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t wanted,
	       struct batch *batch)
{
	uint64_t number = tarn__load(&pool->list->partial), had, left, before = batch->count;
	struct tarn_desc_shm *desc = tarn__numbered(lane->arena, number);

	if (!desc || !is_span_of(desc, pool) || !stands_right(lane, pool, number, desc))
		return TARN_CORRUPT;
	if (records_left(lane) <= RECORDS_SPAN + 2)
		return TARN_BUSY;
	had = tarn__load(&desc->count);
	wanted = tarn__min(wanted, records_left(lane) - RECORDS_SPAN - 2);
	wanted = tarn__min(wanted, had);
	for (unsigned w = 0; batch->count - before < wanted && w < TARN_BITMAP_WORDS; w++)
		take_word(lane, pool, number - 1, w, wanted - (batch->count - before), batch);
	if (batch->count == before)
		return TARN_CORRUPT;
	left = had - (batch->count - before);
	tarn__nested_set(lane, &desc->count, left);
	if (!left) {
		tarn__list_unlink(lane, &pool->list->partial, desc);
		tarn__list_link(lane, &pool->list->full, number, desc);
	}
	return 0;
}

/* The lowest on top.  Beyond the count entries mean nothing. */
static void
load_magazine(struct tarn_lane *lane, const struct tarn_pool *pool, const struct batch *batch)
{
	for (uint64_t i = 0; i < batch->count; i++) {
		tarn_off block = batch->blocks[batch->count - 1 - i];

		tarn__store(&pool->entries[i], block);
		if (lane->heap)
			tarn__tag_set(lane->heap, block);
	}
	tarn__nested_set(lane, pool->count, batch->count);
}

/* Half a magazine, or what one action can take, or what there is.  TARN_FULL: nothing is. */
static int
refill_once(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t *frontier)
{
	struct batch batch = { .count = 0 };
	uint64_t wanted = tarn__max(1, pool->size->capacity / 2);
	int code = tarn__heap_lock(lane, &pool->list->node, TARN_WAIT);

	while (!code && batch.count < wanted) {
		if (tarn__load(&pool->list->partial))
			code = take_from_span(lane, pool, wanted - batch.count, &batch);
		else if (batch.count)
			break;
		else
			code = new_span(lane, pool);
	}
	*frontier = tarn__load(&tarn__heap_words(lane->arena)->frontier);
	if (batch.count) {
		load_magazine(lane, pool, &batch);
		code = 0;
	}
	return tarn__heap_done(lane, code);
}

int
tarn__refill(struct tarn_lane *lane, const struct tarn_pool *pool)
{
	uint64_t frontier;
	int code;

	while ((code = refill_once(lane, pool, &frontier)) == TARN_FULL) {
		code = tarn__runs_grow(lane, 1, frontier);
		if (code)
			break;
	}
	return code;
}

/* ---- giving back ------------------------------------------------------------------------------- */

/* Blocks on their way back, by span and by word of its bitmap. */
struct giving {
	struct {
		struct tarn_desc_shm *desc;
		uint64_t chunk, blocks;
	} spans[SPANS_MOST];
	struct {
		uint64_t *word;
		uint64_t bits; /* as they will be */
	} words[BATCH_MOST];
	unsigned span_count, word_count;
	uint64_t blocks;
};

/* The place of the chunk; span_count if it is a new one. */
static unsigned
span_place(const struct giving *giving, uint64_t chunk)
{
	unsigned i = giving->span_count;

	while (i > 0 && giving->spans[i - 1].chunk != chunk)
		i--;
	return i ? i - 1 : giving->span_count;
}

static unsigned
word_place(const struct giving *giving, const uint64_t *word)
{
	unsigned i = giving->word_count;

	while (i > 0 && giving->words[i - 1].word != word)
		i--;
	return i ? i - 1 : giving->word_count;
}

/* The block's span, if it is known yet or can be a new one.  TARN_BUSY: not in this action. */
static int
plan_span(struct tarn_lane *lane, const struct tarn_pool *pool, tarn_off off,
	  struct giving *giving, unsigned *place)
{
	uint64_t chunk = (off - lane->arena->fixed.data_off) >> TARN_CHUNK_SHIFT;
	struct tarn_desc_shm *desc;

	*place = span_place(giving, chunk);
	if (giving->span_count * RECORDS_SPAN + giving->word_count + RECORDS_SPAN + 2 >
	    TARN_NESTED_WORDS_MAX)
		return TARN_BUSY;
	if (*place < giving->span_count)
		return 0;
	if (giving->span_count == SPANS_MOST)
		return TARN_BUSY;
	desc = tarn__desc(lane->arena, chunk);
	if (!desc || !is_span_of(desc, pool) || tarn__load(&desc->count) == pool->size->blocks ||
	    !stands_right(lane, pool, chunk + 1, desc))
		return TARN_CORRUPT;
	giving->spans[*place].desc = desc;
	giving->spans[*place].chunk = chunk;
	giving->spans[*place].blocks = 0;
	giving->span_count++;
	return 0;
}

/* One block more.  TARN_BUSY: not in this action; TARN_CORRUPT: it is free, or twice there. */
static int
plan_block(struct tarn_lane *lane, const struct tarn_pool *pool, tarn_off off,
	   struct giving *giving)
{
	uint64_t *word, bit;
	unsigned span, place, index;
	int code;

	if (!tarn__block_index(pool->size, off - lane->arena->fixed.data_off, &index))
		return TARN_CORRUPT;
	code = plan_span(lane, pool, off, giving, &span);
	if (code)
		return code;
	word = &giving->spans[span].desc->free[index >> 6];
	bit = UINT64_C(1) << (index & 63);
	place = word_place(giving, word);
	if (place == giving->word_count) {
		giving->words[place].word = word;
		giving->words[place].bits = tarn__load(word);
		giving->word_count++;
	}
	if (giving->words[place].bits & bit)
		return TARN_CORRUPT;
	giving->words[place].bits |= bit;
	giving->spans[span].blocks++;
	giving->blocks++;
	return 0;
}

/* The block that lies so deep in the magazine or the limbo; 0: there is none. */
static tarn_off
block_at(struct tarn_lane *lane, const struct tarn_pool *pool, enum tarn_source source,
	 uint64_t depth)
{
	uint64_t count = source == TARN_FROM_LIMBO ? tarn__commit_limbo(lane->commit) :
						     tarn__load(pool->count);

	if (depth >= count)
		return 0;
	if (source == TARN_FROM_LIMBO)
		return tarn__load(tarn__list_at(&lane->limbo, count - 1 - depth));
	return tarn__load(&pool->entries[count - 1 - depth]);
}

/* As many blocks as one action can give back.  TARN_CORRUPT only if there is none. */
static int
plan(struct tarn_lane *lane, const struct tarn_pool *pool, enum tarn_source source, uint64_t most,
     struct giving *giving)
{
	tarn_off off;

	giving->span_count = giving->word_count = 0;
	giving->blocks = 0;
	while (giving->blocks < most && (off = block_at(lane, pool, source, giving->blocks))) {
		if (plan_block(lane, pool, off, giving))
			break;
	}
	return giving->blocks ? 0 : TARN_CORRUPT;
}

static bool
would_be_free(const struct giving *giving, const struct tarn_pool *pool, unsigned i)
{
	return !pool->size->nodes &&
	       tarn__load(&giving->spans[i].desc->count) + giving->spans[i].blocks ==
		       pool->size->blocks;
}

/* Only tried: a span that stays is there for the next refill. */
static bool
lock_runs(struct tarn_lane *lane, const struct giving *giving, const struct tarn_pool *pool)
{
	for (unsigned i = 0; i < giving->span_count; i++) {
		if (would_be_free(giving, pool, i))
			return tarn__heap_lock(lane, &tarn__heap_words(lane->arena)->runs,
					       TARN_TRY) == 0;
	}
	return false;
}

/* Whether another span of the class has room. */
static bool
has_company(const struct tarn_pool *pool, const struct tarn_desc_shm *desc, uint64_t had)
{
	if (!had)
		return tarn__load(&pool->list->partial) != 0;
	return tarn__load(&desc->next) || tarn__load(&desc->prev);
}

/* A span that is in no list any more becomes a free chunk. */
static void
drop_span(struct tarn_lane *lane, uint64_t chunk, struct tarn_desc_shm *desc)
{
	uint64_t *hint = &tarn__heap_words(lane->arena)->hint;

	tarn__nested_set(lane, &desc->kind, TARN_DESC_FREE);
	tarn__nested_bits(lane, tarn__run_map(lane->arena), chunk, 1, true);
	if (chunk < tarn__load(hint))
		tarn__store(hint, chunk);
}

/* A span that is wholly free goes, if it may and there is another with room. */
static void
give_to_span(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t chunk, uint64_t blocks,
	     bool droppable)
{
	struct tarn_desc_shm *desc = tarn__desc_place(lane->arena, chunk);
	uint64_t had = tarn__load(&desc->count);
	bool drop = droppable && had + blocks == pool->size->blocks && has_company(pool, desc, had);

	if (drop || !had)
		tarn__list_unlink(lane, list_of(pool, had), desc);
	if (drop) {
		drop_span(lane, chunk, desc);
		return;
	}
	tarn__nested_set(lane, &desc->count, had + blocks);
	if (!had)
		tarn__list_link(lane, &pool->list->partial, chunk + 1, desc);
}

static void
carry_out(struct tarn_lane *lane, const struct tarn_pool *pool, const struct giving *giving,
	  bool droppable)
{
	for (unsigned i = 0; i < giving->word_count; i++)
		tarn__nested_set(lane, giving->words[i].word, giving->words[i].bits);
	for (unsigned i = 0; i < giving->span_count; i++)
		give_to_span(lane, pool, giving->spans[i].chunk, giving->spans[i].blocks,
			     droppable && !pool->size->nodes);
}

/* They are no longer the slot's. */
static void
leave_slot(struct tarn_lane *lane, const struct tarn_pool *pool, enum tarn_source source,
	   uint64_t blocks)
{
	for (uint64_t i = 0; i < blocks && lane->heap; i++)
		tarn__tag_clear(lane->heap, block_at(lane, pool, source, i));
	if (source == TARN_FROM_LIMBO)
		tarn__nested_commit_word(lane, lane->commit - blocks * TARN_COMMIT_LIMBO);
	else
		tarn__nested_set(lane, pool->count, tarn__load(pool->count) - blocks);
}

int
tarn__give_back(struct tarn_lane *lane, const struct tarn_pool *pool, enum tarn_source source,
		uint64_t most, enum tarn_patience patience)
{
	struct giving giving;
	int code;

	if (tarn__load(pool->count) > pool->size->capacity)
		return TARN_CORRUPT;
	code = tarn__heap_lock(lane, &pool->list->node, patience);
	if (!code)
		code = plan(lane, pool, source, tarn__min(most, BATCH_MOST), &giving);
	if (!code) {
		carry_out(lane, pool, &giving, lock_runs(lane, &giving, pool));
		leave_slot(lane, pool, source, giving.blocks);
	}
	return tarn__heap_done(lane, code);
}

/* ---- when memory is short ---------------------------------------------------------------------- */

#define LOOKS 256u /* spans of a list that are looked at */

/* A span of the list in which all blocks are free, from a number on; 0: none is. */
static uint64_t
find_wholly_free(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t number)
{
	const struct tarn_desc_shm *desc;

	for (unsigned i = 0; number && i < LOOKS; i++, number = tarn__load(&desc->next)) {
		desc = tarn__numbered(lane->arena, number);
		if (!desc || !is_span_of(desc, pool) || !stands_right(lane, pool, number, desc))
			return 0;
		if (tarn__load(&desc->count) == pool->size->blocks)
			return number;
	}
	return 0;
}

/* The spans that the class has kept, though nobody uses them. */
bool
tarn__drop_free_spans(struct tarn_lane *lane, const struct tarn_pool *pool)
{
	uint64_t number, next;
	bool dropped = false;

	if (pool->size->nodes || tarn__heap_lock(lane, &pool->list->node, TARN_TRY))
		return false;
	number = find_wholly_free(lane, pool, tarn__load(&pool->list->partial));
	if (number && tarn__heap_lock(lane, &tarn__heap_words(lane->arena)->runs, TARN_TRY))
		number = 0;
	for (; number && records_left(lane) > RECORDS_SPAN; number = next) {
		struct tarn_desc_shm *desc = tarn__desc_place(lane->arena, number - 1);

		next = find_wholly_free(lane, pool, tarn__load(&desc->next));
		tarn__list_unlink(lane, &pool->list->partial, desc);
		drop_span(lane, number - 1, desc);
		dropped = true;
	}
	return !tarn__heap_done(lane, 0) && dropped;
}

/* ---- the end of a region ----------------------------------------------------------------------- */

void
tarn__span_drop(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t number)
{
	struct tarn_desc_shm *desc = tarn__desc_place(lane->arena, number - 1);

	tarn__list_unlink(lane, list_of(pool, tarn__load(&desc->count)), desc);
	drop_span(lane, number - 1, desc);
}
