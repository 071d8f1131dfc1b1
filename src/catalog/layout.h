// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * layout.h -- the catalog's words, and an object's entry
 *
 * Picture
 *
 *	catalog words (in the header chunk, at TARN_CATALOG_WORDS_OFF)
 *	node, count, serial | graveyard node, head | heads[4096]
 *				     |	       |
 *			  entries of removed   entries whose names have
 *			  objects, by `next`   that hash, by `next`
 *
 *	entry (512 B, in memory that is an entry for ever)
 *	  0  struct tarn_root_shm: what the object's operations look at
 *	 64  kind, type, when; name, and the type's texts
 */
#ifndef TARN_CATALOG_LAYOUT_H
#define TARN_CATALOG_LAYOUT_H

#include "txn/object.h"

#define TARN_CATALOG_HEADS 4096u

struct tarn_catalog_shm {
	uint64_t node; /* guards names: heads, and next of entries that have one; DIRTY while they change */
	uint64_t count;
	uint64_t serial; /* the last one drawn (serial.c); atomic adds only */
	uint64_t spare0[5];
	uint64_t graveyard_node; /* guards the list of the removed, and their insides */
	tarn_off graveyard;
	uint64_t turn; /* a hint: behind so many entries of the graveyard somebody has given up */
	uint64_t spare1[5];
	tarn_off heads[TARN_CATALOG_HEADS];
};

struct tarn_entry_shm {
	struct tarn_root_shm root;
	uint64_t kind; /* enum tarn_kind */
	uint64_t key;  /* enum tarn_key_kind */
	uint64_t value_size;
	uint64_t created_at; /* ns since 1970 */
	tarn_off next;
	uint64_t name_hash;
	uint64_t name_size;
	uint64_t fields_size;
	uint64_t progress; /* of its dismantling */
	union {
		uint64_t limit; /* elements that it can have at most, if it was created so; 0: none */
		uint64_t value; /* a counter's; all of its */
	};
	uint64_t key_size; /* bytes of every key of bytes; 0: each its own */
	uint64_t value_align;
	tarn_off child; /* for values that are objects: their type; 0 as long as there are none */
	uint64_t key_fields_size;
	uint64_t order_size;
	uint64_t aside; /* who builds it, as in a gate; 0: it was never built aside */
	uint64_t name[24];
	uint64_t fields[16]; /* of values; behind them those of keys; behind these the order's name */
};

_Static_assert(sizeof(struct tarn_catalog_shm) == 128 + 8 * TARN_CATALOG_HEADS, "format");
_Static_assert(sizeof(struct tarn_entry_shm) == 512, "format");
_Static_assert(TARN_CATALOG_WORDS_OFF + sizeof(struct tarn_catalog_shm) <= TARN_CHUNK, "format");

#endif
