// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- the calls on one entry
 *
 * Each tries the short way (hashmap_short.h) if the map is one of words, and
 * goes the long way (hashmap_entry.c) if it must.
 *
 * Who may write what, and what happens on death: see there.
 */
#include "container/hashmap_short.h"

#include "base/words.h"
#include "catalog/catalog.h"

#include <stdlib.h>

#define AGAIN TARN_AGAIN /* from the short way: nothing has happened, go the long way */

/* ---- the long way ------------------------------------------------------------------------------ */

static TARN_NOINLINE int
change_long(struct tarn_object *map, enum tarn_what what, const void *key, size_t key_size,
	    const void *value, size_t value_size)
{
	struct tarn_change change = { .what = what, .value = value, .value_size = value_size };

	return tarn__entry_write(map, key, key_size, &change);
}

static TARN_HOT int
change_entry(struct tarn_hashmap *map, enum tarn_what what, const void *key, size_t key_size,
	     const void *value, size_t value_size)
{
	struct tarn_object *object = tarn__hashmap_object(map);
	struct tarn_place_shm entry;
	int code = AGAIN;

	if (tarn__is_short(object, key_size, value_size) && likely(value_size == 8)) {
		entry = (struct tarn_place_shm){ tarn__word_of(key, 8), tarn__word_of(value, 8) };
		code = tarn__word_call(object, what, &entry);
	}
	if (likely(code != AGAIN))
		return code;
	return change_long(object, what, key, key_size, value, value_size);
}

/* ---- calls ------------------------------------------------------------------------------------- */

int
tarn_hashmap_open(struct tarn_arena *arena, struct tarn_hashmap **map, const char *name,
		  const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object;
	int code;

	*map = NULL;
	if (type->kind != TARN_KIND_HASHMAP || !type->key || !type->value_size ||
	    (type->value_size > TARN_BYTES_MAX && type->value_size < TARN_VALUE_CHILD))
		return TARN_INVALID;
	code = tarn__object_open(arena, name, type, how, &object, created);
	if (!code)
		*map = (struct tarn_hashmap *)object;
	return code;
}

void
tarn_hashmap_close(struct tarn_hashmap *map)
{
	tarn_object_close(map ? tarn__hashmap_object(map) : NULL);
}

struct tarn_object *
tarn_hashmap_object(struct tarn_hashmap *map)
{
	return tarn__hashmap_object(map);
}

struct tarn_hashmap *
tarn_hashmap_in(struct tarn_hashmap *map, struct tarn_txn *txn)
{
	return (struct tarn_hashmap *)tarn__txn_bound(txn, tarn__hashmap_object(map));
}

static TARN_HOT int
get_word(struct tarn_object *map, uint64_t key, void *value)
{
	return tarn__word_get(map, tarn__word_hash(map, key), key, value);
}

int
tarn_hashmap_get(struct tarn_hashmap *map, const void *key, size_t key_size, void *value,
		 size_t room, size_t *value_size)
{
	struct tarn_object *object = tarn__hashmap_object(map);
	int code = AGAIN;

	if (tarn__is_short(object, key_size, room) && likely(!tarn__forked(object->arena)))
		code = get_word(object, tarn__word_of(key, 8), value);
	if (unlikely(code == AGAIN))
		return tarn__entry_read(object, key, key_size, value, room, value_size);
	if (value_size)
		*value_size = 8;
	return code;
}

int
tarn_hashmap_contains(struct tarn_hashmap *map, const void *key, size_t key_size)
{
	struct tarn_object *object = tarn__hashmap_object(map);
	uint64_t value;
	int code = AGAIN;

	if (tarn__is_short(object, key_size, sizeof(value)) && likely(!tarn__forked(object->arena)))
		code = get_word(object, tarn__word_of(key, 8), &value);
	return likely(code != AGAIN) ? code : tarn__entry_read(object, key, key_size, NULL, 0, NULL);
}

int
tarn_hashmap_put(struct tarn_hashmap *map, const void *key, size_t key_size, const void *value,
		 size_t value_size)
{
	return change_entry(map, TARN_PUT, key, key_size, value, value_size);
}

int
tarn_hashmap_insert(struct tarn_hashmap *map, const void *key, size_t key_size, const void *value,
		    size_t value_size)
{
	return change_entry(map, TARN_INSERT, key, key_size, value, value_size);
}

int
tarn_hashmap_erase(struct tarn_hashmap *map, const void *key, size_t key_size)
{
	uint64_t none = 0;

	return change_entry(map, TARN_ERASE, key, key_size, &none, sizeof(none));
}

/* The sum less n is what was there, or 0. */
int
tarn_hashmap_fetch_add(struct tarn_hashmap *map, const void *key, size_t key_size, uint64_t n,
		       uint64_t *before)
{
	struct tarn_object *object = tarn__hashmap_object(map);
	struct tarn_change it = { .what = TARN_ADD, .value = &n, .value_size = sizeof(n) };
	struct tarn_place_shm entry;
	int code = AGAIN;

	if (object->value_size != sizeof(n))
		return TARN_TYPE;
	if (tarn__is_short(object, key_size, sizeof(n))) {
		entry = (struct tarn_place_shm){ tarn__word_of(key, 8), n };
		code = tarn__word_call(object, TARN_ADD, &entry);
		it.before = entry.b - n;
	}
	if (unlikely(code == AGAIN))
		code = tarn__entry_write(object, key, key_size, &it);
	if (!code && before)
		*before = it.before;
	return code;
}

int
tarn_hashmap_compare_and_swap(struct tarn_hashmap *map, const void *key, size_t key_size,
			      const void *expected, size_t expected_size, const void *desired,
			      size_t desired_size)
{
	struct tarn_change it = { .what = TARN_SWAP,
				  .value = desired,
				  .value_size = desired_size,
				  .expected = expected,
				  .expected_size = expected_size };

	return tarn__entry_write(tarn__hashmap_object(map), key, key_size, &it);
}

int
tarn_hashmap_size(struct tarn_hashmap *map, uint64_t *size)
{
	return tarn__keyed_size(tarn__hashmap_object(map), size);
}

/* ---- update ------------------------------------------------------------------------------------ */

/* The value in memory of the caller's, which grows as it must; *size is 0 and code 0 if absent. */
static int
read_whole(struct tarn_hashmap *map, const void *key, size_t key_size, void **buffer, size_t *room,
	   size_t *size)
{
	int code;

	while ((code = tarn_hashmap_get(map, key, key_size, *buffer, *room, size)) == TARN_TOO_BIG) {
		void *bigger = realloc(*buffer, *size);

		if (!bigger)
			return TARN_SYSTEM;
		*buffer = bigger;
		*room = *size;
	}
	return code;
}

int
tarn_hashmap_update(
	struct tarn_hashmap *map, const void *key, size_t key_size,
	int (*change)(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg),
	void *arg)
{
	size_t room = 64, size, out_size;
	void *buffer = malloc(room);
	const void *out;
	int code;

	do {
		code = buffer ? read_whole(map, key, key_size, &buffer, &room, &size) : TARN_SYSTEM;
		bool absent = code == TARN_NOT_FOUND;

		if (code && !absent)
			break;
		code = change(absent ? NULL : buffer, absent ? 0 : size, &out, &out_size, arg);
		if (code)
			break;
		code = absent ? tarn_hashmap_insert(map, key, key_size, out, out_size)
			      : tarn_hashmap_compare_and_swap(map, key, key_size, buffer, size, out,
							      out_size);
	} while (code == TARN_EXISTS || code == TARN_MISMATCH || code == TARN_NOT_FOUND);
	free(buffer);
	return code;
}
