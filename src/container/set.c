// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- ordered keys without values: a map that has nothing behind them
 *
 * Each call is the map's (set_layout.h says why); what a set has besides, the
 * algebra, and copies and comparisons, is in set_whole.c.
 *
 * Who may write what, and what happens on death: as in map_entry.c and
 * map_range.c.
 */
#include "container/kinds.h"
#include "container/map_cursor.h"

#include <tarn/set.h>

static const uint64_t no_value = 0;

static struct tarn_map *
map_of(struct tarn_set *set)
{
	return (struct tarn_map *)set;
}

static struct tarn_object *
object_of(struct tarn_set *set)
{
	return (struct tarn_object *)set;
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type)
{
	return type->kind == TARN_KIND_SET && tarn__map_keys_are_sound(type) && !type->value_size;
}

int
tarn_set_open(struct tarn_arena *arena, struct tarn_set **set, const char *name,
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
	object->value_size = tarn__set_value_size(type->key, type->key_size);
	*set = (struct tarn_set *)object;
	return 0;
}

void
tarn_set_close(struct tarn_set *set)
{
	tarn_object_close(set ? object_of(set) : NULL);
}

struct tarn_object *
tarn_set_object(struct tarn_set *set)
{
	return object_of(set);
}

struct tarn_set *
tarn_set_in(struct tarn_set *set, struct tarn_txn *txn)
{
	return (struct tarn_set *)tarn__txn_bound(txn, object_of(set));
}

/* ---- one key ----------------------------------------------------------------------------------- */

int
tarn_set_insert(struct tarn_set *set, const void *key, size_t key_size)
{
	struct tarn_change change = { .what = TARN_INSERT,
				      .value = &no_value,
				      .value_size = object_of(set)->value_size };

	return tarn__map_write(object_of(set), key, key_size, &change);
}

int
tarn_set_erase(struct tarn_set *set, const void *key, size_t key_size)
{
	return tarn_map_erase(map_of(set), key, key_size);
}

/* With room for the word behind the key: then it is copied the short way. */
int
tarn_set_contains(struct tarn_set *set, const void *key, size_t key_size)
{
	uint64_t word;

	return tarn__map_read(object_of(set), key, key_size, &word, sizeof(word), NULL);
}

/* ---- many keys --------------------------------------------------------------------------------- */

typedef int key_call(struct tarn_set *set, const void *key, size_t key_size);

/* keys: one after the other, of that size; or, TARN_SEPARATE, struct tarn_bytes for each */
static int
call_on(struct tarn_set *set, key_call *call, const struct tarn_bytes *keys, size_t i)
{
	const struct tarn_bytes *separate = keys->data;

	if (keys->size == TARN_SEPARATE)
		return call(set, separate[i].data, separate[i].size);
	return call(set, (const char *)keys->data + i * keys->size, keys->size);
}

/* A call for each of them; no is what it says if it was in vain, and that is the least of errors. */
static int
each_key(struct tarn_set *set, key_call *call, int no, const struct tarn_bytes *keys, size_t count,
	 int *codes)
{
	int code, worst = 0;

	for (size_t i = 0; i < count; i++) {
		tarn__map_ask_ahead(map_of(set), keys->data, keys->size, i, count);
		code = call_on(set, call, keys, i);
		if (codes)
			codes[i] = code;
		if (code && (!worst || worst == no))
			worst = code;
	}
	return worst;
}

static struct tarn_bytes
all_of(const void *keys, size_t key_size)
{
	return (struct tarn_bytes){ (void *)(uintptr_t)keys, key_size };
}

int
tarn_set_insert_many(struct tarn_set *set, const void *keys, size_t key_size, size_t count,
		     int *codes)
{
	struct tarn_bytes all = all_of(keys, key_size);

	return each_key(set, tarn_set_insert, TARN_EXISTS, &all, count, codes);
}

int
tarn_set_erase_many(struct tarn_set *set, const void *keys, size_t key_size, size_t count,
		    int *codes)
{
	return tarn_map_erase_many(map_of(set), keys, key_size, count, codes);
}

int
tarn_set_contains_many(struct tarn_set *set, const void *keys, size_t key_size, size_t count,
		       int *codes)
{
	struct tarn_bytes all = all_of(keys, key_size);

	return each_key(set, tarn_set_contains, TARN_NOT_FOUND, &all, count, codes);
}

int
tarn_set_load(struct tarn_set *set, const void *keys, size_t key_size, size_t count)
{
	return tarn__map_load(object_of(set), keys, key_size, count, NULL, 0);
}

/* ---- in their order ---------------------------------------------------------------------------- */

int
tarn_set_lower_bound(struct tarn_set *set, const void *key, size_t key_size,
		     struct tarn_bytes *found)
{
	return tarn_map_lower_bound(map_of(set), key, key_size, found, NULL);
}

int
tarn_set_upper_bound(struct tarn_set *set, const void *key, size_t key_size,
		     struct tarn_bytes *found)
{
	return tarn_map_upper_bound(map_of(set), key, key_size, found, NULL);
}

int
tarn_set_first(struct tarn_set *set, struct tarn_bytes *key)
{
	return tarn_map_first(map_of(set), key, NULL);
}

int
tarn_set_last(struct tarn_set *set, struct tarn_bytes *key)
{
	return tarn_map_last(map_of(set), key, NULL);
}

int
tarn_set_pop_first(struct tarn_set *set, struct tarn_bytes *key)
{
	return tarn__map_pop(object_of(set), 1, key, NULL);
}

int
tarn_set_pop_last(struct tarn_set *set, struct tarn_bytes *key)
{
	return tarn__map_pop(object_of(set), -1, key, NULL);
}

int
tarn_set_erase_range(struct tarn_set *set, const void *from, size_t from_size, const void *to,
		     size_t to_size, uint64_t *erased)
{
	return tarn_map_erase_range(map_of(set), from, from_size, to, to_size, erased);
}

int
tarn_set_scan(struct tarn_set *set, const void *from, size_t from_size, void *keys, size_t *count)
{
	return tarn_map_scan(map_of(set), from, from_size, keys, NULL, count);
}

static int
count_below(struct tarn_map_cursor *cursor, const struct tarn_map_key *to, uint64_t *count)
{
	struct tarn_map_entry entry;
	struct tarn_map_key key;
	int code;

	while (!(code = tarn_map_cursor_next(cursor, &entry))) {
		code = tarn__map_key(cursor->map, entry.key, entry.key_size, &key);
		if (code || tarn__map_compare_keys(cursor->map, &key, to) >= 0)
			return code;
		++*count;
	}
	return code == TARN_NOT_FOUND ? 0 : code;
}

int
tarn_set_count(struct tarn_set *set, const void *from, size_t from_size, const void *to,
	       size_t to_size, uint64_t *count)
{
	struct tarn_map_key end = { .edge = 1 };
	struct tarn_map_cursor *cursor;
	int code = to ? tarn__map_key(object_of(set), to, to_size, &end) : 0;

	*count = 0;
	if (!code)
		code = tarn_map_cursor_open(map_of(set), &cursor);
	if (code)
		return code;
	if (from)
		code = tarn_map_cursor_seek(cursor, from, from_size);
	if (!code)
		code = count_below(cursor, &end, count);
	tarn_map_cursor_close(cursor);
	return code;
}

/* ---- all keys ---------------------------------------------------------------------------------- */

int
tarn_set_size(struct tarn_set *set, uint64_t *size)
{
	return tarn_map_size(map_of(set), size);
}

int
tarn_set_empty(struct tarn_set *set, bool *empty)
{
	return tarn_map_empty(map_of(set), empty);
}

int
tarn_set_clear(struct tarn_set *set)
{
	return tarn_map_clear(map_of(set));
}

/* ---- cursors ----------------------------------------------------------------------------------- */

static struct tarn_map_cursor *
cursor_of(struct tarn_set_cursor *cursor)
{
	return (struct tarn_map_cursor *)cursor;
}

static int
key_of(int code, const struct tarn_map_entry *entry, const void **key, size_t *key_size)
{
	if (code)
		return code;
	*key = entry->key;
	*key_size = entry->key_size;
	return 0;
}

int
tarn_set_cursor_open(struct tarn_set *set, struct tarn_set_cursor **cursor)
{
	return tarn_map_cursor_open(map_of(set), (struct tarn_map_cursor **)cursor);
}

int
tarn_set_cursor_seek(struct tarn_set_cursor *cursor, const void *key, size_t key_size)
{
	return tarn_map_cursor_seek(cursor_of(cursor), key, key_size);
}

void
tarn_set_cursor_seek_end(struct tarn_set_cursor *cursor)
{
	tarn_map_cursor_seek_end(cursor_of(cursor));
}

int
tarn_set_cursor_next(struct tarn_set_cursor *cursor, const void **key, size_t *key_size)
{
	struct tarn_map_entry entry;

	return key_of(tarn_map_cursor_next(cursor_of(cursor), &entry), &entry, key, key_size);
}

int
tarn_set_cursor_prev(struct tarn_set_cursor *cursor, const void **key, size_t *key_size)
{
	struct tarn_map_entry entry;

	return key_of(tarn_map_cursor_prev(cursor_of(cursor), &entry), &entry, key, key_size);
}

void
tarn_set_cursor_close(struct tarn_set_cursor *cursor)
{
	tarn_map_cursor_close(cursor_of(cursor));
}

/* ---- kind -------------------------------------------------------------------------------------- */

const struct tarn_kind_ops tarn__set_ops = {
	.name = "set",
	.has_order = true,
	.create = tarn__map_create,
	.dismantle = tarn__map_dismantle,
	.check = tarn__map_check,
};
