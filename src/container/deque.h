// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.h -- looking at a deque, and holding one, for all files of it
 *
 *	deque.c		calls: the ends, and all others that change
 *	deque_read.c	calls that only read
 *	deque_change.c	a part replaced by another; blocks, and larger rings
 *	deque_check.c	create, dismantle; is a deque whole?
 *
 *	stack.c, queue.c	deques of which fewer calls are to be had
 *
 * A look is what was found from the root: the ring, and what it says.  Who
 * holds the root's node looks once; a reader looks, copies, and sees then
 * whether the node is as it was.
 */
#ifndef TARN_CONTAINER_DEQUE_H
#define TARN_CONTAINER_DEQUE_H

#include "base/arith.h"
#include "container/deque_layout.h"
#include "container/root.h"
#include "container/vector.h"

#include <tarn/deque.h>

struct tarn_deque_look {
	tarn_off off;
	struct tarn_ring_shm *ring;
	uint64_t head, tail, slots;
	unsigned shift;
};

/* A call that writes, with the node locked. */
struct tarn_deque_writer {
	struct tarn_object *deque;
	struct tarn_lane *lane;
	struct tarn_deque_look look;
};

/* A handle is a struct tarn_object and nothing more. */
static inline struct tarn_object *
tarn__deque_object(struct tarn_deque *deque)
{
	return (struct tarn_object *)deque;
}

/* Number of the first block that begins at or behind a place. */
static inline uint64_t
tarn__ring_end(uint64_t place, unsigned shift)
{
	return (place + (UINT64_C(1) << shift) - 1) >> shift;
}

/* From the root to the ring; false: not now, or not at all.  The head first: a reader relies on it. */
static TARN_HOT bool
tarn__deque_look(const struct tarn_object *deque, struct tarn_deque_look *look)
{
	uint64_t used;

	look->off = tarn__load(&deque->root->structure);
	look->ring = tarn__at(deque->arena, look->off, sizeof(*look->ring), 16);
	if (unlikely(!look->ring) || unlikely(look->off < deque->arena->fixed.data_off))
		return false;
	look->head = tarn__load_acquire(&look->ring->head);
	look->tail = tarn__load_acquire(&look->ring->tail);
	look->slots = tarn__load(&look->ring->slots);
	look->shift = likely(deque->value_size == 8) ? TARN_RING_BLOCK_LOG - 3 : tarn__ring_shift(deque->value_size);
	used = tarn__ring_end(look->tail, look->shift) - (look->head >> look->shift);
	return likely(look->head <= look->tail) && likely(look->tail <= 2 * TARN_RING_MIDDLE) &&
	       likely(look->slots - 1 < TARN_RING_SLOTS_MOST) &&
	       likely(!(look->slots & (look->slots - 1))) && likely(used + 2 <= look->slots) &&
	       likely(tarn__at(deque->arena, look->off, tarn__ring_size(look->slots), 16) != NULL);
}

static inline tarn_off *
tarn__ring_slot(const struct tarn_deque_look *look, uint64_t number)
{
	return &look->ring->blocks[number & (look->slots - 1)];
}

/*
 * The words that these elements, all of one block, are part of; NULL: they
 * are not there.  *first: the byte of the first word with which they begin.
 */
static TARN_HOT uint64_t *
tarn__deque_words(const struct tarn_object *deque, const struct tarn_deque_look *look,
		  uint64_t size, uint64_t place, uint64_t count, unsigned *first)
{
	tarn_off block = tarn__load(tarn__ring_slot(look, place >> look->shift));
	uint64_t begin = (place & ((UINT64_C(1) << look->shift) - 1)) * size;

	*first = begin & 7;
	if (unlikely(block < deque->arena->fixed.data_off))
		return NULL;
	return tarn__at(deque->arena, block + (begin & ~UINT64_C(7)),
			tarn__round_up(*first + count * size, 8), 8);
}

/* How many of so many elements, from a place on, lie in its block. */
static inline uint64_t
tarn__deque_piece(const struct tarn_deque_look *look, uint64_t place, uint64_t count)
{
	uint64_t in_block = UINT64_C(1) << look->shift;

	return tarn__min(count, in_block - (place & (in_block - 1)));
}

/* Copy out elements; TARN_CORRUPT: they are not all there. */
int tarn__deque_take(const struct tarn_object *deque, const struct tarn_deque_look *look,
		     uint64_t place, uint64_t count, void *values);

/* ---- deque.c: for all kinds that are deques ------------------------------------------------------- */

/* Open one of that kind, with a type that a deque can have. */
int tarn__deque_open(struct tarn_arena *arena, enum tarn_kind kind, struct tarn_object **deque,
		     const char *name, const struct tarn_type *type, enum tarn_open_mode how,
		     bool *created);

/* tarn_deque_pop_many(), but at the back: they come in the order in which they lay. */
int tarn__deque_pop_last(struct tarn_deque *deque, void *values, uint64_t count, uint64_t *got);

/* ---- deque_change.c ---------------------------------------------------------------------------- */

/* Elements [at, at + removed) are replaced by others. */
struct tarn_deque_splice {
	uint64_t at, removed, inserted;
	const void *values; /* private memory */
};

/* All of it happens, or nothing; the range is one of the deque's.  Leaves the node, or commits. */
int tarn__deque_splice(struct tarn_deque_writer *w, const struct tarn_deque_splice *splice);

/* A new ring of so many slots, all of them 0. */
int tarn__ring_make(struct tarn_lane *lane, uint64_t slots, struct tarn_deque_look *made);

/* Both handles belong to the transaction whose lane it is; gates are held.  TARN_TYPE: not alike. */
int tarn__deque_exchange(struct tarn_lane *lane, struct tarn_object *one,
			 struct tarn_object *other);

#endif
