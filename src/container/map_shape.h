// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_shape.h -- a change of a tree's shape, while it goes on
 *
 *	map_shape.c	one node more; creation, clear, dismantling
 *	map_merge.c	one node less
 *
 * The path from the top to the leaf of a key, under the anchor's lock: so it
 * stays as it is until who holds the lock changes it.
 */
#ifndef TARN_CONTAINER_MAP_SHAPE_H
#define TARN_CONTAINER_MAP_SHAPE_H

#include "container/map.h"

/* An inner node on the path, and the child to which it leads. */
struct tarn_shape_step {
	struct tarn_inner_shm *inner;
	tarn_off off;
	unsigned count, index;
};

struct tarn_shape {
	struct tarn_object *map;
	struct tarn_lane *lane;
	const struct tarn_map_key *key;
	struct tarn_inner_shm *anchor;
	struct tarn_shape_step path[TARN_HEIGHT_MAX]; /* from the top on */
	unsigned height;
	tarn_off leaf_off;
	struct tarn_leaf_shm *leaf;
};

/* The anchor locked, and the map's; TARN_AGAIN: nothing is locked, look again. */
int tarn__shape_enter(struct tarn_shape *s, bool waits);

/* From the anchor, which is locked, to the key's leaf. */
int tarn__shape_path(struct tarn_shape *s);

static inline struct tarn_inner_shm *
tarn__shape_inner(const struct tarn_shape *s, tarn_off off)
{
	return tarn__at(s->map->arena, off, sizeof(struct tarn_inner_shm),
			sizeof(struct tarn_inner_shm));
}

static inline struct tarn_leaf_shm *
tarn__shape_leaf(const struct tarn_shape *s, tarn_off off)
{
	return tarn__at(s->map->arena, off, sizeof(struct tarn_leaf_shm), sizeof(struct tarn_leaf_shm));
}

/* A node's lock: only tried, unless the gate is ours. */
static inline int
tarn__shape_lock(struct tarn_shape *s, uint64_t *node)
{
	if (s->map->txn)
		return tarn__lock_wait(s->lane, node, tarn__deadline(s->map->arena));
	return tarn__lock_try(s->lane, node);
}

/* Away with what a key of a node has beyond its word. */
static inline int
tarn__shape_free_text(struct tarn_shape *s, const struct tarn_shape_step *step, unsigned index)
{
	uint64_t text = tarn__keys_are_words(s->map) ? 0 : tarn__load(&tarn__map_texts(step->inner)[index]);

	return text > TARN_TEXT_SHORT ? tarn__heap_free(s->lane, text) : 0;
}

#endif
