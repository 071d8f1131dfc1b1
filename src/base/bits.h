// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bits.h -- words as sets of bits
 *
 * Thin names over the compiler's builtins; those that are undefined for
 * zero say so.
 */
#ifndef TARN_BASE_BITS_H
#define TARN_BASE_BITS_H

#include "base/compiler.h"

/* The index of the lowest set bit; word must not be 0. */
static inline unsigned
tarn__ctz(uint64_t word)
{
	return (unsigned)__builtin_ctzll(word);
}

/* The index of the highest set bit; word must not be 0. */
static inline unsigned
tarn__log2(uint64_t word)
{
	return 63u - (unsigned)__builtin_clzll(word);
}

static inline unsigned
tarn__popcount(uint64_t word)
{
	return (unsigned)__builtin_popcountll(word);
}

/* A word whose lowest n bits are set; n is 0 to 64. */
static inline uint64_t
tarn__low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

#endif
