// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_layout.h -- an ordered map in the arena, byte by byte
 *
 * Picture
 *
 *	root.structure = anchor
 *
 *	anchor		inner			leaf (256 B)
 *	node		node: count		node: occupied
 *	top | height -> keys, ascending	  .--->	15 keys, in no order
 *	(1,024 B)	children, one more '	15 values, in the same places
 *			texts of the keys
 *
 * A B+tree: all entries are in leaves, `height` steps below the top.
 *
 *	key	as a word whose order as an unsigned number is the keys' order:
 *		a number mapped so, or the first 8 bytes of a string, the first
 *		highest, with zeros behind a shorter one; 0 in a custom order
 *	value	the value, if both key and value fit a word; else the offset of
 *		a pair: sizes, key (if it is a string), value
 *	text	of a string between two children: up to 8, how many bytes of
 *		its word it is; more, the offset of a pair with it.  In a custom
 *		order always a pair, with the whole key of some entry, which may
 *		be gone
 *
 * Invariants
 *	B1. what a leaf's `occupied` does not name is free, and may hold
 *	    anything; so may what lies behind an inner node's `count` keys and
 *	    one child more
 *	B2. the child before a key of an inner node has the keys that are less
 *	    than that, the child after it the others; no key is there twice
 *	B3. inner nodes, and the anchor's words, change only under the anchor's
 *	    lock; a node to which another leads, only while that one is DIRTY
 *	B4. the range of keys for which a node stands becomes smaller only under
 *	    its lock, and its version rises; it may become larger at any time
 *	B5. a node that belongs to no map has a payload of 0
 *
 * B+trees: Bayer and McCreight 1972, Comer 1979.  Leaves that one store
 * changes, after Mao et al., "Masstree", EuroSys 2012: their permutation
 * word is the set of occupied places here, and lies in the node word.
 */
#ifndef TARN_CONTAINER_MAP_LAYOUT_H
#define TARN_CONTAINER_MAP_LAYOUT_H

#include "heap/heap.h"

enum { TARN_LEAF_KEYS = 15, TARN_INNER_WORDS = 127 };

/* How many keys a node may have; with small nodes tests die in every split of a small tree. */
#ifdef TARN_TINY
enum { TARN_LEAF_PLACES = 4, TARN_FAN_WORDS = 3, TARN_FAN_TEXTS = 3 };
#else
enum { TARN_LEAF_PLACES = TARN_LEAF_KEYS, TARN_FAN_WORDS = 63, TARN_FAN_TEXTS = 42 };
#endif
enum { TARN_HEIGHT_MAX = 24 };

/* Bytes of a key in a custom order, which is compared as a private copy. */
enum { TARN_ORDERED_MOST = 1024 };

struct tarn_leaf_shm {
	uint64_t node;
	uint64_t keys[TARN_LEAF_KEYS];
	uint64_t values[TARN_LEAF_KEYS];
	uint64_t spare;
};

/* words: keys; one child more than keys can be; texts.  Of the anchor: the top, and nothing else. */
struct tarn_inner_shm {
	uint64_t node;
	uint64_t words[TARN_INNER_WORDS];
};

/* What does not fit a leaf. */
struct tarn_pair_shm {
	uint64_t sizes;	  /* key:32 | value:32 */
	uint64_t bytes[]; /* the key, padded with zeros to a word; the value, likewise */
};

_Static_assert(sizeof(struct tarn_leaf_shm) == 256, "format");
_Static_assert(sizeof(struct tarn_inner_shm) == 1024, "format");
_Static_assert(sizeof(struct tarn_pair_shm) == 8, "format");
_Static_assert(2 * TARN_FAN_WORDS + 1 <= TARN_INNER_WORDS, "keys, and children");
_Static_assert(3 * TARN_FAN_TEXTS + 1 <= TARN_INNER_WORDS, "texts too");

#define TARN_LEAF_OCCUPIED ((UINT64_C(1) << TARN_LEAF_PLACES) - 1)
#define TARN_TOP_HEIGHT UINT64_C(0x7f) /* the lowest bits of the anchor's top */
#define TARN_TEXT_SHORT 8u	       /* bytes of a text that its word has */

#endif
