// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multi.c -- keys with serials; what changes a multimap or a multiset
 *
 * multi.h says what an entry is, and why its serial is its own.  All changes
 * are the map's: an insert is TARN_APPEND (map_entry.c); to erase a key is to
 * erase the range from (key, lowest) to (key, highest), by one store if that
 * is in one leaf, and else in a transaction of its own.
 *
 * Who may write what, and what happens on death: as in map_entry.c and
 * map_range.c.
 */
#include "container/multi.h"
#include "container/root.h"

#include <stdlib.h>

/* ---- keys -------------------------------------------------------------------------------------- */

static uint64_t
big_endian(const unsigned char *bytes, size_t size)
{
	uint64_t word = 0;

	for (size_t i = 0; i < size; i++)
		word = word << 8 | bytes[i];
	return word;
}

static void
put_big_endian(unsigned char *bytes, size_t size, uint64_t word)
{
	for (size_t i = size; i-- > 0; word >>= 8)
		bytes[i] = (unsigned char)word;
}

static bool
is_number(const struct tarn_object *map)
{
	return tarn__number_size(map->key_kind) != 0;
}

/* How many bytes a string has with all its ends. */
static size_t
escaped_size(const unsigned char *key, size_t size)
{
	size_t zeros = 0;

	for (size_t i = 0; i < size; i++)
		zeros += !key[i];
	return size + zeros + TARN_MULTI_END;
}

static void
escape(unsigned char *to, const unsigned char *key, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		*to++ = key[i];
		if (!key[i])
			*to++ = 255;
	}
	to[0] = to[1] = 0;
}

/* Where it stands; false: so no string was ever written. */
static bool
unescape(unsigned char *key, size_t *size)
{
	size_t used = 0, i = 0, end = *size - TARN_MULTI_END;

	for (; i < end; i++) {
		if (!key[i] && key[i + 1] != 255)
			return false;
		key[used++] = key[i];
		i += !key[i];
	}
	*size = used;
	return i == end && !key[end] && !key[end + 1];
}

static int
make_room(struct tarn_multi_key *key, size_t size)
{
	key->size = size + TARN_SERIAL_SIZE;
	key->bytes = key->size <= sizeof(key->small) ? key->small : malloc(key->size);
	return key->bytes ? 0 : TARN_SYSTEM;
}

/* Of any size, or all of one size. */
static int
make_bytes(const struct tarn_object *map, const void *key, size_t size, struct tarn_multi_key *out)
{
	int code;

	if (map->key_size && size + TARN_SERIAL_SIZE != map->key_size)
		return TARN_INVALID;
	if (size > TARN_BYTES_MAX)
		return TARN_TOO_BIG;
	code = make_room(out, map->key_size ? size : escaped_size(key, size));
	if (code)
		return code;
	if (map->key_size)
		memcpy(out->bytes, key, size);
	else
		escape(out->bytes, key, size);
	return 0;
}

static int
make_number(const struct tarn_object *map, const void *key, size_t size, struct tarn_multi_key *out)
{
	uint64_t word;
	int code = size == tarn__number_size(map->key_kind) ? 0 : TARN_INVALID;

	if (!code)
		code = tarn__map_word(map->key_kind, key, size, &word);
	if (!code)
		code = make_room(out, size);
	if (!code)
		put_big_endian(out->bytes, size, word);
	return code;
}

int
tarn__multi_key(const struct tarn_object *map, const void *key, size_t size, uint64_t serial,
		struct tarn_multi_key *out)
{
	int code = is_number(map) ? make_number(map, key, size, out) : make_bytes(map, key, size, out);

	if (!code)
		tarn__multi_number(out, serial);
	return code;
}

void
tarn__multi_key_end(struct tarn_multi_key *key)
{
	if (key->bytes != key->small)
		free(key->bytes);
}

void
tarn__multi_number(struct tarn_multi_key *key, uint64_t serial)
{
	put_big_endian(key->bytes + key->size - TARN_SERIAL_SIZE, TARN_SERIAL_SIZE, serial);
}

int
tarn__multi_map_key(const struct tarn_object *map, const struct tarn_multi_key *key,
		    struct tarn_map_key *out)
{
	return tarn__map_key(map, key->bytes, key->size, out);
}

int
tarn__multi_decode(const struct tarn_object *map, char *bytes, size_t *size, uint64_t *serial)
{
	unsigned char *key = (unsigned char *)bytes;
	uint64_t word;

	if (*size < TARN_SERIAL_SIZE + (map->key_size ? 0 : TARN_MULTI_END))
		return TARN_CORRUPT;
	*size -= TARN_SERIAL_SIZE;
	*serial = big_endian(key + *size, TARN_SERIAL_SIZE);
	if (is_number(map) && *size != tarn__number_size(map->key_kind))
		return TARN_CORRUPT;
	if (is_number(map)) {
		word = tarn__map_word_out(map, big_endian(key, *size));
		memcpy(key, &word, *size);
		return 0;
	}
	return map->key_size || unescape(key, size) ? 0 : TARN_CORRUPT;
}

int
tarn__multi_strip(const struct tarn_object *map, struct tarn_map_entry *entry)
{
	uint64_t serial;

	return tarn__multi_decode(map, (char *)(uintptr_t)entry->key, &entry->key_size, &serial);
}

/* ---- handles ----------------------------------------------------------------------------------- */

bool
tarn__multi_is_sound(const struct tarn_type *type, enum tarn_kind kind)
{
	return type->kind == kind && type->key >= TARN_KEY_U64 && type->key <= TARN_KEY_F64;
}

int
tarn__multi_open(struct tarn_arena *arena, struct tarn_object **map, const char *name,
		 const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	int code = tarn__object_open(arena, name, type, how, map, created);

	if (!code)
		(*map)->key_size = tarn__multi_key_size((*map)->key_size);
	return code;
}

/* ---- one key ----------------------------------------------------------------------------------- */

int
tarn__multi_insert(struct tarn_object *map, const void *key, size_t key_size, const void *value,
		   size_t value_size, uint64_t *serial)
{
	struct tarn_multi_key k;
	struct tarn_change change = { .what = TARN_APPEND,
				      .value = value,
				      .value_size = value_size,
				      .multi = &k };
	int code = tarn__multi_key(map, key, key_size, TARN_SERIAL_HIGHEST, &k);

	if (code)
		return code;
	code = tarn__map_write(map, k.bytes, k.size, &change);
	tarn__multi_key_end(&k);
	if (!code && serial)
		*serial = change.before;
	return code;
}

/* Of the entry with that name. */
static int
change_entry(struct tarn_object *map, const void *key, size_t key_size, uint64_t serial,
	     struct tarn_change *change)
{
	struct tarn_multi_key k;
	int code = tarn__multi_key(map, key, key_size, serial, &k);

	if (code)
		return code;
	code = tarn__map_write(map, k.bytes, k.size, change);
	tarn__multi_key_end(&k);
	return code;
}

int
tarn__multi_put_entry(struct tarn_object *map, const void *key, size_t key_size, uint64_t serial,
		      const void *value, size_t value_size)
{
	struct tarn_change change = { .what = TARN_REPLACE, .value = value, .value_size = value_size };

	return change_entry(map, key, key_size, serial, &change);
}

int
tarn__multi_erase_entry(struct tarn_object *map, const void *key, size_t key_size, uint64_t serial)
{
	struct tarn_change change = { .what = TARN_ERASE };

	return change_entry(map, key, key_size, serial, &change);
}

/* ---- all of a key ------------------------------------------------------------------------------ */

/* From here on, and below there. */
struct range {
	struct tarn_multi_key from, to;
	uint64_t erased;
};

static int
erase_each(struct tarn_object *map, struct tarn_object *same, void *arg)
{
	struct range *range = arg;

	(void)same;
	return tarn_map_erase_range((struct tarn_map *)map, range->from.bytes, range->from.size,
				    range->to.bytes, range->to.size, &range->erased);
}

/* In one leaf, or else in a transaction. */
static int
erase_all(struct tarn_object *map, struct range *range)
{
	struct tarn_map_key from, to;
	int code = tarn__multi_map_key(map, &range->from, &from);

	if (!code)
		code = tarn__multi_map_key(map, &range->to, &to);
	if (!code && !map->txn)
		code = tarn__map_erase_in_leaf(map, &from, &to, &range->erased);
	else if (!code)
		code = TARN_AGAIN;
	return code == TARN_AGAIN ? tarn__root_with_both(map, map, erase_each, range) : code;
}

int
tarn__multi_erase(struct tarn_object *map, const void *key, size_t key_size, uint64_t *erased)
{
	struct range range = { .erased = 0 };
	int code = tarn__multi_key(map, key, key_size, TARN_SERIAL_LOWEST, &range.from);

	if (code)
		return code;
	code = tarn__multi_key(map, key, key_size, TARN_SERIAL_HIGHEST, &range.to);
	if (!code) {
		code = erase_all(map, &range);
		tarn__multi_key_end(&range.to);
	}
	tarn__multi_key_end(&range.from);
	if (erased)
		*erased = code ? 0 : range.erased;
	return code || range.erased ? code : TARN_NOT_FOUND;
}

/* NULL stays NULL. */
static int
range_key(const struct tarn_object *map, const void *key, size_t size, struct tarn_multi_key *out)
{
	*out = (struct tarn_multi_key){ .bytes = NULL };
	return key ? tarn__multi_key(map, key, size, TARN_SERIAL_LOWEST, out) : 0;
}

int
tarn__multi_erase_range(struct tarn_object *map, const void *from, size_t from_size,
			const void *to, size_t to_size, uint64_t *erased)
{
	struct tarn_multi_key low, high;
	int code = range_key(map, from, from_size, &low);

	if (code)
		return code;
	code = range_key(map, to, to_size, &high);
	if (!code) {
		code = tarn_map_erase_range((struct tarn_map *)map, low.bytes, low.size, high.bytes,
					    high.size, erased);
		tarn__multi_key_end(&high);
	}
	tarn__multi_key_end(&low);
	return code;
}

/* ---- many -------------------------------------------------------------------------------------- */

/* Of records one after the other, or of struct tarn_bytes. */
static struct tarn_bytes
cell(const void *column, size_t size, size_t i)
{
	const struct tarn_bytes *separate = column;

	if (size == TARN_SEPARATE)
		return separate[i];
	return (struct tarn_bytes){ (char *)(uintptr_t)column + i * size, size };
}

/* The first error; that a key is missing is the least of errors. */
static int
worst_of(int worst, int code, int *codes, size_t i)
{
	if (codes)
		codes[i] = code;
	return code && (!worst || worst == TARN_NOT_FOUND) ? code : worst;
}

static int
insert_one(struct tarn_object *map, const struct tarn_multi_many *many, size_t i)
{
	struct tarn_bytes key = cell(many->keys, many->key_size, i), value = { NULL, 0 };

	if (many->values)
		value = cell(many->values, many->value_size, i);
	return tarn__multi_insert(map, key.data, key.size, value.data, value.size, NULL);
}

int
tarn__multi_insert_many(struct tarn_object *map, const struct tarn_multi_many *many, int *codes)
{
	int worst = 0;

	for (size_t i = 0; i < many->count; i++)
		worst = worst_of(worst, insert_one(map, many, i), codes, i);
	return worst;
}

int
tarn__multi_erase_many(struct tarn_object *map, const struct tarn_multi_many *many, int *codes)
{
	int worst = 0;

	for (size_t i = 0; i < many->count; i++) {
		struct tarn_bytes key = cell(many->keys, many->key_size, i);

		worst = worst_of(worst, tarn__multi_erase(map, key.data, key.size, NULL), codes, i);
	}
	return worst;
}

int
tarn__multi_count_many(struct tarn_object *map, const struct tarn_multi_many *many,
		       uint64_t *counts, int *codes)
{
	int worst = 0;

	for (size_t i = 0; i < many->count; i++) {
		struct tarn_bytes key = cell(many->keys, many->key_size, i);

		worst = worst_of(worst, tarn__multi_count(map, key.data, key.size, &counts[i]), codes,
				 i);
	}
	return worst;
}

/* Whether a key is not below the one before. */
static int
in_order(const struct tarn_object *map, const struct tarn_multi_many *many, size_t i)
{
	struct tarn_bytes a = cell(many->keys, many->key_size, i - 1);
	struct tarn_bytes b = cell(many->keys, many->key_size, i);
	struct tarn_multi_key one, next;
	int order, code = tarn__multi_key(map, a.data, a.size, TARN_SERIAL_LOWEST, &one);

	if (code)
		return code;
	code = tarn__multi_key(map, b.data, b.size, TARN_SERIAL_LOWEST, &next);
	if (!code) { /* neither begins the other */
		order = memcmp(one.bytes, next.bytes, tarn__min(one.size, next.size));
		code = order > 0 ? TARN_INVALID : 0;
		tarn__multi_key_end(&next);
	}
	tarn__multi_key_end(&one);
	return code;
}

int
tarn__multi_load(struct tarn_object *map, const struct tarn_multi_many *many)
{
	int code = 0;

	for (size_t i = 1; i < many->count && !code; i++)
		code = in_order(map, many, i);
	for (size_t i = 0; i < many->count && !code; i++)
		code = insert_one(map, many, i);
	return code;
}
