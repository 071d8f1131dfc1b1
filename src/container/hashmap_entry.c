// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_entry.c -- one entry, whatever its key and value, wherever it lies
 *
 * hashmap_layout.h has the picture.  A reader looks, copies, and looks
 * again.  A writer locks the key's home bucket, sees that it still is the
 * home, and then does one of these:
 *
 *	single store	entry into a free place of the home, or out of the
 *			home: the flip of the node word, with the count and the
 *			freed block in the settle record.  A new block for an
 *			entry of the home: into a free place, then the flip
 *			names this one instead of the old.  A value that is a
 *			word: its store, and nothing else.
 *	logged		whatever concerns a stash bucket, or finds no free
 *			place; and everything in a transaction
 *
 * A key that may be there more than once has a word that says how often, or
 * where its values are: another word goes in as a new block does, with as
 * many entries counted; what that leads to is changed by logging.
 *
 * Invariants: hashmap_layout.h, H1 to H3; txn/object.h, O2.
 *
 * Who may write what: the home's words who has locked it; a stash bucket's
 * who has locked home and stash, but for a value that is a word: the home's
 * lock is enough.
 *
 * On death: before the flip, or the commit, nothing has happened; after
 * it, all of it has.
 */
#include "container/hashmap_bag.h"

#include "base/error.h"
#include "base/words.h"
#include "catalog/catalog.h"
#include "catalog/key.h"

#define AGAIN TARN_AGAIN /* nothing is locked by a plain call then */
#define LOOKS_MOST 100000u

/* One call that writes, as it goes. */
struct writer {
	struct tarn_object *map;
	struct tarn_lane *lane;
	const struct tarn_key *key;
	struct tarn_change *change;
	struct tarn_look look;
	struct tarn_waiter waiter;
};

/* ---- entries ----------------------------------------------------------------------------------- */

static struct tarn_block_shm *
block_at(struct tarn_object *map, tarn_off off, uint64_t *key_size, uint64_t *value_size)
{
	struct tarn_block_shm *block = tarn__at(map->arena, off, sizeof(*block), 16);
	uint64_t sizes;

	if (!block)
		return NULL;
	sizes = tarn__load(&block->sizes);
	*key_size = sizes & UINT32_MAX;
	*value_size = sizes >> 32;
	if (*key_size > TARN_BYTES_MAX || *value_size > TARN_BYTES_MAX)
		return NULL;
	return tarn__at(map->arena, off,
			sizeof(*block) + tarn__round_up(*key_size, 8) + tarn__round_up(*value_size, 8), 16);
}

/* The same of a key in a block. */
static TARN_NOINLINE bool
block_is_at(struct tarn_object *map, const struct tarn_key *key, const struct tarn_place_shm *place)
{
	const struct tarn_block_shm *block;
	uint64_t key_size, value_size;

	if (!tarn__values_are_words(map) && tarn__load(&place->b) != key->hash)
		return false;
	block = block_at(map, tarn__load(&place->a), &key_size, &value_size);
	return block && key_size == key->size && tarn__load(&block->hash) == key->hash &&
	       tarn__words_equal(block->bytes, key->data, key->size);
}

bool
tarn__place_is(struct tarn_object *map, const struct tarn_key *key,
	       const struct tarn_place_shm *place)
{
	if (tarn__keys_are_words(map))
		return tarn__load(&place->a) == key->word;
	return block_is_at(map, key, place);
}

bool
tarn__place_hash(struct tarn_object *map, const struct tarn_place_shm *place, uint64_t *hash)
{
	const struct tarn_block_shm *block;

	if (tarn__keys_are_words(map)) {
		*hash = tarn__hash_u64(tarn__load(&place->a), map->seed);
		return true;
	}
	block = tarn__at(map->arena, tarn__load(&place->a), sizeof(*block), 16);
	if (!block)
		return false;
	*hash = tarn__load(&block->hash);
	return true;
}

tarn_off
tarn__place_block(const struct tarn_object *map, const struct tarn_place_shm *place)
{
	if (!tarn__keys_are_words(map))
		return tarn__load(&place->a);
	return tarn__values_are_words(map) ? 0 : tarn__load(&place->b);
}

static bool
view_block(struct tarn_object *map, const struct tarn_place_shm *place,
	   struct tarn_entry_view *view)
{
	struct tarn_block_shm *block =
		block_at(map, tarn__load(&place->a), &view->key_size, &view->value_size);

	if (!block)
		return false;
	view->key = block->bytes;
	view->value = block->bytes + tarn__div_up(view->key_size, 8);
	return !map->key_size || view->key_size == map->key_size;
}

static bool
view_value(struct tarn_object *map, const struct tarn_place_shm *place,
	   struct tarn_entry_view *view)
{
	tarn_off off = tarn__load(&place->b);
	struct tarn_value_shm *value = tarn__at(map->arena, off, sizeof(*value), 16);

	if (!value)
		return false;
	view->value = value->bytes;
	view->value_size = tarn__load(&value->size);
	return view->value_size <= TARN_BYTES_MAX &&
	       tarn__at(map->arena, off, sizeof(*value) + tarn__round_up(view->value_size, 8), 16);
}

bool
tarn__place_view(struct tarn_object *map, const struct tarn_place_shm *place,
		 struct tarn_entry_view *view)
{
	bool words = tarn__values_are_words(map);

	view->key = &place->a;
	view->key_size = map->key_size;
	if (!tarn__keys_are_words(map) && !view_block(map, place, view))
		return false;
	if (words) {
		view->value = &place->b;
		view->value_size = map->value_size;
	} else if (tarn__keys_are_words(map) && !view_value(map, place, view)) {
		return false;
	}
	return words || !map->value_size || view->value_size == map->value_size;
}

/* ---- looking ----------------------------------------------------------------------------------- */

bool
tarn__look_at_structure(struct tarn_object *map, uint64_t self, uint64_t *node,
			uint64_t *structure)
{
	const struct tarn_root_shm *root = map->root;
	uint64_t depth;
	char *directory;

	*node = tarn__load_acquire(&root->node);
	*structure = tarn__load(&root->structure);
	depth = *structure & TARN_DEPTH;
	if ((*node & TARN_NODE_DIRTY) && !tarn__node_owned_by(*node, self))
		return false;
	if (tarn__word_is_stale(map, tarn__load(&root->word)) || depth > TARN_DEPTH_MAX)
		return false;
	directory = tarn__at(map->arena, *structure - depth, UINT64_C(8) << depth, 128);
	tarn__fence_acquire();
	if (!directory || ((tarn__load(&root->node) ^ *node) & ~TARN_NODE_OWNER))
		return false;
	if (!(*node & TARN_NODE_DIRTY))
		tarn__object_saw(map, *node, directory, depth);
	*structure = (uint64_t)(uintptr_t)directory | depth;
	return true;
}

TARN_COLD int
tarn__look_again(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t hash)
{
	uint64_t node = tarn__load_acquire(&map->root->node);
	struct tarn_look look = { .home = NULL };
	int code;

	if (++waiter->looks > LOOKS_MOST)
		return TARN_BUSY;
	if ((node & TARN_NODE_DIRTY) && !tarn__node_owned_by(node, waiter->self)) {
		code = tarn__look_slow(map, waiter, &map->root->node, node);
		return code ? code : AGAIN;
	}
	if (tarn__look(map, waiter->self, hash, &look))
		return AGAIN;
	if (!look.home)
		return tarn__no_way(map, node);
	if (!tarn__must_wait(waiter->self, look.seen))
		return AGAIN;
	code = tarn__look_slow(map, waiter, &look.home->node, look.seen);
	return code ? code : AGAIN;
}

int
tarn__look_wait(struct tarn_object *map, struct tarn_waiter *waiter, uint64_t hash,
		struct tarn_look *look)
{
	int code = 0;

	while (code >= 0 && !tarn__look(map, waiter->self, hash, look))
		code = tarn__look_again(map, waiter, hash);
	return code < 0 ? code : 0;
}

/* ---- searching --------------------------------------------------------------------------------- */

/* Among the places that have the mark. */
static TARN_NOINLINE bool
search_marked(struct tarn_object *map, const struct tarn_key *key, struct tarn_bucket_shm *bucket,
	      uint64_t marked, unsigned *place)
{
	for (; marked; marked &= marked - 1) {
		*place = tarn__ctz(marked);
		if (tarn__place_is(map, key, &bucket->places[*place]))
			return true;
	}
	return false;
}

/* Nearly always the first place that has the mark has the key. */
static TARN_HOT bool
search(struct tarn_object *map, const struct tarn_key *key, struct tarn_bucket_shm *bucket,
       uint64_t seen, struct tarn_spot *spot)
{
	uint64_t marked = tarn__marked(tarn__load(&bucket->marks), tarn__hash_mark(key->hash), seen);
	struct tarn_key copy;
	unsigned place;

	if (!marked)
		return false;
	place = tarn__ctz(marked);
	if (unlikely(!tarn__keys_are_words(map) ||
		     tarn__load(&bucket->places[place].a) != key->word)) {
		copy = *key; /* the key itself may stay in registers */
		if (!search_marked(map, &copy, bucket, marked, &place))
			return false;
	}
	*spot = (struct tarn_spot){ bucket, place, seen };
	return true;
}

/* In the stash buckets that the home's overflow names.  AGAIN: one of them is being changed. */
static TARN_NOINLINE int
search_stashes(struct tarn_object *map, struct tarn_waiter *waiter, const struct tarn_key *key,
	       struct tarn_segment_shm *segment, uint64_t seen_home, struct tarn_spot *spot)
{
	uint64_t overflow = (seen_home & TARN_NODE_PAYLOAD) >> TARN_OVERFLOW_SHIFT;
	struct tarn_bucket_shm *bucket;
	uint64_t seen;

	for (; overflow; overflow &= overflow - 1) {
		if (tarn__ctz(overflow) >= TARN_STASHES)
			return TARN_CORRUPT;
		bucket = &segment->buckets[TARN_HOMES + tarn__ctz(overflow)];
		seen = tarn__load_acquire(&bucket->node);
		if (unlikely(tarn__must_wait(waiter->self, seen))) {
			int code = tarn__look_slow(map, waiter, &bucket->node, seen);

			return code ? code : AGAIN;
		}
		if (search(map, key, bucket, seen, spot))
			return 0;
	}
	return 0;
}

static TARN_HOT int
find(struct tarn_object *map, struct tarn_waiter *waiter, const struct tarn_key *key,
     const struct tarn_look *look, struct tarn_spot *spot)
{
	struct tarn_key copy;
	struct tarn_spot in_stash = { .bucket = NULL };
	int code = 0;

	if (likely(search(map, key, look->home, look->seen, spot)))
		return 0;
	if (unlikely(look->seen & TARN_NODE_PAYLOAD & ~TARN_OCCUPIED)) {
		copy = *key; /* its own may stay in registers */
		code = search_stashes(map, waiter, &copy, look->segment, look->seen, &in_stash);
	}
	*spot = in_stash;
	return code;
}

/* The stash bucket in which something was found is as it was. */
static TARN_HOT bool
spot_still(const struct tarn_look *look, const struct tarn_spot *spot)
{
	if (!spot->bucket || spot->bucket == look->home)
		return true;
	tarn__fence_acquire();
	return !((tarn__load(&spot->bucket->node) ^ spot->seen) & ~TARN_NODE_OWNER);
}

/* ---- reading ----------------------------------------------------------------------------------- */

/* The first value of a bag. */
static bool
view_first(struct tarn_object *map, tarn_off off, struct tarn_entry_view *view)
{
	struct tarn_bag bag;

	return tarn__bag_look(map, off, &bag) && !tarn__bag_next(map, &bag, view);
}

static TARN_NOINLINE int
copy_view(struct tarn_object *map, const struct tarn_place_shm *place, void *value, size_t room,
	  size_t *value_size)
{
	bool bag = map->kind == TARN_KIND_HASHMULTIMAP;
	struct tarn_entry_view view;

	if (unlikely(!tarn__place_view(map, place, &view)) ||
	    (bag && !view_first(map, tarn__load(&place->b), &view)))
		return TARN_CORRUPT;
	if (value_size)
		*value_size = view.value_size;
	if (view.value_size > room)
		return value ? TARN_TOO_BIG : 0;
	tarn__words_out(value, view.value, view.value_size);
	return 0;
}

static TARN_HOT int
copy_value(struct tarn_object *map, const struct tarn_spot *spot, void *value, size_t room,
	   size_t *value_size)
{
	const struct tarn_place_shm *place = &spot->bucket->places[spot->place];
	uint64_t word;

	if (unlikely(map->value_size != sizeof(word) || room < sizeof(word)))
		return copy_view(map, place, value, room, value_size);
	word = tarn__load(&place->b);
	memcpy(value, &word, sizeof(word));
	if (value_size)
		*value_size = sizeof(word);
	return 0;
}

static TARN_HOT int
read_entry(struct tarn_object *map, const struct tarn_key *key, void *value, size_t room,
	   size_t *value_size)
{
	struct tarn_waiter waiter = tarn__waiter(map);
	uint64_t self = waiter.self;
	struct tarn_look look;
	struct tarn_spot spot;
	int code;

	for (;;) {
		if (unlikely(!tarn__look(map, self, key->hash, &look))) {
			code = tarn__look_again(map, &waiter, key->hash);
			if (code < 0)
				return code;
			continue;
		}
		code = find(map, &waiter, key, &look, &spot);
		if (unlikely(code < 0))
			return code;
		if (likely(!code))
			code = likely(spot.bucket != NULL)
				       ? copy_value(map, &spot, value, room, value_size)
				       : TARN_NOT_FOUND;
		if (likely(code != AGAIN) && likely(spot_still(&look, &spot)) &&
		    likely(tarn__look_still(map, &look)))
			return code;
		if (unlikely(tarn__look_in_vain(map, &waiter)))
			return TARN_BUSY;
	}
}

/* ---- writing: the steps ------------------------------------------------------------------------ */

/* Lock the key's home.  Whatever was seen on the way is seen again after the lock (O2). */
static TARN_HOT int
lock_home(struct writer *w)
{
	struct tarn_look *look = &w->look;
	int code = 0;

	for (; code >= 0;) {
		if (unlikely(!tarn__look(w->map, w->waiter.self, w->key->hash, look))) {
			code = tarn__look_again(w->map, &w->waiter, w->key->hash);
		} else if (unlikely(tarn__node_owner(look->seen))) {
			if (tarn__node_owned_by(look->seen, w->lane->owner)) {
				if (!w->lane->lock_count)
					return TARN_CORRUPT; /* nothing is locked: a lie */
				look->counts = tarn__load(&w->map->root->counts);
				return 0; /* in a transaction, whose gate keeps the root as it is */
			}
			code = tarn__look_slow(w->map, &w->waiter, &look->home->node, look->seen);
		} else if (likely(tarn__look_lock(w->map, w->lane, look))) {
			return 0;
		} else if (!w->map->txn && tarn__gate_closed(w->map->root)) {
			code = tarn__gate_wait(w->map, tarn__waiter_deadline(w->map, &w->waiter));
		}
	}
	return code;
}

/* Nothing was changed. */
static inline int
leave(struct writer *w, int code)
{
	if (!w->map->txn)
		tarn__unlock(w->lane, &w->look.home->node);
	return code;
}

/* The operation is done, if it is one of its own. */
static int
finish(struct writer *w)
{
	return w->map->txn ? 0 : tarn__commit(w->lane);
}

/* A second lock: only tried, unless the gate is ours. */
static int
lock_stash(struct writer *w, struct tarn_bucket_shm *bucket)
{
	if (w->map->txn)
		return tarn__lock_wait(w->lane, &bucket->node, tarn__deadline(w->map->arena));
	return tarn__lock_try(w->lane, &bucket->node);
}

static int
make_value(struct writer *w, struct tarn_place_shm *entry)
{
	const struct tarn_change *change = w->change;
	struct tarn_value_shm *value;
	int code = tarn__heap_alloc(w->lane, sizeof(*value) + tarn__round_up(change->value_size, 8),
				    &entry->b);

	if (code)
		return code;
	value = (void *)(w->map->arena->base + entry->b);
	tarn__store(&value->size, change->value_size);
	tarn__words_in(value->bytes, change->value, change->value_size);
	return 0;
}

static int
make_block(struct writer *w, struct tarn_place_shm *entry)
{
	const struct tarn_change *change = w->change;
	const struct tarn_key *key = w->key;
	uint64_t value_size = tarn__values_are_words(w->map) ? 0 : change->value_size;
	uint64_t key_words = tarn__div_up(key->size, 8);
	struct tarn_block_shm *block;
	int code = tarn__heap_alloc(
		w->lane, sizeof(*block) + key_words * 8 + tarn__round_up(value_size, 8), &entry->a);

	if (code)
		return code;
	block = (void *)(w->map->arena->base + entry->a);
	tarn__store(&block->hash, key->hash);
	tarn__store(&block->sizes, key->size | value_size << 32);
	tarn__words_in(block->bytes, key->data, key->size);
	tarn__words_in(block->bytes + key_words, change->value, value_size);
	return 0;
}

/* A value that is a word, or where the first value of a bag is. */
static inline int
make_word(struct writer *w, uint64_t *word)
{
	if (unlikely(w->map->kind == TARN_KIND_HASHMULTIMAP))
		return tarn__bag_make(w->map, w->lane, w->change, word);
	*word = tarn__word_of(w->change->value, w->change->value_size);
	return 0;
}

/* The two words of the entry, its block made. */
static int
make_entry(struct writer *w, struct tarn_place_shm *entry)
{
	int code = 0;

	entry->a = w->key->word;
	entry->b = w->key->hash;
	if (tarn__values_are_words(w->map))
		code = make_word(w, &entry->b);
	if (unlikely(code))
		return code;
	if (!tarn__keys_are_words(w->map))
		return make_block(w, entry);
	return tarn__values_are_words(w->map) ? 0 : make_value(w, entry);
}

/* Into a free place; in a transaction it may be one that was freed in it, so it is logged. */
static void
log_entry(struct writer *w, struct tarn_bucket_shm *bucket, unsigned place,
	  const struct tarn_place_shm *entry)
{
	uint64_t marks = tarn__load(&bucket->marks) & ~(UINT64_C(0xff) << 8 * place);

	tarn__set(w->lane, &bucket->places[place].a, entry->a);
	tarn__set(w->lane, &bucket->places[place].b, entry->b);
	tarn__set(w->lane, &bucket->marks, marks | tarn__hash_mark(w->key->hash) << 8 * place);
}

static void
log_payload(struct writer *w, struct tarn_bucket_shm *bucket, uint64_t set, uint64_t clear)
{
	uint64_t payload = tarn__load(&bucket->node) & TARN_NODE_PAYLOAD;

	tarn__dirty(&bucket->node);
	tarn__set_payload(w->lane, &bucket->node, (payload & ~clear) | set);
}

static int
log_count(struct writer *w, uint64_t n)
{
	uint64_t *count = tarn__keyed_count(w->map, w->lane, w->look.counts);

	if (!count)
		return TARN_CORRUPT;
	tarn__set(w->lane, count, tarn__count_plus(tarn__load(count), n));
	return 0;
}

/* How many entries a new one counts for: a key may come into a multiset several times at once. */
static inline uint64_t
times(const struct writer *w)
{
	return unlikely(w->map->kind == TARN_KIND_HASHMULTISET) ? tarn__word_of(w->change->value, 8) : 1;
}

/* ---- writing: the changes ---------------------------------------------------------------------- */

/* The first stash bucket with a free place, from one that the home chooses; NULL: all are full. */
static struct tarn_bucket_shm *
stash_with_room(struct writer *w)
{
	for (unsigned i = 0; i < TARN_STASHES; i++) {
		unsigned stash = (tarn__hash_home(w->key->hash) + i) % TARN_STASHES;
		struct tarn_bucket_shm *bucket = &w->look.segment->buckets[TARN_HOMES + stash];

		if (~tarn__load(&bucket->node) & TARN_OCCUPIED)
			return bucket;
	}
	return NULL;
}

static int
insert_into_stash(struct writer *w, struct tarn_bucket_shm *bucket)
{
	uint64_t stash = (uint64_t)(bucket - w->look.segment->buckets) - TARN_HOMES;
	struct tarn_place_shm entry;
	uint64_t free;
	int code = lock_stash(w, bucket);

	if (code)
		return code;
	free = ~tarn__load(&bucket->node) & TARN_OCCUPIED;
	if (!free)
		return w->map->txn ? AGAIN : TARN_BUSY; /* somebody was faster, before our gate */
	code = make_entry(w, &entry);
	if (code)
		return code;
	log_entry(w, bucket, tarn__ctz(free), &entry);
	log_payload(w, bucket, free & -free, 0);
	log_payload(w, w->look.home, UINT64_C(1) << (TARN_OVERFLOW_SHIFT + stash), 0);
	code = log_count(w, times(w));
	return code ? code : finish(w);
}

/* A new place in the home. */
static inline int
insert_into_home(struct writer *w, uint64_t free)
{
	struct tarn_place_shm entry;
	unsigned place = tarn__ctz(free);
	int code = make_entry(w, &entry);

	if (unlikely(code))
		return code;
	if (unlikely(w->map->txn)) {
		log_entry(w, w->look.home, place, &entry);
		log_payload(w, w->look.home, free & -free, 0);
		return log_count(w, times(w));
	}
	tarn__place_store(w->look.home, place, tarn__hash_mark(w->key->hash), &entry);
	return tarn__publish(w->map, w->lane, &w->look,
			     (w->look.seen & TARN_NODE_PAYLOAD) | (free & -free), times(w));
}

static inline int
insert(struct writer *w)
{
	uint64_t free = ~w->look.seen & TARN_OCCUPIED;
	struct tarn_bucket_shm *bucket;
	int code;

	if (likely(free))
		return insert_into_home(w, free);
	bucket = stash_with_room(w);
	if (bucket)
		return insert_into_stash(w, bucket);
	if (!w->map->txn)
		tarn__unlock(w->lane, &w->look.home->node);
	code = tarn__hashmap_split(w->map, w->lane, w->key->hash);
	return code ? code : AGAIN;
}

/* Another word in the same place. */
static int
log_word(struct writer *w, const struct tarn_spot *spot, uint64_t *word, uint64_t value)
{
	int code = spot->bucket == w->look.home ? 0 : lock_stash(w, spot->bucket);

	if (code)
		return code;
	tarn__dirty(&spot->bucket->node);
	tarn__set(w->lane, word, value);
	return 0;
}

/* A value that is a word: one store. */
static inline int
replace_word(struct writer *w, const struct tarn_spot *spot, uint64_t value)
{
	struct tarn_place_shm *place = &spot->bucket->places[spot->place];

	if (unlikely(w->map->txn))
		return log_word(w, spot, &place->b, value);
	tarn__store(&place->b, value);
	return leave(w, 0);
}

/* Another block, in the same place: logged. */
static int
log_block(struct writer *w, const struct tarn_spot *spot, const struct tarn_place_shm *entry)
{
	struct tarn_place_shm *place = &spot->bucket->places[spot->place];
	bool words = tarn__keys_are_words(w->map);
	int code = log_word(w, spot, words ? &place->b : &place->a, words ? entry->b : entry->a);

	return code ? code : finish(w);
}

static int
replace_block(struct writer *w, const struct tarn_spot *spot)
{
	uint64_t payload = w->look.seen & TARN_NODE_PAYLOAD;
	uint64_t free = ~payload & TARN_OCCUPIED;
	struct tarn_place_shm entry;
	int code = make_entry(w, &entry);

	if (!code)
		code = tarn__heap_free(w->lane,
				       tarn__place_block(w->map, &spot->bucket->places[spot->place]));
	if (code)
		return code;
	if (w->map->txn || spot->bucket != w->look.home || !free)
		return log_block(w, spot, &entry);
	tarn__place_store(w->look.home, tarn__ctz(free), tarn__hash_mark(w->key->hash), &entry);
	tarn__flip(w->lane, &w->look.home->node,
		   (payload & ~(UINT64_C(1) << spot->place)) | (free & -free), NULL, 0);
	return 0;
}

static inline int
replace(struct writer *w, const struct tarn_spot *spot)
{
	if (tarn__values_are_words(w->map))
		return replace_word(w, spot,
				    tarn__word_of(w->change->value, w->change->value_size));
	return replace_block(w, spot);
}

/* Whether another entry of the same home lies in the stash bucket. */
static int
stash_has_more(struct writer *w, const struct tarn_spot *spot, bool *more)
{
	uint64_t places = tarn__load(&spot->bucket->node) & TARN_OCCUPIED;
	uint64_t hash;

	*more = false;
	for (places &= ~(UINT64_C(1) << spot->place); places && !*more; places &= places - 1) {
		if (!tarn__place_hash(w->map, &spot->bucket->places[tarn__ctz(places)], &hash))
			return TARN_CORRUPT;
		*more = tarn__hash_home(hash) == tarn__hash_home(w->key->hash);
	}
	return 0;
}

static int
erase_from_stash(struct writer *w, const struct tarn_spot *spot, uint64_t n)
{
	uint64_t stash = (uint64_t)(spot->bucket - w->look.segment->buckets) - TARN_HOMES;
	bool more;
	int code = lock_stash(w, spot->bucket);

	if (!code)
		code = stash_has_more(w, spot, &more);
	if (code)
		return code;
	log_payload(w, spot->bucket, 0, UINT64_C(1) << spot->place);
	if (!more)
		log_payload(w, w->look.home, 0, UINT64_C(1) << (TARN_OVERFLOW_SHIFT + stash));
	code = log_count(w, -n);
	return code ? code : finish(w);
}

/* Away with it; it was counted n times. */
static inline int
erase(struct writer *w, const struct tarn_spot *spot, uint64_t n)
{
	tarn_off block = tarn__place_block(w->map, &spot->bucket->places[spot->place]);
	uint64_t bit = UINT64_C(1) << spot->place;
	int code = block ? tarn__heap_free(w->lane, block) : 0;

	if (unlikely(code))
		return code;
	if (unlikely(spot->bucket != w->look.home))
		return erase_from_stash(w, spot, n);
	if (likely(!w->map->txn))
		return tarn__publish(w->map, w->lane, &w->look,
				     w->look.seen & TARN_NODE_PAYLOAD & ~bit, -n);
	log_payload(w, w->look.home, 0, bit);
	return log_count(w, -n);
}

/* Another word, which counts for so many more: by a free place of the home, or logged. */
static int
replace_counted(struct writer *w, const struct tarn_spot *spot, const struct tarn_multi_edit *edit)
{
	struct tarn_place_shm *place = &spot->bucket->places[spot->place];
	struct tarn_place_shm entry = { tarn__load(&place->a), edit->word };
	uint64_t payload = w->look.seen & TARN_NODE_PAYLOAD, free = ~payload & TARN_OCCUPIED;
	int code;

	if (!w->map->txn && spot->bucket == w->look.home && free) {
		tarn__place_store(w->look.home, tarn__ctz(free), tarn__hash_mark(w->key->hash), &entry);
		return tarn__publish(w->map, w->lane, &w->look,
				     (payload & ~(UINT64_C(1) << spot->place)) | (free & -free),
				     edit->more);
	}
	code = log_word(w, spot, &place->b, edit->word);
	if (!code)
		code = log_count(w, edit->more);
	return code ? code : finish(w);
}

static TARN_NOINLINE int
change_multi(struct writer *w, const struct tarn_spot *spot)
{
	uint64_t word = tarn__load(&spot->bucket->places[spot->place].b);
	struct tarn_multi_edit edit = { .word = word };
	int code = tarn__multi_change(w->map, w->lane, &w->look.home->node, w->change, &edit);

	if (code)
		return code == TARN_NOT_FOUND ? leave(w, code) : code;
	if (!edit.word)
		return erase(w, spot, -edit.more);
	if (edit.word != word)
		return replace_counted(w, spot, &edit);
	code = log_count(w, edit.more);
	return code ? code : finish(w);
}

static int
swap(struct writer *w, const struct tarn_spot *spot)
{
	struct tarn_change *change = w->change;
	struct tarn_entry_view view;

	if (!tarn__place_view(w->map, &spot->bucket->places[spot->place], &view))
		return TARN_CORRUPT;
	if (view.value_size != change->expected_size ||
	    !tarn__words_equal(view.value, change->expected, change->expected_size))
		return leave(w, TARN_MISMATCH);
	return replace(w, spot);
}

static inline int
add(struct writer *w, const struct tarn_spot *spot)
{
	uint64_t n = tarn__word_of(w->change->value, 8);

	w->change->before = tarn__load(&spot->bucket->places[spot->place].b);
	return replace_word(w, spot, w->change->before + n);
}

static inline int
change_found(struct writer *w, const struct tarn_spot *spot)
{
	if (unlikely(tarn__is_multi(w->map)))
		return change_multi(w, spot);
	switch (w->change->what) {
	case TARN_INSERT:
		return leave(w, TARN_EXISTS);
	case TARN_ERASE:
		return erase(w, spot, 1);
	case TARN_SWAP:
		return swap(w, spot);
	case TARN_ADD:
		return add(w, spot);
	default:
		return replace(w, spot);
	}
}

static inline int
change_absent(struct writer *w)
{
	w->change->before = 0;
	if (w->change->what == TARN_ERASE || w->change->what == TARN_SWAP ||
	    w->change->what == TARN_LESS)
		return leave(w, TARN_NOT_FOUND);
	return insert(w);
}

/* ---- writing ----------------------------------------------------------------------------------- */

/* Codes that are answers, with nothing locked or changed by the call. */
static bool
is_answer(int code)
{
	return code == 0 || code == AGAIN || code == TARN_NOT_FOUND || code == TARN_EXISTS ||
	       code == TARN_MISMATCH;
}

/* A second lock could not be had at once: let go of all, a little later again. */
static int
back_off(struct writer *w)
{
	int code = tarn__rollback(w->lane);

	if (code)
		return code;
	if (tarn__too_late(tarn__waiter_deadline(w->map, &w->waiter))) {
		tarn__error_detail("others kept a second bucket, which is only tried; tarn who shows who holds locks");
		return TARN_TIMEOUT;
	}
	tarn__os_sleep(UINT64_C(20000));
	return AGAIN;
}

static inline int
attempt(struct writer *w)
{
	struct tarn_spot spot;
	int code = tarn__lane_reserve(w->lane, 12, 2, 2, 3);

	if (likely(!code))
		code = lock_home(w);
	if (unlikely(code))
		return tarn__write_failed(w->map, w->lane, code);
	code = find(w->map, &w->waiter, w->key, &w->look, &spot);
	if (unlikely(code == AGAIN))
		return leave(w, AGAIN);
	if (likely(!code) && spot.bucket && unlikely(!spot_still(&w->look, &spot)))
		return leave(w, AGAIN);
	if (likely(!code))
		code = spot.bucket ? change_found(w, &spot) : change_absent(w);
	if (likely(is_answer(code)))
		return code;
	if (code == TARN_BUSY && !w->map->txn)
		return back_off(w);
	return tarn__write_failed(w->map, w->lane, code);
}

static inline int
write_once(struct tarn_object *map, const struct tarn_key *key, struct tarn_change *change)
{
	struct writer w;
	int code = tarn__write_begin(map, &w.lane);

	if (unlikely(code))
		return code;
	w.map = map;
	w.key = key;
	w.change = change;
	w.waiter = tarn__waiter(map);
	do
		code = attempt(&w);
	while (unlikely(code == AGAIN));
	tarn__write_end(map, w.lane);
	return code;
}

/* ---- calls, the long way ----------------------------------------------------------------------- */

int
tarn__hashmap_key(const struct tarn_object *map, const void *bytes, size_t size,
		  struct tarn_key *key)
{
	if (unlikely(map->key_size && size != map->key_size))
		return TARN_INVALID;
	if (tarn__keys_are_words(map)) {
		if (unlikely(!tarn__key_word(map->key_kind, bytes, size, &key->word)))
			return TARN_INVALID;
		key->hash = tarn__hash_word(key->word, map->hash_secret, map->hash_state);
		return 0;
	}
	if (unlikely(size > TARN_BYTES_MAX))
		return TARN_TOO_BIG;
	key->word = 0;
	key->data = bytes;
	key->size = size;
	key->hash = tarn__hash_bytes(bytes, size, map->seed);
	return 0;
}

/*
 * Others changed the bucket each time that we had copied out of it: copy
 * while it is locked.  Who may not write goes on trying, to the deadline.
 */
static TARN_COLD int
read_locked(struct tarn_object *map, const struct tarn_key *key, void *value, size_t room,
	    size_t *value_size)
{
	struct writer w = { .map = map, .key = key, .waiter = tarn__waiter(map) };
	struct tarn_spot spot;
	int code = tarn__write_begin(map, &w.lane);

	if (code)
		return code;
	do {
		code = tarn__lane_reserve(w.lane, 0, 0, 0, 1);
		if (!code)
			code = lock_home(&w);
		if (code)
			break;
		code = find(map, &w.waiter, key, &w.look, &spot);
		if (!code)
			code = spot.bucket ? copy_value(map, &spot, value, room, value_size)
					   : TARN_NOT_FOUND;
		tarn__unlock(w.lane, &w.look.home->node);
	} while (code == AGAIN);
	tarn__write_end(map, w.lane);
	return code;
}

static TARN_COLD int
read_again(struct tarn_object *map, const struct tarn_key *key, void *value, size_t room,
	   size_t *value_size)
{
	uint64_t deadline = tarn__deadline(map->arena);
	int code = TARN_BUSY;

	if (!map->arena->readonly && !map->txn)
		code = read_locked(map, key, value, room, value_size);
	if (tarn__cannot_lock(code))
		code = TARN_BUSY;
	while (code == TARN_BUSY && !tarn__too_late(deadline))
		code = read_entry(map, key, value, room, value_size);
	return code;
}

int
tarn__entry_read(struct tarn_object *map, const void *key, size_t key_size, void *value,
		 size_t room, size_t *value_size)
{
	struct tarn_key k;
	int code = tarn__keyed_begin_read(map);

	if (!code)
		code = tarn__hashmap_key(map, key, key_size, &k);
	if (!code)
		code = read_entry(map, &k, value, room, value_size);
	return code == TARN_BUSY ? read_again(map, &k, value, room, value_size) : code;
}

/* What nobody has freed yet, of what was removed, may be the room that is missing. */
int
tarn__entry_write(struct tarn_object *map, const void *key, size_t key_size,
		  struct tarn_change *change)
{
	struct tarn_key k;
	int code = tarn__hashmap_key(map, key, key_size, &k);

	if (!code && change->what != TARN_ERASE && !tarn__is_multi(map))
		code = tarn__check_value(map, change->value_size);
	if (code)
		return code;
	code = write_once(map, &k, change);
	if (likely(code != TARN_FULL) || map->txn)
		return code;
	tarn__graveyard_work(map->arena, UINT32_MAX);
	return write_once(map, &k, change);
}
