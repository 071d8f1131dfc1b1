// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_layout.h -- a list in the arena, byte by byte
 *
 * Picture
 *
 *	root.structure --> chain, a block of the heap
 *			     0	state	   count:63 | which:1
 *			     8	ends[2]	   first and last element, twice
 *			    40	serial	   of the newest element
 *
 *	ends[which]	 first                                last
 *			   |                                   |
 *			 element  --next-->  element  --next-->  element
 *				  <--prev--	      <--prev--
 *
 *	element, a block of the heap
 *			     0	next	   what leads on
 *			     8	prev	   what leads back
 *			    16	generation with where it lies, its handle; 0: it is none
 *			    24	list	   the chain that it is in
 *			    32	value	   of one size; or of any:
 *			    32	size	   bytes
 *			    40	bytes	   up to 24, or else the offset of a block
 *
 * One store of state says how many elements there are and which ends are
 * true: so an element comes or goes at an end.
 *
 * Invariants
 *	K1. from ends[which].first to last, count elements, next leads on and
 *	    prev back; the first one's prev and the last one's next mean
 *	    nothing, and neither do the other ends
 *	K2. generations of elements are never the same twice, by a serial that
 *	    rises whatever becomes of the element, and begins at random; so
 *	    generation, where and list together are of one element for ever
 *	K3. what was an element has lost its generation before its memory can
 *	    be another's: handles on it lead to nothing
 *	K4. while the root's node is not DIRTY, an operation stores at most what
 *	    means nothing, one word of a value, the generation of one element
 *	    that goes, and state
 */
#ifndef TARN_CONTAINER_LIST_LAYOUT_H
#define TARN_CONTAINER_LIST_LAYOUT_H

#include "heap/heap.h"

struct tarn_list_ends_shm {
	tarn_off first;
	tarn_off last;
};

_Static_assert(sizeof(struct tarn_list_ends_shm) == 16, "format");

struct tarn_chain_shm {
	uint64_t state;
	struct tarn_list_ends_shm ends[2];
	uint64_t serial;
	uint64_t spare[2];
};

_Static_assert(sizeof(struct tarn_chain_shm) == 64, "format");

#define TARN_STATE_WHICH UINT64_C(1)
#define TARN_STATE_COUNT_SHIFT 1

struct tarn_element_shm {
	tarn_off next;
	tarn_off prev;
	uint64_t generation;
	tarn_off list;
	uint64_t value[];
};

_Static_assert(sizeof(struct tarn_element_shm) == 32, "format");

#define TARN_ELEMENT_BYTES 24u /* of a string of any length, that lie in the element */
#define TARN_LIST_STRING_MOST (UINT32_C(1) << 30) /* bytes of a value */

/* Elements that one operation appends to what is built aside; that it frees of what is dead. */
#ifdef TARN_TINY
enum { TARN_LIST_APPENDS = 3, TARN_LIST_FREES = 2 };
#else
enum { TARN_LIST_APPENDS = 1024, TARN_LIST_FREES = 16 };
#endif

/* Bytes of an element whose values have that size; 0: any. */
static inline uint64_t
tarn__element_bytes(uint64_t value_size)
{
	if (!value_size)
		return sizeof(struct tarn_element_shm) + 8 + TARN_ELEMENT_BYTES;
	return sizeof(struct tarn_element_shm) + ((value_size + 7) & ~UINT64_C(7));
}

#endif
