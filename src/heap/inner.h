// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * inner.h -- what the heap's own files share
 *
 * What a lane keeps in private memory, the way to descriptors and blocks,
 * the magazines in a slot's log, and what each file does for the others.
 * Whatever comes from the arena is checked here, or by who asks.
 */
#ifndef TARN_HEAP_INNER_H
#define TARN_HEAP_INNER_H

#include "heap/heap.h"

/* ---- what a lane keeps in private memory ------------------------------------------------------- */

#define TARN_TAG_BITS 12

/*
 * tags: blocks that came into a magazine or are to be freed, each in the
 * place that its hash names.  A block found there may be there still, and
 * so freed twice; that is then looked into.
 */
struct tarn_heap_lane {
	char *descs; /* of the arena */
	tarn_off data_off;
	uint64_t entered; /* chunks that were seen to have descriptors */
	struct tarn_magazine {
		uint64_t *count;   /* in the log */
		uint64_t *entries; /* in the log */
		uint64_t capacity;
		uint64_t reach; /* blocks before this distance from data_off are wholly given */
	} magazines[TARN_CLASSES]; /* of region 0 */
	uint32_t tags[1u << TARN_TAG_BITS];
};

static inline uint32_t *
tarn__tag(struct tarn_heap_lane *heap, tarn_off block)
{
	return &heap->tags[(uint32_t)(block >> 4) * UINT32_C(0x9e3779b1) >> (32 - TARN_TAG_BITS)];
}

static inline bool
tarn__tagged(struct tarn_heap_lane *heap, tarn_off block)
{
	return *tarn__tag(heap, block) == (uint32_t)(block >> 4);
}

static inline void
tarn__tag_set(struct tarn_heap_lane *heap, tarn_off block)
{
	*tarn__tag(heap, block) = (uint32_t)(block >> 4);
}

static inline void
tarn__tag_clear(struct tarn_heap_lane *heap, tarn_off block)
{
	uint32_t *tag = tarn__tag(heap, block);

	*tag = *tag == (uint32_t)(block >> 4) ? 0 : *tag;
}

/* ---- the arena's part -------------------------------------------------------------------------- */

static inline struct tarn_heap_shm *
tarn__heap_words(const struct tarn_arena *arena)
{
	return (struct tarn_heap_shm *)(arena->base + TARN_HEAP_WORDS_OFF);
}

static inline uint64_t *
tarn__run_map(const struct tarn_arena *arena)
{
	return (uint64_t *)(arena->base + arena->fixed.runs_off);
}

static inline uint64_t
tarn__data_chunks(const struct tarn_arena *arena)
{
	return arena->fixed.max_size >> TARN_CHUNK_SHIFT;
}

static inline tarn_off
tarn__chunk_off(const struct tarn_arena *arena, uint64_t chunk)
{
	return arena->fixed.data_off + (chunk << TARN_CHUNK_SHIFT);
}

static inline struct tarn_desc_shm *
tarn__desc_place(const struct tarn_arena *arena, uint64_t chunk)
{
	return (struct tarn_desc_shm *)(arena->base + arena->fixed.descs_off +
					chunk * TARN_DESC_SIZE);
}

/* A data chunk's descriptor; NULL if the chunk was not entered or has no memory. */
struct tarn_desc_shm *tarn__desc(struct tarn_arena *arena, uint64_t chunk);

static inline uint64_t
tarn__span_kind(unsigned class, tarn_off region)
{
	return (region ? TARN_DESC_OWNED : TARN_DESC_SPAN) | (uint64_t)class << 8;
}

static inline bool
tarn__is_span(uint64_t kind)
{
	uint64_t low = kind & 0xff;

	return (low == TARN_DESC_SPAN || low == TARN_DESC_OWNED) && kind >> 8 < TARN_CLASSES;
}

/* A block of a span. */
struct tarn_block {
	struct tarn_desc_shm *desc;
	uint64_t chunk;
	unsigned class;
	unsigned index; /* in the span */
};

/*
 * Which block of its span begins there; false: none does.  The product's
 * upper half is the quotient, its lower half less than inverse if nothing
 * is left over (Lemire, Kaser and Kurz, "Faster remainder by direct
 * computation", 2019).
 */
static inline bool
tarn__block_index(const struct tarn_size_class *size, tarn_off in_data, unsigned *index)
{
	uint64_t product = (in_data & (TARN_CHUNK - 1)) * size->inverse;

	*index = (unsigned)(product >> 32);
	return likely((uint32_t)product < size->inverse && *index < size->blocks);
}

/* The block that begins at any offset, if one does. */
bool tarn__block_find(struct tarn_arena *arena, tarn_off off, struct tarn_block *block);

static inline bool
tarn__block_free_in_span(const struct tarn_block *block)
{
	return tarn__load(&block->desc->free[block->index >> 6]) >> (block->index & 63) & 1;
}

/* ---- magazines --------------------------------------------------------------------------------- */

/* One class of one region, with a slot's magazine for it. */
struct tarn_pool {
	const struct tarn_size_class *size;
	struct tarn_class_shm *list;
	tarn_off region;
	uint64_t *count; /* of the magazine */
	uint64_t *entries;
	unsigned class;
};

static inline uint64_t *
tarn__claim_count(const struct tarn_lane *lane, unsigned set, unsigned class)
{
	return (uint64_t *)((char *)lane->log + TARN_LOG_CLAIM_COUNTS) + set * TARN_CLASS_STRIDE +
	       class;
}

static inline uint64_t *
tarn__claim_entries(const struct tarn_lane *lane, unsigned set, unsigned class)
{
	return (uint64_t *)((char *)lane->log + TARN_LOG_CLAIMS) + set * TARN_SET_CLAIMS +
	       tarn__size_classes[class].first;
}

/* A region's classes; NULL: it cannot be one. */
struct tarn_table_shm *tarn__table_of(struct tarn_arena *arena, tarn_off region);

/* Set 0 or 1 of the slot; false: set 1 belongs to no region, or to none that can be. */
bool tarn__pool_of_set(const struct tarn_lane *lane, unsigned set, unsigned class,
		       struct tarn_pool *pool);

/* ---- nested actions ---------------------------------------------------------------------------- */

enum tarn_patience { TARN_TRY, TARN_WAIT };

/*
 * Take a lock for the nested action under way.  TARN_BUSY: only tried;
 * TARN_TIMEOUT, TARN_CORRUPT, ...  tarn__nested_commit() lets go of it.
 */
int tarn__heap_lock(struct tarn_lane *lane, uint64_t *node, enum tarn_patience patience);

/* End the action: commit what it has changed, let go of its locks; code, if that is not 0. */
int tarn__heap_done(struct tarn_lane *lane, int code);

/* span.c: at least one block into the empty magazine. */
int tarn__refill(struct tarn_lane *lane, const struct tarn_pool *pool);

/*
 * span.c: up to `most` blocks from the top of the magazine, or of the limbo
 * as long as they are of this class and region, back to their spans.
 */
enum tarn_source { TARN_FROM_MAGAZINE, TARN_FROM_LIMBO };
int tarn__give_back(struct tarn_lane *lane, const struct tarn_pool *pool, enum tarn_source source,
		    uint64_t most, enum tarn_patience patience);

/* span.c: let go of spans that nobody uses; whether there was one.  Only tries. */
bool tarn__drop_free_spans(struct tarn_lane *lane, const struct tarn_pool *pool);

/* span.c, under the list's lock: the spans of a class, or the runs of a region. */
void tarn__list_link(struct tarn_lane *lane, uint64_t *head, uint64_t number,
		     struct tarn_desc_shm *desc);
void tarn__list_unlink(struct tarn_lane *lane, uint64_t *head, struct tarn_desc_shm *desc);

/* span.c, under the class's lock and that of the runs: a span is a free chunk from now on. */
void tarn__span_drop(struct tarn_lane *lane, const struct tarn_pool *pool, uint64_t number);

/* The chunk with this number in a list; NULL: 0, or none that can be. */
static inline struct tarn_desc_shm *
tarn__numbered(struct tarn_arena *arena, uint64_t number)
{
	return number ? tarn__desc(arena, number - 1) : NULL;
}

/* runs.c, under the runs lock: n free chunks; TARN_FULL, none below the frontier, TARN_CORRUPT. */
int tarn__runs_find(struct tarn_arena *arena, uint64_t n, uint64_t *first);

/* runs.c: make room beyond a frontier that was found too small for n chunks in a row. */
int tarn__runs_grow(struct tarn_lane *lane, uint64_t n, uint64_t frontier);

/* runs.c: whole chunks.  With listed, the run goes into the allocs in the same action. */
int tarn__run_alloc(struct tarn_lane *lane, tarn_off region, uint64_t size, bool listed,
		    tarn_off *run);
/* The run's bytes; 0: none begins there. */
uint64_t tarn__run_size(struct tarn_arena *arena, tarn_off run);
/* With TARN_FROM_LIMBO it is the limbo's top, and leaves it in the same action. */
int tarn__run_free(struct tarn_lane *lane, tarn_off run, enum tarn_source source,
		   enum tarn_patience patience);
/* The same, if it is that region's; TARN_INVALID if not. */
int tarn__run_free_of(struct tarn_lane *lane, tarn_off region, tarn_off run,
		      enum tarn_source source, enum tarn_patience patience);
/* In place; TARN_FULL: what follows is not free. */
int tarn__run_resize(struct tarn_lane *lane, tarn_off run, uint64_t size);

/*
 * claim.c: the arena is full: give back what this slot has ready and what
 * classes keep; whether it may be worth another try.
 */
bool tarn__reclaim(struct tarn_lane *lane);

/* claim.c: move what is in the limbo on; only tries.  Between operations. */
void tarn__tidy(struct tarn_lane *lane);

/* claim.c: make set 1 this region's, once what it holds of another has gone back. */
int tarn__adopt_region(struct tarn_lane *lane, tarn_off region);

/* claim.c: the flush of a magazine that is full. */
int tarn__flush(struct tarn_lane *lane, const struct tarn_pool *pool, enum tarn_patience patience);

extern const struct tarn_lane_heap tarn__heap_for_lanes;

#endif
