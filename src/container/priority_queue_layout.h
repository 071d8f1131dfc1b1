// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue_layout.h -- a priority queue in the arena, byte by byte
 *
 * Picture
 *
 *	root.structure --> pile, a block of the heap
 *			     0	length	  elements that there are
 *			     8	capacity  elements that there is room for
 *			    16	made_at	  the root's node word, if a transaction
 *			    24	made_for  made it, and the root; else 0
 *			    32	serial	  generation of the newest element
 *			    64	records	  one after the other, as many as there
 *					  is room for
 *
 *	record i     0	entry	  of position i:  generation's high half | slot
 *		     8	place	  of slot i:	  generation's low half | position
 *		    16	element	  in slot i, padded to a multiple of 8
 *
 *	position  0   1   2   3   4   5 ...  length - 1 | length ... capacity - 1
 *	slot	  7   2   9   0   4   1 ...	 3	|   5	...	 8
 *		  top						free slots
 *
 * An element lies in a slot, and stays there; what moves is the entry that
 * names the slot.  The entries are a permutation of all slots: the first
 * `length` of them a heap with four children to a node, the others the slots
 * that are free.  So what is stored to put an element elsewhere is two words,
 * whatever its size; and a child is compared where it lies.  Four children,
 * for an element sinks half as deep as with two: it is compared as often,
 * and half as many words are logged.
 *
 * A handle is a slot and the generation of the element that it was given to.
 *
 * Invariants
 *	R1. the slot of position p has p for its place, for all p below the
 *	    capacity: so no slot is in two positions
 *	R2. no element comes before that of its parent, at (p - 1) / 4
 *	R3. generations of elements are never the same twice in a pile, by a
 *	    serial that rises whatever becomes of the element; and begins at
 *	    random, in each pile that takes another one's place too: for when
 *	    that is undone, the old one's serial goes on
 *	R4. what a free slot has for an element, and the generation there, mean
 *	    nothing; a call of its own stores there without a log
 *	R5. while the node is not DIRTY, an operation stores nothing but what
 *	    means nothing, the serial, and the length
 *	R6. the version of the node rises with every change but one: that an
 *	    element was added that had to go no further than to the end, by one
 *	    store of the length
 *	R7. capacity records have room in the block; those behind it are none
 *	    before they are a permutation, too
 *	R8. who holds a root's node, and finds that word in made_at and that
 *	    root in made_for, has made the pile in this transaction: nobody else
 *	    knows it, and what is stored in it needs no log (as W6 of vectors)
 *
 * d-ary heaps: Johnson, "Priority queues with update and finding minimum
 * spanning trees", IPL 1975.  A permutation that is its own list of what is
 * free: Briggs and Torczon, "An efficient representation for sparse sets",
 * LOPLAS 1993.
 */
#ifndef TARN_CONTAINER_PRIORITY_QUEUE_LAYOUT_H
#define TARN_CONTAINER_PRIORITY_QUEUE_LAYOUT_H

#include "base/arith.h"
#include "heap/heap.h"

struct tarn_pile_shm {
	uint64_t length;
	uint64_t capacity;
	uint64_t made_at;
	tarn_off made_for;
	uint64_t serial;
	uint64_t spare[3];
	uint64_t records[];
};

_Static_assert(sizeof(struct tarn_pile_shm) == 64, "format");

struct tarn_pile_record_shm {
	uint64_t entry;
	uint64_t place;
	uint64_t element[];
};

_Static_assert(sizeof(struct tarn_pile_record_shm) == 16, "format");

#define TARN_PILE_CHILDREN 4u
#define TARN_PILE_MOST UINT64_C(0xffffffff) /* records: a slot's number has 32 bits */
#define TARN_PILE_FIRST 256u /* bytes of a new pile */
#define TARN_PILE_STEP (UINT64_C(8) << 20) /* bytes that it grows by in place at most, if that is enough */

/* Bytes of a record. */
static inline uint64_t
tarn__pile_stride(uint64_t size)
{
	return sizeof(struct tarn_pile_record_shm) + tarn__round_up(size, 8);
}

/* Bytes of a pile; at most TARN_PILE_MOST records. */
static inline uint64_t
tarn__pile_size(uint64_t records, uint64_t size)
{
	return sizeof(struct tarn_pile_shm) + records * tarn__pile_stride(size);
}

/* A word of two halves: an entry of a slot, or the place of a position. */
static inline uint64_t
tarn__pile_word(uint64_t half, uint64_t number)
{
	return half << 32 | number;
}

static inline uint64_t
tarn__pile_number(uint64_t word)
{
	return word & UINT32_MAX;
}

static inline uint64_t
tarn__pile_half(uint64_t word)
{
	return word >> 32;
}

#endif
