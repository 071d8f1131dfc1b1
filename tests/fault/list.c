// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- every system call of every operation on lists fails once, and
 * memory ends at every growth
 *
 * calls.h says how.
 */
#include "fault/calls.h"

#define BASE UINT64_C(5000) /* elements */
#define MORE UINT64_C(50000)

static const struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_U64, 8, NULL };
static struct tarn_list *list, *second;
static uint64_t numbers[MORE], found[MORE];

/* The second is empty. */
static void
make_state(void)
{
	for (uint64_t i = 0; i < MORE; i++)
		numbers[i] = i * 7919 % MORE;
	ok(tarn_list_open(arena, &list, "l", &type, TARN_CREATE, NULL));
	ok(tarn_list_open(arena, &second, "m", &type, TARN_CREATE, NULL));
	ok(tarn_list_append(list, numbers, 8, BASE));
}

static void
close_state(void)
{
	tarn_list_close(list);
	tarn_list_close(second);
}

/* At an end, that way. */
static void
is_part(struct tarn_list *in, enum tarn_list_way way, uint64_t count)
{
	uint64_t got;

	ok(tarn_list_read(in, &TARN_LIST_END, way, found, 8, NULL, count, &got));
	ck_assert_uint_eq(got, count);
	for (uint64_t i = 0; i < count; i++)
		ck_assert_uint_eq(found[i], numbers[way == TARN_LIST_FORWARDS ? i : count - 1 - i]);
}

static void
has_sizes(uint64_t one, uint64_t other)
{
	uint64_t size = 4711;

	ok(tarn_list_size(list, &size));
	ck_assert_uint_eq(size, one);
	ok(tarn_list_size(second, &size));
	ck_assert_uint_eq(size, other);
}

static void
is_as_before(void)
{
	has_sizes(BASE, 0);
	is_part(list, TARN_LIST_FORWARDS, BASE);
	is_part(list, TARN_LIST_BACKWARDS, BASE);
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
push(void)
{
	return tarn_list_push_front(second, numbers, 8, NULL);
}

static void
is_pushed(void)
{
	has_sizes(BASE, 1);
	is_part(second, TARN_LIST_FORWARDS, 1);
}

static int
append(void)
{
	return tarn_list_append(list, numbers, 8, MORE);
}

static void
is_appended(void)
{
	has_sizes(BASE + MORE, 0);
	is_part(list, TARN_LIST_FORWARDS, BASE);
	is_part(list, TARN_LIST_BACKWARDS, MORE);
}

static int
assign(void)
{
	return tarn_list_assign(list, numbers, 8, MORE);
}

static void
is_assigned(void)
{
	has_sizes(MORE, 0);
	is_part(list, TARN_LIST_FORWARDS, MORE);
}

static int
clear(void)
{
	return tarn_list_clear(list);
}

static void
is_cleared(void)
{
	has_sizes(0, 0);
}

static int
copy(void)
{
	return tarn_list_copy(second, list);
}

static void
is_copied(void)
{
	has_sizes(BASE, BASE);
	is_part(second, TARN_LIST_FORWARDS, BASE);
}

static int
splice(void)
{
	return tarn_list_splice(second, &TARN_LIST_END, list);
}

static void
is_spliced(void)
{
	has_sizes(0, BASE);
	is_part(second, TARN_LIST_FORWARDS, BASE);
}

/* In an order that nobody has. */
static int
backwards(const void *a, size_t a_size, const void *b, size_t b_size, void *arg)
{
	(void)a_size;
	(void)b_size;
	(void)arg;
	return memcmp(b, a, 1);
}

static int
sort(void)
{
	return tarn_list_sort(list, backwards, NULL);
}

static void
is_sorted(void)
{
	uint64_t got;

	has_sizes(BASE, 0);
	ok(tarn_list_read(list, &TARN_LIST_END, TARN_LIST_FORWARDS, found, 8, NULL, BASE, &got));
	for (uint64_t i = 1; i < got; i++)
		ck_assert_uint_ge(found[i - 1] & 0xff, found[i] & 0xff);
}

static int
change(struct tarn_txn *txn, void *unused)
{
	struct tarn_list *in = tarn_list_in(second, txn);
	int code = tarn_list_pop_front(tarn_list_in(list, txn), NULL, 0, NULL);

	(void)unused;
	for (uint64_t i = 0; !code && i < 3000; i++)
		code = tarn_list_push_back(in, &numbers[i], 8, NULL);
	return code;
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_list_object(list), tarn_list_object(second) };

	return tarn_txn_run(arena, objects, 2, change, NULL);
}

static void
transaction_is_done(void)
{
	has_sizes(BASE - 1, 3000);
	is_part(second, TARN_LIST_FORWARDS, 3000);
}

static int
create(void)
{
	struct tarn_list *created;
	int code = tarn_list_open(arena, &created, "new", &type, TARN_CREATE, NULL);

	tarn_list_close(created);
	return code;
}

static void
is_created(void)
{
	struct tarn_list *created;

	ok(tarn_list_open(arena, &created, "new", &type, TARN_OPEN, NULL));
	tarn_list_close(created);
	is_as_before();
}

static const struct operation operations[] = {
	{ "push", push, is_pushed, false },
	{ "append", append, is_appended, true },
	{ "assign", assign, is_assigned, true },
	{ "clear", clear, is_cleared, false },
	{ "copy", copy, is_copied, false },
	{ "splice", splice, is_spliced, false },
	{ "sort", sort, is_sorted, false },
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
	return run_faults("list faults", add_tests);
}
