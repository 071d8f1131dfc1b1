// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_entry.c -- one entry of an ordered map, read and changed
 *
 * map_layout.h has the picture, map.h what a way is.  A reader goes its way,
 * copies, and sees that leaf and root are as they were.  A writer locks the
 * key's leaf, which proves that the leaf still is the key's, and then does
 * one of these:
 *
 *	single store	a new entry into a free place, or entries out of their
 *			places: the flip of the leaf's node word, with the count
 *			and the freed pairs in the settle record.  A new pair for
 *			an entry: into a free place, then the flip names this one
 *			instead of the old.  A value that is a word: its store,
 *			and nothing else.
 *	logged		another pair for an entry of a full leaf; and everything
 *			in a transaction
 *
 * Invariants: map_layout.h, B1 to B4; txn/object.h, O2.
 *
 * Who may write what: a leaf's words who has locked it.
 *
 * On death: before the flip, or the commit, nothing has happened; after
 * it, all of it has.
 */
#include "container/multi.h"

#include "base/error.h"
#include "base/words.h"

#define AGAIN TARN_AGAIN /* nothing is locked by a plain call then */
#define LOOKS_MANY 100u
#define LOOKS_MOST 100000u
#define BACK_OFF_NS UINT64_C(20000)

/* One call that writes, as it goes. */
struct writer {
	struct tarn_object *map;
	struct tarn_lane *lane;
	const struct tarn_map_key *key;
	struct tarn_change *change;
	struct tarn_way way;
	struct tarn_waiter waiter;
	bool low; /* few entries are left in the leaf */
};

/* ---- ways -------------------------------------------------------------------------------------- */

bool
tarn__map_structure(struct tarn_object *map, uint64_t self, uint64_t *node, uint64_t *structure)
{
	const struct tarn_root_shm *root = map->root;
	struct tarn_inner_shm *anchor;

	*node = tarn__load_acquire(&root->node);
	if ((*node & TARN_NODE_DIRTY) && !tarn__node_owned_by(*node, self))
		return false;
	if (tarn__word_is_stale(map, tarn__load(&root->word)))
		return false;
	anchor = tarn__at(map->arena, tarn__load(&root->structure), sizeof(*anchor), sizeof(*anchor));
	tarn__fence_acquire();
	if (!anchor || ((tarn__load(&root->node) ^ *node) & ~TARN_NODE_OWNER))
		return false;
	if (!(*node & TARN_NODE_DIRTY))
		tarn__object_saw(map, *node, anchor, 0);
	*structure = (uint64_t)(uintptr_t)anchor;
	return true;
}

TARN_COLD int
tarn__way_again(struct tarn_object *map, struct tarn_waiter *waiter, const struct tarn_way *way)
{
	uint64_t word, node, structure;
	int code;

	if (++waiter->looks > LOOKS_MOST)
		return TARN_BUSY;
	if (way->blocked) {
		code = tarn__look_slow(map, waiter, way->blocked, way->blocked_seen);
		return code ? code : AGAIN;
	}
	code = tarn__look_at_root(map, waiter, &word);
	if (code)
		return code;
	if (way->lost)
		return TARN_CORRUPT;
	if (waiter->looks < LOOKS_MANY || tarn__map_structure(map, waiter->self, &node, &structure) ||
	    (node & TARN_NODE_DIRTY))
		return AGAIN;
	return tarn__no_way(map, node); /* it may have been removed, or cleared, just now */
}

/* The second look at the root says that the leaf is one, and may be locked (N1). */
TARN_HOT bool
tarn__way_lock(struct tarn_object *map, struct tarn_lane *lane, struct tarn_way *way)
{
	if (unlikely((tarn__load_acquire(&map->root->node) ^ way->root) & ~TARN_NODE_OWNER) ||
	    unlikely(!tarn__lock(lane, &way->leaf->node, way->seen)))
		return false;
	way->counts = tarn__load(&map->root->counts);
	if (likely(map->txn || !tarn__gate_closed(map->root)) && likely(tarn__way_still(map, way)))
		return true;
	tarn__unlock(lane, &way->leaf->node);
	return false;
}

int
tarn__map_pause(struct tarn_object *map, struct tarn_waiter *waiter)
{
	if (!tarn__too_late(tarn__waiter_deadline(map, waiter))) {
		tarn__os_sleep(BACK_OFF_NS);
		return 0;
	}
	tarn__error_detail("others kept nodes of the map, which are only tried; tarn who shows who holds locks");
	return TARN_TIMEOUT;
}

int
tarn__map_back_off(struct tarn_object *map, struct tarn_lane *lane, struct tarn_waiter *waiter)
{
	int code = tarn__rollback(lane);

	if (!code)
		code = tarn__map_pause(map, waiter);
	return code ? code : AGAIN;
}

/* ---- finding ----------------------------------------------------------------------------------- */

static TARN_NOINLINE uint64_t
find_text(struct tarn_object *map, const struct tarn_map_key *key, const struct tarn_leaf_shm *leaf,
	  uint64_t equal)
{
	for (; equal; equal &= equal - 1) {
		if (!tarn__map_compare_text(map, tarn__load(&leaf->values[tarn__ctz(equal)]), key))
			return equal & -equal;
	}
	return 0;
}

TARN_HOT uint64_t
tarn__map_find(struct tarn_object *map, const struct tarn_map_key *key,
	       const struct tarn_leaf_shm *leaf, uint64_t seen)
{
	uint64_t equal = tarn__leaf_find_word(leaf, seen, key->word);

	return likely(tarn__keys_are_words(map)) ? equal : find_text(map, key, leaf, equal);
}

/* ---- reading ----------------------------------------------------------------------------------- */

static TARN_NOINLINE int
copy_view(struct tarn_object *map, const struct tarn_leaf_shm *leaf, unsigned place, void *value,
	  size_t room, size_t *value_size)
{
	struct tarn_entry_view view;

	if (unlikely(!tarn__map_view(map, leaf, place, &view)))
		return TARN_CORRUPT;
	if (value_size)
		*value_size = view.value_size;
	if (view.value_size > room)
		return value ? TARN_TOO_BIG : 0;
	tarn__words_out(value, view.value, view.value_size);
	return 0;
}

static TARN_HOT int
copy_value(struct tarn_object *map, const struct tarn_leaf_shm *leaf, unsigned place, void *value,
	   size_t room, size_t *value_size)
{
	uint64_t word;

	if (unlikely(map->value_size != sizeof(word) || room < sizeof(word) ||
		     !tarn__keys_are_words(map)))
		return copy_view(map, leaf, place, value, room, value_size);
	word = tarn__load(&leaf->values[place]);
	memcpy(value, &word, sizeof(word));
	if (value_size)
		*value_size = sizeof(word);
	return 0;
}

static TARN_HOT int
read_entry(struct tarn_object *map, const struct tarn_map_key *key, void *value, size_t room,
	   size_t *value_size)
{
	struct tarn_waiter waiter = tarn__waiter(map);
	struct tarn_way way;
	uint64_t bit;
	int code;

	for (;;) {
		if (unlikely(!tarn__way(map, waiter.self, key, false, NULL, &way))) {
			code = tarn__way_again(map, &waiter, &way);
			if (code < 0)
				return code;
			continue;
		}
		bit = tarn__map_find(map, key, way.leaf, way.seen);
		code = likely(bit) ? copy_value(map, way.leaf, tarn__ctz(bit), value, room, value_size)
				   : TARN_NOT_FOUND;
		if (likely(tarn__way_still(map, &way)))
			return code;
		if (unlikely(tarn__look_in_vain(map, &waiter)))
			return TARN_BUSY;
	}
}

/* ---- writing: the steps ------------------------------------------------------------------------ */

static TARN_HOT int
lock_leaf(struct tarn_object *map, struct tarn_lane *lane, struct tarn_waiter *waiter,
	  const struct tarn_map_key *key, struct tarn_map_fences *fences, struct tarn_way *way)
{
	int code = 0;

	for (; code >= 0;) {
		if (unlikely(!tarn__way(map, waiter->self, key, false, fences, way))) {
			code = tarn__way_again(map, waiter, way);
		} else if (unlikely(tarn__node_owner(way->seen))) {
			if (tarn__node_owned_by(way->seen, lane->owner)) {
				if (unlikely(!lane->lock_count))
					return TARN_CORRUPT; /* it says so, and it is not true */
				way->counts = tarn__load(&map->root->counts);
				return 0; /* in a transaction, whose gate keeps the root as it is */
			}
			code = tarn__look_slow(map, waiter, &way->leaf->node, way->seen);
		} else if (likely(tarn__way_lock(map, lane, way))) {
			return 0;
		} else if (!map->txn && tarn__gate_closed(map->root)) {
			code = tarn__gate_wait(map, tarn__waiter_deadline(map, waiter));
		}
	}
	return code;
}

int
tarn__map_lock_leaf(struct tarn_object *map, struct tarn_lane *lane, struct tarn_waiter *waiter,
		    const struct tarn_map_key *key, struct tarn_map_fences *fences,
		    struct tarn_way *way)
{
	return lock_leaf(map, lane, waiter, key, fences, way);
}

/* Nothing was changed. */
static inline int
leave(struct writer *w, int code)
{
	if (!w->map->txn)
		tarn__unlock(w->lane, &w->way.leaf->node);
	return code;
}

/* The pair of the entry to be, or its value. */
static TARN_NOINLINE int
make_pair(struct writer *w, uint64_t *value)
{
	const struct tarn_change *change = w->change;
	uint64_t key_size = tarn__keys_are_words(w->map) ? 0 : w->key->size;
	uint64_t key_words = tarn__div_up(key_size, 8);
	struct tarn_pair_shm *pair;
	int code = tarn__heap_alloc(
		w->lane, sizeof(*pair) + key_words * 8 + tarn__round_up(change->value_size, 8), value);

	if (code)
		return code;
	pair = (void *)(w->map->arena->base + *value);
	tarn__store(&pair->sizes, key_size | change->value_size << 32);
	tarn__words_in(pair->bytes, w->key->data, key_size);
	tarn__words_in(pair->bytes + key_words, change->value, change->value_size);
	return 0;
}

static inline int
make_value(struct writer *w, uint64_t *value)
{
	if (unlikely(!tarn__map_is_inline(w->map)))
		return make_pair(w, value);
	*value = tarn__word_of(w->change->value, w->change->value_size);
	return 0;
}

static void
log_payload(struct tarn_lane *lane, struct tarn_leaf_shm *leaf, uint64_t payload)
{
	tarn__dirty(&leaf->node);
	tarn__set_payload(lane, &leaf->node, payload);
}

/* n entries more, in the undo log. */
static int
log_count(struct tarn_object *map, struct tarn_lane *lane, tarn_off counts, uint64_t n)
{
	uint64_t *count = tarn__keyed_count(map, lane, counts);

	if (!count)
		return TARN_CORRUPT;
	tarn__set(lane, count, tarn__count_plus(tarn__load(count), n));
	return 0;
}

/* The flip, with n more entries; TARN_CORRUPT: nothing has happened. */
static TARN_HOT int
publish(struct tarn_object *map, struct tarn_lane *lane, const struct tarn_way *way,
	uint64_t payload, uint64_t n)
{
	uint64_t *count = tarn__keyed_count(map, lane, way->counts);

	if (unlikely(!count))
		return TARN_CORRUPT;
	if (unlikely(!tarn__load(count)))
		tarn__store(count, 1); /* no entries, but size() shall look at this slot */
	tarn__flip(lane, &way->leaf->node, payload, count, tarn__count_plus(tarn__load(count), n));
	return 0;
}

/* Into a free place; in a transaction it may be one that was freed in it, so it is logged. */
static TARN_HOT void
fill_place(struct writer *w, unsigned place, uint64_t value)
{
	struct tarn_leaf_shm *leaf = w->way.leaf;

	if (likely(!w->map->txn)) {
		tarn__store(&leaf->keys[place], w->key->word);
		tarn__store(&leaf->values[place], value);
	} else {
		tarn__set(w->lane, &leaf->keys[place], w->key->word);
		tarn__set(w->lane, &leaf->values[place], value);
	}
}

/* ---- writing: the changes ---------------------------------------------------------------------- */

static inline int
insert(struct writer *w)
{
	uint64_t seen = w->way.seen & TARN_NODE_PAYLOAD, free = ~seen & TARN_LEAF_OCCUPIED, value;
	int code;

	if (unlikely(!free)) {
		leave(w, 0);
		code = tarn__map_split(w->map, w->lane, w->key);
		return code ? code : AGAIN;
	}
	code = make_value(w, &value);
	if (unlikely(code))
		return code;
	fill_place(w, tarn__ctz(free), value);
	if (likely(!w->map->txn))
		return publish(w->map, w->lane, &w->way, seen | (free & -free), 1);
	log_payload(w->lane, w->way.leaf, seen | (free & -free));
	return log_count(w->map, w->lane, w->way.counts, 1);
}

/* A value that is a word: one store. */
static inline int
replace_word(struct writer *w, unsigned place, uint64_t value)
{
	struct tarn_leaf_shm *leaf = w->way.leaf;

	if (likely(!w->map->txn)) {
		tarn__store(&leaf->values[place], value);
		return leave(w, 0);
	}
	tarn__dirty(&leaf->node);
	tarn__set(w->lane, &leaf->values[place], value);
	return 0;
}

/* Another pair: by a free place, if there is one. */
static TARN_NOINLINE int
replace_pair(struct writer *w, unsigned place)
{
	struct tarn_leaf_shm *leaf = w->way.leaf;
	uint64_t seen = w->way.seen & TARN_NODE_PAYLOAD, free = ~seen & TARN_LEAF_OCCUPIED, value;
	int code = make_pair(w, &value);

	if (!code)
		code = tarn__heap_free(w->lane, tarn__load(&leaf->values[place]));
	if (code)
		return code;
	if (!w->map->txn && free) {
		fill_place(w, tarn__ctz(free), value);
		tarn__flip(w->lane, &leaf->node, (seen & ~(UINT64_C(1) << place)) | (free & -free),
			   NULL, 0);
		return 0;
	}
	tarn__dirty(&leaf->node);
	tarn__set(w->lane, &leaf->values[place], value);
	return w->map->txn ? 0 : tarn__commit(w->lane);
}

static inline int
replace(struct writer *w, unsigned place)
{
	if (likely(tarn__map_is_inline(w->map)))
		return replace_word(w, place,
				    tarn__word_of(w->change->value, w->change->value_size));
	return replace_pair(w, place);
}

int
tarn__map_erase_places(struct tarn_object *map, struct tarn_lane *lane, struct tarn_way *way,
		       uint64_t places, bool logged)
{
	uint64_t payload = way->seen & TARN_NODE_PAYLOAD & ~places, n = tarn__popcount(places);
	int code = 0;

	for (uint64_t left = tarn__map_is_inline(map) ? 0 : places; left && !code; left &= left - 1)
		code = tarn__heap_free(lane, tarn__load(&way->leaf->values[tarn__ctz(left)]));
	if (unlikely(code))
		return code;
	if (likely(!logged))
		return publish(map, lane, way, payload, -n);
	log_payload(lane, way->leaf, payload);
	return log_count(map, lane, way->counts, -n);
}

static inline int
erase(struct writer *w, uint64_t bit)
{
	w->low = tarn__map_is_low(w->way.seen & ~bit);
	return tarn__map_erase_places(w->map, w->lane, &w->way, bit, w->map->txn != NULL);
}

static int
swap(struct writer *w, unsigned place)
{
	struct tarn_change *change = w->change;
	struct tarn_entry_view view;

	if (!tarn__map_view(w->map, w->way.leaf, place, &view))
		return TARN_CORRUPT;
	if (view.value_size != change->expected_size ||
	    !tarn__words_equal(view.value, change->expected, change->expected_size))
		return leave(w, TARN_MISMATCH);
	return replace(w, place);
}

static int
add(struct writer *w, unsigned place)
{
	const void *n = w->change->value;
	struct tarn_entry_view view;
	uint64_t sum;
	int code;

	if (!tarn__map_view(w->map, w->way.leaf, place, &view))
		return TARN_CORRUPT;
	w->change->before = tarn__load(view.value);
	sum = w->change->before + tarn__word_of(n, 8);
	w->change->value = &sum;
	code = replace(w, place);
	w->change->value = n; /* for the next attempt, if there has to be one */
	return code;
}

/*
 * Behind all that are alike: by the key with the highest serial the leaf was
 * found, and in it belongs any serial above those that are (multi.h, M2).
 */
static TARN_NOINLINE int
append(struct writer *w)
{
	const struct tarn_map_key *highest = w->key;
	struct tarn_map_key key;
	int code;

	w->change->before = tarn__serial_draw(w->map->arena);
	tarn__multi_number(w->change->multi, w->change->before);
	code = tarn__map_key(w->map, highest->data, highest->size, &key);
	w->key = &key;
	if (!code)
		code = insert(w);
	w->key = highest;
	tarn__multi_number(w->change->multi, TARN_SERIAL_HIGHEST);
	return code;
}

static inline int
change_found(struct writer *w, uint64_t bit)
{
	switch (w->change->what) {
	case TARN_INSERT:
		return leave(w, TARN_EXISTS);
	case TARN_ERASE:
		return erase(w, bit);
	case TARN_SWAP:
		return swap(w, tarn__ctz(bit));
	case TARN_ADD:
		return add(w, tarn__ctz(bit));
	default:
		return replace(w, tarn__ctz(bit));
	}
}

static inline int
change_absent(struct writer *w)
{
	w->change->before = 0;
	if (w->change->what == TARN_ERASE || w->change->what == TARN_SWAP ||
	    w->change->what == TARN_REPLACE)
		return leave(w, TARN_NOT_FOUND);
	return unlikely(w->change->what == TARN_APPEND) ? append(w) : insert(w);
}

/* ---- writing ----------------------------------------------------------------------------------- */

static inline int
attempt(struct writer *w)
{
	uint64_t bit;
	int code = tarn__lane_reserve(w->lane, 8, 1, 1, 1);

	if (likely(!code))
		code = lock_leaf(w->map, w->lane, &w->waiter, w->key, NULL, &w->way);
	if (unlikely(code))
		return tarn__write_failed(w->map, w->lane, code);
	if (unlikely(w->change->what == TARN_APPEND))
		bit = 0; /* whose serial is another's than all that are there */
	else
		bit = tarn__map_find(w->map, w->key, w->way.leaf, w->way.seen);
	code = bit ? change_found(w, bit) : change_absent(w);
	if (likely(tarn__map_is_answer(code)))
		return code;
	if (code == TARN_BUSY && !w->map->txn)
		return tarn__map_back_off(w->map, w->lane, &w->waiter);
	return tarn__write_failed(w->map, w->lane, code);
}

static inline int
write_once(struct tarn_object *map, const struct tarn_map_key *key, struct tarn_change *change)
{
	struct writer w;
	int code = tarn__write_begin(map, &w.lane);

	if (unlikely(code))
		return code;
	w.map = map;
	w.key = key;
	w.change = change;
	w.waiter = tarn__waiter(map);
	w.low = false;
	do
		code = attempt(&w);
	while (unlikely(code == AGAIN));
	tarn__write_end(map, w.lane);
	if (unlikely(w.low) && !code)
		tarn__map_left_low(map, key);
	return code;
}

/* ---- calls ------------------------------------------------------------------------------------- */

/*
 * Others changed the leaf each time that we had copied out of it: copy while
 * it is locked.  Who may not write goes on trying, to the deadline.
 */
static TARN_COLD int
read_locked(struct tarn_object *map, const struct tarn_map_key *key, void *value, size_t room,
	    size_t *value_size)
{
	struct writer w = { .map = map, .key = key, .waiter = tarn__waiter(map) };
	uint64_t bit;
	int code = tarn__write_begin(map, &w.lane);

	if (code)
		return code;
	code = tarn__lane_reserve(w.lane, 0, 0, 0, 1);
	if (!code)
		code = lock_leaf(map, w.lane, &w.waiter, key, NULL, &w.way);
	if (!code) {
		bit = tarn__map_find(map, key, w.way.leaf, w.way.seen);
		code = bit ? copy_value(map, w.way.leaf, tarn__ctz(bit), value, room, value_size)
			   : TARN_NOT_FOUND;
		tarn__unlock(w.lane, &w.way.leaf->node);
	}
	tarn__write_end(map, w.lane);
	return code;
}

static TARN_COLD int
read_again(struct tarn_object *map, const struct tarn_map_key *key, void *value, size_t room,
	   size_t *value_size)
{
	uint64_t deadline = tarn__deadline(map->arena);
	int code = TARN_BUSY;

	if (!map->arena->readonly && !map->txn)
		code = read_locked(map, key, value, room, value_size);
	if (code == TARN_NO_SLOT || code == TARN_FULL || code == TARN_IN_TXN || code == TARN_NESTED)
		code = TARN_BUSY;
	while (code == TARN_BUSY && !tarn__too_late(deadline))
		code = read_entry(map, key, value, room, value_size);
	return code;
}

int
tarn__map_read(struct tarn_object *map, const void *key, size_t key_size, void *value, size_t room,
	       size_t *value_size)
{
	struct tarn_map_key k;
	int code = tarn__keyed_begin_read(map);

	if (!code)
		code = tarn__map_key(map, key, key_size, &k);
	if (!code)
		code = read_entry(map, &k, value, room, value_size);
	return code == TARN_BUSY ? read_again(map, &k, value, room, value_size) : code;
}

/* What nobody has freed yet, of what was removed, may be the room that is missing. */
int
tarn__map_write(struct tarn_object *map, const void *key, size_t key_size,
		struct tarn_change *change)
{
	struct tarn_map_key k;
	int code = tarn__map_key(map, key, key_size, &k);

	if (!code && change->what != TARN_ERASE)
		code = tarn__check_value(map, change->value_size);
	if (code)
		return code;
	code = write_once(map, &k, change);
	if (likely(code != TARN_FULL) || map->txn)
		return code;
	tarn__graveyard_work(map->arena, UINT32_MAX);
	return write_once(map, &k, change);
}
