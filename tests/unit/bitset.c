// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- every call on a bitset, of both sorts, and the errors its card
 * names
 *
 * From outside, by <tarn.h> alone, but for the last tests, which scribble.
 */
#include "container/bitset_layout.h"
#include "txn/object.h"

#include "unit/hashmap_common.h"

#define BITS UINT64_C(200)

static struct tarn_bitset *bitset, *second, *bare;

static void
open_bitsets(void)
{
	ok(tarn_bitset_open(arena, &bitset, "s", TARN_TRANSACTIONAL, BITS, TARN_CREATE, NULL));
	ok(tarn_bitset_open(arena, &second, "t", TARN_TRANSACTIONAL, BITS, TARN_CREATE, NULL));
	ok(tarn_bitset_open(arena, &bare, "a", TARN_ATOMIC, BITS, TARN_CREATE, NULL));
}

static void
close_handles(void)
{
	tarn_bitset_close(bitset);
	tarn_bitset_close(second);
	tarn_bitset_close(bare);
}

static void
close_bitsets(void)
{
	struct tarn_check_report report;

	close_handles();
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

static struct tarn_bitset *
sort(int atomic)
{
	return atomic ? bare : bitset;
}

static uint64_t
count(struct tarn_bitset *of)
{
	uint64_t n = 4711;

	ok(tarn_bitset_count(of, &n));
	return n;
}

static uint64_t
size(struct tarn_bitset *of)
{
	uint64_t bits = 4711;

	ok(tarn_bitset_size(of, &bits));
	return bits;
}

static bool
at(struct tarn_bitset *of, uint64_t index)
{
	bool value = false;

	ok(tarn_bitset_test(of, index, &value));
	return value;
}

/* The bits that are 1 are these, and no others. */
static void
has_exactly(struct tarn_bitset *of, const uint64_t *expected, uint64_t n)
{
	uint64_t index, from = 0;

	for (uint64_t i = 0; i < n; i++, from = index + 1) {
		ok(tarn_bitset_find_next(of, from, &index));
		ck_assert_uint_eq(index, expected[i]);
		ck_assert(at(of, index));
	}
	gives(tarn_bitset_find_next(of, from, &index), TARN_NOT_FOUND);
	ck_assert_uint_eq(count(of), n);
}

#define HAS(of, ...)                                                                               \
	has_exactly(of, (uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

START_TEST(has_a_name_and_a_sort)
{
	struct tarn_bitset *opened;
	bool created = true;

	ok(tarn_bitset_open(arena, &opened, "s", TARN_TRANSACTIONAL, 7, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ck_assert_uint_eq(size(opened), BITS);
	tarn_bitset_close(opened);
	gives(tarn_bitset_open(arena, &opened, "a", TARN_TRANSACTIONAL, 1, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "a is an atomic bitset, not a bitset");
	ck_assert_ptr_null(opened);
	gives(tarn_bitset_open(arena, &opened, "x", (enum tarn_sort)7, 1, TARN_CREATE, NULL), TARN_INVALID);
	gives(tarn_bitset_open(arena, &opened, "x", TARN_ATOMIC, UINT64_MAX, TARN_CREATE, NULL),
	      TARN_TOO_BIG);
	gives(tarn_bitset_open(arena, &opened, "x", TARN_ATOMIC, 1, TARN_OPEN, NULL), TARN_NOT_FOUND);
}
END_TEST

START_TEST(begins_with_zeros)
{
	struct tarn_bitset *of = sort(_i);
	bool is = true;
	uint64_t index;

	ck_assert_uint_eq(size(of), BITS);
	ck_assert_uint_eq(count(of), 0);
	gives(tarn_bitset_find_first(of, &index), TARN_NOT_FOUND);
	ok(tarn_bitset_any(of, &is));
	ck_assert(!is);
	ok(tarn_bitset_none(of, &is));
	ck_assert(is);
	ok(tarn_bitset_all(of, &is));
	ck_assert(!is);
}
END_TEST

START_TEST(bits_keep_their_places)
{
	struct tarn_bitset *of = sort(_i);
	bool is = true;

	ok(tarn_bitset_set(of, 0));
	ok(tarn_bitset_set(of, 63));
	ok(tarn_bitset_flip(of, 64));
	ok(tarn_bitset_test_and_set(of, 199, &is));
	ck_assert(!is);
	HAS(of, 0, 63, 64, 199);
	ok(tarn_bitset_test_and_set(of, 199, &is));
	ck_assert(is);
	ok(tarn_bitset_reset(of, 63));
	ok(tarn_bitset_reset(of, 62));
	ok(tarn_bitset_flip(of, 64));
	ok(tarn_bitset_set(of, 128));
	HAS(of, 0, 128, 199);
	ok(tarn_bitset_any(of, &is));
	ck_assert(is);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	struct tarn_bitset *of = sort(_i);
	uint64_t index;
	bool is;

	gives(tarn_bitset_test(of, BITS, &is), TARN_NOT_FOUND);
	gives(tarn_bitset_set(of, BITS), TARN_NOT_FOUND);
	gives(tarn_bitset_reset(of, UINT64_MAX), TARN_NOT_FOUND);
	gives(tarn_bitset_flip(of, BITS + 64), TARN_NOT_FOUND);
	gives(tarn_bitset_test_and_set(of, BITS, &is), TARN_NOT_FOUND);
	gives(tarn_bitset_find_next(of, UINT64_MAX, &index), TARN_NOT_FOUND);
	gives(tarn_bitset_set_range(bitset, BITS + 1, 0, true), TARN_NOT_FOUND);
	gives(tarn_bitset_set_range(bitset, 1, BITS, true), TARN_NOT_FOUND);
	ck_assert_uint_eq(count(of), 0);
}
END_TEST

START_TEST(ranges_change_in_one_step)
{
	bool all;

	ok(tarn_bitset_set_range(bitset, 3, 2, true));
	HAS(bitset, 3, 4);
	ok(tarn_bitset_set_range(bitset, 0, TARN_BITSET_END, true));
	ok(tarn_bitset_all(bitset, &all));
	ck_assert(all);
	ck_assert_uint_eq(count(bitset), BITS);
	ok(tarn_bitset_set_range(bitset, 2, 196, false));
	HAS(bitset, 0, 1, 198, 199);
	ok(tarn_bitset_set_range(bitset, 1, 0, true));
	ok(tarn_bitset_set_range(bitset, 63, 2, true));
	HAS(bitset, 0, 1, 63, 64, 198, 199);
	ok(tarn_bitset_set_range(bitset, 199, TARN_BITSET_END, false));
	HAS(bitset, 0, 1, 63, 64, 198);
}
END_TEST

START_TEST(grows_and_shrinks)
{
	bool all;

	ok(tarn_bitset_set_range(bitset, 0, TARN_BITSET_END, true));
	ok(tarn_bitset_resize(bitset, 100000));
	ck_assert_uint_eq(size(bitset), 100000);
	ck_assert_uint_eq(count(bitset), BITS);
	ok(tarn_bitset_set(bitset, 99999));
	ok(tarn_bitset_resize(bitset, 70));
	ck_assert_uint_eq(count(bitset), 70);
	ok(tarn_bitset_all(bitset, &all));
	ck_assert(all);
	ok(tarn_bitset_resize(bitset, 128)); /* what was cut off comes back as zeros */
	ck_assert_uint_eq(count(bitset), 70);
	ok(tarn_bitset_resize(bitset, 0));
	ck_assert_uint_eq(size(bitset), 0);
	ok(tarn_bitset_all(bitset, &all));
	ck_assert(all);
	ok(tarn_bitset_resize(bitset, 5000000));
	ok(tarn_bitset_set_range(bitset, 1, 4999998, true)); /* more than the log takes */
	ck_assert_uint_eq(count(bitset), 4999998);
	gives(tarn_bitset_resize(bitset, UINT64_MAX), TARN_TOO_BIG);
	gives(tarn_bitset_resize(bitset, UINT64_C(1) << 31), TARN_TOO_BIG);
	ck_assert_uint_eq(count(bitset), 4999998);
}
END_TEST

static void
set_some(void)
{
	ok(tarn_bitset_set_range(bitset, 10, 100, true));
	ok(tarn_bitset_set_range(second, 100, 50, true));
}

START_TEST(two_are_combined)
{
	set_some();
	ok(tarn_bitset_and(bitset, second));
	ck_assert_uint_eq(count(bitset), 10);
	ck_assert(at(bitset, 100) && at(bitset, 109) && !at(bitset, 99) && !at(bitset, 110));
	set_some();
	ok(tarn_bitset_or(bitset, second));
	ck_assert_uint_eq(count(bitset), 140);
	ck_assert(at(bitset, 10) && at(bitset, 149) && !at(bitset, 150));
	ok(tarn_bitset_xor(bitset, second));
	ck_assert_uint_eq(count(bitset), 90);
	ck_assert(at(bitset, 10) && at(bitset, 99) && !at(bitset, 100) && !at(bitset, 149));
	ck_assert_uint_eq(count(second), 50);
	ok(tarn_bitset_xor(bitset, bitset));
	ck_assert_uint_eq(count(bitset), 0);
	ok(tarn_bitset_resize(second, BITS + 1));
	gives(tarn_bitset_or(bitset, second), TARN_TYPE);
}
END_TEST

START_TEST(an_atomic_one_changes_bit_by_bit)
{
	gives(tarn_bitset_set_range(bare, 0, 2, true), TARN_TYPE);
	gives(tarn_bitset_resize(bare, 3), TARN_TYPE);
	gives(tarn_bitset_or(bare, bitset), TARN_TYPE);
	gives(tarn_bitset_or(bitset, bare), TARN_TYPE);
	gives(tarn_bitset_and(bitset, bare), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "an atomic bitset is changed bit by bit");
	ck_assert_uint_eq(count(bare), 0);
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	struct tarn_bitset *of = sort(_i);
	uint64_t n;

	ok(tarn_object_remove(arena, _i ? "a" : "s"));
	gives(tarn_bitset_count(of, &n), TARN_REMOVED);
	gives(tarn_bitset_set(of, 1), TARN_REMOVED);
	gives(tarn_bitset_flip(of, 1), TARN_REMOVED);
}
END_TEST

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena *again = attach(true);
	struct tarn_bitset *opened;

	ok(tarn_bitset_set(sort(_i), 70));
	ok(tarn_bitset_open(again, &opened, _i ? "a" : "s", _i ? TARN_ATOMIC : TARN_TRANSACTIONAL, 0,
			    TARN_OPEN, NULL));
	HAS(opened, 70);
	gives(tarn_bitset_set(opened, 1), TARN_READ_ONLY);
	tarn_bitset_close(opened);
	tarn_arena_close(again);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

static struct tarn_bitset *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { tarn_bitset_object(second), tarn_bitset_object(bitset) };

	ok(tarn_txn_begin(arena, txn, objects, 2));
	return tarn_bitset_in(bitset, *txn);
}

static void
change_in(struct tarn_bitset *in, struct tarn_txn *txn)
{
	bool before;

	ok(tarn_bitset_set(in, 1));
	ok(tarn_bitset_test_and_set(in, 1, &before));
	ck_assert(before);
	ok(tarn_bitset_set_range(in, 60, 80, true));
	ok(tarn_bitset_resize(in, 300));
	ok(tarn_bitset_flip(in, 299));
	ok(tarn_bitset_resize(in, BITS));
	ok(tarn_bitset_and(in, tarn_bitset_in(second, txn)));
	ok(tarn_bitset_set(in, 199));
	gives(tarn_bitset_or(in, second), TARN_INVALID);
	gives(tarn_bitset_set(in, BITS), TARN_NOT_FOUND);
}

START_TEST(a_transaction_sees_what_it_has_changed)
{
	struct tarn_txn *txn;
	struct tarn_bitset *in;

	ok(tarn_bitset_set_range(second, 138, 10, true));
	in = begin(&txn);
	change_in(in, txn);
	HAS(in, 138, 139, 199);
	ok(tarn_txn_commit(txn));
	HAS(bitset, 138, 139, 199);
}
END_TEST

START_TEST(an_aborted_transaction_has_changed_nothing)
{
	struct tarn_txn *txn;
	struct tarn_bitset *in;

	ok(tarn_bitset_set(bitset, 5));
	in = begin(&txn);
	change_in(in, txn);
	tarn_txn_abort(txn);
	HAS(bitset, 5);
	ck_assert_uint_eq(size(bitset), BITS);
}
END_TEST

START_TEST(no_transaction_can_have_an_atomic_one)
{
	struct tarn_object *objects[] = { tarn_bitset_object(bare) };
	struct tarn_txn *txn;

	gives(tarn_txn_begin(arena, &txn, objects, 1), TARN_TYPE);
	ck_assert_ptr_null(txn);
	ok(tarn_bitset_set(bare, 1));
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

static uint64_t *
area_of(struct tarn_bitset *of)
{
	struct tarn_root_shm *root = ((struct tarn_object *)of)->root;

	return tarn_pointer(arena, root->structure, 64);
}

START_TEST(damage_is_found)
{
	uint64_t *elements = area_of(sort(_i)) + 8, n;

	elements[4] |= UINT64_C(1) << 8; /* bit 200 */
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	elements[4] = 0;
	elements[0] = 1000;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(tarn_bitset_count(sort(_i), &n), TARN_CORRUPT);
	gives(tarn_bitset_set(sort(_i), 1), TARN_CORRUPT);
	elements[0] = BITS;
	ok(tarn_bitset_set(sort(_i), 1));
}
END_TEST

static void
scribble(uint64_t round)
{
	const uint64_t values[] = { UINT64_MAX, 0, 8, BITS + 64, UINT64_C(1) << 60 };
	struct tarn_bitset *of = sort(round % 2);
	uint64_t *area = area_of(of), index;
	uint64_t *targets[] = { &area[0], &area[1], &area[8], &((struct tarn_object *)of)->root->structure };
	struct tarn_check_options options = { .deadline_ms = 50 };
	bool is;

	*targets[round / 2 % 4] = values[round / 8 % 5];
	(void)!tarn_check(arena, &options, NULL);
	(void)!tarn_bitset_test(of, 100, &is);
	(void)!tarn_bitset_find_next(of, 1, &index);
	(void)!tarn_bitset_count(of, &index);
	(void)!tarn_bitset_set(of, 100);
	(void)!tarn_bitset_set(of, BITS + 10);
	(void)!tarn_bitset_set_range(of, 1, TARN_BITSET_END, true);
	(void)!tarn_bitset_xor(of, of == bitset ? second : of);
	(void)!tarn_bitset_resize(of, 400);
}

/* Nothing is promised but that it ends, without a fault. */
START_TEST(bears_whatever_an_arena_says)
{
	for (uint64_t round = 0; round < 40; round++) {
		scribble(round);
		close_handles();
		close_maps();
		open_usual();
		open_bitsets();
	}
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_bitsets, close_bitsets);
	tcase_add_test(tests, has_a_name_and_a_sort);
	tcase_add_loop_test(tests, begins_with_zeros, 0, 2);
	tcase_add_loop_test(tests, bits_keep_their_places, 0, 2);
	tcase_add_loop_test(tests, what_is_not_there_is_not_found, 0, 2);
	tcase_add_test(tests, ranges_change_in_one_step);
	tcase_add_test(tests, grows_and_shrinks);
	tcase_add_test(tests, two_are_combined);
	tcase_add_test(tests, an_atomic_one_changes_bit_by_bit);
	tcase_add_loop_test(tests, a_handle_on_what_was_removed_says_so, 0, 2);
	tcase_add_loop_test(tests, is_read_through_a_mapping_for_reading, 0, 2);
	tcase_add_test(tests, a_transaction_sees_what_it_has_changed);
	tcase_add_test(tests, an_aborted_transaction_has_changed_nothing);
	tcase_add_test(tests, no_transaction_can_have_an_atomic_one);
	tcase_add_loop_test(tests, damage_is_found, 0, 2);
	tcase_add_test(tests, bears_whatever_an_arena_says);
}

int
main(void)
{
	return run_tests("bitset", add_tests);
}
