// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- every system call of every operation on deques fails once, and
 * memory ends at every growth
 *
 * calls.h says how.
 */
#include "fault/calls.h"

#define BASE UINT64_C(20000) /* elements */
#define MORE UINT64_C(60000)

static const struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, NULL };
static struct tarn_deque *deque, *second;
static uint64_t numbers[MORE], found[BASE + MORE];

/* The second is empty. */
static void
make_state(void)
{
	for (uint64_t i = 0; i < MORE; i++)
		numbers[i] = i * 7919 % MORE;
	ok(tarn_deque_open(arena, &deque, "d", &type, TARN_CREATE, NULL));
	ok(tarn_deque_open(arena, &second, "e", &type, TARN_CREATE, NULL));
	ok(tarn_deque_append(deque, numbers, BASE));
}

static void
close_state(void)
{
	tarn_deque_close(deque);
	tarn_deque_close(second);
}

static void
is_part(struct tarn_deque *in, uint64_t at, uint64_t count)
{
	uint64_t got;

	ok(tarn_deque_read(in, at, found, count, &got));
	ck_assert_uint_eq(got, count);
	ck_assert(!memcmp(found, numbers, count * 8));
}

static void
has_sizes(uint64_t one, uint64_t other)
{
	uint64_t size = 4711;

	ok(tarn_deque_size(deque, &size));
	ck_assert_uint_eq(size, one);
	ok(tarn_deque_size(second, &size));
	ck_assert_uint_eq(size, other);
}

static void
is_as_before(void)
{
	has_sizes(BASE, 0);
	is_part(deque, 0, BASE);
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
push(void)
{
	return tarn_deque_push_front(second, numbers);
}

static void
is_pushed(void)
{
	has_sizes(BASE, 1);
	is_part(second, 0, 1);
}

static int
append(void)
{
	return tarn_deque_append(deque, numbers, MORE);
}

static void
is_appended(void)
{
	has_sizes(BASE + MORE, 0);
	is_part(deque, 0, BASE);
	is_part(deque, BASE, MORE);
}

static int
insert(void)
{
	return tarn_deque_insert(deque, 0, numbers, MORE);
}

static void
is_inserted(void)
{
	has_sizes(BASE + MORE, 0);
	is_part(deque, 0, MORE);
	is_part(deque, MORE, BASE);
}

static int
insert_in_middle(void)
{
	return tarn_deque_insert(deque, BASE / 2, numbers, BASE);
}

static void
is_inserted_in_middle(void)
{
	has_sizes(2 * BASE, 0);
	is_part(deque, 0, BASE / 2);
	is_part(deque, BASE / 2, BASE);
}

static int
clear(void)
{
	return tarn_deque_clear(deque);
}

static void
is_cleared(void)
{
	has_sizes(0, 0);
}

static int
copy(void)
{
	return tarn_deque_copy(second, deque);
}

static void
is_copied(void)
{
	has_sizes(BASE, BASE);
	is_part(second, 0, BASE);
}

static int
change(struct tarn_txn *txn, void *unused)
{
	struct tarn_deque *in = tarn_deque_in(second, txn);
	int code = tarn_deque_pop_front(tarn_deque_in(deque, txn), NULL);

	(void)unused;
	for (uint64_t i = 0; !code && i < 3000; i++)
		code = tarn_deque_push_back(in, &numbers[i]);
	return code;
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_deque_object(deque), tarn_deque_object(second) };

	return tarn_txn_run(arena, objects, 2, change, NULL);
}

static void
transaction_is_done(void)
{
	has_sizes(BASE - 1, 3000);
	is_part(second, 0, 3000);
}

static int
create(void)
{
	struct tarn_deque *created;
	int code = tarn_deque_open(arena, &created, "new", &type, TARN_CREATE, NULL);

	tarn_deque_close(created);
	return code;
}

static void
is_created(void)
{
	struct tarn_deque *created;

	ok(tarn_deque_open(arena, &created, "new", &type, TARN_OPEN, NULL));
	tarn_deque_close(created);
	is_as_before();
}

static const struct operation operations[] = {
	{ "push", push, is_pushed, false },
	{ "append", append, is_appended, true },
	{ "insert", insert, is_inserted, true },
	{ "insert in the middle", insert_in_middle, is_inserted_in_middle, true },
	{ "clear", clear, is_cleared, false },
	{ "copy", copy, is_copied, true },
	{ "transaction", run_transaction, transaction_is_done, false },
	{ "create", create, is_created, false },
};

START_TEST(operation_fails_without_a_trace)
{
	each_call_fails(&operations[_i]);
}
END_TEST

START_TEST(each_growth_that_is_refused_is_full)
{
	each_growth_is_refused(&operations[_i]);
}
END_TEST

static void
add_tests(TCase *tests)
{
	int count = (int)TARN_ARRAY_SIZE(operations);

	tcase_add_loop_test(tests, operation_fails_without_a_trace, 0, count);
	tcase_add_loop_test(tests, each_growth_that_is_refused_is_full, 0, count);
}

int
main(void)
{
	return run_faults("deque faults", add_tests);
}
