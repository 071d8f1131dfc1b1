// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_walk.c -- the entries of an ordered map in their order
 *
 * A cursor stands in a gap between keys, not at a place in memory, so that
 * nothing moves from under it.  To go on it finds the leaf of its gap, copies
 * what this leaf has beyond the gap at one moment, with the keys between
 * which the leaf stands, and hands that out entry by entry; its next gap is
 * the leaf's end.
 *
 *	keys	 .. 20 | 30  35  50 | 60 ..
 *		       gap          fence: the next gap
 *
 * An entry that is there throughout is in exactly one of these copies.
 *
 * The key nearest to another may lie some leaves further on, if those between
 * are empty; then these must still be so when it has been found.
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "container/map_cursor.h"
#include "container/multi.h"

#include "base/error.h"

#include <stdlib.h>

/* ---- private memory ---------------------------------------------------------------------------- */

static bool
grow(char **memory, size_t *room, size_t need)
{
	size_t wanted = tarn__max(2 * *room, tarn__max(need, 256));
	char *bigger;

	if (need <= *room)
		return true;
	bigger = realloc(*memory, wanted);
	if (!bigger)
		return false;
	*memory = bigger;
	*room = wanted;
	return true;
}

/* The key may be in memory that is about to be used for something else. */
int
tarn__cursor_set_gap(struct tarn_map_cursor *cursor, const struct tarn_map_key *key, bool after)
{
	struct tarn_map_key copy = *key;

	if (!copy.edge && !tarn__keys_are_words(cursor->map)) {
		if (!grow(&cursor->text, &cursor->text_room, copy.size + 1))
			return TARN_SYSTEM;
		if (copy.size)
			memmove(cursor->text, copy.data, copy.size);
		copy.data = cursor->text;
	}
	cursor->gap = copy;
	cursor->after = after;
	return 0;
}

static void
forget_entries(struct tarn_map_cursor *cursor)
{
	cursor->used = cursor->at = 0;
	cursor->way_round = 0;
	cursor->last = NULL;
}

void
tarn__cursor_end(struct tarn_map_cursor *cursor)
{
	free(cursor->text);
	free(cursor->buffer);
	free(cursor->fences.low.text);
	free(cursor->fences.high.text);
	free(cursor->hops);
}

/* ---- entries ----------------------------------------------------------------------------------- */

void
tarn__cursor_key_out(const struct tarn_object *map, const struct tarn_entry_view *view, void *to)
{
	uint64_t word;

	if (!tarn__keys_are_words(map)) {
		tarn__words_out(to, view->key, view->key_size);
		return;
	}
	word = tarn__map_word_out(map, tarn__load(view->key));
	memcpy(to, &word, view->key_size);
}

/* Append one entry; TARN_CORRUPT: it cannot be, if what was looked at still holds. */
static int
copy_entry(struct tarn_map_cursor *cursor, unsigned place)
{
	struct tarn_entry_view view;
	uint64_t sizes[2], key_room;
	char *copy;

	if (!tarn__map_view(cursor->map, cursor->way.leaf, place, &view))
		return TARN_CORRUPT;
	sizes[0] = view.key_size;
	sizes[1] = view.value_size;
	key_room = tarn__round_up(sizes[0], 8);
	if (!grow(&cursor->buffer, &cursor->room,
		  cursor->used + sizeof(sizes) + key_room + tarn__round_up(sizes[1], 8)))
		return TARN_SYSTEM;
	copy = cursor->buffer + cursor->used;
	memcpy(copy, sizes, sizeof(sizes));
	tarn__cursor_key_out(cursor->map, &view, copy + sizeof(sizes));
	tarn__words_out(copy + sizeof(sizes) + key_room, view.value, sizes[1]);
	if (!cursor->used)
		cursor->place = place;
	cursor->used += sizeof(sizes) + key_room + tarn__round_up(sizes[1], 8);
	return 0;
}

/* On which side of the gap an entry is: -1, 1. */
int
tarn__cursor_side(struct tarn_map_cursor *cursor, const struct tarn_leaf_shm *leaf, unsigned place)
{
	int order;

	if (cursor->gap.edge)
		return -cursor->gap.edge;
	order = tarn__map_compare(cursor->map, tarn__load(&leaf->keys[place]),
				  tarn__load(&leaf->values[place]), &cursor->gap);
	if (!order)
		return cursor->after ? -1 : 1;
	return order < 0 ? -1 : 1;
}

/* What is beyond the gap in the leaf at hand. */
static int
copy_leaf(struct tarn_map_cursor *cursor, int way_round)
{
	uint8_t order[TARN_LEAF_KEYS];
	unsigned count = tarn__map_order(cursor->map, cursor->way.leaf, cursor->way.seen, order);
	int code = 0;

	for (unsigned i = 0; i < count && !code; i++) {
		unsigned place = order[way_round > 0 ? i : count - 1 - i];

		if (tarn__cursor_side(cursor, cursor->way.leaf, place) == way_round)
			code = copy_entry(cursor, place);
	}
	return code;
}

int
tarn__cursor_overtaken(struct tarn_object *map, struct tarn_waiter *waiter)
{
	if (!tarn__look_in_vain(map, waiter) || !tarn__too_late(tarn__waiter_deadline(map, waiter)))
		return 0;
	tarn__error_detail("others changed again and again what was read, %u times", waiter->vain);
	return TARN_TIMEOUT;
}

/* The leaf beyond the gap, copied at one moment. */
static int
read_leaf(struct tarn_map_cursor *cursor, struct tarn_waiter *waiter, int way_round)
{
	struct tarn_object *map = cursor->map;
	bool before = way_round < 0 && !cursor->after;
	int code;

	for (;;) {
		forget_entries(cursor);
		tarn__map_no_fences(&cursor->fences);
		if (!tarn__way(map, waiter->self, &cursor->gap, before, &cursor->fences,
			       &cursor->way)) {
			code = tarn__way_again(map, waiter, &cursor->way);
			if (code < 0)
				return code;
			continue;
		}
		code = cursor->fences.no_memory ? TARN_SYSTEM : copy_leaf(cursor, way_round);
		if (code == TARN_SYSTEM || tarn__way_still(map, &cursor->way))
			break;
		code = tarn__cursor_overtaken(map, waiter);
		if (code)
			return code;
	}
	if (!code)
		cursor->way_round = way_round;
	return code;
}

static int
note_hop(struct tarn_map_cursor *cursor)
{
	size_t room = cursor->hop_room * sizeof(*cursor->hops);
	char *memory = (char *)cursor->hops;

	if (!grow(&memory, &room, (cursor->hop_count + 1) * sizeof(*cursor->hops)))
		return TARN_SYSTEM;
	cursor->hops = (struct tarn_map_hop *)(void *)memory;
	cursor->hop_room = room / sizeof(*cursor->hops);
	cursor->hops[cursor->hop_count++] =
		(struct tarn_map_hop){ &cursor->way.leaf->node, cursor->way.seen, cursor->way.root };
	return 0;
}

/* What does not come nearer to an end would never come there; so keys are out of order. */
int
tarn__cursor_go_on(struct tarn_map_cursor *cursor, int way_round)
{
	const struct tarn_map_key *fence =
		way_round > 0 ? &cursor->fences.high.key : &cursor->fences.low.key;
	int order = tarn__map_compare_keys(cursor->map, fence, &cursor->gap);

	if (order ? order * way_round < 0 : !cursor->after && !fence->edge)
		return TARN_CORRUPT;
	return tarn__cursor_set_gap(cursor, fence, false);
}

/* Entries beyond the gap, from one leaf; TARN_NOT_FOUND: there are none; TARN_AGAIN: see hops_most. */
static int
fill(struct tarn_map_cursor *cursor, struct tarn_waiter *waiter, int way_round)
{
	const struct tarn_map_key *fence =
		way_round > 0 ? &cursor->fences.high.key : &cursor->fences.low.key;
	int code;

	cursor->hop_count = 0;
	for (;;) {
		code = read_leaf(cursor, waiter, way_round);
		if (code)
			break;
		if (fence->edge && !cursor->used)
			return TARN_NOT_FOUND; /* and stay where we are */
		code = tarn__cursor_go_on(cursor, way_round);
		if (code || cursor->used)
			break;
		code = note_hop(cursor);
		if (!code && cursor->hop_count == cursor->hops_most)
			code = TARN_AGAIN;
		if (code)
			break;
	}
	if (code)
		forget_entries(cursor);
	return code;
}

void
tarn__cursor_hand_out(struct tarn_map_cursor *cursor, struct tarn_map_entry *entry)
{
	const char *copy = cursor->buffer + cursor->at;
	uint64_t sizes[2];

	memcpy(sizes, copy, sizeof(sizes));
	entry->key = copy + sizeof(sizes);
	entry->key_size = sizes[0];
	entry->value = copy + sizeof(sizes) + tarn__round_up(sizes[0], 8);
	entry->value_size = sizes[1];
	cursor->at += sizeof(sizes) + tarn__round_up(sizes[0], 8) + tarn__round_up(sizes[1], 8);
	cursor->last = copy;
}

/* ---- cursors ----------------------------------------------------------------------------------- */

void
tarn__cursor_begin(struct tarn_map_cursor *cursor, struct tarn_object *map)
{
	*cursor = (struct tarn_map_cursor){ .map = map, .gap = { .edge = -1 } };
}

int
tarn_map_cursor_open(struct tarn_map *map, struct tarn_map_cursor **cursor)
{
	struct tarn_object *object = tarn__map_object(map);
	int code = tarn__keyed_is_there(object);

	*cursor = NULL;
	if (code)
		return code;
	*cursor = malloc(sizeof(**cursor));
	if (!*cursor)
		return TARN_SYSTEM;
	tarn__cursor_begin(*cursor, object);
	return 0;
}

void
tarn_map_cursor_close(struct tarn_map_cursor *cursor)
{
	if (cursor)
		tarn__cursor_end(cursor);
	free(cursor);
}

int
tarn_map_cursor_seek(struct tarn_map_cursor *cursor, const void *key, size_t key_size)
{
	struct tarn_map_key k;
	int code = tarn__map_key(cursor->map, key, key_size, &k);

	if (!code)
		code = tarn__cursor_set_gap(cursor, &k, false);
	if (!code)
		forget_entries(cursor);
	return code;
}

void
tarn_map_cursor_seek_end(struct tarn_map_cursor *cursor)
{
	forget_entries(cursor);
	cursor->gap.edge = 1;
}

/* To turn round is to stand in the gap behind the entry that was handed out last. */
static int
turn(struct tarn_map_cursor *cursor)
{
	struct tarn_map_key key;
	uint64_t size;
	bool after = cursor->way_round > 0;
	int code = 0;

	if (cursor->last) {
		memcpy(&size, cursor->last, sizeof(size));
		code = tarn__map_key(cursor->map, cursor->last + 2 * sizeof(size), size, &key);
	}
	if (cursor->last && !code)
		code = tarn__cursor_set_gap(cursor, &key, after);
	forget_entries(cursor);
	return code;
}

static int
step(struct tarn_map_cursor *cursor, int way_round, struct tarn_map_entry *entry)
{
	struct tarn_waiter waiter = tarn__waiter(cursor->map);
	int code = tarn__keyed_begin_read(cursor->map);

	if (!code && cursor->way_round == -way_round)
		code = turn(cursor);
	if (!code && cursor->at == cursor->used)
		code = fill(cursor, &waiter, way_round);
	if (!code)
		tarn__cursor_hand_out(cursor, entry);
	return code;
}

int
tarn_map_cursor_next(struct tarn_map_cursor *cursor, struct tarn_map_entry *entry)
{
	return step(cursor, 1, entry);
}

int
tarn_map_cursor_prev(struct tarn_map_cursor *cursor, struct tarn_map_entry *entry)
{
	return step(cursor, -1, entry);
}

/* ---- the nearest key --------------------------------------------------------------------------- */

/* The empty leaves between are as they were; and of the same contents, which a swap takes elsewhere whole. */
static bool
hops_still(const struct tarn_map_cursor *cursor)
{
	uint64_t changed = 0;

	tarn__fence_acquire();
	for (size_t i = 0; i < cursor->hop_count; i++) {
		changed |= tarn__load(cursor->hops[i].node) ^ cursor->hops[i].seen;
		changed |= cursor->hops[i].root ^ cursor->way.root;
	}
	if (changed & ~TARN_NODE_OWNER)
		return false;
	return !cursor->hop_count || tarn__way_still(cursor->map, &cursor->way);
}

/* From a gap that is set; which stays set. */
int
tarn__cursor_nearest(struct tarn_map_cursor *cursor, const struct tarn_map_key *key, bool after, int way_round)
{
	struct tarn_waiter waiter = tarn__waiter(cursor->map);
	int code = tarn__keyed_begin_read(cursor->map);

	while (!code) {
		code = tarn__cursor_set_gap(cursor, key, after);
		if (!code)
			code = fill(cursor, &waiter, way_round);
		if ((code && code != TARN_NOT_FOUND) || hops_still(cursor))
			break;
		code = tarn__cursor_overtaken(cursor->map, &waiter);
	}
	return code;
}

static int
bytes_out(struct tarn_bytes *to, const void *from, size_t size)
{
	size_t room = to ? to->size : 0;

	if (!to)
		return 0;
	to->size = size;
	if (size > room)
		return TARN_TOO_BIG;
	memcpy(to->data, from, size);
	return 0;
}

int
tarn__cursor_entry_out(struct tarn_map_cursor *cursor, struct tarn_bytes *key, struct tarn_bytes *value)
{
	struct tarn_map_entry entry;
	int code = 0, worse;

	tarn__cursor_hand_out(cursor, &entry);
	if (unlikely(tarn__kind_repeats(cursor->map->kind)))
		code = tarn__multi_strip(cursor->map, &entry);
	if (code)
		return code;
	code = bytes_out(key, entry.key, entry.key_size);
	worse = bytes_out(value, entry.value, entry.value_size);
	return worse ? worse : code;
}

static int
find_one(struct tarn_object *map, const struct tarn_map_key *key, bool after, int way_round,
	 struct tarn_bytes *found_key, struct tarn_bytes *found_value)
{
	struct tarn_map_cursor cursor;
	int code;

	tarn__cursor_begin(&cursor, map);
	code = tarn__cursor_nearest(&cursor, key, after, way_round);
	if (!code)
		code = tarn__cursor_entry_out(&cursor, found_key, found_value);
	tarn__cursor_end(&cursor);
	return code;
}

static int
find_beside(struct tarn_map *map, const void *key, size_t key_size, bool after,
	    struct tarn_bytes *found_key, struct tarn_bytes *found_value)
{
	struct tarn_map_key k;
	int code = tarn__map_key(tarn__map_object(map), key, key_size, &k);

	if (!code)
		code = find_one(tarn__map_object(map), &k, after, 1, found_key, found_value);
	return code;
}

int
tarn_map_lower_bound(struct tarn_map *map, const void *key, size_t key_size,
		     struct tarn_bytes *found_key, struct tarn_bytes *found_value)
{
	return find_beside(map, key, key_size, false, found_key, found_value);
}

int
tarn_map_upper_bound(struct tarn_map *map, const void *key, size_t key_size,
		     struct tarn_bytes *found_key, struct tarn_bytes *found_value)
{
	return find_beside(map, key, key_size, true, found_key, found_value);
}

static const struct tarn_map_key below_all = { .edge = -1 }, above_all = { .edge = 1 };

int
tarn_map_first(struct tarn_map *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return find_one(tarn__map_object(map), &below_all, false, 1, key, value);
}

int
tarn_map_last(struct tarn_map *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return find_one(tarn__map_object(map), &above_all, false, -1, key, value);
}

int
tarn_map_empty(struct tarn_map *map, bool *empty)
{
	int code = tarn_map_first(map, NULL, NULL);

	*empty = code == TARN_NOT_FOUND;
	return *empty ? 0 : code;
}
