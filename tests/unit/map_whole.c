// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_whole.c -- ordered maps as wholes: swap, copy, compare, load, both ends
 *
 * Each test has an arena without a name, with three maps of u64 to u64, and
 * one of strings to byte strings.
 */
#include "container/map.h"
#include "unit/hashmap_common.h"

enum { MAPS = 3, MANY = 3000 };

static const struct tarn_type numbers = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type strings = { TARN_KIND_MAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };
static struct tarn_map *maps[MAPS], *lines;

static void
open_all(void)
{
	char name[2] = "0";

	for (unsigned i = 0; i < MAPS; i++) {
		name[0] = (char)('0' + i);
		ok(tarn_map_open(arena, &maps[i], name, &numbers, TARN_CREATE, NULL));
	}
	ok(tarn_map_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
}

static void
close_all(void)
{
	struct tarn_check_report report;

	for (unsigned i = 0; i < MAPS; i++)
		tarn_map_close(maps[i]);
	tarn_map_close(lines);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
set(struct tarn_map *to, uint64_t key, uint64_t value)
{
	return tarn_map_put(to, &key, 8, &value, 8);
}

/* Keys from the first on; to each, its value: so much more. */
static void
put_keys(struct tarn_map *to, uint64_t first, uint64_t count, uint64_t more)
{
	for (uint64_t i = 0; i < count; i++)
		ok(set(to, first + i, first + i + more));
}

/* Exactly these, by a walk, by their keys, and by their number. */
static void
has_exactly(struct tarn_map *in, uint64_t first, uint64_t count, uint64_t more)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	uint64_t size, i = 0, found;

	ok(tarn_map_cursor_open(in, &cursor));
	for (; !tarn_map_cursor_next(cursor, &entry); i++) {
		ck_assert_uint_eq(*(const uint64_t *)entry.key, first + i);
		ck_assert_uint_eq(*(const uint64_t *)entry.value, first + i + more);
		ok(tarn_map_get(in, entry.key, 8, &found, 8, NULL));
		ck_assert_uint_eq(found, first + i + more);
	}
	tarn_map_cursor_close(cursor);
	ck_assert_uint_eq(i, count);
	ok(tarn_map_size(in, &size));
	ck_assert_uint_eq(size, count);
}

static bool
are_equal(struct tarn_map *one, struct tarn_map *two)
{
	bool equal;

	ok(tarn_map_equal(one, two, &equal));
	return equal;
}

static void
fill_lines(struct tarn_map *to, unsigned count)
{
	char key[64], value[64];

	for (unsigned i = 0; i < count; i++)
		ok(tarn_map_put(to, key, (size_t)sprintf(key, "a line with the number %u", i), value,
				(size_t)sprintf(value, "%u", i)));
}

/* ---- swap, copy, compare ----------------------------------------------------------------------- */

START_TEST(maps_are_exchanged)
{
	put_keys(maps[0], 0, MANY, 1);
	put_keys(maps[1], 10, 5, 2);
	ok(tarn_map_swap(maps[0], maps[1]));
	has_exactly(maps[0], 10, 5, 2);
	has_exactly(maps[1], 0, MANY, 1);
	ok(tarn_map_swap(maps[1], maps[2]));
	has_exactly(maps[1], 0, 0, 0);
	has_exactly(maps[2], 0, MANY, 1);
	ok(tarn_map_swap(maps[2], maps[2]));
	has_exactly(maps[2], 0, MANY, 1);
	gives(tarn_map_swap(maps[0], lines), TARN_TYPE);
	gives(tarn_map_swap(maps[0], (struct tarn_map *)map), TARN_TYPE);
}
END_TEST

START_TEST(a_copy_is_its_own)
{
	put_keys(maps[0], 0, MANY, 1);
	put_keys(maps[1], 7000, 10, 1);
	ok(tarn_map_copy(maps[1], maps[0]));
	has_exactly(maps[1], 0, MANY, 1);
	ok(set(maps[1], 7, 0));
	has_exactly(maps[0], 0, MANY, 1);
	ok(tarn_map_copy(maps[0], maps[0]));
	has_exactly(maps[0], 0, MANY, 1);
	ok(tarn_map_copy(maps[0], maps[2]));
	has_exactly(maps[0], 0, 0, 0);
	gives(tarn_map_copy(maps[0], lines), TARN_TYPE);
	gives(tarn_map_copy(maps[0], (struct tarn_map *)map), TARN_TYPE);
}
END_TEST

START_TEST(a_copy_may_be_in_another_arena)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = UINT64_C(1) << 26 };
	struct tarn_arena *elsewhere;
	struct tarn_map *copy;
	char value[8];
	size_t size;

	fill_lines(lines, 1000);
	ok(tarn_arena_open(&elsewhere, "anon:", &options, NULL));
	ok(tarn_map_open(elsewhere, &copy, "copy", &strings, TARN_CREATE, NULL));
	ok(tarn_map_copy(copy, lines));
	ck_assert(are_equal(copy, lines) && are_equal(lines, copy));
	ok(tarn_map_get(copy, "a line with the number 77", 25, value, 8, &size));
	ck_assert(size == 2 && !memcmp(value, "77", 2));
	ok(tarn_map_put(copy, "a line with the number 77", 25, "78", 2));
	ck_assert(!are_equal(copy, lines) && !are_equal(lines, copy));
	gives(tarn_map_swap(copy, lines), TARN_INVALID);
	ok(tarn_check(elsewhere, NULL, NULL));
	tarn_map_close(copy);
	tarn_arena_close(elsewhere);
}
END_TEST

START_TEST(equal_are_keys_and_values)
{
	ck_assert(are_equal(maps[0], maps[1]) && are_equal(maps[0], maps[0]));
	put_keys(maps[0], 0, 100, 1);
	ck_assert(!are_equal(maps[0], maps[1]) && !are_equal(maps[1], maps[0]));
	put_keys(maps[1], 0, 100, 1);
	ck_assert(are_equal(maps[0], maps[1]));
	ok(set(maps[1], 99, 7));
	ck_assert(!are_equal(maps[0], maps[1]) && !are_equal(maps[1], maps[0]));
	ok(tarn_map_erase(maps[1], &(uint64_t){ 99 }, 8));
	ck_assert(!are_equal(maps[0], maps[1]) && !are_equal(maps[1], maps[0]));
	gives(tarn_map_equal(maps[0], lines, &(bool){ false }), TARN_TYPE);
}
END_TEST

/* A key of 4 bytes lies in the leaf, one of 12 bytes does not. */
START_TEST(keys_of_another_size_are_another_type)
{
	struct tarn_type type = { .kind = TARN_KIND_MAP, .key = TARN_KEY_BYTES, .key_size = 4,
				  .value_size = 8 };
	struct tarn_map *short_keys, *long_keys;

	ok(tarn_map_open(arena, &short_keys, "short", &type, TARN_CREATE, NULL));
	type.key_size = 12;
	ok(tarn_map_open(arena, &long_keys, "long", &type, TARN_CREATE, NULL));
	ok(tarn_map_put(short_keys, "abcd", 4, "12345678", 8));
	gives(tarn_map_swap(short_keys, long_keys), TARN_TYPE);
	gives(tarn_map_copy(long_keys, short_keys), TARN_TYPE);
	gives(tarn_map_equal(long_keys, short_keys, &(bool){ false }), TARN_TYPE);
	ok(tarn_map_contains(short_keys, "abcd", 4));
	tarn_map_close(short_keys);
	tarn_map_close(long_keys);
}
END_TEST

/* ---- load -------------------------------------------------------------------------------------- */

START_TEST(an_empty_map_is_loaded_whole_or_not_at_all)
{
	struct tarn_bytes values[3] = { { "1", 1 }, { NULL, 0 },
					{ "3", TARN_BYTES_MAX + UINT64_C(1) } };
	struct tarn_bytes keys[3] = { { "a", 1 }, { "b", 1 }, { "c", 1 } };
	uint64_t size;

	gives(tarn_map_load(lines, keys, TARN_SEPARATE, 3, values, TARN_SEPARATE), TARN_TOO_BIG);
	ok(tarn_map_size(lines, &size));
	ck_assert_uint_eq(size, 0);
	values[2].size = 1;
	ok(tarn_map_load(lines, keys, TARN_SEPARATE, 3, values, TARN_SEPARATE));
	ok(tarn_map_size(lines, &size));
	ck_assert_uint_eq(size, 3);
	ok(tarn_map_get(lines, "b", 1, NULL, 0, &size));
	ck_assert_uint_eq(size, 0);
}
END_TEST

START_TEST(what_was_there_stays)
{
	static uint64_t keys[MANY], values[MANY];

	for (uint64_t i = 0; i < MANY; i++) {
		keys[i] = i;
		values[i] = i + 4;
	}
	ok(tarn_map_load(maps[0], keys, 8, 0, values, 8));
	ok(tarn_map_load(maps[0], keys + 1, 8, MANY - 1, values + 1, 8));
	has_exactly(maps[0], 1, MANY - 1, 4);
	ok(set(maps[0], 0, 0));
	ok(set(maps[0], MANY, MANY + 4));
	ok(tarn_map_load(maps[0], keys, 8, MANY, values, 8));
	has_exactly(maps[0], 0, MANY + 1, 4);
	ok(tarn_map_erase_range(maps[0], NULL, 0, NULL, 0, NULL));
	ok(tarn_map_load(maps[0], keys, 8, MANY, values, 8));
	has_exactly(maps[0], 0, MANY, 4);
}
END_TEST

/* Who had found the gate open inserts into what is no longer the map's, if nobody waits for it. */
static void
hold_a_leaf(void)
{
	struct tarn_object *object = tarn_map_object(maps[0]);
	struct tarn_map_key key;
	struct tarn_lane *lane;
	struct tarn_way way;

	must(tarn__op_begin(arena, &lane));
	must(tarn__map_key(object, &(uint64_t){ 2500 }, 8, &key));
	must(!tarn__way(object, TARN_NOBODY, &key, false, NULL, &way) ||
	     !tarn__way_lock(object, lane, &way));
	stop_here();
	tarn__unlock(lane, &way.leaf->node);
	tarn__op_end(lane);
}

START_TEST(load_and_exchange_wait_for_who_is_about_to_change_a_leaf)
{
	struct tarn_arena *again = attach(false);
	struct tarn_map *one, *two;
	uint64_t key = 5;
	struct peer peer;

	ok(tarn_map_open(again, &one, "0", &numbers, TARN_OPEN, NULL));
	ok(tarn_map_open(again, &two, "1", &numbers, TARN_OPEN, NULL));
	peer = start_stopped(hold_a_leaf);
	gives(tarn_map_load(one, &key, 8, 1, &key, 8), TARN_TIMEOUT);
	gives(tarn_map_swap(one, two), TARN_TIMEOUT);
	gives(tarn_map_swap(two, one), TARN_TIMEOUT);
	has_exactly(maps[0], 0, 0, 0);
	end_peer(&peer);
	ok(tarn_map_load(one, &key, 8, 1, &key, 8));
	peer = start_stopped(hold_a_leaf);
	kill_peer(&peer);
	ok(tarn_map_swap(one, two));
	has_exactly(maps[1], 5, 1, 0);
	tarn_map_close(one);
	tarn_map_close(two);
	tarn_arena_close(again);
}
END_TEST

/* ---- both ends --------------------------------------------------------------------------------- */

START_TEST(the_last_is_taken_out)
{
	uint64_t key, value;
	struct tarn_bytes key_room = { &key, 8 }, value_room = { &value, 8 };

	put_keys(maps[0], 0, MANY, 1);
	for (uint64_t i = MANY; i--;) {
		ok(tarn_map_pop_last(maps[0], &key_room, &value_room));
		ck_assert(key == i && value == i + 1);
	}
	gives(tarn_map_pop_last(maps[0], NULL, NULL), TARN_NOT_FOUND);
	put_keys(maps[0], 0, 2, 1);
	key_room.size = 7;
	gives(tarn_map_pop_last(maps[0], &key_room, NULL), TARN_TOO_BIG);
	has_exactly(maps[0], 0, 2, 1);
	ok(tarn_map_pop_last(maps[0], NULL, NULL));
	has_exactly(maps[0], 0, 1, 1);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

START_TEST(a_transaction_does_all_or_nothing)
{
	uint64_t keys[2] = { 1, 2 };
	struct tarn_object *objects[MAPS];
	struct tarn_map *in[MAPS];
	struct tarn_txn *txn;

	put_keys(maps[0], 10, 20, 1);
	for (unsigned i = 0; i < MAPS; i++)
		objects[i] = tarn_map_object(maps[i]);
	for (int committed = 0; committed < 2; committed++) {
		ok(tarn_txn_begin(arena, &txn, objects, MAPS));
		for (unsigned i = 0; i < MAPS; i++)
			in[i] = tarn_map_in(maps[i], txn);
		ok(tarn_map_pop_last(in[0], NULL, NULL));
		ok(tarn_map_copy(in[2], maps[0]));
		ck_assert(are_equal(in[2], maps[0]));
		ok(tarn_map_load(in[1], keys, 8, 2, keys, 8));
		ok(tarn_map_swap(in[0], in[1]));
		gives(tarn_map_load(maps[0], keys, 8, 2, keys, 8), TARN_IN_TXN);
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		if (committed)
			break;
		has_exactly(maps[0], 10, 20, 1);
		has_exactly(maps[1], 0, 0, 0);
		has_exactly(maps[2], 0, 0, 0);
	}
	has_exactly(maps[0], 1, 2, 0);
	has_exactly(maps[1], 10, 19, 1);
	has_exactly(maps[2], 10, 19, 1);
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	uint64_t key = 1;

	ok(tarn_object_remove(arena, "0"));
	gives(tarn_map_swap(maps[0], maps[1]), TARN_REMOVED);
	gives(tarn_map_copy(maps[0], maps[1]), TARN_REMOVED);
	gives(tarn_map_copy(maps[1], maps[0]), TARN_REMOVED);
	gives(tarn_map_equal(maps[1], maps[0], &(bool){ false }), TARN_REMOVED);
	gives(tarn_map_load(maps[0], &key, 8, 1, &key, 8), TARN_REMOVED);
	gives(tarn_map_pop_last(maps[0], NULL, NULL), TARN_REMOVED);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_all, close_all);
	tcase_add_test(tests, maps_are_exchanged);
	tcase_add_test(tests, a_copy_is_its_own);
	tcase_add_test(tests, a_copy_may_be_in_another_arena);
	tcase_add_test(tests, equal_are_keys_and_values);
	tcase_add_test(tests, keys_of_another_size_are_another_type);
	tcase_add_test(tests, an_empty_map_is_loaded_whole_or_not_at_all);
	tcase_add_test(tests, what_was_there_stays);
	tcase_add_test(tests, load_and_exchange_wait_for_who_is_about_to_change_a_leaf);
	tcase_add_test(tests, the_last_is_taken_out);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
}

int
main(void)
{
	return run_tests("map_whole", add_tests);
}
