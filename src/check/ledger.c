// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ledger.c -- every block of the heap, and the one place where it is
 *
 * Picture
 *
 *	chunks	 span | span | run (3) |   |   | free | broken
 *	          |      |      |                        |
 *	places	 iiFFi  iiiii   i                       iiii...
 *
 *	At first a place is FREE or IN_USE, as the heap's bits say.  Whoever
 *	leads to a block marks it: a magazine, the limbo, an object.  A block
 *	that is marked twice, or marked and free, is doubled; one that is in
 *	use and never marked is leaked.  But a block of a region is in the
 *	place of the region's class table: nobody else has to know it.
 *
 * In a chunk about which the heap contradicts itself every multiple of 16
 * counts as a block, so that nothing is followed twice there either.
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "check/walk.h"
#include "container/hashmap.h"
#include "container/map.h"

#include <stdlib.h>

#define GRAIN 16u

static const struct tarn_heap_shm *
heap_of(const struct tarn_walk *walk)
{
	return (const struct tarn_heap_shm *)(walk->checker.arena->base + TARN_HEAP_WORDS_OFF);
}

/* ---- the chunks -------------------------------------------------------------------------------- */

static int
take_chunk(const struct tarn_heap_item *item, void *arg)
{
	struct tarn_walk *walk = arg;
	uint64_t at = (item->off - walk->checker.arena->fixed.data_off) >> TARN_CHUNK_SHIFT;
	struct tarn_chunk_view *view = &walk->chunks[at];

	if (!tarn__range_ok(at, item->chunks, walk->chunk_count)) {
		walk->busy = true; /* it grows */
		return 1;
	}
	*view = (struct tarn_chunk_view){ .kind = (uint8_t)item->kind, .seen = true,
					  .run_chunks = item->chunks, .region = item->region };
	if (item->kind == TARN_HEAP_SPAN) {
		view->free = item->free;
		view->class = (uint8_t)item->class;
		view->blocks = (uint32_t)item->blocks;
		view->block_size = (uint32_t)item->block_size;
	} else if (item->kind == TARN_HEAP_RUN) {
		view->blocks = 1;
	} else if (item->kind == TARN_HEAP_BROKEN) {
		view->seen = false;
		tarn__walk_wrong(walk, item->off, "the heap contradicts itself about this chunk");
	}
	for (uint64_t i = 1; i < item->chunks; i++)
		walk->chunks[at + i].seen = true;
	return 0;
}

/* Where the places of each chunk begin; what was not told is as broken as what was told to be. */
static void
lay_places(struct tarn_walk *walk)
{
	for (uint64_t c = 0; c < walk->chunk_count; c++) {
		struct tarn_chunk_view *view = &walk->chunks[c];

		if (!view->seen) {
			view->kind = TARN_HEAP_BROKEN;
			view->blocks = TARN_CHUNK / GRAIN;
			view->block_size = GRAIN;
		}
		view->first = walk->place_count;
		walk->place_count += view->blocks;
	}
}

static void
fill_places(struct tarn_walk *walk)
{
	for (uint64_t c = 0; c < walk->chunk_count; c++) {
		const struct tarn_chunk_view *view = &walk->chunks[c];

		for (uint32_t i = 0; i < view->blocks; i++) {
			bool free = view->kind == TARN_HEAP_SPAN &&
				    tarn__load(&view->free[i / 64]) >> i % 64 & 1;

			walk->places[view->first + i] = free ? TARN_PLACE_FREE : TARN_PLACE_IN_USE;
		}
	}
}

static void
look_at_locks(struct tarn_walk *walk)
{
	const struct tarn_heap_shm *heap = heap_of(walk);

	tarn__walk_node(walk, &heap->runs, false);
	for (unsigned class = 0; class < TARN_CLASSES; class++)
		tarn__walk_node(walk, &heap->table.classes[class].node, false);
}

/*
 * What lies beyond its frontier the heap has not entered; it is no part of
 * the reckoning.  Nor is, whatever the frontier says, what the file has not.
 */
static uint64_t
entered(const struct tarn_walk *walk)
{
	const struct tarn_header_shm *fixed = &walk->checker.arena->fixed;
	uint64_t size = tarn__load(&walk->checker.arena->seen_size);
	uint64_t most = size > fixed->data_off ? (size - fixed->data_off) >> TARN_CHUNK_SHIFT : 0;

	return tarn__min(tarn__load(&heap_of(walk)->frontier),
			 tarn__min(most, fixed->max_size >> TARN_CHUNK_SHIFT));
}

int
tarn__ledger_begin(struct tarn_walk *walk)
{
	struct tarn_arena *arena = walk->checker.arena;
	uint64_t problems = walk->report.problems;
	int code;

	walk->chunk_count = entered(walk);
	tarn__walk_digest(walk, tarn__load(&heap_of(walk)->frontier));
	look_at_locks(walk);
	walk->chunks = calloc(walk->chunk_count + 1, sizeof(*walk->chunks));
	if (!walk->chunks)
		return TARN_SYSTEM;
	code = tarn__heap_walk(arena, take_chunk, walk);
	if (code < 0 && walk->report.problems == problems)
		tarn__walk_wrong(walk, TARN_HEAP_WORDS_OFF,
				 "frontier, run map or lists of spans contradict the chunks");
	lay_places(walk);
	walk->places = malloc(walk->place_count + 1);
	if (!walk->places)
		return TARN_SYSTEM;
	fill_places(walk);
	return 0;
}

/* ---- marks ------------------------------------------------------------------------------------- */

static const char *const place_names[] = {
	[TARN_PLACE_FREE] = "free in the heap",
	[TARN_PLACE_REACHED] = "part of an object",
	[TARN_PLACE_BURIED] = "part of a removed object",
	[TARN_PLACE_CLAIMED] = "held ready by a thread",
	[TARN_PLACE_LIMBO] = "freed by a thread",
	[TARN_PLACE_LOG] = "taken by an operation under way",
};

/* The chunk and the place of the block that begins there; NULL: none does. */
static uint8_t *
find(struct tarn_walk *walk, tarn_off off, const struct tarn_chunk_view **view, uint64_t *size)
{
	struct tarn_arena *arena = walk->checker.arena;
	uint64_t chunk = (off - arena->fixed.data_off) >> TARN_CHUNK_SHIFT;
	uint64_t within = off & (TARN_CHUNK - 1), index = 0;

	if (off < arena->fixed.data_off || chunk >= walk->chunk_count)
		return NULL;
	*view = &walk->chunks[chunk];
	if ((*view)->kind == TARN_HEAP_RUN) {
		*size = (*view)->run_chunks << TARN_CHUNK_SHIFT;
		return within ? NULL : &walk->places[(*view)->first];
	}
	if (!(*view)->blocks || within % (*view)->block_size)
		return NULL;
	index = within / (*view)->block_size;
	*size = (*view)->kind == TARN_HEAP_BROKEN ? UINT64_MAX : (*view)->block_size;
	return index < (*view)->blocks ? &walk->places[(*view)->first + index] : NULL;
}

static bool
class_fits(const struct tarn_chunk_view *view, unsigned class)
{
	if (view->kind == TARN_HEAP_BROKEN)
		return true;
	if (class == TARN_ANY_DATA)
		return view->kind == TARN_HEAP_RUN || view->class < TARN_CLASSES_DATA;
	return view->kind == TARN_HEAP_SPAN && view->class == class;
}

static void
mark_twice(struct tarn_walk *walk, tarn_off off, uint64_t size, uint8_t *is, enum tarn_place place)
{
	unsigned was = *is & ~(unsigned)TARN_PLACE_TWICE;

	if (was == (unsigned)place)
		tarn__walk_wrong(walk, off, "a block is %s, and so again", place_names[place]);
	else
		tarn__walk_wrong(walk, off, "a block is %s, and %s", place_names[was],
				 place_names[place]);
	if (*is & TARN_PLACE_TWICE)
		return;
	*is |= TARN_PLACE_TWICE;
	walk->report.doubled_blocks++;
	walk->report.doubled_bytes += size == UINT64_MAX ? GRAIN : size;
}

/* Whatever its size and class are. */
static bool
mark_any(struct tarn_walk *walk, tarn_off off, enum tarn_place place,
	 const struct tarn_chunk_view **view, uint64_t *size)
{
	uint8_t *is = find(walk, off, view, size);

	if (!is) {
		*view = NULL;
		tarn__walk_wrong(walk, off, "%s, and no block begins there", place_names[place]);
		return false;
	}
	if (*is == TARN_PLACE_IN_USE) {
		*is = (uint8_t)place;
		return true;
	}
	mark_twice(walk, off, *size, is, place);
	return false;
}

bool
tarn__ledger_mark(struct tarn_walk *walk, tarn_off off, uint64_t size, unsigned class,
		  enum tarn_place place)
{
	const struct tarn_chunk_view *view;
	uint64_t has;

	if (!mark_any(walk, off, place, &view, &has))
		return false;
	if (class_fits(view, class) && size <= has)
		return true;
	tarn__walk_wrong(walk, off, "%s of %lu bytes is asked for, and this block is not",
			 class == TARN_ANY_DATA ? "a block" : "a node", (unsigned long)size);
	return false;
}

/* ---- claims ------------------------------------------------------------------------------------ */

static int
take_claim(enum tarn_heap_claim where, tarn_off block, void *arg)
{
	static const enum tarn_place places[] = {
		[TARN_CLAIM_MAGAZINE] = TARN_PLACE_CLAIMED,
		[TARN_CLAIM_LIMBO] = TARN_PLACE_LIMBO,
		[TARN_CLAIM_ALLOC] = TARN_PLACE_LOG,
	};
	const struct tarn_chunk_view *view;
	struct tarn_walk *walk = arg;
	uint64_t size;

	tarn__walk_digest(walk, block);
	mark_any(walk, block, places[where], &view, &size);
	return 0;
}

/* Of a log that makes no sense nothing is known; that has been told. */
void
tarn__ledger_claims(struct tarn_walk *walk)
{
	struct tarn_arena *arena = walk->checker.arena;
	struct tarn_lane lane;

	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++) {
		if (tarn__heap_claims(arena, slot, take_claim, walk) &&
		    !tarn__lane_view(&lane, arena, slot))
			tarn__walk_wrong(walk, lane.log_off,
					 "the claims of slot %lu make no sense",
					 (unsigned long)slot);
	}
}

/* ---- what is left ------------------------------------------------------------------------------ */

/* The next region to begin here would find it. */
static void
look_at_idle_table(struct tarn_walk *walk, tarn_off off)
{
	const struct tarn_table_shm *table =
		tarn__at(walk->checker.arena, off, sizeof(*table), 64);
	uint64_t listed = table ? tarn__load(&table->runs.full) | tarn__load(&table->runs.partial) : 0;

	if (!table)
		return;
	tarn__walk_node(walk, &table->runs.node, false);
	for (unsigned class = 0; class < TARN_CLASSES; class++) {
		tarn__walk_node(walk, &table->classes[class].node, false);
		listed |= tarn__load(&table->classes[class].partial) |
			  tarn__load(&table->classes[class].full);
	}
	if (listed)
		tarn__walk_wrong(walk, off, "a class table that is nobody's lists something");
}

/* A node block that is nobody's: nothing may be left in it that its next owner would believe. */
static void
look_at_idle(struct tarn_walk *walk, unsigned class, tarn_off off)
{
	const struct tarn_entry_shm *entry;

	if (class == TARN_HEAP_SEGMENT)
		tarn__hashmap_check_idle(&walk->checker, off);
	if (class == TARN_HEAP_TABLE)
		look_at_idle_table(walk, off);
	if (class == TARN_HEAP_LEAF || class == TARN_HEAP_INNER)
		tarn__map_check_idle(&walk->checker, off);
	if (class != TARN_HEAP_ROOT)
		return;
	entry = tarn__entry_at(walk->checker.arena, off);
	if (!entry)
		return;
	tarn__walk_node(walk, &entry->root.node, false);
	tarn__walk_gate(walk, &entry->root.gate);
	if (tarn__load(&entry->root.word) & TARN_WORD_LIVE)
		tarn__walk_wrong(walk, off, "an object that has no name says that it lives");
}

/* Where what nobody has told of a chunk is: in a region's, where the region's class table is. */
static enum tarn_place
place_of_rest(struct tarn_walk *walk, const struct tarn_chunk_view *chunk)
{
	const struct tarn_chunk_view *view;
	const uint8_t *is;
	unsigned place;
	uint64_t size;

	is = chunk->region ? find(walk, chunk->region, &view, &size) : NULL;
	place = is && class_fits(view, TARN_HEAP_TABLE) ? *is & ~(unsigned)TARN_PLACE_TWICE : 0;
	return place == TARN_PLACE_REACHED || place == TARN_PLACE_BURIED ? (enum tarn_place)place :
									   TARN_PLACE_IN_USE;
}

static void
count_lost(struct tarn_walk *walk, const struct tarn_chunk_view *view, tarn_off off, uint64_t size,
	   bool foreign)
{
	struct tarn_check_report *report = &walk->report;

	if (foreign && class_fits(view, TARN_ANY_DATA)) {
		report->foreign_bytes += size;
		report->foreign_blocks++;
		return;
	}
	report->leaked_bytes += size;
	report->leaked_blocks++;
	tarn__walk_wrong(walk, off, "%lu bytes are in use, and nothing leads to them: leaked",
			 (unsigned long)size);
}

static void
count_block(struct tarn_walk *walk, const struct tarn_chunk_view *view, tarn_off off, uint64_t size,
	    enum tarn_place place, bool foreign)
{
	struct tarn_check_report *report = &walk->report;
	uint64_t *const sums[] = {
		[TARN_PLACE_FREE] = &report->free_bytes,
		[TARN_PLACE_REACHED] = &report->reachable_bytes,
		[TARN_PLACE_BURIED] = &report->graveyard_bytes,
		[TARN_PLACE_CLAIMED] = &report->claimed_bytes,
		[TARN_PLACE_LIMBO] = &report->limbo_bytes,
		[TARN_PLACE_LOG] = &report->log_bytes,
	};

	if (place == TARN_PLACE_IN_USE)
		count_lost(walk, view, off, size, foreign);
	else
		*sums[place] += size;
	if (place == TARN_PLACE_FREE || place == TARN_PLACE_CLAIMED || place == TARN_PLACE_LIMBO)
		look_at_idle(walk, view->kind == TARN_HEAP_SPAN ? view->class : 0, off);
}

static void
count_chunk(struct tarn_walk *walk, uint64_t c, bool foreign)
{
	const struct tarn_chunk_view *view = &walk->chunks[c];
	struct tarn_check_report *report = &walk->report;
	tarn_off off = walk->checker.arena->fixed.data_off + (c << TARN_CHUNK_SHIFT);
	uint64_t size = view->kind == TARN_HEAP_RUN ? view->run_chunks << TARN_CHUNK_SHIFT
						    : view->block_size;
	enum tarn_place rest;

	if (view->kind == TARN_HEAP_BROKEN) {
		report->unknown_bytes += TARN_CHUNK;
		return;
	}
	rest = place_of_rest(walk, view);
	if (view->kind == TARN_HEAP_FREE)
		report->free_bytes += view->run_chunks << TARN_CHUNK_SHIFT; /* none in a run */
	for (uint32_t i = 0; i < view->blocks; i++) {
		unsigned place = walk->places[view->first + i] & ~(unsigned)TARN_PLACE_TWICE;

		count_block(walk, view, off + i * size, size,
			    place == TARN_PLACE_IN_USE ? rest : (enum tarn_place)place, foreign);
	}
	if (view->kind == TARN_HEAP_SPAN)
		report->spare_bytes += TARN_CHUNK - view->blocks * size;
}

void
tarn__ledger_end(struct tarn_walk *walk, bool foreign)
{
	for (uint64_t c = 0; c < walk->chunk_count; c++)
		count_chunk(walk, c, foreign);
	walk->report.data_bytes = walk->chunk_count << TARN_CHUNK_SHIFT;
}
