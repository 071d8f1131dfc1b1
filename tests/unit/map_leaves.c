// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_leaves.c -- the leaves of an ordered map that have become empty
 *
 * A map of u64 to u64, into which keys were put ascending, has 14 of them in
 * a leaf, but for the last one.
 */
#include "container/map.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <tarn.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

#define LEAF UINT64_C(14)
#define LEAVES UINT64_C(75000) /* more than an operation can lock */
#define AT_ONCE UINT64_C(25000) /* that a transaction can empty */
#define LAST (LEAF * LEAVES + 1)

static struct tarn_arena *arena;
static struct tarn_map *map;
static struct tarn_object *object;
static uint64_t from, to, found;
static struct tarn_bytes room;

static void
open_map(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4, .deadline_ms = 20000,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_U64, 8, NULL };

	ok(tarn_arena_open(&arena, "memfd:", &options, NULL));
	ok(tarn_map_open(arena, &map, "map", &type, TARN_CREATE, NULL));
	object = tarn_map_object(map);
}

static void
close_map(void)
{
	ok(tarn_check(arena, NULL, NULL));
	tarn_map_close(map);
	tarn_arena_close(arena);
}

static void
put_many(uint64_t first, uint64_t end)
{
	for (uint64_t key = first; key < end; key++)
		ok(tarn_map_put(map, &key, 8, &key, 8));
}

static uint64_t
bytes_of_map(void)
{
	struct tarn_check_report report;

	ok(tarn_check(arena, NULL, &report));
	return report.reachable_bytes;
}

static int
erase_in(struct tarn_txn *txn, void *unused)
{
	(void)unused;
	return tarn_map_erase_range(tarn_map_in(map, txn), &from, 8, &to, 8, NULL);
}

/* And die after the commit, as it were. */
static int
erase_and_leave(struct tarn_txn *txn, void *unused)
{
	int code = erase_in(txn, unused);

	tarn__txn_forget(txn);
	return code;
}

/* All but the last key, in transactions that leave the leaves as they are. */
static void
fill_and_empty(void)
{
	put_many(0, LAST + 1);
	for (from = 0; from < LAST; from = to) {
		to = from + LEAF * AT_ONCE < LAST ? from + LEAF * AT_ONCE : LAST;
		ok(tarn_txn_run(arena, &object, 1, erase_and_leave, NULL));
	}
}

static void
make_room(void)
{
	found = 0;
	room = (struct tarn_bytes){ &found, 8 };
}

/* ---- pop --------------------------------------------------------------------------------------- */

START_TEST(pop_passes_any_number_of_empty_leaves)
{
	uint64_t before, after;

	fill_and_empty();
	before = bytes_of_map();
	make_room();
	ok(tarn_map_pop_first(map, &room, NULL));
	ck_assert_uint_eq(found, LAST);
	after = bytes_of_map();
	ck_assert_uint_gt(before, LEAVES * sizeof(struct tarn_leaf_shm));
	ck_assert_uint_lt(after, before - LEAVES * sizeof(struct tarn_leaf_shm));
	gives(tarn_map_pop_first(map, &room, NULL), TARN_NOT_FOUND);
}
END_TEST

static int
pop_in(struct tarn_txn *txn, void *unused)
{
	(void)unused;
	make_room();
	return tarn_map_pop_first(tarn_map_in(map, txn), &room, NULL);
}

START_TEST(transaction_pops_behind_any_number_of_empty_leaves)
{
	fill_and_empty();
	ok(tarn_txn_run(arena, &object, 1, pop_in, NULL));
	ck_assert_uint_eq(found, LAST);
	gives(tarn_txn_run(arena, &object, 1, pop_in, NULL), TARN_NOT_FOUND);
}
END_TEST

static struct {
	uint64_t *node, locked, over;
} other;

/* Hold the lock of the tree's shape. */
static void *
hold(void *unused)
{
	struct tarn_lane *lane;

	(void)unused;
	ck_assert(!tarn__op_begin(arena, &lane) && !tarn__lock_try(lane, other.node));
	tarn__store_release(&other.locked, 1);
	while (!tarn__load_acquire(&other.over))
		tarn__os_sleep(1000000);
	tarn__unlock(lane, other.node);
	tarn__op_end(lane);
	return NULL;
}

START_TEST(pop_waits_for_who_keeps_leaves_from_being_merged)
{
	uint64_t node, structure;
	pthread_t thread;

	put_many(0, 100 * LEAF + 1);
	to = 100 * LEAF;
	ok(tarn_txn_run(arena, &object, 1, erase_and_leave, NULL));
	ck_assert(tarn__map_structure(object, TARN_NOBODY, &node, &structure));
	other.node = &((struct tarn_inner_shm *)structure)->node;
	ck_assert(!pthread_create(&thread, NULL, hold, NULL));
	while (!tarn__load_acquire(&other.locked))
		tarn__os_sleep(1000000);
	arena->deadline_ns = UINT64_C(50000000);
	gives(tarn_map_pop_first(map, NULL, NULL), TARN_TIMEOUT);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "thread"));
	arena->deadline_ns = UINT64_C(20000000000);
	tarn__store_release(&other.over, 1);
	make_room();
	ok(tarn_map_pop_first(map, &room, NULL));
	ck_assert_uint_eq(found, to);
	ck_assert(!pthread_join(thread, NULL));
}
END_TEST

/* ---- many -------------------------------------------------------------------------------------- */

#define KEYS 600000u
#define TEXT 24u

static uint64_t numbers[KEYS], told[KEYS];
static char texts[KEYS][TEXT];

/* In no order, and each once. */
static void
make_keys(void)
{
	for (uint64_t i = 0; i < KEYS; i++) {
		numbers[i] = i * UINT64_C(0x9e3779b97f4a7c15);
		snprintf(texts[i], TEXT, "%016lx/common", (unsigned long)numbers[i]);
	}
}

static void
all_are_there(const void *keys, size_t size)
{
	static int codes[KEYS];

	memset(told, 0, sizeof(told));
	ok(tarn_map_get_many(map, keys, size, KEYS, told, 8, codes));
	for (unsigned i = 0; i < KEYS; i++)
		ck_assert(told[i] == numbers[i] && !codes[i]);
}

/* Large enough for keys to go down together. */
static void
put_get_and_erase(const void *keys, size_t size)
{
	bool empty = false;

	ok(tarn_map_put_many(map, keys, size, KEYS, numbers, 8, NULL));
	all_are_there(keys, size);
	ok(tarn_map_put_many(map, keys, size, KEYS, numbers, 8, NULL));
	all_are_there(keys, size);
	ok(tarn_map_erase_many(map, keys, size, KEYS / 2, NULL));
	gives(tarn_map_get_many(map, keys, size, KEYS, told, 8, NULL), TARN_NOT_FOUND);
	ok(tarn_map_erase_many(map, (const char *)keys + KEYS / 2 * size, size, KEYS / 2, NULL));
	ok(tarn_map_empty(map, &empty));
	ck_assert(empty);
}

START_TEST(many_numbers_in_a_large_tree)
{
	make_keys();
	put_get_and_erase(numbers, 8);
}
END_TEST

START_TEST(many_strings_in_a_large_tree)
{
	struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_STRING, 8, NULL };

	make_keys();
	tarn_map_close(map);
	ok(tarn_map_open(arena, &map, "texts", &type, TARN_CREATE, NULL));
	put_get_and_erase(texts, TEXT);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

START_TEST(transaction_leaves_no_empty_leaves)
{
	uint64_t before = bytes_of_map();

	put_many(0, 10000);
	to = 10000;
	ok(tarn_txn_run(arena, &object, 1, erase_in, NULL));
	ck_assert_uint_le(bytes_of_map(), before + 4096);
}
END_TEST

static int
erase_each_in(struct tarn_txn *txn, void *code)
{
	for (uint64_t key = 0; key < 10000; key++)
		ok(tarn_map_erase(tarn_map_in(map, txn), &key, 8));
	return *(int *)code;
}

START_TEST(transaction_merges_only_if_it_commits)
{
	uint64_t before = bytes_of_map(), full;
	int code = 1;

	put_many(0, 10000);
	full = bytes_of_map();
	ck_assert_int_eq(tarn_txn_run(arena, &object, 1, erase_each_in, &code), 1);
	ck_assert_uint_eq(bytes_of_map(), full);
	code = 0;
	ok(tarn_txn_run(arena, &object, 1, erase_each_in, &code));
	ck_assert_uint_le(bytes_of_map(), before + 4096);
}
END_TEST

static int
move_up_in(struct tarn_txn *txn, void *arg)
{
	uint64_t *next = arg;
	int code = pop_in(txn, NULL);

	return code ? code : tarn_map_put(tarn_map_in(map, txn), next, 8, next, 8);
}

/* Each transaction takes the first and adds a last one. */
START_TEST(queue_of_transactions_keeps_its_size)
{
	uint64_t full;

	put_many(0, 100);
	full = bytes_of_map();
	for (uint64_t next = 100; next < 5000; next++) {
		ok(tarn_txn_run(arena, &object, 1, move_up_in, &next));
		ck_assert_uint_eq(found, next - 100);
	}
	ck_assert_uint_le(bytes_of_map(), full + 4096);
}
END_TEST

START_TEST(transaction_merges_leaves_of_strings)
{
	struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };
	uint64_t before;
	struct tarn_map *text;
	struct tarn_txn *txn;
	char key[40];

	ok(tarn_map_open(arena, &text, "text", &type, TARN_CREATE, NULL));
	before = bytes_of_map();
	object = tarn_map_object(text);
	for (unsigned i = 0; i < 1000; i++)
		ok(tarn_map_put(text, key, (size_t)sprintf(key, "a beginning in common %u", i), key, 30));
	ok(tarn_txn_begin(arena, &txn, &object, 1));
	for (unsigned i = 0; i < 1000; i++)
		ok(tarn_map_erase(tarn_map_in(text, txn), key,
				  (size_t)sprintf(key, "a beginning in common %u", i)));
	ok(tarn_txn_commit(txn));
	ck_assert_uint_le(bytes_of_map(), before + 4096);
	tarn_map_close(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("leaves of maps");
	TCase *one = tcase_create("leaves");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(one, open_map, close_map);
	tcase_add_test(one, pop_passes_any_number_of_empty_leaves);
	tcase_add_test(one, transaction_pops_behind_any_number_of_empty_leaves);
	tcase_add_test(one, pop_waits_for_who_keeps_leaves_from_being_merged);
	tcase_add_test(one, many_numbers_in_a_large_tree);
	tcase_add_test(one, many_strings_in_a_large_tree);
	tcase_add_test(one, transaction_leaves_no_empty_leaves);
	tcase_add_test(one, transaction_merges_only_if_it_commits);
	tcase_add_test(one, queue_of_transactions_keeps_its_size);
	tcase_add_test(one, transaction_merges_leaves_of_strings);
	tcase_set_timeout(one, 60);
	suite_add_tcase(suite, one);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
