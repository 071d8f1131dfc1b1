// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.h -- finding the leaf of a key, for readers and writers alike
 *
 *	map.c		calls, and what keys are as words
 *	map_entry.c	one entry: read, changed
 *	map_shape.c	splits, creation, clear, dismantling
 *	map_merge.c	merges
 *	map_walk.c	cursors, the nearest key
 *	map_range.c	pop, ranges, scans
 *	map_many.c	many keys at once
 *	map_whole.c	two maps: swap, copy, compare; load
 *	map_check.c	is a map whole?
 *	set.c		sets, which are maps without values; set_whole.c: two of them
 *	multi.c		keys that repeat: multimaps and multisets (multi.h)
 *
 * A way is what was seen on the way to a leaf.  One step of it, from a node
 * to its child: the child's node word is read, and then the node's word is
 * looked at again; if it is the same, the child was the right one at a moment
 * when it had that word.  As long as the leaf's word and the root's stay the
 * same, the leaf is the right one (B4) and what it says is true: no other node
 * of the way need be looked at again.
 *
 * Optimistic lock coupling: Leis, Haubenschild and Neumann, "Optimistic lock
 * coupling", IEEE Data Engineering Bulletin 2019.
 */
#ifndef TARN_CONTAINER_MAP_H
#define TARN_CONTAINER_MAP_H

#include "base/words.h"
#include "container/keyed.h"
#include "container/map_layout.h"
#include "container/multimap_layout.h"
#include "container/set_layout.h"

#include <tarn/map.h>

/* A handle is a struct tarn_object and nothing more. */
static inline struct tarn_object *
tarn__map_object(struct tarn_map *map)
{
	return (struct tarn_object *)map;
}

/* Where a key belongs: below all (edge -1), above all (1), or where word and text say. */
struct tarn_map_key {
	uint64_t word;
	const char *data; /* of a string: its bytes, of which word has the first */
	size_t size;
	int edge;
};

/* The keys between which a leaf's are, copied on the way to it; used where they are asked for. */
struct tarn_map_fence {
	struct tarn_map_key key;
	char *text;
	size_t room;
};

struct tarn_map_fences {
	struct tarn_map_fence low, high; /* from low on; less than high */
	bool no_memory;
};

struct tarn_way {
	uint64_t root; /* the root's node word */
	const struct tarn_inner_shm *anchor;
	struct tarn_leaf_shm *leaf;
	uint64_t seen;		 /* the leaf's node word */
	const uint64_t *blocked; /* the node that somebody else has; NULL */
	uint64_t blocked_seen;
	bool lost;	 /* it leads nowhere, and nobody is changing that */
	tarn_off counts; /* once the leaf is locked: the structure's */
};

static inline unsigned
tarn__map_fan(const struct tarn_object *map)
{
	return tarn__keys_are_words(map) ? TARN_FAN_WORDS : TARN_FAN_TEXTS;
}

/* Key and value are in the leaf. */
static inline bool
tarn__map_is_inline(const struct tarn_object *map)
{
	return tarn__keys_are_words(map) && tarn__values_are_words(map);
}

/* Of an inner node: where its children, and the texts of its keys, begin. */
static inline uint64_t *
tarn__map_children(const struct tarn_object *map, struct tarn_inner_shm *inner)
{
	return inner->words + tarn__map_fan(map);
}

static inline uint64_t *
tarn__map_texts(struct tarn_inner_shm *inner)
{
	return inner->words + 2 * TARN_FAN_TEXTS + 1;
}

/* ---- keys and pairs (map.c) -------------------------------------------------------------------- */

/* As the map orders it; TARN_INVALID, a wrong size or no number; TARN_TOO_BIG. */
int tarn__map_key(const struct tarn_object *map, const void *bytes, size_t size,
		  struct tarn_map_key *key);

/* A number, or bytes of one size up to 8, as a word in whose order they are; TARN_INVALID: it is no number. */
int tarn__map_word(uint32_t kind, const void *bytes, size_t size, uint64_t *word);

/* A key that is a word, as the caller's bytes. */
uint64_t tarn__map_word_out(const struct tarn_object *map, uint64_t word);

/* The pair there, all of which is there; NULL: there can be none. */
struct tarn_pair_shm *tarn__map_pair(struct tarn_object *map, tarn_off off, uint64_t *key_size,
				     uint64_t *value_size);

/* Two keys in private memory: negative, 0, positive. */
int tarn__map_compare_keys(const struct tarn_object *map, const struct tarn_map_key *a,
			   const struct tarn_map_key *b);

/* Whether a map, or a set, can have such keys; if not, the detail says why. */
bool tarn__map_keys_are_sound(const struct tarn_type *type);

/* Bytes that every key has; 0: each its own. */
static inline uint32_t
tarn__map_fixed(const struct tarn_object *map)
{
	return map->key_size ? map->key_size : map->order_size;
}

/* In a custom order the words of all keys are 0. */
static inline bool
tarn__map_is_custom(const struct tarn_object *map)
{
	return unlikely(map->key_kind == TARN_KEY_CUSTOM);
}

/* A string in the arena against a key whose word is the same: negative, 0, positive. */
int tarn__map_compare_text(struct tarn_object *map, uint64_t text, const struct tarn_map_key *key);

/* Two strings of pairs, the words of which are the same. */
int tarn__map_compare_pairs(struct tarn_object *map, tarn_off a, tarn_off b);

/* The occupied places of a leaf in the order of their keys; how many. */
unsigned tarn__map_order(struct tarn_object *map, const struct tarn_leaf_shm *leaf, uint64_t seen,
			 uint8_t *order);

/* An entry's key and value as words in the arena; false: they are nowhere sensible. */
bool tarn__map_view(struct tarn_object *map, const struct tarn_leaf_shm *leaf, unsigned place,
		    struct tarn_entry_view *view);

/* The key of an inner node, copied; false: no memory, or it makes no sense. */
bool tarn__map_fence_copy(struct tarn_object *map, struct tarn_inner_shm *inner, unsigned index,
			  struct tarn_map_fence *fence);

static inline int
tarn__map_compare(struct tarn_object *map, uint64_t word, uint64_t text,
		  const struct tarn_map_key *key)
{
	if (word != key->word)
		return word < key->word ? -1 : 1;
	return likely(tarn__keys_are_words(map)) ? 0 : tarn__map_compare_text(map, text, key);
}

/* ---- ways (map_entry.c) ------------------------------------------------------------------------ */

/* The root's node and structure, as tarn__object_seen() has them, from the root itself. */
bool tarn__map_structure(struct tarn_object *map, uint64_t self, uint64_t *node,
			 uint64_t *structure);

/* A way was none: wait if that helps.  TARN_AGAIN, or an error. */
int tarn__way_again(struct tarn_object *map, struct tarn_waiter *waiter, const struct tarn_way *way);

/* Lock the key's leaf, however long it takes; fences as for tarn__way(). */
int tarn__map_lock_leaf(struct tarn_object *map, struct tarn_lane *lane, struct tarn_waiter *waiter,
			const struct tarn_map_key *key, struct tarn_map_fences *fences,
			struct tarn_way *way);

/* Lock the leaf to which the way has led, and see that it is still the one (O2); false: look again. */
bool tarn__way_lock(struct tarn_object *map, struct tarn_lane *lane, struct tarn_way *way);

/* Wait a little for locks that are only tried: 0, or TARN_TIMEOUT and why. */
int tarn__map_pause(struct tarn_object *map, struct tarn_waiter *waiter);

/* A plain operation's locks could not be had at once: undo it, wait a little.  TARN_AGAIN, or an error. */
int tarn__map_back_off(struct tarn_object *map, struct tarn_lane *lane, struct tarn_waiter *waiter);

/* Codes that are answers, with nothing locked or changed by the call. */
static inline bool
tarn__map_is_answer(int code)
{
	return code == 0 || code == TARN_AGAIN || code == TARN_NOT_FOUND || code == TARN_EXISTS ||
	       code == TARN_MISMATCH;
}

/* ---- one entry (map_entry.c) ------------------------------------------------------------------- */

int tarn__map_read(struct tarn_object *map, const void *key, size_t key_size, void *value,
		   size_t room, size_t *value_size);
int tarn__map_write(struct tarn_object *map, const void *key, size_t key_size,
		    struct tarn_change *change);

/* The key's place, whose bit alone is set; 0: it is not there. */
uint64_t tarn__map_find(struct tarn_object *map, const struct tarn_map_key *key,
			const struct tarn_leaf_shm *leaf, uint64_t seen);

/*
 * Inside a call, the leaf of the way locked: erase these places of it.
 * logged: more nodes are locked than the leaf.  0, or an error.
 */
int tarn__map_erase_places(struct tarn_object *map, struct tarn_lane *lane, struct tarn_way *way,
			   uint64_t places, bool logged);

/* ---- shape (map_shape.c) ----------------------------------------------------------------------- */

/* Inside a call, with nothing locked unless it is in a transaction: room where the key belongs. */
int tarn__map_split(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_map_key *key);

/*
 * map_merge.c: after a call has left few entries in the key's leaf: fewer
 * nodes.  Tries only: TARN_AGAIN, there is none less, and need not be; or an error.
 */
int tarn__map_shrink(struct tarn_object *map, const struct tarn_map_key *key);

/* The same at the end of a call; of a transaction's, after the commit.  At an end of the map: all that it can. */
void tarn__map_left_low(struct tarn_object *map, const struct tarn_map_key *key);

/* What a set has in common with a map: tarn_kind_ops.create and dismantle. */
int tarn__map_create(struct tarn_lane *lane, struct tarn_entry_shm *entry);
int tarn__map_dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done);

/* Bytes of a key as a handle has them. */
static inline uint32_t
tarn__map_key_size(const struct tarn_entry_shm *entry)
{
	uint64_t key = tarn__load(&entry->key), fixed = tarn__load(&entry->key_size);
	uint32_t size;

	if (key == TARN_KEY_CUSTOM)
		return tarn__keys_make_words(fixed) ? 0 : (uint32_t)fixed;
	size = tarn__key_size(key, key == TARN_KEY_BYTES ? fixed : 0);
	return tarn__kind_repeats(tarn__load(&entry->kind)) ? tarn__multi_key_size(size) : size;
}

/* Bytes of a value as a handle has them; of a set, that of what stands behind its keys. */
static inline uint32_t
tarn__map_value_size(const struct tarn_entry_shm *entry)
{
	uint64_t size = tarn__load(&entry->value_size);

	if (tarn__load(&entry->kind) == TARN_KIND_SET)
		return tarn__set_value_size(tarn__load(&entry->key), tarn__map_key_size(entry));
	return size == TARN_VALUE_BYTES ? 0 : (uint32_t)size;
}

/* map_many.c: before a call for key i of so many, ask for the memory of some from there on, if it is time. */
void tarn__map_ask_ahead(struct tarn_map *map, const void *keys, size_t key_size, size_t i,
			 size_t count);

/* ---- two maps, or sets (map_whole.c) ------------------------------------------------------------ */

/* What a key is found in. */
enum { TARN_ONE = 1, TARN_OTHER = 2, TARN_BOTH = 4 };

/* The result gets, in one step, what is found in these of two others; no other: NULL. */
int tarn__map_assign(struct tarn_object *result, struct tarn_object *one,
		     struct tarn_object *other, unsigned keeps);

/* Entries that only one of them has, with that value, at one moment of both. */
struct tarn_map_comparison {
	uint64_t alone, other_alone;
};
int tarn__maps_compare(struct tarn_object *one, struct tarn_object *other,
		       struct tarn_map_comparison *comparison);

/*
 * Fill an empty map, of no transaction, in one step.  TARN_EXISTS: it was not
 * empty any more, and nothing has happened.
 */
int tarn__map_fill(struct tarn_object *map, tarn__keyed_filler *filler, void *arg);

/* map_many.c: entries whose keys ascend; TARN_INVALID, they do not; of a set: no values, NULL */
int tarn__map_load(struct tarn_object *map, const void *keys, size_t key_size, size_t count,
		   const void *values, size_t value_size);

/* map_range.c: take out the first entry (1), or the last (-1); as tarn_map_pop_first() */
int tarn__map_pop(struct tarn_object *map, int way_round, struct tarn_bytes *key,
		  struct tarn_bytes *value);

/*
 * Erase all entries from one key on that are below another, if they are in
 * one leaf, and so by one store; TARN_AGAIN: they may not be, and none is.
 */
int tarn__map_erase_in_leaf(struct tarn_object *map, const struct tarn_map_key *from,
			    const struct tarn_map_key *to, uint64_t *erased);

/* Whether an erase has left so few. */
static inline bool
tarn__map_is_low(uint64_t occupied)
{
	return tarn__popcount(occupied & TARN_LEAF_OCCUPIED) <= TARN_LEAF_PLACES / 4;
}

/* map_check.c: tarn_kind_ops.check; and the same of a node block that is in no map */
int tarn__map_check(struct tarn_checker *checker, struct tarn_entry_shm *entry);
void tarn__map_check_idle(struct tarn_checker *checker, tarn_off off);

static inline void
tarn__map_no_fences(struct tarn_map_fences *fences)
{
	fences->low.key.edge = -1;
	fences->high.key.edge = 1;
	fences->no_memory = false;
}

/* ---- from the root to a leaf ------------------------------------------------------------------- */

/* How many of the keys are not above the word; before: are below it. */
static TARN_HOT unsigned
tarn__inner_find_word(const struct tarn_inner_shm *inner, unsigned count, uint64_t word, bool before)
{
	const uint64_t *at = inner->words;

	if (before && !word)
		return 0;
	for (word -= before; count > 1;) {
		unsigned half = count / 2;

		at += tarn__load(&at[half - 1]) <= word ? half : 0;
		count -= half;
	}
	return (unsigned)(at - inner->words) + (count && tarn__load(at) <= word);
}

/* The same of strings. */
static inline unsigned
tarn__inner_find_text(struct tarn_object *map, struct tarn_inner_shm *inner, unsigned count,
		      const struct tarn_map_key *key, bool before)
{
	const uint64_t *texts = tarn__map_texts(inner);
	unsigned low = 0;

	while (low < count) {
		unsigned middle = (low + count) / 2;
		int order = tarn__map_compare(map, tarn__load(&inner->words[middle]),
					      tarn__load(&texts[middle]), key);

		if (order < 0 || (order == 0 && !before))
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/* Which child the key belongs to; before: what is just below it. */
static TARN_HOT unsigned
tarn__inner_find(struct tarn_object *map, struct tarn_inner_shm *inner, unsigned count,
		 const struct tarn_map_key *key, bool before)
{
	if (unlikely(key->edge))
		return key->edge < 0 ? 0 : count;
	if (likely(tarn__keys_are_words(map)))
		return tarn__inner_find_word(inner, count, key->word, before);
	return tarn__inner_find_text(map, inner, count, key, before);
}

/* How many leaves a walk has asked memory for beyond the one that it is at. */
enum { TARN_LEAVES_AHEAD = 3 };

/* What the node at hand must still be for its child to be the right one. */
struct tarn_step {
	const uint64_t *word;
	uint64_t was, mask;
};

static TARN_HOT bool
tarn__step_still(const struct tarn_step *step)
{
	tarn__fence_acquire();
	return likely(!((tarn__load(step->word) ^ step->was) & step->mask));
}

/* A child that cannot be: if its parent and the root are as they were, for good. */
static TARN_COLD bool
tarn__way_lost(struct tarn_object *map, struct tarn_way *way, const struct tarn_step *step)
{
	way->lost = tarn__step_still(step) &&
		    !((tarn__load(&map->root->node) ^ way->root) & ~TARN_NODE_OWNER);
	return false;
}

static TARN_COLD bool
tarn__way_blocked(struct tarn_way *way, const uint64_t *node, uint64_t seen)
{
	way->blocked = node;
	way->blocked_seen = seen;
	return false;
}

/* Who asks for fences goes on to the next leaves; their lines may come meanwhile. */
static inline void
tarn__leaves_ahead(struct tarn_object *map, const uint64_t *children, unsigned from, unsigned to)
{
	const struct tarn_leaf_shm *leaf;

	for (unsigned i = from; i < to; i++) {
		leaf = tarn__at(map->arena, tarn__load(&children[i]), sizeof(*leaf), sizeof(*leaf));
		if (!leaf)
			return;
		for (unsigned line = 0; line < sizeof(*leaf) / 64; line++)
			__builtin_prefetch((const char *)leaf + 64 * (size_t)line);
	}
}

static TARN_NOINLINE void
tarn__way_fences(struct tarn_object *map, struct tarn_inner_shm *inner, unsigned count,
		 unsigned index, bool lowest, struct tarn_map_fences *fences)
{
	if (lowest)
		tarn__leaves_ahead(map, tarn__map_children(map, inner), index + 1,
				   (unsigned)tarn__min(count + 1, index + 1 + TARN_LEAVES_AHEAD));
	if ((index && !tarn__map_fence_copy(map, inner, index - 1, &fences->low)) ||
	    (index < count && !tarn__map_fence_copy(map, inner, index, &fences->high)))
		fences->no_memory = true;
}

/* From root and anchor to the key's leaf; false: not now, or not at all. */
static TARN_HOT bool
tarn__way(struct tarn_object *map, uint64_t self, const struct tarn_map_key *key, bool before,
	  struct tarn_map_fences *fences, struct tarn_way *way)
{
	struct tarn_step step = { .mask = ~UINT64_C(0) };
	struct tarn_inner_shm *inner;
	uint64_t structure, seen, height;
	unsigned count, index;
	tarn_off off;

	way->blocked = NULL;
	way->lost = false;
	if (unlikely(!tarn__object_seen(map, &way->root, &structure)) &&
	    !tarn__map_structure(map, self, &way->root, &structure))
		return false;
	way->anchor = (const struct tarn_inner_shm *)structure;
	if (unlikely(self != TARN_NOBODY)) { /* who splits may be there, and look at no gate any more */
		seen = tarn__load_seq(&way->anchor->node);
		if (tarn__must_wait(self, seen))
			return tarn__way_blocked(way, &way->anchor->node, seen);
	}
	step.word = &way->anchor->words[0];
	step.was = tarn__load_acquire(step.word);
	height = step.was & TARN_TOP_HEIGHT;
	off = step.was & ~TARN_TOP_HEIGHT;
	if (unlikely(height > TARN_HEIGHT_MAX))
		return tarn__way_lost(map, way, &step);
	for (; height; height--) {
		inner = tarn__at(map->arena, off, sizeof(*inner), sizeof(*inner));
		if (unlikely(!inner))
			return tarn__way_lost(map, way, &step);
		seen = tarn__load_seq(&inner->node);
		if (unlikely(!tarn__step_still(&step)))
			return false;
		if (unlikely(tarn__must_wait(self, seen)))
			return tarn__way_blocked(way, &inner->node, seen);
		step = (struct tarn_step){ &inner->node, seen, ~TARN_NODE_OWNER };
		count = (unsigned)(seen & TARN_NODE_PAYLOAD);
		if (unlikely(count > tarn__map_fan(map)))
			return tarn__way_lost(map, way, &step);
		index = tarn__inner_find(map, inner, count, key, before);
		if (fences)
			tarn__way_fences(map, inner, count, index, height == 1, fences);
		off = tarn__load(&tarn__map_children(map, inner)[index]);
	}
	way->leaf = tarn__at(map->arena, off, sizeof(*way->leaf), sizeof(*way->leaf));
	if (unlikely(!way->leaf))
		return tarn__way_lost(map, way, &step);
	__builtin_prefetch(&way->leaf->keys[8]);
	way->seen = tarn__load_seq(&way->leaf->node); /* after a gate was taken (O2) */
	if (unlikely(!tarn__step_still(&step)))
		return false;
	if (unlikely(tarn__must_wait(self, way->seen)))
		return tarn__way_blocked(way, &way->leaf->node, way->seen);
	return true;
}

/* Neither the leaf nor the root has changed since; their owners do not matter. */
static TARN_HOT bool
tarn__way_still(const struct tarn_object *map, const struct tarn_way *way)
{
	uint64_t changed;

	tarn__fence_acquire();
	changed = tarn__load(&way->leaf->node) ^ way->seen;
	changed |= tarn__load(&map->root->node) ^ way->root;
	return likely(!(changed & ~TARN_NODE_OWNER));
}

/* Of a leaf of words: the places that have the key, of which none or one is occupied. */
static TARN_HOT uint64_t
tarn__leaf_find_word(const struct tarn_leaf_shm *leaf, uint64_t seen, uint64_t word)
{
	uint64_t equal = 0;

	for (unsigned i = 0; i < TARN_LEAF_PLACES; i++)
		equal |= (uint64_t)(tarn__load(&leaf->keys[i]) == word) << i;
	return equal & seen;
}

#endif
