// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.h -- blocks for the floors above
 *
 * Blocks are taken and freed inside operations (txn/lane.h): what an
 * operation has taken comes back when it is undone, and what it has freed
 * goes when it commits.  The public calls, which work outside of operations,
 * are in <tarn/heap.h>.
 *
 * Outside of any lock a block belongs to one slot, so nearly all calls are a
 * few stores into the slot's own log.  The rest are nested actions:
 *
 *	class.c		size classes
 *	span.c		chunks divided into blocks; the lists of them
 *	runs.c		the run map, runs of whole chunks, growth
 *	claim.c		a slot's magazines: refill, flush, tidy, drain
 *	alloc.c		the calls inside operations, and the public ones
 *	region.c	spans and runs that have an owner
 *	walk.c		every chunk, span, run and claim, for who checks
 *
 * Nothing that stands in an arena is trusted: offsets, chunk numbers, counts
 * and bits are checked before they are used, and what cannot be is
 * TARN_CORRUPT.
 */
#ifndef TARN_HEAP_HEAP_H
#define TARN_HEAP_HEAP_H

#include "heap/class.h"
#include "txn/lane.h"

/* Blocks whose memory never becomes anything else.  Fresh ones are zero; reused ones are as left. */
enum tarn_heap_class {
	TARN_HEAP_SEGMENT = TARN_CLASS_SEGMENT, /* 9,216 bytes */
	TARN_HEAP_ROOT = TARN_CLASS_ROOT,	/* 512 */
	TARN_HEAP_TABLE = TARN_CLASS_TABLE,	/* 4,096 */
	TARN_HEAP_LEAF = TARN_CLASS_LEAF,	/* 256: of an ordered map */
	TARN_HEAP_INNER = TARN_CLASS_INNER,	/* 1,024 */
};

/* ---- inside an operation ----------------------------------------------------------------------- */

/*
 * A block of at least so many bytes, which may contain anything.  Reserves
 * its own room in the log.  TARN_FULL, TARN_TOO_BIG, TARN_TIMEOUT,
 * TARN_CORRUPT; nothing is taken then.
 */
int tarn__heap_alloc(struct tarn_lane *lane, uint64_t size, tarn_off *block);
int tarn__heap_alloc_node(struct tarn_lane *lane, enum tarn_heap_class which, tarn_off *block);

/* Away with it when the operation commits.  TARN_INVALID: no block begins there, or it is free. */
int tarn__heap_free(struct tarn_lane *lane, tarn_off block);

/*
 * Make a block longer where it lies, at once, whatever becomes of the
 * operation: then it has at least so many bytes.  TARN_FULL: it cannot, and
 * is as before.  Only runs can.
 */
int tarn__heap_extend(struct tarn_lane *lane, tarn_off block, uint64_t size);

/*
 * A region owns spans and runs, so that all of it can be found and freed
 * without its owner's help.  Created and used inside operations; its blocks
 * are freed as all others.  A slot has one region's blocks ready at a time:
 * changing between regions costs a flush.
 */
int tarn__region_create(struct tarn_lane *lane, tarn_off *region);
int tarn__region_alloc(struct tarn_lane *lane, tarn_off region, uint64_t size, tarn_off *block);

/*
 * The same, of at most TARN_BLOCK_MAX bytes, and free, by one store and no log:
 * at once, whatever becomes of the operation.  What is taken so and not stored
 * anywhere is the region's all the same.  TARN_NOT_FOUND: no such block begins
 * there, but a run may.
 */
int tarn__region_take(struct tarn_lane *lane, tarn_off region, uint64_t size, tarn_off *block);
int tarn__region_give(struct tarn_lane *lane, tarn_off region, tarn_off block);

/*
 * Free one span or run of a region, as a nested action, whatever is in it.
 * No operation may be under way that takes or frees blocks of the region;
 * none of this lane with anything logged, taken or freed, for it tidies
 * first.  TARN_NOT_FOUND: there is none left; the region's own block is then
 * freed by tarn__heap_free().  TARN_BUSY: all that is left has blocks that
 * living threads hold ready, or its lock is held.
 */
int tarn__region_free_some(struct tarn_lane *lane, tarn_off region);

/* Bytes of the block or run that begins there and is not free in its span; 0: none does. */
uint64_t tarn__heap_usable(struct tarn_arena *arena, tarn_off off);

/*
 * The region in one block or run of which, not free in its span, all of these
 * bytes lie; 0: in none, or region 0's.
 */
tarn_off tarn__heap_owner(struct tarn_arena *arena, tarn_off off, uint64_t size);

/* ---- for who checks ---------------------------------------------------------------------------- */

enum tarn_heap_kind { TARN_HEAP_FREE, TARN_HEAP_SPAN, TARN_HEAP_RUN, TARN_HEAP_BROKEN };

/* A free chunk, a span, or a run of chunks; or a chunk about which the heap contradicts itself. */
struct tarn_heap_item {
	enum tarn_heap_kind kind;
	tarn_off off;
	uint64_t chunks;
	tarn_off region;      /* of a span or run: 0, or its class table */
	unsigned class;	      /* of a span; then also */
	uint64_t block_size;
	uint64_t blocks;
	const uint64_t *free; /* the bitmap: 1, the block is free */
};

/*
 * Tell everything in [data_off, frontier), each byte once, and see that the
 * heap's own words agree with each other (H1, H2, H4).  Ends with what visit
 * returns if that is not 0.  TARN_CORRUPT, after all chunks that have memory.
 * True only while nobody else writes.
 */
int tarn__heap_walk(struct tarn_arena *arena,
		    int (*visit)(const struct tarn_heap_item *item, void *arg), void *arg);

/* Where in a slot's log a block is that nobody uses. */
enum tarn_heap_claim { TARN_CLAIM_MAGAZINE, TARN_CLAIM_LIMBO, TARN_CLAIM_ALLOC };

/* Tell every block that the slot's log holds. */
int tarn__heap_claims(struct tarn_arena *arena, uint64_t slot,
		      int (*visit)(enum tarn_heap_claim where, tarn_off block, void *arg),
		      void *arg);

/* Whether a region's lists have nothing but what is the region's; TARN_CORRUPT if not. */
int tarn__region_check(struct tarn_arena *arena, tarn_off region);

/* For the list of floors. */
extern const struct tarn_arena_upper tarn__heap_upper;

#endif
