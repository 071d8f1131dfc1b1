// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- every system call of every operation on ordered multisets
 * fails once, and memory ends at every growth: see operation.h
 */
#include "fault/operation.h"

#include "base/compiler.h"

#define KEYS UINT64_C(50)
#define EACH UINT64_C(40) /* entries of a key */
#define MORE UINT64_C(8000)

static const struct tarn_type numbers = { TARN_KIND_MULTISET, TARN_KEY_U64, 0, NULL };

static struct tarn_multiset *set, *large;

/* ---- what there is before ---------------------------------------------------------------------- */

static void
open_sets(void)
{
	ok(tarn_multiset_open(arena, &set, "set", &numbers, TARN_CREATE, NULL));
	ok(tarn_multiset_open(arena, &large, "large", &numbers, TARN_CREATE, NULL));
	for (uint64_t i = 0; i < KEYS * EACH; i++)
		ok(tarn_multiset_insert(set, &(uint64_t){ i % KEYS }, 8, NULL));
	for (uint64_t i = 0; i < MORE; i++)
		ok(tarn_multiset_insert(large, &(uint64_t){ 7 }, 8, NULL));
}

static void
close_sets(void)
{
	tarn_multiset_close(set);
	tarn_multiset_close(large);
}

static void
key_is_there(struct tarn_multiset *in, uint64_t key, uint64_t times)
{
	uint64_t count = 4711;

	ok(tarn_multiset_count(in, &key, 8, &count));
	ck_assert_uint_eq(count, times);
}

static void
size_is(struct tarn_multiset *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_multiset_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

/* Every key so often, but for one. */
static void
has(struct tarn_multiset *in, uint64_t but, uint64_t of_that)
{
	size_is(in, (KEYS - 1) * EACH + of_that);
	for (uint64_t key = 0; key < KEYS; key++)
		key_is_there(in, key, key == but ? of_that : EACH);
}

static void
has_large(struct tarn_multiset *in)
{
	size_is(in, MORE);
	key_is_there(in, 7, MORE);
}

static void
is_as_before(void)
{
	struct tarn_multiset *opened;

	has(set, 0, EACH);
	has_large(large);
	gives(tarn_multiset_open(arena, &opened, "new", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static const struct world world = {
	.open = open_sets,
	.is_as_before = is_as_before,
	.close = close_sets,
};

/* ---- operations -------------------------------------------------------------------------------- */

static int
insert(void)
{
	return tarn_multiset_insert(set, &(uint64_t){ 3 }, 8, NULL);
}

static void
is_inserted(void)
{
	has(set, 3, EACH + 1);
}

static int
fill_in(struct tarn_txn *txn, void *unused)
{
	struct tarn_multiset *in = tarn_multiset_in(set, txn);
	int code = 0;

	(void)unused;
	for (uint64_t i = EACH; !code && i < MORE; i++)
		code = tarn_multiset_insert(in, &(uint64_t){ 3 }, 8, NULL);
	return code;
}

static int
fill(void)
{
	struct tarn_object *object = tarn_multiset_object(set);

	return tarn_txn_run(arena, &object, 1, fill_in, NULL);
}

static void
is_filled(void)
{
	has(set, 3, MORE);
}

/* In several leaves: by a transaction. */
static int
erase(void)
{
	return tarn_multiset_erase(set, &(uint64_t){ 3 }, 8, NULL);
}

static void
is_erased(void)
{
	has(set, 3, 0);
}

static int
pop(void)
{
	return tarn_multiset_pop_first(set, NULL);
}

static void
is_popped(void)
{
	has(set, 0, EACH - 1);
}

static int
exchange(void)
{
	return tarn_multiset_swap(set, large);
}

static void
is_exchanged(void)
{
	has(large, 0, EACH);
	has_large(set);
}

static int
copy(void)
{
	return tarn_multiset_copy(set, large);
}

static void
is_copied(void)
{
	has_large(set);
	has_large(large);
}

static int
create(void)
{
	struct tarn_multiset *opened;
	int code = tarn_multiset_open(arena, &opened, "new", &numbers, TARN_CREATE, NULL);

	tarn_multiset_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_multiset *opened;

	ok(tarn_multiset_open(arena, &opened, "new", &numbers, TARN_OPEN, NULL));
	size_is(opened, 0);
	tarn_multiset_close(opened);
}

static const struct operation operations[] = {
	{ "insert", insert, is_inserted, false, false },
	{ "fill in a transaction", fill, is_filled, true, false },
	{ "erase", erase, is_erased, false, false },
	{ "pop", pop, is_popped, false, false },
	{ "swap", exchange, is_exchanged, false, false },
	{ "copy", copy, is_copied, true, false },
	{ "create", create, is_created, false, false },
};

static void
add_tests(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &world, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("multiset", add_tests);
}
