// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- the calls on one entry of an ordered map, and what keys are
 *
 * Inside, every key is a word and, if it is a string, its bytes:
 *
 *	u64, u32	the number
 *	i64, i32	the sign's bit turned: negative ones come first
 *	f64		all bits of a negative one turned, the sign's bit of
 *			another; -0 is 0, and what is no number is no key
 *	string, bytes	the first 8 bytes, the first one highest, zeros behind;
 *			of bytes that all keys have 1 to 8 of, all there is
 *	custom		0: the program's function compares their bytes
 *
 * The words' order as unsigned numbers is that of the keys.  Two strings with
 * one word are compared by their other bytes, or, if these are the same or
 * there are none, by their lengths: so a string comes before what it begins.
 *
 * Who may write what: nothing is written here; map_entry.c does.
 *
 * On death: nothing is left.
 */
#include "container/map.h"

#include "base/error.h"

#include <stdlib.h>

#define SIGN (UINT64_C(1) << 63)
#define SIGN32 (UINT64_C(1) << 31)
#define INFINITE UINT64_C(0x7ff0000000000000)

/* ---- keys -------------------------------------------------------------------------------------- */

static inline bool
is_no_number(uint64_t bits)
{
	return (bits & ~SIGN) > INFINITE;
}

/* The order of words is that of keys. */
static TARN_HOT uint64_t
word_in(uint32_t kind, uint64_t bits)
{
	if (likely(kind == TARN_KEY_U64) || kind == TARN_KEY_U32)
		return bits;
	if (kind == TARN_KEY_I64)
		return bits ^ SIGN;
	if (kind == TARN_KEY_I32)
		return bits ^ SIGN32;
	if (kind == TARN_KEY_BYTES)
		return __builtin_bswap64(bits);
	if (bits == SIGN)
		return SIGN;
	return bits & SIGN ? ~bits : bits | SIGN;
}

uint64_t
tarn__map_word_out(const struct tarn_object *map, uint64_t word)
{
	if (likely(map->key_kind == TARN_KEY_U64) || map->key_kind == TARN_KEY_U32)
		return word;
	if (map->key_kind == TARN_KEY_I64)
		return word ^ SIGN;
	if (map->key_kind == TARN_KEY_I32)
		return word ^ SIGN32;
	if (map->key_kind == TARN_KEY_BYTES)
		return __builtin_bswap64(word);
	return word & SIGN ? word & ~SIGN : ~word;
}

static TARN_COLD int
custom_key(const struct tarn_object *map, const void *bytes, size_t size, struct tarn_map_key *key)
{
	uint32_t fixed = tarn__map_fixed(map);

	if (fixed && size != fixed)
		return TARN_INVALID;
	if (size > TARN_ORDERED_MOST)
		return TARN_TOO_BIG;
	key->data = bytes;
	key->size = size;
	key->word = 0;
	return 0;
}

bool
tarn__map_keys_are_sound(const struct tarn_type *type)
{
	if (type->key != TARN_KEY_CUSTOM)
		return type->key >= TARN_KEY_U64 && type->key <= TARN_KEY_F64;
	if (type->key_size <= TARN_ORDERED_MOST)
		return true;
	tarn__error_detail("keys in an order of a program's own have at most %d bytes", TARN_ORDERED_MOST);
	return false;
}

static inline int
word_of(uint32_t kind, const void *bytes, size_t size, uint64_t *word)
{
	*word = tarn__word_of(bytes, size);
	if (unlikely(kind == TARN_KEY_F64 && is_no_number(*word)))
		return TARN_INVALID;
	*word = word_in(kind, *word);
	return 0;
}

int
tarn__map_word(uint32_t kind, const void *bytes, size_t size, uint64_t *word)
{
	return word_of(kind, bytes, size, word);
}

int
tarn__map_key(const struct tarn_object *map, const void *bytes, size_t size,
	      struct tarn_map_key *key)
{
	key->edge = 0;
	if (likely(tarn__keys_are_words(map))) {
		if (unlikely(size != map->key_size))
			return TARN_INVALID;
		return word_of(map->key_kind, bytes, size, &key->word);
	}
	if (tarn__map_is_custom(map))
		return custom_key(map, bytes, size, key);
	if (unlikely(map->key_size && size != map->key_size))
		return TARN_INVALID;
	if (unlikely(size > TARN_BYTES_MAX))
		return TARN_TOO_BIG;
	key->data = bytes;
	key->size = size;
	key->word = size ? __builtin_bswap64(tarn__word_of(bytes, tarn__min(size, 8))) : 0;
	return 0;
}

/* ---- pairs and texts --------------------------------------------------------------------------- */

struct tarn_pair_shm *
tarn__map_pair(struct tarn_object *map, tarn_off off, uint64_t *key_size, uint64_t *value_size)
{
	struct tarn_pair_shm *pair = tarn__at(map->arena, off, sizeof(*pair), 16);
	uint64_t sizes;

	if (!pair)
		return NULL;
	sizes = tarn__load(&pair->sizes);
	*key_size = sizes & UINT32_MAX;
	*value_size = sizes >> 32;
	if (*key_size > TARN_BYTES_MAX || *value_size > TARN_BYTES_MAX)
		return NULL;
	return tarn__at(map->arena, off,
			sizeof(*pair) + tarn__round_up(*key_size, 8) + tarn__round_up(*value_size, 8),
			16);
}

static inline int
compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* ---- orders ------------------------------------------------------------------------------------ */

/* Who calls it knows the order: nobody opens a map without. */
static int
compare_custom(const struct tarn_object *map, const char *a, size_t a_size, const char *b, size_t b_size)
{
	return map->order->compare(a, a_size, b, b_size, map->order->context);
}

/* A key in the arena, copied to where nobody changes it; false: none of this map's can be there. */
static bool
custom_out(struct tarn_object *map, tarn_off off, char *to, uint64_t *size)
{
	uint32_t fixed = tarn__map_fixed(map);
	uint64_t value_size;
	const struct tarn_pair_shm *pair =
		off > TARN_TEXT_SHORT ? tarn__map_pair(map, off, size, &value_size) : NULL;

	if (!pair || *size > TARN_ORDERED_MOST || (fixed && *size != fixed))
		return false;
	tarn__words_out(to, pair->bytes, *size);
	return true;
}

static TARN_NOINLINE int
compare_custom_text(struct tarn_object *map, tarn_off text, const struct tarn_map_key *key)
{
	char bytes[TARN_ORDERED_MOST];
	uint64_t size;

	if (!custom_out(map, text, bytes, &size))
		return 1;
	return compare_custom(map, bytes, size, key->data, key->size);
}

static TARN_NOINLINE int
compare_custom_pairs(struct tarn_object *map, tarn_off a, tarn_off b)
{
	char one[TARN_ORDERED_MOST], other[TARN_ORDERED_MOST];
	uint64_t one_size, other_size;

	if (!custom_out(map, a, one, &one_size) || !custom_out(map, b, other, &other_size))
		return 1;
	return compare_custom(map, one, one_size, other, other_size);
}

int
tarn__map_compare_keys(const struct tarn_object *map, const struct tarn_map_key *a,
		       const struct tarn_map_key *b)
{
	int order = 0;

	if (a->edge != b->edge)
		return a->edge < b->edge ? -1 : 1;
	if (a->edge || a->word != b->word || tarn__keys_are_words(map))
		return a->edge ? 0 : compare_numbers(a->word, b->word);
	if (tarn__map_is_custom(map))
		return compare_custom(map, a->data, a->size, b->data, b->size);
	if (a->size && b->size)
		order = memcmp(a->data, b->data, tarn__min(a->size, b->size));
	return order ? order : compare_numbers(a->size, b->size);
}

int
tarn__map_compare_text(struct tarn_object *map, uint64_t text, const struct tarn_map_key *key)
{
	const struct tarn_pair_shm *pair;
	uint64_t size = text, value_size, a, b;
	int order = 0;

	if (tarn__map_is_custom(map))
		return compare_custom_text(map, text, key);
	if (text <= TARN_TEXT_SHORT)
		return compare_numbers(text, key->size);
	pair = tarn__map_pair(map, text, &size, &value_size);
	if (!pair)
		return 1; /* who looks again will see that it changed, or a check that it is wrong */
	for (uint64_t at = 8; !order && at < size && at < key->size; at += 8) {
		a = __builtin_bswap64(tarn__load(&pair->bytes[at / 8]));
		b = __builtin_bswap64(tarn__word_of(key->data + at, tarn__min(key->size - at, 8)));
		order = compare_numbers(a, b);
	}
	return order ? order : compare_numbers(size, key->size);
}

int
tarn__map_compare_pairs(struct tarn_object *map, tarn_off a, tarn_off b)
{
	uint64_t size, other_size, value_size;
	const struct tarn_pair_shm *pair = tarn__map_pair(map, a, &size, &value_size);
	const struct tarn_pair_shm *other = tarn__map_pair(map, b, &other_size, &value_size);
	int order = 0;

	if (tarn__map_is_custom(map))
		return compare_custom_pairs(map, a, b);
	if (!pair || !other)
		return 1;
	for (uint64_t at = 8; !order && at < size && at < other_size; at += 8)
		order = compare_numbers(__builtin_bswap64(tarn__load(&pair->bytes[at / 8])),
					__builtin_bswap64(tarn__load(&other->bytes[at / 8])));
	return order ? order : compare_numbers(size, other_size);
}

/* Whether the entry of one place comes before that of another. */
static inline bool
comes_before(struct tarn_object *map, const struct tarn_leaf_shm *leaf, unsigned a, unsigned b)
{
	uint64_t one = tarn__load(&leaf->keys[a]), other = tarn__load(&leaf->keys[b]);

	if (likely(one != other) || tarn__keys_are_words(map))
		return one < other;
	return tarn__map_compare_pairs(map, tarn__load(&leaf->values[a]),
				       tarn__load(&leaf->values[b])) < 0;
}

/* Of words: how many are before each of them; no branch depends on a key, but whether all ascend. */
static TARN_HOT unsigned
order_words(const struct tarn_leaf_shm *leaf, uint64_t seen, uint8_t *order)
{
	uint64_t keys[TARN_LEAF_KEYS];
	uint8_t places[TARN_LEAF_KEYS], ranks[TARN_LEAF_KEYS] = { 0 };
	bool ascend = true;
	unsigned count = 0;

	for (uint64_t left = seen & TARN_LEAF_OCCUPIED; left; left &= left - 1, count++) {
		order[count] = places[count] = (uint8_t)tarn__ctz(left);
		keys[count] = tarn__load(&leaf->keys[places[count]]);
		ascend &= !count || keys[count - 1] <= keys[count];
	}
	if (ascend)
		return count;
	for (unsigned n = 1; n < count; n++) {
		for (unsigned i = 0; i < n; i++) {
			bool less = keys[n] < keys[i];

			ranks[i] = (uint8_t)(ranks[i] + less);
			ranks[n] = (uint8_t)(ranks[n] + !less);
		}
	}
	for (unsigned i = 0; i < count; i++)
		order[ranks[i]] = places[i];
	return count;
}

unsigned
tarn__map_order(struct tarn_object *map, const struct tarn_leaf_shm *leaf, uint64_t seen,
		uint8_t *order)
{
	unsigned count = 0, at;

	if (likely(tarn__keys_are_words(map)))
		return order_words(leaf, seen, order);

	for (uint64_t left = seen & TARN_LEAF_OCCUPIED; left; left &= left - 1) {
		unsigned place = tarn__ctz(left);

		for (at = count++; at && comes_before(map, leaf, place, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = (uint8_t)place;
	}
	return count;
}

bool
tarn__map_view(struct tarn_object *map, const struct tarn_leaf_shm *leaf, unsigned place,
	       struct tarn_entry_view *view)
{
	const struct tarn_pair_shm *pair;
	uint64_t key_size;

	view->key = &leaf->keys[place];
	view->key_size = map->key_size;
	if (tarn__map_is_inline(map)) {
		view->value = &leaf->values[place];
		view->value_size = map->value_size;
		return true;
	}
	pair = tarn__map_pair(map, tarn__load(&leaf->values[place]), &key_size, &view->value_size);
	if (!pair || (tarn__keys_are_words(map) ? key_size
						: tarn__map_fixed(map) && key_size != tarn__map_fixed(map)))
		return false;
	view->value = pair->bytes + tarn__div_up(key_size, 8);
	if (!tarn__keys_are_words(map)) {
		view->key = pair->bytes;
		view->key_size = key_size;
	}
	return !map->value_size || view->value_size == map->value_size;
}

static bool
fence_room(struct tarn_map_fence *fence, uint64_t size)
{
	char *text;

	if (size <= fence->room)
		return true;
	text = realloc(fence->text, size);
	if (!text)
		return false;
	fence->text = text;
	fence->room = size;
	return true;
}

/* What cannot be a key of the map is zeros, for the program's function must not see it. */
static TARN_COLD bool
custom_fence(struct tarn_object *map, tarn_off text, struct tarn_map_fence *fence)
{
	fence->key.word = 0;
	fence->key.size = tarn__map_fixed(map);
	if (!fence_room(fence, TARN_ORDERED_MOST))
		return false;
	fence->key.data = memset(fence->text, 0, fence->key.size);
	if (!custom_out(map, text, fence->text, &fence->key.size))
		fence->key.size = tarn__map_fixed(map);
	return true;
}

bool
tarn__map_fence_copy(struct tarn_object *map, struct tarn_inner_shm *inner, unsigned index,
		     struct tarn_map_fence *fence)
{
	struct tarn_map_key *key = &fence->key;
	const struct tarn_pair_shm *pair;
	uint64_t text, size, value_size, bytes;

	key->edge = 0;
	key->word = tarn__load(&inner->words[index]);
	if (tarn__keys_are_words(map))
		return true;
	text = size = tarn__load(&tarn__map_texts(inner)[index]);
	if (tarn__map_is_custom(map))
		return custom_fence(map, text, fence);
	pair = text > TARN_TEXT_SHORT ? tarn__map_pair(map, text, &size, &value_size) : NULL;
	if (!pair)
		size = tarn__min(text, TARN_TEXT_SHORT); /* what cannot be is found out later */
	if (!fence_room(fence, tarn__max(size, 8)))
		return false;
	bytes = __builtin_bswap64(key->word);
	memcpy(fence->text, &bytes, sizeof(bytes));
	if (pair)
		tarn__words_out(fence->text, pair->bytes, size);
	key->data = fence->text;
	key->size = size;
	return true;
}

/* ---- calls ------------------------------------------------------------------------------------- */

int
tarn_map_open(struct tarn_arena *arena, struct tarn_map **map, const char *name,
	      const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object;
	int code;

	*map = NULL;
	if (type->kind != TARN_KIND_MAP || !tarn__map_keys_are_sound(type) || !type->value_size ||
	    (type->value_size > TARN_BYTES_MAX && type->value_size != TARN_VALUE_BYTES))
		return TARN_INVALID;
	code = tarn__object_open(arena, name, type, how, &object, created);
	if (code)
		return code;
	*map = (struct tarn_map *)object;
	return 0;
}

void
tarn_map_close(struct tarn_map *map)
{
	tarn_object_close(map ? tarn__map_object(map) : NULL);
}

struct tarn_object *
tarn_map_object(struct tarn_map *map)
{
	return tarn__map_object(map);
}

struct tarn_map *
tarn_map_in(struct tarn_map *map, struct tarn_txn *txn)
{
	return (struct tarn_map *)tarn__txn_bound(txn, tarn__map_object(map));
}

int
tarn_map_get(struct tarn_map *map, const void *key, size_t key_bytes, void *value, size_t room,
	     size_t *value_size)
{
	return tarn__map_read(tarn__map_object(map), key, key_bytes, value, room, value_size);
}

int
tarn_map_contains(struct tarn_map *map, const void *key, size_t key_bytes)
{
	return tarn__map_read(tarn__map_object(map), key, key_bytes, NULL, 0, NULL);
}

int
tarn_map_put(struct tarn_map *map, const void *key, size_t key_bytes, const void *value,
	     size_t value_size)
{
	struct tarn_change change = { .what = TARN_PUT, .value = value, .value_size = value_size };

	return tarn__map_write(tarn__map_object(map), key, key_bytes, &change);
}

int
tarn_map_insert(struct tarn_map *map, const void *key, size_t key_bytes, const void *value,
		size_t value_size)
{
	struct tarn_change change = { .what = TARN_INSERT, .value = value, .value_size = value_size };

	return tarn__map_write(tarn__map_object(map), key, key_bytes, &change);
}

int
tarn_map_erase(struct tarn_map *map, const void *key, size_t key_bytes)
{
	struct tarn_change change = { .what = TARN_ERASE };

	return tarn__map_write(tarn__map_object(map), key, key_bytes, &change);
}

int
tarn_map_fetch_add(struct tarn_map *map, const void *key, size_t key_bytes, uint64_t n,
		   uint64_t *before)
{
	struct tarn_change change = { .what = TARN_ADD, .value = &n, .value_size = sizeof(n) };
	int code;

	if (tarn__map_object(map)->value_size != sizeof(n))
		return TARN_TYPE;
	code = tarn__map_write(tarn__map_object(map), key, key_bytes, &change);
	if (!code && before)
		*before = change.before;
	return code;
}

int
tarn_map_compare_and_swap(struct tarn_map *map, const void *key, size_t key_bytes,
			  const void *expected, size_t expected_size, const void *desired,
			  size_t desired_size)
{
	struct tarn_change change = { .what = TARN_SWAP,
				      .value = desired,
				      .value_size = desired_size,
				      .expected = expected,
				      .expected_size = expected_size };

	return tarn__map_write(tarn__map_object(map), key, key_bytes, &change);
}

int
tarn_map_size(struct tarn_map *map, uint64_t *size)
{
	return tarn__keyed_size(tarn__map_object(map), size);
}

/* ---- update ------------------------------------------------------------------------------------ */

/* The value in memory of the caller's, which grows as it must. */
static int
read_whole(struct tarn_map *map, const void *key, size_t key_bytes, struct tarn_bytes *buffer,
	   size_t *size)
{
	void *bigger;
	int code;

	while ((code = tarn_map_get(map, key, key_bytes, buffer->data, buffer->size, size)) ==
		       TARN_TOO_BIG &&
	       *size > buffer->size) {
		bigger = realloc(buffer->data, *size);
		if (!bigger)
			return TARN_SYSTEM;
		*buffer = (struct tarn_bytes){ bigger, *size };
	}
	return code;
}

/* *again: the entry has changed since it was read. */
static int
update_once(struct tarn_map *map, const void *key, size_t key_bytes, tarn_map_change *change,
	    void *arg, struct tarn_bytes *buffer, bool *again)
{
	const void *out;
	size_t size, out_size;
	int code = read_whole(map, key, key_bytes, buffer, &size);
	bool absent = code == TARN_NOT_FOUND;

	*again = false;
	if (code && !absent)
		return code;
	code = change(absent ? NULL : buffer->data, absent ? 0 : size, &out, &out_size, arg);
	if (code)
		return code;
	code = absent ? tarn_map_insert(map, key, key_bytes, out, out_size)
		      : tarn_map_compare_and_swap(map, key, key_bytes, buffer->data, size, out,
						  out_size);
	*again = code == TARN_EXISTS || code == TARN_MISMATCH || code == TARN_NOT_FOUND;
	return code;
}

int
tarn_map_update(struct tarn_map *map, const void *key, size_t key_bytes, tarn_map_change *change,
		void *arg)
{
	struct tarn_bytes buffer = { malloc(64), 64 };
	bool again = buffer.data != NULL;
	int code = TARN_SYSTEM;

	while (again)
		code = update_once(map, key, key_bytes, change, arg, &buffer, &again);
	free(buffer.data);
	return code;
}
