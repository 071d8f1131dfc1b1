// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_bag.h -- keys that are there more than once
 *
 * The word of a key says how often it is there, or where its values are
 * (hashmultiset_layout.h, hashmultimap_layout.h).  What a change makes of
 * that word is found out here; to put it in the word's place, to count and
 * to commit is what hashmap_entry.c does with all entries.
 */
#ifndef TARN_CONTAINER_HASHMAP_BAG_H
#define TARN_CONTAINER_HASHMAP_BAG_H

#include "container/hashmap.h"

/* A bag as it was looked at; at, next: the record told last, and what lies behind it. */
struct tarn_bag {
	struct tarn_bag_shm *shm;
	uint64_t room, used, live, gone;
	uint64_t at, next;
};

/* All of its room is there; false: it is nowhere sensible. */
bool tarn__bag_look(struct tarn_object *map, tarn_off off, struct tarn_bag *bag);

/* The next value; TARN_NOT_FOUND: that was all; TARN_CORRUPT: it cannot be, if nobody has changed it. */
int tarn__bag_next(const struct tarn_object *map, struct tarn_bag *bag,
		   struct tarn_entry_view *view);

/* Inside an operation: a bag with the value of a change. */
int tarn__bag_make(struct tarn_object *map, struct tarn_lane *lane,
		   const struct tarn_change *change, tarn_off *off);

/* What becomes of a key's word, 0: the key goes; and how many entries more there are, modulo 2^64. */
struct tarn_multi_edit {
	uint64_t word, more;
};

/*
 * Inside an operation that has the key's home: what the change makes of the
 * word in edit.  If that stays the same, what it leads to has been changed,
 * by logging.  TARN_NOT_FOUND: there is no such value, and nothing has.
 */
int tarn__multi_change(struct tarn_object *map, struct tarn_lane *lane, uint64_t *home,
		       struct tarn_change *change, struct tarn_multi_edit *edit);

#endif
