// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * orders.c -- ordered maps and sets in orders of a program's own
 *
 *	caseless	strings; "a" and "A" are one key
 *	downwards	numbers of 8 bytes, the highest first
 *	by-row		structs of 24 bytes, of which the row counts, then the column
 *
 * The functions look that they are given only what keys can be, whatever an
 * arena contains.
 */
#include "unit/hashmap_common.h"

#include <ctype.h>
#include <sys/mman.h>

#define MANY 5000u

struct place {
	char name[16];
	int32_t row, column;
};

static const struct tarn_type caseless = { .kind = TARN_KIND_MAP, .key = TARN_KEY_CUSTOM,
					   .value_size = TARN_VALUE_BYTES, .order = "caseless" };
static const struct tarn_type downwards = { .kind = TARN_KIND_MAP, .key = TARN_KEY_CUSTOM, .key_size = 8,
					    .value_size = 8, .order = "downwards" };
static const struct tarn_type by_row = { .kind = TARN_KIND_MAP, .key = TARN_KEY_CUSTOM,
					 .key_size = sizeof(struct place), .value_size = 4,
					 .order = "by-row" };

static struct tarn_map *names, *numbers, *places;
static unsigned wrong_sizes;

static int
compare_caseless(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	const unsigned char *one = a, *second = b;
	int order = 0;

	(void)context;
	wrong_sizes += a_size > 1024 || b_size > 1024;
	for (size_t i = 0; !order && i < a_size && i < b_size; i++)
		order = tolower(one[i]) - tolower(second[i]);
	return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int
compare_downwards(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	uint64_t one, second;

	(void)context;
	wrong_sizes += a_size != 8 || b_size != 8;
	memcpy(&one, a, 8);
	memcpy(&second, b, 8);
	return (one < second) - (one > second);
}

static int
compare_by_row(const void *a, size_t a_size, const void *b, size_t b_size, void *context)
{
	struct place one, second;

	(void)context;
	wrong_sizes += a_size != sizeof(one) || b_size != sizeof(one);
	memcpy(&one, a, sizeof(one));
	memcpy(&second, b, sizeof(second));
	if (one.row != second.row)
		return one.row < second.row ? -1 : 1;
	return (one.column > second.column) - (one.column < second.column);
}

static void
register_orders(void)
{
	ok(tarn_order_register("caseless", compare_caseless, NULL));
	ok(tarn_order_register("downwards", compare_downwards, NULL));
	ok(tarn_order_register("by-row", compare_by_row, NULL));
}

static void
open_ordered(void)
{
	open_usual();
	register_orders();
	ok(tarn_map_open(arena, &names, "names", &caseless, TARN_CREATE, NULL));
	ok(tarn_map_open(arena, &numbers, "numbers", &downwards, TARN_CREATE, NULL));
	ok(tarn_map_open(arena, &places, "places", &by_row, TARN_CREATE, NULL));
}

static void
close_ordered(void)
{
	struct tarn_check_report report;

	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	ck_assert_uint_eq(wrong_sizes, 0);
	tarn_map_close(names);
	tarn_map_close(numbers);
	tarn_map_close(places);
	close_maps();
}

/* ---- numbers ----------------------------------------------------------------------------------- */

static uint64_t
key_of(uint64_t n)
{
	return 3 * n;
}

/* In no order of theirs. */
static void
fill_numbers(void)
{
	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t n = i * 7919 % MANY, key = key_of(n);

		ok(tarn_map_insert(numbers, &key, 8, &n, 8));
	}
}

/* From that number downwards, every `step`-th is there; the rest has gone. */
static void
walk_down(uint64_t from, uint64_t step)
{
	struct tarn_map_cursor *cursor;
	struct tarn_map_entry entry;
	uint64_t n = from, key;
	int code;

	ok(tarn_map_cursor_open(numbers, &cursor));
	for (; (code = tarn_map_cursor_next(cursor, &entry)) == 0; n -= step) {
		memcpy(&key, entry.key, 8);
		ck_assert_uint_eq(entry.key_size, 8);
		ck_assert_uint_eq(key, key_of(n));
	}
	gives(code, TARN_NOT_FOUND);
	for (; (code = tarn_map_cursor_prev(cursor, &entry)) == 0;) {
		n += step;
		memcpy(&key, entry.key, 8);
		ck_assert_uint_eq(key, key_of(n));
	}
	gives(code, TARN_NOT_FOUND);
	ck_assert_uint_eq(n, from);
	tarn_map_cursor_close(cursor);
}

START_TEST(numbers_come_in_the_order_of_the_program)
{
	uint64_t key, value;

	fill_numbers();
	walk_down(MANY - 1, 1);
	for (uint64_t n = 0; n < MANY; n += 2) {
		key = key_of(n);
		ok(tarn_map_get(numbers, &key, 8, &value, 8, NULL));
		ck_assert_uint_eq(value, n);
		ok(tarn_map_erase(numbers, &key, 8));
		gives(tarn_map_get(numbers, &key, 8, &value, 8, NULL), TARN_NOT_FOUND);
	}
	walk_down(MANY - 1, 2);
}
END_TEST

START_TEST(bounds_scans_and_ranges_follow_it)
{
	uint64_t keys[100], values[100], key = key_of(1000) + 1, below = key_of(900), erased;
	struct tarn_bytes found = { &keys[0], 8 }, value = { &values[0], 8 };
	size_t count = 100;

	fill_numbers();
	ok(tarn_map_lower_bound(numbers, &key, 8, &found, &value));
	ck_assert_uint_eq(keys[0], key_of(1000));
	ok(tarn_map_scan(numbers, &key, 8, keys, values, &count));
	ck_assert_uint_eq(count, 100);
	for (uint64_t i = 0; i < count; i++)
		ck_assert(keys[i] == key_of(1000 - i) && values[i] == 1000 - i);
	ok(tarn_map_erase_range(numbers, &key, 8, &below, 8, &erased));
	ck_assert_uint_eq(erased, 100);
	ok(tarn_map_lower_bound(numbers, &key, 8, &found, &value));
	ck_assert_uint_eq(keys[0], below);
	ok(tarn_map_pop_first(numbers, &found, &value));
	ck_assert_uint_eq(keys[0], key_of(MANY - 1));
	ok(tarn_map_last(numbers, &found, &value));
	ck_assert_uint_eq(keys[0], 0);
}
END_TEST

START_TEST(a_sorted_load_is_sorted_by_it)
{
	uint64_t keys[1000], values[1000] = { 0 };

	for (uint64_t i = 0; i < 1000; i++)
		keys[i] = key_of(999 - i);
	ok(tarn_map_load(numbers, keys, 8, 1000, values, 8));
	walk_down(999, 1);
	for (uint64_t i = 0; i < 1000; i++)
		keys[i] = key_of(i);
	gives(tarn_map_load(numbers, keys, 8, 1000, values, 8), TARN_INVALID);
}
END_TEST

/* ---- strings and structs ----------------------------------------------------------------------- */

START_TEST(keys_that_the_order_takes_for_one_are_one)
{
	char key[16], value[16];
	size_t size;

	ok(tarn_map_insert(names, "Berlin", 6, "first", 5));
	gives(tarn_map_insert(names, "BERLIN", 6, "second", 6), TARN_EXISTS);
	ok(tarn_map_put(names, "berlin", 6, "third", 5));
	ok(tarn_map_insert(names, "", 0, "none", 4));
	ok(tarn_map_get(names, "bErLiN", 6, value, sizeof(value), &size));
	ck_assert(size == 5 && !memcmp(value, "third", 5));
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), i % 2 ? "TOWN %u" : "town %u", i);
		ok(tarn_map_insert(names, key, strlen(key), key, strlen(key)));
	}
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "Town %u", i);
		ok(tarn_map_contains(names, key, strlen(key)));
		if (i % 3)
			ok(tarn_map_erase(names, key, strlen(key)));
	}
	ok(tarn_map_contains(names, "", 0));
}
END_TEST

START_TEST(structs_come_by_what_counts_in_them)
{
	struct place key = { .name = "" }, found;
	struct tarn_bytes room = { &found, sizeof(found) };
	int32_t value = 0;

	for (int32_t i = 0; i < 2000; i++) {
		key.row = i * 7919 % 2000 / 40 - 25;
		key.column = i * 7919 % 2000 % 40;
		snprintf(key.name, sizeof(key.name), "%d", i);
		ok(tarn_map_insert(places, &key, sizeof(key), &i, sizeof(i)));
	}
	key = (struct place){ "any", -3, 17 };
	ok(tarn_map_lower_bound(places, &key, sizeof(key), &room, NULL));
	ck_assert(found.row == -3 && found.column == 17);
	key.column = 40;
	ok(tarn_map_lower_bound(places, &key, sizeof(key), &room, NULL));
	ck_assert(found.row == -2 && found.column == 0);
	ok(tarn_map_first(places, &room, NULL));
	ck_assert(found.row == -25 && found.column == 0);
	gives(tarn_map_insert(places, &key, sizeof(key) - 1, &value, sizeof(value)), TARN_INVALID);
}
END_TEST

START_TEST(sizes_have_a_limit)
{
	struct tarn_type large = by_row;
	char key[1025] = "";
	struct tarn_map *none;

	ok(tarn_map_put(names, key, 1024, "", 0));
	gives(tarn_map_put(names, key, 1025, "", 0), TARN_TOO_BIG);
	gives(tarn_map_get(names, key, 1025, NULL, 0, NULL), TARN_TOO_BIG);
	gives(tarn_map_put(numbers, key, 7, key, 8), TARN_INVALID);
	large.key_size = 1025;
	gives(tarn_map_open(arena, &none, "large", &large, TARN_CREATE, NULL), TARN_INVALID);
	ck_assert_str_eq(tarn_error_detail(),
			 "keys in an order of a program's own have at most 1024 bytes");
}
END_TEST

static int
move_some(struct tarn_txn *txn, void *arg)
{
	struct tarn_map *in = tarn_map_in(numbers, txn);
	int code = 0;

	for (uint64_t i = 0; !code && i < 300; i++) {
		uint64_t key = key_of(i * 13), second = key + 1;

		code = tarn_map_erase(in, &key, 8);
		if (!code)
			code = tarn_map_insert(in, &second, 8, &i, 8);
	}
	return code ? code : *(const int *)arg;
}

START_TEST(a_transaction_does_all_or_nothing)
{
	struct tarn_object *object = tarn_map_object(numbers);
	uint64_t key = key_of(13) + 1;
	int answer = 77;

	fill_numbers();
	ck_assert_int_eq(tarn_txn_run(arena, &object, 1, move_some, &answer), 77);
	walk_down(MANY - 1, 1);
	answer = 0;
	ok(tarn_txn_run(arena, &object, 1, move_some, &answer));
	ok(tarn_map_contains(numbers, &key, 8));
}
END_TEST

/* ---- sets -------------------------------------------------------------------------------------- */

static struct tarn_set *
set_of(const char *name, uint32_t key_size, const char *order)
{
	struct tarn_type type = { .kind = TARN_KIND_SET, .key = order ? TARN_KEY_CUSTOM : TARN_KEY_BYTES,
				  .key_size = key_size, .order = order };
	struct tarn_set *set;

	ok(tarn_set_open(arena, &set, name, &type, TARN_CREATE, NULL));
	return set;
}

START_TEST(sets_are_combined_in_it)
{
	struct tarn_set *one = set_of("one", 8, "downwards"), *second = set_of("another", 8, "downwards");
	uint64_t keys[200], size;
	size_t count = 200;
	bool subset;

	for (uint64_t i = 0; i < 100; i++) {
		ok(tarn_set_insert(one, &(uint64_t){ 2 * i }, 8));
		ok(tarn_set_insert(second, &(uint64_t){ 2 * i + 1 }, 8));
	}
	ok(tarn_set_union(second, one, second));
	ok(tarn_set_scan(second, NULL, 0, keys, &count));
	ck_assert_uint_eq(count, 200);
	for (uint64_t i = 0; i < 200; i++)
		ck_assert_uint_eq(keys[i], 199 - i);
	ok(tarn_set_is_subset(one, second, &subset));
	ck_assert(subset);
	ok(tarn_set_swap(one, second));
	ok(tarn_set_size(one, &size));
	ck_assert_uint_eq(size, 200);
	tarn_set_close(one);
	tarn_set_close(second);
}
END_TEST

START_TEST(sets_whose_keys_lie_otherwise_are_not_exchanged)
{
	struct tarn_set *any = set_of("any", 0, NULL), *eight = set_of("eight", 8, NULL);
	struct tarn_set *ordered = set_of("ordered", 0, "caseless"), *down = set_of("down", 8, "downwards");
	struct tarn_set *all[] = { any, eight, ordered, down };
	bool equal;

	for (unsigned i = 0; i < 4; i++) {
		for (unsigned j = 0; j < 4; j++) {
			if (i == j)
				continue;
			gives(tarn_set_swap(all[i], all[j]), TARN_TYPE);
			gives(tarn_set_equal(all[i], all[j], &equal), TARN_TYPE);
			gives(tarn_set_union(all[i], all[j], all[j]), TARN_TYPE);
		}
	}
	for (unsigned i = 0; i < 4; i++)
		tarn_set_close(all[i]);
}
END_TEST

/* ---- who does not know it ---------------------------------------------------------------------- */

/* A process that began before anybody registered anything. */
static void
look_without_orders(void)
{
	struct tarn_check_report report;
	struct tarn_map *none;

	stop_here();
	if (tarn_map_open(arena, &none, "names", &caseless, TARN_OPEN, NULL) != TARN_TYPE ||
	    !strstr(tarn_error_detail(), "does not know the order caseless"))
		_exit(1);
	must(tarn_check(arena, NULL, &report));
	must(report.leaked_bytes || report.entries != MANY + 1 ? TARN_CORRUPT : 0);
	must(tarn_object_remove(arena, "numbers"));
	must(tarn_reap(arena, NULL));
	must(tarn_check(arena, NULL, &report));
	must(report.leaked_bytes || report.removed ? TARN_CORRUPT : 0);
}

START_TEST(who_does_not_know_an_order_checks_and_removes)
{
	struct peer peer;
	uint64_t size;

	open_usual();
	peer = start_stopped(look_without_orders);
	register_orders();
	ok(tarn_map_open(arena, &names, "names", &caseless, TARN_CREATE, NULL));
	ok(tarn_map_open(arena, &numbers, "numbers", &downwards, TARN_CREATE, NULL));
	fill_numbers();
	ok(tarn_map_put(names, "x", 1, "y", 1));
	end_peer(&peer);
	gives(tarn_map_size(numbers, &size), TARN_REMOVED);
	tarn_map_close(names);
	tarn_map_close(numbers);
	close_maps();
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

/* Words of the data: other numbers, or each other's. */
static void
damage(unsigned count)
{
	off_t size = lseek(tarn_arena_fd(arena), 0, SEEK_END);
	uint64_t *file = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, tarn_arena_fd(arena), 0);
	uint64_t first = (uint64_t)size / 16, span = (uint64_t)size / 16;

	for (unsigned tries = 0; count && tries < 1000000; tries++) {
		uint64_t at = first + roll(span), second = first + roll(span);

		if (!file[at])
			continue;
		file[at] = roll(3) == 0 ? file[second] : file[at] ^ UINT64_C(1) << roll(64);
		count--;
	}
	munmap(file, (size_t)size);
}

static void
call_all(void)
{
	struct place place = { .name = "" };
	uint64_t keys[50], values[50], sum = 0;
	size_t count = 50;

	for (unsigned i = 0; i < 300; i++) {
		uint64_t key = key_of(roll(MANY));

		place.row = (int32_t)roll(60);
		sum += (uint64_t)tarn_map_get(numbers, &key, 8, values, 8, NULL);
		sum += (uint64_t)tarn_map_put(numbers, &key, 8, &key, 8);
		sum += (uint64_t)tarn_map_erase(numbers, &key, 8);
		sum += (uint64_t)tarn_map_scan(numbers, &key, 8, keys, values, &count);
		sum += (uint64_t)tarn_map_put(places, &place, sizeof(place), values, 4);
		sum += (uint64_t)tarn_map_pop_first(places, NULL, NULL);
	}
	ck_assert_uint_ne(sum, UINT64_MAX);
}

static void
damage_and_call(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4, .deadline_ms = 20,
					      .max_size = UINT64_C(1) << 24 };
	struct place place = { .name = "" };

	alarm(60);
	dice = seed;
	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	must(tarn_map_open(arena, &numbers, "numbers", &downwards, TARN_CREATE, NULL));
	must(tarn_map_open(arena, &places, "places", &by_row, TARN_CREATE, NULL));
	for (; place.row < 1000; place.row++)
		must(tarn_map_put(places, &place, sizeof(place), &place.row, 4));
	fill_numbers();
	damage(1 + (unsigned)roll(40));
	call_all();
	must(wrong_sizes ? TARN_CORRUPT : 0);
	(void)!tarn_check(arena, &(struct tarn_check_options){ .deadline_ms = 20 }, NULL);
}

START_TEST(damage_never_reaches_the_functions)
{
	register_orders();
	for (uint64_t seed = 1; seed <= 100; seed++) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			damage_and_call(seed);
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
	Suite *suite = suite_create("orders");
	TCase *ordered = tcase_create("ordered"), *bare = tcase_create("bare");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(ordered, open_ordered, close_ordered);
	tcase_add_test(ordered, numbers_come_in_the_order_of_the_program);
	tcase_add_test(ordered, bounds_scans_and_ranges_follow_it);
	tcase_add_test(ordered, a_sorted_load_is_sorted_by_it);
	tcase_add_test(ordered, keys_that_the_order_takes_for_one_are_one);
	tcase_add_test(ordered, structs_come_by_what_counts_in_them);
	tcase_add_test(ordered, sizes_have_a_limit);
	tcase_add_test(ordered, a_transaction_does_all_or_nothing);
	tcase_add_test(ordered, sets_are_combined_in_it);
	tcase_add_test(ordered, sets_whose_keys_lie_otherwise_are_not_exchanged);
	tcase_add_test(bare, who_does_not_know_an_order_checks_and_removes);
	tcase_add_test(bare, damage_never_reaches_the_functions);
	tcase_set_timeout(ordered, 50);
	tcase_set_timeout(bare, 50);
	suite_add_tcase(suite, ordered);
	suite_add_tcase(suite, bare);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
