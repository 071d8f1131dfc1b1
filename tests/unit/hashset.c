// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.c -- every call on a set, and what is a set's own
 *
 * What sets have from maps (readers that are interrupted, splits, room) is
 * tested there; here is what their users see.
 */
#define TARN_NAME ids
#define TARN_KEY int32_t
#include <tarn/typed/hashset.h>

#include "unit/hashmap_common.h"

enum { SETS = 3 };

static const struct tarn_type numbers = { TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL };
static const struct tarn_type strings = { TARN_KIND_HASHSET, TARN_KEY_STRING, 0, NULL };
static struct tarn_hashset *sets[SETS], *lines;

static void
open_sets(void)
{
	char name[2] = "0";

	for (unsigned i = 0; i < SETS; i++) {
		name[0] = (char)('0' + i);
		ok(tarn_hashset_open(arena, &sets[i], name, &numbers, TARN_CREATE, NULL));
	}
	ok(tarn_hashset_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
}

static void
close_sets(void)
{
	struct tarn_check_report report;

	for (unsigned i = 0; i < SETS; i++)
		tarn_hashset_close(sets[i]);
	tarn_hashset_close(lines);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static void
insert_keys(struct tarn_hashset *to, uint64_t first, uint64_t last, uint64_t step)
{
	for (uint64_t key = first; key <= last; key += step)
		ok(tarn_hashset_insert(to, &key, 8));
}

/* Exactly these keys, by every call that looks. */
static void
has_exactly(struct tarn_hashset *set, uint64_t first, uint64_t last, uint64_t step)
{
	struct tarn_hashset_cursor *cursor;
	uint64_t count = 0, size = 4711;
	const void *key;
	size_t key_size;
	bool empty;

	ok(tarn_hashset_cursor_open(set, &cursor));
	while (!tarn_hashset_cursor_next(cursor, &key, &key_size)) {
		uint64_t word = *(const uint64_t *)key;

		ck_assert_uint_eq(key_size, 8);
		ck_assert(word >= first && word <= last && (word - first) % step == 0);
		ok(tarn_hashset_contains(set, &word, 8));
		count++;
	}
	tarn_hashset_cursor_close(cursor);
	ck_assert_uint_eq(count, first > last ? 0 : (last - first) / step + 1);
	ok(tarn_hashset_size(set, &size));
	ck_assert_uint_eq(size, count);
	ok(tarn_hashset_empty(set, &empty));
	ck_assert(empty == !count);
}

static bool
are_equal(struct tarn_hashset *one, struct tarn_hashset *two)
{
	bool equal;

	ok(tarn_hashset_equal(one, two, &equal));
	return equal;
}

static bool
is_in(struct tarn_hashset *one, struct tarn_hashset *of)
{
	bool subset;

	ok(tarn_hashset_is_subset(one, of, &subset));
	return subset;
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_kind_and_no_values)
{
	const struct tarn_type types[] = {
		{ TARN_KIND_HASHSET, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_HASHSET, TARN_KEY_NONE, 0, NULL },
		{ TARN_KIND_HASHMAP, TARN_KEY_U64, 0, NULL },
	};
	struct tarn_hashset *set;
	struct tarn_hashmap *as_map;

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		gives(tarn_hashset_open(arena, &set, "x", &types[i], TARN_CREATE, NULL), TARN_INVALID);
	gives(tarn_hashset_open(arena, &set, "0", &strings, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "0 is a hashset of u64, not a hashset of string");
	gives(tarn_hashmap_open(arena, &as_map, "0", &words, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_hashset_open(arena, &set, "map", &numbers, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_hashset_open(arena, &set, "x", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
	ck_assert_ptr_null(set);
}
END_TEST

START_TEST(has_a_type_of_c)
{
	struct ids *ids;

	ok(ids_open(arena, &ids, "ids", TARN_CREATE));
	ok(ids_insert(ids, -7));
	gives(ids_insert(ids, -7), TARN_EXISTS);
	ok(ids_contains(ids, -7));
	gives(ids_contains(ids, 7), TARN_NOT_FOUND);
	ok(ids_erase(ids, -7));
	gives(ids_contains(ids, -7), TARN_NOT_FOUND);
	tarn_hashset_close((struct tarn_hashset *)ids);
}
END_TEST

/* ---- keys -------------------------------------------------------------------------------------- */

START_TEST(a_key_is_there_once_or_not_at_all)
{
	uint64_t key = 5;

	has_exactly(sets[0], 1, 0, 1);
	ok(tarn_hashset_insert(sets[0], &key, 8));
	gives(tarn_hashset_insert(sets[0], &key, 8), TARN_EXISTS);
	has_exactly(sets[0], 5, 5, 1);
	ok(tarn_hashset_erase(sets[0], &key, 8));
	gives(tarn_hashset_erase(sets[0], &key, 8), TARN_NOT_FOUND);
	gives(tarn_hashset_insert(sets[0], &key, 4), TARN_INVALID);
	gives(tarn_hashset_contains(sets[0], &key, 7), TARN_INVALID);
	insert_keys(sets[0], 0, 20000, 1);
	has_exactly(sets[0], 0, 20000, 1);
	ok(tarn_hashset_clear(sets[0]));
	has_exactly(sets[0], 1, 0, 1);
}
END_TEST

START_TEST(keys_are_strings_of_any_length)
{
	static char long_key[5000];

	memset(long_key, 'x', sizeof(long_key));
	for (size_t size = 0; size < sizeof(long_key); size += 7)
		ok(tarn_hashset_insert(lines, long_key, size));
	for (size_t size = 0; size < sizeof(long_key); size++)
		gives(tarn_hashset_contains(lines, long_key, size), size % 7 ? TARN_NOT_FOUND : 0);
	for (size_t size = 0; size < sizeof(long_key); size += 14)
		ok(tarn_hashset_erase(lines, long_key, size));
	gives(tarn_hashset_contains(lines, long_key, 14), TARN_NOT_FOUND);
	ok(tarn_hashset_contains(lines, long_key, 7));
	ok(tarn_hashset_shrink_to_fit(lines));
	ok(tarn_hashset_contains(lines, long_key, 21));
}
END_TEST

START_TEST(many_keys_are_answered_one_by_one)
{
	uint64_t keys[100];
	int codes[100];

	for (unsigned i = 0; i < 100; i++)
		keys[i] = i;
	insert_keys(sets[0], 10, 19, 1);
	gives(tarn_hashset_contains_many(sets[0], keys, 8, 100, codes), TARN_NOT_FOUND);
	for (unsigned i = 0; i < 100; i++)
		gives(codes[i], i / 10 == 1 ? 0 : TARN_NOT_FOUND);
	gives(tarn_hashset_insert_many(sets[0], keys, 8, 50, codes), TARN_EXISTS);
	for (unsigned i = 0; i < 50; i++)
		gives(codes[i], i / 10 == 1 ? TARN_EXISTS : 0);
	has_exactly(sets[0], 0, 49, 1);
	ok(tarn_hashset_contains_many(sets[0], keys, 8, 50, NULL));
	gives(tarn_hashset_erase_many(sets[0], keys + 40, 8, 20, codes), TARN_NOT_FOUND);
	has_exactly(sets[0], 0, 39, 1);
	ok(tarn_hashset_erase_many(sets[0], keys, 8, 40, NULL));
	ok(tarn_hashset_insert_many(sets[0], keys, 8, 100, NULL));
	gives(tarn_hashset_insert_many(sets[0], keys, 4, 2, NULL), TARN_INVALID);
}
END_TEST

START_TEST(many_strings_are_answered_one_by_one)
{
	struct tarn_bytes keys[] = { { "one", 3 }, { "two", 3 }, { "", 0 } };
	int codes[3];

	ok(tarn_hashset_insert(lines, "two", 3));
	gives(tarn_hashset_insert_many(lines, keys, TARN_SEPARATE, 3, codes), TARN_EXISTS);
	gives(codes[1], TARN_EXISTS);
	ok(tarn_hashset_contains_many(lines, keys, TARN_SEPARATE, 3, codes));
	ok(tarn_hashset_erase_many(lines, keys, TARN_SEPARATE, 3, codes));
}
END_TEST

/* Of some no byte may be read: none is there. */
START_TEST(sizes_of_many_keys_are_looked_at_first)
{
	const struct tarn_type pairs = { .kind = TARN_KIND_HASHSET, .key = TARN_KEY_BYTES, .key_size = 16 };
	struct tarn_bytes keys[] = { { "one", 3 }, { NULL, SIZE_MAX / 2 }, { "two", 3 } };
	struct tarn_bytes wrong[] = { { NULL, 17 }, { "sixteen bytes...", 16 } };
	struct tarn_hashset *set;
	int codes[3];

	gives(tarn_hashset_insert_many(lines, keys, TARN_SEPARATE, 3, codes), TARN_TOO_BIG);
	ok(codes[0]);
	gives(codes[1], TARN_TOO_BIG);
	ok(codes[2]);
	ok(tarn_hashset_open(arena, &set, "pairs", &pairs, TARN_CREATE, NULL));
	gives(tarn_hashset_insert_many(set, wrong, TARN_SEPARATE, 2, codes), TARN_INVALID);
	gives(codes[0], TARN_INVALID);
	ok(codes[1]);
	tarn_hashset_close(set);
}
END_TEST

/* ---- whole sets -------------------------------------------------------------------------------- */

START_TEST(room_is_made_and_given_back)
{
	ok(tarn_hashset_reserve(sets[0], 10000));
	insert_keys(sets[0], 0, 999, 1);
	ok(tarn_hashset_shrink_to_fit(sets[0]));
	has_exactly(sets[0], 0, 999, 1);
}
END_TEST

START_TEST(sets_are_exchanged_and_copied)
{
	insert_keys(sets[0], 0, 2999, 1);
	ok(tarn_hashset_swap(sets[0], sets[1]));
	has_exactly(sets[0], 1, 0, 1);
	has_exactly(sets[1], 0, 2999, 1);
	ok(tarn_hashset_copy(sets[2], sets[1]));
	ck_assert(are_equal(sets[1], sets[2]));
	ok(tarn_hashset_erase(sets[2], &(uint64_t){ 7 }, 8));
	ck_assert(!are_equal(sets[1], sets[2]));
	has_exactly(sets[1], 0, 2999, 1);
	gives(tarn_hashset_swap(sets[0], lines), TARN_TYPE);
	gives(tarn_hashset_copy(sets[0], lines), TARN_TYPE);
	gives(tarn_hashset_copy(sets[0], (struct tarn_hashset *)map), TARN_TYPE);
}
END_TEST

START_TEST(a_subset_has_nothing_of_its_own)
{
	ck_assert(is_in(sets[0], sets[1]));
	insert_keys(sets[0], 0, 100, 10);
	insert_keys(sets[1], 0, 100, 5);
	ck_assert(is_in(sets[0], sets[1]) && !is_in(sets[1], sets[0]));
	ck_assert(is_in(sets[0], sets[0]) && is_in(sets[2], sets[0]));
	insert_keys(sets[0], 101, 101, 1);
	ck_assert(!is_in(sets[0], sets[1]));
	gives(tarn_hashset_is_subset(sets[0], lines, &(bool){ false }), TARN_TYPE);
}
END_TEST

/* ---- algebra ----------------------------------------------------------------------------------- */

START_TEST(algebra_makes_a_third)
{
	insert_keys(sets[0], 0, 6000, 2);
	insert_keys(sets[1], 0, 6000, 3);
	insert_keys(sets[2], 1, 500, 1);
	ok(tarn_hashset_intersection(sets[2], sets[0], sets[1]));
	has_exactly(sets[2], 0, 6000, 6);
	ok(tarn_hashset_intersection(sets[2], sets[1], sets[0]));
	has_exactly(sets[2], 0, 6000, 6);
	ok(tarn_hashset_union(sets[2], sets[0], sets[1]));
	ck_assert(is_in(sets[0], sets[2]) && is_in(sets[1], sets[2]));
	ok(tarn_hashset_difference(sets[2], sets[2], sets[0]));
	has_exactly(sets[2], 3, 6000, 6);
	has_exactly(sets[0], 0, 6000, 2);
	has_exactly(sets[1], 0, 6000, 3);
	ok(tarn_hashset_difference(sets[2], sets[0], sets[0]));
	has_exactly(sets[2], 1, 0, 1);
	gives(tarn_hashset_union(sets[2], sets[0], lines), TARN_TYPE);
	gives(tarn_hashset_intersection(lines, sets[0], sets[1]), TARN_TYPE);
}
END_TEST

START_TEST(the_result_may_be_one_of_the_two)
{
	insert_keys(sets[0], 0, 3000, 2);
	insert_keys(sets[1], 1, 3001, 2);
	ok(tarn_hashset_union(sets[0], sets[0], sets[1]));
	has_exactly(sets[0], 0, 3001, 1);
	ok(tarn_hashset_intersection(sets[0], sets[0], sets[1]));
	ck_assert(are_equal(sets[0], sets[1]));
	ok(tarn_hashset_difference(sets[1], sets[0], sets[1]));
	has_exactly(sets[1], 1, 0, 1);
	ok(tarn_hashset_union(sets[0], sets[0], sets[0]));
	has_exactly(sets[0], 1, 3001, 2);
}
END_TEST

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_object *objects[SETS];
	struct tarn_hashset *in[SETS];
	struct tarn_txn *txn;

	insert_keys(sets[0], 0, 30, 1);
	insert_keys(sets[1], 20, 40, 1);
	for (unsigned i = 0; i < SETS; i++)
		objects[i] = tarn_hashset_object(sets[i]);
	for (int committed = 0; committed < 2; committed++) {
		ok(tarn_txn_begin(arena, &txn, objects, SETS));
		for (unsigned i = 0; i < SETS; i++)
			in[i] = tarn_hashset_in(sets[i], txn);
		gives(tarn_hashset_insert(sets[0], &(uint64_t){ 99 }, 8), TARN_IN_TXN);
		ok(tarn_hashset_erase(in[0], &(uint64_t){ 30 }, 8));
		ok(tarn_hashset_intersection(in[2], sets[0], in[1]));
		has_exactly(in[2], 20, 29, 1);
		ok(tarn_hashset_difference(in[0], in[0], in[2]));
		ok(tarn_hashset_swap(in[0], in[2]));
		ok(tarn_hashset_clear(in[1]));
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		if (committed)
			break;
		has_exactly(sets[0], 0, 30, 1);
		has_exactly(sets[1], 20, 40, 1);
		has_exactly(sets[2], 1, 0, 1);
	}
	has_exactly(sets[0], 20, 29, 1);
	has_exactly(sets[1], 1, 0, 1);
	has_exactly(sets[2], 0, 19, 1);
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	uint64_t key = 1, size;

	ok(tarn_object_remove(arena, "0"));
	gives(tarn_hashset_insert(sets[0], &key, 8), TARN_REMOVED);
	gives(tarn_hashset_contains(sets[0], &key, 8), TARN_REMOVED);
	gives(tarn_hashset_size(sets[0], &size), TARN_REMOVED);
	gives(tarn_hashset_reserve(sets[0], 5), TARN_REMOVED);
	gives(tarn_hashset_shrink_to_fit(sets[0]), TARN_REMOVED);
	gives(tarn_hashset_union(sets[1], sets[0], sets[2]), TARN_REMOVED);
	gives(tarn_hashset_union(sets[0], sets[1], sets[2]), TARN_REMOVED);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_sets, close_sets);
	tcase_add_test(tests, has_a_kind_and_no_values);
	tcase_add_test(tests, has_a_type_of_c);
	tcase_add_test(tests, a_key_is_there_once_or_not_at_all);
	tcase_add_test(tests, keys_are_strings_of_any_length);
	tcase_add_test(tests, many_keys_are_answered_one_by_one);
	tcase_add_test(tests, many_strings_are_answered_one_by_one);
	tcase_add_test(tests, sizes_of_many_keys_are_looked_at_first);
	tcase_add_test(tests, room_is_made_and_given_back);
	tcase_add_test(tests, sets_are_exchanged_and_copied);
	tcase_add_test(tests, a_subset_has_nothing_of_its_own);
	tcase_add_test(tests, algebra_makes_a_third);
	tcase_add_test(tests, the_result_may_be_one_of_the_two);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
}

int
main(void)
{
	return run_tests("hashset", add_tests);
}
