// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmulti.c -- every system call of every operation on hash multimaps and
 * multisets fails once, and memory ends at every allocation
 *
 * operation.h says how.  There are a multimap of words, of which key n has
 * three values, and key 0 many; an empty one; one of texts; and a multiset,
 * in which key n is n + 1 times.
 */
#include "fault/operation.h"

#include "base/compiler.h"

#include <stdio.h>
#include <string.h>

#define BASE UINT64_C(600) /* keys */
#define MANY UINT64_C(5000)
#define LONG 40000u /* bytes of a value */

static const struct tarn_type words = { TARN_KIND_HASHMULTIMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type texts = { TARN_KIND_HASHMULTIMAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };
static const struct tarn_type keys = { TARN_KIND_HASHMULTISET, TARN_KEY_U64, 0, NULL };

static struct tarn_hashmultimap *map, *other, *text;
static struct tarn_hashmultiset *set;
static char long_value[LONG];

/* ---- the world --------------------------------------------------------------------------------- */

static uint64_t
values_of(uint64_t key)
{
	return key ? 3 : MANY;
}

static void
make_all(void)
{
	memset(long_value, 'v', LONG);
	ok(tarn_hashmultimap_open(arena, &map, "map", &words, TARN_CREATE, NULL));
	ok(tarn_hashmultimap_open(arena, &other, "other", &words, TARN_CREATE, NULL));
	ok(tarn_hashmultimap_open(arena, &text, "text", &texts, TARN_CREATE, NULL));
	ok(tarn_hashmultiset_open(arena, &set, "set", &keys, TARN_CREATE, NULL));
	for (uint64_t key = 0; key < BASE; key++) {
		for (uint64_t i = 0; i < values_of(key); i++)
			ok(tarn_hashmultimap_insert(map, &key, 8, &i, 8));
		ok(tarn_hashmultiset_add(set, &key, 8, key + 1));
	}
	ok(tarn_hashmultimap_insert(text, "a", 1, "b", 1));
}

static void
close_all(void)
{
	tarn_hashmultimap_close(map);
	tarn_hashmultimap_close(other);
	tarn_hashmultimap_close(text);
	tarn_hashmultiset_close(set);
}

static void
count_is(struct tarn_hashmultimap *in, uint64_t key, uint64_t expected)
{
	uint64_t count = 4711;

	ok(tarn_hashmultimap_count(in, &key, 8, &count));
	ck_assert_uint_eq(count, expected);
}

static void
size_is(struct tarn_hashmultimap *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_hashmultimap_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

#define ALL (MANY + 3 * (BASE - 1))

static void
has_all(struct tarn_hashmultimap *in)
{
	for (uint64_t key = 0; key < BASE; key++)
		count_is(in, key, values_of(key));
	size_is(in, ALL);
}

static void
set_has(uint64_t more)
{
	uint64_t size, count;

	ok(tarn_hashmultiset_size(set, &size));
	ck_assert_uint_eq(size, BASE * (BASE + 1) / 2 + more);
	for (uint64_t key = 1; key < BASE; key++) {
		ok(tarn_hashmultiset_count(set, &key, 8, &count));
		ck_assert_uint_eq(count, key + 1);
	}
}

static void
is_as_before(void)
{
	struct tarn_hashmultimap *opened;

	has_all(map);
	size_is(other, 0);
	size_is(text, 1);
	set_has(0);
	gives(tarn_hashmultimap_open(arena, &opened, "new", &words, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static const struct world multis = { make_all, is_as_before, close_all, false };

/* ---- operations -------------------------------------------------------------------------------- */

static int
insert(void)
{
	uint64_t key = BASE;

	return tarn_hashmultimap_insert(map, &key, 8, &key, 8);
}

static void
is_inserted(void)
{
	count_is(map, BASE, 1);
	size_is(map, ALL + 1);
}

static int
insert_long(void)
{
	return tarn_hashmultimap_insert(text, "a", 1, long_value, LONG);
}

static void
long_is_inserted(void)
{
	size_is(text, 2);
	ok(tarn_hashmultimap_erase_one(text, "a", 1, long_value, LONG));
	ok(tarn_hashmultimap_insert(text, "a", 1, long_value, 1));
}

/* The bag is copied on the way, several times; or, without memory, stays as large as it is. */
static int
take_in(struct tarn_txn *txn, void *unused)
{
	uint64_t key = 0;
	int code = 0;

	(void)unused;
	for (uint64_t i = 0; !code && i < MANY - 1; i++)
		code = tarn_hashmultimap_erase_one(tarn_hashmultimap_in(map, txn), &key, 8, &i, 8);
	return code;
}

static int
take(void)
{
	struct tarn_object *object = tarn_hashmultimap_object(map);

	return tarn_txn_run(arena, &object, 1, take_in, NULL);
}

static void
is_taken(void)
{
	count_is(map, 0, 1);
	size_is(map, ALL - MANY + 1);
}

static int
take_one(void)
{
	uint64_t key = 5, value = 1;

	return tarn_hashmultimap_erase_one(map, &key, 8, &value, 8);
}

static void
one_is_taken(void)
{
	count_is(map, 5, 2);
	size_is(map, ALL - 1);
}

static int
erase(void)
{
	uint64_t key = 0;

	return tarn_hashmultimap_erase(map, &key, 8, NULL);
}

static void
is_erased(void)
{
	count_is(map, 0, 0);
	size_is(map, ALL - MANY);
}

static int
copy(void)
{
	return tarn_hashmultimap_copy(other, map);
}

static void
is_copied(void)
{
	has_all(other);
	has_all(map);
}

static int
exchange(void)
{
	return tarn_hashmultimap_swap(map, other);
}

static void
is_exchanged(void)
{
	has_all(other);
	size_is(map, 0);
}

static int
clear(void)
{
	return tarn_hashmultimap_clear(map);
}

static void
is_cleared(void)
{
	size_is(map, 0);
}

static int
add(void)
{
	uint64_t key = 0;

	return tarn_hashmultiset_add(set, &key, 8, 7);
}

static void
is_added(void)
{
	set_has(7);
}

static int
remove_it(void)
{
	return tarn_object_remove(arena, "map");
}

static void
is_removed(void)
{
	gives(insert(), TARN_REMOVED);
}

static const struct operation operations[] = {
	{ "insert", insert, is_inserted, false, false },
	{ "insert a long value", insert_long, long_is_inserted, true, false },
	{ "take out many in a transaction", take, is_taken, false, false },
	{ "take one out", take_one, one_is_taken, false, false },
	{ "erase", erase, is_erased, false, false },
	{ "copy", copy, is_copied, true, false },
	{ "swap", exchange, is_exchanged, false, false },
	{ "clear", clear, is_cleared, false, false },
	{ "add to a multiset", add, is_added, false, false },
	{ "remove", remove_it, is_removed, false, false },
};

static void
add_tests(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &multis, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("hash multimap and multiset faults", add_tests);
}
