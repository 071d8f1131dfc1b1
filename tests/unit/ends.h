// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- every call on stacks, or on queues, and every error their cards
 * name
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * KIND, and the OTHER_KIND of these two; NAME; LOOK, the call that looks at
 * what goes next, and TYPED_LOOK, that of the C type `typed`; and LIFO,
 * whether that is the last that came.
 *
 * From outside, by <tarn.h> alone, but for the last tests, which scribble.
 * hashmap_common.h has the arena, and peers: processes that stop, go on or
 * are killed.  What they share with deques is tested there.
 */
#include "base/hash.h"
#include "container/deque_layout.h"
#include "txn/object.h"

#include "unit/interrupted.h"

static const struct tarn_type u64_type = { KIND, TARN_KEY_U64, 8, "Q" };
static ADAPTOR *first, *second;

static void
open_both(void)
{
	ok(CALL(open)(arena, &first, "s", &u64_type, TARN_CREATE, NULL));
	ok(CALL(open)(arena, &second, "t", &u64_type, TARN_CREATE, NULL));
}

static void
close_both(void)
{
	struct tarn_check_report report;

	CALL(close)(first);
	CALL(close)(second);
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
push(ADAPTOR *to, uint64_t value)
{
	return CALL(push)(to, &value);
}

static uint64_t
pop(ADAPTOR *from)
{
	uint64_t value = 4711;

	ok(CALL(pop)(from, &value));
	return value;
}

static void
is_exactly(ADAPTOR *in, const uint64_t *expected, uint64_t count)
{
	uint64_t values[64], got, size = 4711;
	bool empty;

	ok(CALL(read)(in, 0, values, 64, &got));
	ck_assert_uint_eq(got, count);
	ck_assert_mem_eq(values, expected, 8 * count);
	ok(CALL(size)(in, &size));
	ck_assert_uint_eq(size, count);
	ok(CALL(empty)(in, &empty));
	ck_assert(empty == !count);
}

#define IS(in, ...)                                                                                \
	is_exactly(in, (uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

static ADAPTOR *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { CALL(object)(second), CALL(object)(first) };

	ok(tarn_txn_begin(arena, txn, objects, 2));
	ck_assert_ptr_nonnull(CALL(in)(first, *txn));
	return CALL(in)(first, *txn);
}

static struct tarn_ring_shm *
ring_of(ADAPTOR *of)
{
	return tarn_pointer(arena, ((struct tarn_object *)of)->root->structure, 128);
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_name_and_a_type)
{
	struct tarn_type other_type = { KIND, TARN_KEY_I32, 4, NULL };
	struct tarn_type deque_type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, NULL };
	ADAPTOR *opened;
	struct tarn_deque *deque;
	bool created = true;

	ok(CALL(open)(arena, &opened, "s", &u64_type, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ok(push(opened, 5));
	IS(first, 5);
	CALL(close)(opened);
	gives(CALL(open)(arena, &opened, "s", &other_type, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(opened);
	ck_assert_str_eq(tarn_error_detail(), "s is a " NAME " of u64 (fields \"Q\"), not a " NAME " of i32");
	gives(tarn_deque_open(arena, &deque, "s", &deque_type, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "s is a " NAME " of u64 (fields \"Q\"), not a deque of u64");
	gives(CALL(open)(arena, &opened, "none", &u64_type, TARN_OPEN, NULL), TARN_NOT_FOUND);
	gives(CALL(open)(arena, &opened, "s", &u64_type, TARN_CREATE, NULL), TARN_EXISTS);
}
END_TEST

START_TEST(there_are_types_that_none_has)
{
	static const struct tarn_type types[] = {
		{ TARN_KIND_DEQUE, TARN_KEY_U64, 8, NULL },
		{ OTHER_KIND, TARN_KEY_U64, 8, NULL },
		{ KIND, TARN_KEY_NONE, 0, NULL },
		{ KIND, TARN_KEY_NONE, TARN_ELEMENT_MAX + 1, NULL },
		{ KIND, TARN_KEY_NONE, TARN_VALUE_BYTES, NULL },
		{ KIND, TARN_KEY_U64, 4, NULL },
		{ KIND, TARN_KEY_STRING, 8, NULL },
	};
	ADAPTOR *opened = first;

	gives(CALL(open)(arena, &opened, "x", &types[_i], TARN_CREATE, NULL), TARN_INVALID);
	ck_assert_ptr_null(opened);
}
END_TEST

START_TEST(has_c_types)
{
	struct typed *numbers;
	double value = 0;

	ok(typed_open(arena, &numbers, "numbers", TARN_CREATE));
	ok(typed_push(numbers, 1.5));
	ok(TYPED_LOOK(numbers, &value));
	ck_assert_double_eq(value, 1.5);
	ok(typed_pop(numbers, &value));
	ck_assert_double_eq(value, 1.5);
	gives(typed_pop(numbers, &value), TARN_NOT_FOUND);
	CALL(close)((ADAPTOR *)numbers);
}
END_TEST

/* ---- elements ---------------------------------------------------------------------------------- */

START_TEST(begins_empty)
{
	uint64_t value = 4711, got = 4711;
	bool empty = false;

	ok(CALL(empty)(first, &empty));
	ck_assert(empty);
	gives(LOOK(first, &value), TARN_NOT_FOUND);
	gives(CALL(pop)(first, &value), TARN_NOT_FOUND);
	gives(CALL(pop)(first, NULL), TARN_NOT_FOUND);
	gives(CALL(pop_many)(first, &value, 1, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(got, 0);
	ck_assert_uint_eq(value, 4711);
	ok(CALL(read)(first, 0, &value, 1, &got));
	ck_assert_uint_eq(got, 0);
	gives(CALL(read)(first, 1, &value, 1, &got), TARN_NOT_FOUND);
	ok(CALL(clear)(first));
	ok(CALL(push_many)(first, NULL, 0));
}
END_TEST


START_TEST(goes_on_over_many_blocks)
{
	static uint64_t many[100000], back[100000];
	uint64_t got;

	for (uint64_t i = 0; i < 100000; i++)
		many[i] = i;
	ok(CALL(push_many)(first, many, 100000));
	for (uint64_t i = 0; i < 1000; i++)
		ok(push(first, 100000 + i));
	for (uint64_t i = 0; i < 11000; i++)
		ck_assert_uint_eq(pop(first), LIFO ? 100999 - i : i);
	ok(CALL(pop_many)(first, back, 80000, &got));
	ck_assert_uint_eq(got, 80000);
	for (uint64_t i = 0; i < 80000; i++)
		ck_assert_uint_eq(back[i], LIFO ? 89999 - i : 11000 + i);
	ok(CALL(clear)(first));
	gives(CALL(pop)(first, NULL), TARN_NOT_FOUND);
	gives(CALL(push_many)(first, many, UINT64_C(1) << 60), TARN_TOO_BIG);
}
END_TEST

/* ---- two --------------------------------------------------------------------------------------- */

START_TEST(two_are_exchanged_and_copied)
{
	struct tarn_type type = { KIND, TARN_KEY_I64, 8, NULL };
	ADAPTOR *other_type;

	ok(push(first, 1));
	ok(push(second, 2));
	ok(push(second, 3));
	ok(CALL(swap)(first, second));
	IS(first, 2, 3);
	IS(second, 1);
	ok(CALL(copy)(second, first));
	IS(second, 2, 3);
	ok(push(first, 4));
	IS(second, 2, 3);
	ok(CALL(copy)(first, first));
	ok(CALL(swap)(first, first));
	IS(first, 2, 3, 4);
	ok(CALL(open)(arena, &other_type, "i", &type, TARN_CREATE, NULL));
	gives(CALL(swap)(first, other_type), TARN_TYPE);
	gives(CALL(copy)(first, other_type), TARN_TYPE);
	CALL(close)(other_type);
}
END_TEST

/* A program that takes one for the other has to cast; and harms nothing. */
START_TEST(is_not_exchanged_with_a_deque)
{
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, NULL };
	struct tarn_deque *deque;

	ok(tarn_deque_open(arena, &deque, "d", &type, TARN_CREATE, NULL));
	gives(tarn_deque_swap(deque, (struct tarn_deque *)first), TARN_TYPE);
	gives(CALL(swap)(first, (ADAPTOR *)deque), TARN_TYPE);
	tarn_deque_close(deque);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

static void
change_in(ADAPTOR *in, struct tarn_txn *txn)
{
	ADAPTOR *other_in = CALL(in)(second, txn);
	uint64_t values[] = { 5, 6, 7 }, got;

	ok(CALL(pop)(in, NULL));
	ok(push(in, 9));
	ok(CALL(push_many)(in, values, 3));
	ok(CALL(pop_many)(in, values, 2, &got));
	ok(CALL(swap)(in, other_in));
	ok(CALL(clear)(in));
	ok(CALL(copy)(in, other_in));
	ok(push(in, 10));
	gives(CALL(swap)(in, second), TARN_INVALID);
	gives(push(first, 1), TARN_IN_TXN);
}

START_TEST(a_transaction_sees_what_it_has_changed)
{
	const uint64_t changed[] = { LIFO ? 1 : 5, LIFO ? 9 : 6, LIFO ? 5 : 7, 10 };
	ADAPTOR *in;
	struct tarn_txn *txn;

	ok(push(first, 1));
	ok(push(first, 2));
	in = begin(&txn);
	change_in(in, txn);
	is_exactly(in, changed, 4);
	ok(tarn_txn_commit(txn));
	is_exactly(first, changed, 4);
	is_exactly(second, changed, 3);
}
END_TEST

START_TEST(an_aborted_transaction_has_changed_nothing)
{
	ADAPTOR *in;
	struct tarn_txn *txn;
	bool empty = false;

	ok(push(first, 1));
	ok(push(first, 2));
	in = begin(&txn);
	change_in(in, txn);
	tarn_txn_abort(txn);
	IS(first, 1, 2);
	ok(CALL(empty)(second, &empty));
	ck_assert(empty);
}
END_TEST

static void
change_and_stop(void)
{
	struct tarn_txn *txn;
	struct tarn_object *objects[] = { CALL(object)(first) };

	must(tarn_txn_begin(arena, &txn, objects, 1));
	must(push(CALL(in)(first, txn), 77));
	must(CALL(pop)(CALL(in)(first, txn), NULL));
	must(push(CALL(in)(first, txn), 78));
	stop_here();
	must(tarn_txn_commit(txn));
}

START_TEST(a_killed_transaction_is_undone_by_who_comes_next)
{
	struct peer peer;

	ok(push(first, 5));
	peer = start_stopped(change_and_stop);
	kill_peer(&peer);
	IS(first, 5);
	ok(push(first, 6));
	IS(first, 5, 6);
}
END_TEST

/* ---- others ------------------------------------------------------------------------------------ */

START_TEST(a_handle_on_what_was_removed_says_so)
{
	uint64_t value, got;

	ok(push(first, 1));
	ok(tarn_object_remove(arena, "s"));
	gives(LOOK(first, &value), TARN_REMOVED);
	gives(CALL(size)(first, &value), TARN_REMOVED);
	gives(CALL(read)(first, 0, &value, 1, &got), TARN_REMOVED);
	gives(push(first, 1), TARN_REMOVED);
	gives(CALL(pop)(first, &value), TARN_REMOVED);
	gives(CALL(pop_many)(first, &value, 1, &got), TARN_REMOVED);
	gives(CALL(clear)(first), TARN_REMOVED);
}
END_TEST

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena *again = attach(true);
	ADAPTOR *opened;
	uint64_t value;

	ok(CALL(open)(again, &opened, "s", &u64_type, TARN_OPEN, NULL));
	ok(push(first, 1));
	ok(LOOK(opened, &value));
	ck_assert_uint_eq(value, 1);
	gives(push(opened, 1), TARN_READ_ONLY);
	gives(CALL(pop)(opened, &value), TARN_READ_ONLY);
	CALL(close)(opened);
	tarn_arena_close(again);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

START_TEST(damage_is_found)
{
	struct tarn_ring_shm *ring = ring_of(first);
	uint64_t value = 3;

	ok(push(first, 1));
	ok(push(first, 2));
	ok(tarn_check(arena, NULL, NULL));
	ok(tarn_deque_push_front((struct tarn_deque *)first, &value));
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	ok(tarn_deque_pop_front((struct tarn_deque *)first, NULL));
	ok(tarn_check(arena, NULL, NULL));
	ring->tail = ring->head - 1;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(CALL(size)(first, &value), TARN_CORRUPT);
	gives(push(first, 2), TARN_CORRUPT);
	ring->tail = ring->head + 2;
	IS(first, 1, 2);
}
END_TEST

static void
scribble(uint64_t dice)
{
	struct tarn_check_options options = { .deadline_ms = 50 };
	struct tarn_root_shm *root = ((struct tarn_object *)first)->root;
	struct tarn_ring_shm *ring = ring_of(first);
	uint64_t *targets[] = { &root->structure, &ring->head, &ring->tail, &ring->slots,
				&ring->blocks[dice / 64 % 8] };
	const uint64_t values[] = { dice >> (dice / 4096 % 64), UINT64_MAX, 8, TARN_RING_MIDDLE + 3000,
				    root->structure + 16, 4096 };
	uint64_t value[8] = { 0 }, got;

	*targets[dice % 5] = values[dice / 5 % 6];
	(void)!tarn_check(arena, &options, NULL);
	(void)!LOOK(first, value);
	(void)!CALL(read)(first, dice % 100, value, 8, &got);
	(void)!push(first, 1);
	(void)!CALL(push_many)(first, value, 8);
	(void)!CALL(pop)(first, value);
	(void)!CALL(pop_many)(first, value, 8, &got);
	(void)!CALL(copy)(second, first);
	(void)!CALL(clear)(first);
	(void)!tarn_object_remove(arena, "s");
}

/* Nothing is promised but that it ends, without a fault. */
START_TEST(bears_whatever_an_arena_says)
{
	for (uint64_t i = 0; i < 100; i++) {
		for (uint64_t at = 0; at < 1500; at++)
			ok(push(first, at));
		scribble(tarn__hash_u64(i, 3));
		CALL(close)(first);
		CALL(close)(second);
		close_maps();
		open_usual();
		open_both();
	}
}
END_TEST

/* In what order elements come and go. */
static void add_own_tests(TCase *tests);

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_both, close_both);
	tcase_add_test(tests, has_a_name_and_a_type);
	tcase_add_loop_test(tests, there_are_types_that_none_has, 0, 7);
	tcase_add_test(tests, has_c_types);
	tcase_add_test(tests, begins_empty);
	add_own_tests(tests);
	tcase_add_test(tests, goes_on_over_many_blocks);
	tcase_add_test(tests, two_are_exchanged_and_copied);
	tcase_add_test(tests, is_not_exchanged_with_a_deque);
	tcase_add_test(tests, a_transaction_sees_what_it_has_changed);
	tcase_add_test(tests, an_aborted_transaction_has_changed_nothing);
	tcase_add_test(tests, a_killed_transaction_is_undone_by_who_comes_next);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, is_read_through_a_mapping_for_reading);
	tcase_add_test(tests, damage_is_found);
	tcase_add_test(tests, bears_whatever_an_arena_says);
}
