// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- every call on a priority queue, and every error its
 * card names
 *
 * From outside, by <tarn.h> alone, but for the last tests, which scribble.
 * hashmap_common.h has the arena, and peers: processes that stop, go on or
 * are killed.
 */
#define TARN_NAME typed
#define TARN_VALUE double
#define TARN_ORDER F64
#include <tarn/typed/priority_queue.h>

#include "base/hash.h"
#include "container/priority_queue_layout.h"
#include "txn/object.h"

#include <math.h>

#include "unit/interrupted.h"

static const struct tarn_type u64_type = { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_U64, 8, "Q" };
static struct tarn_priority_queue *queue, *second;

static void
open_queues(void)
{
	ok(tarn_priority_queue_open(arena, &queue, "q", &u64_type, TARN_CREATE, NULL));
	ok(tarn_priority_queue_open(arena, &second, "r", &u64_type, TARN_CREATE, NULL));
}

static void
close_queues(void)
{
	struct tarn_check_report report;

	tarn_priority_queue_close(queue);
	tarn_priority_queue_close(second);
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static int
push(struct tarn_priority_queue *to, uint64_t value)
{
	return tarn_priority_queue_push(to, &value, NULL);
}

static struct tarn_priority_queue_handle
push_told(struct tarn_priority_queue *to, uint64_t value)
{
	struct tarn_priority_queue_handle handle;

	ok(tarn_priority_queue_push(to, &value, &handle));
	return handle;
}

static uint64_t
pop(struct tarn_priority_queue *from)
{
	uint64_t value = 4711;

	ok(tarn_priority_queue_pop(from, &value));
	return value;
}

static uint64_t
top(struct tarn_priority_queue *of)
{
	uint64_t value = 4711;

	ok(tarn_priority_queue_top(of, &value, NULL));
	return value;
}

static uint64_t
length_of(struct tarn_priority_queue *of)
{
	uint64_t size = 4711;

	ok(tarn_priority_queue_size(of, &size));
	return size;
}

static void
leads_to(struct tarn_priority_queue *in, struct tarn_priority_queue_handle handle, uint64_t expected)
{
	uint64_t value = 4711;

	ok(tarn_priority_queue_get(in, &handle, &value));
	ck_assert_uint_eq(value, expected);
}

static void
leads_nowhere(struct tarn_priority_queue *in, struct tarn_priority_queue_handle handle)
{
	uint64_t value = 4711;

	gives(tarn_priority_queue_get(in, &handle, &value), TARN_NOT_FOUND);
	gives(tarn_priority_queue_update(in, &handle, &value), TARN_NOT_FOUND);
	gives(tarn_priority_queue_remove(in, &handle, &value), TARN_NOT_FOUND);
	ck_assert_uint_eq(value, 4711);
}

static int
descending(const void *a, const void *b)
{
	uint64_t left, right;

	memcpy(&left, a, 8);
	memcpy(&right, b, 8);
	return (left < right) - (left > right);
}

/* The same elements, greatest first; nothing is taken. */
static void
is_exactly(struct tarn_priority_queue *in, const uint64_t *expected, uint64_t count)
{
	uint64_t values[64], got;

	ok(tarn_priority_queue_read(in, 0, values, 64, &got));
	ck_assert_uint_eq(got, count);
	if (count)
		ck_assert_uint_eq(values[0], expected[0]);
	qsort(values, got, 8, descending);
	ck_assert_mem_eq(values, expected, 8 * count);
	ck_assert_uint_eq(length_of(in), count);
}

#define IS(in, ...)                                                                                \
	is_exactly(in, (uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

static void
push_all(struct tarn_priority_queue *to, const uint64_t *values, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		ok(push(to, values[i]));
}

static struct tarn_priority_queue *
begin(struct tarn_txn **txn)
{
	struct tarn_object *objects[] = { tarn_priority_queue_object(second),
					  tarn_priority_queue_object(queue) };

	ok(tarn_txn_begin(arena, txn, objects, 2));
	ck_assert_ptr_nonnull(tarn_priority_queue_in(queue, *txn));
	return tarn_priority_queue_in(queue, *txn);
}

static struct tarn_pile_shm *
pile_of(struct tarn_priority_queue *of)
{
	return tarn_pointer(arena, ((struct tarn_object *)of)->root->structure, 256);
}

/* ---- types ------------------------------------------------------------------------------------- */

START_TEST(has_a_name_and_a_type)
{
	struct tarn_type other_type = { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_I32, 4, NULL };
	struct tarn_priority_queue *opened;
	bool created = true;

	ok(tarn_priority_queue_open(arena, &opened, "q", &u64_type, TARN_OPEN_OR_CREATE, &created));
	ck_assert(!created);
	ok(push(opened, 5));
	IS(queue, 5);
	tarn_priority_queue_close(opened);
	gives(tarn_priority_queue_open(arena, &opened, "q", &other_type, TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(opened);
	ck_assert_str_eq(tarn_error_detail(),
			 "q is a priority_queue of u64 (fields \"Q\"), not a priority_queue of i32");
	gives(tarn_priority_queue_open(arena, &opened, "map", &u64_type, TARN_OPEN, NULL), TARN_TYPE);
	gives(tarn_priority_queue_open(arena, &opened, "none", &u64_type, TARN_OPEN, NULL), TARN_NOT_FOUND);
	gives(tarn_priority_queue_open(arena, &opened, "q", &u64_type, TARN_CREATE, NULL), TARN_EXISTS);
}
END_TEST

START_TEST(there_are_types_that_no_priority_queue_has)
{
	static const struct tarn_type types[] = {
		{ TARN_KIND_QUEUE, TARN_KEY_U64, 8, NULL },
		{ TARN_KIND_PRIORITY_QUEUE, TARN_KEY_NONE, 8, NULL },
		{ TARN_KIND_PRIORITY_QUEUE, TARN_KEY_BYTES, 0, NULL },
		{ TARN_KIND_PRIORITY_QUEUE, TARN_KEY_BYTES, TARN_ELEMENT_MAX + 1, NULL },
		{ TARN_KIND_PRIORITY_QUEUE, TARN_KEY_BYTES, TARN_VALUE_BYTES, NULL },
		{ TARN_KIND_PRIORITY_QUEUE, TARN_KEY_U64, 4, NULL },
		{ TARN_KIND_PRIORITY_QUEUE, TARN_KEY_STRING, 8, NULL },
	};
	struct tarn_priority_queue *opened = queue;

	gives(tarn_priority_queue_open(arena, &opened, "x", &types[_i], TARN_CREATE, NULL), TARN_INVALID);
	ck_assert_ptr_null(opened);
}
END_TEST

START_TEST(has_c_types)
{
	struct typed *numbers;
	double value = 0;

	ok(typed_open(arena, &numbers, "numbers", TARN_CREATE));
	ok(typed_push(numbers, -1.5, NULL));
	ok(typed_push(numbers, 2.5, NULL));
	ok(typed_push(numbers, -INFINITY, NULL));
	ok(typed_top(numbers, &value));
	ck_assert_double_eq(value, 2.5);
	ok(typed_pop(numbers, &value));
	ok(typed_pop(numbers, &value));
	ck_assert_double_eq(value, -1.5);
	tarn_priority_queue_close((struct tarn_priority_queue *)numbers);
}
END_TEST

START_TEST(what_is_not_a_number_has_no_place)
{
	struct tarn_priority_queue_handle handle;
	struct tarn_priority_queue *of;
	double values[] = { 1, (double)NAN };
	struct typed *numbers;

	ok(typed_open(arena, &numbers, "numbers", TARN_CREATE));
	of = (struct tarn_priority_queue *)numbers;
	gives(typed_push(numbers, (double)NAN, NULL), TARN_INVALID);
	gives(tarn_priority_queue_push_many(of, values, 2, NULL), TARN_INVALID);
	ok(typed_push(numbers, 1, &handle));
	gives(tarn_priority_queue_update(of, &handle, &values[1]), TARN_INVALID);
	ck_assert_uint_eq(length_of(of), 1);
	tarn_priority_queue_close(of);
}
END_TEST

/* ---- order ------------------------------------------------------------------------------------- */

START_TEST(begins_empty)
{
	uint64_t value = 4711, got = 4711;
	bool empty = false;

	ok(tarn_priority_queue_empty(queue, &empty));
	ck_assert(empty);
	gives(tarn_priority_queue_top(queue, &value, NULL), TARN_NOT_FOUND);
	gives(tarn_priority_queue_pop(queue, &value), TARN_NOT_FOUND);
	gives(tarn_priority_queue_pop(queue, NULL), TARN_NOT_FOUND);
	gives(tarn_priority_queue_pop_many(queue, &value, 1, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(got, 0);
	ck_assert_uint_eq(value, 4711);
	ok(tarn_priority_queue_read(queue, 0, &value, 1, &got));
	ck_assert_uint_eq(got, 0);
	gives(tarn_priority_queue_read(queue, 1, &value, 1, &got), TARN_NOT_FOUND);
	ok(tarn_priority_queue_clear(queue));
	ok(tarn_priority_queue_push_many(queue, NULL, 0, NULL));
	leads_nowhere(queue, (struct tarn_priority_queue_handle){ 0, 0 });
}
END_TEST

START_TEST(the_greatest_goes_first)
{
	push_all(queue, (uint64_t[]){ 5, 1, 9, 9, 3 }, 5);
	ck_assert_uint_eq(top(queue), 9);
	IS(queue, 9, 9, 5, 3, 1);
	ck_assert_uint_eq(pop(queue), 9);
	ck_assert_uint_eq(pop(queue), 9);
	ok(push(queue, 4));
	ck_assert_uint_eq(pop(queue), 5);
	ok(tarn_priority_queue_pop(queue, NULL));
	ck_assert_uint_eq(pop(queue), 3);
	ck_assert_uint_eq(pop(queue), 1);
	gives(tarn_priority_queue_pop(queue, NULL), TARN_NOT_FOUND);
}
END_TEST

START_TEST(many_come_and_go_in_one_step)
{
	struct tarn_priority_queue_handle handles[5];
	uint64_t values[8] = { 4, 2, 8, 6, 1 }, got;

	ok(tarn_priority_queue_push_many(queue, values, 5, handles));
	for (unsigned i = 0; i < 5; i++)
		leads_to(queue, handles[i], values[i]);
	ok(tarn_priority_queue_pop_many(queue, values, 3, &got));
	ck_assert(got == 3 && values[0] == 8 && values[1] == 6 && values[2] == 4);
	IS(queue, 2, 1);
	ok(tarn_priority_queue_pop_many(queue, values, 8, &got));
	ck_assert(got == 2 && values[0] == 2 && values[1] == 1);
	gives(tarn_priority_queue_pop_many(queue, values, 8, &got), TARN_NOT_FOUND);
	gives(tarn_priority_queue_push_many(queue, values, UINT64_C(1) << 33, NULL), TARN_TOO_BIG);
	for (unsigned i = 0; i < 5; i++)
		leads_nowhere(queue, handles[i]);
}
END_TEST

/* All together, and few more than there are, and one by one. */
START_TEST(a_hundred_thousand_come_in_their_order)
{
	static uint64_t values[100000];
	uint64_t last = UINT64_MAX, got;

	for (unsigned i = 0; i < 100000; i++)
		values[i] = tarn__hash_u64(i, 7) % 50000;
	ok(tarn_priority_queue_push_many(queue, values, 80000, NULL));
	ok(tarn_priority_queue_push_many(queue, values + 80000, 15000, NULL));
	push_all(queue, values + 95000, 5000);
	ok(tarn_check(arena, NULL, NULL));
	qsort(values, 100000, 8, descending);
	for (unsigned i = 0; i < 5000; i++)
		ck_assert_uint_eq(pop(queue), values[i]);
	ok(tarn_check(arena, NULL, NULL));
	ok(tarn_priority_queue_pop_many(queue, values, 100000, &got));
	ck_assert_uint_eq(got, 95000);
	for (unsigned i = 0; i < got; i++) {
		ck_assert_uint_le(values[i], last);
		last = values[i];
	}
}
END_TEST

START_TEST(elements_of_all_sizes_are_whole)
{
	static const uint32_t sizes[] = { 1, 3, 12, 65, 4096, TARN_ELEMENT_MAX };
	static char value[TARN_ELEMENT_MAX], back[TARN_ELEMENT_MAX];
	struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_BYTES, sizes[_i], NULL };
	struct tarn_priority_queue *of;

	ok(tarn_priority_queue_open(arena, &of, "sized", &type, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 30; i++) {
		memset(value, (int)(i * 7 % 30), sizeof(value));
		ok(tarn_priority_queue_push(of, value, NULL));
	}
	for (unsigned i = 30; i-- > 0;) {
		memset(value, (int)i, sizeof(value));
		ok(tarn_priority_queue_top(of, back, NULL));
		ck_assert(!memcmp(value, back, sizes[_i]));
		ok(tarn_priority_queue_pop(of, back));
		ck_assert(!memcmp(value, back, sizes[_i]));
	}
	tarn_priority_queue_close(of);
}
END_TEST

START_TEST(numbers_of_all_kinds_have_their_order)
{
	static const struct {
		enum tarn_key_kind key;
		uint32_t size;
		uint64_t ascending[4];
	} all[] = {
		{ TARN_KEY_U64, 8, { 0, 1, INT64_MAX, UINT64_MAX } },
		{ TARN_KEY_I64, 8, { (uint64_t)INT64_MIN, (uint64_t)-1, 0, INT64_MAX } },
		{ TARN_KEY_U32, 4, { 0, 1, INT32_MAX, UINT32_MAX } },
		{ TARN_KEY_I32, 4, { (uint32_t)INT32_MIN, UINT32_MAX, 0, INT32_MAX } },
		/* -inf, -1, 1, inf */
		{ TARN_KEY_F64, 8, { UINT64_C(0xfff) << 52, UINT64_C(0xbff) << 52, UINT64_C(0x3ff) << 52,
				     UINT64_C(0x7ff) << 52 } },
	};
	struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, all[_i].key, all[_i].size, NULL };
	struct tarn_priority_queue *of;

	ok(tarn_priority_queue_open(arena, &of, "numbers", &type, TARN_CREATE, NULL));
	for (unsigned i = 0; i < 12; i++)
		ok(tarn_priority_queue_push(of, &all[_i].ascending[i * 7 % 4], NULL));
	for (unsigned i = 0; i < 12; i++) {
		uint64_t value = 0;

		ok(tarn_priority_queue_pop(of, &value));
		ck_assert_uint_eq(value, all[_i].ascending[3 - i / 3]);
	}
	tarn_priority_queue_close(of);
}
END_TEST

/* ---- orders of one's own ----------------------------------------------------------------------- */

static struct tarn_priority_queue *ordered;
static unsigned comparisons;
static uint64_t pushed_between;
static bool replaces_between; /* so that there are as many as before */

/* The least first; and whoever compares may use the library, for nothing is locked. */
static int
compare_calling(const void *a, size_t a_size, const void *b, size_t b_size, void *unused)
{
	uint64_t between = pushed_between, size;
	int code = ordered ? tarn_priority_queue_size(ordered, &size) : 0;

	(void)unused;
	ck_assert(a_size == 8 && b_size == 8);
	ck_assert(!code || code == TARN_REMOVED);
	comparisons++;
	pushed_between = 0;
	if (between && replaces_between) {
		ok(tarn_priority_queue_clear(ordered));
		push_all(ordered, (uint64_t[]){ 90, 91, 92, 93, 94 }, 5);
	} else if (between) {
		ok(push(ordered, between));
	}
	return descending(a, b);
}

static void
close_ordered(void)
{
	tarn_priority_queue_close(ordered);
	ordered = NULL;
}

static void
open_ordered(void)
{
	const struct tarn_type type = { .kind = TARN_KIND_PRIORITY_QUEUE, .key = TARN_KEY_CUSTOM,
					.value_size = 8, .order = "calling" };

	ok(tarn_order_register("calling", compare_calling, NULL));
	ok(tarn_priority_queue_open(arena, &ordered, "ordered", &type, TARN_CREATE, NULL));
	push_all(ordered, (uint64_t[]){ 50, 20, 40, 10, 30 }, 5);
}

START_TEST(an_order_is_called_with_nothing_locked)
{
	uint64_t values[4] = { 15, 5, 25, 35 }, got;
	struct tarn_priority_queue_handle handle;

	open_ordered();
	ck_assert_uint_gt(comparisons, 0);
	ok(tarn_priority_queue_push_many(ordered, values, 4, NULL));
	handle = push_told(ordered, 60);
	ok(tarn_priority_queue_update(ordered, &handle, (uint64_t[]){ 1 }));
	ck_assert_uint_eq(top(ordered), 1);
	ok(tarn_priority_queue_remove(ordered, &handle, NULL));
	ok(tarn_priority_queue_pop_many(ordered, values, 3, &got));
	ck_assert(got == 3 && values[0] == 5 && values[1] == 10 && values[2] == 15);
	ck_assert_uint_eq(pop(ordered), 20);
	ok(tarn_check(arena, NULL, NULL));
	close_ordered();
}
END_TEST

/* In the middle of a comparison: the plan is dropped, and both are there. */
START_TEST(a_plan_is_made_anew_if_others_were_faster)
{
	open_ordered();
	pushed_between = 7;
	ok(push(ordered, 9));
	ck_assert_uint_eq(length_of(ordered), 7);
	ck_assert_uint_eq(pop(ordered), 7);
	pushed_between = 3;
	ck_assert_uint_eq(pop(ordered), 3);
	ck_assert_uint_eq(pop(ordered), 9);
	ck_assert_uint_eq(pop(ordered), 10);
	ok(tarn_check(arena, NULL, NULL));
	close_ordered();
}
END_TEST

/* In its last comparison, by which it would be where it belongs. */
START_TEST(a_plan_is_made_anew_if_there_are_others_now)
{
	open_ordered();
	replaces_between = true;
	pushed_between = 1;
	ok(push(ordered, 60));
	ok(tarn_check(arena, NULL, NULL));
	ck_assert_uint_eq(length_of(ordered), 6);
	ck_assert_uint_eq(pop(ordered), 60);
	ck_assert_uint_eq(pop(ordered), 90);
	close_ordered();
}
END_TEST

START_TEST(an_order_must_be_known)
{
	const struct tarn_type type = { .kind = TARN_KIND_PRIORITY_QUEUE, .key = TARN_KEY_CUSTOM,
					.value_size = 8, .order = "unheard-of" };
	struct tarn_priority_queue *of = queue;

	gives(tarn_priority_queue_open(arena, &of, "x", &type, TARN_CREATE, NULL), TARN_TYPE);
	ck_assert_ptr_null(of);
}
END_TEST

/* ---- by handle --------------------------------------------------------------------------------- */

START_TEST(a_handle_leads_to_its_element_wherever_it_gets_to)
{
	struct tarn_priority_queue_handle handles[100], of_top;
	uint64_t value;

	for (uint64_t i = 0; i < 100; i++)
		handles[i] = push_told(queue, i * 37 % 100);
	for (uint64_t i = 0; i < 50; i++)
		ck_assert_uint_eq(pop(queue), 99 - i);
	for (uint64_t i = 0; i < 100; i++) {
		if (i * 37 % 100 < 50)
			leads_to(queue, handles[i], i * 37 % 100);
		else
			leads_nowhere(queue, handles[i]);
	}
	ok(tarn_priority_queue_top(queue, &value, &of_top));
	ck_assert_uint_eq(value, 49);
	ck_assert_mem_eq(&of_top, &handles[77], sizeof(of_top)); /* 77 * 37 % 100 is 49 */
	ok(tarn_priority_queue_remove(queue, &of_top, NULL));
	ck_assert_uint_eq(top(queue), 48);
}
END_TEST

START_TEST(an_element_is_changed_and_gets_the_place_that_is_due)
{
	struct tarn_priority_queue_handle five, nine;

	push_all(queue, (uint64_t[]){ 8, 7, 6, 4, 3, 2, 1 }, 7);
	five = push_told(queue, 5);
	nine = push_told(queue, 9);
	ok(tarn_priority_queue_update(queue, &five, (uint64_t[]){ 10 }));
	IS(queue, 10, 9, 8, 7, 6, 4, 3, 2, 1);
	ok(tarn_priority_queue_update(queue, &nine, (uint64_t[]){ 0 }));
	IS(queue, 10, 8, 7, 6, 4, 3, 2, 1, 0);
	ok(tarn_priority_queue_update(queue, &five, (uint64_t[]){ 9 }));
	leads_to(queue, five, 9);
	leads_to(queue, nine, 0);
	for (unsigned value = 10; value-- > 0;) {
		if (value != 5)
			ck_assert_uint_eq(pop(queue), value);
	}
}
END_TEST

START_TEST(an_element_is_removed_wherever_it_is)
{
	struct tarn_priority_queue_handle handles[20];
	uint64_t value;

	for (uint64_t i = 0; i < 20; i++)
		handles[i] = push_told(queue, i);
	for (uint64_t i = 0; i < 20; i += 2) {
		ok(tarn_priority_queue_remove(queue, &handles[i], &value));
		ck_assert_uint_eq(value, i);
		leads_nowhere(queue, handles[i]);
		ok(tarn_check(arena, NULL, NULL));
	}
	IS(queue, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
}
END_TEST

/* The slot of one that is gone is the next one's. */
START_TEST(a_handle_of_what_is_gone_leads_nowhere)
{
	struct tarn_priority_queue_handle old = push_told(queue, 1), new;

	ck_assert_uint_eq(pop(queue), 1);
	new = push_told(queue, 1);
	ck_assert_uint_eq(old.slot, new.slot);
	leads_nowhere(queue, old);
	leads_to(queue, new, 1);
	ok(tarn_priority_queue_clear(queue));
	leads_nowhere(queue, new);
	ok(push(queue, 2));
	leads_nowhere(queue, new);
	leads_nowhere(second, push_told(queue, 3));
	old.slot = UINT64_MAX;
	leads_nowhere(queue, old);
}
END_TEST

START_TEST(a_handle_goes_with_a_swap)
{
	struct tarn_priority_queue_handle handle = push_told(queue, 1);

	ok(push(second, 2));
	ok(tarn_priority_queue_swap(queue, second));
	leads_to(second, handle, 1);
	leads_nowhere(queue, handle);
}
END_TEST

/* Where an aborted transaction has made an element, and perhaps a pile, another one comes. */
START_TEST(a_handle_of_an_aborted_transaction_leads_nowhere)
{
	uint64_t before = (uint64_t)_i;
	struct tarn_priority_queue_handle handles[20], old;
	struct tarn_priority_queue *in;
	struct tarn_txn *txn;

	for (uint64_t i = 0; i < before; i++)
		ok(push(queue, i));
	old = push_told(queue, 1000);
	in = begin(&txn);
	ok(tarn_priority_queue_pop(in, NULL));
	for (uint64_t i = 0; i < 20; i++)
		handles[i] = push_told(in, i);
	leads_nowhere(in, old);
	tarn_txn_abort(txn);
	leads_to(queue, old, 1000);
	for (uint64_t i = 0; i < 40; i++)
		ok(push(queue, i));
	for (uint64_t i = 0; i < 20; i++)
		leads_nowhere(queue, handles[i]);
	leads_to(queue, old, 1000);
}
END_TEST

/* More than the log takes: in a pile of its own, and then in the old one again. */
START_TEST(handles_of_many_that_were_aborted_lead_nowhere)
{
	static struct tarn_priority_queue_handle handles[40000];
	static uint64_t many[40000];
	struct tarn_priority_queue *in;
	struct tarn_txn *txn;

	ok(tarn_priority_queue_push_many(queue, many, 40000, NULL));
	ok(tarn_priority_queue_clear(queue));
	in = begin(&txn);
	ok(tarn_priority_queue_push_many(in, many, 40000, handles));
	leads_to(in, handles[39999], 0);
	tarn_txn_abort(txn);
	ok(tarn_priority_queue_push_many(queue, many, 40000, NULL));
	for (uint64_t i = 0; i < 40000; i += 100)
		leads_nowhere(queue, handles[i]);
}
END_TEST

/* One that says so, but of another root: all that is changed in it is undone. */
START_TEST(a_pile_that_another_has_made_is_not_the_transactions_own)
{
	struct tarn_root_shm *root = ((struct tarn_object *)queue)->root;
	struct tarn_priority_queue *in;
	struct tarn_txn *txn;

	push_all(queue, (uint64_t[]){ 5, 4, 3, 2 }, 4);
	in = begin(&txn);
	ok(tarn_priority_queue_pop(in, NULL));
	pile_of(queue)->made_at = root->node;
	pile_of(queue)->made_for = ((struct tarn_object *)second)->root_off;
	ok(tarn_priority_queue_pop(in, NULL));
	ok(push(in, 9));
	tarn_txn_abort(txn);
	pile_of(queue)->made_at = pile_of(queue)->made_for = 0;
	ok(tarn_check(arena, NULL, NULL));
	IS(queue, 5, 4, 3, 2);
}
END_TEST

/* ---- room -------------------------------------------------------------------------------------- */

START_TEST(stays_in_its_memory)
{
	struct tarn_check_report report;
	uint64_t used;

	for (uint64_t i = 0; i < 1000; i++)
		ok(push(queue, tarn__hash_u64(i, 1)));
	ok(tarn_check(arena, NULL, &report));
	used = report.reachable_bytes;
	for (uint64_t i = 0; i < 10000; i++) {
		ok(tarn_priority_queue_pop(queue, NULL));
		ok(push(queue, tarn__hash_u64(i, 2)));
	}
	ok(tarn_check(arena, NULL, &report));
	ck_assert_uint_eq(report.reachable_bytes, used);
}
END_TEST

START_TEST(memory_comes_back)
{
	static uint64_t many[100000];
	struct tarn_check_report before, after;

	ok(tarn_check(arena, NULL, &before));
	ok(tarn_priority_queue_push_many(queue, many, 100000, NULL));
	ok(tarn_object_remove(arena, "q"));
	ok(tarn_reap(arena, NULL));
	ok(tarn_check(arena, NULL, &after));
	ck_assert_uint_lt(after.reachable_bytes, before.reachable_bytes + 100000);
	ck_assert_uint_eq(after.leaked_bytes, 0);
}
END_TEST

/* ---- two --------------------------------------------------------------------------------------- */

START_TEST(two_are_exchanged_and_copied)
{
	struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_I64, 8, NULL };
	struct tarn_priority_queue *other_type;

	ok(push(queue, 1));
	ok(push(second, 2));
	ok(push(second, 3));
	ok(tarn_priority_queue_swap(queue, second));
	IS(queue, 3, 2);
	IS(second, 1);
	ok(tarn_priority_queue_copy(second, queue));
	IS(second, 3, 2);
	ok(push(queue, 4));
	IS(second, 3, 2);
	ok(tarn_priority_queue_copy(queue, queue));
	ok(tarn_priority_queue_swap(queue, queue));
	IS(queue, 4, 3, 2);
	ok(tarn_priority_queue_open(arena, &other_type, "i", &type, TARN_CREATE, NULL));
	gives(tarn_priority_queue_swap(queue, other_type), TARN_TYPE);
	gives(tarn_priority_queue_copy(queue, other_type), TARN_TYPE);
	tarn_priority_queue_close(other_type);
}
END_TEST

/* ---- transactions ------------------------------------------------------------------------------ */

static void
change_in(struct tarn_priority_queue *in, struct tarn_txn *txn)
{
	struct tarn_priority_queue *other_in = tarn_priority_queue_in(second, txn);
	struct tarn_priority_queue_handle handle;
	static uint64_t many[40000];
	uint64_t got;

	ck_assert_uint_eq(pop(in), 2);
	handle = push_told(in, 9);
	ok(push(in, 8));
	ok(tarn_priority_queue_update(in, &handle, (uint64_t[]){ 7 }));
	ok(tarn_priority_queue_swap(in, other_in));
	ok(tarn_priority_queue_push_many(in, many, 40000, NULL));
	ok(tarn_priority_queue_pop_many(in, NULL, 40000, &got));
	ok(tarn_priority_queue_copy(in, other_in));
	ok(push(in, 10));
	gives(tarn_priority_queue_swap(in, second), TARN_INVALID);
	leads_nowhere(in, handle);
	leads_to(other_in, handle, 7);
	gives(push(queue, 1), TARN_IN_TXN);
}

START_TEST(a_transaction_sees_what_it_has_changed)
{
	struct tarn_priority_queue *in;
	struct tarn_txn *txn;

	ok(push(queue, 1));
	ok(push(queue, 2));
	in = begin(&txn);
	change_in(in, txn);
	IS(in, 10, 8, 7, 1);
	ok(tarn_txn_commit(txn));
	IS(queue, 10, 8, 7, 1);
	IS(second, 8, 7, 1);
}
END_TEST

START_TEST(an_aborted_transaction_has_changed_nothing)
{
	struct tarn_priority_queue *in;
	struct tarn_txn *txn;

	ok(push(queue, 1));
	ok(push(queue, 2));
	in = begin(&txn);
	change_in(in, txn);
	tarn_txn_abort(txn);
	IS(queue, 2, 1);
	ck_assert_uint_eq(length_of(second), 0);
}
END_TEST

static void
change_and_stop(void)
{
	struct tarn_txn *txn;
	struct tarn_object *objects[] = { tarn_priority_queue_object(queue) };

	must(tarn_txn_begin(arena, &txn, objects, 1));
	must(tarn_priority_queue_pop(tarn_priority_queue_in(queue, txn), NULL));
	must(push(tarn_priority_queue_in(queue, txn), 77));
	stop_here();
	must(tarn_txn_commit(txn));
}

START_TEST(a_killed_transaction_is_undone_by_who_comes_next)
{
	struct tarn_priority_queue_handle handle = push_told(queue, 5);
	struct peer peer = start_stopped(change_and_stop);

	kill_peer(&peer);
	IS(queue, 5);
	leads_to(queue, handle, 5);
	ok(push(queue, 6));
	IS(queue, 6, 5);
}
END_TEST

/* ---- others ------------------------------------------------------------------------------------ */

START_TEST(a_handle_on_what_was_removed_says_so)
{
	struct tarn_priority_queue_handle handle = push_told(queue, 1);
	uint64_t value, got;

	ok(tarn_object_remove(arena, "q"));
	gives(tarn_priority_queue_top(queue, &value, NULL), TARN_REMOVED);
	gives(tarn_priority_queue_get(queue, &handle, &value), TARN_REMOVED);
	gives(tarn_priority_queue_size(queue, &value), TARN_REMOVED);
	gives(tarn_priority_queue_read(queue, 0, &value, 1, &got), TARN_REMOVED);
	gives(push(queue, 1), TARN_REMOVED);
	gives(tarn_priority_queue_pop(queue, &value), TARN_REMOVED);
	gives(tarn_priority_queue_update(queue, &handle, &value), TARN_REMOVED);
	gives(tarn_priority_queue_remove(queue, &handle, &value), TARN_REMOVED);
	gives(tarn_priority_queue_clear(queue), TARN_REMOVED);
}
END_TEST

START_TEST(one_in_an_own_order_says_so_too)
{
	open_ordered();
	ok(tarn_object_remove(arena, "ordered"));
	pushed_between = 0;
	gives(tarn_priority_queue_pop(ordered, NULL), TARN_REMOVED);
	gives(push(ordered, 1), TARN_REMOVED);
	close_ordered();
}
END_TEST

START_TEST(is_read_through_a_mapping_for_reading)
{
	struct tarn_arena *again = attach(true);
	struct tarn_priority_queue_handle handle;
	struct tarn_priority_queue *opened;
	uint64_t value;

	ok(tarn_priority_queue_open(again, &opened, "q", &u64_type, TARN_OPEN, NULL));
	for (uint64_t i = 0; i < 2000; i++)
		handle = push_told(queue, i);
	ck_assert_uint_eq(top(opened), 1999);
	leads_to(opened, handle, 1999);
	gives(push(opened, 1), TARN_READ_ONLY);
	gives(tarn_priority_queue_pop(opened, &value), TARN_READ_ONLY);
	gives(tarn_priority_queue_remove(opened, &handle, &value), TARN_READ_ONLY);
	tarn_priority_queue_close(opened);
	tarn_arena_close(again);
}
END_TEST

static uint64_t read_count;

static void
read_all(void)
{
	ok(tarn_priority_queue_read(queue, 0, room, PAGES * PAGE / 8, &read_count));
}

static void
change_all(void)
{
	for (unsigned i = 0; i < 1000; i++)
		must(tarn_priority_queue_pop(queue, NULL));
	for (uint64_t i = 0; i < 1000; i++)
		must(push(queue, 5000 + i));
}

START_TEST(a_reader_does_not_see_half_of_a_change)
{
	const uint64_t *values;

	for (uint64_t i = 0; i < 1000; i++)
		ok(push(queue, i));
	read_interrupted(read_all, change_all);
	values = (const uint64_t *)room;
	ck_assert_uint_eq(read_count, 1000);
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_uint_ge(values[i], 5000);
	munmap(room, PAGES * PAGE);
}
END_TEST

/* ---- damage ------------------------------------------------------------------------------------ */

START_TEST(damage_is_found)
{
	struct tarn_pile_shm *pile = pile_of(queue);
	uint64_t value, entry;

	push_all(queue, (uint64_t[]){ 3, 2, 1 }, 3);
	entry = pile->records[0];
	pile->records[0] = pile->records[3];
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	pile->records[0] = UINT32_MAX;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(tarn_priority_queue_top(queue, &value, NULL), TARN_CORRUPT);
	gives(tarn_priority_queue_pop(queue, &value), TARN_CORRUPT);
	pile->records[0] = entry;
	value = pile->records[5]; /* the element of the second slot */
	pile->records[5] = 4;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	pile->records[5] = value;
	ok(tarn_check(arena, NULL, NULL));
	pile->length = pile->capacity + 1;
	gives(tarn_check(arena, NULL, NULL), TARN_CORRUPT);
	gives(tarn_priority_queue_size(queue, &value), TARN_CORRUPT);
	gives(push(queue, 2), TARN_CORRUPT);
	pile->length = 3;
	IS(queue, 3, 2, 1);
}
END_TEST

static void
scribble(uint64_t dice, struct tarn_priority_queue_handle *handle)
{
	struct tarn_check_options options = { .deadline_ms = 50 };
	struct tarn_root_shm *root = ((struct tarn_object *)queue)->root;
	struct tarn_pile_shm *pile = pile_of(queue);
	uint64_t *targets[] = { &root->structure, &pile->length, &pile->capacity,
				&pile->records[dice / 64 % 24], &pile->records[dice / 64 % 6] };
	const uint64_t values[] = { dice >> (dice / 4096 % 64), UINT64_MAX, 8, 1, root->structure + 16, 4096 };
	uint64_t value[8] = { 0 }, got;

	*targets[dice % 5] = values[dice / 5 % 6];
	(void)!tarn_check(arena, &options, NULL);
	(void)!tarn_priority_queue_top(queue, value, NULL);
	(void)!tarn_priority_queue_get(queue, handle, value);
	(void)!tarn_priority_queue_read(queue, dice % 100, value, 8, &got);
	(void)!push(queue, 1);
	(void)!tarn_priority_queue_push_many(queue, value, 8, NULL);
	(void)!tarn_priority_queue_pop(queue, value);
	(void)!tarn_priority_queue_pop_many(queue, value, 8, &got);
	(void)!tarn_priority_queue_update(queue, handle, value);
	(void)!tarn_priority_queue_remove(queue, handle, value);
	(void)!tarn_priority_queue_copy(second, queue);
	(void)!tarn_priority_queue_clear(queue);
	(void)!tarn_object_remove(arena, "q");
}

/* Nothing is promised but that it ends, without a fault. */
START_TEST(bears_whatever_an_arena_says)
{
	struct tarn_priority_queue_handle handle;

	for (uint64_t i = 0; i < 200; i++) {
		for (uint64_t at = 0; at < 1500; at++)
			handle = push_told(queue, at);
		scribble(tarn__hash_u64(i, 3), &handle);
		tarn_priority_queue_close(queue);
		tarn_priority_queue_close(second);
		close_maps();
		open_usual();
		open_queues();
	}
}
END_TEST

static void
add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, open_queues, close_queues);
	tcase_add_test(tests, has_a_name_and_a_type);
	tcase_add_loop_test(tests, there_are_types_that_no_priority_queue_has, 0, 7);
	tcase_add_test(tests, has_c_types);
	tcase_add_test(tests, what_is_not_a_number_has_no_place);
	tcase_add_test(tests, begins_empty);
	tcase_add_test(tests, the_greatest_goes_first);
	tcase_add_test(tests, many_come_and_go_in_one_step);
	tcase_add_test(tests, a_hundred_thousand_come_in_their_order);
	tcase_add_loop_test(tests, elements_of_all_sizes_are_whole, 0, 6);
	tcase_add_loop_test(tests, numbers_of_all_kinds_have_their_order, 0, 5);
	tcase_add_test(tests, an_order_is_called_with_nothing_locked);
	tcase_add_test(tests, a_plan_is_made_anew_if_others_were_faster);
	tcase_add_test(tests, a_plan_is_made_anew_if_there_are_others_now);
	tcase_add_test(tests, an_order_must_be_known);
	tcase_add_test(tests, a_handle_leads_to_its_element_wherever_it_gets_to);
	tcase_add_test(tests, an_element_is_changed_and_gets_the_place_that_is_due);
	tcase_add_test(tests, an_element_is_removed_wherever_it_is);
	tcase_add_test(tests, a_handle_of_what_is_gone_leads_nowhere);
	tcase_add_test(tests, a_handle_goes_with_a_swap);
	tcase_add_loop_test(tests, a_handle_of_an_aborted_transaction_leads_nowhere, 0, 20);
	tcase_add_test(tests, handles_of_many_that_were_aborted_lead_nowhere);
	tcase_add_test(tests, a_pile_that_another_has_made_is_not_the_transactions_own);
	tcase_add_test(tests, stays_in_its_memory);
	tcase_add_test(tests, memory_comes_back);
	tcase_add_test(tests, two_are_exchanged_and_copied);
	tcase_add_test(tests, a_transaction_sees_what_it_has_changed);
	tcase_add_test(tests, an_aborted_transaction_has_changed_nothing);
	tcase_add_test(tests, a_killed_transaction_is_undone_by_who_comes_next);
	tcase_add_test(tests, a_handle_on_what_was_removed_says_so);
	tcase_add_test(tests, one_in_an_own_order_says_so_too);
	tcase_add_test(tests, is_read_through_a_mapping_for_reading);
	tcase_add_test(tests, a_reader_does_not_see_half_of_a_change);
	tcase_add_test(tests, damage_is_found);
	tcase_add_test(tests, bears_whatever_an_arena_says);
}

int
main(void)
{
	return run_tests("priority_queue", add_tests);
}
