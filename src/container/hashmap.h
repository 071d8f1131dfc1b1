// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.h -- finding an entry, for readers and writers alike
 *
 *	hashmap.c	the calls on one entry, and the short way of most
 *	hashmap_entry.c	one entry, whatever it is: the long way
 *	hashmap_grow.c	splits, the directory, creation, clear, dismantling
 *	hashmap_fit.c	reserve, shrink
 *	hashmap_whole.c	two maps: swap, copy, compare
 *	hashmap_walk.c	cursors
 *	hashmap_check.c	is a map whole?
 *	hashmap_bag.c	keys that are there more than once
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
#include "container/hashmap_layout.h"
#include "container/hashmultimap_layout.h"
#include "container/hashmultiset_layout.h"
#include "container/hashset_layout.h"
#include "container/keyed.h"

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
	uint64_t seen;	 /* the home's node word */
	tarn_off counts; /* once the home is locked: the structure's */
};

/* What a search found: a place, or NULL. */
struct tarn_spot {
	struct tarn_bucket_shm *bucket;
	unsigned place;
	uint64_t seen; /* the bucket's node word */
};

/* ---- one entry (hashmap_entry.c) --------------------------------------------------------------- */

/* tarn_hashmap_get(), and the calls that change an entry. */
int tarn__entry_read(struct tarn_object *map, const void *key, size_t key_size, void *value,
		     size_t room, size_t *value_size);
int tarn__entry_write(struct tarn_object *map, const void *key, size_t key_size,
		      struct tarn_change *change);

/* A look was not good: find out why, wait if that helps.  TARN_AGAIN, or an error. */
int tarn__look_again(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t hash);

/* The root's node and structure, as tarn__object_seen() has them, from the root itself. */
bool tarn__look_at_structure(struct tarn_object *map, uint64_t self, uint64_t *node,
			     uint64_t *structure);

/* A look, however long it takes; 0, or an error. */
int tarn__look_wait(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t hash,
		    struct tarn_look *look);

/* The hash of the entry in a place, from the entry itself; false: it makes no sense. */
bool tarn__place_hash(struct tarn_object *map, const struct tarn_place_shm *place, uint64_t *hash);

/* Every byte of both is there; false: they are nowhere sensible. */
bool tarn__place_view(struct tarn_object *map, const struct tarn_place_shm *place,
		      struct tarn_entry_view *view);

/* The block that an entry owns, but for a bag; 0: none. */
tarn_off tarn__place_block(const struct tarn_object *map, const struct tarn_place_shm *place);

/* The bag of an entry; 0: of that kind's entries none has one. */
static inline tarn_off
tarn__place_bag(const struct tarn_object *map, const struct tarn_place_shm *place)
{
	return map->kind == TARN_KIND_HASHMULTIMAP ? tarn__load(&place->b) : 0;
}

/* A key is there more than once. */
static inline bool
tarn__is_multi(const struct tarn_object *map)
{
	return map->kind == TARN_KIND_HASHMULTIMAP || map->kind == TARN_KIND_HASHMULTISET;
}

/* The caller's bytes as a key: 0, TARN_INVALID, TARN_TOO_BIG.  And whether an entry is that key's. */
int tarn__hashmap_key(const struct tarn_object *map, const void *bytes, size_t size,
		      struct tarn_key *key);
bool tarn__place_is(struct tarn_object *map, const struct tarn_key *key,
		    const struct tarn_place_shm *place);

/* hashmap_grow.c */

/* Inside a call, with nothing locked unless it is in a transaction: make room where hash belongs. */
int tarn__hashmap_split(struct tarn_object *map, struct tarn_lane *lane, uint64_t hash);

/* The same, until the segment is of that depth; 0: until it has room.  0 too if others were in the way. */
int tarn__hashmap_split_to(struct tarn_object *map, struct tarn_lane *lane, uint64_t hash,
			   uint64_t least);

/*
 * The root's node, for a change of the structure; of a plain call, if the
 * gate is open.  TARN_AGAIN: it was not, and nothing is locked.
 */
int tarn__hashmap_lock_structure(struct tarn_object *map, struct tarn_lane *lane);

/* All buckets of a segment, and make them DIRTY; TARN_BUSY. */
int tarn__hashmap_lock_segment(struct tarn_object *map, struct tarn_lane *lane,
			       struct tarn_segment_shm *segment);

/* The directory, while the structure is locked; NULL: corrupt. */
uint64_t *tarn__hashmap_directory(struct tarn_object *map, uint64_t *depth);

/* Bytes of a directory's block. */
static inline uint64_t
tarn__hashmap_directory_size(uint64_t depth)
{
	return tarn__max(128, UINT64_C(8) << depth);
}

/* What hashset.c has in common with a map. */
int tarn__hashmap_create(struct tarn_lane *lane, struct tarn_entry_shm *entry);
int tarn__hashmap_dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done);

/* Bytes of a value as a handle has them; of a set, whose entries have a word behind the key, that. */
static inline uint32_t
tarn__hashmap_value_size(const struct tarn_entry_shm *entry)
{
	uint64_t size = tarn__load(&entry->value_size);

	switch (tarn__load(&entry->kind)) {
	case TARN_KIND_HASHSET:
		return TARN_HASHSET_WORD;
	case TARN_KIND_HASHMULTISET:
		return TARN_HASHMULTISET_WORD;
	case TARN_KIND_HASHMULTIMAP:
		return TARN_BAG_WORD;
	}
	return size == TARN_VALUE_BYTES ? 0 : (uint32_t)size;
}

/* ---- two maps, or sets (hashmap_whole.c) ------------------------------------------------------- */

/* Call for each entry, until that says other than 0; trace: see hashmap_walk.c; NULL: none. */
int tarn__hashmap_each(struct tarn_hashmap *map,
		       int (*visit)(const struct tarn_hashmap_entry *entry, void *arg), void *arg,
		       uint64_t *trace);

/* hashmap_walk.c: a walk over the entries of one key, which have been copied at one moment */
int tarn__hashmap_cursor_at(struct tarn_hashmap *map, const void *key, size_t key_size,
			    struct tarn_hashmap_cursor **cursor);

/* How many values a key of a multimap has; 0: it is not there. */
int tarn__hashmap_count(struct tarn_hashmap *map, const void *key, size_t key_size, uint64_t *count);

/* Whether each entry of one is in the other too, and their sizes, at one moment of both. */
struct tarn_comparison {
	uint64_t size, other_size;
	bool contained;
};
int tarn__hashmap_compare(struct tarn_hashmap *one, struct tarn_hashmap *other,
			  struct tarn_comparison *comparison);

/* The same, where entries are looked up otherwise: end comes after the last of them, NULL: nothing does. */
struct tarn_visitor {
	struct tarn_hashmap *other;
	int (*visit)(const struct tarn_hashmap_entry *entry, void *visitor);
	int (*end)(void *visitor);
	uint64_t missed; /* counted up by both */
};
int tarn__hashmap_compare_by(struct tarn_hashmap *one, struct tarn_hashmap *other,
			     struct tarn_visitor *visitor, struct tarn_comparison *comparison);

/* hashmap_many.c: a call for each key, whose home buckets come at once; what each says, and the worst */
typedef int tarn__key_call(struct tarn_hashmap *map, const void *key, size_t key_size, size_t i,
			   void *arg);
int tarn__hashmap_each_key(struct tarn_hashmap *map, const void *keys, size_t key_size,
			   size_t count, tarn__key_call *call, void *arg, int *codes);

/* The same value for all keys; whether they are there. */
int tarn__hashmap_insert_many(struct tarn_hashmap *map, const void *keys, size_t key_size,
			      size_t count, const uint64_t *value, int *codes);
int tarn__hashmap_contains_many(struct tarn_hashmap *map, const void *keys, size_t key_size,
				size_t count, int *codes);

/* hashmap_check.c: tarn_kind_ops.check; and the same of a segment block that is in no map */
int tarn__hashmap_check(struct tarn_checker *checker, struct tarn_entry_shm *entry);
void tarn__hashmap_check_idle(struct tarn_checker *checker, tarn_off off);

/* Where the directory's entry is. */
static TARN_HOT const uint64_t *
tarn__look_entry_at(uint64_t structure, uint64_t hash)
{
	return (const uint64_t *)(structure & ~TARN_DEPTH) +
	       (hash & ~(~UINT64_C(0) << (structure & TARN_DEPTH)));
}

static TARN_HOT void
tarn__look_at_entry(uint64_t structure, uint64_t hash, struct tarn_look *look)
{
	look->entry_at = tarn__look_entry_at(structure, hash);
	look->entry = tarn__load(look->entry_at);
}

static TARN_HOT void
tarn__look_at_home(uint64_t hash, struct tarn_look *look)
{
	look->home = &look->segment->buckets[tarn__hash_home(hash)];
	__builtin_prefetch(&look->home->places[TARN_PLACES - 1]);
	look->seen = tarn__load_seq(&look->home->node); /* after a gate was taken (O2) */
}

/* From the root by the directory to the home bucket; false: not now, or not at all. */
static TARN_HOT bool
tarn__look(struct tarn_object *map, uint64_t self, uint64_t hash, struct tarn_look *look)
{
	uint64_t structure;

	if (unlikely(!tarn__object_seen(map, &look->root, &structure)) &&
	    !tarn__look_at_structure(map, self, &look->root, &structure))
		return false;
	tarn__look_at_entry(structure, hash, look);
	look->segment = tarn__at(map->arena, look->entry & ~TARN_DEPTH, sizeof(*look->segment), 128);
	if (unlikely(!look->segment) ||
	    unlikely((look->entry & TARN_DEPTH) > (structure & TARN_DEPTH)))
		return false;
	tarn__look_at_home(hash, look);
	return likely(!tarn__must_wait(self, look->seen));
}

/* The same outside transactions, when all is as it was the last time, and no node has these bits. */
static TARN_HOT bool
tarn__look_shortly(struct tarn_object *map, uint64_t bits, uint64_t hash, struct tarn_look *look)
{
	uint64_t structure;
	tarn_off segment;

	if (unlikely(!tarn__object_seen(map, &look->root, &structure)))
		return false;
	tarn__look_at_entry(structure, hash, look);
	segment = look->entry & ~TARN_DEPTH;
	if (unlikely(!tarn__is_solid(map->arena, segment, sizeof(*look->segment))))
		return false;
	look->segment = (void *)(map->arena->base + segment);
	tarn__look_at_home(hash, look);
	return likely(!(look->seen & bits));
}

/* The entry was the directory's: the home is a home, and may be locked (N1). */
static TARN_HOT bool
tarn__look_is_home(const struct tarn_object *map, const struct tarn_look *look)
{
	tarn__fence_acquire();
	return likely(!((tarn__load(&map->root->node) ^ look->root) & ~TARN_NODE_OWNER));
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
	return tarn__bytes_equal(marks, mark) & payload & TARN_OCCUPIED;
}

/* ---- changing a home bucket that was looked at --------------------------------------------------- */

/*
 * Lock the home, which was seen without an owner, and see that it still is
 * the key's, and the gate open (O2); false: it is not locked, look again.
 */
static TARN_HOT bool
tarn__look_lock(struct tarn_object *map, struct tarn_lane *lane, struct tarn_look *look)
{
	if (unlikely(!tarn__look_is_home(map, look)) ||
	    unlikely(!tarn__lock(lane, &look->home->node, look->seen)))
		return false;
	look->counts = tarn__load(&map->root->counts);
	if (likely(map->txn || !tarn__gate_closed(map->root)) && likely(tarn__look_still(map, look)))
		return true;
	tarn__unlock(lane, &look->home->node);
	return false;
}

/* Into a place that the payload does not name. */
static TARN_HOT void
tarn__place_store(struct tarn_bucket_shm *home, unsigned place, uint64_t mark,
		  const struct tarn_place_shm *entry)
{
	tarn__store(&home->places[place].a, entry->a);
	tarn__store(&home->places[place].b, entry->b);
	tarn__store8((uint8_t *)&home->marks + place, (uint8_t)mark);
}

/* The flip, with n more entries; TARN_CORRUPT: nothing has happened. */
static TARN_HOT int
tarn__publish(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_look *look,
	      uint64_t payload, uint64_t n)
{
	uint64_t *count = tarn__keyed_count(map, lane, look->counts);

	if (unlikely(!count))
		return TARN_CORRUPT;
	if (unlikely(!tarn__load(count)))
		tarn__store(count, 1); /* no entries, but size() shall look at this slot */
	tarn__flip(lane, &look->home->node, payload, count, tarn__count_plus(tarn__load(count), n));
	return 0;
}

#endif
