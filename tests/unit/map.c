// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- every call on an ordered map, and the errors that its card names
 *
 * From outside, by <tarn.h> alone.  Each test has an arena without a name,
 * with a map of u64 to u64 and one of strings to byte strings.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn.h>

#define TARN_NAME ages
#define TARN_KEY int32_t
#define TARN_VALUE double
#include <tarn/typed/map.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

#define MANY 5000u

static const struct tarn_type words = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };
static const struct tarn_type texts = { TARN_KIND_MAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };

static struct tarn_arena *arena;
static struct tarn_map *map, *text;

static void
open_maps(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = UINT64_C(1) << 28 };

	ok(tarn_arena_open(&arena, "memfd:", &options, NULL));
	ok(tarn_map_open(arena, &map, "map", &words, TARN_CREATE, NULL));
	ok(tarn_map_open(arena, &text, "text", &texts, TARN_CREATE, NULL));
}

static void
close_maps(void)
{
	ok(tarn_check(arena, NULL, NULL));
	tarn_map_close(map);
	tarn_map_close(text);
	tarn_arena_close(arena);
}

static int
put(uint64_t key, uint64_t value)
{
	return tarn_map_put(map, &key, 8, &value, 8);
}

static int
erase(uint64_t key)
{
	return tarn_map_erase(map, &key, 8);
}

static int
put_text(const char *key, const char *value)
{
	return tarn_map_put(text, key, strlen(key), value, strlen(value));
}

static uint64_t
value_of(uint64_t key)
{
	uint64_t value = 4711;
	size_t size;

	ok(tarn_map_get(map, &key, 8, &value, 8, &size));
	ck_assert_uint_eq(size, 8);
	return value;
}

static uint64_t
size_of(struct tarn_map *of)
{
	uint64_t size;

	ok(tarn_map_size(of, &size));
	return size;
}

/* Every third number from 0 on, below 3 * count. */
static void
fill(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		ok(put(3 * (i * 7919 % count), i));
}

/* ---- opening ----------------------------------------------------------------------------------- */

static int
open_as(struct tarn_type type, enum tarn_open_mode how)
{
	struct tarn_map *opened = (struct tarn_map *)&type;
	int code = tarn_map_open(arena, &opened, "new", &type, how, NULL);

	ck_assert(!code == !!opened);
	tarn_map_close(opened);
	return code;
}

START_TEST(type_that_cannot_be_is_invalid)
{
	const struct tarn_type bad[] = {
		{ TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_MAP, TARN_KEY_NONE, 8, NULL },
		{ TARN_KIND_MAP, (enum tarn_key_kind)(TARN_KEY_CUSTOM + 1), 8, NULL },
		{ TARN_KIND_MAP, TARN_KEY_U64, 0, NULL },
		{ TARN_KIND_MAP, TARN_KEY_U64, (UINT32_C(1) << 30) + 1, NULL },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		gives(open_as(bad[i], TARN_OPEN_OR_CREATE), TARN_INVALID);
	gives(open_as(words, TARN_OPEN), TARN_NOT_FOUND);
}
END_TEST

START_TEST(map_is_opened_as_what_it_was_created)
{
	struct tarn_type of_i64 = { TARN_KIND_MAP, TARN_KEY_I64, 8, NULL };
	struct tarn_type hashed = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
	struct tarn_hashmap *other;
	bool created = false;
	struct tarn_map *again;

	ok(open_as(words, TARN_CREATE));
	gives(open_as(words, TARN_CREATE), TARN_EXISTS);
	gives(open_as(of_i64, TARN_OPEN), TARN_TYPE);
	gives(tarn_hashmap_open(arena, &other, "new", &hashed, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "map of u64"));
	ok(put(1, 2));
	ok(tarn_map_open(arena, &again, "map", &words, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ck_assert_uint_eq(size_of(again), 1);
	tarn_map_close(again);
}
END_TEST

/* ---- one entry --------------------------------------------------------------------------------- */

START_TEST(put_replaces_and_insert_does_not)
{
	uint64_t key = 7, value = 1;

	ok(tarn_map_insert(map, &key, 8, &value, 8));
	value = 2;
	gives(tarn_map_insert(map, &key, 8, &value, 8), TARN_EXISTS);
	ck_assert_uint_eq(value_of(7), 1);
	ok(tarn_map_put(map, &key, 8, &value, 8));
	ck_assert_uint_eq(value_of(7), 2);
	ok(tarn_map_contains(map, &key, 8));
	ok(erase(7));
	gives(tarn_map_contains(map, &key, 8), TARN_NOT_FOUND);
	gives(erase(7), TARN_NOT_FOUND);
}
END_TEST

START_TEST(sizes_are_looked_at)
{
	char value[8];
	uint64_t key = 1;
	size_t size = 0;

	gives(tarn_map_put(map, &key, 4, &key, 8), TARN_INVALID);
	gives(tarn_map_put(map, &key, 8, &key, 7), TARN_INVALID);
	gives(tarn_map_get(map, &key, 7, value, 8, NULL), TARN_INVALID);
	gives(tarn_map_put(text, "k", (UINT64_C(1) << 30) + 1, "", 0), TARN_TOO_BIG);
	ok(tarn_map_put(text, NULL, 0, NULL, 0));
	ok(tarn_map_get(text, NULL, 0, value, 8, &size));
	ck_assert_uint_eq(size, 0);
	ok(tarn_map_lower_bound(text, NULL, 0, NULL, NULL));
	ok(put_text("key", "a value of some bytes"));
	gives(tarn_map_get(text, "key", 3, value, 8, &size), TARN_TOO_BIG);
	ck_assert_uint_eq(size, 21);
	ok(tarn_map_get(text, "key", 3, NULL, 0, &size));
}
END_TEST

START_TEST(fetch_add_and_compare_and_swap)
{
	uint64_t key = 5, before = 9, one = 1, ten = 10;

	ok(tarn_map_fetch_add(map, &key, 8, 3, &before));
	ck_assert_uint_eq(before, 0);
	ok(tarn_map_fetch_add(map, &key, 8, -2, &before));
	ck_assert_uint_eq(before, 3);
	gives(tarn_map_compare_and_swap(map, &key, 8, &ten, 8, &one, 8), TARN_MISMATCH);
	ok(tarn_map_compare_and_swap(map, &key, 8, &one, 8, &ten, 8));
	ck_assert_uint_eq(value_of(5), 10);
	gives(tarn_map_compare_and_swap(map, &before, 8, &one, 8, &ten, 8), TARN_NOT_FOUND);
	gives(tarn_map_fetch_add(text, "a", 1, 1, NULL), TARN_TYPE);
}
END_TEST

static int
append_x(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg)
{
	char *room = arg;

	if (old_size > 150)
		return 42;
	if (old)
		memcpy(room, old, old_size);
	room[old_size] = 'x';
	*out = room;
	*out_size = old_size + 1;
	return 0;
}

START_TEST(update_computes_and_may_refuse)
{
	char room[200], value[200];
	size_t size;

	for (unsigned i = 0; i <= 150; i++)
		ok(tarn_map_update(text, "k", 1, append_x, room));
	ck_assert_int_eq(tarn_map_update(text, "k", 1, append_x, room), 42);
	ok(tarn_map_get(text, "k", 1, value, sizeof(value), &size));
	ck_assert_uint_eq(size, 151);
	ck_assert_int_eq(value[0], 'x');
	ck_assert_int_eq(value[150], 'x');
}
END_TEST

START_TEST(typed_map)
{
	struct ages *ages;
	double age = 0;

	ok(ages_open(arena, &ages, "ages", TARN_CREATE));
	ok(ages_put(ages, -3, 1.5));
	ok(ages_put(ages, 4, 2.5));
	ok(ages_get(ages, -3, &age));
	ck_assert(age == 1.5);
	ok(ages_erase(ages, -3));
	gives(ages_get(ages, -3, &age), TARN_NOT_FOUND);
	tarn_map_close((struct tarn_map *)ages);
}
END_TEST

/* ---- order ------------------------------------------------------------------------------------- */

static uint64_t found, with;
static struct tarn_bytes key_room, value_room;

static void
make_room(void)
{
	key_room = (struct tarn_bytes){ &found, 8 };
	value_room = (struct tarn_bytes){ &with, 8 };
}

START_TEST(bounds_are_the_nearest_keys)
{
	uint64_t key;

	fill(MANY);
	for (key = 0; key < 3 * MANY - 3; key++) {
		make_room();
		ok(tarn_map_lower_bound(map, &key, 8, &key_room, &value_room));
		ck_assert_uint_eq(found, (key + 2) / 3 * 3);
		make_room();
		ok(tarn_map_upper_bound(map, &key, 8, &key_room, NULL));
		ck_assert_uint_eq(found, key / 3 * 3 + 3);
	}
	key = 3 * MANY - 3;
	gives(tarn_map_upper_bound(map, &key, 8, NULL, NULL), TARN_NOT_FOUND);
	make_room();
	ok(tarn_map_first(map, &key_room, &value_room));
	ck_assert_uint_eq(found, 0);
	make_room();
	ok(tarn_map_last(map, &key_room, &value_room));
	ck_assert_uint_eq(found, key);
	key_room.size = 7;
	gives(tarn_map_last(map, &key_room, NULL), TARN_TOO_BIG);
	ck_assert_uint_eq(key_room.size, 8);
}
END_TEST

START_TEST(strings_are_in_the_order_of_their_bytes)
{
	static const char *const order[] = { "",	 "\x01",	"a",	     "aaaaaaaa",
					     "aaaaaaaab", "aaaaaaaabbbbbbbb", "aaaaaaaabbbbbbbbc",
					     "aaaaaaab", "ab",	"b",	     "\xff" };
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	unsigned count = sizeof(order) / sizeof(order[0]);

	for (unsigned i = 0; i < count; i++)
		ok(put_text(order[i * 7 % count], "value"));
	ok(tarn_map_cursor_open(text, &cursor));
	for (unsigned i = 0; i < count; i++) {
		ok(tarn_map_cursor_next(cursor, &entry));
		ck_assert_uint_eq(entry.key_size, strlen(order[i]));
		ck_assert(!memcmp(entry.key, order[i], entry.key_size));
	}
	gives(tarn_map_cursor_next(cursor, &entry), TARN_NOT_FOUND);
	tarn_map_cursor_close(cursor);
}
END_TEST

START_TEST(numbers_are_in_their_order)
{
	const double order[] = { -INFINITY, -1e300, -1.5, -1e-300, 0, 1e-310, 2, 1e300, INFINITY };
	struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_F64, 1, NULL };
	double no = NAN, minus = -0.0, keys[9];
	char value = 1, values[9];
	size_t count = 9;
	struct tarn_map *real;

	ok(tarn_map_open(arena, &real, "real", &type, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 9; i++)
		ok(tarn_map_put(real, &order[i * 4 % 9], 8, &value, 1));
	gives(tarn_map_put(real, &no, 8, &value, 1), TARN_INVALID);
	gives(tarn_map_insert(real, &minus, 8, &value, 1), TARN_EXISTS);
	ok(tarn_map_scan(real, NULL, 0, keys, values, &count));
	ck_assert_uint_eq(count, 9);
	for (unsigned i = 0; i < 9; i++)
		ck_assert(keys[i] == order[i]);
	tarn_map_close(real);
}
END_TEST

START_TEST(cursor_stays_where_it_is)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	uint64_t key = 300;

	fill(MANY);
	ok(tarn_map_cursor_open(map, &cursor));
	gives(tarn_map_cursor_prev(cursor, &entry), TARN_NOT_FOUND);
	ok(tarn_map_cursor_seek(cursor, &key, 8));
	ok(tarn_map_cursor_next(cursor, &entry));
	ck_assert_uint_eq(*(const uint64_t *)entry.key, 300);
	ok(tarn_map_cursor_prev(cursor, &entry));
	ck_assert_uint_eq(*(const uint64_t *)entry.key, 300);
	ok(tarn_map_cursor_prev(cursor, &entry));
	ck_assert_uint_eq(*(const uint64_t *)entry.key, 297);
	ok(tarn_map_erase_range(map, NULL, 0, NULL, 0, NULL));
	ok(put(296, 1));
	ok(put(298, 1));
	ok(tarn_map_cursor_next(cursor, &entry)); /* it stands before 297 */
	ck_assert_uint_eq(*(const uint64_t *)entry.key, 298);
	tarn_map_cursor_seek_end(cursor);
	ok(tarn_map_cursor_prev(cursor, &entry));
	ok(tarn_map_cursor_prev(cursor, &entry));
	ck_assert_uint_eq(*(const uint64_t *)entry.key, 296);
	gives(tarn_map_cursor_seek(cursor, &key, 3), TARN_INVALID);
	tarn_map_cursor_close(cursor);
	tarn_map_cursor_close(NULL);
}
END_TEST

START_TEST(scan_copies_from_a_key_on)
{
	uint64_t keys[100], values[100], from = 1000;
	size_t count = 100;

	fill(MANY);
	ok(tarn_map_scan(map, &from, 8, keys, values, &count));
	ck_assert_uint_eq(count, 100);
	for (unsigned i = 0; i < 100; i++) {
		ck_assert_uint_eq(keys[i], 1002 + 3 * i);
		ck_assert_uint_eq(values[i] * 7919 % MANY, keys[i] / 3);
	}
	from = 3 * MANY - 6;
	ok(tarn_map_scan(map, &from, 8, keys, NULL, &count));
	ck_assert_uint_eq(count, 2);
	gives(tarn_map_scan(text, NULL, 0, keys, values, &count), TARN_TYPE);
}
END_TEST

START_TEST(pop_takes_the_first)
{
	bool empty = true;

	fill(100);
	make_room();
	key_room.size = 3;
	gives(tarn_map_pop_first(map, &key_room, NULL), TARN_TOO_BIG);
	ok(tarn_map_empty(map, &empty));
	ck_assert(!empty);
	for (uint64_t i = 0; i < 100; i++) {
		make_room();
		ok(tarn_map_pop_first(map, &key_room, &value_room));
		ck_assert_uint_eq(found, 3 * i);
		ck_assert_uint_eq(with * 7919 % 100, i);
		ck_assert_uint_eq(size_of(map), 99 - i);
	}
	gives(tarn_map_pop_first(map, NULL, NULL), TARN_NOT_FOUND);
	ok(tarn_map_empty(map, &empty));
	ck_assert(empty);
}
END_TEST

START_TEST(range_is_erased_up_to_its_end)
{
	uint64_t from = 30, to = 300, erased;

	fill(MANY);
	ok(tarn_map_erase_range(map, &from, 8, &to, 8, &erased));
	ck_assert_uint_eq(erased, 90);
	ck_assert_uint_eq(size_of(map), MANY - 90);
	gives(erase(30), TARN_NOT_FOUND);
	gives(erase(297), TARN_NOT_FOUND);
	ok(erase(300));
	ok(erase(27));
	ok(tarn_map_erase_range(map, &to, 8, &from, 8, &erased));
	ck_assert_uint_eq(erased, 0);
	ok(tarn_map_erase_range(map, NULL, 0, &to, 8, &erased));
	ck_assert_uint_eq(erased, 9);
	ok(tarn_map_erase_range(map, &to, 8, NULL, 0, &erased));
	ck_assert_uint_eq(erased, MANY - 101);
	ck_assert_uint_eq(size_of(map), 0);
}
END_TEST

START_TEST(range_of_strings_is_erased)
{
	char key[40];
	uint64_t erased;

	for (unsigned i = 0; i < 500; i++) {
		sprintf(key, "a beginning in common %03u", i);
		ok(put_text(key, key));
	}
	ok(tarn_map_erase_range(text, "a beginning in common 100", 25, "a beginning in common 2", 23,
				&erased));
	ck_assert_uint_eq(erased, 100);
	ck_assert_uint_eq(size_of(text), 400);
}
END_TEST

START_TEST(load_takes_what_ascends)
{
	static uint64_t keys[MANY], values[MANY];

	for (unsigned i = 0; i < MANY; i++)
		keys[i] = values[i] = 2 * i;
	keys[7] = 1;
	gives(tarn_map_load(map, keys, 8, MANY, values, 8), TARN_INVALID);
	ck_assert_uint_eq(size_of(map), 0);
	keys[7] = 14;
	ok(tarn_map_load(map, keys, 8, MANY, values, 8));
	ck_assert_uint_eq(size_of(map), MANY);
	ck_assert_uint_eq(value_of(14), 14);
}
END_TEST

/* ---- transactions, objects --------------------------------------------------------------------- */

START_TEST(transaction_is_all_or_nothing)
{
	struct tarn_object *object = tarn_map_object(map);
	struct tarn_map *in;
	struct tarn_txn *txn;
	uint64_t key = 1;

	fill(MANY);
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	in = tarn_map_in(map, txn);
	ok(tarn_map_erase_range(in, NULL, 0, NULL, 0, NULL));
	ok(tarn_map_put(in, &key, 8, &key, 8));
	ck_assert_uint_eq(size_of(in), 1);
	gives(put(2, 2), TARN_IN_TXN);
	ck_assert_ptr_null(tarn_map_in(text, txn));
	tarn_txn_abort(txn);
	ck_assert_uint_eq(size_of(map), MANY);
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	in = tarn_map_in(map, txn);
	ok(tarn_map_clear(in));
	ok(tarn_map_put(in, &key, 8, &key, 8));
	make_room();
	ok(tarn_map_pop_first(in, &key_room, NULL));
	ok(tarn_map_put(in, &key, 8, &key, 8));
	ok(tarn_txn_commit(txn));
	ck_assert_uint_eq(size_of(map), 1);
}
END_TEST

START_TEST(cleared_and_removed)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	uint64_t key = 3;

	fill(MANY);
	ok(tarn_map_cursor_open(map, &cursor));
	ok(tarn_map_cursor_next(cursor, &entry));
	ok(tarn_map_clear(map));
	ck_assert_uint_eq(size_of(map), 0);
	gives(tarn_map_get(map, &key, 8, &found, 8, NULL), TARN_NOT_FOUND);
	ok(put(3, 4));
	ok(tarn_object_remove(arena, "map"));
	gives(tarn_map_get(map, &key, 8, &found, 8, NULL), TARN_REMOVED);
	gives(put(3, 4), TARN_REMOVED);
	gives(tarn_map_pop_first(map, NULL, NULL), TARN_REMOVED);
	gives(tarn_map_clear(map), TARN_REMOVED);
	while (!tarn_map_cursor_next(cursor, &entry))
		;
	gives(tarn_map_cursor_next(cursor, &entry), TARN_REMOVED);
	tarn_map_cursor_close(cursor);
	gives(tarn_map_cursor_open(map, &cursor), TARN_REMOVED);
}
END_TEST

START_TEST(who_only_reads_may_not_write)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_arena *again;
	struct tarn_map *there;
	char name[32];
	uint64_t key = 3, value;

	fill(100);
	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	ok(tarn_arena_open(&again, name, &options, NULL));
	ok(tarn_map_open(again, &there, "map", &words, TARN_OPEN, NULL));
	ok(tarn_map_get(there, &key, 8, &value, 8, NULL));
	gives(tarn_map_put(there, &key, 8, &value, 8), TARN_READ_ONLY);
	gives(tarn_map_erase(there, &key, 8), TARN_READ_ONLY);
	gives(tarn_map_pop_first(there, NULL, NULL), TARN_READ_ONLY);
	ck_assert_uint_eq(size_of(there), 100);
	tarn_map_close(there);
	tarn_arena_close(again);
}
END_TEST

START_TEST(memory_is_given_back)
{
	struct tarn_check_report before, after;

	ok(tarn_check(arena, NULL, &before));
	for (unsigned round = 0; round < 3; round++) {
		fill(MANY);
		for (uint64_t i = 0; i < MANY; i++)
			ok(erase(3 * i));
	}
	ok(tarn_check(arena, NULL, &after));
	ck_assert_uint_eq(after.leaked_bytes, 0);
	ck_assert_uint_le(after.reachable_bytes, before.reachable_bytes + 4096);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

static uint64_t dice;

static uint64_t
roll(uint64_t below)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (dice >> 20) % below;
}

/* Words of the data, but no lock's owner that would be waited for: other numbers, or each other's. */
static void
damage(unsigned count)
{
	off_t size = lseek(tarn_arena_fd(arena), 0, SEEK_END), first = size / 2;
	uint64_t *file = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, tarn_arena_fd(arena), 0);

	ck_assert_ptr_ne(file, MAP_FAILED);
	for (unsigned tries = 0; count && tries < 1000000; tries++) {
		uint64_t at = (uint64_t)first / 8 + roll((uint64_t)(size - first) / 8);
		uint64_t other = (uint64_t)first / 8 + roll((uint64_t)(size - first) / 8);

		if (!file[at])
			continue;
		file[at] = roll(3) == 0 ? file[other] : roll(2) ? file[at] ^ UINT64_C(1) << roll(64)
								: file[at] + roll(5000) * 256;
		count--;
	}
	munmap(file, (size_t)size);
}

/* Whatever they say. */
static void
call_all(void)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	uint64_t keys[50], values[50], key, sum = 0;
	size_t count = 50;

	for (unsigned i = 0; i < 300; i++) {
		key = 3 * roll(MANY);
		sum += (uint64_t)tarn_map_get(map, &key, 8, &values[0], 8, NULL);
		sum += (uint64_t)tarn_map_lower_bound(map, &key, 8, NULL, NULL);
		sum += (uint64_t)tarn_map_scan(map, &key, 8, keys, values, &count);
		sum += (uint64_t)tarn_map_put(map, &key, 8, &key, 8);
		sum += (uint64_t)tarn_map_erase(map, &key, 8);
	}
	for (int way = 0; way < 2 && !tarn_map_cursor_open(map, &cursor); way++) {
		if (way)
			tarn_map_cursor_seek_end(cursor);
		for (unsigned i = 0; i < 3 * MANY; i++) {
			if (way ? tarn_map_cursor_prev(cursor, &entry) : tarn_map_cursor_next(cursor, &entry))
				break;
		}
		tarn_map_cursor_close(cursor);
	}
	sum += (uint64_t)tarn_map_pop_first(map, NULL, NULL);
	sum += (uint64_t)tarn_map_erase_range(map, NULL, 0, NULL, 0, NULL);
	sum += (uint64_t)tarn_map_clear(map);
	sum += (uint64_t)tarn_check(arena, NULL, NULL);
	ck_assert_uint_ne(sum, 1);
}

START_TEST(damage_harms_nobody)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4, .deadline_ms = 20,
					      .max_size = UINT64_C(1) << 24 };
	int status;
	pid_t child;

	for (uint64_t seed = 1; seed <= 150; seed++) {
		child = fork();
		if (child == 0) {
			alarm(60);
			dice = seed;
			if (tarn_arena_open(&arena, "memfd:", &options, NULL) ||
			    tarn_map_open(arena, &map, "map", &words, TARN_CREATE, NULL))
				_exit(1);
			fill(MANY);
			damage(1 + (unsigned)roll(40));
			call_all();
			_exit(0);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_msg(status == 0, "seed %lu: status %d", (unsigned long)seed, status);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("map");
	TCase *one = tcase_create("map");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(one, open_maps, close_maps);
	tcase_add_test(one, type_that_cannot_be_is_invalid);
	tcase_add_test(one, map_is_opened_as_what_it_was_created);
	tcase_add_test(one, put_replaces_and_insert_does_not);
	tcase_add_test(one, sizes_are_looked_at);
	tcase_add_test(one, fetch_add_and_compare_and_swap);
	tcase_add_test(one, update_computes_and_may_refuse);
	tcase_add_test(one, typed_map);
	tcase_add_test(one, bounds_are_the_nearest_keys);
	tcase_add_test(one, strings_are_in_the_order_of_their_bytes);
	tcase_add_test(one, numbers_are_in_their_order);
	tcase_add_test(one, cursor_stays_where_it_is);
	tcase_add_test(one, scan_copies_from_a_key_on);
	tcase_add_test(one, pop_takes_the_first);
	tcase_add_test(one, range_is_erased_up_to_its_end);
	tcase_add_test(one, range_of_strings_is_erased);
	tcase_add_test(one, load_takes_what_ascends);
	tcase_add_test(one, transaction_is_all_or_nothing);
	tcase_add_test(one, cleared_and_removed);
	tcase_add_test(one, who_only_reads_may_not_write);
	tcase_add_test(one, memory_is_given_back);
	tcase_add_test(one, damage_harms_nobody);
	tcase_set_timeout(one, 50);
	suite_add_tcase(suite, one);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
