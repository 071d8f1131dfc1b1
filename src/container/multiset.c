// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- the calls of ordered multisets
 *
 * A multiset is a multiset whose values have no bytes (multiset_layout.h).
 *
 * Who may write what, and what happens on death: as in multi.c.
 */
#include "container/kinds.h"
#include "container/multi.h"

#include <tarn/multiset.h>

static struct tarn_map *
map_of(struct tarn_multiset *set)
{
	return (struct tarn_map *)set;
}

static struct tarn_object *
object_of(struct tarn_multiset *set)
{
	return (struct tarn_object *)set;
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_multiset_open(struct tarn_arena *arena, struct tarn_multiset **set, const char *name,
		   const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object = NULL;
	int code = TARN_INVALID;

	if (tarn__multi_is_sound(type, TARN_KIND_MULTISET) && !type->value_size)
		code = tarn__multi_open(arena, &object, name, type, how, created);
	*set = code ? NULL : (struct tarn_multiset *)object;
	return code;
}

void
tarn_multiset_close(struct tarn_multiset *set)
{
	tarn_object_close(set ? object_of(set) : NULL);
}

struct tarn_object *
tarn_multiset_object(struct tarn_multiset *set)
{
	return object_of(set);
}

struct tarn_multiset *
tarn_multiset_in(struct tarn_multiset *set, struct tarn_txn *txn)
{
	return (struct tarn_multiset *)tarn__txn_bound(txn, object_of(set));
}

/* ---- one key ----------------------------------------------------------------------------------- */

int
tarn_multiset_insert(struct tarn_multiset *set, const void *key, size_t key_size, uint64_t *serial)
{
	return tarn__multi_insert(object_of(set), key, key_size, NULL, 0, serial);
}

int
tarn_multiset_erase(struct tarn_multiset *set, const void *key, size_t key_size, uint64_t *erased)
{
	return tarn__multi_erase(object_of(set), key, key_size, erased);
}

int
tarn_multiset_erase_entry(struct tarn_multiset *set, const void *key, size_t key_size,
			  uint64_t serial)
{
	return tarn__multi_erase_entry(object_of(set), key, key_size, serial);
}

int
tarn_multiset_contains(struct tarn_multiset *set, const void *key, size_t key_size)
{
	return tarn__multi_get(object_of(set), key, key_size, NULL, 0, NULL);
}

int
tarn_multiset_contains_entry(struct tarn_multiset *set, const void *key, size_t key_size,
			     uint64_t serial)
{
	return tarn__multi_get_entry(object_of(set), key, key_size, serial, NULL, 0, NULL);
}

int
tarn_multiset_count(struct tarn_multiset *set, const void *key, size_t key_size, uint64_t *count)
{
	return tarn__multi_count(object_of(set), key, key_size, count);
}

int
tarn_multiset_equal_range(struct tarn_multiset *set, const void *key, size_t key_size,
			  uint64_t *serials, size_t *count)
{
	return tarn__multi_equal_range(object_of(set), key, key_size, NULL, serials, count);
}

/* ---- many -------------------------------------------------------------------------------------- */

int
tarn_multiset_insert_many(struct tarn_multiset *set, const void *keys, size_t key_size,
			  size_t count, int *codes)
{
	const struct tarn_multi_many many = { keys, NULL, key_size, 0, count };

	return tarn__multi_insert_many(object_of(set), &many, codes);
}

int
tarn_multiset_erase_many(struct tarn_multiset *set, const void *keys, size_t key_size, size_t count,
			 int *codes)
{
	const struct tarn_multi_many many = { keys, NULL, key_size, 0, count };

	return tarn__multi_erase_many(object_of(set), &many, codes);
}

int
tarn_multiset_count_many(struct tarn_multiset *set, const void *keys, size_t key_size, size_t count,
			 uint64_t *counts, int *codes)
{
	const struct tarn_multi_many many = { keys, NULL, key_size, 0, count };

	return tarn__multi_count_many(object_of(set), &many, counts, codes);
}

int
tarn_multiset_load(struct tarn_multiset *set, const void *keys, size_t key_size, size_t count)
{
	const struct tarn_multi_many many = { keys, NULL, key_size, 0, count };

	return tarn__multi_load(object_of(set), &many);
}

/* ---- in their order ---------------------------------------------------------------------------- */

int
tarn_multiset_lower_bound(struct tarn_multiset *set, const void *key, size_t key_size,
			  struct tarn_bytes *found)
{
	return tarn__multi_bound(object_of(set), key, key_size, TARN_SERIAL_LOWEST, found, NULL);
}

int
tarn_multiset_upper_bound(struct tarn_multiset *set, const void *key, size_t key_size,
			  struct tarn_bytes *found)
{
	return tarn__multi_bound(object_of(set), key, key_size, TARN_SERIAL_HIGHEST, found, NULL);
}

int
tarn_multiset_first(struct tarn_multiset *set, struct tarn_bytes *key)
{
	return tarn_map_first(map_of(set), key, NULL);
}

int
tarn_multiset_last(struct tarn_multiset *set, struct tarn_bytes *key)
{
	return tarn_map_last(map_of(set), key, NULL);
}

int
tarn_multiset_pop_first(struct tarn_multiset *set, struct tarn_bytes *key)
{
	return tarn__map_pop(object_of(set), 1, key, NULL);
}

int
tarn_multiset_pop_last(struct tarn_multiset *set, struct tarn_bytes *key)
{
	return tarn__map_pop(object_of(set), -1, key, NULL);
}

int
tarn_multiset_erase_range(struct tarn_multiset *set, const void *from, size_t from_size,
			  const void *to, size_t to_size, uint64_t *erased)
{
	return tarn__multi_erase_range(object_of(set), from, from_size, to, to_size, erased);
}

int
tarn_multiset_scan(struct tarn_multiset *set, const void *from, size_t from_size, void *keys,
		   size_t *count)
{
	return tarn__multi_scan(object_of(set), from, from_size, keys, NULL, count);
}

/* ---- all entries ------------------------------------------------------------------------------- */

int
tarn_multiset_size(struct tarn_multiset *set, uint64_t *size)
{
	return tarn_map_size(map_of(set), size);
}

int
tarn_multiset_empty(struct tarn_multiset *set, bool *empty)
{
	return tarn_map_empty(map_of(set), empty);
}

int
tarn_multiset_clear(struct tarn_multiset *set)
{
	return tarn_map_clear(map_of(set));
}

int
tarn_multiset_swap(struct tarn_multiset *set, struct tarn_multiset *other)
{
	return tarn__multi_swap(object_of(set), object_of(other));
}

int
tarn_multiset_copy(struct tarn_multiset *set, struct tarn_multiset *from)
{
	return tarn__multi_copy(object_of(set), object_of(from));
}

int
tarn_multiset_equal(struct tarn_multiset *set, struct tarn_multiset *other, bool *equal)
{
	return tarn__multi_equal(object_of(set), object_of(other), equal);
}

/* ---- cursors ----------------------------------------------------------------------------------- */

static struct tarn_multi_cursor *
cursor_of(struct tarn_multiset_cursor *cursor)
{
	return (struct tarn_multi_cursor *)cursor;
}

/* What the map's cursor says, as the user knows it. */
static int
entry_out(struct tarn_multiset_cursor *cursor, int code, struct tarn_map_entry *from,
	  struct tarn_multiset_entry *entry)
{
	if (!code)
		code = tarn__multi_cursor_entry(cursor_of(cursor), from, &entry->serial);
	if (code)
		return code;
	entry->key = from->key;
	entry->key_size = from->key_size;
	return 0;
}

int
tarn_multiset_cursor_open(struct tarn_multiset *set, struct tarn_multiset_cursor **cursor)
{
	return tarn__multi_cursor_open(object_of(set), (struct tarn_multi_cursor **)cursor);
}

int
tarn_multiset_cursor_seek(struct tarn_multiset_cursor *cursor, const void *key, size_t key_size)
{
	return tarn__multi_cursor_seek(cursor_of(cursor), key, key_size, TARN_SERIAL_LOWEST);
}

int
tarn_multiset_cursor_seek_behind(struct tarn_multiset_cursor *cursor, const void *key,
				 size_t key_size)
{
	return tarn__multi_cursor_seek(cursor_of(cursor), key, key_size, TARN_SERIAL_HIGHEST);
}

void
tarn_multiset_cursor_seek_end(struct tarn_multiset_cursor *cursor)
{
	tarn_map_cursor_seek_end(&cursor_of(cursor)->map);
}

int
tarn_multiset_cursor_next(struct tarn_multiset_cursor *cursor, struct tarn_multiset_entry *entry)
{
	struct tarn_map_entry from;
	int code = tarn_map_cursor_next(&cursor_of(cursor)->map, &from);

	return entry_out(cursor, code, &from, entry);
}

int
tarn_multiset_cursor_prev(struct tarn_multiset_cursor *cursor, struct tarn_multiset_entry *entry)
{
	struct tarn_map_entry from;
	int code = tarn_map_cursor_prev(&cursor_of(cursor)->map, &from);

	return entry_out(cursor, code, &from, entry);
}

void
tarn_multiset_cursor_close(struct tarn_multiset_cursor *cursor)
{
	tarn__multi_cursor_close(cursor_of(cursor));
}

/* ---- kind -------------------------------------------------------------------------------------- */

const struct tarn_kind_ops tarn__multiset_ops = {
	.name = "multiset",
	.create = tarn__map_create,
	.dismantle = tarn__map_dismantle,
	.check = tarn__map_check,
};
