// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- every system call of every operation on priority queues
 * fails once, and memory ends at every growth
 *
 * calls.h says how.
 */
#include "fault/calls.h"

#define BASE UINT64_C(20000) /* elements */
#define MORE UINT64_C(30000)

static const struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_U64, 8, NULL };
static struct tarn_priority_queue *queue, *second;
static struct tarn_priority_queue_handle handles[BASE];
static uint64_t numbers[BASE + MORE], found[BASE + MORE];

/* All numbers below BASE, and the second is empty. */
static void
make_state(void)
{
	for (uint64_t i = 0; i < BASE; i++)
		numbers[i] = i * 7919 % BASE;
	for (uint64_t i = BASE; i < BASE + MORE; i++)
		numbers[i] = i;
	ok(tarn_priority_queue_open(arena, &queue, "q", &type, TARN_CREATE, NULL));
	ok(tarn_priority_queue_open(arena, &second, "r", &type, TARN_CREATE, NULL));
	ok(tarn_priority_queue_push_many(queue, numbers, BASE, handles));
}

static void
close_state(void)
{
	tarn_priority_queue_close(queue);
	tarn_priority_queue_close(second);
}

static int
ascending(const void *a, const void *b)
{
	uint64_t one, other;

	memcpy(&one, a, 8);
	memcpy(&other, b, 8);
	return (one > other) - (one < other);
}

/* All numbers from the first to that before the end, but one. */
static void
holds(struct tarn_priority_queue *in, uint64_t first, uint64_t end, uint64_t but)
{
	uint64_t got, number = first;

	ok(tarn_priority_queue_read(in, 0, found, BASE + MORE, &got));
	qsort(found, got, 8, ascending);
	for (uint64_t i = 0; i < got; i++, number++) {
		number += number == but;
		ck_assert_uint_eq(found[i], number);
	}
	ck_assert_uint_eq(number + (number == but), end);
}

static void
is_as_before(void)
{
	uint64_t value;

	holds(queue, 0, BASE, UINT64_MAX);
	holds(second, 0, 0, UINT64_MAX);
	for (uint64_t i = 0; i < BASE; i += 997) {
		ok(tarn_priority_queue_get(queue, &handles[i], &value));
		ck_assert_uint_eq(value, numbers[i]);
	}
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
push(void)
{
	return tarn_priority_queue_push(second, numbers, NULL);
}

static void
is_pushed(void)
{
	holds(queue, 0, BASE, UINT64_MAX);
	holds(second, 0, 1, UINT64_MAX);
}

static int
push_many(void)
{
	return tarn_priority_queue_push_many(queue, numbers + BASE, MORE, NULL);
}

static void
are_pushed(void)
{
	holds(queue, 0, BASE + MORE, UINT64_MAX);
}

/* More than the log takes: in a new pile. */
static int
pop_many(void)
{
	uint64_t got;

	return tarn_priority_queue_pop_many(queue, found, BASE - 10, &got);
}

static void
are_popped(void)
{
	holds(queue, 0, 10, UINT64_MAX);
}

static int
update(void)
{
	return tarn_priority_queue_update(queue, &handles[1], &numbers[BASE]);
}

static void
is_updated(void)
{
	holds(queue, 0, BASE + 1, numbers[1]);
}

static int
remove_one(void)
{
	return tarn_priority_queue_remove(queue, &handles[1], NULL);
}

static void
is_removed(void)
{
	holds(queue, 0, BASE, numbers[1]);
}

static int
clear(void)
{
	return tarn_priority_queue_clear(queue);
}

static void
is_cleared(void)
{
	holds(queue, 0, 0, UINT64_MAX);
}

static int
copy(void)
{
	return tarn_priority_queue_copy(second, queue);
}

static void
is_copied(void)
{
	holds(queue, 0, BASE, UINT64_MAX);
	holds(second, 0, BASE, UINT64_MAX);
}

static int
change(struct tarn_txn *txn, void *unused)
{
	struct tarn_priority_queue *in = tarn_priority_queue_in(second, txn);
	int code = tarn_priority_queue_pop(tarn_priority_queue_in(queue, txn), NULL);

	(void)unused;
	for (uint64_t i = 0; !code && i < 3000; i++)
		code = tarn_priority_queue_push(in, &i, NULL);
	return code;
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_priority_queue_object(queue),
					  tarn_priority_queue_object(second) };

	return tarn_txn_run(arena, objects, 2, change, NULL);
}

static void
transaction_is_done(void)
{
	holds(queue, 0, BASE - 1, UINT64_MAX);
	holds(second, 0, 3000, UINT64_MAX);
}

static int
create(void)
{
	struct tarn_priority_queue *created;
	int code = tarn_priority_queue_open(arena, &created, "new", &type, TARN_CREATE, NULL);

	tarn_priority_queue_close(created);
	return code;
}

static void
is_created(void)
{
	struct tarn_priority_queue *created;

	ok(tarn_priority_queue_open(arena, &created, "new", &type, TARN_OPEN, NULL));
	tarn_priority_queue_close(created);
	is_as_before();
}

static const struct operation operations[] = {
	{ "push", push, is_pushed, false },
	{ "push many", push_many, are_pushed, true },
	{ "pop many", pop_many, are_popped, true },
	{ "update", update, is_updated, false },
	{ "remove", remove_one, is_removed, false },
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
	return run_faults("priority queue faults", add_tests);
}
