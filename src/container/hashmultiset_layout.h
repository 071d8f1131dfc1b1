// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset_layout.h -- a hash multiset in the arena, byte by byte
 *
 * It is a hash map (hashmap_layout.h) from keys to words, and each word says
 * how often the key is there, from once to 2^32 - 1 times:
 *
 *	entry	key, times	if the key is a word
 *		block, times	if not; block = hash, key size, key
 *
 * So readers of it are those of maps of words.  The catalog's entry says
 * value_size 0, and the counts are of keys as often as they are there.
 */
#ifndef TARN_CONTAINER_HASHMULTISET_LAYOUT_H
#define TARN_CONTAINER_HASHMULTISET_LAYOUT_H

#include <stdint.h>

enum { TARN_HASHMULTISET_WORD = 8 };

#define TARN_TIMES_MOST UINT64_C(0xffffffff)

#endif
