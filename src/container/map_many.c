// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_many.c -- calls for many keys, whose lines of memory come at once, and
 * for a sorted load
 *
 *	group of keys	1. all go down from the top together: of each node one
 *			   more is asked for, then the next level is looked at
 *			2. ask for what their leaves lead to
 *			3. the calls one by one, each as by itself
 *
 * A processor waits 100 ns and more for a line that is in no cache, and can
 * wait for a dozen of them in the same time.  Steps 1 and 2 only ask: they
 * look at no node twice, so what they see may be wrong; step 3 looks again.
 *
 * Batched lookups with prefetching: Chen et al., "Improving index performance
 * through prefetching", SIGMOD 2001.
 *
 * Who may write what, and what happens on death: each call is one of
 * map.c's; a death leaves those before it done, and those after not.
 */
#include "container/map.h"

/* Some records one after the other, or struct tarn_bytes that say where each is. */
struct column {
	const char *at;
	size_t size; /* of a record; TARN_SEPARATE */
};

static const void *
cell(const struct column *column, size_t i, size_t *size)
{
	const struct tarn_bytes *bytes = (const struct tarn_bytes *)(const void *)column->at + i;

	*size = column->size != TARN_SEPARATE ? column->size : bytes->size;
	return column->size != TARN_SEPARATE ? column->at + i * column->size : bytes->data;
}

/* ---- asking ahead ------------------------------------------------------------------------------ */

enum { GROUP = 32, LINE = 64 };

/*
 * To go down twice costs more than it saves while the leaves are in the
 * caches: so a tree must have so many, more or less.
 */
#ifdef TARN_TINY
enum { LEAVES_LEAST = 1 };
#else
enum { LEAVES_LEAST = 35000 }; /* 9 MB */
#endif

struct ahead {
	struct tarn_map_key keys[GROUP];
	tarn_off at[GROUP]; /* the node to which each has come; 0: none */
	unsigned count;
};

/* It may be nowhere. */
static TARN_HOT void
ask_for(const struct tarn_object *map, tarn_off off, unsigned lines)
{
	uintptr_t at = (uintptr_t)map->arena->base + off;

	for (unsigned i = 0; i < lines; i++)
		__builtin_prefetch((const void *)(at + i * LINE));
}

static TARN_HOT tarn_off
child_of(struct tarn_object *map, tarn_off off, const struct tarn_map_key *key)
{
	struct tarn_inner_shm *inner = tarn__at(map->arena, off, sizeof(*inner), sizeof(*inner));
	unsigned count = inner ? (unsigned)(tarn__load(&inner->node) & TARN_NODE_PAYLOAD) : UINT32_MAX;

	if (count > tarn__map_fan(map))
		return 0;
	return tarn__load(&tarn__map_children(map, inner)[tarn__inner_find(map, inner, count, key, false)]);
}

/* The pair of the first entry that may be the key's. */
static void
ask_for_pair(struct tarn_object *map, tarn_off off, const struct tarn_map_key *key)
{
	const struct tarn_leaf_shm *leaf = tarn__at(map->arena, off, sizeof(*leaf), sizeof(*leaf));
	uint64_t equal = leaf ? tarn__leaf_find_word(leaf, tarn__load(&leaf->node), key->word) : 0;

	if (equal & TARN_LEAF_OCCUPIED)
		ask_for(map, tarn__load(&leaf->values[tarn__ctz(equal)]), 1);
}

/* From the anchor's top to the leaves. */
static void
go_down(struct tarn_object *map, struct ahead *ahead, uint64_t top)
{
	for (unsigned i = 0; i < ahead->count; i++)
		ahead->at[i] = top & ~TARN_TOP_HEIGHT;
	for (uint64_t height = top & TARN_TOP_HEIGHT; height; height--) {
		unsigned lines = height > 1 ? sizeof(struct tarn_inner_shm) / 2 / LINE
					    : sizeof(struct tarn_leaf_shm) / LINE;

		for (unsigned i = 0; i < ahead->count; i++) {
			if (ahead->at[i])
				ahead->at[i] = child_of(map, ahead->at[i], &ahead->keys[i]);
			ask_for(map, ahead->at[i], lines);
		}
	}
	for (unsigned i = 0; i < ahead->count && !tarn__map_is_inline(map); i++) {
		if (ahead->at[i])
			ask_for_pair(map, ahead->at[i], &ahead->keys[i]);
	}
}

/* As many leaves as if all nodes but the top were two thirds full. */
static bool
is_large(struct tarn_object *map, uint64_t top)
{
	uint64_t height = top & TARN_TOP_HEIGHT, leaves = 0;
	const struct tarn_inner_shm *node = tarn__at(map->arena, top - height, sizeof(*node), sizeof(*node));

	if (node && height && height <= TARN_HEIGHT_MAX)
		leaves = (tarn__load(&node->node) & TARN_NODE_PAYLOAD) + 1;
	for (; height > 1 && leaves < LEAVES_LEAST; height--)
		leaves *= tarn__map_fan(map) * 2 / 3;
	return leaves >= LEAVES_LEAST;
}

/* Steps 1 and 2, for as many keys as a group has. */
static void
ask_ahead(struct tarn_map *handle, const struct column *keys, size_t first, size_t count)
{
	struct tarn_object *map = tarn__map_object(handle);
	struct ahead ahead = { .count = 0 };
	uint64_t node, structure, top;
	size_t size;

	if (tarn__forked(map->arena) || !tarn__object_seen(map, &node, &structure))
		return;
	top = tarn__load_acquire(&((const struct tarn_inner_shm *)structure)->words[0]);
	if (!is_large(map, top))
		return;
	for (size_t i = first; i < count && i < first + GROUP; i++) {
		const void *key = cell(keys, i, &size);

		ahead.count += !tarn__map_key(map, key, size, &ahead.keys[ahead.count]);
	}
	go_down(map, &ahead, top);
}

void
tarn__map_ask_ahead(struct tarn_map *map, const void *keys, size_t key_size, size_t i, size_t count)
{
	const struct column from = { keys, key_size };

	if (i % GROUP == 0)
		ask_ahead(map, &from, i, count);
}

/* ---- calls ------------------------------------------------------------------------------------- */

/* The worst of what calls say: the first error, else that a key is missing, else 0. */
static int
worst_of(int worst, int code, int *codes, size_t i)
{
	if (codes)
		codes[i] = code;
	return worst && (worst != TARN_NOT_FOUND || !code) ? worst : code;
}

int
tarn_map_get_many(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
		  void *values, size_t value_room, int *codes)
{
	const struct column from = { keys, key_size }, to = { values, value_room };
	struct tarn_bytes *separate = value_room == TARN_SEPARATE ? values : NULL;
	size_t size, room, told;
	int code, worst = 0;

	for (size_t i = 0; i < count; i++) {
		const void *key = cell(&from, i, &size);
		void *value = (void *)(uintptr_t)cell(&to, i, &room);

		told = 0;
		if (i % GROUP == 0)
			ask_ahead(map, &from, i, count);
		code = tarn_map_get(map, key, size, value, room, &told);
		if (separate && (!code || code == TARN_TOO_BIG))
			separate[i].size = told;
		worst = worst_of(worst, code, codes, i);
	}
	return worst;
}

int
tarn_map_put_many(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
		  const void *values, size_t value_size, int *codes)
{
	const struct column from = { keys, key_size }, to = { values, value_size };
	size_t size, bytes;
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		const void *key = cell(&from, i, &size), *value = cell(&to, i, &bytes);

		if (i % GROUP == 0)
			ask_ahead(map, &from, i, count);
		worst = worst_of(worst, tarn_map_put(map, key, size, value, bytes), codes, i);
	}
	return worst;
}

int
tarn_map_erase_many(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
		    int *codes)
{
	const struct column from = { keys, key_size };
	size_t size;
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		const void *key = cell(&from, i, &size);

		if (i % GROUP == 0)
			ask_ahead(map, &from, i, count);
		worst = worst_of(worst, tarn_map_erase(map, key, size), codes, i);
	}
	return worst;
}

/* Whether one key is below the next. */
static int
is_ascending(const struct tarn_object *map, const struct column *keys, size_t i)
{
	struct tarn_map_key one, next;
	size_t size;
	const void *key = cell(keys, i, &size);
	int code = tarn__map_key(map, key, size, &one);

	key = cell(keys, i + 1, &size);
	if (!code)
		code = tarn__map_key(map, key, size, &next);
	if (!code && tarn__map_compare_keys(map, &one, &next) >= 0)
		code = TARN_INVALID;
	return code;
}

static int
all_ascend(const struct tarn_object *map, const struct column *keys, size_t count)
{
	int code = 0;

	for (size_t i = 0; i + 1 < count && !code; i++)
		code = is_ascending(map, keys, i);
	return code;
}

struct load {
	struct column keys, values; /* of a set: no values */
	size_t count;
};

/* A set's key may be there already, and is there then; so that is no error. */
static int
load_one(struct tarn_object *map, const struct load *load, size_t i)
{
	struct tarn_map *handle = (struct tarn_map *)map;
	static const uint64_t no_value = 0;
	size_t size, bytes;
	const void *key = cell(&load->keys, i, &size), *value;
	int code;

	if (load->values.at) {
		value = cell(&load->values, i, &bytes);
		return tarn_map_put(handle, key, size, value, bytes);
	}
	code = tarn_map_insert(handle, key, size, &no_value, map->value_size);
	return code == TARN_EXISTS ? 0 : code;
}

static int
load_all(struct tarn_object *map, void *arg)
{
	const struct load *load = arg;
	int code = 0;

	for (size_t i = 0; i < load->count && !code; i++)
		code = load_one(map, load, i);
	return code;
}

/* Into an empty map all in one step; in a transaction they are one step anyway. */
int
tarn__map_load(struct tarn_object *map, const void *keys, size_t key_size, size_t count,
	       const void *values, size_t value_size)
{
	struct load load = { { keys, key_size }, { values, value_size }, count };
	bool empty = false;
	int code = all_ascend(map, &load.keys, count);

	if (!code && count && !map->txn)
		code = tarn_map_empty((struct tarn_map *)map, &empty);
	if (!code && empty)
		code = tarn__map_fill(map, load_all, &load);
	else if (!code)
		return load_all(map, &load);
	return code == TARN_EXISTS ? load_all(map, &load) : code;
}

int
tarn_map_load(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
	      const void *values, size_t value_size)
{
	return tarn__map_load(tarn__map_object(map), keys, key_size, count, values, value_size);
}
