// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_shape.c -- an ordered map's tree: made, split, cleared, freed
 *
 * Each change of shape is one logged operation under the anchor's lock.
 *
 *	split	a full node gives its upper half to a new one; its parent has
 *		one key and child more.  Is the parent full too, then that is
 *		split alone, and so on upwards: the next attempt finds room.
 *	raise	the top was split: a new top, one step higher
 *
 *	before	[ 20 | 60 ]			after	[ 20 | 40 | 60 ]
 *		  |    |    `-- ...			  |    |    |
 *		  A  20 30 40 50			  A  20 30  40 50
 *
 * Readers that come by the parent wait while it is DIRTY; one that has
 * passed it sees by the node's word what has happened (map.h).  So a new
 * node need not be DIRTY.  A node that is split is, because it may be the
 * top, to which no parent leads; and a new top is, because a transaction's
 * entries may be in what it leads to.
 *
 * A map that counts up fills its last leaf: this one is split before its last
 * entry, and stays nearly full.
 *
 * A change that stands for itself only tries its locks, but for the anchor's;
 * in a transaction, whose gate keeps others from having more than one, it
 * waits for them.
 *
 * Who may write what: who has locked anchor and node.
 *
 * On death: undone, from the log.  New nodes are freed with payloads of 0
 * (B5), since these were logged too; what else they hold does not matter.
 */
#include "container/kinds.h"
#include "container/map_shape.h"

#define AGAIN TARN_AGAIN

/* What goes into a parent when a node was split. */
struct cut {
	uint64_t word, text;
	tarn_off left, right;
};

/* ---- the path ---------------------------------------------------------------------------------- */

int
tarn__shape_path(struct tarn_shape *s)
{
	uint64_t top = tarn__load(&s->anchor->words[0]);
	tarn_off off = top & ~TARN_TOP_HEIGHT;

	s->height = (unsigned)(top & TARN_TOP_HEIGHT);
	if (s->height > TARN_HEIGHT_MAX)
		return TARN_CORRUPT;
	for (unsigned i = 0; i < s->height; i++) {
		struct tarn_shape_step *step = &s->path[i];

		step->off = off;
		step->inner = tarn__shape_inner(s, off);
		if (!step->inner)
			return TARN_CORRUPT;
		step->count = (unsigned)(tarn__load(&step->inner->node) & TARN_NODE_PAYLOAD);
		if (step->count > tarn__map_fan(s->map))
			return TARN_CORRUPT;
		step->index = tarn__inner_find(s->map, step->inner, step->count, s->key, false);
		off = tarn__load(&tarn__map_children(s->map, step->inner)[step->index]);
	}
	s->leaf_off = off;
	s->leaf = tarn__shape_leaf(s, off);
	return s->leaf ? 0 : TARN_CORRUPT;
}

int
tarn__shape_enter(struct tarn_shape *s, bool waits)
{
	struct tarn_object *map = s->map;
	uint64_t self = map->txn ? s->lane->owner : TARN_NOBODY;
	uint64_t deadline = tarn__deadline(map->arena), node, structure;
	bool closed;
	int code;

	if (!tarn__object_seen(map, &node, &structure) &&
	    !tarn__map_structure(map, self, &node, &structure))
		return AGAIN;
	s->anchor = (struct tarn_inner_shm *)structure;
	code = waits ? tarn__lock_wait(s->lane, &s->anchor->node, deadline)
		     : tarn__lock_try(s->lane, &s->anchor->node);
	if (code || map->txn)
		return code;
	closed = tarn__gate_closed(map->root); /* after the lock (O2) */
	if (!closed && !((tarn__load_acquire(&map->root->node) ^ node) & ~TARN_NODE_OWNER))
		return 0;
	code = tarn__rollback(s->lane);
	if (!code && closed && waits)
		code = tarn__gate_wait(map, deadline);
	return code ? code : AGAIN;
}

/* ---- nodes ------------------------------------------------------------------------------------- */

/* A node that nobody else has, locked. */
static int
new_node(struct tarn_shape *s, enum tarn_heap_class which, tarn_off *off)
{
	int code = tarn__heap_alloc_node(s->lane, which, off);

	if (code)
		return code;
	return tarn__shape_lock(s, (uint64_t *)(s->map->arena->base + *off));
}

/* One key and child more behind the child at index. */
static void
insert_child(struct tarn_shape *s, struct tarn_shape_step *step, const struct cut *cut)
{
	struct tarn_inner_shm *inner = step->inner;
	uint64_t *keys = inner->words, *children = tarn__map_children(s->map, inner);
	uint64_t *texts = tarn__keys_are_words(s->map) ? NULL : tarn__map_texts(inner);

	tarn__dirty(&inner->node);
	for (unsigned i = step->count; i > step->index; i--) {
		tarn__set(s->lane, &keys[i], tarn__load(&keys[i - 1]));
		tarn__set(s->lane, &children[i + 1], tarn__load(&children[i]));
		if (texts)
			tarn__set(s->lane, &texts[i], tarn__load(&texts[i - 1]));
	}
	tarn__set(s->lane, &keys[step->index], cut->word);
	tarn__set(s->lane, &children[step->index + 1], cut->right);
	if (texts)
		tarn__set(s->lane, &texts[step->index], cut->text);
	tarn__set_payload(s->lane, &inner->node, step->count + 1);
}

/* A new top above the old one and what it gave away. */
static int
raise_top(struct tarn_shape *s, const struct cut *cut)
{
	struct tarn_inner_shm *top;
	tarn_off off;
	int code = s->height < TARN_HEIGHT_MAX ? 0 : TARN_TOO_BIG;

	if (!code)
		code = new_node(s, TARN_HEAP_INNER, &off);
	if (code)
		return code;
	top = (void *)(s->map->arena->base + off);
	tarn__dirty(&top->node);
	tarn__store(&top->words[0], cut->word);
	tarn__store(&tarn__map_children(s->map, top)[0], cut->left);
	tarn__store(&tarn__map_children(s->map, top)[1], cut->right);
	if (!tarn__keys_are_words(s->map))
		tarn__store(&tarn__map_texts(top)[0], cut->text);
	tarn__set_payload(s->lane, &top->node, 1);
	tarn__set(s->lane, &s->anchor->words[0], off | (s->height + 1));
	return 0;
}

/* ---- the key between two leaves ---------------------------------------------------------------- */

/* How many bytes of the right one are more than the left one. */
static uint64_t
text_length(const struct tarn_pair_shm *left, uint64_t left_size, const struct tarn_pair_shm *right,
	    uint64_t right_size)
{
	uint64_t differ;

	for (uint64_t i = 0; i * 8 < left_size && i * 8 < right_size; i++) {
		differ = tarn__load(&left->bytes[i]) ^ tarn__load(&right->bytes[i]);
		if (differ)
			return i * 8 + tarn__ctz(differ) / 8 + 1;
	}
	return left_size + 1;
}

static int
make_text(struct tarn_shape *s, const struct tarn_pair_shm *right, uint64_t length, uint64_t *text)
{
	struct tarn_pair_shm *pair;
	int code = tarn__heap_alloc(s->lane, sizeof(*pair) + tarn__round_up(length, 8), text);

	if (code)
		return code;
	pair = (void *)(s->map->arena->base + *text);
	tarn__store(&pair->sizes, length);
	for (uint64_t i = 0; i * 8 < length; i++)
		tarn__store(&pair->bytes[i], tarn__load(&right->bytes[i]) &
						     tarn__low_bits((unsigned)tarn__min(64, length * 8 - i * 64)));
	return 0;
}

/* In a custom order nothing is known of shorter ones. */
static int
whole_between(struct tarn_shape *s, unsigned right, struct cut *cut)
{
	const struct tarn_pair_shm *pair;
	uint64_t size, value_size;

	pair = tarn__map_pair(s->map, tarn__load(&s->leaf->values[right]), &size, &value_size);
	if (!pair || size > TARN_ORDERED_MOST)
		return TARN_CORRUPT;
	return make_text(s, pair, size, &cut->text);
}

/* Above the entry of the one place, and not above that of the other: as short as it can be. */
static int
between(struct tarn_shape *s, unsigned left, unsigned right, struct cut *cut)
{
	const struct tarn_pair_shm *one, *other;
	uint64_t size, other_size, value_size, length;

	cut->word = tarn__load(&s->leaf->keys[right]);
	if (tarn__keys_are_words(s->map))
		return 0;
	if (tarn__map_is_custom(s->map))
		return whole_between(s, right, cut);
	one = tarn__map_pair(s->map, tarn__load(&s->leaf->values[left]), &size, &value_size);
	other = tarn__map_pair(s->map, tarn__load(&s->leaf->values[right]), &other_size, &value_size);
	if (!one || !other)
		return TARN_CORRUPT;
	length = text_length(one, size, other, other_size);
	if (length > other_size)
		return TARN_CORRUPT;
	cut->text = length;
	if (length > TARN_TEXT_SHORT)
		return make_text(s, other, length, &cut->text);
	cut->word &= ~tarn__low_bits(64 - 8 * (unsigned)length);
	return 0;
}

/* ---- split ------------------------------------------------------------------------------------- */

/* The parent takes it, or a new top does. */
static int
link_child(struct tarn_shape *s, unsigned level, const struct cut *cut)
{
	if (!level)
		return raise_top(s, cut);
	insert_child(s, &s->path[level - 1], cut);
	return 0;
}

/* Where the leaf is cut in two: at half, or before its last entry. */
static unsigned
cut_at(struct tarn_shape *s, const uint8_t *order, unsigned count)
{
	unsigned last = order[count - 1];
	bool is_last = tarn__map_compare(s->map, tarn__load(&s->leaf->keys[last]),
					 tarn__load(&s->leaf->values[last]), s->key) < 0;

	for (unsigned i = 0; is_last && i < s->height; i++)
		is_last = s->path[i].index == s->path[i].count;
	return is_last ? count - 1 : (count + 1) / 2;
}

static int
split_leaf(struct tarn_shape *s)
{
	uint8_t order[TARN_LEAF_KEYS];
	struct cut cut = { .left = s->leaf_off };
	uint64_t stay = tarn__load(&s->leaf->node) & TARN_LEAF_OCCUPIED, go = 0;
	struct tarn_leaf_shm *right;
	unsigned count, at;
	int code;

	if (stay != TARN_LEAF_OCCUPIED)
		return 0; /* somebody has split it before us, or erased something */
	count = tarn__map_order(s->map, s->leaf, stay, order);
	at = cut_at(s, order, count);
	code = between(s, order[at - 1], order[at], &cut);
	if (!code)
		code = new_node(s, TARN_HEAP_LEAF, &cut.right);
	if (code)
		return code;
	right = (void *)(s->map->arena->base + cut.right);
	for (; at < count; at++) {
		tarn__store(&right->keys[tarn__popcount(go)], tarn__load(&s->leaf->keys[order[at]]));
		tarn__store(&right->values[tarn__popcount(go)], tarn__load(&s->leaf->values[order[at]]));
		stay &= ~(UINT64_C(1) << order[at]);
		go = go << 1 | 1;
	}
	tarn__set_payload(s->lane, &right->node, go);
	tarn__dirty(&s->leaf->node);
	tarn__set_payload(s->lane, &s->leaf->node, stay);
	return link_child(s, s->height, &cut);
}

/* The middle key goes up, what is above it into the new node. */
static int
split_inner(struct tarn_shape *s, unsigned level)
{
	struct tarn_shape_step *step = &s->path[level];
	struct cut cut = { .left = step->off };
	unsigned half = step->count / 2, moved = step->count - half - 1;
	struct tarn_inner_shm *right;
	int code = tarn__shape_lock(s, &step->inner->node);

	if (!code)
		code = new_node(s, TARN_HEAP_INNER, &cut.right);
	if (code)
		return code;
	right = (void *)(s->map->arena->base + cut.right);
	cut.word = tarn__load(&step->inner->words[half]);
	for (unsigned i = 0; i < moved; i++)
		tarn__store(&right->words[i], tarn__load(&step->inner->words[half + 1 + i]));
	for (unsigned i = 0; i <= moved; i++)
		tarn__store(&tarn__map_children(s->map, right)[i],
			    tarn__load(&tarn__map_children(s->map, step->inner)[half + 1 + i]));
	if (!tarn__keys_are_words(s->map)) {
		cut.text = tarn__load(&tarn__map_texts(step->inner)[half]);
		for (unsigned i = 0; i < moved; i++)
			tarn__store(&tarn__map_texts(right)[i],
				    tarn__load(&tarn__map_texts(step->inner)[half + 1 + i]));
	}
	tarn__set_payload(s->lane, &right->node, moved);
	tarn__dirty(&step->inner->node);
	tarn__set_payload(s->lane, &step->inner->node, half);
	return link_child(s, level, &cut);
}

/* The lowest node of the path that is full and whose parent is not, or that is the top. */
static int
make_room(struct tarn_shape *s)
{
	unsigned fan = tarn__map_fan(s->map), level = s->height;
	int code = tarn__lane_reserve(s->lane, 3 * fan + 8, 3, 1, 5);

	while (level && s->path[level - 1].count == fan)
		level--;
	if (!code && level)
		code = tarn__shape_lock(s, &s->path[level - 1].inner->node);
	if (!code && level < s->height)
		return split_inner(s, level);
	if (!code)
		code = tarn__shape_lock(s, &s->leaf->node);
	return code ? code : split_leaf(s);
}

int
tarn__map_split(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_map_key *key)
{
	struct tarn_shape s = { .map = map, .lane = lane, .key = key };
	int code = tarn__shape_enter(&s, true);

	if (!code)
		code = tarn__shape_path(&s);
	if (!code)
		code = make_room(&s);
	return code || map->txn ? code : tarn__commit(lane);
}

/* ---- a new structure --------------------------------------------------------------------------- */

/* An anchor, and an empty leaf as its top. */
static int
make_structure(struct tarn_lane *lane, uint64_t *structure)
{
	struct tarn_inner_shm *anchor;
	tarn_off leaf;
	int code = tarn__heap_alloc_node(lane, TARN_HEAP_INNER, structure);

	if (!code)
		code = tarn__heap_alloc_node(lane, TARN_HEAP_LEAF, &leaf);
	if (code)
		return code;
	anchor = (void *)(lane->arena->base + *structure);
	tarn__store(&anchor->words[0], leaf);
	return 0;
}

int
tarn__map_create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	return tarn__keyed_create(lane, entry, make_structure);
}

int
tarn_map_clear(struct tarn_map *map)
{
	return tarn__keyed_clear(tarn__map_object(map), make_structure);
}

/* ---- dismantling ------------------------------------------------------------------------------- */

/* The last leaf, with its pairs; its last holder, if there still is one, is waited for by trying. */
static int
free_leaf(struct tarn_shape *s)
{
	int code = tarn__lock_try(s->lane, &s->leaf->node);
	uint64_t left = code || tarn__map_is_inline(s->map) ? 0
							     : tarn__load(&s->leaf->node) & TARN_LEAF_OCCUPIED;

	for (; left && !code; left &= left - 1)
		code = tarn__heap_free(s->lane, tarn__load(&s->leaf->values[tarn__ctz(left)]));
	if (!code)
		code = tarn__heap_free(s->lane, s->leaf_off);
	if (!code)
		tarn__set_payload(s->lane, &s->leaf->node, 0);
	return code;
}

/* It was the last child of the last node, which may have been that of ... */
static int
free_path(struct tarn_shape *s)
{
	unsigned level = s->height;
	struct tarn_shape_step *step;
	int code = 0;

	for (; level && !code; level--) {
		step = &s->path[level - 1];
		code = tarn__lock_try(s->lane, &step->inner->node);
		if (!code && step->count) {
			code = tarn__shape_free_text(s, step, step->count - 1);
			tarn__set_payload(s->lane, &step->inner->node, step->count - 1);
			return code;
		}
		if (!code)
			code = tarn__heap_free(s->lane, step->off);
	}
	if (!code)
		tarn__set(s->lane, &s->anchor->words[0], 0);
	return code;
}

/* A handle on what is buried; only what its nodes depend on. */
static struct tarn_object
buried(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	return (struct tarn_object){
		.arena = lane->arena,
		.root = &entry->root,
		.key_size = tarn__map_key_size(entry),
		.value_size = tarn__map_value_size(entry),
	};
}

int
tarn__map_dismantle(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	static const struct tarn_map_key last = { .edge = 1 };
	struct tarn_object map = buried(lane, entry);
	struct tarn_shape s = { .map = &map, .lane = lane, .key = &last };
	tarn_off structure = tarn__load(&entry->root.structure);
	int code;

	*done = false;
	s.anchor = tarn__shape_inner(&s, structure);
	code = s.anchor ? tarn__lock_try(lane, &s.anchor->node) : TARN_CORRUPT;
	if (code)
		return code;
	*done = !tarn__load(&s.anchor->words[0]);
	if (*done) {
		code = tarn__heap_free(lane, structure);
		return code ? code : tarn__heap_free(lane, tarn__load(&entry->root.counts));
	}
	code = tarn__shape_path(&s);
	if (!code)
		code = tarn__lane_reserve(lane, 3, 0, 0, s.height + 1);
	if (!code)
		code = free_leaf(&s);
	return code ? code : free_path(&s);
}

const struct tarn_kind_ops tarn__map_ops = {
	.name = "map",
	.has_order = true,
	.create = tarn__map_create,
	.dismantle = tarn__map_dismantle,
	.check = tarn__map_check,
};
