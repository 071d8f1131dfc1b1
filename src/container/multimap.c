// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- the calls of ordered multimaps
 *
 * What an entry is says multi.h; what is the same for multisets is in multi.c,
 * multi_read.c and multi_whole.c, and what is the same for maps is called here.
 *
 * Who may write what, and what happens on death: as in multi.c.
 */
#include "container/kinds.h"
#include "container/multi.h"

#include <tarn/multimap.h>

static struct tarn_map *
map_of(struct tarn_multimap *map)
{
	return (struct tarn_map *)map;
}

static struct tarn_object *
object_of(struct tarn_multimap *map)
{
	return (struct tarn_object *)map;
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_multimap_open(struct tarn_arena *arena, struct tarn_multimap **map, const char *name,
		   const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object = NULL;
	int code = TARN_INVALID;

	if (tarn__multi_is_sound(type, TARN_KIND_MULTIMAP) && type->value_size &&
	    (type->value_size <= TARN_BYTES_MAX || type->value_size == TARN_VALUE_BYTES))
		code = tarn__multi_open(arena, &object, name, type, how, created);
	*map = code ? NULL : (struct tarn_multimap *)object;
	return code;
}

void
tarn_multimap_close(struct tarn_multimap *map)
{
	tarn_object_close(map ? object_of(map) : NULL);
}

struct tarn_object *
tarn_multimap_object(struct tarn_multimap *map)
{
	return object_of(map);
}

struct tarn_multimap *
tarn_multimap_in(struct tarn_multimap *map, struct tarn_txn *txn)
{
	return (struct tarn_multimap *)tarn__txn_bound(txn, object_of(map));
}

/* ---- one key ----------------------------------------------------------------------------------- */

int
tarn_multimap_insert(struct tarn_multimap *map, const void *key, size_t key_size, const void *value,
		     size_t value_size, uint64_t *serial)
{
	return tarn__multi_insert(object_of(map), key, key_size, value, value_size, serial);
}

int
tarn_multimap_put_entry(struct tarn_multimap *map, const void *key, size_t key_size,
			uint64_t serial, const void *value, size_t value_size)
{
	return tarn__multi_put_entry(object_of(map), key, key_size, serial, value, value_size);
}

int
tarn_multimap_erase(struct tarn_multimap *map, const void *key, size_t key_size, uint64_t *erased)
{
	return tarn__multi_erase(object_of(map), key, key_size, erased);
}

int
tarn_multimap_erase_entry(struct tarn_multimap *map, const void *key, size_t key_size,
			  uint64_t serial)
{
	return tarn__multi_erase_entry(object_of(map), key, key_size, serial);
}

int
tarn_multimap_get(struct tarn_multimap *map, const void *key, size_t key_size, void *value,
		  size_t room, size_t *value_size)
{
	return tarn__multi_get(object_of(map), key, key_size, value, room, value_size);
}

int
tarn_multimap_get_entry(struct tarn_multimap *map, const void *key, size_t key_size,
			uint64_t serial, void *value, size_t room, size_t *value_size)
{
	return tarn__multi_get_entry(object_of(map), key, key_size, serial, value, room, value_size);
}

int
tarn_multimap_contains(struct tarn_multimap *map, const void *key, size_t key_size)
{
	return tarn__multi_get(object_of(map), key, key_size, NULL, 0, NULL);
}

int
tarn_multimap_count(struct tarn_multimap *map, const void *key, size_t key_size, uint64_t *count)
{
	return tarn__multi_count(object_of(map), key, key_size, count);
}

int
tarn_multimap_equal_range(struct tarn_multimap *map, const void *key, size_t key_size, void *values,
			  uint64_t *serials, size_t *count)
{
	return tarn__multi_equal_range(object_of(map), key, key_size, values, serials, count);
}

/* ---- many -------------------------------------------------------------------------------------- */

int
tarn_multimap_insert_many(struct tarn_multimap *map, const void *keys, size_t key_size,
			  size_t count, const void *values, size_t value_size, int *codes)
{
	const struct tarn_multi_many many = { keys, values, key_size, value_size, count };

	return tarn__multi_insert_many(object_of(map), &many, codes);
}

int
tarn_multimap_erase_many(struct tarn_multimap *map, const void *keys, size_t key_size, size_t count,
			 int *codes)
{
	const struct tarn_multi_many many = { keys, NULL, key_size, 0, count };

	return tarn__multi_erase_many(object_of(map), &many, codes);
}

int
tarn_multimap_count_many(struct tarn_multimap *map, const void *keys, size_t key_size, size_t count,
			 uint64_t *counts, int *codes)
{
	const struct tarn_multi_many many = { keys, NULL, key_size, 0, count };

	return tarn__multi_count_many(object_of(map), &many, counts, codes);
}

int
tarn_multimap_load(struct tarn_multimap *map, const void *keys, size_t key_size, size_t count,
		   const void *values, size_t value_size)
{
	const struct tarn_multi_many many = { keys, values, key_size, value_size, count };

	return tarn__multi_load(object_of(map), &many);
}

/* ---- in their order ---------------------------------------------------------------------------- */

int
tarn_multimap_lower_bound(struct tarn_multimap *map, const void *key, size_t key_size,
			  struct tarn_bytes *found_key, struct tarn_bytes *found_value)
{
	return tarn__multi_bound(object_of(map), key, key_size, TARN_SERIAL_LOWEST, found_key,
				 found_value);
}

int
tarn_multimap_upper_bound(struct tarn_multimap *map, const void *key, size_t key_size,
			  struct tarn_bytes *found_key, struct tarn_bytes *found_value)
{
	return tarn__multi_bound(object_of(map), key, key_size, TARN_SERIAL_HIGHEST, found_key,
				 found_value);
}

int
tarn_multimap_first(struct tarn_multimap *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tarn_map_first(map_of(map), key, value);
}

int
tarn_multimap_last(struct tarn_multimap *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tarn_map_last(map_of(map), key, value);
}

int
tarn_multimap_pop_first(struct tarn_multimap *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tarn__map_pop(object_of(map), 1, key, value);
}

int
tarn_multimap_pop_last(struct tarn_multimap *map, struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tarn__map_pop(object_of(map), -1, key, value);
}

int
tarn_multimap_erase_range(struct tarn_multimap *map, const void *from, size_t from_size,
			  const void *to, size_t to_size, uint64_t *erased)
{
	return tarn__multi_erase_range(object_of(map), from, from_size, to, to_size, erased);
}

int
tarn_multimap_scan(struct tarn_multimap *map, const void *from, size_t from_size, void *keys,
		   void *values, size_t *count)
{
	return tarn__multi_scan(object_of(map), from, from_size, keys, values, count);
}

/* ---- all entries ------------------------------------------------------------------------------- */

int
tarn_multimap_size(struct tarn_multimap *map, uint64_t *size)
{
	return tarn_map_size(map_of(map), size);
}

int
tarn_multimap_empty(struct tarn_multimap *map, bool *empty)
{
	return tarn_map_empty(map_of(map), empty);
}

int
tarn_multimap_clear(struct tarn_multimap *map)
{
	return tarn_map_clear(map_of(map));
}

int
tarn_multimap_swap(struct tarn_multimap *map, struct tarn_multimap *other)
{
	return tarn__multi_swap(object_of(map), object_of(other));
}

int
tarn_multimap_copy(struct tarn_multimap *map, struct tarn_multimap *from)
{
	return tarn__multi_copy(object_of(map), object_of(from));
}

int
tarn_multimap_equal(struct tarn_multimap *map, struct tarn_multimap *other, bool *equal)
{
	return tarn__multi_equal(object_of(map), object_of(other), equal);
}

/* ---- cursors ----------------------------------------------------------------------------------- */

static struct tarn_multi_cursor *
cursor_of(struct tarn_multimap_cursor *cursor)
{
	return (struct tarn_multi_cursor *)cursor;
}

/* What the map's cursor says, as the user knows it. */
static int
entry_out(struct tarn_multimap_cursor *cursor, int code, struct tarn_map_entry *from,
	  struct tarn_multimap_entry *entry)
{
	if (!code)
		code = tarn__multi_cursor_entry(cursor_of(cursor), from, &entry->serial);
	if (code)
		return code;
	entry->key = from->key;
	entry->key_size = from->key_size;
	entry->value = from->value;
	entry->value_size = from->value_size;
	return 0;
}

int
tarn_multimap_cursor_open(struct tarn_multimap *map, struct tarn_multimap_cursor **cursor)
{
	return tarn__multi_cursor_open(object_of(map), (struct tarn_multi_cursor **)cursor);
}

int
tarn_multimap_cursor_seek(struct tarn_multimap_cursor *cursor, const void *key, size_t key_size)
{
	return tarn__multi_cursor_seek(cursor_of(cursor), key, key_size, TARN_SERIAL_LOWEST);
}

int
tarn_multimap_cursor_seek_behind(struct tarn_multimap_cursor *cursor, const void *key,
				 size_t key_size)
{
	return tarn__multi_cursor_seek(cursor_of(cursor), key, key_size, TARN_SERIAL_HIGHEST);
}

void
tarn_multimap_cursor_seek_end(struct tarn_multimap_cursor *cursor)
{
	tarn_map_cursor_seek_end(&cursor_of(cursor)->map);
}

int
tarn_multimap_cursor_next(struct tarn_multimap_cursor *cursor, struct tarn_multimap_entry *entry)
{
	struct tarn_map_entry from;
	int code = tarn_map_cursor_next(&cursor_of(cursor)->map, &from);

	return entry_out(cursor, code, &from, entry);
}

int
tarn_multimap_cursor_prev(struct tarn_multimap_cursor *cursor, struct tarn_multimap_entry *entry)
{
	struct tarn_map_entry from;
	int code = tarn_map_cursor_prev(&cursor_of(cursor)->map, &from);

	return entry_out(cursor, code, &from, entry);
}

void
tarn_multimap_cursor_close(struct tarn_multimap_cursor *cursor)
{
	tarn__multi_cursor_close(cursor_of(cursor));
}

/* ---- kind -------------------------------------------------------------------------------------- */

const struct tarn_kind_ops tarn__multimap_ops = {
	.name = "multimap",
	.create = tarn__map_create,
	.dismantle = tarn__map_dismantle,
	.check = tarn__map_check,
};
