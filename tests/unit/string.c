// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- every call on a string, and what is a string's own
 *
 * What strings have from vectors (death, readers that are interrupted,
 * damage) is tested there; here is what their users see.
 */
#define TARN_NAME title
#include <tarn/typed/string.h>

#include "unit/hashmap_common.h"

static struct tarn_string *string, *second;

static void
open_strings(void)
{
	ok(tarn_string_open(arena, &string, "s", TARN_CREATE, NULL));
	ok(tarn_string_open(arena, &second, "t", TARN_CREATE, NULL));
}

static void
close_strings(void)
{
	struct tarn_check_report report;

	tarn_string_close(string);
	tarn_string_close(second);
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static void
is(struct tarn_string *in, const char *expected)
{
	char bytes[200];
	uint64_t size = 4711;

	ok(tarn_string_get(in, bytes, sizeof(bytes), &size));
	ck_assert_uint_eq(size, strlen(expected));
	ck_assert_mem_eq(bytes, expected, size);
	ok(tarn_string_size(in, &size));
	ck_assert_uint_eq(size, strlen(expected));
}

static void
assign(struct tarn_string *to, const char *string_of)
{
	ok(tarn_string_assign(to, string_of, strlen(string_of)));
}

static struct tarn_string *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { tarn_string_object(second), tarn_string_object(string) };

	ok(tarn_txn_begin(arena, txn, objects, 2));
	return tarn_string_in(string, *txn);
}

/* ---- tests ------------------------------------------------------------------------------------- */

START_TEST(has_a_name_and_a_kind)
{
	struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_NONE, 1, NULL };
	struct tarn_vector *vector;
	struct tarn_string *opened;
	bool created = true;

	ok(tarn_string_open(arena, &opened, "s", TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	assign(opened, "hello");
	is(string, "hello");
	tarn_string_close(opened);
	gives(tarn_vector_open(arena, &vector, "s", &type, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "s is a string, not a vector of 1 byte");
	gives(tarn_string_open(arena, &opened, "map", TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(opened);
	gives(tarn_string_open(arena, &opened, "none", TARN_OPEN, NULL), TARN_NOT_FOUND);
}
END_TEST

START_TEST(has_text_of_c)
{
	struct title *title;
	char into[12];

	ok(title_open(arena, &title, "title", TARN_CREATE));
	ok(title_set(title, "shared"));
	ok(title_append(title, " text"));
	ok(title_get(title, into, sizeof(into)));
	ck_assert_str_eq(into, "shared text");
	gives(title_get(title, into, sizeof(into) - 1), TARN_TOO_BIG);
	gives(title_get(title, into, 0), TARN_TOO_BIG);
	tarn_string_close((struct tarn_string *)title);
}
END_TEST

START_TEST(changes_as_it_is_told)
{
	is(string, "");
	assign(string, "one");
	ok(tarn_string_append(string, " three", 6));
	is(string, "one three");
	ok(tarn_string_insert(string, 4, "two ", 4));
	is(string, "one two three");
	ok(tarn_string_erase(string, 0, 4));
	is(string, "two three");
	ok(tarn_string_replace(string, 0, 3, "twenty", 6));
	is(string, "twenty three");
	ok(tarn_string_replace(string, 6, TARN_STRING_END, "-one", 4));
	is(string, "twenty-one");
	ok(tarn_string_erase(string, 6, TARN_STRING_END));
	is(string, "twenty");
	ok(tarn_string_clear(string));
	is(string, "");
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	char bytes[4];
	uint64_t got;

	assign(string, "abc");
	gives(tarn_string_insert(string, 4, "x", 1), TARN_NOT_FOUND);
	gives(tarn_string_erase(string, 2, 2), TARN_NOT_FOUND);
	gives(tarn_string_replace(string, 4, 0, "x", 1), TARN_NOT_FOUND);
	gives(tarn_string_replace(string, 0, 4, "x", 1), TARN_NOT_FOUND);
	gives(tarn_string_read(string, 4, bytes, 1, &got), TARN_NOT_FOUND);
	ok(tarn_string_read(string, 1, bytes, 4, &got));
	ck_assert_uint_eq(got, 2);
	ck_assert_mem_eq(bytes, "bc", 2);
	is(string, "abc");
}
END_TEST

START_TEST(what_is_too_long_for_the_room_says_how_long)
{
	struct tarn_txn *txn;
	struct tarn_string *in;
	char bytes[5] = "....";
	uint64_t size = 0;

	assign(string, "hello");
	gives(tarn_string_get(string, bytes, 4, &size), TARN_TOO_BIG);
	ck_assert_uint_eq(size, 5);
	ck_assert_str_eq(bytes, "....");
	size = 0;
	ok(tarn_string_get(string, NULL, 0, &size));
	ck_assert_uint_eq(size, 5);
	in = begin(&txn);
	gives(tarn_string_get(in, bytes, 4, &size), TARN_TOO_BIG);
	ok(tarn_string_append(in, "!", 1));
	ok(tarn_txn_commit(txn));
	is(string, "hello!");
}
END_TEST

/* Across the pieces in which it is searched. */
START_TEST(finds_strings)
{
	static char many[10000];
	uint64_t index = 4711;

	assign(string, "abracadabra");
	ok(tarn_string_find(string, 0, "abra", 4, &index));
	ck_assert_uint_eq(index, 0);
	ok(tarn_string_find(string, 1, "abra", 4, &index));
	ck_assert_uint_eq(index, 7);
	gives(tarn_string_find(string, 8, "abra", 4, &index), TARN_NOT_FOUND);
	gives(tarn_string_find(string, 0, "abracadabra!", 12, &index), TARN_NOT_FOUND);
	ok(tarn_string_find(string, 11, "", 0, &index));
	ck_assert_uint_eq(index, 11);
	gives(tarn_string_find(string, 12, "", 0, &index), TARN_NOT_FOUND);
	memset(many, 'a', sizeof(many));
	ok(tarn_string_assign(string, many, sizeof(many)));
	ok(tarn_string_replace(string, 4094, 4, "xyz!", 4));
	ok(tarn_string_find(string, 0, "xyz!a", 5, &index));
	ck_assert_uint_eq(index, 4094);
	memcpy(many + 5000, "b", 1);
	gives(tarn_string_find(string, 0, many, 5001, &index), TARN_NOT_FOUND);
	ok(tarn_string_find(string, 4098, many, 5000, &index));
	ck_assert_uint_eq(index, 4098);
}
END_TEST

START_TEST(is_replaced_only_if_it_is_the_expected_one)
{
	static char longer[6000];

	assign(string, "one");
	gives(tarn_string_compare_and_swap(string, "on", 2, "x", 1), TARN_MISMATCH);
	gives(tarn_string_compare_and_swap(string, "two", 3, "x", 1), TARN_MISMATCH);
	ok(tarn_string_compare_and_swap(string, "one", 3, longer, sizeof(longer)));
	longer[5999] = 1;
	gives(tarn_string_compare_and_swap(string, longer, sizeof(longer), "x", 1), TARN_MISMATCH);
	longer[5999] = 0;
	ok(tarn_string_compare_and_swap(string, longer, sizeof(longer), "", 0));
	ok(tarn_string_compare_and_swap(string, "", 0, "new", 3));
	is(string, "new");
}
END_TEST

START_TEST(room_is_kept_until_it_is_given_back)
{
	uint64_t capacity, less;

	ok(tarn_string_reserve(string, 5000));
	ok(tarn_string_capacity(string, &capacity));
	ck_assert_uint_ge(capacity, 5000);
	assign(string, "short");
	ok(tarn_string_shrink_to_fit(string));
	ok(tarn_string_capacity(string, &less));
	ck_assert_uint_lt(less, 200);
	is(string, "short");
}
END_TEST

START_TEST(strings_are_exchanged)
{
	assign(string, "one");
	assign(second, "other");
	ok(tarn_string_swap(string, second));
	is(string, "other");
	is(second, "one");
}
END_TEST

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_txn *txn;
	struct tarn_string *in;
	uint64_t index;

	assign(string, "balance: 7");
	in = begin(&txn);
	ok(tarn_string_replace(in, 9, 1, "12", 2));
	ok(tarn_string_append(tarn_string_in(second, txn), "7 -> 12", 7));
	is(in, "balance: 12");
	ok(tarn_string_find(in, 0, "12", 2, &index));
	ck_assert_uint_eq(index, 9);
	gives(tarn_string_compare_and_swap(in, "x", 1, "y", 1), TARN_MISMATCH);
	tarn_txn_abort(txn);
	is(string, "balance: 7");
	is(second, "");
	in = begin(&txn);
	ok(tarn_string_append(in, "!", 1));
	ok(tarn_string_swap(in, tarn_string_in(second, txn)));
	ok(tarn_txn_commit(txn));
	is(string, "");
	is(second, "balance: 7!");
}
END_TEST

static void
append_and_stop(void)
{
	struct tarn_txn *txn;

	must(tarn_string_append(begin(&txn), "never", 5));
	stop_here();
}

START_TEST(a_killed_transaction_leaves_nothing)
{
	struct peer peer;

	assign(string, "before");
	peer = start_stopped(append_and_stop);
	kill_peer(&peer);
	is(string, "before");
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	char bytes[8];
	uint64_t n;

	assign(string, "x");
	ok(tarn_object_remove(arena, "s"));
	gives(tarn_string_get(string, bytes, 8, &n), TARN_REMOVED);
	gives(tarn_string_find(string, 0, "x", 1, &n), TARN_REMOVED);
	gives(tarn_string_append(string, "y", 1), TARN_REMOVED);
	gives(tarn_string_compare_and_swap(string, "x", 1, "y", 1), TARN_REMOVED);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_strings, close_strings);
	tcase_add_test(tests, has_a_name_and_a_kind);
	tcase_add_test(tests, has_text_of_c);
	tcase_add_test(tests, changes_as_it_is_told);
	tcase_add_test(tests, what_is_not_there_is_not_found);
	tcase_add_test(tests, what_is_too_long_for_the_room_says_how_long);
	tcase_add_test(tests, finds_strings);
	tcase_add_test(tests, is_replaced_only_if_it_is_the_expected_one);
	tcase_add_test(tests, room_is_kept_until_it_is_given_back);
	tcase_add_test(tests, strings_are_exchanged);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, a_killed_transaction_leaves_nothing);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
}

int
main(void)
{
	return run_tests("string", add_tests);
}
