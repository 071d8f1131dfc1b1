// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_range.c -- the entry at an end, and those between two keys, of a map
 *
 * To pop is to find the first entry, or the last, to lock its leaf as it was
 * found, and to erase it there.  Empty leaves between it and the end are
 * locked too, or else something could come into one of them meanwhile; if
 * there are many, they are merged away before.  A transaction passes them
 * by, however many they are: its gate keeps others out (O3).
 *
 * A range is erased leaf by leaf, all that is in one by one store.  A scan
 * copies leaf by leaf, as cursors do.
 *
 * Who may write what: a leaf's words who has locked it.
 *
 * On death: before the flip, or the commit, nothing has happened to the leaf,
 * and after it all of it has; of a range, the leaves before are erased, and
 * those after are not, unless it is in a transaction.
 */
#include "container/map_cursor.h"

#define AGAIN TARN_AGAIN

#define BEHIND_MANY 2 /* of a pop: nothing is locked; empty leaves are to be merged away */

static const struct tarn_map_key below_all = { .edge = -1 }, above_all = { .edge = 1 };

/* Where a walk in that direction begins. */
static const struct tarn_map_key *
end_of(int way_round)
{
	return way_round > 0 ? &below_all : &above_all;
}

/* ---- pop --------------------------------------------------------------------------------------- */

/* The empty leaves up to it too: else something could come into one of them meanwhile. */
static int
lock_seen(struct tarn_map_cursor *cursor, struct tarn_lane *lane)
{
	struct tarn_object *map = cursor->map;
	size_t hops = map->txn ? 0 : cursor->hop_count;
	int code = tarn__lane_reserve(lane, 4, 0, 1, hops + 1);

	if (!code && map->txn && tarn__node_owned_by(cursor->way.seen, lane->owner))
		cursor->way.counts = tarn__load(&map->root->counts);
	else if (!code && (tarn__node_owner(cursor->way.seen) || !tarn__way_lock(map, lane, &cursor->way)))
		return AGAIN;
	for (size_t i = 0; !code && i < hops; i++) {
		const struct tarn_map_hop *hop = &cursor->hops[i];

		if (tarn__node_owner(hop->seen) || !tarn__lock(lane, hop->node, hop->seen))
			return AGAIN;
	}
	return code;
}

static int
pop_locked(struct tarn_map_cursor *cursor, struct tarn_lane *lane)
{
	bool logged = cursor->map->txn || cursor->hop_count;
	int code = tarn__map_erase_places(cursor->map, lane, &cursor->way,
					  UINT64_C(1) << cursor->place, logged);

	return code || !logged || cursor->map->txn ? code : tarn__commit(lane);
}

/* Nothing is locked: a round of waiting for who has one of the leaves, and may have died. */
static int
wait_for_owner(struct tarn_map_cursor *cursor, struct tarn_waiter *waiter)
{
	struct tarn_map_hop last = { &cursor->way.leaf->node, cursor->way.seen, cursor->way.root };

	for (size_t i = 0; i <= cursor->hop_count; i++) {
		const struct tarn_map_hop *hop = i < cursor->hop_count ? &cursor->hops[i] : &last;

		if (tarn__node_owner(hop->seen))
			return tarn__look_slow(cursor->map, waiter, hop->node, hop->seen);
	}
	return 0;
}

/* AGAIN: somebody was there meanwhile. */
static int
pop_once(struct tarn_map_cursor *cursor, struct tarn_lane *lane, int way_round,
	 struct tarn_bytes *key, struct tarn_bytes *value, struct tarn_waiter *waiter)
{
	size_t rooms[2] = { key ? key->size : 0, value ? value->size : 0 };
	int code = tarn__cursor_nearest(cursor, end_of(way_round), false, way_round);

	if (code == AGAIN)
		return BEHIND_MANY;
	if (!code)
		code = tarn__cursor_entry_out(cursor, key, value);
	if (code == TARN_NOT_FOUND || code == TARN_TOO_BIG)
		return code;
	if (!code)
		code = lock_seen(cursor, lane);
	if (!code)
		code = pop_locked(cursor, lane);
	if (code != AGAIN)
		return code ? tarn__write_failed(cursor->map, lane, code) : 0;
	if (key)
		key->size = rooms[0];
	if (value)
		value->size = rooms[1];
	if (cursor->map->txn) {
		code = tarn__look_slow(cursor->map, waiter, &cursor->way.leaf->node, cursor->way.seen);
		return code ? tarn__write_failed(cursor->map, lane, code) : AGAIN;
	}
	code = tarn__map_back_off(cursor->map, lane, waiter);
	if (code == AGAIN && tarn__gate_closed(cursor->map->root))
		code = tarn__gate_wait(cursor->map, tarn__waiter_deadline(cursor->map, waiter));
	else if (code == AGAIN)
		code = wait_for_owner(cursor, waiter);
	return code < 0 ? code : AGAIN;
}

static int
pop(struct tarn_map_cursor *cursor, int way_round, struct tarn_bytes *key, struct tarn_bytes *value,
    struct tarn_waiter *waiter)
{
	struct tarn_lane *lane;
	int code = tarn__write_begin(cursor->map, &lane);

	if (code)
		return code;
	do
		code = pop_once(cursor, lane, way_round, key, value, waiter);
	while (code == AGAIN);
	tarn__write_end(cursor->map, lane);
	return code;
}

/* Whoever keeps the leaves from being merged; nothing is locked. */
static int
wait_to_merge(struct tarn_map_cursor *cursor, struct tarn_waiter *waiter)
{
	struct tarn_object *map = cursor->map;
	const uint64_t *anchor = &cursor->way.anchor->node;
	uint64_t seen = tarn__load_acquire(anchor);

	if (tarn__gate_closed(map->root))
		return tarn__gate_wait(map, tarn__waiter_deadline(map, waiter));
	if (tarn__node_owner(seen))
		return tarn__look_slow(map, waiter, anchor, seen);
	return tarn__map_pause(map, waiter);
}

/* Each merge does away with one of them; AGAIN, or an error: not with all. */
static int
merge_hops(struct tarn_map_cursor *cursor, int way_round)
{
	int code = 0;

	for (size_t i = 0; !code && i < cursor->hop_count; i++)
		code = tarn__map_shrink(cursor->map, end_of(way_round));
	return code;
}

int
tarn__map_pop(struct tarn_object *map, int way_round, struct tarn_bytes *key,
	      struct tarn_bytes *value)
{
	struct tarn_waiter waiter = tarn__waiter(map);
	struct tarn_map_cursor cursor;
	int code;

	tarn__cursor_begin(&cursor, map);
	cursor.hops_most = map->txn ? 0 : TARN_HOPS_MOST;
	do {
		code = pop(&cursor, way_round, key, value, &waiter);
		if (code != BEHIND_MANY)
			break;
		code = merge_hops(&cursor, way_round);
		if (code == AGAIN)
			code = wait_to_merge(&cursor, &waiter);
	} while (!code);
	if (!code && (cursor.hop_count || tarn__map_is_low(cursor.way.seen)))
		tarn__map_left_low(map, end_of(way_round));
	tarn__cursor_end(&cursor);
	return code;
}

int
tarn_map_pop_first(struct tarn_map *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tarn__map_pop(tarn__map_object(map), 1, key, value);
}

int
tarn_map_pop_last(struct tarn_map *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tarn__map_pop(tarn__map_object(map), -1, key, value);
}

/* ---- ranges ------------------------------------------------------------------------------------ */

/* NULL: from the first key on, or to the last one. */
static int
range_key(const struct tarn_object *map, const void *bytes, size_t size, int edge,
	  struct tarn_map_key *key)
{
	*key = (struct tarn_map_key){ .edge = edge };
	return bytes ? tarn__map_key(map, bytes, size, key) : 0;
}

/* In a locked leaf: those from the gap on that are below the end. */
static uint64_t
places_between(struct tarn_map_cursor *cursor, const struct tarn_map_key *to)
{
	const struct tarn_leaf_shm *leaf = cursor->way.leaf;
	uint64_t places = 0;

	for (uint64_t left = cursor->way.seen & TARN_LEAF_OCCUPIED; left; left &= left - 1) {
		unsigned place = tarn__ctz(left);

		if (tarn__cursor_side(cursor, leaf, place) > 0 &&
		    (to->edge > 0 || tarn__map_compare(cursor->map, tarn__load(&leaf->keys[place]),
						       tarn__load(&leaf->values[place]), to) < 0))
			places |= UINT64_C(1) << place;
	}
	return places;
}

static int
erase_in_leaf(struct tarn_map_cursor *cursor, struct tarn_lane *lane, const struct tarn_map_key *to,
	      bool at_once, uint64_t *places)
{
	struct tarn_object *map = cursor->map;
	struct tarn_waiter waiter = tarn__waiter(map);
	int code = tarn__lane_reserve(lane, 4, 0, TARN_LEAF_PLACES, 1);

	tarn__map_no_fences(&cursor->fences);
	if (!code)
		code = tarn__map_lock_leaf(map, lane, &waiter, &cursor->gap, &cursor->fences,
					   &cursor->way);
	if (!code && cursor->fences.no_memory)
		code = TARN_SYSTEM;
	if (code)
		return tarn__write_failed(map, lane, code);
	*places = places_between(cursor, to);
	if (at_once && tarn__map_compare_keys(map, &cursor->fences.high.key, to) < 0) {
		*places = 0;
		code = AGAIN;
	}
	if (*places)
		code = tarn__map_erase_places(map, lane, &cursor->way, *places, map->txn != NULL);
	else if (!map->txn)
		tarn__unlock(lane, &cursor->way.leaf->node);
	return code < 0 ? tarn__write_failed(map, lane, code) : code;
}

/* at_once: AGAIN, other leaves may have some of them, and nothing was done. */
static int
erase_step(struct tarn_map_cursor *cursor, const struct tarn_map_key *to, bool at_once,
	   uint64_t *count, bool *over)
{
	struct tarn_object *map = cursor->map;
	struct tarn_lane *lane;
	uint64_t places = 0;
	int code = tarn__write_begin(map, &lane);

	if (code)
		return code;
	code = erase_in_leaf(cursor, lane, to, at_once, &places);
	tarn__write_end(map, lane);
	if (code)
		return code;
	*count += tarn__popcount(places);
	*over = tarn__map_compare_keys(map, &cursor->fences.high.key, to) >= 0;
	if (places && tarn__map_is_low(cursor->way.seen & ~places))
		tarn__map_left_low(map, &cursor->gap);
	return *over ? 0 : tarn__cursor_go_on(cursor, 1);
}

int
tarn_map_erase_range(struct tarn_map *handle, const void *from, size_t from_size, const void *to,
		     size_t to_size, uint64_t *erased)
{
	struct tarn_object *map = tarn__map_object(handle);
	struct tarn_map_cursor cursor;
	struct tarn_map_key key, end;
	uint64_t count = 0;
	bool over = false;
	int code = range_key(map, from, from_size, -1, &key);

	if (!code)
		code = range_key(map, to, to_size, 1, &end);
	if (code)
		return code;
	tarn__cursor_begin(&cursor, map);
	code = tarn__cursor_set_gap(&cursor, &key, false);
	while (!code && !over)
		code = erase_step(&cursor, &end, false, &count, &over);
	tarn__cursor_end(&cursor);
	if (erased)
		*erased = count;
	return code;
}

int
tarn__map_erase_in_leaf(struct tarn_object *map, const struct tarn_map_key *from,
			const struct tarn_map_key *to, uint64_t *erased)
{
	struct tarn_map_cursor cursor;
	bool over;
	int code;

	*erased = 0;
	tarn__cursor_begin(&cursor, map);
	code = tarn__cursor_set_gap(&cursor, from, false);
	if (!code)
		code = erase_step(&cursor, to, true, erased, &over);
	tarn__cursor_end(&cursor);
	return code;
}

/* ---- scans ------------------------------------------------------------------------------------- */

/* Where a scan's entries go. */
struct scan {
	char *keys, *values;
	size_t count, room;
};

/* Of a leaf whose keys and values are whole words, as their callers know them. */
static TARN_HOT void
scan_words(const struct tarn_object *map, const struct tarn_leaf_shm *leaf, const uint8_t *order,
	   unsigned count, struct scan *scan)
{
	for (unsigned i = 0; i < count; i++) {
		size_t at = (scan->count + i) * sizeof(uint64_t);
		uint64_t key = tarn__map_word_out(map, tarn__load(&leaf->keys[order[i]]));
		uint64_t value = tarn__load(&leaf->values[order[i]]);

		memcpy(scan->keys + at, &key, sizeof(key));
		if (scan->values)
			memcpy(scan->values + at, &value, sizeof(value));
	}
	scan->count += count;
}

static int
scan_entries(struct tarn_object *map, const struct tarn_leaf_shm *leaf, const uint8_t *order,
	     unsigned count, struct scan *scan)
{
	struct tarn_entry_view view;

	for (unsigned i = 0; i < count; i++, scan->count++) {
		if (!tarn__map_view(map, leaf, order[i], &view))
			return TARN_CORRUPT;
		tarn__cursor_key_out(map, &view, scan->keys + scan->count * tarn__map_fixed(map));
		if (scan->values)
			tarn__words_out(scan->values + scan->count * map->value_size, view.value,
					view.value_size);
	}
	return 0;
}

static int
scan_leaf(struct tarn_map_cursor *cursor, struct scan *scan)
{
	struct tarn_object *map = cursor->map;
	const struct tarn_leaf_shm *leaf = cursor->way.leaf;
	uint8_t order[TARN_LEAF_KEYS];
	unsigned count = tarn__map_order(map, leaf, cursor->way.seen, order), from = 0;

	while (from < count && tarn__cursor_side(cursor, leaf, order[from]) < 0)
		from++;
	count = (unsigned)tarn__min(count - from, scan->room - scan->count);
	if (!tarn__map_is_inline(map) || map->key_size != 8 || map->value_size != 8)
		return scan_entries(map, leaf, order + from, count, scan);
	scan_words(map, leaf, order + from, count, scan);
	return 0;
}

static int
scan_once(struct tarn_map_cursor *cursor, struct scan *scan)
{
	struct tarn_object *map = cursor->map;
	struct tarn_waiter waiter = tarn__waiter(map);
	size_t count = scan->count;
	int code;

	for (;;) {
		scan->count = count;
		tarn__map_no_fences(&cursor->fences);
		if (tarn__way(map, waiter.self, &cursor->gap, false, &cursor->fences, &cursor->way)) {
			code = scan_leaf(cursor, scan);
			if (tarn__way_still(map, &cursor->way))
				return code;
			code = tarn__cursor_overtaken(map, &waiter);
		} else {
			code = tarn__way_again(map, &waiter, &cursor->way);
		}
		if (code < 0)
			return code;
	}
}

int
tarn_map_scan(struct tarn_map *handle, const void *from, size_t from_size, void *keys, void *values,
	      size_t *count)
{
	struct tarn_object *map = tarn__map_object(handle);
	struct scan scan = { .keys = keys, .values = values, .room = *count };
	struct tarn_map_cursor cursor;
	struct tarn_map_key key;
	int code = tarn__keyed_begin_read(map);

	*count = 0;
	if (!code && (!tarn__map_fixed(map) || (values && !map->value_size)))
		code = TARN_TYPE;
	if (!code)
		code = range_key(map, from, from_size, -1, &key);
	if (code)
		return code;
	tarn__cursor_begin(&cursor, map);
	cursor.gap = key;
	do {
		code = scan_once(&cursor, &scan);
		if (!code)
			code = tarn__cursor_go_on(&cursor, 1);
	} while (!code && scan.count < scan.room && !cursor.gap.edge);
	tarn__cursor_end(&cursor);
	*count = scan.count;
	return code;
}
