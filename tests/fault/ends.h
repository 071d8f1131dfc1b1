// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- every system call of every operation on stacks, or on queues,
 * fails once, and memory ends at every growth
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * KIND; and LIFO, whether the last that came goes first.  calls.h says how.
 */
#include "fault/calls.h"

#define BASE UINT64_C(20000) /* elements */
#define MORE UINT64_C(60000)

static const struct tarn_type type = { KIND, TARN_KEY_U64, 8, NULL };
static ADAPTOR *first, *second;
static uint64_t numbers[MORE], found[BASE + MORE];

/* The second is empty. */
static void
make_state(void)
{
	for (uint64_t i = 0; i < MORE; i++)
		numbers[i] = i * 7919 % MORE;
	ok(CALL(open)(arena, &first, "d", &type, TARN_CREATE, NULL));
	ok(CALL(open)(arena, &second, "e", &type, TARN_CREATE, NULL));
	ok(CALL(push_many)(first, numbers, BASE));
}

static void
close_state(void)
{
	CALL(close)(first);
	CALL(close)(second);
}

static void
is_part(ADAPTOR *in, uint64_t at, const uint64_t *expected, uint64_t count)
{
	uint64_t got;

	ok(CALL(read)(in, at, found, count, &got));
	ck_assert_uint_eq(got, count);
	ck_assert(!memcmp(found, expected, count * 8));
}

static void
has_sizes(uint64_t one, uint64_t other)
{
	uint64_t size = 4711;

	ok(CALL(size)(first, &size));
	ck_assert_uint_eq(size, one);
	ok(CALL(size)(second, &size));
	ck_assert_uint_eq(size, other);
}

static void
is_as_before(void)
{
	has_sizes(BASE, 0);
	is_part(first, 0, numbers, BASE);
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
push(void)
{
	return CALL(push)(second, numbers);
}

static void
is_pushed(void)
{
	has_sizes(BASE, 1);
	is_part(second, 0, numbers, 1);
}

static int
push_many(void)
{
	return CALL(push_many)(first, numbers, MORE);
}

static void
are_pushed(void)
{
	has_sizes(BASE + MORE, 0);
	is_part(first, 0, numbers, BASE);
	is_part(first, BASE, numbers, MORE);
}

static int
pop_many(void)
{
	uint64_t got;

	return CALL(pop_many)(first, found, BASE - 10, &got);
}

static void
are_popped(void)
{
	has_sizes(10, 0);
	is_part(first, 0, LIFO ? numbers : numbers + BASE - 10, 10);
}

static int
clear(void)
{
	return CALL(clear)(first);
}

static void
is_cleared(void)
{
	has_sizes(0, 0);
}

static int
copy(void)
{
	return CALL(copy)(second, first);
}

static void
is_copied(void)
{
	has_sizes(BASE, BASE);
	is_part(second, 0, numbers, BASE);
}

static int
change(struct tarn_txn *txn, void *unused)
{
	ADAPTOR *in = CALL(in)(second, txn);
	int code = CALL(pop)(CALL(in)(first, txn), NULL);

	(void)unused;
	for (uint64_t i = 0; !code && i < 3000; i++)
		code = CALL(push)(in, &numbers[i]);
	return code;
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { CALL(object)(first), CALL(object)(second) };

	return tarn_txn_run(arena, objects, 2, change, NULL);
}

static void
transaction_is_done(void)
{
	has_sizes(BASE - 1, 3000);
	is_part(second, 0, numbers, 3000);
}

static int
create(void)
{
	ADAPTOR *created;
	int code = CALL(open)(arena, &created, "new", &type, TARN_CREATE, NULL);

	CALL(close)(created);
	return code;
}

static void
is_created(void)
{
	ADAPTOR *created;

	ok(CALL(open)(arena, &created, "new", &type, TARN_OPEN, NULL));
	CALL(close)(created);
	is_as_before();
}

static const struct operation operations[] = {
	{ "push", push, is_pushed, false },
	{ "push many", push_many, are_pushed, true },
	{ "pop many", pop_many, are_popped, false },
	{ "clear", clear, is_cleared, false },
	{ "copy", copy, is_copied, true },
	{ "transaction", run_transaction, transaction_is_done, false },
	{ "create", create, is_created, false },
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
	return run_faults("faults", add_tests);
}
