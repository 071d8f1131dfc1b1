// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_layout.h -- a vector in the arena, byte by byte
 *
 * Picture
 *
 *	root.node	the lock of all that follows
 *	root.structure --> area, a block of the heap
 *			     0	length	  elements that there are
 *			     8	capacity  elements that there is room for
 *			    16	made_at	  the root's node word, if a transaction
 *			    24	made_for  made it, and the root; else 0
 *			    64	elements, one after the other without gaps
 *	root.counts	0
 *	entry.limit	the most elements that it may have; 0: no such number
 *
 * Invariants
 *	W1. all that a vector is hangs on root.structure: another area in its
 *	    place is another vector
 *	W2. what lies at or beyond `length` means nothing; it may be stored
 *	    into without a log, for as long as no record of the operation's
 *	    could bring it back below the length
 *	W3. capacity elements have room in the block; where there is a limit,
 *	    it is the capacity, in every area that the vector ever has
 *	W4. while the node is not DIRTY, an operation stores at most one word
 *	    below the length, or the length itself
 *	W5. the version of the node rises with every change but one: that
 *	    elements were added.  So who finds it as it was has seen true
 *	    elements; and if the length, too, is as it was, has seen them all
 *
 *	W6. who holds a root's node, and finds that word in made_at and that
 *	    root in made_for, has made the area itself, in this transaction:
 *	    versions never come again.  Nobody else knows the area, and with
 *	    the transaction it is undone: what is stored in it needs no log
 *
 * Elements lie in memory as the words they are part of: a store of a few
 * bytes is one of the whole word, by who holds the lock.
 */
#ifndef TARN_CONTAINER_VECTOR_LAYOUT_H
#define TARN_CONTAINER_VECTOR_LAYOUT_H

#include "heap/heap.h"

struct tarn_area_shm {
	uint64_t length;
	uint64_t capacity;
	uint64_t made_at;
	tarn_off made_for;
	uint64_t spare[4];
	uint64_t words[];
};

_Static_assert(sizeof(struct tarn_area_shm) == 64, "format");

/* More cannot be, and so many of any size are a number of bytes that does not wrap. */
#define TARN_ELEMENTS_MAX (UINT64_C(1) << 44)

#define TARN_VECTOR_FIRST 64u /* bytes of elements in a new vector */
#define TARN_VECTOR_STEP (UINT64_C(8) << 20) /* bytes that it grows by in place at most, if that is enough */

#endif
