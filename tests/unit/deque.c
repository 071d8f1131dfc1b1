// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- every call on a deque, and every error its card names
 *
 * From outside, by <tarn.h> alone, but for the last tests, which scribble.
 * hashmap_common.h has the arena, and peers: processes that stop, go on or
 * are killed.
 */
#define TARN_NAME typed
#define TARN_VALUE double
#define TARN_ORDER F64
#include <tarn/typed/deque.h>

#include "base/hash.h"
#include "container/deque_layout.h"
#include "txn/object.h"

#include "unit/interrupted.h"

#define BLOCK UINT64_C(512) /* u64 in one */

static const struct tarn_type u64_type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, "Q" };
static struct tarn_deque *deque, *second;

static void
open_deques(void)
{
	ok(tarn_deque_open(arena, &deque, "d", &u64_type, TARN_CREATE, NULL));
	ok(tarn_deque_open(arena, &second, "e", &u64_type, TARN_CREATE, NULL));
}

static void
close_deques(void)
{
	struct tarn_check_report report;

	tarn_deque_close(deque);
	tarn_deque_close(second);
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
push(struct tarn_deque *to, uint64_t value)
{
	return tarn_deque_push_back(to, &value);
}

static int
push_front(struct tarn_deque *to, uint64_t value)
{
	return tarn_deque_push_front(to, &value);
}

static uint64_t
pop(struct tarn_deque *from, bool front)
{
	uint64_t value = 4711;

	ok(front ? tarn_deque_pop_front(from, &value) : tarn_deque_pop_back(from, &value));
	return value;
}

static uint64_t
length_of(struct tarn_deque *of)
{
	uint64_t size = 4711;

	ok(tarn_deque_size(of, &size));
	return size;
}

static void
is_exactly(struct tarn_deque *in, const uint64_t *expected, uint64_t count)
{
	uint64_t values[64], got;

	ok(tarn_deque_read(in, 0, values, 64, &got));
	ck_assert_uint_eq(got, count);
	ck_assert_mem_eq(values, expected, 8 * count);
}

#define IS(in, ...)                                                                                \
	is_exactly(in, (uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

/* Bytes in blocks of the arena's heap that somebody uses. */
static uint64_t
bytes_used(void)
{
	struct tarn_check_report report;

	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
	return report.reachable_bytes;
}

static struct tarn_deque *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { tarn_deque_object(second), tarn_deque_object(deque) };

	ok(tarn_txn_begin(arena, txn, objects, 2));
	ck_assert_ptr_nonnull(tarn_deque_in(deque, *txn));
	return tarn_deque_in(deque, *txn);
}

static struct tarn_ring_shm *
ring_of(struct tarn_deque *of)
{
	return tarn_pointer(arena, ((struct tarn_object *)of)->root->structure, 128);
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_name_and_a_type)
{
	struct tarn_type other_type = { TARN_KIND_DEQUE, TARN_KEY_I32, 4, NULL };
	struct tarn_deque *opened;
	bool created = true;

	ok(tarn_deque_open(arena, &opened, "d", &u64_type, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ok(push(opened, 5));
	IS(deque, 5);
	tarn_deque_close(opened);
	gives(tarn_deque_open(arena, &opened, "d", &other_type, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(opened);
	ck_assert_str_eq(tarn_error_detail(),
			 "d is a deque of u64 (fields \"Q\"), not a deque of i32");
	gives(tarn_deque_open(arena, &opened, "map", &u64_type, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_deque_open(arena, &opened, "none", &u64_type, TARN_OPEN, NULL), TARN_NOT_FOUND);
	gives(tarn_deque_open(arena, &opened, "d", &u64_type, TARN_CREATE, NULL), TARN_EXISTS);
}
END_TEST

START_TEST(there_are_types_that_no_deque_has)
{
	static const struct tarn_type types[] = {
		{ TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_DEQUE, TARN_KEY_NONE, 0, NULL },
		{ TARN_KIND_DEQUE, TARN_KEY_NONE, TARN_ELEMENT_MAX + 1, NULL },
		{ TARN_KIND_DEQUE, TARN_KEY_NONE, TARN_VALUE_BYTES, NULL },
		{ TARN_KIND_DEQUE, TARN_KEY_U64, 4, NULL },
		{ TARN_KIND_DEQUE, TARN_KEY_STRING, 8, NULL },
	};
	struct tarn_deque *opened = deque;

	gives(tarn_deque_open(arena, &opened, "x", &types[_i], TARN_CREATE, NULL), TARN_INVALID);
	ck_assert_ptr_null(opened);
}
END_TEST

START_TEST(has_c_types)
{
	struct typed *numbers;
	double value = 0;

	ok(typed_open(arena, &numbers, "numbers", TARN_CREATE));
	ok(typed_push_back(numbers, 1.5));
	ok(typed_push_back(numbers, -2.5));
	ok(typed_get(numbers, 1, &value));
	ck_assert_double_eq(value, -2.5);
	ok(typed_pop_front(numbers, &value));
	ck_assert_double_eq(value, 1.5);
	tarn_deque_close((struct tarn_deque *)numbers);
}
END_TEST

/* ---- elements ---------------------------------------------------------------------------------- */

START_TEST(begins_empty)
{
	uint64_t value = 4711, got = 4711;
	bool empty = false;

	ok(tarn_deque_empty(deque, &empty));
	ck_assert(empty);
	ck_assert_uint_eq(length_of(deque), 0);
	gives(tarn_deque_front(deque, &value), TARN_NOT_FOUND);
	gives(tarn_deque_back(deque, &value), TARN_NOT_FOUND);
	gives(tarn_deque_pop_back(deque, &value), TARN_NOT_FOUND);
	gives(tarn_deque_pop_front(deque, NULL), TARN_NOT_FOUND);
	ok(tarn_deque_read(deque, 0, &value, 1, &got));
	ck_assert_uint_eq(got, 0);
	ck_assert_uint_eq(value, 4711);
	ok(tarn_deque_clear(deque));
	ok(tarn_deque_append(deque, NULL, 0));
	ok(tarn_deque_erase(deque, 0, TARN_DEQUE_END));
}
END_TEST

START_TEST(both_ends_take_and_give)
{
	uint64_t value;

	ok(push(deque, 3));
	ok(push(deque, 4));
	ok(push_front(deque, 2));
	ok(push_front(deque, 1));
	IS(deque, 1, 2, 3, 4);
	ok(tarn_deque_front(deque, &value));
	ck_assert_uint_eq(value, 1);
	ok(tarn_deque_back(deque, &value));
	ck_assert_uint_eq(value, 4);
	ok(tarn_deque_get(deque, 2, &value));
	ck_assert_uint_eq(value, 3);
	ck_assert_uint_eq(pop(deque, true), 1);
	ck_assert_uint_eq(pop(deque, false), 4);
	ok(tarn_deque_pop_back(deque, NULL));
	IS(deque, 2);
	ck_assert_uint_eq(pop(deque, true), 2);
	ck_assert_uint_eq(length_of(deque), 0);
}
END_TEST

START_TEST(many_are_popped_in_one_step)
{
	uint64_t values[8] = { 0 }, got = 4711;

	gives(tarn_deque_pop_many(deque, values, 3, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(got, 0);
	for (uint64_t i = 0; i < 5; i++)
		ok(push(deque, i));
	ok(tarn_deque_pop_many(deque, values, 3, &got));
	ck_assert(got == 3 && values[0] == 0 && values[2] == 2);
	IS(deque, 3, 4);
	ok(tarn_deque_pop_many(deque, values, 8, &got));
	ck_assert(got == 2 && values[0] == 3 && values[1] == 4);
	ck_assert_uint_eq(length_of(deque), 0);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
	uint64_t value = 1, got;

	ok(push(deque, 1));
	gives(tarn_deque_get(deque, 1, &value), TARN_NOT_FOUND);
	gives(tarn_deque_get(deque, UINT64_MAX, &value), TARN_NOT_FOUND);
	gives(tarn_deque_set(deque, 1, &value), TARN_NOT_FOUND);
	gives(tarn_deque_insert(deque, 2, &value, 1), TARN_NOT_FOUND);
	gives(tarn_deque_erase(deque, 2, 0), TARN_NOT_FOUND);
	gives(tarn_deque_erase(deque, 0, 2), TARN_NOT_FOUND);
	gives(tarn_deque_read(deque, 2, &value, 1, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(got, 0);
	IS(deque, 1);
}
END_TEST

START_TEST(ranges_change_in_one_step)
{
	const uint64_t some[] = { 7, 8, 9 };

	ok(tarn_deque_assign(deque, some, 3));
	IS(deque, 7, 8, 9);
	ok(tarn_deque_insert(deque, 1, some, 2));
	IS(deque, 7, 7, 8, 8, 9);
	ok(tarn_deque_insert(deque, 5, some, 1));
	ok(tarn_deque_insert(deque, 0, some, 1));
	IS(deque, 7, 7, 7, 8, 8, 9, 7);
	ok(tarn_deque_erase(deque, 1, 3));
	IS(deque, 7, 8, 9, 7);
	ok(tarn_deque_erase(deque, 2, 1));
	ok(tarn_deque_set(deque, 1, &some[2]));
	IS(deque, 7, 9, 7);
	ok(tarn_deque_erase(deque, 1, TARN_DEQUE_END));
	ok(tarn_deque_append(deque, some, 3));
	IS(deque, 7, 7, 8, 9);
	ok(tarn_deque_erase(deque, 0, 3));
	IS(deque, 9);
	gives(tarn_deque_append(deque, some, UINT64_C(1) << 60), TARN_TOO_BIG);
	IS(deque, 9);
}
END_TEST

/* In the middle of many, which is more than the log takes. */
START_TEST(many_change_in_one_step)
{
	static uint64_t many[200000], back[200001];
	uint64_t one = 4711, got;

	for (uint64_t i = 0; i < 200000; i++)
		many[i] = i;
	ok(tarn_deque_append(deque, many, 200000));
	ok(tarn_deque_insert(deque, 100000, &one, 1));
	ok(tarn_deque_read(deque, 0, back, 200001, &got));
	ck_assert_uint_eq(got, 200001);
	ck_assert(!memcmp(back, many, 100000 * 8) && back[100000] == 4711);
	ck_assert(!memcmp(back + 100001, many + 100000, 100000 * 8));
	ok(tarn_deque_erase(deque, 100000, 1));
	ok(tarn_deque_read(deque, 0, back, 200001, &got));
	ck_assert(got == 200000 && !memcmp(back, many, sizeof(many)));
}
END_TEST

START_TEST(elements_of_all_sizes_are_whole)
{
	static const uint32_t sizes[] = { 1, 3, 12, 4095, 4096, 4097, TARN_ELEMENT_MAX };
	static char value[TARN_ELEMENT_MAX], back[TARN_ELEMENT_MAX];
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_NONE, sizes[_i], NULL };
	struct tarn_deque *of;

	ok(tarn_deque_open(arena, &of, "sized", &type, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 30; i++) {
		memset(value, (int)i, sizeof(value));
		ok(i % 2 ? tarn_deque_push_back(of, value) : tarn_deque_push_front(of, value));
	}
	for (unsigned i = 29; i < 30; i--) {
		memset(value, (int)i, sizeof(value));
		ok(i % 2 ? tarn_deque_pop_back(of, back) : tarn_deque_pop_front(of, back));
		ck_assert(!memcmp(value, back, sizes[_i]));
	}
	tarn_deque_close(of);
}
END_TEST

/* ---- blocks ------------------------------------------------------------------------------------ */

START_TEST(blocks_come_back_but_for_a_spare_one)
{
	uint64_t before = bytes_used(), few;

	for (uint64_t i = 0; i < 100 * BLOCK; i++)
		ok(push(deque, i));
	ck_assert_uint_ge(bytes_used(), before + 100 * 4096);
	for (uint64_t i = 0; i < 100 * BLOCK - 1; i++)
		ck_assert_uint_eq(pop(deque, true), i);
	few = bytes_used() - before;
	ck_assert_uint_ge(few, 2 * 4096); /* its block, a spare one, the list */
	ck_assert_uint_le(few, 3 * 4096 + 4096);
	ok(tarn_deque_clear(deque));
}
END_TEST

START_TEST(a_queue_goes_on_for_ever_in_the_same_blocks)
{
	uint64_t used;

	for (uint64_t i = 0; i < BLOCK; i++)
		ok(push(deque, i));
	for (uint64_t i = 0; i < 3 * BLOCK; i++) {
		ok(push(deque, BLOCK + i));
		ck_assert_uint_eq(pop(deque, true), i);
	}
	used = bytes_used();
	for (uint64_t i = 3 * BLOCK; i < 50 * BLOCK; i++) {
		ok(push(deque, BLOCK + i));
		ck_assert_uint_eq(pop(deque, true), i);
	}
	ck_assert_uint_eq(bytes_used(), used);
}
END_TEST

START_TEST(memory_comes_back)
{
	static uint64_t many[100000];
	uint64_t before = bytes_used();

	for (unsigned i = 0; i < 3; i++) {
		ok(tarn_deque_append(deque, many, 100000));
		ok(tarn_deque_clear(deque));
	}
	ok(tarn_deque_append(deque, many, 100000));
	ok(tarn_object_remove(arena, "d"));
	ck_assert_uint_lt(bytes_used(), before);
}
END_TEST

/* ---- two --------------------------------------------------------------------------------------- */

START_TEST(two_are_exchanged_and_copied)
{
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_I64, 8, NULL };
	struct tarn_deque *other_type;

	ok(push(deque, 1));
	ok(push(second, 2));
	ok(push(second, 3));
	ok(tarn_deque_swap(deque, second));
	IS(deque, 2, 3);
	IS(second, 1);
	ok(tarn_deque_copy(second, deque));
	IS(second, 2, 3);
	ok(push(deque, 4));
	IS(second, 2, 3);
	ok(tarn_deque_copy(deque, deque));
	ok(tarn_deque_swap(deque, deque));
	IS(deque, 2, 3, 4);
	ok(tarn_deque_open(arena, &other_type, "i", &type, TARN_CREATE, NULL));
	gives(tarn_deque_swap(deque, other_type), TARN_TYPE);
	gives(tarn_deque_copy(deque, other_type), TARN_TYPE);
	tarn_deque_close(other_type);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

static void
change_in(struct tarn_deque *in, struct tarn_txn *txn)
{
	struct tarn_deque *other_in = tarn_deque_in(second, txn);
	static uint64_t many[40000];

	ck_assert_uint_eq(pop(in, true), 1);
	ok(push(in, 9));
	ok(push_front(in, 8));
	ok(tarn_deque_swap(in, other_in));
	ok(tarn_deque_append(in, many, 40000));
	ok(tarn_deque_erase(in, 0, 40000));
	ok(tarn_deque_clear(in));
	ok(tarn_deque_copy(in, other_in));
	ok(push(in, 10));
	gives(tarn_deque_swap(in, second), TARN_INVALID);
	gives(tarn_deque_erase(in, 90, 1), TARN_NOT_FOUND);
	gives(push(deque, 1), TARN_IN_TXN);
}

START_TEST(a_transaction_sees_what_it_has_changed)
{
	struct tarn_deque *in;
	struct tarn_txn *txn;

	ok(push(deque, 1));
	ok(push(deque, 2));
	in = begin(&txn);
	change_in(in, txn);
	IS(in, 8, 2, 9, 10);
	ok(tarn_txn_commit(txn));
	IS(deque, 8, 2, 9, 10);
	IS(second, 8, 2, 9);
}
END_TEST

START_TEST(an_aborted_transaction_has_changed_nothing)
{
	struct tarn_deque *in;
	struct tarn_txn *txn;

	ok(push(deque, 1));
	ok(push(deque, 2));
	in = begin(&txn);
	change_in(in, txn);
	tarn_txn_abort(txn);
	IS(deque, 1, 2);
	ck_assert_uint_eq(length_of(second), 0);
}
END_TEST

static void
change_and_stop(void)
{
	struct tarn_txn *txn;
	struct tarn_object *objects[] = { tarn_deque_object(deque) };

	must(tarn_txn_begin(arena, &txn, objects, 1));
	must(push(tarn_deque_in(deque, txn), 77));
	must(tarn_deque_pop_front(tarn_deque_in(deque, txn), NULL));
	stop_here();
	must(tarn_txn_commit(txn));
}

START_TEST(a_killed_transaction_is_undone_by_who_comes_next)
{
	struct peer peer;

	ok(push(deque, 5));
	peer = start_stopped(change_and_stop);
	kill_peer(&peer);
	IS(deque, 5);
	ok(push(deque, 6));
	IS(deque, 5, 6);
}
END_TEST

/* ---- others ------------------------------------------------------------------------------------ */

START_TEST(a_handle_on_what_was_removed_says_so)
{
	uint64_t value;

	ok(push(deque, 1));
	ok(tarn_object_remove(arena, "d"));
	gives(tarn_deque_get(deque, 0, &value), TARN_REMOVED);
	gives(tarn_deque_size(deque, &value), TARN_REMOVED);
	gives(push(deque, 1), TARN_REMOVED);
	gives(tarn_deque_pop_front(deque, &value), TARN_REMOVED);
	gives(tarn_deque_clear(deque), TARN_REMOVED);
}
END_TEST

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena *again = attach(true);
	struct tarn_deque *opened;
	uint64_t value;

	ok(tarn_deque_open(again, &opened, "d", &u64_type, TARN_OPEN, NULL));
	for (uint64_t i = 0; i < 2000; i++)
		ok(push(deque, i));
	ok(tarn_deque_get(opened, 1999, &value));
	ck_assert_uint_eq(value, 1999);
	gives(push(opened, 1), TARN_READ_ONLY);
	gives(tarn_deque_pop_back(opened, &value), TARN_READ_ONLY);
	tarn_deque_close(opened);
	tarn_arena_close(again);
}
END_TEST

/* ---- a reader that is interrupted -------------------------------------------------------------- */

static uint64_t read_count;

static void
read_all(void)
{
	ok(tarn_deque_read(deque, 0, room, PAGES * PAGE / 8, &read_count));
}

static void
count_up(uint64_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		ok(push(deque, first + i));
}

static void
change_all(void)
{
	static uint64_t values[1000];

	for (unsigned i = 0; i < 1000; i++)
		values[i] = 5000 + i;
	must(tarn_deque_assign(deque, values, 1000));
}

START_TEST(a_reader_does_not_see_half_of_a_change)
{
	const uint64_t *values;

	count_up(0, 1000);
	read_interrupted(read_all, change_all);
	values = (const uint64_t *)room;
	ck_assert_uint_eq(read_count, 1000);
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_uint_eq(values[i], 5000 + i);
	munmap(room, PAGES * PAGE);
}
END_TEST

static void
pop_and_push_front(void)
{
	must(tarn_deque_pop_front(deque, NULL));
	must(push_front(deque, 7777));
}

START_TEST(a_reader_does_not_see_the_front_as_it_was)
{
	count_up(0, 1000);
	read_interrupted(read_all, pop_and_push_front);
	ck_assert_uint_eq(read_count, 1000);
	ck_assert_uint_eq(((const uint64_t *)room)[0], 7777);
	munmap(room, PAGES * PAGE);
}
END_TEST

/* An element is added; and a writer of others has stored them, and not yet unlocked. */
static void
push_and_begin_to_set(void)
{
	struct tarn_ring_shm *ring = ring_of(deque);
	uint64_t *block;

	must(push(deque, 1000));
	for (uint64_t i = 0; i < 1000; i++) {
		block = tarn_pointer(arena, ring->blocks[((ring->head + i) / BLOCK) & (ring->slots - 1)], 4096);
		block[(ring->head + i) % BLOCK] = 5000;
	}
}

START_TEST(a_reader_does_not_see_a_change_without_what_was_added_before)
{
	const uint64_t *values;

	count_up(0, 1000);
	read_interrupted(read_all, push_and_begin_to_set);
	values = (const uint64_t *)room;
	ck_assert_uint_eq(read_count, 1001);
	ck_assert_uint_eq(values[0], 5000);
	ck_assert_uint_eq(values[999], 5000);
	ck_assert_uint_eq(values[1000], 1000);
	munmap(room, PAGES * PAGE);
}
END_TEST

/* The room for the element lies in both pages; all elements go when half of it has been written. */
static struct tarn_deque *emptied;
static int back_code;

static void
read_back(void)
{
	memset(room, 0xaa, PAGE);
	back_code = tarn_deque_back(emptied, room + PAGE - 4);
}

static void
empty_it(void)
{
	must(tarn_deque_clear(emptied));
}

START_TEST(a_reader_that_finds_nothing_leaves_its_room_alone)
{
	static const uint32_t sizes[] = { 8, 600 };
	struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_NONE, sizes[_i], NULL };
	char value[600], untouched[4];

	memset(value, 0x55, sizeof(value));
	memset(untouched, 0xaa, sizeof(untouched));
	ok(tarn_deque_open(arena, &emptied, "emptied", &type, TARN_CREATE, NULL));
	ok(tarn_deque_push_back(emptied, value));
	read_interrupted(read_back, empty_it);
	ck_assert(back_code == 0 || back_code == TARN_NOT_FOUND);
	ok(memcmp(room + PAGE - 4, back_code ? untouched : value, 4));
	ok(back_code ? room[PAGE] : memcmp(room + PAGE, value, sizes[_i] - 4));
	gives(tarn_deque_back(emptied, room), TARN_NOT_FOUND);
	ck_assert_int_eq(room[0], (char)0xaa);
	munmap(room, PAGES * PAGE);
	tarn_deque_close(emptied);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

START_TEST(damage_is_found)
{
	struct tarn_ring_shm *ring = ring_of(deque);
	uint64_t number = TARN_RING_MIDDLE >> 9, *slot = &ring->blocks[number & (ring->slots - 1)];
	uint64_t block, value;

	ok(push(deque, 1));
	block = *slot;
	ck_assert_uint_ne(block, 0);
	*slot = 0;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(tarn_deque_get(deque, 0, &value), TARN_CORRUPT);
	*slot = block;
	ring->tail = ring->head - 1;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(tarn_deque_size(deque, &value), TARN_CORRUPT);
	gives(push(deque, 2), TARN_CORRUPT);
	ring->tail = ring->head + 1;
	ring->blocks[(number + 3) & (ring->slots - 1)] = block;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	ring->blocks[(number + 3) & (ring->slots - 1)] = 0;
	IS(deque, 1);
}
END_TEST

static void
scribble(uint64_t dice)
{
	struct tarn_check_options options = { .deadline_ms = 50 };
	struct tarn_root_shm *root = ((struct tarn_object *)deque)->root;
	struct tarn_ring_shm *ring = ring_of(deque);
	uint64_t *targets[] = { &root->structure, &ring->head, &ring->tail, &ring->slots,
				&ring->blocks[dice / 64 % 8] };
	const uint64_t values[] = { dice >> (dice / 4096 % 64), UINT64_MAX, 8, TARN_RING_MIDDLE + 3000,
				    root->structure + 16, 4096 };
	uint64_t value[8] = { 0 }, got;

	*targets[dice % 5] = values[dice / 5 % 6];
	(void)!tarn_check(arena, &options, NULL);
	(void)!tarn_deque_get(deque, dice % 100, value);
	(void)!tarn_deque_read(deque, dice % 100, value, 8, &got);
	(void)!tarn_deque_back(deque, value);
	(void)!push(deque, 1);
	(void)!push_front(deque, 1);
	(void)!tarn_deque_insert(deque, 3, value, 8);
	(void)!tarn_deque_erase(deque, 3, 4);
	(void)!tarn_deque_pop_front(deque, value);
	(void)!tarn_deque_pop_back(deque, value);
	(void)!tarn_deque_copy(second, deque);
	(void)!tarn_deque_clear(deque);
	(void)!tarn_object_remove(arena, "d");
}

/* Nothing is promised but that it ends, without a fault. */
START_TEST(bears_whatever_an_arena_says)
{
	for (uint64_t i = 0; i < 200; i++) {
		for (uint64_t at = 0; at < 1500; at++)
			ok(push(deque, at));
		scribble(tarn__hash_u64(i, 3));
		tarn_deque_close(deque);
		tarn_deque_close(second);
		close_maps();
		open_usual();
		open_deques();
	}
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_deques, close_deques);
	tcase_add_test(tests, has_a_name_and_a_type);
	tcase_add_loop_test(tests, there_are_types_that_no_deque_has, 0, 6);
	tcase_add_test(tests, has_c_types);
	tcase_add_test(tests, begins_empty);
	tcase_add_test(tests, both_ends_take_and_give);
	tcase_add_test(tests, many_are_popped_in_one_step);
	tcase_add_test(tests, what_is_not_there_is_not_found);
	tcase_add_test(tests, ranges_change_in_one_step);
	tcase_add_test(tests, many_change_in_one_step);
	tcase_add_loop_test(tests, elements_of_all_sizes_are_whole, 0, 7);
	tcase_add_test(tests, blocks_come_back_but_for_a_spare_one);
	tcase_add_test(tests, a_queue_goes_on_for_ever_in_the_same_blocks);
	tcase_add_test(tests, memory_comes_back);
	tcase_add_test(tests, two_are_exchanged_and_copied);
	tcase_add_test(tests, a_transaction_sees_what_it_has_changed);
	tcase_add_test(tests, an_aborted_transaction_has_changed_nothing);
	tcase_add_test(tests, a_killed_transaction_is_undone_by_who_comes_next);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, is_read_through_a_mapping_for_reading);
	tcase_add_test(tests, a_reader_does_not_see_half_of_a_change);
	tcase_add_test(tests, a_reader_does_not_see_the_front_as_it_was);
	tcase_add_test(tests, a_reader_does_not_see_a_change_without_what_was_added_before);
	tcase_add_loop_test(tests, a_reader_that_finds_nothing_leaves_its_room_alone, 0, 2);
	tcase_add_test(tests, damage_is_found);
	tcase_add_test(tests, bears_whatever_an_arena_says);
}

int
main(void)
{
	return run_tests("deque", add_tests);
}
