// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset_layout.h -- a bitset in the arena
 *
 * Picture
 *
 *	a vector of u64 (vector_layout.h), in an object of its own kind
 *	element 0	how many bits there are
 *	element 1 ...	the bits, 64 each, the first in the lowest place
 *
 * Invariants
 *	B1. there are as many elements as the bits need, and one
 *	B2. bits behind the last are 0
 *	B3. of an atomic bitset, element 0 and where the elements lie never
 *	    change; the others by atomic instructions, while the root is pinned
 *	    (txn/pin.h)
 */
#ifndef TARN_CONTAINER_BITSET_LAYOUT_H
#define TARN_CONTAINER_BITSET_LAYOUT_H

#include "container/vector_layout.h"

#define TARN_BITSET_ELEMENT 8u /* bytes: the value size of its type */

/* B1. */
static inline uint64_t
tarn__bitset_elements(uint64_t bits)
{
	return 1 + bits / 64 + (bits % 64 != 0);
}

#endif
