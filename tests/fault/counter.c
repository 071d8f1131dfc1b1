// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- every system call of every operation on counters fails once,
 * and memory ends at every growth
 *
 * calls.h says how.
 */
#include "fault/calls.h"

static struct tarn_counter *counter, *bare;

static void
make_state(void)
{
	ok(tarn_counter_open(arena, &counter, "c", TARN_TRANSACTIONAL, TARN_CREATE, NULL));
	ok(tarn_counter_open(arena, &bare, "b", TARN_ATOMIC, TARN_CREATE, NULL));
	ok(tarn_counter_set(counter, 5));
	ok(tarn_counter_set(bare, 6));
}

static void
close_state(void)
{
	tarn_counter_close(counter);
	tarn_counter_close(bare);
}

static void
they_are(int64_t locked, int64_t atomic)
{
	int64_t value = 0;

	ok(tarn_counter_get(counter, &value));
	ck_assert_int_eq(value, locked);
	ok(tarn_counter_get(bare, &value));
	ck_assert_int_eq(value, atomic);
}

static void
is_as_before(void)
{
	they_are(5, 6);
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
add_locked(void)
{
	return tarn_counter_add(counter, 10, NULL);
}

static int
change(struct tarn_txn *txn, void *unused)
{
	int code = tarn_counter_add(tarn_counter_in(counter, txn), 9, NULL);

	(void)unused;
	return code ? code : tarn_counter_add(tarn_counter_in(counter, txn), 1, NULL);
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_counter_object(counter) };

	return tarn_txn_run(arena, objects, 1, change, NULL);
}

static void
locked_is_more(void)
{
	they_are(15, 6);
}

static int
add_atomic(void)
{
	return tarn_counter_add(bare, 10, NULL);
}

static void
atomic_is_more(void)
{
	they_are(5, 16);
}

static int
create(void)
{
	struct tarn_counter *created;
	int code = tarn_counter_open(arena, &created, "new", TARN_ATOMIC, TARN_CREATE, NULL);

	tarn_counter_close(created);
	return code;
}

static void
is_created(void)
{
	struct tarn_counter *created;

	ok(tarn_counter_open(arena, &created, "new", TARN_ATOMIC, TARN_OPEN, NULL));
	ok(tarn_counter_add(created, 1, NULL));
	tarn_counter_close(created);
	is_as_before();
}

static const struct operation operations[] = {
	{ "add", add_locked, locked_is_more, false },
	{ "add, atomic", add_atomic, atomic_is_more, false },
	{ "transaction", run_transaction, locked_is_more, false },
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
	return run_faults("counter faults", add_tests);
}
