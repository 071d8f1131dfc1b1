// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- every system call of every operation on vectors fails once,
 * and memory ends at every growth: see operation.h
 */
#include "fault/operation.h"

#include "base/compiler.h"

#include <string.h>

#define BASE UINT64_C(20000) /* elements */
#define SHORT UINT64_C(30)
#define MORE UINT64_C(60000)

static const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL };

static struct tarn_vector *vector, *second;
static uint64_t numbers[MORE], found[BASE + MORE];

/* ---- what there is before ---------------------------------------------------------------------- */

/* The second is full, and lies right behind the first. */
static void
open_vectors(void)
{
	for (uint64_t i = 0; i < MORE; i++)
		numbers[i] = i * 7919 % MORE;
	ok(tarn_vector_open(arena, &vector, "v", &type, TARN_CREATE, NULL));
	ok(tarn_vector_open(arena, &second, "w", &type, TARN_CREATE, NULL));
	ok(tarn_vector_append(vector, numbers, BASE));
	ok(tarn_vector_shrink_to_fit(vector));
	ok(tarn_vector_append(second, numbers, SHORT));
}

static void
close_vectors(void)
{
	tarn_vector_close(vector);
	tarn_vector_close(second);
}

static void
starts_with(struct tarn_vector *in, const uint64_t *expected, uint64_t count)
{
	uint64_t got;

	ok(tarn_vector_read(in, 0, found, count, &got));
	ck_assert_uint_eq(got, count);
	ck_assert(!memcmp(found, expected, count * 8));
}

static void
size_is(struct tarn_vector *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_vector_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

static void
is_as_before(void)
{
	struct tarn_vector *opened;

	size_is(vector, BASE);
	starts_with(vector, numbers, BASE);
	size_is(second, SHORT);
	starts_with(second, numbers, SHORT);
	gives(tarn_vector_open(arena, &opened, "new", &type, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static const struct world vectors = { open_vectors, is_as_before, close_vectors, false };

/* ---- operations -------------------------------------------------------------------------------- */

static int
push(void)
{
	return tarn_vector_push_back(second, numbers);
}

static void
is_pushed(void)
{
	size_is(second, SHORT + 1);
	starts_with(second, numbers, SHORT);
}

static int
append(void)
{
	return tarn_vector_append(vector, numbers, MORE);
}

static void
is_appended(void)
{
	size_is(vector, BASE + MORE);
	starts_with(vector, numbers, BASE);
	ck_assert(!tarn_vector_get(vector, BASE + 5, found) && found[0] == numbers[5]);
}

static int
reserve(void)
{
	return tarn_vector_reserve(vector, BASE + MORE);
}

static void
nothing_is_changed(void)
{
	is_as_before();
}

static int
insert(void)
{
	return tarn_vector_insert(vector, 0, numbers, 1);
}

static void
is_inserted(void)
{
	size_is(vector, BASE + 1);
	ok(tarn_vector_erase(vector, 0, 1));
	is_as_before();
}

static int
sort(void)
{
	return tarn_vector_sort(vector, NULL, NULL);
}

static void
is_sorted(void)
{
	uint64_t got;

	ok(tarn_vector_read(vector, 0, found, BASE, &got));
	for (uint64_t i = 1; i < BASE; i++)
		ck_assert(found[i - 1] <= found[i]);
	ck_assert_uint_eq(got, BASE);
}

static int
set(void)
{
	return tarn_vector_set(vector, 3, &numbers[4]);
}

static void
is_set(void)
{
	ok(tarn_vector_get(vector, 3, found));
	ck_assert_uint_eq(found[0], numbers[4]);
}

static int
pop(void)
{
	return tarn_vector_pop_back(second, found);
}

static void
is_popped(void)
{
	size_is(second, SHORT - 1);
	starts_with(second, numbers, SHORT - 1);
}

static int
add_to(void)
{
	return tarn_vector_fetch_add(vector, 3, numbers[4] - numbers[3], NULL);
}

static int
swap_one(void)
{
	return tarn_vector_compare_and_swap(vector, 3, &numbers[3], &numbers[4]);
}

static int
erase(void)
{
	return tarn_vector_erase(vector, 0, 7);
}

static void
is_erased(void)
{
	size_is(vector, BASE - 7);
	starts_with(vector, numbers + 7, BASE - 7);
}

static int
assign(void)
{
	return tarn_vector_assign(second, numbers, MORE);
}

static int
resize(void)
{
	return tarn_vector_resize(second, MORE, numbers);
}

static void
second_is_large(void)
{
	size_is(second, MORE);
	starts_with(second, numbers, 1);
}

static int
clear(void)
{
	return tarn_vector_clear(vector);
}

static void
is_cleared(void)
{
	size_is(vector, 0);
}

static int
shrink(void)
{
	return tarn_vector_shrink_to_fit(second);
}

static int
exchange(void)
{
	return tarn_vector_swap(vector, second);
}

static void
is_exchanged(void)
{
	size_is(second, BASE);
	starts_with(vector, numbers, SHORT);
}

static int
create(void)
{
	struct tarn_vector *opened;
	int code = tarn_vector_open_bounded(arena, &opened, "new", &type, TARN_CREATE, MORE, NULL);

	tarn_vector_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_vector *opened;

	ok(tarn_vector_open(arena, &opened, "new", &type, TARN_OPEN, NULL));
	ok(tarn_vector_append(opened, numbers, MORE));
	tarn_vector_close(opened);
}

static int
remove_it(void)
{
	return tarn_object_remove(arena, "v");
}

static void
is_removed(void)
{
	gives(tarn_vector_get(vector, 0, found), TARN_REMOVED);
}

static int
change_both(struct tarn_txn *txn, void *unused)
{
	struct tarn_vector *in = tarn_vector_in(second, txn);
	int code = tarn_vector_clear(tarn_vector_in(vector, txn));

	(void)unused;
	for (uint64_t i = 0; !code && i < 3000; i++)
		code = tarn_vector_push_back(in, &numbers[i]);
	return code ? code : tarn_vector_erase(in, 0, SHORT);
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_vector_object(vector), tarn_vector_object(second) };

	return tarn_txn_run(arena, objects, 2, change_both, NULL);
}

static void
transaction_is_done(void)
{
	size_is(vector, 0);
	size_is(second, 3000);
	starts_with(second, numbers, 3000);
}

static const struct operation operations[] = {
	{ "push", push, is_pushed, false, false },
	{ "append", append, is_appended, true, false },
	{ "reserve", reserve, nothing_is_changed, true, false },
	{ "insert", insert, is_inserted, false, false },
	{ "sort", sort, is_sorted, true, false },
	{ "set", set, is_set, false, false },
	{ "pop", pop, is_popped, false, false },
	{ "add", add_to, is_set, false, false },
	{ "compare and swap", swap_one, is_set, false, false },
	{ "erase", erase, is_erased, false, false },
	{ "assign", assign, second_is_large, true, false },
	{ "resize", resize, second_is_large, true, false },
	{ "clear", clear, is_cleared, false, false },
	{ "shrink", shrink, nothing_is_changed, false, false },
	{ "swap", exchange, is_exchanged, false, false },
	{ "create", create, is_created, true, false },
	{ "remove", remove_it, is_removed, false, false },
	{ "transaction", run_transaction, transaction_is_done, true, false },
};

static void
add(TCase *tests)
{
	add_operations(tests, FAULTS_CALLS | FAULTS_MEMORY, &vectors, operations,
		       TARN_ARRAY_SIZE(operations));
}

int
main(void)
{
	return run_faults("vector faults", add);
}
