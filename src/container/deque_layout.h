// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_layout.h -- a deque in the arena, byte by byte
 *
 * Picture
 *
 *	root.structure --> ring, a block of the heap
 *			     0	head	  place of the first element
 *			     8	tail	  place behind the last one
 *			    16	slots	  how many there are, a power of two
 *			    64	blocks	  by number modulo slots; 0: none
 *
 *	        spare   first          last    spare
 *	      |       |   head..|.....|..tail |       |
 *	number  F - 1    F         ...  E - 1    E
 *
 * Places are numbers that go on over all blocks: 2^shift of them lie in one,
 * and the block's number is a place without its lowest bits.  A new deque
 * begins in the middle of all numbers; so no end is ever reached.
 *
 * Invariants
 *	Q1. root.structure names the ring; the ring names all blocks
 *	Q2. blocks F to E - 1 are there, where F is that of the head, and E the
 *	    first that begins at or behind the tail; so may be the blocks F - 1
 *	    and E, the spare ones, and no others
 *	Q3. E - F + 2 is at most the number of slots: no two share one
 *	Q4. what lies outside of [head, tail) means nothing; a call of its own
 *	    stores there without a log
 *	Q5. while the node is not DIRTY, an operation stores at most one word of
 *	    what lies inside, or the head, or the tail
 *	Q6. the version of the node rises with every change but one: that
 *	    elements were added behind the tail, by one store of it
 */
#ifndef TARN_CONTAINER_DEQUE_LAYOUT_H
#define TARN_CONTAINER_DEQUE_LAYOUT_H

#include "heap/heap.h"

struct tarn_ring_shm {
	uint64_t head;
	uint64_t tail;
	uint64_t slots;
	uint64_t spare[5];
	tarn_off blocks[];
};

_Static_assert(sizeof(struct tarn_ring_shm) == 64, "format");

#define TARN_RING_MIDDLE (UINT64_C(1) << 62)
#define TARN_RING_SLOTS_MOST (UINT64_C(1) << 32)

/* Slots of a new deque; bytes of a block, or one element if that is larger.  Tiny ones let tests die in every way. */
#ifdef TARN_TINY
enum { TARN_RING_SLOTS = 4, TARN_RING_BLOCK_LOG = 6 };
#else
enum { TARN_RING_SLOTS = 8, TARN_RING_BLOCK_LOG = 12 };
#endif

/* 2^shift elements lie in a block: as many as fit, rounded down to such a number. */
static inline unsigned
tarn__ring_shift(uint64_t size)
{
	unsigned log = size > 1 ? 64u - (unsigned)__builtin_clzll(size - 1) : 0;

	return log < TARN_RING_BLOCK_LOG ? TARN_RING_BLOCK_LOG - log : 0;
}

/* Bytes of a block. */
static inline uint64_t
tarn__ring_block_size(uint64_t size)
{
	return ((size << tarn__ring_shift(size)) + 7) & ~UINT64_C(7);
}

/* Bytes of a ring; at most TARN_RING_SLOTS_MOST slots. */
static inline uint64_t
tarn__ring_size(uint64_t slots)
{
	return sizeof(struct tarn_ring_shm) + slots * sizeof(tarn_off);
}

#endif
