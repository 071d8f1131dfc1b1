// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_merge.c -- an ordered map's tree has fewer nodes
 *
 * After an erase has left few entries in a leaf; each is one logged operation
 * under the anchor's lock:
 *
 *	merge	two neighbours that fit into one; the other is freed
 *	prune	the way to an empty leaf, where it has no neighbour
 *	lower	the top has one child alone: that is the top now
 *
 *	before	[ 20 | 40 ]		after	[ 20 ]
 *		  |    |   \			  |   \
 *		  A   20   40 50		  A    20 40 50
 *
 * Entries and children go to places that nobody reads.  Readers that come by
 * the parent wait while it is DIRTY; one that has passed it sees by the
 * node's word what has happened (map.h).  So the one that stays need not be
 * DIRTY.  What goes away is, before the commit: locks are let go one after
 * the other, and its word may be what it was until it is its turn; who has
 * read that word before would go on from it to a leaf that is free already.
 *
 * All locks are only tried, and what cannot be had is left to the next erase.
 * What transactions leave low is merged after their commits.
 *
 * Who may write what: who has locked anchor and node.
 *
 * On death: undone, from the log.
 */
#include "container/map_shape.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN TARN_AGAIN
#define MERGED_MOST (TARN_LEAF_PLACES * 3 / 4)

/* One key and child less; readers do not look meanwhile. */
static void
remove_child(struct tarn_shape *s, struct tarn_shape_step *step, unsigned key, unsigned child)
{
	struct tarn_inner_shm *inner = step->inner;
	uint64_t *keys = inner->words, *children = tarn__map_children(s->map, inner);
	uint64_t *texts = tarn__keys_are_words(s->map) ? NULL : tarn__map_texts(inner);

	tarn__dirty(&inner->node);
	for (unsigned i = key; i + 1 < step->count; i++) {
		tarn__set(s->lane, &keys[i], tarn__load(&keys[i + 1]));
		if (texts)
			tarn__set(s->lane, &texts[i], tarn__load(&texts[i + 1]));
	}
	for (unsigned i = child; i < step->count; i++)
		tarn__set(s->lane, &children[i], tarn__load(&children[i + 1]));
	tarn__set_payload(s->lane, &inner->node, step->count - 1);
}

/* ---- merge ------------------------------------------------------------------------------------- */

/* The two children of a node that are to be one, locked as the node is. */
static int
lock_three(struct tarn_shape *s, struct tarn_shape_step *step, uint64_t *left, uint64_t *right)
{
	int code = left && right ? tarn__shape_lock(s, &step->inner->node) : TARN_CORRUPT;

	if (!code)
		code = tarn__shape_lock(s, left);
	return code ? code : tarn__shape_lock(s, right);
}

/* Entries go to free places, which nobody reads. */
static void
move_entries(struct tarn_leaf_shm *to, const struct tarn_leaf_shm *from, uint64_t *stay, uint64_t go)
{
	for (; go; go &= go - 1) {
		unsigned place = tarn__ctz(~*stay);

		tarn__store(&to->keys[place], tarn__load(&from->keys[tarn__ctz(go)]));
		tarn__store(&to->values[place], tarn__load(&from->values[tarn__ctz(go)]));
		*stay |= UINT64_C(1) << place;
	}
}

static int
merge_leaves(struct tarn_shape *s, struct tarn_shape_step *step, unsigned at)
{
	uint64_t *children = tarn__map_children(s->map, step->inner);
	struct tarn_leaf_shm *left = tarn__shape_leaf(s, tarn__load(&children[at]));
	tarn_off right_off = tarn__load(&children[at + 1]);
	struct tarn_leaf_shm *right = tarn__shape_leaf(s, right_off);
	uint64_t stay, go;
	int code = lock_three(s, step, left ? &left->node : NULL, right ? &right->node : NULL);

	if (code)
		return code;
	stay = tarn__load(&left->node) & TARN_LEAF_OCCUPIED;
	go = tarn__load(&right->node) & TARN_LEAF_OCCUPIED;
	if (stay && go && tarn__popcount(stay) + tarn__popcount(go) > MERGED_MOST)
		return AGAIN;
	code = tarn__shape_free_text(s, step, at);
	if (!code)
		code = tarn__heap_free(s->lane, right_off);
	if (code)
		return code;
	tarn__dirty(&right->node);
	move_entries(left, right, &stay, go);
	remove_child(s, step, at, at + 1);
	tarn__set_payload(s->lane, &left->node, stay);
	tarn__set_payload(s->lane, &right->node, 0);
	return 0;
}

/* What the right one has goes behind what the left one has, with the key that was between them. */
static void
move_children(struct tarn_shape *s, struct tarn_inner_shm *to, const struct tarn_inner_shm *from,
	      unsigned stay, unsigned go)
{
	unsigned child = tarn__map_fan(s->map), text = 2 * TARN_FAN_TEXTS + 1;

	for (unsigned i = 0; i < go; i++)
		tarn__store(&to->words[stay + 1 + i], tarn__load(&from->words[i]));
	for (unsigned i = 0; i <= go; i++)
		tarn__store(&to->words[child + stay + 1 + i], tarn__load(&from->words[child + i]));
	for (unsigned i = 0; i < go && !tarn__keys_are_words(s->map); i++)
		tarn__store(&to->words[text + stay + 1 + i], tarn__load(&from->words[text + i]));
}

static int
merge_inners(struct tarn_shape *s, struct tarn_shape_step *step, unsigned at)
{
	uint64_t *children = tarn__map_children(s->map, step->inner);
	struct tarn_inner_shm *left = tarn__shape_inner(s, tarn__load(&children[at]));
	tarn_off right_off = tarn__load(&children[at + 1]);
	struct tarn_inner_shm *right = tarn__shape_inner(s, right_off);
	unsigned stay, go;
	int code = lock_three(s, step, left ? &left->node : NULL, right ? &right->node : NULL);

	if (code)
		return code;
	stay = (unsigned)(tarn__load(&left->node) & TARN_NODE_PAYLOAD);
	go = (unsigned)(tarn__load(&right->node) & TARN_NODE_PAYLOAD);
	if (stay + 1 + go > tarn__map_fan(s->map) * 3 / 4)
		return AGAIN;
	code = tarn__heap_free(s->lane, right_off);
	if (code)
		return code;
	tarn__store(&left->words[stay], tarn__load(&step->inner->words[at]));
	if (!tarn__keys_are_words(s->map))
		tarn__store(&tarn__map_texts(left)[stay], tarn__load(&tarn__map_texts(step->inner)[at]));
	tarn__dirty(&right->node);
	move_children(s, left, right, stay, go);
	remove_child(s, step, at, at + 1);
	tarn__set_payload(s->lane, &left->node, stay + 1 + go);
	tarn__set_payload(s->lane, &right->node, 0);
	return 0;
}

/* An only child, empty, of a node that is an only child: away with all of them. */
static int
prune(struct tarn_shape *s)
{
	unsigned level = s->height - 1, key;
	int code = tarn__shape_lock(s, &s->leaf->node);

	if (code || tarn__load(&s->leaf->node) & TARN_LEAF_OCCUPIED)
		return code ? code : AGAIN;
	code = tarn__heap_free(s->lane, s->leaf_off);
	for (; !code && level && !s->path[level].count; level--) {
		code = tarn__shape_lock(s, &s->path[level].inner->node);
		if (!code)
			code = tarn__heap_free(s->lane, s->path[level].off);
		if (!code)
			tarn__dirty(&s->path[level].inner->node);
	}
	if (!code)
		code = tarn__shape_lock(s, &s->path[level].inner->node);
	key = s->path[level].index ? s->path[level].index - 1 : 0;
	if (!code)
		code = tarn__shape_free_text(s, &s->path[level], key);
	if (!code)
		remove_child(s, &s->path[level], key, s->path[level].index);
	return code;
}

static int
lower_top(struct tarn_shape *s)
{
	tarn_off child = tarn__load(&tarn__map_children(s->map, s->path[0].inner)[0]);
	int code = tarn__shape_lock(s, &s->path[0].inner->node);

	if (!code)
		code = tarn__heap_free(s->lane, s->path[0].off);
	if (code)
		return code;
	tarn__dirty(&s->path[0].inner->node);
	tarn__set(s->lane, &s->anchor->words[0], child | (s->height - 1));
	return 0;
}

/* One step, at the node so far above the leaf; AGAIN: there is nothing to do. */
static int
shrink_at(struct tarn_shape *s, unsigned above)
{
	unsigned level = s->height - above; /* of the node; its parent is in path[level - 1] */
	struct tarn_shape_step *parent;
	unsigned at;

	if (s->height && !s->path[0].count)
		return lower_top(s);
	if (above >= s->height)
		return AGAIN;
	parent = &s->path[level - 1];
	if (!parent->count)
		return above ? AGAIN : prune(s);
	at = parent->index < parent->count ? parent->index : parent->index - 1;
	if (!above)
		return merge_leaves(s, parent, at);
	return s->path[level].count > tarn__map_fan(s->map) / 4 ? AGAIN : merge_inners(s, parent, at);
}

static int
shrink_once(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_map_key *key,
	    unsigned above)
{
	struct tarn_shape s = { .map = map, .lane = lane, .key = key };
	int code = tarn__shape_enter(&s, false);

	if (code == AGAIN)
		return AGAIN;
	if (!code)
		code = tarn__shape_path(&s);
	if (!code)
		code = tarn__lane_reserve(lane, 3 * tarn__map_fan(map) + 8, 0, 2, 4 + s.height);
	if (!code)
		code = shrink_at(&s, above);
	if (!code)
		return tarn__commit(lane);
	if (tarn__rollback(lane))
		return TARN_CORRUPT;
	return code == TARN_BUSY ? AGAIN : code;
}

int
tarn__map_shrink(struct tarn_object *map, const struct tarn_map_key *key)
{
	struct tarn_lane *lane;
	int code = 0, first = AGAIN;

	for (unsigned above = 0; !code && above <= TARN_HEIGHT_MAX; above++) {
		code = tarn__op_begin(map->arena, &lane);
		if (!code) {
			code = shrink_once(map, lane, key, above);
			tarn__op_end(lane);
		}
		if (!above)
			first = code;
	}
	return first;
}


/* ---- at the end of a call ---------------------------------------------------------------------- */

/* A leaf that a transaction has left low: a key of it. */
struct low {
	struct tarn_later later;
	struct tarn_map_key key;
	char text[];
};

/* Empty leaves at an end of the map may be many. */
static void
shrink(struct tarn_object *map, const struct tarn_map_key *key)
{
	while (!tarn__map_shrink(map, key) && key->edge)
		;
}

static void
shrink_later(struct tarn_later *later)
{
	struct low *low = (struct low *)later;

	shrink(&low->later.object, &low->key);
}

void
tarn__map_left_low(struct tarn_object *map, const struct tarn_map_key *key)
{
	size_t size = key->edge || tarn__keys_are_words(map) ? 0 : key->size;
	struct low *low;

	if (!map->txn) {
		shrink(map, key);
		return;
	}
	low = malloc(sizeof(*low) + size);
	if (!low)
		return; /* it stays low */
	low->later.run = shrink_later;
	low->key = *key;
	if (size)
		memcpy(low->text, key->data, size);
	low->key.data = low->text;
	tarn__txn_later(map, &low->later);
}
