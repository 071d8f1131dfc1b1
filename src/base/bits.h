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

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

/* Bit n of the result: byte n of the word is this one. */
static inline uint64_t
tarn__bytes_equal(uint64_t word, uint64_t byte)
{
	uint64_t all = byte * UINT64_C(0x0101010101010101);
#ifdef __SSE2__
	__m128i equal = _mm_cmpeq_epi8(_mm_cvtsi64_si128((long long)word),
				       _mm_cvtsi64_si128((long long)all));

	return (uint64_t)_mm_movemask_epi8(equal) & 0xff;
#else
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t x = word ^ all;
	uint64_t zero = ~(((x & low) + low) | x | low); /* 0x80 where the byte is 0 */

	return (zero >> 7) * UINT64_C(0x0102040810204080) >> 56;
#endif
}

/* A word whose lowest n bits are set; n is 0 to 64. */
static inline uint64_t
tarn__low_bits(unsigned n)
{
	return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

#endif
