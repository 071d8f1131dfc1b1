// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap_layout.h -- a hash multimap in the arena, byte by byte
 *
 * It is a hash map (hashmap_layout.h) from keys to words, and each word is
 * the offset of a bag, which has the values of that key:
 *
 *	entry	key, bag	if the key is a word
 *		block, bag	if not; block = hash, key size, key
 *
 *	bag	room | used | live | gone | record  record  record ...
 *					    <----- used ----->
 *					    <-------- room ---------->
 *	record	size, value
 *
 * So the entries of a key are in one place, and one lock, that of the key's
 * home bucket, is the lock of them all.
 *
 * Invariants
 *	M1. used <= room; the first `used` words are records; `live` of them are
 *	    values, at least one; the others are GONE, `gone` words in all
 *	M2. what lies beyond `used` is free, and may hold anything
 *	M3. a bag changes in place only while its home is DIRTY, but beyond
 *	    `used`; when another takes its place, that is a change of the entry
 */
#ifndef TARN_CONTAINER_HASHMULTIMAP_LAYOUT_H
#define TARN_CONTAINER_HASHMULTIMAP_LAYOUT_H

#include <stdint.h>

/* room, used, gone: in words */
struct tarn_bag_shm {
	uint64_t room, used, live, gone;
	uint64_t words[];
};

_Static_assert(sizeof(struct tarn_bag_shm) == 32, "format");

#define TARN_BAG_GONE (UINT64_C(1) << 63) /* in the size of a record: it is no value any more */
#define TARN_BAG_MOST (UINT64_C(1) << 32) /* words of room */

enum {
	TARN_BAG_LEAST = 4, /* words of room in a new one */
	TARN_BAG_WORD = 7,  /* bytes of an offset; so that nobody takes it for a value of 8 bytes */
};

#endif
