// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arith.h -- sums that cannot wrap unnoticed, and rounding
 *
 * Offsets and lengths that come from an arena or a caller are added only
 * through these, or after a comparison that makes the sum safe.
 */
#ifndef TARN_BASE_ARITH_H
#define TARN_BASE_ARITH_H

#include "base/compiler.h"

/* Whether [off, off + size) lies inside [0, limit). */
static inline bool
tarn__range_ok(uint64_t off, uint64_t size, uint64_t limit)
{
	return off <= limit && size <= limit - off;
}

/* a must be a power of two; the caller knows that x + a does not wrap. */
static inline uint64_t
tarn__round_up(uint64_t x, uint64_t a)
{
	return (x + a - 1) & ~(a - 1);
}

static inline uint64_t
tarn__div_up(uint64_t x, uint64_t d)
{
	return x / d + (x % d != 0);
}

static inline uint64_t
tarn__min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t
tarn__max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
