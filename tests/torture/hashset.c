// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.c -- hash sets under real kills: see torture.h
 *
 *	one, other	keys in one of two sets, or in none; their union (keys.c)
 */
#include "torture/keys.h"

/* ---- keys -------------------------------------------------------------------------------------- */

static int
contains(void *set, uint64_t key)
{
	return tarn_hashset_contains(set, &key, 8);
}

static int
insert(void *set, uint64_t key)
{
	return tarn_hashset_insert(set, &key, 8);
}

static int
erase(void *set, uint64_t key)
{
	return tarn_hashset_erase(set, &key, 8);
}

static int
insert_many(void *set, const uint64_t *keys, uint64_t count, int *codes)
{
	return tarn_hashset_insert_many(set, keys, 8, count, codes);
}

static int
erase_many(void *set, const uint64_t *keys, uint64_t count, int *codes)
{
	return tarn_hashset_erase_many(set, keys, 8, count, codes);
}

static int
size(void *set, uint64_t *size)
{
	return tarn_hashset_size(set, size);
}

static int
unite(void *result, void *one, void *other)
{
	return tarn_hashset_union(result, one, other);
}

static void *
in(void *set, struct tarn_txn *txn)
{
	return tarn_hashset_in(set, txn);
}

static struct tarn_object *
object_of(void *set)
{
	return tarn_hashset_object(set);
}

static struct torture_keys keys = {
	contains, insert, erase, insert_many, erase_many, size, unite, in, object_of, { NULL }, NULL, NULL,
};

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
act(unsigned place)
{
	torture_act_keys(&keys, place);
}

static void
settle(unsigned place)
{
	torture_settle_keys(&keys, place);
}

static void
compare(void)
{
	torture_compare_keys(&keys);
}

static struct tarn_hashset *
open_one(const char *name, struct tarn_type type)
{
	struct tarn_hashset *set;

	torture_expect_0("open", tarn_hashset_open(torture_arena, &set, name, &type, TARN_CREATE, NULL));
	return set;
}

static void
open_sets(void)
{
	static const char *const names[WHERES] = { "both hash sets", "one hash set", "other hash set" };
	struct tarn_type type = { TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL };

	torture_open_keys(&keys);
	for (unsigned i = 0; i < WHERES; i++)
		keys.sets[i] = open_one(names[i], type);
	keys.numbers = open_one("numbers of a hash set", type);
}

static void
close_sets(void)
{
	for (unsigned i = 0; i < WHERES; i++)
		tarn_hashset_close(keys.sets[i]);
	tarn_hashset_close(keys.numbers);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_hashset_object(keys.numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	return torture_set_bits(&keys, txn, place, number);
}

static int
get_number(unsigned place, uint64_t *number)
{
	return torture_get_bits(&keys, place, number);
}

const struct torture_kind torture_hashset = {
	"hashset", open_sets, close_sets, act, settle, compare, object, set_number, get_number,
};
