// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.c -- every system call of every operation on hash sets fails once,
 * and memory ends at every allocation
 *
 * operation.h says how.  There are a set of words and one that has every
 * second of them and as many others, an empty one, and one of texts.
 */
#include "fault/operation.h"

#include "base/compiler.h"

#include <stdio.h>
#include <string.h>

#define BASE UINT64_C(1500) /* words */
#define MORE UINT64_C(6000)
#define TEXTS 60u
#define LONG 20000u /* bytes of a key */

static const struct tarn_type words = { TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL };
static const struct tarn_type texts = { TARN_KIND_HASHSET, TARN_KEY_STRING, 0, NULL };

static struct tarn_hashset *set, *other, *third, *text;
static uint64_t keys[MORE];
static char long_key[LONG];

/* ---- the world --------------------------------------------------------------------------------- */

static size_t
text_key(unsigned i, char *key)
{
	return (size_t)sprintf(key, "the text with the number %u", i);
}

static void
make_sets(void)
{
	char key[40];

	memset(long_key, 'k', LONG);
	for (uint64_t i = 0; i < MORE; i++)
		keys[i] = i;
	ok(tarn_hashset_open(arena, &set, "set", &words, TARN_CREATE, NULL));
	ok(tarn_hashset_open(arena, &other, "other", &words, TARN_CREATE, NULL));
	ok(tarn_hashset_open(arena, &third, "third", &words, TARN_CREATE, NULL));
	ok(tarn_hashset_open(arena, &text, "text", &texts, TARN_CREATE, NULL));
	ok(tarn_hashset_insert_many(set, keys, 8, BASE, NULL));
	for (uint64_t i = 0; i < 2 * BASE; i += 2)
		ok(tarn_hashset_insert(other, &i, 8));
	for (unsigned i = 0; i < TEXTS; i++)
		ok(tarn_hashset_insert(text, key, text_key(i, key)));
}

static void
close_sets(void)
{
	tarn_hashset_close(set);
	tarn_hashset_close(other);
	tarn_hashset_close(third);
	tarn_hashset_close(text);
}

/* Those from there on, each so much more than the one before, and no others. */
static void
has(struct tarn_hashset *in, uint64_t first, uint64_t step, uint64_t count)
{
	uint64_t size = 4711;

	ok(tarn_hashset_size(in, &size));
	ck_assert_uint_eq(size, count);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t key = first + i * step;

		ok(tarn_hashset_contains(in, &key, 8));
	}
}

static void
has_texts(unsigned more)
{
	uint64_t size = 4711;
	char key[40];

	ok(tarn_hashset_size(text, &size));
	ck_assert_uint_eq(size, TEXTS + more);
	for (unsigned i = 0; i < TEXTS; i++)
		ok(tarn_hashset_contains(text, key, text_key(i, key)));
}

static void
is_as_before(void)
{
	struct tarn_hashset *opened;

	has(set, 0, 1, BASE);
	has(other, 0, 2, BASE);
	has(third, 0, 1, 0);
	has_texts(0);
	gives(tarn_hashset_open(arena, &opened, "new", &words, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static const struct world sets = { make_sets, is_as_before, close_sets, false };

/* ---- one key ----------------------------------------------------------------------------------- */

static int
insert(void)
{
	uint64_t key = BASE;

	return tarn_hashset_insert(set, &key, 8);
}

static void
is_inserted(void)
{
	has(set, 0, 1, BASE + 1);
}

static int
insert_long(void)
{
	return tarn_hashset_insert(text, long_key, LONG);
}

static void
long_is_inserted(void)
{
	has_texts(1);
	ok(tarn_hashset_contains(text, long_key, LONG));
}

static int
erase(void)
{
	uint64_t key = 0;

	return tarn_hashset_erase(set, &key, 8);
}

static void
is_erased(void)
{
	has(set, 1, 1, BASE - 1);
}

/* ---- many -------------------------------------------------------------------------------------- */

static int
change(struct tarn_txn *txn, void *unused)
{
	int code = tarn_hashset_insert_many(tarn_hashset_in(third, txn), keys, 8, MORE, NULL);

	(void)unused;
	return code ? code : tarn_hashset_erase_many(tarn_hashset_in(set, txn), keys, 8, 900, NULL);
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_hashset_object(set), tarn_hashset_object(third) };

	return tarn_txn_run(arena, objects, 2, change, NULL);
}

static void
transaction_is_done(void)
{
	has(set, 900, 1, BASE - 900);
	has(third, 0, 1, MORE);
}

static int
clear(void)
{
	return tarn_hashset_clear(set);
}

static void
is_cleared(void)
{
	has(set, 0, 1, 0);
}

static int
reserve(void)
{
	return tarn_hashset_reserve(third, MORE);
}

static int
shrink(void)
{
	return tarn_hashset_shrink_to_fit(set);
}

/* ---- two sets ---------------------------------------------------------------------------------- */

static int
unite(void)
{
	return tarn_hashset_union(third, set, other);
}

static void
is_united(void)
{
	uint64_t size = 4711;
	bool subset = false;

	ok(tarn_hashset_size(third, &size));
	ck_assert_uint_eq(size, 2 * BASE - BASE / 2);
	ok(tarn_hashset_is_subset(set, third, &subset));
	ck_assert(subset);
	ok(tarn_hashset_is_subset(other, third, &subset));
	ck_assert(subset);
}

static int
intersect(void)
{
	return tarn_hashset_intersection(third, set, other);
}

static void
is_intersected(void)
{
	has(third, 0, 2, BASE / 2);
}

static int
subtract(void)
{
	return tarn_hashset_difference(set, set, other);
}

static void
is_subtracted(void)
{
	has(set, 1, 2, BASE / 2);
}

static int
copy(void)
{
	return tarn_hashset_copy(third, other);
}

static void
is_copied(void)
{
	has(other, 0, 2, BASE);
	has(third, 0, 2, BASE);
}

static int
exchange(void)
{
	return tarn_hashset_swap(set, other);
}

static void
is_exchanged(void)
{
	has(set, 0, 2, BASE);
	has(other, 0, 1, BASE);
}

/* ---- names ------------------------------------------------------------------------------------- */

static int
create(void)
{
	struct tarn_hashset *opened;
	int code = tarn_hashset_open(arena, &opened, "new", &words, TARN_CREATE, NULL);

	tarn_hashset_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_hashset *opened;

	ok(tarn_hashset_open(arena, &opened, "new", &words, TARN_OPEN, NULL));
	ok(tarn_hashset_insert(opened, keys, 8));
	tarn_hashset_close(opened);
}

static int
remove_it(void)
{
	return tarn_object_remove(arena, "set");
}

static void
is_removed(void)
{
	gives(tarn_hashset_contains(set, keys, 8), TARN_REMOVED);
}

static const struct operation operations[] = {
	{ "insert", insert, is_inserted, false, false },
	{ "insert a long key", insert_long, long_is_inserted, true, false },
	{ "erase", erase, is_erased, false, false },
	{ "transaction of many", run_transaction, transaction_is_done, true, false },
	{ "clear", clear, is_cleared, false, false },
	{ "reserve", reserve, is_as_before, true, false },
	{ "shrink", shrink, is_as_before, false, false },
	{ "union", unite, is_united, true, false },
	{ "intersection", intersect, is_intersected, true, false },
	{ "difference", subtract, is_subtracted, true, false },
	{ "copy", copy, is_copied, true, false },
	{ "swap", exchange, is_exchanged, false, false },
	{ "create", create, is_created, false, false },
	{ "remove", remove_it, is_removed, false, false },
};

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &sets, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("hashset faults", add);
}
