// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- every call on an ordered multiset
 *
 * What multisets have from multimaps (names of entries, how keys are written)
 * is tested there; here is what their users see.
 */
#define TARN_NAME marks
#define TARN_KEY int16_t
#include <tarn/typed/multiset.h>

#include "unit/hashmap_common.h"

enum { SETS = 3, ROOM = 400 };

static const struct tarn_type numbers = { TARN_KIND_MULTISET, TARN_KEY_U64, 0, NULL };
static const struct tarn_type strings = { TARN_KIND_MULTISET, TARN_KEY_STRING, 0, NULL };
static struct tarn_multiset *sets[SETS], *lines;

static void
open_sets(void)
{
	char name[2] = "0";

	for (unsigned i = 0; i < SETS; i++) {
		name[0] = (char)('0' + i);
		ok(tarn_multiset_open(arena, &sets[i], name, &numbers, TARN_CREATE, NULL));
	}
	ok(tarn_multiset_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
}

static void
close_sets(void)
{
	struct tarn_check_report report;

	for (unsigned i = 0; i < SETS; i++)
		tarn_multiset_close(sets[i]);
	tarn_multiset_close(lines);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

/* So many times. */
static void
add_key(struct tarn_multiset *to, uint64_t key, unsigned times)
{
	for (; times; times--)
		ok(tarn_multiset_insert(to, &key, 8, NULL));
}

/* Each key from 0 on has so many entries, by every call that looks, and there are no others. */
static void
has_exactly(struct tarn_multiset *set, const unsigned *times, unsigned keys)
{
	struct tarn_multiset_cursor *cursor;
	struct tarn_multiset_entry entry;
	uint64_t serials[ROOM], size, expected = 0, count;
	bool empty;

	ok(tarn_multiset_cursor_open(set, &cursor));
	for (uint64_t key = 0; key < keys; key++) {
		size_t room = ROOM;

		ok(tarn_multiset_equal_range(set, &key, 8, serials, &room));
		ck_assert_uint_eq(room, times[key]);
		ok(tarn_multiset_count(set, &key, 8, &count));
		ck_assert_uint_eq(count, times[key]);
		gives(tarn_multiset_contains(set, &key, 8), times[key] ? 0 : TARN_NOT_FOUND);
		for (unsigned i = 0; i < times[key]; i++) {
			ok(tarn_multiset_cursor_next(cursor, &entry));
			ck_assert_uint_eq(*(const uint64_t *)entry.key, key);
			ck_assert_uint_eq(entry.serial, serials[i]);
			ok(tarn_multiset_contains_entry(set, &key, 8, serials[i]));
		}
		expected += times[key];
	}
	gives(tarn_multiset_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	for (size = expected; size; size--)
		ok(tarn_multiset_cursor_prev(cursor, &entry));
	gives(tarn_multiset_cursor_prev(cursor, &entry), TARN_NOT_FOUND);
	tarn_multiset_cursor_close(cursor);
	ok(tarn_multiset_size(set, &size));
	ck_assert_uint_eq(size, expected);
	ok(tarn_multiset_empty(set, &empty));
	ck_assert(empty == !expected);
}

/* Of the first four keys; of the rest there are none. */
static void
has_four(struct tarn_multiset *set, unsigned zero, unsigned one, unsigned two, unsigned three)
{
	has_exactly(set, (const unsigned[]){ zero, one, two, three }, 4);
}

static bool
are_equal(struct tarn_multiset *one, struct tarn_multiset *two)
{
	bool equal;

	ok(tarn_multiset_equal(one, two, &equal));
	return equal;
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_kind_and_no_values)
{
	const struct tarn_type types[] = {
		{ TARN_KIND_MULTISET, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_MULTISET, TARN_KEY_NONE, 0, NULL },
		{ TARN_KIND_SET, TARN_KEY_U64, 0, NULL },
		{ .kind = TARN_KIND_MULTISET, .key = TARN_KEY_CUSTOM, .order = "any" },
	};
	struct tarn_multiset *set;

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		gives(tarn_multiset_open(arena, &set, "x", &types[i], TARN_CREATE, NULL), TARN_INVALID);
	gives(tarn_multiset_open(arena, &set, "0", &strings, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "0 is a multiset of u64, not a multiset of string");
	gives(tarn_multiset_open(arena, &set, "x", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
	ck_assert_ptr_null(set);
}
END_TEST

START_TEST(has_a_type_of_c)
{
	struct marks *marks;
	uint64_t count;

	ok(marks_open(arena, &marks, "marks", TARN_CREATE));
	ok(marks_insert(marks, -3));
	ok(marks_insert(marks, -3));
	ok(marks_count(marks, -3, &count));
	ck_assert_uint_eq(count, 2);
	ok(marks_erase(marks, -3));
	gives(marks_erase(marks, -3), TARN_NOT_FOUND);
	tarn_multiset_close((struct tarn_multiset *)marks);
}
END_TEST

/* ---- entries ----------------------------------------------------------------------------------- */

START_TEST(a_key_is_there_as_often_as_it_was_inserted)
{
	uint64_t one, two, erased, key = 1;

	has_four(sets[0], 0, 0, 0, 0);
	add_key(sets[0], 2, 70);
	ok(tarn_multiset_insert(sets[0], &key, 8, &one));
	ok(tarn_multiset_insert(sets[0], &key, 8, &two));
	has_four(sets[0], 0, 2, 70, 0);
	ok(tarn_multiset_erase_entry(sets[0], &key, 8, one));
	gives(tarn_multiset_erase_entry(sets[0], &key, 8, one), TARN_NOT_FOUND);
	gives(tarn_multiset_contains_entry(sets[0], &key, 8, one), TARN_NOT_FOUND);
	has_four(sets[0], 0, 1, 70, 0);
	ok(tarn_multiset_erase(sets[0], &(uint64_t){ 2 }, 8, &erased));
	ck_assert_uint_eq(erased, 70);
	has_four(sets[0], 0, 1, 0, 0);
	ok(tarn_multiset_erase_entry(sets[0], &key, 8, two));
	gives(tarn_multiset_erase(sets[0], &key, 8, &erased), TARN_NOT_FOUND);
	has_four(sets[0], 0, 0, 0, 0);
}
END_TEST

START_TEST(many_keys_are_answered_one_by_one)
{
	const uint64_t keys[] = { 3, 1, 3, 3 }, asked[] = { 0, 1, 3 };
	uint64_t counts[3];
	int codes[4];

	ok(tarn_multiset_insert_many(sets[0], keys, 8, 4, codes));
	has_four(sets[0], 0, 1, 0, 3);
	ok(tarn_multiset_count_many(sets[0], asked, 8, 3, counts, NULL));
	ck_assert(counts[0] == 0 && counts[1] == 1 && counts[2] == 3);
	gives(tarn_multiset_erase_many(sets[0], asked, 8, 3, codes), TARN_NOT_FOUND);
	ck_assert(codes[0] == TARN_NOT_FOUND && !codes[1] && !codes[2]);
	has_four(sets[0], 0, 0, 0, 0);
}
END_TEST

START_TEST(load_takes_what_does_not_descend)
{
	uint64_t keys[200];

	for (unsigned i = 0; i < 200; i++)
		keys[i] = i / 100;
	ok(tarn_multiset_load(sets[0], keys, 8, 200));
	has_four(sets[0], 100, 100, 0, 0);
	gives(tarn_multiset_load(sets[0], &keys[99], 8, 0), 0);
	keys[199] = 0;
	gives(tarn_multiset_load(sets[0], keys, 8, 200), TARN_INVALID);
	has_four(sets[0], 100, 100, 0, 0);
}
END_TEST

START_TEST(strings_may_be_empty_and_have_zeros)
{
	uint64_t count;
	char found[8];
	struct tarn_bytes room = { found, sizeof(found) };

	for (unsigned i = 0; i < 3; i++) {
		ok(tarn_multiset_insert(lines, "a\0b", 3, NULL));
		ok(tarn_multiset_insert(lines, "", 0, NULL));
		ok(tarn_multiset_insert(lines, "a", 1, NULL));
	}
	ok(tarn_multiset_count(lines, "a", 1, &count));
	ck_assert_uint_eq(count, 3);
	ok(tarn_multiset_upper_bound(lines, "a", 1, &room));
	ck_assert_uint_eq(room.size, 3);
	ck_assert_mem_eq(found, "a\0b", 3);
	ok(tarn_multiset_first(lines, &room));
	ck_assert_uint_eq(room.size, 0);
}
END_TEST

/* ---- in their order ---------------------------------------------------------------------------- */

static uint64_t found_key;

static struct tarn_bytes *
room(void)
{
	static struct tarn_bytes bytes;

	bytes = (struct tarn_bytes){ &found_key, 8 };
	return &bytes;
}

START_TEST(bounds_pops_and_ranges)
{
	uint64_t keys[10], erased;
	size_t count = 10;

	for (uint64_t key = 0; key < 4; key++)
		add_key(sets[0], key, 3);
	ok(tarn_multiset_lower_bound(sets[0], &(uint64_t){ 1 }, 8, room()));
	ck_assert_uint_eq(found_key, 1);
	ok(tarn_multiset_upper_bound(sets[0], &(uint64_t){ 1 }, 8, room()));
	ck_assert_uint_eq(found_key, 2);
	ok(tarn_multiset_last(sets[0], room()));
	ck_assert_uint_eq(found_key, 3);
	ok(tarn_multiset_pop_last(sets[0], room()));
	ok(tarn_multiset_pop_first(sets[0], room()));
	ck_assert_uint_eq(found_key, 0);
	has_four(sets[0], 2, 3, 3, 2);
	ok(tarn_multiset_scan(sets[0], &(uint64_t){ 2 }, 8, keys, &count));
	ck_assert(count == 5 && keys[0] == 2 && keys[4] == 3);
	ok(tarn_multiset_erase_range(sets[0], &(uint64_t){ 1 }, 8, &(uint64_t){ 3 }, 8, &erased));
	ck_assert_uint_eq(erased, 6);
	has_four(sets[0], 2, 0, 0, 2);
	gives(tarn_multiset_scan(lines, NULL, 0, keys, &count), TARN_TYPE);
}
END_TEST

START_TEST(cursor_stays_where_it_is)
{
	struct tarn_multiset_cursor *cursor;
	struct tarn_multiset_entry entry;
	uint64_t key = 1;

	add_key(sets[0], 0, 20);
	add_key(sets[0], 1, 20);
	add_key(sets[0], 2, 20);
	ok(tarn_multiset_cursor_open(sets[0], &cursor));
	ok(tarn_multiset_cursor_seek(cursor, &key, 8));
	ok(tarn_multiset_cursor_prev(cursor, &entry));
	ck_assert_uint_eq(*(const uint64_t *)entry.key, 0);
	ok(tarn_multiset_cursor_seek_behind(cursor, &key, 8));
	add_key(sets[0], 1, 1);
	ok(tarn_multiset_cursor_next(cursor, &entry));
	ck_assert_uint_eq(*(const uint64_t *)entry.key, 2);
	tarn_multiset_cursor_seek_end(cursor);
	gives(tarn_multiset_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	tarn_multiset_cursor_close(cursor);
}
END_TEST

/* ---- whole multisets --------------------------------------------------------------------------- */

START_TEST(multisets_are_exchanged_copied_and_compared)
{
	add_key(sets[0], 0, 60);
	add_key(sets[0], 1, 1);
	add_key(sets[1], 1, 2);
	ok(tarn_multiset_swap(sets[0], sets[1]));
	has_four(sets[0], 0, 2, 0, 0);
	has_four(sets[1], 60, 1, 0, 0);
	ok(tarn_multiset_copy(sets[2], sets[1]));
	has_four(sets[2], 60, 1, 0, 0);
	ck_assert(are_equal(sets[1], sets[2]) && !are_equal(sets[0], sets[2]));
	add_key(sets[2], 1, 1);
	ck_assert(!are_equal(sets[1], sets[2]));
	ok(tarn_multiset_clear(sets[2]));
	has_four(sets[2], 0, 0, 0, 0);
	gives(tarn_multiset_swap(sets[0], lines), TARN_TYPE);
	gives(tarn_multiset_copy(sets[0], lines), TARN_TYPE);
	gives(tarn_multiset_equal(sets[0], lines, &(bool){ false }), TARN_TYPE);
}
END_TEST

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_object *object = tarn_multiset_object(sets[0]);
	struct tarn_txn *txn;
	uint64_t key = 1;

	add_key(sets[0], 1, 50);
	for (unsigned committed = 0; committed < 2; committed++) {
		struct tarn_multiset *in;

		ok(tarn_txn_begin(arena, &txn, &object, 1));
		in = tarn_multiset_in(sets[0], txn);
		ok(tarn_multiset_erase(in, &key, 8, NULL));
		add_key(in, 0, 2);
		has_four(in, 2, 0, 0, 0);
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		has_four(sets[0], committed ? 2 : 0, committed ? 0 : 50, 0, 0);
	}
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	uint64_t key = 1, size;

	ok(tarn_object_remove(arena, "0"));
	gives(tarn_multiset_insert(sets[0], &key, 8, NULL), TARN_REMOVED);
	gives(tarn_multiset_erase(sets[0], &key, 8, NULL), TARN_REMOVED);
	gives(tarn_multiset_contains(sets[0], &key, 8), TARN_REMOVED);
	gives(tarn_multiset_contains_entry(sets[0], &key, 8, 1), TARN_REMOVED);
	gives(tarn_multiset_size(sets[0], &size), TARN_REMOVED);
	gives(tarn_multiset_pop_first(sets[0], NULL), TARN_REMOVED);
	gives(tarn_multiset_swap(sets[0], sets[1]), TARN_REMOVED);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_sets, close_sets);
	tcase_add_test(tests, has_a_kind_and_no_values);
	tcase_add_test(tests, has_a_type_of_c);
	tcase_add_test(tests, a_key_is_there_as_often_as_it_was_inserted);
	tcase_add_test(tests, many_keys_are_answered_one_by_one);
	tcase_add_test(tests, load_takes_what_does_not_descend);
	tcase_add_test(tests, strings_may_be_empty_and_have_zeros);
	tcase_add_test(tests, bounds_pops_and_ranges);
	tcase_add_test(tests, cursor_stays_where_it_is);
	tcase_add_test(tests, multisets_are_exchanged_copied_and_compared);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
}

int
main(void)
{
	return run_tests("multiset", add_tests);
}
