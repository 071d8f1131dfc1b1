// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.c -- keys with one value or more: a hash map that has behind
 * each key a bag of its values
 *
 * Lookups, cursors and whole maps are the hash map's, which knows bags
 * (hashmultimap_layout.h); changes of a bag are in hashmap_bag.c.
 *
 * Two maps are the same if each key has the same values in both, in whatever
 * order: so the values of a key, which a walk hands out one after the other,
 * are put on a pile, those of the other map on a second one, and both are
 * sorted.
 *
 * Who may write what, and what happens on death: as in hashmap_entry.c and
 * hashmap_whole.c.
 */
#include "container/hashmap.h"
#include "container/kinds.h"

#include <tarn/hashmultimap.h>

#include <stdlib.h>
#include <string.h>

static struct tarn_hashmap *
map_of(struct tarn_hashmultimap *map)
{
	return (struct tarn_hashmap *)map;
}

static struct tarn_object *
object_of(struct tarn_hashmultimap *map)
{
	return (struct tarn_object *)map;
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type)
{
	return type->kind == TARN_KIND_HASHMULTIMAP && type->key && type->value_size &&
	       (type->value_size <= TARN_BYTES_MAX || type->value_size >= TARN_VALUE_CHILD);
}

int
tarn_hashmultimap_open(struct tarn_arena *arena, struct tarn_hashmultimap **map, const char *name,
		       const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object;
	int code;

	*map = NULL;
	if (!is_sound(type))
		return TARN_INVALID;
	code = tarn__object_open(arena, name, type, how, &object, created);
	if (code)
		return code;
	object->each_size = object->value_size;
	object->value_size = TARN_BAG_WORD;
	object->words_only = false;
	*map = (struct tarn_hashmultimap *)object;
	return 0;
}

void
tarn_hashmultimap_close(struct tarn_hashmultimap *map)
{
	tarn_object_close(map ? object_of(map) : NULL);
}

struct tarn_object *
tarn_hashmultimap_object(struct tarn_hashmultimap *map)
{
	return object_of(map);
}

struct tarn_hashmultimap *
tarn_hashmultimap_in(struct tarn_hashmultimap *map, struct tarn_txn *txn)
{
	return (struct tarn_hashmultimap *)tarn__txn_bound(txn, object_of(map));
}

/* ---- one key ----------------------------------------------------------------------------------- */

static int
change(struct tarn_object *map, enum tarn_what what, const void *key, size_t key_size,
       const void *value, size_t value_size)
{
	struct tarn_change change = { .what = what, .value = value, .value_size = value_size };

	if (map->each_size && value_size != map->each_size)
		return TARN_INVALID;
	if (value_size > TARN_BYTES_MAX)
		return TARN_TOO_BIG;
	return tarn__entry_write(map, key, key_size, &change);
}

int
tarn_hashmultimap_insert(struct tarn_hashmultimap *map, const void *key, size_t key_size,
			 const void *value, size_t value_size)
{
	return change(object_of(map), TARN_MORE, key, key_size, value, value_size);
}

int
tarn_hashmultimap_erase_one(struct tarn_hashmultimap *map, const void *key, size_t key_size,
			    const void *value, size_t value_size)
{
	return change(object_of(map), TARN_LESS, key, key_size, value, value_size);
}

int
tarn_hashmultimap_erase(struct tarn_hashmultimap *map, const void *key, size_t key_size,
			uint64_t *erased)
{
	struct tarn_change change = { .what = TARN_ERASE };
	int code = tarn__entry_write(object_of(map), key, key_size, &change);

	if (erased)
		*erased = code ? 0 : change.before;
	return code;
}

int
tarn_hashmultimap_get(struct tarn_hashmultimap *map, const void *key, size_t key_size, void *value,
		      size_t room, size_t *value_size)
{
	return tarn__entry_read(object_of(map), key, key_size, value, room, value_size);
}

int
tarn_hashmultimap_contains(struct tarn_hashmultimap *map, const void *key, size_t key_size)
{
	return tarn__entry_read(object_of(map), key, key_size, NULL, 0, NULL);
}

int
tarn_hashmultimap_count(struct tarn_hashmultimap *map, const void *key, size_t key_size,
			uint64_t *count)
{
	return tarn__hashmap_count(map_of(map), key, key_size, count);
}

/* ---- many keys --------------------------------------------------------------------------------- */

/* Values of that size, one after the other; or struct tarn_bytes for each. */
struct values {
	const char *at;
	size_t size;
};

static int
insert_each(struct tarn_hashmap *map, const void *key, size_t key_size, size_t i, void *arg)
{
	const struct values *values = arg;
	const struct tarn_bytes *separate = (const void *)values->at;
	struct tarn_object *object = tarn__hashmap_object(map);

	if (values->size != TARN_SEPARATE)
		return change(object, TARN_MORE, key, key_size, values->at + i * values->size,
			      values->size);
	return change(object, TARN_MORE, key, key_size, separate[i].data, separate[i].size);
}

static int
erase_each(struct tarn_hashmap *map, const void *key, size_t key_size, size_t i, void *erased)
{
	uint64_t gone;
	int code = tarn_hashmultimap_erase((struct tarn_hashmultimap *)map, key, key_size, &gone);

	(void)i;
	*(uint64_t *)erased += gone;
	return code;
}

static int
count_each(struct tarn_hashmap *map, const void *key, size_t key_size, size_t i, void *counts)
{
	return tarn__hashmap_count(map, key, key_size, (uint64_t *)counts + i);
}

int
tarn_hashmultimap_insert_many(struct tarn_hashmultimap *map, const void *keys, size_t key_size,
			      size_t count, const void *values, size_t value_size, int *codes)
{
	struct values all = { values, value_size };

	return tarn__hashmap_each_key(map_of(map), keys, key_size, count, insert_each, &all, codes);
}

int
tarn_hashmultimap_erase_many(struct tarn_hashmultimap *map, const void *keys, size_t key_size,
			     size_t count, uint64_t *erased, int *codes)
{
	uint64_t sum = 0;
	int code = tarn__hashmap_each_key(map_of(map), keys, key_size, count, erase_each, &sum, codes);

	if (erased)
		*erased = sum;
	return code;
}

int
tarn_hashmultimap_count_many(struct tarn_hashmultimap *map, const void *keys, size_t key_size,
			     size_t count, uint64_t *counts, int *codes)
{
	return tarn__hashmap_each_key(map_of(map), keys, key_size, count, count_each, counts, codes);
}

/* ---- all entries ------------------------------------------------------------------------------- */

int
tarn_hashmultimap_size(struct tarn_hashmultimap *map, uint64_t *size)
{
	return tarn_hashmap_size(map_of(map), size);
}

int
tarn_hashmultimap_empty(struct tarn_hashmultimap *map, bool *empty)
{
	uint64_t size;
	int code = tarn_hashmap_size(map_of(map), &size);

	if (!code)
		*empty = !size;
	return code;
}

int
tarn_hashmultimap_clear(struct tarn_hashmultimap *map)
{
	return tarn_hashmap_clear(map_of(map));
}

int
tarn_hashmultimap_reserve(struct tarn_hashmultimap *map, uint64_t count)
{
	return tarn_hashmap_reserve(map_of(map), count);
}

int
tarn_hashmultimap_shrink_to_fit(struct tarn_hashmultimap *map)
{
	return tarn_hashmap_shrink_to_fit(map_of(map));
}

int
tarn_hashmultimap_cursor_open(struct tarn_hashmultimap *map,
			      struct tarn_hashmultimap_cursor **cursor)
{
	return tarn_hashmap_cursor_open(map_of(map), (struct tarn_hashmap_cursor **)cursor);
}

int
tarn_hashmultimap_equal_range(struct tarn_hashmultimap *map, const void *key, size_t key_size,
			      struct tarn_hashmultimap_cursor **cursor)
{
	return tarn__hashmap_cursor_at(map_of(map), key, key_size,
				       (struct tarn_hashmap_cursor **)cursor);
}

int
tarn_hashmultimap_cursor_next(struct tarn_hashmultimap_cursor *cursor,
			      struct tarn_hashmultimap_entry *entry)
{
	struct tarn_hashmap_entry found;
	int code = tarn_hashmap_cursor_next((struct tarn_hashmap_cursor *)cursor, &found);

	if (!code)
		*entry = (struct tarn_hashmultimap_entry){ found.key, found.value, found.key_size,
							   found.value_size };
	return code;
}

void
tarn_hashmultimap_cursor_close(struct tarn_hashmultimap_cursor *cursor)
{
	tarn_hashmap_cursor_close((struct tarn_hashmap_cursor *)cursor);
}

/* ---- two maps ---------------------------------------------------------------------------------- */

int
tarn_hashmultimap_swap(struct tarn_hashmultimap *map, struct tarn_hashmultimap *other)
{
	return tarn_hashmap_swap(map_of(map), map_of(other));
}

static int
take(const struct tarn_hashmap_entry *entry, void *aside)
{
	return change(aside, TARN_MORE, entry->key, entry->key_size, entry->value,
		      entry->value_size);
}

static int
fill(struct tarn_object *aside, void *from)
{
	return tarn__hashmap_each(from, take, aside, NULL);
}

int
tarn_hashmultimap_copy(struct tarn_hashmultimap *map, struct tarn_hashmultimap *from)
{
	struct tarn_object *to = object_of(map), *of = object_of(from);

	if (!tarn__keyed_alike(to, of))
		return TARN_TYPE;
	return tarn__keyed_assign(to, tarn__aside_swing, fill, tarn__keyed_beside(to, of));
}

/* ---- compare ----------------------------------------------------------------------------------- */

/* Byte strings one after the other, each behind its size; padded to words. */
struct pile {
	char *bytes;
	size_t used, room, count;
};

static int
put_on(struct pile *pile, const void *bytes, size_t size)
{
	size_t need = sizeof(size) + tarn__round_up(size, 8), room;
	char *bigger;

	if (pile->used + need > pile->room) {
		room = tarn__max(2 * pile->room, tarn__max(pile->used + need, 256));
		bigger = realloc(pile->bytes, room);
		if (!bigger)
			return TARN_SYSTEM;
		pile->bytes = bigger;
		pile->room = room;
	}
	memcpy(pile->bytes + pile->used, &size, sizeof(size));
	if (size)
		memcpy(pile->bytes + pile->used + sizeof(size), bytes, size);
	pile->used += need;
	pile->count++;
	return 0;
}

static void
clear(struct pile *pile)
{
	pile->used = pile->count = 0;
}

static size_t
size_at(const char *record)
{
	size_t size;

	memcpy(&size, record, sizeof(size));
	return size;
}

static int
compare_records(const void *a, const void *b)
{
	const char *const *one = a, *const *other = b;
	size_t size = size_at(*one), other_size = size_at(*other);

	if (size != other_size)
		return size < other_size ? -1 : 1;
	return memcmp(*one + sizeof(size), *other + sizeof(size), size);
}

/* In memory of malloc(); NULL: there is none. */
static const char **
sorted(const struct pile *pile)
{
	const char **records = malloc((pile->count + !pile->count) * sizeof(*records));
	const char *at = pile->bytes;

	for (size_t i = 0; records && i < pile->count; i++) {
		records[i] = at;
		at += sizeof(size_t) + tarn__round_up(size_at(at), 8);
	}
	if (records)
		qsort(records, pile->count, sizeof(*records), compare_records);
	return records;
}

static int
compare_piles(const struct pile *one, const struct pile *other, bool *same)
{
	const char **a = NULL, **b = NULL;
	int code = 0;

	*same = one->count == other->count;
	if (!*same)
		return 0;
	a = sorted(one);
	b = sorted(other);
	if (!a || !b)
		code = TARN_SYSTEM;
	for (size_t i = 0; !code && *same && i < one->count; i++)
		*same = !compare_records(&a[i], &b[i]);
	free(a);
	free(b);
	return code;
}

struct matching {
	struct tarn_visitor visitor; /* first: who visits gets a pointer to it */
	struct pile key, mine, theirs; /* of a key; nothing is on the first one before the first key */
};

/* All values that the other map has of the key. */
static int
read_theirs(struct matching *matching)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	const char *key = matching->key.bytes;
	int code = tarn__hashmap_cursor_at(matching->visitor.other, key + sizeof(size_t),
					   size_at(key), &cursor);

	clear(&matching->theirs);
	if (code)
		return code;
	while (!code && !(code = tarn_hashmap_cursor_next(cursor, &entry)))
		code = put_on(&matching->theirs, entry.value, entry.value_size);
	tarn_hashmap_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
end_key(void *arg)
{
	struct matching *matching = arg;
	bool same = true;
	int code = matching->key.count ? read_theirs(matching) : 0;

	if (!code && matching->key.count)
		code = compare_piles(&matching->mine, &matching->theirs, &same);
	matching->visitor.missed += !same;
	clear(&matching->key);
	clear(&matching->mine);
	return code;
}

static bool
is_key(const struct pile *key, const struct tarn_hashmap_entry *entry)
{
	return key->count && size_at(key->bytes) == entry->key_size &&
	       !memcmp(key->bytes + sizeof(size_t), entry->key, entry->key_size);
}

/* Entries of one key come one after the other. */
static int
match(const struct tarn_hashmap_entry *entry, void *arg)
{
	struct matching *matching = arg;
	int code = 0;

	if (!is_key(&matching->key, entry)) {
		code = end_key(matching);
		if (!code)
			code = put_on(&matching->key, entry->key, entry->key_size);
	}
	return code ? code : put_on(&matching->mine, entry->value, entry->value_size);
}

int
tarn_hashmultimap_equal(struct tarn_hashmultimap *map, struct tarn_hashmultimap *other, bool *equal)
{
	struct matching matching = { .visitor = { .visit = match, .end = end_key } };
	struct tarn_comparison comparison;
	int code = tarn__hashmap_compare_by(map_of(map), map_of(other), &matching.visitor, &comparison);

	if (!code)
		*equal = comparison.contained && comparison.size == comparison.other_size;
	free(matching.key.bytes);
	free(matching.mine.bytes);
	free(matching.theirs.bytes);
	return code;
}

/* ---- kind -------------------------------------------------------------------------------------- */

const struct tarn_kind_ops tarn__hashmultimap_ops = {
	.name = "hashmultimap",
	.create = tarn__hashmap_create,
	.dismantle = tarn__hashmap_dismantle,
	.check = tarn__hashmap_check,
};
