// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- every system call of every operation on bitsets fails once,
 * and memory ends at every growth
 *
 * calls.h says how.
 */
#include "fault/calls.h"

#define BITS UINT64_C(3000000) /* more than a change of all logs */
#define MORE UINT64_C(30000000)

static struct tarn_bitset *bitset, *second, *bare;

static void
make_state(void)
{
	ok(tarn_bitset_open(arena, &bitset, "s", TARN_TRANSACTIONAL, BITS, TARN_CREATE, NULL));
	ok(tarn_bitset_open(arena, &second, "t", TARN_TRANSACTIONAL, BITS, TARN_CREATE, NULL));
	ok(tarn_bitset_open(arena, &bare, "a", TARN_ATOMIC, 100, TARN_CREATE, NULL));
	ok(tarn_bitset_set(bitset, 5));
	ok(tarn_bitset_set(second, BITS - 1));
	ok(tarn_bitset_set(bare, 7));
}

static void
close_state(void)
{
	tarn_bitset_close(bitset);
	tarn_bitset_close(second);
	tarn_bitset_close(bare);
}

static void
has(struct tarn_bitset *set, uint64_t size, uint64_t count, uint64_t first)
{
	uint64_t told = 4711;

	ok(tarn_bitset_size(set, &told));
	ck_assert_uint_eq(told, size);
	ok(tarn_bitset_count(set, &told));
	ck_assert_uint_eq(told, count);
	ok(tarn_bitset_find_first(set, &told));
	ck_assert_uint_eq(told, first);
}

static void
is_as_before(void)
{
	has(bitset, BITS, 1, 5);
	has(second, BITS, 1, BITS - 1);
	has(bare, 100, 1, 7);
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
set(void)
{
	return tarn_bitset_set(bitset, 3);
}

static void
is_set(void)
{
	has(bitset, BITS, 2, 3);
}

static int
set_atomic(void)
{
	return tarn_bitset_set(bare, 3);
}

static void
is_set_atomic(void)
{
	has(bare, 100, 2, 3);
}

static int
set_all(void)
{
	return tarn_bitset_set_range(bitset, 0, TARN_BITSET_END, true);
}

static void
all_are_set(void)
{
	has(bitset, BITS, BITS, 0);
}

static int
grow(void)
{
	return tarn_bitset_resize(bitset, MORE);
}

static void
has_grown(void)
{
	has(bitset, MORE, 1, 5);
}

static int
combine(void)
{
	return tarn_bitset_or(bitset, second);
}

static void
is_combined(void)
{
	has(bitset, BITS, 2, 5);
	has(second, BITS, 1, BITS - 1);
}

static int
create(void)
{
	struct tarn_bitset *created;
	int code = tarn_bitset_open(arena, &created, "new", TARN_ATOMIC, MORE, TARN_CREATE, NULL);

	tarn_bitset_close(created);
	return code;
}

static void
is_created(void)
{
	struct tarn_bitset *created;

	ok(tarn_bitset_open(arena, &created, "new", TARN_ATOMIC, 0, TARN_OPEN, NULL));
	ok(tarn_bitset_set(created, MORE - 1));
	has(created, MORE, 1, MORE - 1);
	tarn_bitset_close(created);
}

static const struct operation operations[] = {
	{ "set", set, is_set, false },
	{ "set, atomic", set_atomic, is_set_atomic, false },
	{ "set all", set_all, all_are_set, true },
	{ "grow", grow, has_grown, true },
	{ "or", combine, is_combined, true },
	{ "create", create, is_created, true },
};

START_TEST(operation_fails_without_a_trace)
{
	each_call_fails(&operations[_i]);
}
END_TEST

START_TEST(each_growth_that_is_refused_is_full)
{
	each_growth_is_refused(&operations[_i]);
}
END_TEST

static void
add_tests(TCase *tests)
{
	int count = (int)TARN_ARRAY_SIZE(operations);

	tcase_add_loop_test(tests, operation_fails_without_a_trace, 0, count);
	tcase_add_loop_test(tests, each_growth_that_is_refused_is_full, 0, count);
}

int
main(void)
{
	return run_faults("bitset faults", add_tests);
}
