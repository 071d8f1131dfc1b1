// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multi_read.c -- what a multimap or a multiset has
 *
 * Each call is a walk of a map's cursor, from (key, lowest serial) on; what
 * comes is the user's if its serial is taken off.
 *
 *	(7, 3) (7, 12) (9, 5)
 *    ^			     the first of 7, and of all from 7 on
 *	       count of 7: as far as keys are 7
 *
 * Who may write what: nothing here is written.
 *
 * On death: a reader holds nothing.
 */
#include "container/multi.h"

#include <stdlib.h>

/* ---- one key ----------------------------------------------------------------------------------- */

/* A walk through the entries of one key. */
struct run {
	struct tarn_multi_key key;
	struct tarn_map_cursor cursor;
	struct tarn_map_entry entry;
};

static int
begin(struct run *run, struct tarn_object *map, const void *key, size_t key_size)
{
	int code = tarn__multi_key(map, key, key_size, TARN_SERIAL_LOWEST, &run->key);

	if (!code)
		tarn__cursor_begin(&run->cursor, map);
	return code;
}

/* To before the first of them. */
static int
go_there(struct run *run)
{
	struct tarn_map_key k;
	int code = tarn__multi_map_key(run->cursor.map, &run->key, &k);

	return code ? code : tarn__cursor_set_gap(&run->cursor, &k, false);
}

/* TARN_NOT_FOUND: there are no more. */
static int
next(struct run *run)
{
	int code = tarn_map_cursor_next(&run->cursor, &run->entry);

	return code || tarn__multi_has_key(&run->entry, &run->key) ? code : TARN_NOT_FOUND;
}

static void
end(struct run *run)
{
	tarn__cursor_end(&run->cursor);
	tarn__multi_key_end(&run->key);
}

/* ---- the first of a key ------------------------------------------------------------------------ */

#define NOWHERE TARN_LEAF_KEYS

static bool
comes_before(struct tarn_object *map, const struct tarn_leaf_shm *leaf, unsigned a, unsigned b)
{
	uint64_t one = tarn__load(&leaf->keys[a]), other = tarn__load(&leaf->keys[b]);

	if (one != other)
		return one < other;
	return tarn__map_compare_pairs(map, tarn__load(&leaf->values[a]),
				       tarn__load(&leaf->values[b])) < 0;
}

/* Of a leaf, the first place that is not below the key. */
static unsigned
first_place(struct tarn_object *map, const struct tarn_way *way, const struct tarn_map_key *key)
{
	const struct tarn_leaf_shm *leaf = way->leaf;
	unsigned first = NOWHERE;

	for (uint64_t left = way->seen & TARN_LEAF_OCCUPIED; left; left &= left - 1) {
		unsigned place = tarn__ctz(left);

		if (tarn__map_compare(map, tarn__load(&leaf->keys[place]),
				      tarn__load(&leaf->values[place]), key) >= 0 &&
		    (first == NOWHERE || comes_before(map, leaf, place, first)))
			first = place;
	}
	return first;
}

/* Where the value goes, and how long it is told to be. */
struct copy {
	void *value;
	size_t room, *size;
};

/* What is there, if it is of that key. */
static int
copy_place(struct tarn_object *map, const struct tarn_leaf_shm *leaf, unsigned place,
	   const struct tarn_multi_key *key, const struct copy *copy)
{
	struct tarn_entry_view view;
	char bytes[TARN_MULTI_SMALL];

	if (!tarn__map_view(map, leaf, place, &view))
		return TARN_CORRUPT;
	if (view.key_size != key->size)
		return TARN_NOT_FOUND;
	tarn__words_out(bytes, view.key, key->size);
	if (memcmp(bytes, key->bytes, key->size - TARN_SERIAL_SIZE))
		return TARN_NOT_FOUND;
	if (copy->size)
		*copy->size = view.value_size;
	if (view.value_size > copy->room)
		return copy->value ? TARN_TOO_BIG : 0;
	tarn__words_out(copy->value, view.value, view.value_size);
	return 0;
}

/*
 * In the leaf where the key begins, at one look, without a copy of the others;
 * TARN_AGAIN: it begins in another, or somebody is there.
 */
static int
get_at_once(struct tarn_object *map, const struct tarn_multi_key *key, const struct copy *copy)
{
	struct tarn_waiter waiter = tarn__waiter(map);
	struct tarn_map_key k;
	struct tarn_way way;
	unsigned place;
	int code = tarn__keyed_begin_read(map);

	if (!code)
		code = tarn__multi_map_key(map, key, &k);
	if (code)
		return code;
	if (key->size > TARN_MULTI_SMALL || !tarn__way(map, waiter.self, &k, false, NULL, &way))
		return TARN_AGAIN;
	place = first_place(map, &way, &k);
	if (place == NOWHERE)
		return TARN_AGAIN;
	code = copy_place(map, way.leaf, place, key, copy);
	return tarn__way_still(map, &way) ? code : TARN_AGAIN;
}

/* At a moment when nothing was before it, however many empty leaves. */
static int
get_by_walk(struct run *run, const struct copy *copy)
{
	struct tarn_map_key k;
	int code = tarn__multi_map_key(run->cursor.map, &run->key, &k);

	if (!code)
		code = tarn__cursor_nearest(&run->cursor, &k, false, 1);
	if (code)
		return code;
	tarn__cursor_hand_out(&run->cursor, &run->entry);
	if (!tarn__multi_has_key(&run->entry, &run->key))
		return TARN_NOT_FOUND;
	if (copy->size)
		*copy->size = run->entry.value_size;
	if (run->entry.value_size > copy->room)
		return copy->value ? TARN_TOO_BIG : 0;
	if (copy->value)
		memcpy(copy->value, run->entry.value, run->entry.value_size);
	return 0;
}

int
tarn__multi_get(struct tarn_object *map, const void *key, size_t key_size, void *value, size_t room,
		size_t *value_size)
{
	const struct copy copy = { value, room, value_size };
	struct run run;
	int code = begin(&run, map, key, key_size);

	if (code)
		return code;
	code = get_at_once(map, &run.key, &copy);
	if (code == TARN_AGAIN)
		code = get_by_walk(&run, &copy);
	end(&run);
	return code;
}

/* ---- one entry, and how many ------------------------------------------------------------------- */

int
tarn__multi_get_entry(struct tarn_object *map, const void *key, size_t key_size, uint64_t serial,
		      void *value, size_t room, size_t *value_size)
{
	struct tarn_multi_key k;
	int code = tarn__multi_key(map, key, key_size, serial, &k);

	if (code)
		return code;
	code = tarn__map_read(map, k.bytes, k.size, value, room, value_size);
	tarn__multi_key_end(&k);
	return code;
}

int
tarn__multi_count(struct tarn_object *map, const void *key, size_t key_size, uint64_t *count)
{
	struct run run;
	int code = begin(&run, map, key, key_size);

	*count = 0;
	if (code)
		return code;
	code = go_there(&run);
	while (!code && !(code = next(&run)))
		++*count;
	end(&run);
	return code == TARN_NOT_FOUND ? 0 : code;
}

int
tarn__multi_bound(struct tarn_object *map, const void *key, size_t key_size, uint64_t serial,
		  struct tarn_bytes *found_key, struct tarn_bytes *found_value)
{
	struct tarn_multi_key k;
	int code = tarn__multi_key(map, key, key_size, serial, &k);

	if (code)
		return code;
	code = tarn_map_lower_bound((struct tarn_map *)map, k.bytes, k.size, found_key, found_value);
	tarn__multi_key_end(&k);
	return code;
}

/* ---- columns ----------------------------------------------------------------------------------- */

/* Where what is read goes; each may be NULL. */
struct columns {
	char *keys, *values;
	uint64_t *serials;
	size_t count, room;
};

/* The key is taken off its serial where it stands: whoever goes on must not turn. */
static int
take(const struct tarn_object *map, struct tarn_map_entry *entry, struct columns *columns)
{
	uint64_t serial;
	int code = tarn__multi_decode(map, (char *)(uintptr_t)entry->key, &entry->key_size, &serial);

	if (code)
		return code;
	if (columns->keys)
		memcpy(columns->keys + columns->count * entry->key_size, entry->key, entry->key_size);
	if (columns->values)
		memcpy(columns->values + columns->count * entry->value_size, entry->value,
		       entry->value_size);
	if (columns->serials)
		columns->serials[columns->count] = serial;
	columns->count++;
	return 0;
}

int
tarn__multi_equal_range(struct tarn_object *map, const void *key, size_t key_size, void *values,
			uint64_t *serials, size_t *count)
{
	struct columns columns = { .values = values, .serials = serials, .room = *count };
	struct run run;
	int code = values && !map->value_size ? TARN_TYPE : begin(&run, map, key, key_size);

	*count = 0;
	if (code)
		return code;
	code = go_there(&run);
	while (!code && columns.count < columns.room && !(code = next(&run)))
		code = take(map, &run.entry, &columns);
	end(&run);
	*count = columns.count;
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
scan(struct tarn_multi_cursor *cursor, struct columns *columns)
{
	struct tarn_map_entry entry;
	int code = 0;

	while (!code && columns->count < columns->room &&
	       !(code = tarn_map_cursor_next(&cursor->map, &entry)))
		code = take(cursor->map.map, &entry, columns);
	return code == TARN_NOT_FOUND ? 0 : code;
}

int
tarn__multi_scan(struct tarn_object *map, const void *from, size_t from_size, void *keys,
		 void *values, size_t *count)
{
	struct columns columns = { .keys = keys, .values = values, .room = *count };
	struct tarn_multi_cursor cursor = { .key = NULL };
	int code = !map->key_size || (values && !map->value_size) ? TARN_TYPE : 0;

	*count = 0;
	tarn__cursor_begin(&cursor.map, map);
	if (!code && from)
		code = tarn__multi_cursor_seek(&cursor, from, from_size, TARN_SERIAL_LOWEST);
	if (!code)
		code = scan(&cursor, &columns);
	tarn__cursor_end(&cursor.map);
	*count = columns.count;
	return code;
}

/* ---- cursors ----------------------------------------------------------------------------------- */

int
tarn__multi_cursor_open(struct tarn_object *map, struct tarn_multi_cursor **cursor)
{
	int code = tarn__keyed_is_there(map);

	*cursor = NULL;
	if (code)
		return code;
	*cursor = malloc(sizeof(**cursor));
	if (!*cursor)
		return TARN_SYSTEM;
	**cursor = (struct tarn_multi_cursor){ .key = NULL };
	tarn__cursor_begin(&(*cursor)->map, map);
	return 0;
}

void
tarn__multi_cursor_close(struct tarn_multi_cursor *cursor)
{
	if (!cursor)
		return;
	tarn__cursor_end(&cursor->map);
	free(cursor->key);
	free(cursor);
}

int
tarn__multi_cursor_seek(struct tarn_multi_cursor *cursor, const void *key, size_t key_size,
			uint64_t serial)
{
	struct tarn_multi_key k;
	int code = tarn__multi_key(cursor->map.map, key, key_size, serial, &k);

	if (code)
		return code;
	code = tarn_map_cursor_seek(&cursor->map, k.bytes, k.size);
	tarn__multi_key_end(&k);
	return code;
}

/* A copy, because the map's cursor goes by its own when it turns. */
int
tarn__multi_cursor_entry(struct tarn_multi_cursor *cursor, struct tarn_map_entry *entry,
			 uint64_t *serial)
{
	char *bigger = cursor->key;

	if (entry->key_size < TARN_SERIAL_SIZE)
		return TARN_CORRUPT;
	if (entry->key_size > cursor->room) {
		bigger = realloc(cursor->key, entry->key_size);
		if (!bigger)
			return TARN_SYSTEM;
		cursor->key = bigger;
		cursor->room = entry->key_size;
	}
	memcpy(cursor->key, entry->key, entry->key_size);
	entry->key = cursor->key;
	return tarn__multi_decode(cursor->map.map, cursor->key, &entry->key_size, serial);
}
