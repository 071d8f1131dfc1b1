// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.c -- every call on a hash multiset, and the errors that its
 * card names
 *
 * Each test has an arena without a name, with three multisets of u64, and one
 * of strings.
 */
#define TARN_NAME seen
#define TARN_KEY int32_t
#include <tarn/typed/hashmultiset.h>

#include "unit/hashmap_common.h"

enum { SETS = 3 };

static const struct tarn_type numbers = { TARN_KIND_HASHMULTISET, TARN_KEY_U64, 0, NULL };
static const struct tarn_type strings = { TARN_KIND_HASHMULTISET, TARN_KEY_STRING, 0, NULL };
static struct tarn_hashmultiset *sets[SETS], *lines;

static void
open_all(void)
{
	char name[2] = "0";

	for (unsigned i = 0; i < SETS; i++) {
		name[0] = (char)('0' + i);
		ok(tarn_hashmultiset_open(arena, &sets[i], name, &numbers, TARN_CREATE, NULL));
	}
	ok(tarn_hashmultiset_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
}

static void
close_all(void)
{
	struct tarn_check_report report;

	for (unsigned i = 0; i < SETS; i++)
		tarn_hashmultiset_close(sets[i]);
	tarn_hashmultiset_close(lines);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
put_in(struct tarn_hashmultiset *to, uint64_t key, uint64_t times)
{
	return times == 1 ? tarn_hashmultiset_insert(to, &key, 8)
			  : tarn_hashmultiset_add(to, &key, 8, times);
}

static int
drop(struct tarn_hashmultiset *from, uint64_t key)
{
	return tarn_hashmultiset_erase_one(from, &key, 8);
}

static uint64_t
count_of(struct tarn_hashmultiset *in, uint64_t key)
{
	uint64_t count = 4711;

	ok(tarn_hashmultiset_count(in, &key, 8, &count));
	gives(tarn_hashmultiset_contains(in, &key, 8), count ? 0 : TARN_NOT_FOUND);
	return count;
}

static uint64_t
how_many(struct tarn_hashmultiset *of)
{
	uint64_t size = 4711;
	bool empty;

	ok(tarn_hashmultiset_size(of, &size));
	ok(tarn_hashmultiset_empty(of, &empty));
	ck_assert(empty == !size);
	return size;
}

static bool
are_equal(struct tarn_hashmultiset *one, struct tarn_hashmultiset *two)
{
	bool equal;

	ok(tarn_hashmultiset_equal(one, two, &equal));
	return equal;
}

/* Key n is there n times, from 1 to the last, and nothing else is. */
static void
has_each_as_often(struct tarn_hashmultiset *set, uint64_t last)
{
	struct tarn_hashmultiset_cursor *cursor;
	uint64_t keys = 0, times;
	const void *key;
	size_t size;

	ok(tarn_hashmultiset_cursor_open(set, &cursor));
	for (; !tarn_hashmultiset_cursor_next(cursor, &key, &size, &times); keys++) {
		ck_assert_uint_eq(size, 8);
		ck_assert_uint_eq(*(const uint64_t *)key, times);
		ck_assert_uint_eq(count_of(set, times), times);
	}
	tarn_hashmultiset_cursor_close(cursor);
	ck_assert_uint_eq(keys, last);
	ck_assert_uint_eq(how_many(set), last * (last + 1) / 2);
}

/* ---- tests ------------------------------------------------------------------------------------- */

START_TEST(has_a_kind_and_no_values)
{
	const struct tarn_type types[] = {
		{ TARN_KIND_HASHMULTISET, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_HASHMULTISET, TARN_KEY_NONE, 0, NULL },
		{ TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL },
	};
	struct tarn_hashmultiset *set;

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		gives(tarn_hashmultiset_open(arena, &set, "x", &types[i], TARN_CREATE, NULL), TARN_INVALID);
	gives(tarn_hashmultiset_open(arena, &set, "0", &strings, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "0 is a hashmultiset of u64, not a hashmultiset of string");
	gives(tarn_hashmultiset_open(arena, &set, "map", &numbers, TARN_OPEN, NULL), TARN_TYPE);
}
END_TEST

START_TEST(typed_multiset)
{
	uint64_t count;
	struct seen *seen;

	ok(seen_open(arena, &seen, "seen", TARN_CREATE));
	ok(seen_insert(seen, -3));
	ok(seen_insert(seen, -3));
	ok(seen_count(seen, -3, &count));
	ck_assert_uint_eq(count, 2);
	ok(seen_erase(seen, -3, &count));
	ck_assert_uint_eq(count, 2);
	tarn_hashmultiset_close((struct tarn_hashmultiset *)seen);
}
END_TEST

START_TEST(a_key_is_there_as_often_as_it_was_inserted)
{
	uint64_t key = 3, erased = 4711;

	gives(tarn_hashmultiset_erase(sets[0], &key, 8, &erased), TARN_NOT_FOUND);
	ck_assert_uint_eq(erased, 0);
	for (uint64_t n = 1; n <= 300; n++) {
		for (uint64_t i = 0; i < n; i++)
			ok(put_in(sets[0], n, 1));
	}
	has_each_as_often(sets[0], 300);
	ok(drop(sets[0], 3));
	ok(drop(sets[0], 3));
	ck_assert_uint_eq(count_of(sets[0], 3), 1);
	ok(drop(sets[0], 3));
	gives(drop(sets[0], 3), TARN_NOT_FOUND);
	ck_assert_uint_eq(count_of(sets[0], 3), 0);
	key = 250;
	ok(tarn_hashmultiset_erase(sets[0], &key, 8, &erased));
	ck_assert(erased == 250 && count_of(sets[0], 250) == 0);
	ok(tarn_hashmultiset_clear(sets[0]));
	ck_assert_uint_eq(how_many(sets[0]), 0);
}
END_TEST

START_TEST(a_key_has_a_most)
{
	ok(put_in(sets[0], 1, UINT32_MAX - 1));
	ok(put_in(sets[0], 1, 1));
	gives(put_in(sets[0], 1, 1), TARN_TOO_BIG);
	gives(put_in(sets[0], 2, UINT64_C(1) << 32), TARN_TOO_BIG);
	gives(tarn_hashmultiset_add(sets[0], &(uint64_t){ 2 }, 8, 0), TARN_INVALID);
	gives(tarn_hashmultiset_insert(sets[0], "1234567", 7), TARN_INVALID);
	ck_assert_uint_eq(count_of(sets[0], 1), UINT32_MAX);
	ck_assert_uint_eq(how_many(sets[0]), UINT32_MAX);
	ok(drop(sets[0], 1));
	ck_assert_uint_eq(how_many(sets[0]), UINT32_MAX - 1);
}
END_TEST

START_TEST(many_keys_are_answered_one_by_one)
{
	uint64_t keys[] = { 1, 2, 1, 3, 1 }, absent[] = { 1, 9, 3 }, counts[5], erased;
	struct tarn_bytes texts_in[] = { { "a", 1 }, { "b", 1 }, { "a", 1 } };
	int codes[5];

	ok(tarn_hashmultiset_insert_many(sets[0], keys, 8, 5, codes));
	ok(tarn_hashmultiset_count_many(sets[0], keys, 8, 5, counts, NULL));
	ck_assert(counts[0] == 3 && counts[1] == 1 && counts[4] == 3);
	gives(tarn_hashmultiset_erase_many(sets[0], absent, 8, 3, &erased, codes), TARN_NOT_FOUND);
	ck_assert(erased == 4 && !codes[0] && codes[1] == TARN_NOT_FOUND && !codes[2]);
	ok(tarn_hashmultiset_insert_many(lines, texts_in, TARN_SEPARATE, 3, NULL));
	ck_assert_uint_eq(how_many(lines), 3);
}
END_TEST

START_TEST(room_is_made_and_given_back)
{
	ok(tarn_hashmultiset_reserve(sets[0], 5000));
	for (uint64_t key = 1; key <= 5000; key++)
		ok(put_in(sets[0], key, key));
	for (uint64_t key = 11; key <= 5000; key++)
		ok(tarn_hashmultiset_erase(sets[0], &key, 8, NULL));
	ok(tarn_hashmultiset_shrink_to_fit(sets[0]));
	has_each_as_often(sets[0], 10);
}
END_TEST

START_TEST(multisets_are_exchanged_copied_and_compared)
{
	for (uint64_t key = 1; key <= 1000; key++)
		ok(put_in(sets[0], key, key));
	ok(tarn_hashmultiset_swap(sets[0], sets[1]));
	has_each_as_often(sets[1], 1000);
	ok(tarn_hashmultiset_copy(sets[2], sets[1]));
	has_each_as_often(sets[2], 1000);
	ck_assert(are_equal(sets[1], sets[2]) && !are_equal(sets[0], sets[1]));
	ok(put_in(sets[2], 7, 1));
	ck_assert(!are_equal(sets[1], sets[2]) && !are_equal(sets[2], sets[1]));
	gives(tarn_hashmultiset_swap(sets[0], lines), TARN_TYPE);
	gives(tarn_hashmultiset_copy(sets[0], lines), TARN_TYPE);
	gives(tarn_hashmultiset_equal(sets[0], lines, &(bool){ false }), TARN_TYPE);
}
END_TEST

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_object *object = tarn_hashmultiset_object(sets[0]);
	struct tarn_hashmultiset *in;
	struct tarn_txn *txn;
	uint64_t key = 9;

	for (uint64_t n = 1; n <= 10; n++)
		ok(put_in(sets[0], n, n));
	for (int committed = 0; committed < 2; committed++) {
		ok(tarn_txn_begin(arena, &txn, &object, 1));
		in = tarn_hashmultiset_in(sets[0], txn);
		gives(put_in(sets[0], 1, 1), TARN_IN_TXN);
		ok(put_in(in, 11, 5));
		ok(put_in(in, 11, 6));
		ok(drop(in, 1));
		ok(put_in(in, 1, 1));
		ok(tarn_hashmultiset_erase(in, &key, 8, NULL));
		ck_assert(count_of(in, 11) == 11 && count_of(in, 9) == 0);
		ok(put_in(in, 9, 9));
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		has_each_as_often(sets[0], committed ? 11 : 10);
	}
}
END_TEST

static void
add_all(void)
{
	for (unsigned i = 0; i < 1000; i++)
		must(put_in(sets[0], i % 10, 1));
}

START_TEST(others_count_too)
{
	struct peer peers[3];

	for (unsigned i = 0; i < 3; i++)
		peers[i] = start_peer(add_all);
	for (unsigned i = 0; i < 3; i++)
		join(&peers[i]);
	for (uint64_t key = 0; key < 10; key++)
		ck_assert_uint_eq(count_of(sets[0], key), 300);
	ck_assert_uint_eq(how_many(sets[0]), 3000);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_all, close_all);
	tcase_add_test(tests, has_a_kind_and_no_values);
	tcase_add_test(tests, typed_multiset);
	tcase_add_test(tests, a_key_is_there_as_often_as_it_was_inserted);
	tcase_add_test(tests, a_key_has_a_most);
	tcase_add_test(tests, many_keys_are_answered_one_by_one);
	tcase_add_test(tests, room_is_made_and_given_back);
	tcase_add_test(tests, multisets_are_exchanged_copied_and_compared);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, others_count_too);
}

int
main(void)
{
	return run_tests("hashmultiset", add_tests);
}
