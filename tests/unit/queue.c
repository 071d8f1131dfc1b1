// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.c -- every call on a queue, and every error its card names: see ends.h
 */
#define TARN_NAME typed
#define TARN_VALUE double
#define TARN_ORDER F64
#include <tarn/typed/queue.h>

#define CALL(verb) tarn_queue_##verb
#define ADAPTOR struct tarn_queue
#define KIND TARN_KIND_QUEUE
#define OTHER_KIND TARN_KIND_STACK
#define NAME "queue"
#define LOOK tarn_queue_front
#define TYPED_LOOK typed_front
#define LIFO 0

#include "ends.h"

START_TEST(comes_and_goes_in_its_order)
{
	uint64_t value;

	for (uint64_t i = 1; i <= 4; i++) {
		ok(push(first, i));
		ok(tarn_queue_front(first, &value));
		ck_assert_uint_eq(value, 1);
		ok(tarn_queue_back(first, &value));
		ck_assert_uint_eq(value, i);
	}
	IS(first, 1, 2, 3, 4);
	ck_assert_uint_eq(pop(first), 1);
	ok(tarn_queue_pop(first, NULL));
	ok(tarn_queue_front(first, &value));
	ck_assert_uint_eq(value, 3);
	ok(push(first, 9));
	IS(first, 3, 4, 9);
	ck_assert_uint_eq(pop(first), 3);
	ck_assert_uint_eq(pop(first), 4);
	ck_assert_uint_eq(pop(first), 9);
	gives(tarn_queue_pop(first, &value), TARN_NOT_FOUND);
	gives(tarn_queue_back(first, &value), TARN_NOT_FOUND);
}
END_TEST

START_TEST(many_come_and_go_in_one_step)
{
	uint64_t values[8] = { 1, 2, 3, 4, 5 }, got = 4711;

	ok(tarn_queue_push_many(first, values, 5));
	IS(first, 1, 2, 3, 4, 5);
	ok(tarn_queue_pop_many(first, values, 3, &got));
	ck_assert(got == 3 && values[0] == 1 && values[1] == 2 && values[2] == 3);
	IS(first, 4, 5);
	ok(tarn_queue_pop_many(first, values, 8, &got));
	ck_assert(got == 2 && values[0] == 4 && values[1] == 5);
	gives(tarn_queue_pop_many(first, values, 8, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(got, 0);
}
END_TEST

static void
add_own_tests(TCase *tests)
{
	tcase_add_test(tests, comes_and_goes_in_its_order);
	tcase_add_test(tests, many_come_and_go_in_one_step);
}

int
main(void)
{
	return run_tests(NAME, add_tests);
}
