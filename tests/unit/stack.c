// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.c -- every call on a stack, and every error its card names: see ends.h
 */
#define TARN_NAME typed
#define TARN_VALUE double
#define TARN_ORDER F64
#include <tarn/typed/stack.h>

#define CALL(verb) tarn_stack_##verb
#define ADAPTOR struct tarn_stack
#define KIND TARN_KIND_STACK
#define OTHER_KIND TARN_KIND_QUEUE
#define NAME "stack"
#define LOOK tarn_stack_top
#define TYPED_LOOK typed_top
#define LIFO 1

#include "ends.h"

START_TEST(comes_and_goes_in_its_order)
{
	uint64_t value;

	for (uint64_t i = 1; i <= 4; i++) {
		ok(push(first, i));
		ok(tarn_stack_top(first, &value));
		ck_assert_uint_eq(value, i);
	}
	IS(first, 1, 2, 3, 4);
	ck_assert_uint_eq(pop(first), 4);
	ok(tarn_stack_pop(first, NULL));
	ok(tarn_stack_top(first, &value));
	ck_assert_uint_eq(value, 2);
	ok(push(first, 9));
	IS(first, 1, 2, 9);
	ck_assert_uint_eq(pop(first), 9);
	ck_assert_uint_eq(pop(first), 2);
	ck_assert_uint_eq(pop(first), 1);
	gives(tarn_stack_pop(first, &value), TARN_NOT_FOUND);
}
END_TEST

START_TEST(many_come_and_go_in_one_step)
{
	uint64_t values[8] = { 1, 2, 3, 4, 5 }, got = 4711;

	ok(tarn_stack_push_many(first, values, 5));
	IS(first, 1, 2, 3, 4, 5);
	ok(tarn_stack_pop_many(first, values, 3, &got));
	ck_assert(got == 3 && values[0] == 5 && values[1] == 4 && values[2] == 3);
	IS(first, 1, 2);
	ok(tarn_stack_pop_many(first, values, 8, &got));
	ck_assert(got == 2 && values[0] == 2 && values[1] == 1);
	gives(tarn_stack_pop_many(first, values, 8, &got), TARN_NOT_FOUND);
	ck_assert_uint_eq(got, 0);
}
END_TEST

/* Of an odd size, for they are turned round. */
START_TEST(many_of_any_size_are_popped)
{
	struct tarn_type type = { TARN_KIND_STACK, TARN_KEY_NONE, 3, NULL };
	struct tarn_stack *of;
	char values[12];
	uint64_t got;

	ok(tarn_stack_open(arena, &of, "sized", &type, TARN_CREATE, NULL));
	ok(tarn_stack_push_many(of, "abcdefghi", 3));
	ok(tarn_stack_pop_many(of, values, 2, &got));
	ck_assert(got == 2 && !memcmp(values, "ghidef", 6));
	ok(tarn_stack_pop_many(of, values, 2, &got));
	ck_assert(got == 1 && !memcmp(values, "abc", 3));
	tarn_stack_close(of);
}
END_TEST

static void
add_own_tests(TCase *tests)
{
	tcase_add_test(tests, comes_and_goes_in_its_order);
	tcase_add_test(tests, many_come_and_go_in_one_step);
	tcase_add_test(tests, many_of_any_size_are_popped);
}

int
main(void)
{
	return run_tests(NAME, add_tests);
}
