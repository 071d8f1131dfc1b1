// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.h -- finding an entry, for readers and writers alike
 *
 *	hashmap.c	get, put, erase and their kin: one entry
 *	hashmap_grow.c	splits, the directory, creation, clear, dismantling
 *	hashmap_walk.c	cursors, size
 *	hashmap_check.c	is a map whole?
 *
 * A look is what was seen on the way to a home bucket: the root's node
 * word, directory entry, home's node word.  tarn__look_still() says whether
 * all of it is as it was; then what was read below it in between was true
 * at that moment.  On the path of every call a look lives in registers, and
 * whatever is not as it nearly always is goes to tarn__look_again().
 */
#ifndef TARN_CONTAINER_HASHMAP_H
#define TARN_CONTAINER_HASHMAP_H

#include "base/bits.h"
#include "base/hash.h"
#include "catalog/catalog.h"
#include "container/hashmap_layout.h"
#include "txn/object.h"

#include <tarn/hashmap.h>
#include <tarn/object.h>

/* A handle is a struct tarn_object and nothing more. */
static inline struct tarn_object *
tarn__hashmap_object(struct tarn_hashmap *map)
{
	return (struct tarn_object *)map;
}

struct tarn_key {
	uint64_t hash;
	uint64_t word;	  /* of a key that fits one */
	const void *data; /* else its bytes */
	uint64_t size;
};

struct tarn_look {
	uint64_t root, entry; /* the root's node word; the directory's entry */
	const uint64_t *entry_at;
	struct tarn_segment_shm *segment;
	struct tarn_bucket_shm *home;
	uint64_t seen; /* the home's node word */
};

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

/* What a search found: a place, or NULL. */
struct tarn_spot {
	struct tarn_bucket_shm *bucket;
	unsigned place;
	uint64_t seen; /* the bucket's node word */
};

static inline bool
tarn__keys_are_words(const struct tarn_object *map)
{
	return map->key_size != 0;
}

static inline bool
tarn__values_are_words(const struct tarn_object *map)
{
	return map->value_size - 1u < 8;
}

/* hashmap.c; the ones that follow are used by all three files */

/* Somebody has the node: wait a round.  0: look again. */
int tarn__look_slow(struct tarn_object *map, struct tarn_waiter *waiter, const uint64_t *node,
		    uint64_t seen);

/* A look was not good: find out why, wait if that helps.  TARN_AGAIN, or an error. */
int tarn__look_again(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t hash);

/* What was read did not hold; true: so it was many times. */
bool tarn__look_in_vain(struct tarn_object *map, struct tarn_waiter *waiter);

/* The root's word alone, when nobody changes it; 0, or an error. */
int tarn__look_at_root(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t *word);

/* A look, however long it takes; 0, or an error. */
int tarn__look_wait(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t hash,
		    struct tarn_look *look);

/* The hash of the entry in a place, from the entry itself; false: it makes no sense. */
bool tarn__place_hash(struct tarn_object *map, const struct tarn_place_shm *place, uint64_t *hash);

/* An entry's key and value, as words in the arena. */
struct tarn_entry_view {
	const uint64_t *key, *value;
	uint64_t key_size, value_size;
};

/* Every byte of both is there; false: they are nowhere sensible. */
bool tarn__place_view(struct tarn_object *map, const struct tarn_place_shm *place,
		      struct tarn_entry_view *view);

/* The block that an entry owns; 0: none. */
tarn_off tarn__place_block(const struct tarn_object *map, const struct tarn_place_shm *place);

/* hashmap_grow.c */

/* Inside a call, with nothing locked unless it is in a transaction: make room where hash belongs. */
int tarn__hashmap_split(struct tarn_object *map, struct tarn_lane *lane, uint64_t hash);

/* A slot's word of a map's counts; NULL: corrupt.  The second: the calling slot's. */
static inline uint64_t *
tarn__hashmap_count_of(struct tarn_object *map, tarn_off counts, uint64_t slot)
{
	if (counts < map->arena->fixed.data_off)
		return NULL;
	return tarn__at(map->arena, counts + tarn__slot_spread(map->arena, slot), 8, 8);
}

static inline uint64_t *
tarn__hashmap_count(struct tarn_object *map, const struct tarn_lane *lane, tarn_off counts)
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

/* hashmap_check.c: tarn_kind_ops.check; and the same of a segment block that is in no map */
int tarn__hashmap_check(struct tarn_checker *checker, struct tarn_entry_shm *entry);
void tarn__hashmap_check_idle(struct tarn_checker *checker, tarn_off off);

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
tarn__hashmap_begin_read(struct tarn_object *map)
{
	if (unlikely(map->txn))
		return tarn__txn_check(map->txn);
	return tarn__forked(map->arena) ? tarn__member_after_fork(map->arena) : 0;
}

/* From the root by the directory to the home bucket; false: not now, or not at all. */
static TARN_HOT bool
tarn__look(struct tarn_object *map, uint64_t self, uint64_t hash, struct tarn_look *look)
{
	const struct tarn_root_shm *root = map->root;
	uint64_t structure, depth;

	look->root = tarn__load_acquire(&root->node);
	structure = tarn__load(&root->structure);
	if (unlikely(look->root & TARN_NODE_DIRTY) && !tarn__node_owned_by(look->root, self))
		return false;
	depth = structure & TARN_DEPTH;
	if (unlikely(tarn__word_is_stale(map, tarn__load(&root->word))) ||
	    unlikely(depth > TARN_DEPTH_MAX))
		return false;
	look->entry_at = tarn__at(map->arena,
				  (structure & ~TARN_DEPTH) +
					  8 * (hash & ((UINT64_C(1) << depth) - 1)),
				  8, 8);
	if (unlikely(!look->entry_at))
		return false;
	look->entry = tarn__load(look->entry_at);
	tarn__fence_acquire();
	if (unlikely((tarn__load(&root->node) ^ look->root) & ~TARN_NODE_OWNER))
		return false; /* the entry may have been anything: not to be locked (N1) */
	look->segment = tarn__at(map->arena, look->entry & ~TARN_DEPTH, sizeof(*look->segment), 128);
	if (unlikely(!look->segment) || unlikely((look->entry & TARN_DEPTH) > depth))
		return false;
	look->home = &look->segment->buckets[tarn__hash_home(hash)];
	__builtin_prefetch(&look->home->places[TARN_PLACES - 1]);
	look->seen = tarn__load_seq(&look->home->node); /* after a gate was taken (O2) */
	return likely(!tarn__must_wait(self, look->seen));
}

/*
 * Nothing that the look saw has changed since; the nodes' owners do not
 * matter.  Word and structure of the root change only while its node is
 * DIRTY (O1), and then its version rises.
 */
static TARN_HOT bool
tarn__look_still(const struct tarn_object *map, const struct tarn_look *look)
{
	uint64_t changed;

	tarn__fence_acquire();
	changed = tarn__load(&look->home->node) ^ look->seen;
	changed |= tarn__load(&map->root->node) ^ look->root;
	return !(changed & ~TARN_NODE_OWNER) && tarn__load(look->entry_at) == look->entry;
}

/* Bit n: place n is occupied and has the mark. */
static inline uint64_t
tarn__marked(uint64_t marks, uint64_t mark, uint64_t payload)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t x = marks ^ mark * UINT64_C(0x0101010101010101);
	uint64_t zero = ~(((x & low) + low) | x | low); /* 0x80 where the byte is 0 */

	return (zero >> 7) * UINT64_C(0x0102040810204080) >> 56 & payload & TARN_OCCUPIED;
}

#endif
