// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.c -- keys that are there once or more: a hash map that has
 * behind each key how often it is there
 *
 * Lookups are the map's (hashmultiset_layout.h says why).  A change gives a
 * key another number, and counts the difference (hashmap_bag.c); the first
 * one makes the entry, and the last one takes it away.
 *
 * Who may write what, and what happens on death: as in hashmap_entry.c and
 * hashmap_whole.c.
 */
#include "container/hashmap.h"
#include "container/kinds.h"

#include <tarn/hashmultiset.h>

#include <string.h>

static struct tarn_hashmap *
map_of(struct tarn_hashmultiset *set)
{
	return (struct tarn_hashmap *)set;
}

static struct tarn_object *
object_of(struct tarn_hashmultiset *set)
{
	return (struct tarn_object *)set;
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type)
{
	return type->kind == TARN_KIND_HASHMULTISET && type->key && !type->value_size;
}

int
tarn_hashmultiset_open(struct tarn_arena *arena, struct tarn_hashmultiset **set, const char *name,
		       const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object;
	int code;

	*set = NULL;
	if (!is_sound(type))
		return TARN_INVALID;
	code = tarn__object_open(arena, name, type, how, &object, created);
	if (code)
		return code;
	object->value_size = TARN_HASHMULTISET_WORD;
	object->words_only = object->key_size == 8 && object->key_kind != TARN_KEY_F64;
	*set = (struct tarn_hashmultiset *)object;
	return 0;
}

void
tarn_hashmultiset_close(struct tarn_hashmultiset *set)
{
	tarn_object_close(set ? object_of(set) : NULL);
}

struct tarn_object *
tarn_hashmultiset_object(struct tarn_hashmultiset *set)
{
	return object_of(set);
}

struct tarn_hashmultiset *
tarn_hashmultiset_in(struct tarn_hashmultiset *set, struct tarn_txn *txn)
{
	return (struct tarn_hashmultiset *)tarn__txn_bound(txn, object_of(set));
}

/* ---- one key ----------------------------------------------------------------------------------- */

/* before: NULL, or told how often the key was there. */
static int
change(struct tarn_object *set, enum tarn_what what, const void *key, size_t key_size,
       uint64_t times, uint64_t *before)
{
	struct tarn_change change = { .what = what, .value = &times, .value_size = sizeof(times) };
	int code = tarn__entry_write(set, key, key_size, &change);

	if (before)
		*before = code ? 0 : change.before;
	return code;
}

int
tarn_hashmultiset_insert(struct tarn_hashmultiset *set, const void *key, size_t key_size)
{
	return change(object_of(set), TARN_MORE, key, key_size, 1, NULL);
}

int
tarn_hashmultiset_add(struct tarn_hashmultiset *set, const void *key, size_t key_size,
		      uint64_t times)
{
	if (!times)
		return TARN_INVALID;
	if (times > TARN_TIMES_MOST)
		return TARN_TOO_BIG;
	return change(object_of(set), TARN_MORE, key, key_size, times, NULL);
}

int
tarn_hashmultiset_erase(struct tarn_hashmultiset *set, const void *key, size_t key_size,
			uint64_t *erased)
{
	return change(object_of(set), TARN_ERASE, key, key_size, 0, erased);
}

int
tarn_hashmultiset_erase_one(struct tarn_hashmultiset *set, const void *key, size_t key_size)
{
	return change(object_of(set), TARN_LESS, key, key_size, 1, NULL);
}

int
tarn_hashmultiset_contains(struct tarn_hashmultiset *set, const void *key, size_t key_size)
{
	return tarn_hashmap_contains(map_of(set), key, key_size);
}

int
tarn_hashmultiset_count(struct tarn_hashmultiset *set, const void *key, size_t key_size,
			uint64_t *count)
{
	int code = tarn_hashmap_get(map_of(set), key, key_size, count, sizeof(*count), NULL);

	if (code)
		*count = 0;
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* ---- many keys --------------------------------------------------------------------------------- */

static int
insert_one(struct tarn_hashmap *set, const void *key, size_t key_size, size_t i, void *unused)
{
	(void)i;
	(void)unused;
	return change(tarn__hashmap_object(set), TARN_MORE, key, key_size, 1, NULL);
}

static int
erase_one(struct tarn_hashmap *set, const void *key, size_t key_size, size_t i, void *erased)
{
	uint64_t before;
	int code = change(tarn__hashmap_object(set), TARN_ERASE, key, key_size, 0, &before);

	(void)i;
	*(uint64_t *)erased += before;
	return code;
}

static int
count_one(struct tarn_hashmap *set, const void *key, size_t key_size, size_t i, void *counts)
{
	return tarn_hashmultiset_count((struct tarn_hashmultiset *)set, key, key_size,
				       (uint64_t *)counts + i);
}

int
tarn_hashmultiset_insert_many(struct tarn_hashmultiset *set, const void *keys, size_t key_size,
			      size_t count, int *codes)
{
	return tarn__hashmap_each_key(map_of(set), keys, key_size, count, insert_one, NULL, codes);
}

int
tarn_hashmultiset_erase_many(struct tarn_hashmultiset *set, const void *keys, size_t key_size,
			     size_t count, uint64_t *erased, int *codes)
{
	uint64_t sum = 0;
	int code = tarn__hashmap_each_key(map_of(set), keys, key_size, count, erase_one, &sum, codes);

	if (erased)
		*erased = sum;
	return code;
}

int
tarn_hashmultiset_count_many(struct tarn_hashmultiset *set, const void *keys, size_t key_size,
			     size_t count, uint64_t *counts, int *codes)
{
	return tarn__hashmap_each_key(map_of(set), keys, key_size, count, count_one, counts, codes);
}

/* ---- all keys ---------------------------------------------------------------------------------- */

int
tarn_hashmultiset_size(struct tarn_hashmultiset *set, uint64_t *size)
{
	return tarn_hashmap_size(map_of(set), size);
}

int
tarn_hashmultiset_empty(struct tarn_hashmultiset *set, bool *empty)
{
	uint64_t size;
	int code = tarn_hashmap_size(map_of(set), &size);

	if (!code)
		*empty = !size;
	return code;
}

int
tarn_hashmultiset_clear(struct tarn_hashmultiset *set)
{
	return tarn_hashmap_clear(map_of(set));
}

int
tarn_hashmultiset_reserve(struct tarn_hashmultiset *set, uint64_t count)
{
	return tarn_hashmap_reserve(map_of(set), count);
}

int
tarn_hashmultiset_shrink_to_fit(struct tarn_hashmultiset *set)
{
	return tarn_hashmap_shrink_to_fit(map_of(set));
}

int
tarn_hashmultiset_cursor_open(struct tarn_hashmultiset *set,
			      struct tarn_hashmultiset_cursor **cursor)
{
	return tarn_hashmap_cursor_open(map_of(set), (struct tarn_hashmap_cursor **)cursor);
}

int
tarn_hashmultiset_cursor_next(struct tarn_hashmultiset_cursor *cursor, const void **key,
			      size_t *key_size, uint64_t *times)
{
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_next((struct tarn_hashmap_cursor *)cursor, &entry);

	if (code)
		return code;
	*key = entry.key;
	*key_size = entry.key_size;
	memcpy(times, entry.value, sizeof(*times));
	return 0;
}

void
tarn_hashmultiset_cursor_close(struct tarn_hashmultiset_cursor *cursor)
{
	tarn_hashmap_cursor_close((struct tarn_hashmap_cursor *)cursor);
}

/* ---- two sets ---------------------------------------------------------------------------------- */

int
tarn_hashmultiset_swap(struct tarn_hashmultiset *set, struct tarn_hashmultiset *other)
{
	return tarn_hashmap_swap(map_of(set), map_of(other));
}

static int
take(const struct tarn_hashmap_entry *entry, void *aside)
{
	uint64_t times;

	memcpy(&times, entry->value, sizeof(times));
	return change(aside, TARN_MORE, entry->key, entry->key_size, times, NULL);
}

static int
fill(struct tarn_object *aside, void *from)
{
	return tarn__hashmap_each(from, take, aside, NULL);
}

int
tarn_hashmultiset_copy(struct tarn_hashmultiset *set, struct tarn_hashmultiset *from)
{
	struct tarn_object *to = object_of(set), *of = object_of(from);

	if (!tarn__keyed_alike(to, of))
		return TARN_TYPE;
	return tarn__keyed_assign(to, tarn__aside_swing, fill, tarn__keyed_beside(to, of));
}

int
tarn_hashmultiset_equal(struct tarn_hashmultiset *set, struct tarn_hashmultiset *other, bool *equal)
{
	return tarn_hashmap_equal(map_of(set), map_of(other), equal);
}

/* ---- kind -------------------------------------------------------------------------------------- */

const struct tarn_kind_ops tarn__hashmultiset_ops = {
	.name = "hashmultiset",
	.create = tarn__hashmap_create,
	.dismantle = tarn__hashmap_dismantle,
	.check = tarn__hashmap_check,
};
