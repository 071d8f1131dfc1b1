// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.c -- every call on a hash multimap, and the errors that its
 * card names
 *
 * Each test has an arena without a name, with three multimaps of u64 to u64,
 * and one of strings to byte strings.
 */
#define TARN_NAME visits
#define TARN_KEY int32_t
#define TARN_VALUE double
#include <tarn/typed/hashmultimap.h>

#include "container/hashmap_bag.h"
#include "unit/hashmap_common.h"

#include <sys/mman.h>
#include <sys/stat.h>

enum { MAPS = 3, MANY = 100000 };

static const struct tarn_type numbers = { TARN_KIND_HASHMULTIMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type strings = { TARN_KIND_HASHMULTIMAP, TARN_KEY_STRING,
					  TARN_VALUE_BYTES, NULL };
static struct tarn_hashmultimap *maps[MAPS], *lines;

static void
open_all(void)
{
	char name[2] = "0";

	for (unsigned i = 0; i < MAPS; i++) {
		name[0] = (char)('0' + i);
		ok(tarn_hashmultimap_open(arena, &maps[i], name, &numbers, TARN_CREATE, NULL));
	}
	ok(tarn_hashmultimap_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
}

static void
close_all(void)
{
	struct tarn_check_report report;

	for (unsigned i = 0; i < MAPS; i++)
		tarn_hashmultimap_close(maps[i]);
	tarn_hashmultimap_close(lines);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
put_in(struct tarn_hashmultimap *to, uint64_t key, uint64_t value)
{
	return tarn_hashmultimap_insert(to, &key, 8, &value, 8);
}

static int
drop(struct tarn_hashmultimap *from, uint64_t key, uint64_t value)
{
	return tarn_hashmultimap_erase_one(from, &key, 8, &value, 8);
}

static int
add_line(const char *key, const char *value)
{
	return tarn_hashmultimap_insert(lines, key, strlen(key), value, strlen(value));
}

static uint64_t
count_of(struct tarn_hashmultimap *in, uint64_t key)
{
	uint64_t count = 4711;

	ok(tarn_hashmultimap_count(in, &key, 8, &count));
	return count;
}

static uint64_t
how_many(struct tarn_hashmultimap *of)
{
	uint64_t size = 4711;
	bool empty;

	ok(tarn_hashmultimap_size(of, &size));
	ok(tarn_hashmultimap_empty(of, &empty));
	ck_assert(empty == !size);
	return size;
}

/* The values of a key, in their order: exactly these. */
static void
has_values(struct tarn_hashmultimap *in, uint64_t key, const uint64_t *values, size_t count)
{
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t first;

	ok(tarn_hashmultimap_equal_range(in, &key, 8, &cursor));
	for (size_t i = 0; i < count; i++) {
		ok(tarn_hashmultimap_cursor_next(cursor, &entry));
		ck_assert(entry.key_size == 8 && *(const uint64_t *)entry.key == key);
		ck_assert(entry.value_size == 8 && *(const uint64_t *)entry.value == values[i]);
	}
	gives(tarn_hashmultimap_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	tarn_hashmultimap_cursor_close(cursor);
	ck_assert_uint_eq(count_of(in, key), count);
	gives(tarn_hashmultimap_contains(in, &key, 8), count ? 0 : TARN_NOT_FOUND);
	gives(tarn_hashmultimap_get(in, &key, 8, &first, 8, NULL), count ? 0 : TARN_NOT_FOUND);
	ck_assert(!count || first == values[0]);
}

#define VALUES(...) (const uint64_t[]){ __VA_ARGS__ }, sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8
#define has(in, key, ...) has_values(in, key, VALUES(__VA_ARGS__))

static bool
are_equal(struct tarn_hashmultimap *one, struct tarn_hashmultimap *two)
{
	bool equal;

	ok(tarn_hashmultimap_equal(one, two, &equal));
	return equal;
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_kind_keys_and_values)
{
	const struct tarn_type types[] = {
		{ TARN_KIND_HASHMULTIMAP, TARN_KEY_U64, 0, NULL },
		{ TARN_KIND_HASHMULTIMAP, TARN_KEY_NONE, 8, NULL },
		{ TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL },
		{ .kind = TARN_KIND_HASHMULTIMAP, .key = TARN_KEY_U64, .value_size = 8, .value_align = 64 },
	};
	struct tarn_hashmultimap *opened;
	struct tarn_hashmap *as_map;

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		gives(tarn_hashmultimap_open(arena, &opened, "x", &types[i], TARN_CREATE, NULL),
		      TARN_INVALID);
	gives(tarn_hashmultimap_open(arena, &opened, "0", &strings, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(),
			 "0 is a hashmultimap of u64 to 8 bytes, not a hashmultimap of string to bytes");
	gives(tarn_hashmap_open(arena, &as_map, "0", &words, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_hashmultimap_open(arena, &opened, "x", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
	ck_assert_ptr_null(opened);
}
END_TEST

START_TEST(typed_multimap)
{
	uint64_t erased;
	struct visits *visits;
	double value;

	ok(visits_open(arena, &visits, "visits", TARN_CREATE));
	ok(visits_insert(visits, -3, 1.5));
	ok(visits_insert(visits, -3, 2.5));
	ok(visits_get(visits, -3, &value));
	ck_assert(value > 1.0 && value < 2.0);
	ok(visits_erase(visits, -3, &erased));
	ck_assert_uint_eq(erased, 2);
	gives(visits_get(visits, -3, &value), TARN_NOT_FOUND);
	tarn_hashmultimap_close((struct tarn_hashmultimap *)visits);
}
END_TEST

/* ---- one key ----------------------------------------------------------------------------------- */

START_TEST(a_key_has_its_values_in_their_order)
{
	for (uint64_t value = 1; value <= 5; value++)
		ok(put_in(maps[0], 7, value * 10));
	ok(put_in(maps[0], 8, 1));
	ok(put_in(maps[0], 7, 10));
	has(maps[0], 7, 10, 20, 30, 40, 50, 10);
	has(maps[0], 8, 1);
	has_values(maps[0], 9, NULL, 0);
	ck_assert_uint_eq(how_many(maps[0]), 7);
}
END_TEST

START_TEST(one_value_is_taken_out)
{
	uint64_t key = 7;

	for (uint64_t value = 1; value <= 6; value++)
		ok(put_in(maps[0], key, value % 4));
	gives(drop(maps[0], key, 9), TARN_NOT_FOUND);
	gives(drop(maps[0], 6, 1), TARN_NOT_FOUND);
	ok(drop(maps[0], key, 1)); /* the first of two */
	has(maps[0], key, 2, 3, 0, 1, 2);
	ok(drop(maps[0], key, 0));
	ok(drop(maps[0], key, 2));
	has(maps[0], key, 3, 1, 2);
	ok(drop(maps[0], key, 3));
	ok(put_in(maps[0], key, 8));
	has(maps[0], key, 1, 2, 8);
	ok(drop(maps[0], key, 1));
	ok(drop(maps[0], key, 8));
	ok(drop(maps[0], key, 2));
	has_values(maps[0], key, NULL, 0);
	ck_assert_uint_eq(how_many(maps[0]), 0);
	gives(drop(maps[0], key, 2), TARN_NOT_FOUND);
}
END_TEST

START_TEST(all_values_are_taken_out)
{
	uint64_t key = 7, erased = 4711;

	gives(tarn_hashmultimap_erase(maps[0], &key, 8, &erased), TARN_NOT_FOUND);
	ck_assert_uint_eq(erased, 0);
	for (uint64_t value = 0; value < 1000; value++)
		ok(put_in(maps[0], key, value));
	ok(drop(maps[0], key, 500));
	ok(tarn_hashmultimap_erase(maps[0], &key, 8, &erased));
	ck_assert_uint_eq(erased, 999);
	has_values(maps[0], key, NULL, 0);
	ok(put_in(maps[0], key, 1));
	ok(tarn_hashmultimap_erase(maps[0], &key, 8, NULL));
	ck_assert_uint_eq(how_many(maps[0]), 0);
}
END_TEST

START_TEST(values_have_any_size)
{
	static char big[200000];
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	size_t size;

	memset(big, 'b', sizeof(big));
	ok(add_line("key", ""));
	ok(add_line("key", "a"));
	ok(tarn_hashmultimap_insert(lines, "key", 3, big, sizeof(big)));
	ok(add_line("key", "12345678"));
	ok(add_line("another key", "x"));
	ok(tarn_hashmultimap_get(lines, "key", 3, NULL, 0, &size));
	ck_assert_uint_eq(size, 0);
	ok(tarn_hashmultimap_erase_one(lines, "key", 3, "", 0));
	ok(tarn_hashmultimap_erase_one(lines, "key", 3, "a", 1));
	gives(tarn_hashmultimap_get(lines, "key", 3, big, 8, &size), TARN_TOO_BIG);
	ck_assert_uint_eq(size, sizeof(big));
	ok(tarn_hashmultimap_equal_range(lines, "key", 3, &cursor));
	ok(tarn_hashmultimap_cursor_next(cursor, &entry));
	ck_assert(entry.value_size == sizeof(big) && !memcmp(entry.value, big, sizeof(big)));
	ok(tarn_hashmultimap_cursor_next(cursor, &entry));
	ck_assert(entry.value_size == 8 && !memcmp(entry.value, "12345678", 8));
	gives(tarn_hashmultimap_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	tarn_hashmultimap_cursor_close(cursor);
	gives(put_in(lines, 1, 1), 0); /* any bytes are a string */
}
END_TEST

START_TEST(sizes_are_looked_at)
{
	struct tarn_hashmultimap_cursor *cursor;
	uint64_t word = 1;
	size_t size;

	gives(tarn_hashmultimap_insert(maps[0], &word, 7, &word, 8), TARN_INVALID);
	gives(tarn_hashmultimap_insert(maps[0], &word, 8, &word, 7), TARN_INVALID);
	gives(tarn_hashmultimap_erase(maps[0], &word, 4, NULL), TARN_INVALID);
	gives(tarn_hashmultimap_erase_one(maps[0], &word, 8, &word, 4), TARN_INVALID);
	gives(tarn_hashmultimap_get(maps[0], &word, 4, &word, 8, &size), TARN_INVALID);
	gives(tarn_hashmultimap_count(maps[0], &word, 4, &word), TARN_INVALID);
	gives(tarn_hashmultimap_equal_range(maps[0], &word, 9, &cursor), TARN_INVALID);
	ck_assert_ptr_null(cursor);
	gives(tarn_hashmultimap_insert(lines, "k", 1, &word, TARN_BYTES_MAX + UINT64_C(1)), TARN_TOO_BIG);
	ck_assert_uint_eq(how_many(maps[0]) + how_many(lines), 0);
}
END_TEST

START_TEST(a_key_may_have_very_many_values)
{
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t key = 1, sum = 0, erased;

	for (uint64_t value = 0; value < MANY; value++)
		ok(put_in(maps[0], key, value));
	ck_assert_uint_eq(count_of(maps[0], key), MANY);
	ok(tarn_hashmultimap_cursor_open(maps[0], &cursor));
	for (; !tarn_hashmultimap_cursor_next(cursor, &entry); sum++)
		ck_assert_uint_eq(*(const uint64_t *)entry.value, sum);
	tarn_hashmultimap_cursor_close(cursor);
	ck_assert_uint_eq(sum, MANY);
	for (uint64_t value = 0; value < 1000; value++)
		ok(drop(maps[0], key, value));
	ok(tarn_hashmultimap_copy(maps[1], maps[0]));
	ck_assert(are_equal(maps[0], maps[1]));
	ok(tarn_hashmultimap_erase(maps[0], &key, 8, &erased));
	ck_assert_uint_eq(erased, MANY - 1000);
	ok(tarn_hashmultimap_clear(maps[1]));
}
END_TEST

/* ---- many keys --------------------------------------------------------------------------------- */

START_TEST(many_keys_are_answered_one_by_one)
{
	static uint64_t keys[1000], values[1000], counts[1000];
	int codes[3];
	uint64_t erased, absent[3] = { 5, 5000, 6 };

	for (uint64_t i = 0; i < 1000; i++) {
		keys[i] = i % 100;
		values[i] = i;
	}
	ok(tarn_hashmultimap_insert_many(maps[0], keys, 8, 1000, values, 8, NULL));
	ck_assert_uint_eq(how_many(maps[0]), 1000);
	ok(tarn_hashmultimap_count_many(maps[0], keys, 8, 1000, counts, NULL));
	for (uint64_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(counts[i], 10);
	gives(tarn_hashmultimap_erase_many(maps[0], absent, 8, 3, &erased, codes), TARN_NOT_FOUND);
	ck_assert(erased == 20 && !codes[0] && codes[1] == TARN_NOT_FOUND && !codes[2]);
	gives(tarn_hashmultimap_insert_many(maps[0], keys, 8, 2, values, 4, codes), TARN_INVALID);
	ck_assert(codes[0] == TARN_INVALID && codes[1] == TARN_INVALID);
}
END_TEST

START_TEST(many_strings_are_answered_one_by_one)
{
	struct tarn_bytes keys[3] = { { "a", 1 }, { "b", 1 }, { "a", 1 } };
	struct tarn_bytes values[3] = { { "1", 1 }, { "22", 2 }, { "333", 3 } };
	uint64_t counts[3], erased;

	ok(tarn_hashmultimap_insert_many(lines, keys, TARN_SEPARATE, 3, values, TARN_SEPARATE, NULL));
	ok(tarn_hashmultimap_count_many(lines, keys, TARN_SEPARATE, 3, counts, NULL));
	ck_assert(counts[0] == 2 && counts[1] == 1 && counts[2] == 2);
	ok(tarn_hashmultimap_erase_many(lines, keys, TARN_SEPARATE, 2, &erased, NULL));
	ck_assert_uint_eq(erased, 3);
}
END_TEST

/* ---- whole multimaps --------------------------------------------------------------------------- */

START_TEST(room_is_made_and_given_back)
{
	ok(tarn_hashmultimap_reserve(maps[0], 10000));
	for (uint64_t i = 0; i < 20000; i++)
		ok(put_in(maps[0], i / 2, i));
	for (uint64_t i = 0; i < 9990; i++)
		ok(tarn_hashmultimap_erase(maps[0], &i, 8, NULL));
	ok(tarn_hashmultimap_shrink_to_fit(maps[0]));
	for (uint64_t i = 9990; i < 10000; i++)
		has(maps[0], i, 2 * i, 2 * i + 1);
	ck_assert_uint_eq(how_many(maps[0]), 20);
}
END_TEST

START_TEST(multimaps_are_exchanged_copied_and_compared)
{
	for (uint64_t i = 0; i < 3000; i++)
		ok(put_in(maps[0], i / 3, i));
	ok(tarn_hashmultimap_swap(maps[0], maps[1]));
	ck_assert(how_many(maps[0]) == 0 && how_many(maps[1]) == 3000);
	ok(tarn_hashmultimap_copy(maps[2], maps[1]));
	has(maps[2], 100, 300, 301, 302);
	ck_assert(are_equal(maps[1], maps[2]) && !are_equal(maps[0], maps[1]));
	ok(drop(maps[2], 100, 300));
	ck_assert(!are_equal(maps[1], maps[2]) && !are_equal(maps[2], maps[1]));
	ok(put_in(maps[2], 100, 300)); /* in another order */
	ck_assert(are_equal(maps[1], maps[2]));
	ok(drop(maps[2], 100, 301));
	ok(put_in(maps[2], 100, 300));
	ck_assert(!are_equal(maps[1], maps[2])); /* as many, but others */
	gives(tarn_hashmultimap_swap(maps[0], lines), TARN_TYPE);
	gives(tarn_hashmultimap_copy(maps[0], lines), TARN_TYPE);
	gives(tarn_hashmultimap_equal(maps[0], lines, &(bool){ false }), TARN_TYPE);
	ok(tarn_hashmultimap_clear(maps[1]));
	ck_assert_uint_eq(how_many(maps[1]), 0);
}
END_TEST

START_TEST(values_of_another_size_are_another_type)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMULTIMAP, .key = TARN_KEY_U64, .value_size = 4 };
	struct tarn_hashmultimap *small;

	ok(tarn_hashmultimap_open(arena, &small, "small", &type, TARN_CREATE, NULL));
	gives(tarn_hashmultimap_swap(small, maps[0]), TARN_TYPE);
	gives(tarn_hashmultimap_copy(small, maps[0]), TARN_TYPE);
	tarn_hashmultimap_close(small);
}
END_TEST

START_TEST(a_copy_may_be_in_another_arena)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = UINT64_C(1) << 26 };
	struct tarn_arena *elsewhere;
	struct tarn_hashmultimap *copy;
	char key[20], value[40];

	for (unsigned i = 0; i < 1000; i++)
		ok(tarn_hashmultimap_insert(lines, key, (size_t)sprintf(key, "%u", i % 50), value,
					    (size_t)sprintf(value, "a value with the number %u", i)));
	ok(tarn_arena_open(&elsewhere, "anon:", &options, NULL));
	ok(tarn_hashmultimap_open(elsewhere, &copy, "copy", &strings, TARN_CREATE, NULL));
	ok(tarn_hashmultimap_copy(copy, lines));
	ck_assert(are_equal(copy, lines) && are_equal(lines, copy));
	gives(tarn_hashmultimap_swap(copy, lines), TARN_INVALID);
	ok(tarn_check(elsewhere, NULL, NULL));
	tarn_hashmultimap_close(copy);
	tarn_arena_close(elsewhere);
}
END_TEST

/* ---- transactions, damage ---------------------------------------------------------------------- */

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_object *objects[2] = { tarn_hashmultimap_object(maps[0]),
					   tarn_hashmultimap_object(maps[1]) };
	struct tarn_hashmultimap *in[2];
	struct tarn_txn *txn;
	uint64_t key = 2, erased;

	for (uint64_t i = 0; i < 30; i++)
		ok(put_in(maps[0], i / 10, i));
	for (int committed = 0; committed < 2; committed++) {
		ok(tarn_txn_begin(arena, &txn, objects, 2));
		for (unsigned i = 0; i < 2; i++)
			in[i] = tarn_hashmultimap_in(maps[i], txn);
		gives(put_in(maps[0], 1, 1), TARN_IN_TXN);
		for (uint64_t i = 0; i < 9; i++)
			ok(drop(in[0], 0, i));
		ok(put_in(in[0], 0, 99));
		has(in[0], 0, 9, 99);
		ok(tarn_hashmultimap_erase(in[0], &key, 8, &erased));
		ck_assert_uint_eq(erased, 10);
		ok(put_in(in[0], 2, 5));
		ok(tarn_hashmultimap_copy(in[1], maps[0]));
		ck_assert(are_equal(in[1], in[0]));
		ok(tarn_hashmultimap_swap(in[0], in[1]));
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		if (committed)
			break;
		ck_assert(how_many(maps[0]) == 30 && how_many(maps[1]) == 0);
		has(maps[0], 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	}
	ck_assert_uint_eq(how_many(maps[0]), 13);
	has(maps[0], 2, 5);
	has(maps[1], 0, 9, 99);
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	struct tarn_hashmultimap_cursor *cursor;
	uint64_t key = 1;

	ok(put_in(maps[0], 1, 1));
	ok(tarn_object_remove(arena, "0"));
	gives(put_in(maps[0], 1, 1), TARN_REMOVED);
	gives(drop(maps[0], 1, 1), TARN_REMOVED);
	gives(tarn_hashmultimap_count(maps[0], &key, 8, &key), TARN_REMOVED);
	gives(tarn_hashmultimap_equal_range(maps[0], &key, 8, &cursor), TARN_REMOVED);
}
END_TEST

/* Whatever a bag says, nobody reads or writes beyond it, and the check tells. */
START_TEST(a_damaged_bag_harms_nobody)
{
	const uint64_t lies[] = { 0, 1, 3, 4, 5, 100, UINT64_C(1) << 31, UINT64_MAX };
	struct tarn_object *object = tarn_hashmultimap_object(maps[0]);
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t value, depth, off = 0, *bag, was;
	const uint64_t *directory = tarn__hashmap_directory(object, &depth);
	struct tarn_segment_shm *segment = (void *)(arena->base + (directory[0] & ~TARN_DEPTH));
	uint64_t key = 1;

	for (uint64_t i = 0; i < 4; i++)
		ok(put_in(maps[0], key, i));
	ok(drop(maps[0], key, 1));
	for (unsigned i = 0; i < TARN_BUCKETS && !off; i++) {
		if (segment->buckets[i].node & TARN_OCCUPIED)
			off = segment->buckets[i].places[tarn__ctz(segment->buckets[i].node & TARN_OCCUPIED)].b;
	}
	bag = (uint64_t *)(arena->base + off);
	for (unsigned w = 0; w < 12; w++) {
		for (unsigned i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
			was = bag[w];
			bag[w] = lies[i];
			if (w < 4 && lies[i] != was)
				gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
			(void)!tarn_hashmultimap_get(maps[0], &key, 8, &value, 8, NULL);
			(void)!tarn_hashmultimap_count(maps[0], &key, 8, &value);
			if (!tarn_hashmultimap_equal_range(maps[0], &key, 8, &cursor)) {
				while (!tarn_hashmultimap_cursor_next(cursor, &entry))
					;
				tarn_hashmultimap_cursor_close(cursor);
			}
			bag[w] = was;
		}
	}
	has(maps[0], key, 0, 2, 3);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_all, close_all);
	tcase_add_test(tests, has_a_kind_keys_and_values);
	tcase_add_test(tests, typed_multimap);
	tcase_add_test(tests, a_key_has_its_values_in_their_order);
	tcase_add_test(tests, one_value_is_taken_out);
	tcase_add_test(tests, all_values_are_taken_out);
	tcase_add_test(tests, values_have_any_size);
	tcase_add_test(tests, sizes_are_looked_at);
	tcase_add_test(tests, a_key_may_have_very_many_values);
	tcase_add_test(tests, many_keys_are_answered_one_by_one);
	tcase_add_test(tests, many_strings_are_answered_one_by_one);
	tcase_add_test(tests, room_is_made_and_given_back);
	tcase_add_test(tests, multimaps_are_exchanged_copied_and_compared);
	tcase_add_test(tests, values_of_another_size_are_another_type);
	tcase_add_test(tests, a_copy_may_be_in_another_arena);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, a_damaged_bag_harms_nobody);
}

int
main(void)
{
	return run_tests("hashmultimap", add_tests);
}
