// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- every call on a counter, of both sorts, and the errors its
 * card names
 *
 * From outside, by <tarn.h> alone.  hashmap_common.h has the arena, and
 * peers: processes that stop, go on or are killed.
 */
#include "unit/hashmap_common.h"

static struct tarn_counter *counter, *bare; /* a transactional one, an atomic one */

static void
open_counters(void)
{
	ok(tarn_counter_open(arena, &counter, "c", TARN_TRANSACTIONAL, TARN_CREATE, NULL));
	ok(tarn_counter_open(arena, &bare, "b", TARN_ATOMIC, TARN_CREATE, NULL));
}

static void
close_counters(void)
{
	struct tarn_check_report report;

	tarn_counter_close(counter);
	tarn_counter_close(bare);
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

static void
is(struct tarn_counter *of, int64_t expected)
{
	int64_t value = ~expected;

	ok(tarn_counter_get(of, &value));
	ck_assert_int_eq(value, expected);
}

static struct tarn_counter *
sort(int atomic)
{
	return atomic ? bare : counter;
}

START_TEST(has_a_name_and_a_sort)
{
	struct tarn_counter *opened;
	bool created = true;

	ok(tarn_counter_open(arena, &opened, "c", TARN_TRANSACTIONAL, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ok(tarn_counter_add(opened, 5, NULL));
	is(counter, 5);
	tarn_counter_close(opened);
	gives(tarn_counter_open(arena, &opened, "b", TARN_TRANSACTIONAL, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(opened);
	ck_assert_str_eq(tarn_error_detail(), "b is an atomic counter of i64, not a counter of i64");
	gives(tarn_counter_open(arena, &opened, "map", TARN_ATOMIC, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_counter_open(arena, &opened, "none", TARN_ATOMIC, TARN_OPEN, NULL), TARN_NOT_FOUND);
	gives(tarn_counter_open(arena, &opened, "c", TARN_ATOMIC, TARN_CREATE, NULL), TARN_EXISTS);
	gives(tarn_counter_open(arena, &opened, "x", (enum tarn_sort)2, TARN_CREATE, NULL), TARN_INVALID);
}
END_TEST

START_TEST(counts)
{
	struct tarn_counter *of = sort(_i);
	int64_t before = 4711;

	is(of, 0);
	ok(tarn_counter_add(of, 7, &before));
	ck_assert_int_eq(before, 0);
	ok(tarn_counter_add(of, -10, &before));
	ck_assert_int_eq(before, 7);
	is(of, -3);
	ok(tarn_counter_set(of, INT64_MAX));
	is(of, INT64_MAX);
}
END_TEST

START_TEST(wraps)
{
	struct tarn_counter *of = sort(_i);
	int64_t before;

	ok(tarn_counter_set(of, INT64_MAX));
	ok(tarn_counter_add(of, 1, &before));
	ck_assert_int_eq(before, INT64_MAX);
	is(of, INT64_MIN);
	ok(tarn_counter_add(of, -1, NULL));
	is(of, INT64_MAX);
}
END_TEST

START_TEST(swaps_only_what_was_expected)
{
	struct tarn_counter *of = sort(_i);

	ok(tarn_counter_set(of, 3));
	gives(tarn_counter_compare_and_swap(of, 4, 9), TARN_MISMATCH);
	is(of, 3);
	ok(tarn_counter_compare_and_swap(of, 3, -9));
	is(of, -9);
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	struct tarn_counter *of = sort(_i), *again;
	const char *name = _i ? "b" : "c";
	int64_t value;

	ok(tarn_counter_set(of, 3));
	ok(tarn_object_remove(arena, name));
	ok(tarn_counter_open(arena, &again, name, _i ? TARN_ATOMIC : TARN_TRANSACTIONAL, TARN_CREATE, NULL));
	gives(tarn_counter_get(of, &value), TARN_REMOVED);
	gives(tarn_counter_add(of, 1, NULL), TARN_REMOVED);
	gives(tarn_counter_set(of, 1), TARN_REMOVED);
	gives(tarn_counter_compare_and_swap(of, 0, 1), TARN_REMOVED);
	is(again, 0);
	tarn_counter_close(again);
}
END_TEST

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena *again = attach(true);
	struct tarn_counter *of = sort(_i), *opened;

	ok(tarn_counter_set(of, 3));
	ok(tarn_counter_open(again, &opened, _i ? "b" : "c", _i ? TARN_ATOMIC : TARN_TRANSACTIONAL,
			     TARN_OPEN, NULL));
	is(opened, 3);
	gives(tarn_counter_add(opened, 1, NULL), TARN_READ_ONLY);
	is(of, 3);
	tarn_counter_close(opened);
	tarn_arena_close(again);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_counter *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { tarn_counter_object(counter) };

	ok(tarn_txn_begin(arena, txn, objects, 1));
	return tarn_counter_in(counter, *txn);
}

START_TEST(a_transaction_sees_what_it_has_changed)
{
	struct tarn_txn *txn;
	struct tarn_counter *in = begin(&txn);
	int64_t before;

	ok(tarn_counter_add(in, 4, NULL));
	is(in, 4);
	ok(tarn_counter_set(in, 9));
	gives(tarn_counter_compare_and_swap(in, 1, 2), TARN_MISMATCH);
	ok(tarn_counter_compare_and_swap(in, 9, 10));
	ok(tarn_counter_add(in, 1, &before));
	ck_assert_int_eq(before, 10);
	gives(tarn_counter_add(counter, 1, NULL), TARN_IN_TXN);
	ok(tarn_txn_commit(txn));
	is(counter, 11);
}
END_TEST

START_TEST(an_aborted_transaction_has_changed_nothing)
{
	struct tarn_txn *txn;
	struct tarn_counter *in;

	ok(tarn_counter_set(counter, 5));
	in = begin(&txn);
	ok(tarn_counter_add(in, 4, NULL));
	ok(tarn_counter_set(in, 40));
	tarn_txn_abort(txn);
	is(counter, 5);
}
END_TEST

START_TEST(no_transaction_can_have_an_atomic_one)
{
	struct tarn_object *objects[] = { tarn_counter_object(counter), tarn_counter_object(bare) };
	struct tarn_txn *txn;

	gives(tarn_txn_begin(arena, &txn, objects, 2), TARN_TYPE);
	ck_assert_ptr_null(txn);
	ck_assert_str_eq(tarn_error_detail(),
			 "what is changed by atomic instructions is in no transaction");
	ok(tarn_counter_add(counter, 1, NULL)); /* nothing is held */
	begin(&txn);
	gives(tarn_txn_add(txn, tarn_counter_object(bare)), TARN_TYPE);
	ck_assert_ptr_null(tarn_counter_in(bare, txn));
	ok(tarn_counter_add(tarn_counter_in(counter, txn), 1, NULL)); /* it goes on */
	ok(tarn_txn_commit(txn));
	is(counter, 2);
}
END_TEST

static void
change_and_stop(void)
{
	struct tarn_object *objects[] = { tarn_counter_object(counter) };
	struct tarn_txn *txn;

	must(tarn_txn_begin(arena, &txn, objects, 1));
	must(tarn_counter_set(tarn_counter_in(counter, txn), 77));
	stop_here();
	must(tarn_txn_commit(txn));
}

START_TEST(a_killed_transaction_is_undone_by_who_comes_next)
{
	struct peer peer;

	ok(tarn_counter_set(counter, 5));
	peer = start_stopped(change_and_stop);
	kill_peer(&peer);
	is(counter, 5);
	ok(tarn_counter_add(counter, 1, NULL));
	is(counter, 6);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_counters, close_counters);
	tcase_add_test(tests, has_a_name_and_a_sort);
	tcase_add_loop_test(tests, counts, 0, 2);
	tcase_add_loop_test(tests, wraps, 0, 2);
	tcase_add_loop_test(tests, swaps_only_what_was_expected, 0, 2);
	tcase_add_loop_test(tests, a_handle_on_what_was_removed_says_so, 0, 2);
	tcase_add_loop_test(tests, is_read_through_a_mapping_for_reading, 0, 2);
	tcase_add_test(tests, a_transaction_sees_what_it_has_changed);
	tcase_add_test(tests, an_aborted_transaction_has_changed_nothing);
	tcase_add_test(tests, no_transaction_can_have_an_atomic_one);
	tcase_add_test(tests, a_killed_transaction_is_undone_by_who_comes_next);
}

int
main(void)
{
	return run_tests("counter", add_tests);
}
