// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_layout.h -- a hash map in the arena, byte by byte
 *
 * Picture
 *
 *	root.structure = directory | depth
 *
 *	directory	 segment (9,216 B)
 *	[0] ------------> home buckets   0 ... 63
 *	[1] --------.	  stash buckets  0 ... 7
 *	 :	     '--> another segment
 *	2^depth entries, each: offset of a segment | the segment's own depth
 *
 *	bucket (128 B)		node word, 7 marks of 8 bits, 7 entries of 16 B
 *	payload of its node	occupied:7 | overflow:8
 *
 *	hash	its lowest bits choose the segment, its highest the home
 *		bucket, the 8 below these are the mark
 *
 *	entry	key, value	if both fit a word: 1 to 8 bytes, all of one size
 *		key, block	if only the key does; block = value size, value
 *		block, value	if only the value does
 *		block, hash	if neither does; block = hash, sizes, key, value
 *
 * An entry whose home bucket is full lies in a stash bucket of the segment;
 * bit n of the home's overflow says that some of them lie in stash n.
 *
 * Invariants
 *	H1. what `occupied` does not name is free, and may hold anything
 *	H2. a key's entry changes only under the lock of its home bucket, and
 *	    if it lies in a stash bucket, under that one's too
 *	H3. a segment of depth d holds the keys whose hashes end in the same d
 *	    bits, and all 2^(depth-d) directory entries with these bits lead to it
 *	H4. a segment that belongs to no map has no entries: payloads are 0
 *
 * Extendible hashing: Fagin et al., TODS 1979; stash and marks after Lu et
 * al., "Dash", VLDB 2020.
 */
#ifndef TARN_CONTAINER_HASHMAP_LAYOUT_H
#define TARN_CONTAINER_HASHMAP_LAYOUT_H

#include "heap/heap.h"

/* Tests die in every split: with small segments there are fewer places to die. */
#ifdef TARN_TINY
enum { TARN_HOME_BITS = 2, TARN_STASHES = 2 };
#else
enum { TARN_HOME_BITS = 6, TARN_STASHES = 8 };
#endif
enum { TARN_HOMES = 1 << TARN_HOME_BITS, TARN_BUCKETS = TARN_HOMES + TARN_STASHES };
enum { TARN_PLACES = 7 };

struct tarn_place_shm {
	uint64_t a, b;
};

struct tarn_bucket_shm {
	uint64_t node;
	uint64_t marks; /* byte n: the mark of place n */
	struct tarn_place_shm places[TARN_PLACES];
};

struct tarn_segment_shm {
	struct tarn_bucket_shm buckets[TARN_BUCKETS]; /* homes, then stashes */
};

/* Keys and values that do not fit a word. */
struct tarn_block_shm {
	uint64_t hash;
	uint64_t sizes; /* key:32 | value:32 */
	uint64_t bytes[]; /* the key, padded to a word; the value */
};

struct tarn_value_shm {
	uint64_t size;
	uint64_t bytes[];
};

_Static_assert(sizeof(struct tarn_place_shm) == 16, "format");
_Static_assert(sizeof(struct tarn_bucket_shm) == 128, "format");
_Static_assert(sizeof(struct tarn_segment_shm) == TARN_BUCKETS * 128, "format");
_Static_assert(sizeof(struct tarn_block_shm) == 16, "format");
_Static_assert(sizeof(struct tarn_value_shm) == 8, "format");

#define TARN_OCCUPIED UINT64_C(0x7f)
#define TARN_OVERFLOW_SHIFT 7
#define TARN_DEPTH UINT64_C(0x7f) /* the lowest bits of structure and of directory entries */
#define TARN_DEPTH_FIRST 4u	  /* of a new map's directory: 16 entries, 128 B */
#define TARN_DEPTH_MAX 32u

static inline unsigned
tarn__hash_home(uint64_t hash)
{
	return (unsigned)(hash >> (64 - TARN_HOME_BITS));
}

static inline uint64_t
tarn__hash_mark(uint64_t hash)
{
	return hash >> (56 - TARN_HOME_BITS) & 0xff;
}

#endif
