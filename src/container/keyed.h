// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * keyed.h -- what containers of keys and values have in common
 *
 *	root ---> structure	a hash map's, or an ordered map's
 *	     `--> counts	a word a slot: entries that it has added
 *
 * A kind has its own ways to an entry (hashmap.h, map.h), and shares what is
 * about the object as a whole: how long a call waits, and for whom; how many
 * entries there are; clear; other contents; what a check says of the counts.
 *
 * Invariants
 *	K1. a slot's count is stored only by that slot; what changes it is in
 *	    the undo log or the settle record as long as nobody may see it
 *	K2. a new structure has counts of its own: so who finds the root's word
 *	    as it was has summed what goes with the structure
 *
 * Who may write what: a slot's count, who has the slot; the root's words, who
 * has locked gate and root.
 *
 * On death: undone, from the log or the settle record.
 */
#ifndef TARN_CONTAINER_KEYED_H
#define TARN_CONTAINER_KEYED_H

#include "catalog/catalog.h"
#include "txn/object.h"

#define TARN_BYTES_MAX (UINT32_C(1) << 30) /* of one key, or one value */

static inline bool
tarn__keys_are_words(const struct tarn_object *map)
{
	return map->key_size - 1u < 8; /* of a custom order it is 0 then: see struct tarn_object */
}

static inline bool
tarn__values_are_words(const struct tarn_object *map)
{
	return map->value_size - 1u < 8;
}

/*
 * Of an ordered map alone: to replace what is there; to append behind what is alike.  Of hashed keys that
 * are there more than once: one more, or one less.
 */
enum tarn_what {
	TARN_PUT, TARN_INSERT, TARN_ERASE, TARN_ADD, TARN_SWAP, TARN_REPLACE, TARN_APPEND, TARN_MORE, TARN_LESS
};

struct tarn_change {
	enum tarn_what what;
	const void *value;
	size_t value_size;
	const void *expected;
	size_t expected_size;
	uint64_t before; /* of TARN_ADD; of TARN_APPEND the serial that was drawn; of MORE and LESS how often it was there */
	struct tarn_multi_key *multi; /* of TARN_APPEND: the key, with the highest serial (multi.h) */
};

/* An entry's key and value, as words in the arena. */
struct tarn_entry_view {
	const uint64_t *key, *value;
	uint64_t key_size, value_size;
};

/* ---- looking ----------------------------------------------------------------------------------- */

/* How long a call has been looking, and for whom. */
struct tarn_waiter {
	uint64_t deadline; /* 0: not asked for yet */
	const uint64_t *waits_for;
	unsigned round, looks, vain;
	uint64_t self; /* owner, in a transaction; else one that nobody is */
};

enum { TARN_NOBODY = 0x1000 };

/* Of a look, and of what is done after it: no error; look again. */
enum { TARN_AGAIN = 1 };

static inline struct tarn_waiter
tarn__waiter(const struct tarn_object *map)
{
	return (struct tarn_waiter){ .self = map->txn ? map->txn->lane->owner : TARN_NOBODY };
}

/* When the call's waits end; asked for at the first of them. */
static inline uint64_t
tarn__waiter_deadline(const struct tarn_object *map, struct tarn_waiter *waiter)
{
	if (!waiter->deadline)
		waiter->deadline = tarn__deadline(map->arena);
	return waiter->deadline;
}

/* Whether a reader must wait: DIRTY by another; in a transaction, locked by another (O3). */
static inline bool
tarn__must_wait(uint64_t self, uint64_t seen)
{
	if (likely(!(seen & (TARN_NODE_DIRTY | TARN_NODE_OWNER))))
		return false;
	if (tarn__node_owned_by(seen, self))
		return false;
	return (seen & TARN_NODE_DIRTY) || self != TARN_NOBODY;
}

static inline int
tarn__keyed_begin_read(struct tarn_object *map)
{
	if (unlikely(map->txn))
		return tarn__txn_check(map->txn);
	return tarn__forked(map->arena) ? tarn__member_after_fork(map->arena) : 0;
}

/* Somebody has the node: wait a round.  0: look again. */
int tarn__look_slow(struct tarn_object *map, struct tarn_waiter *waiter, const uint64_t *node,
		    uint64_t seen);

/* What was read did not hold; true: so it was many times. */
bool tarn__look_in_vain(struct tarn_object *map, struct tarn_waiter *waiter);

/* The root's word alone, when nobody changes it; 0, or an error. */
int tarn__look_at_root(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t *word);

/* At that word of its node the root leads nowhere: TARN_REMOVED, TARN_CORRUPT; TARN_AGAIN, it has changed. */
int tarn__no_way(const struct tarn_object *map, uint64_t node);

/* 0, or TARN_REMOVED, before anything is made for a handle that is stale for good. */
int tarn__keyed_is_there(const struct tarn_object *map);

/* Whether a value of that size can be: 0, TARN_INVALID, TARN_TOO_BIG. */
static inline int
tarn__check_value(const struct tarn_object *map, size_t size)
{
	if (map->value_size)
		return likely(size == map->value_size) ? 0 : TARN_INVALID;
	return likely(size <= TARN_BYTES_MAX) ? 0 : TARN_TOO_BIG;
}

/* ---- counts ------------------------------------------------------------------------------------ */

/* A slot's word of the counts; NULL: corrupt.  The second: the calling slot's. */
static inline uint64_t *
tarn__keyed_count_of(struct tarn_object *map, tarn_off counts, uint64_t slot)
{
	if (counts < map->arena->fixed.data_off)
		return NULL;
	return tarn__at(map->arena, counts + tarn__slot_spread(map->arena, slot), 8, 8);
}

static inline uint64_t *
tarn__keyed_count(struct tarn_object *map, const struct tarn_lane *lane, tarn_off counts)
{
	if (unlikely(counts < map->arena->fixed.data_off))
		return NULL;
	return tarn__at(map->arena, counts + lane->spread, 8, 8);
}

static inline uint64_t
tarn__count_plus(uint64_t count, uint64_t n)
{
	return ((count >> 24) + n) << 24 | ((count + 1) & 0xffffff);
}

/* The entries that there are. */
int tarn__keyed_size(struct tarn_object *map, uint64_t *size);

/* Every byte of the counts is there, and their sum is that of the entries; NULL: not all were found. */
void tarn__keyed_check_counts(struct tarn_checker *checker, struct tarn_object *map,
			      tarn_off counts, const uint64_t *entries);

/* ---- two of them ------------------------------------------------------------------------------- */

/* Keys and values of the same kinds and sizes. */
bool tarn__keyed_alike(const struct tarn_object *one, const struct tarn_object *other);

/* What to read, in a call on map: the handle of map's transaction, if that has the other. */
struct tarn_object *tarn__keyed_beside(const struct tarn_object *map, struct tarn_object *other);

/*
 * Give it other contents, put into aside by fill, in one step, which swing
 * is: tarn__aside_swing(), or more than that.  Nothing is locked meanwhile.
 */
typedef int tarn__keyed_filler(struct tarn_object *aside, void *arg);
typedef int tarn__keyed_swinger(struct tarn_object *map, struct tarn_object *aside);
int tarn__keyed_assign(struct tarn_object *map, tarn__keyed_swinger *swing,
		       tarn__keyed_filler *fill, void *arg);

/* ---- clear ------------------------------------------------------------------------------------- */

/* Make an empty structure; the word for the root. */
typedef int tarn__keyed_maker(struct tarn_lane *lane, uint64_t *structure);

/* tarn_kind_ops.create, and all of a kind's clear(). */
int tarn__keyed_create(struct tarn_lane *lane, struct tarn_entry_shm *entry,
		       tarn__keyed_maker *make);
int tarn__keyed_clear(struct tarn_object *map, tarn__keyed_maker *make);

#endif
