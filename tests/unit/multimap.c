// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- every call on an ordered multimap, and what is a multimap's
 * own
 *
 * What multimaps have from maps (splits, merges, ways that are interrupted) is
 * tested there; here is what their users see: the order of keys and, in a
 * key, of inserts; and what names an entry.
 */
#define TARN_NAME readings
#define TARN_KEY double
#define TARN_KEY_AS F64
#define TARN_VALUE uint32_t
#include <tarn/typed/multimap.h>

#define TARN_NAME orders
#define TARN_KEY int32_t
#define TARN_VALUE uint64_t
#include <tarn/typed/multimap.h>

#include "catalog/layout.h"
#include "container/multi.h"
#include "unit/hashmap_common.h"

#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { MAPS = 3, ROOM = 400 };

static const struct tarn_type numbers = { TARN_KIND_MULTIMAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type strings = { TARN_KIND_MULTIMAP, TARN_KEY_STRING, TARN_VALUE_BYTES,
					  NULL };
static struct tarn_multimap *maps[MAPS], *lines;

static void
open_multimaps(void)
{
	char name[2] = "0";

	for (unsigned i = 0; i < MAPS; i++) {
		name[0] = (char)('0' + i);
		ok(tarn_multimap_open(arena, &maps[i], name, &numbers, TARN_CREATE, NULL));
	}
	ok(tarn_multimap_open(arena, &lines, "lines", &strings, TARN_CREATE, NULL));
}

static void
close_multimaps(void)
{
	struct tarn_check_report report;

	for (unsigned i = 0; i < MAPS; i++)
		tarn_multimap_close(maps[i]);
	tarn_multimap_close(lines);
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(report.removed, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static uint64_t
add_entry(struct tarn_multimap *to, uint64_t key, uint64_t value)
{
	uint64_t serial = 0;

	ok(tarn_multimap_insert(to, &key, 8, &value, 8, &serial));
	ck_assert_uint_ne(serial, 0);
	return serial;
}

/* Values from first to last, to that key. */
static void
add_entries(struct tarn_multimap *to, uint64_t key, uint64_t first, uint64_t last)
{
	for (uint64_t value = first; value <= last; value++)
		add_entry(to, key, value);
}

static uint64_t
count_of(struct tarn_multimap *in, uint64_t key)
{
	uint64_t count = 4711;

	ok(tarn_multimap_count(in, &key, 8, &count));
	return count;
}

/* A key's values are these, in this order, by every call that looks at a key. */
static void
key_has(struct tarn_multimap *in, uint64_t key, const uint64_t *values, size_t many)
{
	uint64_t found[ROOM], serials[ROOM], value = 4711;
	size_t count = ROOM, size = 0;
	int code = many ? 0 : TARN_NOT_FOUND;

	ok(tarn_multimap_equal_range(in, &key, 8, found, serials, &count));
	ck_assert_uint_eq(count, many);
	ck_assert_uint_eq(count_of(in, key), many);
	gives(tarn_multimap_contains(in, &key, 8), code);
	gives(tarn_multimap_get(in, &key, 8, &value, 8, &size), code);
	ck_assert(!many || (value == values[0] && size == 8));
	for (size_t i = 0; i < many; i++) {
		ck_assert_uint_eq(found[i], values[i]);
		ok(tarn_multimap_get_entry(in, &key, 8, serials[i], &value, 8, NULL));
		ck_assert_uint_eq(value, values[i]);
		ck_assert(!i || serials[i] > serials[i - 1]);
	}
}

static void
key_has_from_to(struct tarn_multimap *in, uint64_t key, uint64_t first, uint64_t last)
{
	uint64_t values[ROOM];
	size_t many = 0;

	for (uint64_t value = first; value <= last; value++)
		values[many++] = value;
	key_has(in, key, values, many);
}

static void
size_is(struct tarn_multimap *of, uint64_t expected)
{
	uint64_t size = 4711;
	bool empty;

	ok(tarn_multimap_size(of, &size));
	ck_assert_uint_eq(size, expected);
	ok(tarn_multimap_empty(of, &empty));
	ck_assert(empty == !expected);
}

static bool
are_equal(struct tarn_multimap *one, struct tarn_multimap *two)
{
	bool equal;

	ok(tarn_multimap_equal(one, two, &equal));
	return equal;
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_kind_and_values)
{
	const struct tarn_type types[] = {
		{ TARN_KIND_MULTIMAP, TARN_KEY_U64, 0, NULL },
		{ TARN_KIND_MULTIMAP, TARN_KEY_NONE, 8, NULL },
		{ TARN_KIND_MULTIMAP, TARN_KEY_U64, (1u << 30) + 1, NULL },
		{ TARN_KIND_MAP, TARN_KEY_U64, 8, NULL },
		{ .kind = TARN_KIND_MULTIMAP, .key = TARN_KEY_U64, .value_size = 8, .key_size = 16 },
		{ .kind = TARN_KIND_MULTIMAP, .key = TARN_KEY_CUSTOM, .value_size = 8, .order = "any" },
	};
	struct tarn_multimap *opened;
	struct tarn_map *as_map;

	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		gives(tarn_multimap_open(arena, &opened, "x", &types[i], TARN_CREATE, NULL),
		      TARN_INVALID);
	gives(tarn_multimap_open(arena, &opened, "0", &strings, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_str_eq(tarn_error_detail(),
			 "0 is a multimap of u64 to 8 bytes, not a multimap of string to bytes");
	gives(tarn_map_open(arena, &as_map, "0",
			    &(struct tarn_type){ TARN_KIND_MAP, TARN_KEY_U64, 8, NULL }, TARN_OPEN, NULL),
	      TARN_TYPE);
	gives(tarn_multimap_open(arena, &opened, "x", &numbers, TARN_OPEN, NULL), TARN_NOT_FOUND);
	ck_assert_ptr_null(opened);
}
END_TEST

START_TEST(has_types_of_c)
{
	struct readings *readings;
	struct orders *orders;
	uint64_t values[4];
	uint32_t found[4];
	size_t count = 4;

	ok(orders_open(arena, &orders, "orders", TARN_CREATE));
	ok(orders_insert(orders, -7, 1));
	ok(orders_insert(orders, -7, 2));
	ok(orders_equal_range(orders, -7, values, &count));
	ck_assert(count == 2 && values[0] == 1 && values[1] == 2);
	tarn_multimap_close((struct tarn_multimap *)orders);
	ok(readings_open(arena, &readings, "readings", TARN_CREATE));
	ok(readings_insert(readings, -0.0, 5));
	ok(readings_insert(readings, 0.0, 4));
	gives(readings_insert(readings, NAN, 4), TARN_INVALID);
	count = 4;
	ok(readings_equal_range(readings, 0.0, found, &count));
	ck_assert(count == 2 && found[0] == 5 && found[1] == 4);
	tarn_multimap_close((struct tarn_multimap *)readings);
}
END_TEST

/* ---- keys -------------------------------------------------------------------------------------- */

START_TEST(entries_of_a_key_stand_in_the_order_of_their_inserts)
{
	const uint64_t left[] = { 100, 101, 103 };
	uint64_t serials[4];

	for (unsigned i = 0; i < 4; i++) {
		serials[i] = add_entry(maps[0], 5, 100 + i);
		add_entries(maps[0], 4, 30 * i, 30 * i + 29);
		add_entries(maps[0], 6, 30 * i, 30 * i + 29);
	}
	key_has_from_to(maps[0], 5, 100, 103);
	key_has_from_to(maps[0], 4, 0, 119);
	key_has_from_to(maps[0], 6, 0, 119);
	key_has(maps[0], 7, NULL, 0);
	size_is(maps[0], 244);
	ok(tarn_multimap_erase_entry(maps[0], &(uint64_t){ 5 }, 8, serials[2]));
	key_has(maps[0], 5, left, 3);
	ok(tarn_multimap_put_entry(maps[0], &(uint64_t){ 5 }, 8, serials[1], &(uint64_t){ 7 }, 8));
	gives(tarn_multimap_put_entry(maps[0], &(uint64_t){ 5 }, 8, serials[2], &(uint64_t){ 7 }, 8),
	      TARN_NOT_FOUND);
	gives(tarn_multimap_put_entry(maps[0], &(uint64_t){ 5 }, 8, serials[1], &(uint64_t){ 7 }, 4),
	      TARN_INVALID);
	key_has(maps[0], 5, (const uint64_t[]){ 100, 7, 103 }, 3);
	size_is(maps[0], 243);
}
END_TEST

/* Whatever has become of the entry, and of the container that had it. */
static void
names_nothing(uint64_t key, uint64_t serial)
{
	for (unsigned i = 0; i < MAPS; i++) {
		gives(tarn_multimap_get_entry(maps[i], &key, 8, serial, NULL, 0, NULL), TARN_NOT_FOUND);
		gives(tarn_multimap_erase_entry(maps[i], &key, 8, serial), TARN_NOT_FOUND);
	}
}

START_TEST(a_name_is_never_that_of_another_entry)
{
	uint64_t erased = add_entry(maps[0], 5, 1), cleared, kept, other_one;

	ok(tarn_multimap_erase_entry(maps[0], &(uint64_t){ 5 }, 8, erased));
	cleared = add_entry(maps[0], 5, 2);
	ck_assert_uint_ne(erased, cleared);
	names_nothing(5, erased);
	ok(tarn_multimap_clear(maps[0]));
	kept = add_entry(maps[0], 5, 3);
	other_one = add_entry(maps[1], 5, 4);
	names_nothing(5, cleared);
	ok(tarn_multimap_swap(maps[0], maps[1]));
	gives(tarn_multimap_erase_entry(maps[0], &(uint64_t){ 5 }, 8, kept), TARN_NOT_FOUND);
	ok(tarn_multimap_copy(maps[2], maps[1]));
	gives(tarn_multimap_erase_entry(maps[2], &(uint64_t){ 5 }, 8, kept), TARN_NOT_FOUND);
	ok(tarn_multimap_erase_entry(maps[1], &(uint64_t){ 5 }, 8, kept));
	ok(tarn_multimap_erase_entry(maps[0], &(uint64_t){ 5 }, 8, other_one));
	names_nothing(5, kept);
	names_nothing(5, other_one);
	names_nothing(5, TARN_SERIAL_LOWEST);
	names_nothing(5, TARN_SERIAL_HIGHEST);
	key_has_from_to(maps[2], 5, 3, 3);
}
END_TEST

/* Bytes decide, and what a string begins comes behind it; zeros are bytes too. */
static const struct text {
	const char *bytes;
	size_t size;
} some_texts[] = {
	{ "", 0 }, { "\0", 1 }, { "\0\0", 2 }, { "\0\1", 2 }, { "\0\xff", 2 }, { "\1", 1 }, { "a", 1 },
	{ "a\0", 2 }, { "a\0\0", 3 }, { "a\0\0\0\0\0\0\0\0\0", 10 }, { "a\0b", 3 }, { "a\1", 2 }, { "aa", 2 },
	{ "ab", 2 }, { "a longer one", 12 }, { "b", 1 }, { "\xff", 1 }, { "\xff\xff", 2 },
};

enum { TEXTS = sizeof(some_texts) / sizeof(some_texts[0]) };

static int
compare_texts(const void *one, const void *two)
{
	const struct text *a = one, *b = two;
	int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);

	return order ? order : (a->size > b->size) - (a->size < b->size);
}

START_TEST(strings_are_in_the_order_of_their_bytes)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	struct text sorted[TEXTS];
	char value[8];

	memcpy(sorted, some_texts, sizeof(sorted));
	qsort(sorted, TEXTS, sizeof(sorted[0]), compare_texts);
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < TEXTS; i++) {
			const struct text *key = &some_texts[(i * 7 + round) % TEXTS];

			ok(tarn_multimap_insert(lines, key->bytes, key->size, value,
						(size_t)sprintf(value, "%u", round), NULL));
		}
	}
	ok(tarn_multimap_cursor_open(lines, &cursor));
	for (unsigned i = 0; i < TEXTS * 20; i++) {
		ok(tarn_multimap_cursor_next(cursor, &entry));
		ck_assert_uint_eq(entry.key_size, sorted[i / 20].size);
		ck_assert_mem_eq(entry.key, sorted[i / 20].bytes, entry.key_size);
		ck_assert_uint_eq(entry.value_size, (size_t)sprintf(value, "%u", i % 20));
		ck_assert_mem_eq(entry.value, value, entry.value_size);
	}
	gives(tarn_multimap_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	tarn_multimap_cursor_close(cursor);
	for (unsigned i = 0; i < TEXTS; i++) {
		uint64_t erased;

		ok(tarn_multimap_erase(lines, sorted[i].bytes, sorted[i].size, &erased));
		ck_assert_uint_eq(erased, 20);
		gives(tarn_multimap_contains(lines, sorted[i].bytes, sorted[i].size), TARN_NOT_FOUND);
	}
	size_is(lines, 0);
}
END_TEST

START_TEST(keys_are_strings_of_any_length)
{
	char *key = malloc(100000), value[64], found[100];
	struct tarn_bytes room = { malloc(100000), 100000 };

	memset(key, 0, 100000);
	for (size_t size = 1; size <= 100000; size *= 10)
		ok(tarn_multimap_insert(lines, key, size, value, 0, NULL));
	memset(key, 'k', 100000);
	for (size_t size = 1; size <= 100000; size *= 10)
		ok(tarn_multimap_insert(lines, key, size, "short", 5, NULL));
	ok(tarn_multimap_last(lines, &room, NULL));
	ck_assert_uint_eq(room.size, 100000);
	ck_assert_mem_eq(room.data, key, 100000);
	ok(tarn_multimap_get(lines, key, 100000, value, 5, &room.size));
	ck_assert_mem_eq(value, "short", 5);
	gives(tarn_multimap_get(lines, key, 100000, value, 4, &room.size), TARN_TOO_BIG);
	ck_assert_uint_eq(room.size, 5);
	room.size = 99999;
	gives(tarn_multimap_pop_last(lines, &room, NULL), TARN_TOO_BIG);
	ck_assert_uint_eq(room.size, 100000);
	ok(tarn_multimap_pop_last(lines, &room, &(struct tarn_bytes){ found, 100 }));
	gives(tarn_multimap_contains(lines, key, 100000), TARN_NOT_FOUND);
	gives(tarn_multimap_insert(lines, key, (size_t)1 << 31, value, 1, NULL), TARN_TOO_BIG);
	free(room.data);
	free(key);
}
END_TEST

/* Of each kind the least, the greatest, and some between, ascending; each twice. */
static void
check_numbers(enum tarn_key_kind kind, const void *keys, size_t size, unsigned count)
{
	struct tarn_type type = { TARN_KIND_MULTIMAP, kind, 1, NULL };
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	struct tarn_multimap *opened;
	const char *bytes = keys;

	ok(tarn_multimap_open(arena, &opened, "numbers", &type, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 2 * count; i++)
		ok(tarn_multimap_insert(opened, bytes + (i * 3 + 1) % count * size, size,
					&(uint8_t){ (uint8_t)(i / count) }, 1, NULL));
	ok(tarn_multimap_cursor_open(opened, &cursor));
	for (unsigned i = 0; i < 2 * count; i++) {
		ok(tarn_multimap_cursor_next(cursor, &entry));
		ck_assert_uint_eq(entry.key_size, size);
		ck_assert_mem_eq(entry.key, bytes + i / 2 * size, size);
		ck_assert_uint_eq(*(const uint8_t *)entry.value, i % 2);
	}
	gives(tarn_multimap_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	tarn_multimap_cursor_close(cursor);
	gives(tarn_multimap_insert(opened, bytes, size - 1, "", 1, NULL), TARN_INVALID);
	gives(tarn_multimap_count(opened, bytes, size + 1, &(uint64_t){ 0 }), TARN_INVALID);
	gives(tarn_multimap_insert(opened, bytes, size, "", 0, NULL), TARN_INVALID);
	tarn_multimap_close(opened);
	ok(tarn_object_remove(arena, "numbers"));
}

/* No number of keys is a multiple of 3. */
START_TEST(numbers_are_in_their_order)
{
	const uint64_t u64[] = { 0, 1, 255, 256, UINT64_C(1) << 63, UINT64_MAX - 1, UINT64_MAX };
	const int64_t i64[] = { INT64_MIN, -256, -1, 0, 255, 256, INT64_MAX };
	const uint32_t u32[] = { 0, 1, 256, 1u << 31, UINT32_MAX };
	const int32_t i32[] = { INT32_MIN, -256, 0, 255, INT32_MAX };
	const double f64[] = { -INFINITY, -1e300, -1, -1e-300, 0, 1e-300, 1, INFINITY };

	check_numbers(TARN_KEY_U64, u64, 8, 7);
	check_numbers(TARN_KEY_I64, i64, 8, 7);
	check_numbers(TARN_KEY_U32, u32, 4, 5);
	check_numbers(TARN_KEY_I32, i32, 4, 5);
	check_numbers(TARN_KEY_F64, f64, 8, 8);
}
END_TEST

/* ---- erase ------------------------------------------------------------------------------------- */

START_TEST(a_key_is_erased_wherever_its_entries_are)
{
	uint64_t erased = 4711;

	add_entries(maps[0], 1, 0, 2);
	add_entries(maps[0], 2, 0, 299);
	add_entries(maps[0], 3, 0, 2);
	gives(tarn_multimap_erase(maps[0], &(uint64_t){ 4 }, 8, &erased), TARN_NOT_FOUND);
	ck_assert_uint_eq(erased, 0);
	ok(tarn_multimap_erase(maps[0], &(uint64_t){ 1 }, 8, &erased));
	ck_assert_uint_eq(erased, 3);
	ok(tarn_multimap_erase(maps[0], &(uint64_t){ 2 }, 8, &erased));
	ck_assert_uint_eq(erased, 300);
	key_has(maps[0], 2, NULL, 0);
	key_has_from_to(maps[0], 3, 0, 2);
	size_is(maps[0], 3);
	ok(tarn_multimap_erase(maps[0], &(uint64_t){ 3 }, 8, NULL));
	size_is(maps[0], 0);
	gives(tarn_multimap_erase(maps[0], &(uint32_t){ 3 }, 4, &erased), TARN_INVALID);
}
END_TEST

/* Then it is said, and nothing is erased; a range is erased in steps. */
START_TEST(a_key_may_have_too_many_entries_for_one_step)
{
	uint64_t erased = 4711, key = 2, behind = 3;

	add_entries(maps[0], 1, 0, 9);
	add_entries(maps[0], 2, 0, 99999);
	add_entries(maps[0], 3, 0, 9);
	gives(tarn_multimap_erase(maps[0], &key, 8, &erased), TARN_TOO_BIG);
	ck_assert_uint_eq(erased, 0);
	size_is(maps[0], 100020);
	ok(tarn_multimap_erase_range(maps[0], &key, 8, &behind, 8, &erased));
	ck_assert_uint_eq(erased, 100000);
	key_has_from_to(maps[0], 1, 0, 9);
	key_has_from_to(maps[0], 3, 0, 9);
	size_is(maps[0], 20);
}
END_TEST

START_TEST(range_is_erased_up_to_its_end)
{
	uint64_t erased, from = 3, to = 7;

	for (uint64_t key = 0; key < 10; key++)
		add_entries(maps[0], key, 0, 39);
	ok(tarn_multimap_erase_range(maps[0], &from, 8, &to, 8, &erased));
	ck_assert_uint_eq(erased, 160);
	for (uint64_t key = 0; key < 10; key++)
		ck_assert_uint_eq(count_of(maps[0], key), key >= 3 && key < 7 ? 0 : 40);
	ok(tarn_multimap_erase_range(maps[0], &to, 8, &from, 8, &erased));
	ck_assert_uint_eq(erased, 0);
	ok(tarn_multimap_erase_range(maps[0], NULL, 0, &from, 8, &erased));
	ck_assert_uint_eq(erased, 120);
	ok(tarn_multimap_erase_range(maps[0], NULL, 0, NULL, 0, &erased));
	ck_assert_uint_eq(erased, 120);
	size_is(maps[0], 0);
}
END_TEST

/* ---- many -------------------------------------------------------------------------------------- */

START_TEST(many_keys_are_answered_one_by_one)
{
	const uint64_t keys[] = { 5, 1, 5, 3 }, asked[] = { 1, 2, 5 }, values[] = { 10, 11, 12, 13 };
	uint64_t counts[3];
	int codes[4];

	ok(tarn_multimap_insert_many(maps[0], keys, 8, 4, values, 8, codes));
	ck_assert(!codes[0] && !codes[1] && !codes[2] && !codes[3]);
	key_has(maps[0], 5, (const uint64_t[]){ 10, 12 }, 2);
	ok(tarn_multimap_count_many(maps[0], asked, 8, 3, counts, codes));
	ck_assert(counts[0] == 1 && counts[1] == 0 && counts[2] == 2);
	gives(tarn_multimap_erase_many(maps[0], asked, 8, 3, codes), TARN_NOT_FOUND);
	ck_assert(!codes[0] && codes[1] == TARN_NOT_FOUND && !codes[2]);
	key_has(maps[0], 3, (const uint64_t[]){ 13 }, 1);
	size_is(maps[0], 1);
	gives(tarn_multimap_insert_many(maps[0], keys, 4, 2, values, 8, codes), TARN_INVALID);
	ck_assert_int_eq(codes[1], TARN_INVALID);
}
END_TEST

START_TEST(load_takes_what_does_not_descend)
{
	const struct tarn_bytes keys[] = { { (void *)"a", 1 }, { (void *)"a", 1 }, { (void *)"a\0", 2 },
					   { (void *)"b", 1 } };
	const struct tarn_bytes wrong[] = { keys[0], keys[3], keys[2] };
	const char *values = "0123";
	uint64_t count;

	ok(tarn_multimap_load(lines, keys, TARN_SEPARATE, 4, values, 1));
	ok(tarn_multimap_load(lines, keys, TARN_SEPARATE, 1, values, 1));
	size_is(lines, 5);
	ok(tarn_multimap_count(lines, "a", 1, &count));
	ck_assert_uint_eq(count, 3);
	gives(tarn_multimap_load(lines, wrong, TARN_SEPARATE, 3, values, 1), TARN_INVALID);
	size_is(lines, 5);
}
END_TEST

/* ---- in their order ---------------------------------------------------------------------------- */

static struct found {
	uint64_t key, value;
} found;

static struct tarn_bytes found_key, found_value;

static void
is_found(int code, uint64_t key, uint64_t value)
{
	ok(code);
	ck_assert_uint_eq(found.key, key);
	ck_assert_uint_eq(found.value, value);
	ck_assert(found_key.size == 8 && found_value.size == 8);
}

static struct tarn_bytes *
key_room(void)
{
	found_key = (struct tarn_bytes){ &found.key, 8 };
	return &found_key;
}

static struct tarn_bytes *
value_room(void)
{
	found_value = (struct tarn_bytes){ &found.value, 8 };
	return &found_value;
}

START_TEST(bounds_are_the_nearest_entries)
{
	for (uint64_t key = 10; key <= 30; key += 10)
		add_entries(maps[0], key, 0, 49);
	is_found(tarn_multimap_lower_bound(maps[0], &(uint64_t){ 20 }, 8, key_room(), value_room()), 20, 0);
	is_found(tarn_multimap_lower_bound(maps[0], &(uint64_t){ 11 }, 8, key_room(), value_room()), 20, 0);
	is_found(tarn_multimap_upper_bound(maps[0], &(uint64_t){ 20 }, 8, key_room(), value_room()), 30, 0);
	is_found(tarn_multimap_upper_bound(maps[0], &(uint64_t){ 0 }, 8, key_room(), value_room()), 10, 0);
	gives(tarn_multimap_upper_bound(maps[0], &(uint64_t){ 30 }, 8, NULL, NULL), TARN_NOT_FOUND);
	gives(tarn_multimap_lower_bound(maps[0], &(uint64_t){ 31 }, 8, NULL, NULL), TARN_NOT_FOUND);
	is_found(tarn_multimap_first(maps[0], key_room(), value_room()), 10, 0);
	is_found(tarn_multimap_last(maps[0], key_room(), value_room()), 30, 49);
	found_key.size = 7;
	gives(tarn_multimap_first(maps[0], &found_key, NULL), TARN_TOO_BIG);
	ck_assert_uint_eq(found_key.size, 8);
	gives(tarn_multimap_first(maps[1], NULL, NULL), TARN_NOT_FOUND);
	gives(tarn_multimap_last(maps[1], NULL, NULL), TARN_NOT_FOUND);
}
END_TEST

START_TEST(entries_are_popped_at_both_ends)
{
	add_entries(maps[0], 1, 0, 1);
	add_entries(maps[0], 2, 0, 1);
	is_found(tarn_multimap_pop_last(maps[0], key_room(), value_room()), 2, 1);
	is_found(tarn_multimap_pop_first(maps[0], key_room(), value_room()), 1, 0);
	found_value.size = 7;
	gives(tarn_multimap_pop_first(maps[0], NULL, &found_value), TARN_TOO_BIG);
	size_is(maps[0], 2);
	is_found(tarn_multimap_pop_last(maps[0], key_room(), value_room()), 2, 0);
	is_found(tarn_multimap_pop_last(maps[0], key_room(), value_room()), 1, 1);
	gives(tarn_multimap_pop_last(maps[0], NULL, NULL), TARN_NOT_FOUND);
	gives(tarn_multimap_pop_first(maps[0], NULL, NULL), TARN_NOT_FOUND);
}
END_TEST

START_TEST(columns_are_as_long_as_there_is_room)
{
	uint64_t keys[20], values[20], serials[20];
	size_t count = 20;

	add_entries(maps[0], 1, 10, 14);
	add_entries(maps[0], 2, 20, 24);
	ok(tarn_multimap_scan(maps[0], NULL, 0, keys, values, &count));
	ck_assert_uint_eq(count, 10);
	for (unsigned i = 0; i < 10; i++)
		ck_assert(keys[i] == 1 + i / 5 && values[i] == 10 * keys[i] + i % 5);
	count = 3;
	ok(tarn_multimap_scan(maps[0], &(uint64_t){ 2 }, 8, keys, NULL, &count));
	ck_assert(count == 3 && keys[0] == 2 && keys[2] == 2);
	count = 3;
	ok(tarn_multimap_equal_range(maps[0], &(uint64_t){ 1 }, 8, values, serials, &count));
	ck_assert(count == 3 && values[0] == 10 && values[2] == 12);
	count = 0;
	ok(tarn_multimap_equal_range(maps[0], &(uint64_t){ 1 }, 8, values, NULL, &count));
	ck_assert_uint_eq(count, 0);
	count = 20;
	ok(tarn_multimap_equal_range(maps[0], &(uint64_t){ 3 }, 8, values, serials, &count));
	ck_assert_uint_eq(count, 0);
	gives(tarn_multimap_scan(lines, NULL, 0, keys, NULL, &count), TARN_TYPE);
	gives(tarn_multimap_equal_range(lines, "a", 1, values, NULL, &count), TARN_TYPE);
	ok(tarn_multimap_equal_range(lines, "a", 1, NULL, serials, &count));
}
END_TEST

static void
comes_next(struct tarn_multimap_cursor *cursor, bool on, uint64_t key, uint64_t value)
{
	struct tarn_multimap_entry entry;

	ok(on ? tarn_multimap_cursor_next(cursor, &entry) : tarn_multimap_cursor_prev(cursor, &entry));
	ck_assert(entry.key_size == 8 && entry.value_size == 8);
	ck_assert_uint_eq(*(const uint64_t *)entry.key, key);
	ck_assert_uint_eq(*(const uint64_t *)entry.value, value);
}

START_TEST(cursor_stays_where_it_is)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	uint64_t key = 5;

	add_entries(maps[0], 4, 0, 39);
	add_entries(maps[0], 5, 0, 39);
	add_entries(maps[0], 6, 0, 39);
	ok(tarn_multimap_cursor_open(maps[0], &cursor));
	ok(tarn_multimap_cursor_seek(cursor, &key, 8));
	comes_next(cursor, true, 5, 0);
	comes_next(cursor, false, 5, 0);
	comes_next(cursor, false, 4, 39);
	ok(tarn_multimap_cursor_seek_behind(cursor, &key, 8));
	add_entry(maps[0], 5, 40);
	comes_next(cursor, false, 5, 40);
	comes_next(cursor, false, 5, 39);
	ok(tarn_multimap_erase(maps[0], &key, 8, NULL));
	ok(tarn_multimap_cursor_seek(cursor, &key, 8));
	comes_next(cursor, true, 6, 0);
	tarn_multimap_cursor_seek_end(cursor);
	gives(tarn_multimap_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	comes_next(cursor, false, 6, 39);
	gives(tarn_multimap_cursor_seek(cursor, &key, 7), TARN_INVALID);
	tarn_multimap_cursor_close(cursor);
	tarn_multimap_cursor_close(NULL);
}
END_TEST

/* ---- whole multimaps --------------------------------------------------------------------------- */

START_TEST(multimaps_are_exchanged_and_copied)
{
	add_entries(maps[0], 1, 0, 99);
	add_entries(maps[1], 2, 0, 9);
	ok(tarn_multimap_swap(maps[0], maps[1]));
	key_has_from_to(maps[0], 2, 0, 9);
	key_has_from_to(maps[1], 1, 0, 99);
	ok(tarn_multimap_copy(maps[2], maps[1]));
	key_has_from_to(maps[2], 1, 0, 99);
	key_has_from_to(maps[1], 1, 0, 99);
	ok(tarn_multimap_copy(maps[2], maps[2]));
	key_has_from_to(maps[2], 1, 0, 99);
	ok(tarn_multimap_swap(maps[2], maps[2]));
	gives(tarn_multimap_swap(maps[2], lines), TARN_TYPE);
	gives(tarn_multimap_copy(maps[2], lines), TARN_TYPE);
	add_entries(maps[0], 2, 10, 10);
	key_has_from_to(maps[0], 2, 0, 10);
}
END_TEST

START_TEST(equal_is_entry_for_entry)
{
	ck_assert(are_equal(maps[0], maps[1]));
	add_entries(maps[0], 1, 5, 6);
	add_entry(maps[1], 1, 6);
	ck_assert(!are_equal(maps[0], maps[1]));
	add_entry(maps[1], 1, 5);
	ck_assert(!are_equal(maps[0], maps[1])); /* in another order */
	ok(tarn_multimap_pop_first(maps[1], NULL, NULL));
	add_entry(maps[1], 1, 6);
	ck_assert(are_equal(maps[0], maps[1]) && are_equal(maps[0], maps[0]));
	add_entry(maps[0], 2, 0);
	ck_assert(!are_equal(maps[0], maps[1]) && !are_equal(maps[1], maps[0]));
	gives(tarn_multimap_equal(maps[0], lines, &(bool){ false }), TARN_TYPE);
}
END_TEST

START_TEST(a_copy_may_be_in_another_arena)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_size = UINT64_C(1) << 26 };
	struct tarn_arena *elsewhere;
	struct tarn_multimap *copy;
	char line[40];

	for (unsigned i = 0; i < 1000; i++)
		ok(tarn_multimap_insert(lines, line, (size_t)sprintf(line, "line %u", i % 100), &i, i % 5,
					NULL));
	ok(tarn_arena_open(&elsewhere, "anon:", &options, NULL));
	ok(tarn_multimap_open(elsewhere, &copy, "copy", &strings, TARN_CREATE, NULL));
	ok(tarn_multimap_copy(copy, lines));
	ck_assert(are_equal(copy, lines) && are_equal(lines, copy));
	gives(tarn_multimap_swap(copy, lines), TARN_INVALID);
	ok(tarn_check(elsewhere, NULL, NULL));
	tarn_multimap_close(copy);
	tarn_arena_close(elsewhere);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_object *objects[] = { tarn_multimap_object(maps[0]), tarn_multimap_object(maps[1]) };
	uint64_t key = 1, erased;
	struct tarn_txn *txn;

	add_entries(maps[0], 1, 0, 59);
	for (unsigned committed = 0; committed < 2; committed++) {
		struct tarn_multimap *one, *two;

		ok(tarn_txn_begin(arena, &txn, objects, 2));
		one = tarn_multimap_in(maps[0], txn);
		two = tarn_multimap_in(maps[1], txn);
		ck_assert_ptr_null(tarn_multimap_in(maps[2], txn));
		gives(tarn_multimap_erase(maps[0], &key, 8, NULL), TARN_IN_TXN);
		ok(tarn_multimap_erase(one, &key, 8, &erased));
		ck_assert_uint_eq(erased, 60);
		add_entries(one, 1, 7, 8);
		add_entries(two, 1, 0, 30);
		key_has_from_to(one, 1, 7, 8);
		ok(tarn_multimap_swap(one, two));
		key_has_from_to(one, 1, 0, 30);
		if (committed)
			ok(tarn_txn_commit(txn));
		else
			tarn_txn_abort(txn);
		key_has_from_to(maps[0], 1, 0, committed ? 30 : 59);
	}
	key_has_from_to(maps[1], 1, 7, 8);
}
END_TEST

START_TEST(a_handle_on_what_was_removed_says_so)
{
	struct tarn_multimap_cursor *cursor;
	uint64_t key = 1, size;

	ok(tarn_object_remove(arena, "0"));
	gives(tarn_multimap_insert(maps[0], &key, 8, &key, 8, NULL), TARN_REMOVED);
	gives(tarn_multimap_erase(maps[0], &key, 8, NULL), TARN_REMOVED);
	gives(tarn_multimap_erase_entry(maps[0], &key, 8, 1), TARN_REMOVED);
	gives(tarn_multimap_get(maps[0], &key, 8, NULL, 0, NULL), TARN_REMOVED);
	gives(tarn_multimap_contains(maps[0], &key, 8), TARN_REMOVED);
	gives(tarn_multimap_count(maps[0], &key, 8, &size), TARN_REMOVED);
	gives(tarn_multimap_size(maps[0], &size), TARN_REMOVED);
	gives(tarn_multimap_pop_last(maps[0], NULL, NULL), TARN_REMOVED);
	gives(tarn_multimap_equal(maps[0], maps[1], &(bool){ false }), TARN_REMOVED);
	gives(tarn_multimap_swap(maps[0], maps[1]), TARN_REMOVED);
	gives(tarn_multimap_copy(maps[1], maps[0]), TARN_REMOVED);
	gives(tarn_multimap_cursor_open(maps[0], &cursor), TARN_REMOVED);
}
END_TEST

/* ---- what nobody should have done -------------------------------------------------------------- */

static char *
map_file(size_t *size)
{
	struct stat file;
	char *memory;

	ok(fstat(tarn_arena_fd(arena), &file));
	*size = (size_t)file.st_size;
	memory = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, tarn_arena_fd(arena), 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	return memory;
}

/* Then serials would come twice: the check tells. */
START_TEST(a_serial_that_was_put_back_is_told)
{
	struct tarn_catalog_shm *catalog;
	uint64_t serial = add_entry(maps[0], 1, 1), *word;
	size_t size;
	char *memory = map_file(&size);

	catalog = (struct tarn_catalog_shm *)(void *)(memory + TARN_CATALOG_WORDS_OFF);
	word = &catalog->serial;
	ck_assert_uint_eq(*word, serial);
	*word = serial - 1;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	*word = serial;
	ok(tarn_check(arena, NULL, NULL));
	add_entry(maps[0], 1, 2);
	key_has_from_to(maps[0], 1, 1, 2);
	munmap(memory, size);
}
END_TEST

/* A string's end is scribbled upon: 0 0 and the serial are no ordinary bytes. */
START_TEST(a_key_that_was_never_written_is_told)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	size_t size;
	char *memory = map_file(&size), *key;

	ok(tarn_multimap_insert(lines, "unmistakable", 12, "", 0, NULL));
	key = memmem(memory, size, "unmistakable", 12);
	ck_assert_ptr_nonnull(key);
	ck_assert(!key[12] && !key[13]);
	key[12] = 1;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	ok(tarn_multimap_cursor_open(lines, &cursor));
	gives(tarn_multimap_cursor_next(cursor, &entry), TARN_CORRUPT);
	tarn_multimap_cursor_close(cursor);
	gives(tarn_multimap_first(lines, NULL, NULL), TARN_CORRUPT);
	key[12] = 0;
	ok(tarn_check(arena, NULL, NULL));
	munmap(memory, size);
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_multimaps, close_multimaps);
	tcase_add_test(tests, has_a_kind_and_values);
	tcase_add_test(tests, has_types_of_c);
	tcase_add_test(tests, entries_of_a_key_stand_in_the_order_of_their_inserts);
	tcase_add_test(tests, a_name_is_never_that_of_another_entry);
	tcase_add_test(tests, strings_are_in_the_order_of_their_bytes);
	tcase_add_test(tests, keys_are_strings_of_any_length);
	tcase_add_test(tests, numbers_are_in_their_order);
	tcase_add_test(tests, a_key_is_erased_wherever_its_entries_are);
	tcase_add_test(tests, a_key_may_have_too_many_entries_for_one_step);
	tcase_add_test(tests, range_is_erased_up_to_its_end);
	tcase_add_test(tests, many_keys_are_answered_one_by_one);
	tcase_add_test(tests, load_takes_what_does_not_descend);
	tcase_add_test(tests, bounds_are_the_nearest_entries);
	tcase_add_test(tests, entries_are_popped_at_both_ends);
	tcase_add_test(tests, columns_are_as_long_as_there_is_room);
	tcase_add_test(tests, cursor_stays_where_it_is);
	tcase_add_test(tests, multimaps_are_exchanged_and_copied);
	tcase_add_test(tests, equal_is_entry_for_entry);
	tcase_add_test(tests, a_copy_may_be_in_another_arena);
	tcase_add_test(tests, a_transaction_does_all_or_nothing);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, a_serial_that_was_put_back_is_told);
	tcase_add_test(tests, a_key_that_was_never_written_is_told);
}

int
main(void)
{
	return run_tests("multimap", add_tests);
}
