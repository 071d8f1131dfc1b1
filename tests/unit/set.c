// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- every call on an ordered set, and what is a set's own
 *
 * What sets have from maps (splits, merges, ways that are interrupted) is
 * tested there; here is what their users see.
 */
#define TARN_NAME degrees
#define TARN_KEY double
#define TARN_KEY_AS F64
#include <tarn/typed/set.h>

#define TARN_NAME ids
#define TARN_KEY int32_t
#include <tarn/typed/set.h>

#include "container/map.h"
#include "unit/hashmap_common.h"

#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { SETS = 3 };

static const struct tarn_type numbers = { TARN_KIND_SET, TARN_KEY_U64, 0, NULL };
static const struct tarn_type strings = { TARN_KIND_SET, TARN_KEY_STRING, 0, NULL };
static struct tarn_set *sets[SETS], *lines;

static void
open_sets(void)
{
	char name[2] = "0";

	for (unsigned i = 0; i < SETS; i++) {
		name[0] = (char)('0' + i);
		ok(tarn_set_open(arena, &sets[i], name, &numbers, TARN_CREATE, NULL));
	}
	ok(tarn_set_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
}

static void
close_sets(void)
{
	struct tarn_check_report report;

	for (unsigned i = 0; i < SETS; i++)
		tarn_set_close(sets[i]);
	tarn_set_close(lines);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static void
insert_keys(struct tarn_set *to, uint64_t first, uint64_t last, uint64_t step)
{
	for (uint64_t key = first; key <= last; key += step)
		ok(tarn_set_insert(to, &key, 8));
}

/* Exactly these keys, in their order, by every call that looks. */
static void
has_exactly(struct tarn_set *set, uint64_t first, uint64_t last, uint64_t step)
{
	uint64_t expected = first > last ? 0 : (last - first) / step + 1, count = 0, size = 4711;
	struct tarn_set_cursor *cursor;
	const void *key;
	size_t key_size;
	bool empty;

	ok(tarn_set_cursor_open(set, &cursor));
	while (!tarn_set_cursor_next(cursor, &key, &key_size)) {
		uint64_t word = *(const uint64_t *)key;

		ck_assert_uint_eq(key_size, 8);
		ck_assert_uint_eq(word, first + count * step);
		ok(tarn_set_contains(set, &word, 8));
		count++;
	}
	ck_assert_uint_eq(count, expected);
	while (!tarn_set_cursor_prev(cursor, &key, &key_size))
		ck_assert_uint_eq(*(const uint64_t *)key, first + --count * step);
	ck_assert_uint_eq(count, 0);
	tarn_set_cursor_close(cursor);
	ok(tarn_set_size(set, &size));
	ck_assert_uint_eq(size, expected);
	ok(tarn_set_empty(set, &empty));
	ck_assert(empty == !expected);
	ok(tarn_set_count(set, NULL, 0, NULL, 0, &count));
	ck_assert_uint_eq(count, expected);
}

static bool
are_equal(struct tarn_set *one, struct tarn_set *two)
{
	bool equal;

	ok(tarn_set_equal(one, two, &equal));
	return equal;
}

static bool
is_in(struct tarn_set *one, struct tarn_set *of)
{
	bool subset;

	ok(tarn_set_is_subset(one, of, &subset));
	return subset;
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_kind_and_no_values)
{
	const struct tarn_type types[] = {
		{ TARN_KIND_SET, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_SET, TARN_KEY_NONE, 0, NULL },
		{ TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL },
		{ .kind = TARN_KIND_SET, .key = TARN_KEY_U64, .key_size = 16 },
		{ .kind = TARN_KIND_SET, .key = TARN_KEY_CUSTOM },
		{ .kind = TARN_KIND_SET, .key = TARN_KEY_CUSTOM, .key_size = 1025, .order = "any" },
	};
	struct tarn_hashset *as_hashset;
	struct tarn_set *set;

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		gives(tarn_set_open(arena, &set, "x", &types[i], TARN_CREATE, NULL), TARN_INVALID);
	gives(tarn_set_open(arena, &set, "0", &strings, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(), "0 is a set of u64, not a set of string");
	gives(tarn_hashset_open(arena, &as_hashset, "0",
				&(struct tarn_type){ TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL },
				TARN_OPEN, NULL),
	      TARN_TYPE);
	gives(tarn_set_open(arena, &set, "map", &numbers, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_set_open(arena, &set, "x", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
	ck_assert_ptr_null(set);
}
END_TEST

START_TEST(has_a_type_of_c)
{
	struct degrees *degrees;
	struct ids *ids;

	ok(ids_open(arena, &ids, "ids", TARN_CREATE));
	ok(ids_insert(ids, -7));
	gives(ids_insert(ids, -7), TARN_EXISTS);
	ok(ids_contains(ids, -7));
	gives(ids_contains(ids, 7), TARN_NOT_FOUND);
	ok(ids_erase(ids, -7));
	gives(ids_contains(ids, -7), TARN_NOT_FOUND);
	tarn_set_close((struct tarn_set *)ids);
	ok(degrees_open(arena, &degrees, "degrees", TARN_CREATE));
	ok(degrees_insert(degrees, -0.0));
	gives(degrees_insert(degrees, 0.0), TARN_EXISTS);
	gives(degrees_insert(degrees, NAN), TARN_INVALID);
	ok(degrees_contains(degrees, 0.0));
	ok(degrees_erase(degrees, 0.0));
	tarn_set_close((struct tarn_set *)degrees);
}
END_TEST

/* ---- keys -------------------------------------------------------------------------------------- */

START_TEST(a_key_is_there_once_or_not_at_all)
{
	uint64_t key = 5;

	has_exactly(sets[0], 1, 0, 1);
	ok(tarn_set_insert(sets[0], &key, 8));
	gives(tarn_set_insert(sets[0], &key, 8), TARN_EXISTS);
	has_exactly(sets[0], 5, 5, 1);
	ok(tarn_set_erase(sets[0], &key, 8));
	gives(tarn_set_erase(sets[0], &key, 8), TARN_NOT_FOUND);
	gives(tarn_set_insert(sets[0], &key, 4), TARN_INVALID);
	gives(tarn_set_contains(sets[0], &key, 7), TARN_INVALID);
	for (key = 0; key < 20000; key++)
		ok(tarn_set_insert(sets[0], &(uint64_t){ key * 7919 % 20000 }, 8));
	has_exactly(sets[0], 0, 19999, 1);
	ok(tarn_set_clear(sets[0]));
	has_exactly(sets[0], 1, 0, 1);
}
END_TEST

START_TEST(keys_are_strings_of_any_length)
{
	static char long_key[5000];
	struct tarn_set_cursor *cursor;
	size_t size, expected = 0;
	const void *key;

	memset(long_key, 'x', sizeof(long_key));
	for (size = 0; size < sizeof(long_key); size += 7)
		ok(tarn_set_insert(lines, long_key, size));
	for (size = 0; size < sizeof(long_key); size++)
		gives(tarn_set_contains(lines, long_key, size), size % 7 ? TARN_NOT_FOUND : 0);
	ok(tarn_set_cursor_open(lines, &cursor));
	for (; expected < sizeof(long_key); expected += 7) {
		ok(tarn_set_cursor_next(cursor, &key, &size));
		ck_assert_uint_eq(size, expected);
		ck_assert(!memcmp(key, long_key, size));
	}
	gives(tarn_set_cursor_next(cursor, &key, &size), TARN_NOT_FOUND);
	tarn_set_cursor_close(cursor);
	for (size = 0; size < sizeof(long_key); size += 14)
		ok(tarn_set_erase(lines, long_key, size));
	gives(tarn_set_contains(lines, long_key, 14), TARN_NOT_FOUND);
	ok(tarn_set_contains(lines, long_key, 7));
}
END_TEST

START_TEST(numbers_are_in_their_order)
{
	static const enum tarn_key_kind kinds[] = { TARN_KEY_I64, TARN_KEY_I32, TARN_KEY_U32 };
	static const char *const names[] = { "i64", "i32", "u32" };
	int64_t key;
	uint64_t count;

	for (unsigned i = 0; i < 3; i++) {
		struct tarn_type type = { TARN_KIND_SET, kinds[i], 0, NULL };
		size_t size = i ? 4 : 8, got = 10;
		struct tarn_set *set;
		char keys[80];

		ok(tarn_set_open(arena, &set, names[i], &type, TARN_CREATE, NULL));
		for (key = -500; key < 500; key++)
			ok(tarn_set_insert(set, &(int64_t){ (key * 77 + 77000) % 1000 - 500 }, size));
		key = i == 2 ? 0 : -3;
		ok(tarn_set_scan(set, &key, size, keys, &got));
		ck_assert_uint_eq(got, 10);
		for (unsigned at = 0; at < 10; at++) {
			int64_t is = 0, expected = key + at;

			memcpy(&is, keys + at * size, size);
			ck_assert(!memcmp(&is, &expected, 4));
		}
		ok(tarn_set_count(set, &key, size, &(int64_t){ 20 }, size, &count));
		ck_assert_uint_eq(count, i == 2 ? 20 : 23);
		tarn_set_close(set);
	}
	gives(tarn_set_scan(lines, NULL, 0, &key, &(size_t){ 1 }), TARN_TYPE);
}
END_TEST

/* Of 1 to 8 bytes they are words, of more they are strings; in both their order is memcmp()'s. */
START_TEST(bytes_of_one_size_are_in_the_order_of_their_bytes)
{
	static const uint32_t sizes[] = { 1, 3, 8, 9, 16 };
	char name[] = "size 0", key[16], keys[100][16];

	for (unsigned i = 0; i < 5; i++, name[5]++) {
		struct tarn_type type = { .kind = TARN_KIND_SET, .key = TARN_KEY_BYTES,
					  .key_size = sizes[i] };
		size_t size = sizes[i], count = 100;
		struct tarn_bytes last = { key, size };
		struct tarn_set *set;

		ok(tarn_set_open(arena, &set, name, &type, TARN_CREATE, NULL));
		for (unsigned n = 0; n < 256; n++) {
			memset(key, 'x', sizeof(key));
			key[0] = key[size - 1] = (char)(n * 77);
			ok(tarn_set_insert(set, key, size));
		}
		gives(tarn_set_insert(set, key, size + 1), TARN_INVALID);
		gives(tarn_set_contains(set, key, size - 1), TARN_INVALID);
		ok(tarn_set_last(set, &last));
		ck_assert_int_eq((unsigned char)key[0], 255);
		ok(tarn_set_scan(set, NULL, 0, keys, &count));
		ck_assert_uint_eq(count, 100);
		for (unsigned n = 0; n < 100; n++)
			ck_assert_int_eq((unsigned char)*((char *)keys + n * size), n);
		ok(tarn_check(arena, NULL, NULL));
		tarn_set_close(set);
		ok(tarn_object_remove(arena, name));
	}
}
END_TEST

START_TEST(many_keys_are_answered_one_by_one)
{
	uint64_t keys[100];
	int codes[100];

	for (unsigned i = 0; i < 100; i++)
		keys[i] = i;
	insert_keys(sets[0], 10, 19, 1);
	gives(tarn_set_contains_many(sets[0], keys, 8, 100, codes), TARN_NOT_FOUND);
	for (unsigned i = 0; i < 100; i++)
		gives(codes[i], i / 10 == 1 ? 0 : TARN_NOT_FOUND);
	gives(tarn_set_insert_many(sets[0], keys, 8, 50, codes), TARN_EXISTS);
	for (unsigned i = 0; i < 50; i++)
		gives(codes[i], i / 10 == 1 ? TARN_EXISTS : 0);
	has_exactly(sets[0], 0, 49, 1);
	ok(tarn_set_contains_many(sets[0], keys, 8, 50, NULL));
	gives(tarn_set_erase_many(sets[0], keys + 40, 8, 20, codes), TARN_NOT_FOUND);
	has_exactly(sets[0], 0, 39, 1);
	ok(tarn_set_erase_many(sets[0], keys, 8, 40, NULL));
	ok(tarn_set_insert_many(sets[0], keys, 8, 100, NULL));
	gives(tarn_set_insert_many(sets[0], keys, 4, 2, NULL), TARN_INVALID);
	gives(tarn_set_insert_many(sets[0], (uint64_t[]){ 1, 2 }, 8, 2, NULL), TARN_EXISTS);
}
END_TEST

START_TEST(many_strings_are_answered_one_by_one)
{
	struct tarn_bytes keys[] = { { "one", 3 }, { "two", 3 }, { "", 0 } };
	int codes[3];

	ok(tarn_set_insert(lines, "two", 3));
	gives(tarn_set_insert_many(lines, keys, TARN_SEPARATE, 3, codes), TARN_EXISTS);
	gives(codes[1], TARN_EXISTS);
	ok(tarn_set_contains_many(lines, keys, TARN_SEPARATE, 3, codes));
	gives(tarn_set_load(lines, keys, TARN_SEPARATE, 3), TARN_INVALID);
	ok(tarn_set_erase_many(lines, keys, TARN_SEPARATE, 3, codes));
	ok(tarn_set_load(lines, keys, TARN_SEPARATE, 2));
	ok(tarn_set_contains(lines, "one", 3));
	gives(tarn_set_contains(lines, "", 0), TARN_NOT_FOUND);
}
END_TEST

START_TEST(load_takes_what_ascends)
{
	static uint64_t keys[5000];

	for (unsigned i = 0; i < 5000; i++)
		keys[i] = 2 * i;
	keys[7] = 12;
	gives(tarn_set_load(sets[0], keys, 8, 5000), TARN_INVALID);
	has_exactly(sets[0], 1, 0, 1);
	keys[7] = 14;
	insert_keys(sets[0], 100, 200, 2);
	ok(tarn_set_load(sets[0], keys, 8, 5000));
	has_exactly(sets[0], 0, 9998, 2);
}
END_TEST

/* ---- order ------------------------------------------------------------------------------------- */

static uint64_t found;

static struct tarn_bytes *
room(void)
{
	static struct tarn_bytes bytes;

	found = 4711;
	bytes = (struct tarn_bytes){ &found, 8 };
	return &bytes;
}

START_TEST(bounds_are_the_nearest_keys)
{
	struct tarn_bytes little = { &found, 7 };
	uint64_t key;

	gives(tarn_set_first(sets[0], room()), TARN_NOT_FOUND);
	gives(tarn_set_last(sets[0], room()), TARN_NOT_FOUND);
	insert_keys(sets[0], 0, 3000, 3);
	for (key = 0; key < 3000; key++) {
		ok(tarn_set_lower_bound(sets[0], &key, 8, room()));
		ck_assert_uint_eq(found, (key + 2) / 3 * 3);
		ok(tarn_set_upper_bound(sets[0], &key, 8, room()));
		ck_assert_uint_eq(found, key / 3 * 3 + 3);
	}
	ok(tarn_set_lower_bound(sets[0], &key, 8, NULL));
	gives(tarn_set_upper_bound(sets[0], &key, 8, room()), TARN_NOT_FOUND);
	ok(tarn_set_first(sets[0], room()));
	ck_assert_uint_eq(found, 0);
	ok(tarn_set_last(sets[0], room()));
	ck_assert_uint_eq(found, 3000);
	gives(tarn_set_last(sets[0], &little), TARN_TOO_BIG);
	ck_assert_uint_eq(little.size, 8);
}
END_TEST

START_TEST(keys_are_popped_at_both_ends)
{
	struct tarn_bytes little = { &found, 0 };
	uint64_t low = 0, high = 999;

	insert_keys(sets[0], low, high, 1);
	gives(tarn_set_pop_last(sets[0], &little), TARN_TOO_BIG);
	for (; low < high; low++, high--) {
		ok(tarn_set_pop_first(sets[0], room()));
		ck_assert_uint_eq(found, low);
		ok(tarn_set_pop_last(sets[0], room()));
		ck_assert_uint_eq(found, high);
	}
	gives(tarn_set_pop_first(sets[0], NULL), TARN_NOT_FOUND);
	gives(tarn_set_pop_last(sets[0], NULL), TARN_NOT_FOUND);
	has_exactly(sets[0], 1, 0, 1);
}
END_TEST

static int
erase_above_in(struct tarn_txn *txn, void *from)
{
	int code = tarn_set_erase_range(tarn_set_in(sets[0], txn), from, 8, NULL, 0, NULL);

	tarn__txn_forget(txn); /* else the leaves were merged */
	return code;
}

/* So that empty leaves are left behind; what is before them is the last all the same. */
START_TEST(the_last_one_lies_before_empty_leaves)
{
	struct tarn_object *object = tarn_set_object(sets[0]);
	uint64_t from = 10;

	insert_keys(sets[0], 0, 2000, 1);
	ok(tarn_txn_run(arena, &object, 1, erase_above_in, &from));
	for (uint64_t expected = from; expected-- > 0;) {
		ok(tarn_set_pop_last(sets[0], room()));
		ck_assert_uint_eq(found, expected);
	}
	gives(tarn_set_pop_last(sets[0], room()), TARN_NOT_FOUND);
}
END_TEST

START_TEST(range_is_erased_up_to_its_end)
{
	uint64_t from = 30, to = 300, count;

	insert_keys(sets[0], 0, 2997, 3);
	ok(tarn_set_count(sets[0], &from, 8, &to, 8, &count));
	ck_assert_uint_eq(count, 90);
	ok(tarn_set_count(sets[0], &to, 8, &from, 8, &count));
	ck_assert_uint_eq(count, 0);
	ok(tarn_set_erase_range(sets[0], &from, 8, &to, 8, &count));
	ck_assert_uint_eq(count, 90);
	gives(tarn_set_contains(sets[0], &from, 8), TARN_NOT_FOUND);
	ok(tarn_set_contains(sets[0], &to, 8));
	ok(tarn_set_erase_range(sets[0], NULL, 0, &to, 8, NULL));
	has_exactly(sets[0], 300, 2997, 3);
	ok(tarn_set_erase_range(sets[0], &(uint64_t){ 600 }, 8, NULL, 0, &count));
	ck_assert_uint_eq(count, 800);
	has_exactly(sets[0], 300, 597, 3);
	gives(tarn_set_count(sets[0], &from, 7, NULL, 0, &count), TARN_INVALID);
}
END_TEST

START_TEST(cursor_stays_where_it_is)
{
	struct tarn_set_cursor *cursor;
	const void *key;
	size_t size;

	insert_keys(sets[0], 0, 999, 3);
	ok(tarn_set_cursor_open(sets[0], &cursor));
	gives(tarn_set_cursor_prev(cursor, &key, &size), TARN_NOT_FOUND);
	ok(tarn_set_cursor_seek(cursor, &(uint64_t){ 298 }, 8));
	ok(tarn_set_cursor_next(cursor, &key, &size));
	ck_assert_uint_eq(*(const uint64_t *)key, 300);
	ok(tarn_set_cursor_prev(cursor, &key, &size));
	ck_assert_uint_eq(*(const uint64_t *)key, 300);
	ok(tarn_set_clear(sets[0]));
	insert_keys(sets[0], 299, 301, 1);
	ok(tarn_set_cursor_next(cursor, &key, &size));
	ck_assert_uint_eq(*(const uint64_t *)key, 300);
	tarn_set_cursor_seek_end(cursor);
	ok(tarn_set_cursor_prev(cursor, &key, &size));
	ck_assert_uint_eq(*(const uint64_t *)key, 301);
	gives(tarn_set_cursor_seek(cursor, &size, 3), TARN_INVALID);
	tarn_set_cursor_close(cursor);
	tarn_set_cursor_close(NULL);
}
END_TEST

/* ---- whole sets -------------------------------------------------------------------------------- */

START_TEST(sets_are_exchanged_and_copied)
{
	insert_keys(sets[0], 0, 2999, 1);
	ok(tarn_set_swap(sets[0], sets[1]));
	has_exactly(sets[0], 1, 0, 1);
	has_exactly(sets[1], 0, 2999, 1);
	ok(tarn_set_swap(sets[1], sets[1]));
	ok(tarn_set_copy(sets[2], sets[1]));
	ck_assert(are_equal(sets[1], sets[2]));
	ok(tarn_set_erase(sets[2], &(uint64_t){ 7 }, 8));
	ck_assert(!are_equal(sets[1], sets[2]) && !are_equal(sets[2], sets[1]));
	has_exactly(sets[1], 0, 2999, 1);
	ok(tarn_set_copy(sets[1], sets[1]));
	has_exactly(sets[1], 0, 2999, 1);
	gives(tarn_set_swap(sets[0], lines), TARN_TYPE);
	gives(tarn_set_copy(sets[0], lines), TARN_TYPE);
	gives(tarn_set_copy(sets[0], (struct tarn_set *)map), TARN_TYPE);
	gives(tarn_set_equal(sets[0], lines, &(bool){ false }), TARN_TYPE);
}
END_TEST

/* The gate was open when it looked, and its flip is yet to come. */
static void
hold_a_leaf(void)
{
	struct tarn_object *object = tarn_set_object(sets[0]);
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

/* Keys of 8 bytes are words in the leaves, those of any size are not. */
START_TEST(sets_whose_keys_lie_otherwise_are_not_exchanged)
{
	const uint32_t sizes[SETS] = { 0, 8, 12 };
	struct tarn_set *of[SETS];
	char name[] = "bytes 0";

	for (unsigned i = 0; i < SETS; i++, name[6]++) {
		struct tarn_type type = { .kind = TARN_KIND_SET, .key = TARN_KEY_BYTES,
					  .key_size = sizes[i] };

		ok(tarn_set_open(arena, &of[i], name, &type, TARN_CREATE, NULL));
		ok(tarn_set_insert(of[i], "twelve bytes", i ? sizes[i] : 3));
	}
	for (unsigned i = 0; i < SETS; i++) {
		struct tarn_set *next = of[(i + 1) % SETS];

		gives(tarn_set_swap(of[i], next), TARN_TYPE);
		gives(tarn_set_copy(of[i], next), TARN_TYPE);
		gives(tarn_set_union(of[i], of[i], next), TARN_TYPE);
		gives(tarn_set_equal(of[i], next, &(bool){ false }), TARN_TYPE);
	}
	for (unsigned i = 0; i < SETS; i++)
		tarn_set_close(of[i]);
}
END_TEST

START_TEST(an_exchange_waits_for_who_is_about_to_change_a_leaf)
{
	struct tarn_arena *again = attach(false);
	struct tarn_set *one, *two;
	struct peer peer;

	insert_keys(sets[0], 0, 2999, 1);
	ok(tarn_set_open(again, &one, "0", &numbers, TARN_OPEN, NULL));
	ok(tarn_set_open(again, &two, "1", &numbers, TARN_OPEN, NULL));
	peer = start_stopped(hold_a_leaf);
	gives(tarn_set_swap(one, two), TARN_TIMEOUT);
	gives(tarn_set_swap(two, one), TARN_TIMEOUT);
	has_exactly(sets[0], 0, 2999, 1);
	end_peer(&peer);
	ok(tarn_set_swap(two, one));
	ok(tarn_set_swap(two, one));
	peer = start_stopped(hold_a_leaf);
	kill_peer(&peer);
	ok(tarn_set_swap(one, two));
	has_exactly(sets[1], 0, 2999, 1);
	tarn_set_close(one);
	tarn_set_close(two);
	tarn_arena_close(again);
}
END_TEST

START_TEST(a_copy_may_be_in_another_arena)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = UINT64_C(1) << 26 };
	struct tarn_arena *elsewhere;
	struct tarn_set *copy;
	char line[40];

	for (unsigned i = 0; i < 1000; i++)
		ok(tarn_set_insert(lines, line, (size_t)sprintf(line, "a line with the number %u", i)));
	ok(tarn_arena_open(&elsewhere, "anon:", &options, NULL));
	ok(tarn_set_open(elsewhere, &copy, "copy", &strings, TARN_CREATE, NULL));
	ok(tarn_set_copy(copy, lines));
	ck_assert(are_equal(copy, lines) && are_equal(lines, copy));
	ok(tarn_set_intersection(lines, lines, copy));
	ck_assert(are_equal(copy, lines));
	gives(tarn_set_swap(copy, lines), TARN_INVALID);
	ok(tarn_check(elsewhere, NULL, NULL));
	tarn_set_close(copy);
	tarn_arena_close(elsewhere);
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
	gives(tarn_set_is_subset(sets[0], lines, &(bool){ false }), TARN_TYPE);
}
END_TEST

/* ---- algebra ----------------------------------------------------------------------------------- */

START_TEST(algebra_makes_a_third)
{
	insert_keys(sets[0], 0, 6000, 2);
	insert_keys(sets[1], 0, 6000, 3);
	insert_keys(sets[2], 1, 500, 1);
	ok(tarn_set_intersection(sets[2], sets[0], sets[1]));
	has_exactly(sets[2], 0, 6000, 6);
	ok(tarn_set_intersection(sets[2], sets[1], sets[0]));
	has_exactly(sets[2], 0, 6000, 6);
	ok(tarn_set_union(sets[2], sets[0], sets[1]));
	ck_assert(is_in(sets[0], sets[2]) && is_in(sets[1], sets[2]));
	ok(tarn_set_difference(sets[2], sets[2], sets[0]));
	has_exactly(sets[2], 3, 6000, 6);
	has_exactly(sets[0], 0, 6000, 2);
	has_exactly(sets[1], 0, 6000, 3);
	ok(tarn_set_difference(sets[2], sets[0], sets[0]));
	has_exactly(sets[2], 1, 0, 1);
	gives(tarn_set_union(sets[2], sets[0], lines), TARN_TYPE);
	gives(tarn_set_intersection(lines, sets[0], sets[1]), TARN_TYPE);
}
END_TEST

START_TEST(the_result_may_be_one_of_the_two)
{
	insert_keys(sets[0], 0, 3000, 2);
	insert_keys(sets[1], 1, 3001, 2);
	ok(tarn_set_union(sets[0], sets[0], sets[1]));
	has_exactly(sets[0], 0, 3001, 1);
	ok(tarn_set_intersection(sets[0], sets[0], sets[1]));
	ck_assert(are_equal(sets[0], sets[1]));
	ok(tarn_set_difference(sets[1], sets[0], sets[1]));
	has_exactly(sets[1], 1, 0, 1);
	ok(tarn_set_union(sets[0], sets[0], sets[0]));
	has_exactly(sets[0], 1, 3001, 2);
}
END_TEST

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_object *objects[SETS];
	struct tarn_set *in[SETS];
	struct tarn_txn *txn;

	insert_keys(sets[0], 0, 30, 1);
	insert_keys(sets[1], 20, 40, 1);
	for (unsigned i = 0; i < SETS; i++)
		objects[i] = tarn_set_object(sets[i]);
	for (int committed = 0; committed < 2; committed++) {
		ok(tarn_txn_begin(arena, &txn, objects, SETS));
		for (unsigned i = 0; i < SETS; i++)
			in[i] = tarn_set_in(sets[i], txn);
		gives(tarn_set_insert(sets[0], &(uint64_t){ 99 }, 8), TARN_IN_TXN);
		ok(tarn_set_pop_last(in[0], NULL));
		ok(tarn_set_intersection(in[2], sets[0], in[1]));
		has_exactly(in[2], 20, 29, 1);
		ck_assert(is_in(in[2], sets[1]));
		ok(tarn_set_difference(in[0], in[0], in[2]));
		ok(tarn_set_swap(in[0], in[2]));
		ok(tarn_set_clear(in[1]));
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
	gives(tarn_set_insert(sets[0], &key, 8), TARN_REMOVED);
	gives(tarn_set_contains(sets[0], &key, 8), TARN_REMOVED);
	gives(tarn_set_size(sets[0], &size), TARN_REMOVED);
	gives(tarn_set_count(sets[0], NULL, 0, NULL, 0, &size), TARN_REMOVED);
	gives(tarn_set_pop_last(sets[0], NULL), TARN_REMOVED);
	gives(tarn_set_equal(sets[0], sets[1], &(bool){ false }), TARN_REMOVED);
	gives(tarn_set_swap(sets[0], sets[1]), TARN_REMOVED);
	gives(tarn_set_union(sets[1], sets[0], sets[2]), TARN_REMOVED);
	gives(tarn_set_union(sets[0], sets[1], sets[2]), TARN_REMOVED);
}
END_TEST

/* What stands behind a key means nothing, but it is 0: the check looks. */
START_TEST(a_set_with_values_is_not_whole)
{
	uint64_t key = UINT64_C(0x1234567887654321);
	struct stat file;
	uint64_t *entry;
	char *memory;

	ok(tarn_set_insert(sets[0], &key, 8));
	ok(fstat(tarn_arena_fd(arena), &file));
	memory = mmap(NULL, (size_t)file.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		      tarn_arena_fd(arena), 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	entry = memmem(memory, (size_t)file.st_size, &key, 8);
	ck_assert_ptr_nonnull(entry);
	entry[15] = 1;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	entry[15] = 0;
	ok(tarn_check(arena, NULL, NULL));
	munmap(memory, (size_t)file.st_size);
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
	tcase_add_test(tests, numbers_are_in_their_order);
	tcase_add_test(tests, bytes_of_one_size_are_in_the_order_of_their_bytes);
	tcase_add_test(tests, many_keys_are_answered_one_by_one);
	tcase_add_test(tests, many_strings_are_answered_one_by_one);
	tcase_add_test(tests, load_takes_what_ascends);
	tcase_add_test(tests, bounds_are_the_nearest_keys);
	tcase_add_test(tests, keys_are_popped_at_both_ends);
	tcase_add_test(tests, the_last_one_lies_before_empty_leaves);
	tcase_add_test(tests, range_is_erased_up_to_its_end);
	tcase_add_test(tests, cursor_stays_where_it_is);
	tcase_add_test(tests, sets_are_exchanged_and_copied);
	tcase_add_test(tests, sets_whose_keys_lie_otherwise_are_not_exchanged);
	tcase_add_test(tests, an_exchange_waits_for_who_is_about_to_change_a_leaf);
	tcase_add_test(tests, a_copy_may_be_in_another_arena);
	tcase_add_test(tests, a_subset_has_nothing_of_its_own);
	tcase_add_test(tests, algebra_makes_a_third);
	tcase_add_test(tests, the_result_may_be_one_of_the_two);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, a_set_with_values_is_not_whole);
}

int
main(void)
{
	return run_tests("set", add_tests);
}
