// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.c -- keys without values: a hash map that has a word of 0 behind
 * each key
 *
 * Each call is the map's (hashset_layout.h says why); what a set alone has
 * is the algebra:
 *
 *	union		all of one, all of the other
 *	intersection	those of the smaller that the larger has
 *	difference	those of one that the other has not
 *
 * put into a set that is built aside, which then takes the result's place
 * in one step (hashmap_whole.c).  The result may be one of the two.
 *
 * Who may write what, and what happens on death: as in hashmap_entry.c and
 * hashmap_whole.c.
 */
#include "container/hashmap.h"
#include "container/kinds.h"

#include <tarn/hashset.h>

static const uint64_t no_value = 0;

static struct tarn_hashmap *
map_of(struct tarn_hashset *set)
{
	return (struct tarn_hashmap *)set;
}

static struct tarn_object *
object_of(struct tarn_hashset *set)
{
	return (struct tarn_object *)set;
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type)
{
	return type->kind == TARN_KIND_HASHSET && type->key && !type->value_size;
}

int
tarn_hashset_open(struct tarn_arena *arena, struct tarn_hashset **set, const char *name,
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
	object->value_size = TARN_HASHSET_WORD;
	object->words_only = object->key_size == 8 && object->key_kind != TARN_KEY_F64;
	*set = (struct tarn_hashset *)object;
	return 0;
}

void
tarn_hashset_close(struct tarn_hashset *set)
{
	tarn_object_close(set ? object_of(set) : NULL);
}

struct tarn_object *
tarn_hashset_object(struct tarn_hashset *set)
{
	return object_of(set);
}

struct tarn_hashset *
tarn_hashset_in(struct tarn_hashset *set, struct tarn_txn *txn)
{
	return (struct tarn_hashset *)tarn__txn_bound(txn, object_of(set));
}

/* ---- one key ----------------------------------------------------------------------------------- */

int
tarn_hashset_insert(struct tarn_hashset *set, const void *key, size_t key_size)
{
	return tarn_hashmap_insert(map_of(set), key, key_size, &no_value, sizeof(no_value));
}

int
tarn_hashset_erase(struct tarn_hashset *set, const void *key, size_t key_size)
{
	return tarn_hashmap_erase(map_of(set), key, key_size);
}

int
tarn_hashset_contains(struct tarn_hashset *set, const void *key, size_t key_size)
{
	return tarn_hashmap_contains(map_of(set), key, key_size);
}

/* ---- many keys --------------------------------------------------------------------------------- */

int
tarn_hashset_insert_many(struct tarn_hashset *set, const void *keys, size_t key_size, size_t count,
			 int *codes)
{
	return tarn__hashmap_insert_many(map_of(set), keys, key_size, count, &no_value, codes);
}

int
tarn_hashset_erase_many(struct tarn_hashset *set, const void *keys, size_t key_size, size_t count,
			int *codes)
{
	return tarn_hashmap_erase_many(map_of(set), keys, key_size, count, codes);
}

int
tarn_hashset_contains_many(struct tarn_hashset *set, const void *keys, size_t key_size,
			   size_t count, int *codes)
{
	return tarn__hashmap_contains_many(map_of(set), keys, key_size, count, codes);
}

/* ---- all keys ---------------------------------------------------------------------------------- */

int
tarn_hashset_size(struct tarn_hashset *set, uint64_t *size)
{
	return tarn_hashmap_size(map_of(set), size);
}

int
tarn_hashset_empty(struct tarn_hashset *set, bool *empty)
{
	uint64_t size;
	int code = tarn_hashmap_size(map_of(set), &size);

	if (!code)
		*empty = !size;
	return code;
}

int
tarn_hashset_clear(struct tarn_hashset *set)
{
	return tarn_hashmap_clear(map_of(set));
}

int
tarn_hashset_reserve(struct tarn_hashset *set, uint64_t count)
{
	return tarn_hashmap_reserve(map_of(set), count);
}

int
tarn_hashset_shrink_to_fit(struct tarn_hashset *set)
{
	return tarn_hashmap_shrink_to_fit(map_of(set));
}

int
tarn_hashset_cursor_open(struct tarn_hashset *set, struct tarn_hashset_cursor **cursor)
{
	return tarn_hashmap_cursor_open(map_of(set), (struct tarn_hashmap_cursor **)cursor);
}

int
tarn_hashset_cursor_next(struct tarn_hashset_cursor *cursor, const void **key, size_t *key_size)
{
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_next((struct tarn_hashmap_cursor *)cursor, &entry);

	if (code)
		return code;
	*key = entry.key;
	*key_size = entry.key_size;
	return 0;
}

void
tarn_hashset_cursor_close(struct tarn_hashset_cursor *cursor)
{
	tarn_hashmap_cursor_close((struct tarn_hashmap_cursor *)cursor);
}

/* ---- two sets ---------------------------------------------------------------------------------- */

int
tarn_hashset_swap(struct tarn_hashset *set, struct tarn_hashset *other)
{
	return tarn_hashmap_swap(map_of(set), map_of(other));
}

int
tarn_hashset_copy(struct tarn_hashset *set, struct tarn_hashset *from)
{
	return tarn_hashmap_copy(map_of(set), map_of(from));
}

int
tarn_hashset_equal(struct tarn_hashset *set, struct tarn_hashset *other, bool *equal)
{
	return tarn_hashmap_equal(map_of(set), map_of(other), equal);
}

int
tarn_hashset_is_subset(struct tarn_hashset *set, struct tarn_hashset *of, bool *subset)
{
	struct tarn_comparison comparison;
	int code = tarn__hashmap_compare(map_of(set), map_of(of), &comparison);

	if (!code)
		*subset = comparison.contained;
	return code;
}

/* ---- algebra ----------------------------------------------------------------------------------- */

/* What goes into the result: keys that the filter has, or has not; of all, if there is none. */
struct algebra {
	struct tarn_hashmap *one, *other, *aside;
	struct tarn_hashmap *filter;
	bool has;
};

/* As tarn__keyed_beside(). */
static struct tarn_hashmap *
beside(struct tarn_hashset *result, struct tarn_hashset *set)
{
	return (struct tarn_hashmap *)tarn__keyed_beside(object_of(result), object_of(set));
}

static int
take(const struct tarn_hashmap_entry *entry, void *arg)
{
	const struct algebra *algebra = arg;
	int code = 0;

	if (algebra->filter) {
		code = tarn_hashmap_contains(algebra->filter, entry->key, entry->key_size);
		if (code && code != TARN_NOT_FOUND)
			return code;
		if (algebra->has != !code)
			return 0;
	}
	code = tarn_hashmap_insert(algebra->aside, entry->key, entry->key_size, &no_value,
				   sizeof(no_value));
	return code == TARN_EXISTS ? 0 : code;
}

static int
fill_union(struct tarn_object *aside, void *arg)
{
	struct algebra *algebra = arg;
	int code;

	algebra->aside = (struct tarn_hashmap *)aside;
	code = tarn__hashmap_each(algebra->one, take, algebra, NULL);
	return code ? code : tarn__hashmap_each(algebra->other, take, algebra, NULL);
}

static int
fill_filtered(struct tarn_object *aside, void *arg)
{
	struct algebra *algebra = arg;

	algebra->aside = (struct tarn_hashmap *)aside;
	algebra->filter = algebra->other;
	return tarn__hashmap_each(algebra->one, take, algebra, NULL);
}

/* one and other are as beside() has them. */
static int
combine(struct tarn_hashset *result, struct algebra *algebra, tarn__keyed_filler *filler)
{
	struct tarn_object *object = object_of(result);

	if (!tarn__keyed_alike(object, tarn__hashmap_object(algebra->one)) ||
	    !tarn__keyed_alike(object, tarn__hashmap_object(algebra->other)))
		return TARN_TYPE;
	return tarn__keyed_assign(object, tarn__aside_swing, filler, algebra);
}

int
tarn_hashset_union(struct tarn_hashset *result, struct tarn_hashset *one,
		   struct tarn_hashset *other)
{
	struct algebra algebra = { .one = beside(result, one), .other = beside(result, other) };

	return combine(result, &algebra, fill_union);
}

/* The larger one is looked into for each key of the smaller. */
int
tarn_hashset_intersection(struct tarn_hashset *result, struct tarn_hashset *one,
			  struct tarn_hashset *other)
{
	struct tarn_hashmap *a = beside(result, one), *b = beside(result, other);
	struct algebra algebra = { .one = a, .other = b, .has = true };
	uint64_t size = 0, other_size = 0;
	int code = tarn_hashmap_size(a, &size);

	if (!code)
		code = tarn_hashmap_size(b, &other_size);
	if (code)
		return code;
	if (size > other_size)
		algebra = (struct algebra){ .one = b, .other = a, .has = true };
	return combine(result, &algebra, fill_filtered);
}

int
tarn_hashset_difference(struct tarn_hashset *result, struct tarn_hashset *one,
			struct tarn_hashset *other)
{
	struct algebra algebra = { .one = beside(result, one), .other = beside(result, other) };

	return combine(result, &algebra, fill_filtered);
}

/* ---- kind -------------------------------------------------------------------------------------- */

const struct tarn_kind_ops tarn__hashset_ops = {
	.name = "hashset",
	.create = tarn__hashmap_create,
	.dismantle = tarn__hashmap_dismantle,
	.check = tarn__hashmap_check,
};
