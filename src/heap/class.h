// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * class.h -- size classes: which size, how many a span, how many a magazine
 *
 * Sizes are multiples of 16 up to 128, then four a doubling up to 32 KiB: at
 * most a quarter of a block is lost.  The last five are for lock-bearing
 * nodes; their spans never become anything else.
 *
 * A magazine holds 16 KiB of blocks, and from 1 to 64 of them.
 */
#ifndef TARN_HEAP_CLASS_H
#define TARN_HEAP_CLASS_H

#include "base/bits.h"
#include "heap/layout.h"

struct tarn_size_class {
	uint32_t size;	   /* bytes a block */
	uint32_t inverse;  /* 2^32 / size, rounded up: within * inverse >> 32 == within / size */
	uint16_t blocks;   /* a span */
	uint16_t capacity; /* of a magazine */
	uint16_t first;	   /* where the magazine begins among the claims of its set */
	uint16_t nodes;	   /* 1: type-stable */
};

extern const struct tarn_size_class tarn__size_classes[TARN_CLASSES];
extern const uint8_t tarn__small_classes[65]; /* of sizes up to 1024, by (size + 15) / 16 */

/* Claims of one set of magazines. */
enum { TARN_SET_CLAIMS = 1216 };

/* size is 1 to TARN_BLOCK_MAX; 0 counts as 1. */
static inline unsigned
tarn__class_of_size(uint64_t size)
{
	unsigned doubling;

	if (likely(size <= 1024))
		return tarn__small_classes[(size + 15) >> 4];
	doubling = tarn__log2(size - 1);
	return 8 + (doubling - 7) * 4 + ((size - 1) >> (doubling - 2) & 3);
}

#endif
