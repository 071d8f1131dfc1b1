// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- every system call of every operation on vectors fails once,
 * and memory ends at every growth
 *
 * An operation runs in a thread of its own, so that it claims a slot, too.
 * It either does without, or says why not; then both vectors are as before,
 * and it can be done a moment later.  In no case is anything lost or leaked:
 * tarn_check() looks.
 *
 *	calls	 the nth system call fails
 *	growth	 what is given is used up, then the file system gives n times
 *	arena	 its maximum is reached: the last blocks are taken by others,
 *		 and given back one by one until it works
 */
#include "os/fault.h"

#include "base/compiler.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <tarn.h>

#define ok(call) ck_assert_int_eq(call, 0)
#define gives(call, code) ck_assert_str_eq(tarn_error_name(call), tarn_error_name(code))

#define MIB (UINT64_C(1) << 20)
#define MOST_CALLS 300u
#define BASE UINT64_C(20000) /* elements */
#define SHORT UINT64_C(30)
#define MORE UINT64_C(60000)
#define BLOCKS 20000u

static const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL };

static struct tarn_arena *arena;
static struct tarn_vector *vector, *second;
static uint64_t numbers[MORE], found[BASE + MORE];

/* ---- what there is before ---------------------------------------------------------------------- */

/* The second is full, and lies right behind the first. */
static void
open_arena(uint64_t max_size)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = max_size };

	for (uint64_t i = 0; i < MORE; i++)
		numbers[i] = i * 7919 % MORE;
	ok(tarn_arena_open(&arena, "anon:", &options, NULL));
	ok(tarn_vector_open(arena, &vector, "v", &type, TARN_CREATE, NULL));
	ok(tarn_vector_open(arena, &second, "w", &type, TARN_CREATE, NULL));
	ok(tarn_vector_append(vector, numbers, BASE));
	ok(tarn_vector_shrink_to_fit(vector));
	ok(tarn_vector_append(second, numbers, SHORT));
}

static void
close_all(void)
{
	tarn_vector_close(vector);
	tarn_vector_close(second);
	tarn_arena_close(arena);
}

static void
starts_with(struct tarn_vector *in, const uint64_t *expected, uint64_t count)
{
	uint64_t got;

	ok(tarn_vector_read(in, 0, found, count, &got));
	ck_assert_uint_eq(got, count);
	ck_assert(!memcmp(found, expected, count * 8));
}

static void
size_is(struct tarn_vector *of, uint64_t expected)
{
	uint64_t size = 4711;

	ok(tarn_vector_size(of, &size));
	ck_assert_uint_eq(size, expected);
}

static void
is_as_before(void)
{
	struct tarn_vector *opened;

	size_is(vector, BASE);
	starts_with(vector, numbers, BASE);
	size_is(second, SHORT);
	starts_with(second, numbers, SHORT);
	gives(tarn_vector_open(arena, &opened, "new", &type, TARN_OPEN, NULL), TARN_NOT_FOUND);
}

static void
check_whole(bool foreign_blocks)
{
	struct tarn_check_options options = { .foreign_blocks = foreign_blocks };
	struct tarn_check_report report;

	ok(tarn_check(arena, &options, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
push(void)
{
	return tarn_vector_push_back(second, numbers);
}

static void
is_pushed(void)
{
	size_is(second, SHORT + 1);
	starts_with(second, numbers, SHORT);
}

static int
append(void)
{
	return tarn_vector_append(vector, numbers, MORE);
}

static void
is_appended(void)
{
	size_is(vector, BASE + MORE);
	starts_with(vector, numbers, BASE);
	ck_assert(!tarn_vector_get(vector, BASE + 5, found) && found[0] == numbers[5]);
}

static int
reserve(void)
{
	return tarn_vector_reserve(vector, BASE + MORE);
}

static void
nothing_is_changed(void)
{
	is_as_before();
}

static int
insert(void)
{
	return tarn_vector_insert(vector, 0, numbers, 1);
}

static void
is_inserted(void)
{
	size_is(vector, BASE + 1);
	ok(tarn_vector_erase(vector, 0, 1));
	is_as_before();
}

static int
sort(void)
{
	return tarn_vector_sort(vector, NULL, NULL);
}

static void
is_sorted(void)
{
	uint64_t got;

	ok(tarn_vector_read(vector, 0, found, BASE, &got));
	for (uint64_t i = 1; i < BASE; i++)
		ck_assert(found[i - 1] <= found[i]);
	ck_assert_uint_eq(got, BASE);
}

static int
set(void)
{
	return tarn_vector_set(vector, 3, &numbers[4]);
}

static void
is_set(void)
{
	ok(tarn_vector_get(vector, 3, found));
	ck_assert_uint_eq(found[0], numbers[4]);
}

static int
exchange(void)
{
	return tarn_vector_swap(vector, second);
}

static void
is_exchanged(void)
{
	size_is(second, BASE);
	starts_with(vector, numbers, SHORT);
}

static int
create(void)
{
	struct tarn_vector *opened;
	int code = tarn_vector_open_bounded(arena, &opened, "new", &type, TARN_CREATE, MORE, NULL);

	tarn_vector_close(opened);
	return code;
}

static void
is_created(void)
{
	struct tarn_vector *opened;

	ok(tarn_vector_open(arena, &opened, "new", &type, TARN_OPEN, NULL));
	ok(tarn_vector_append(opened, numbers, MORE));
	tarn_vector_close(opened);
}

static int
remove_it(void)
{
	return tarn_object_remove(arena, "v");
}

static void
is_removed(void)
{
	gives(tarn_vector_get(vector, 0, found), TARN_REMOVED);
}

static int
change_both(struct tarn_txn *txn, void *unused)
{
	struct tarn_vector *in = tarn_vector_in(second, txn);
	int code = tarn_vector_clear(tarn_vector_in(vector, txn));

	(void)unused;
	for (uint64_t i = 0; !code && i < 3000; i++)
		code = tarn_vector_push_back(in, &numbers[i]);
	return code ? code : tarn_vector_erase(in, 0, SHORT);
}

static int
run_transaction(void)
{
	struct tarn_object *objects[] = { tarn_vector_object(vector), tarn_vector_object(second) };

	return tarn_txn_run(arena, objects, 2, change_both, NULL);
}

static void
transaction_is_done(void)
{
	size_is(vector, 0);
	size_is(second, 3000);
	starts_with(second, numbers, 3000);
}

static const struct operation {
	const char *name;
	int (*run)(void);
	void (*after)(void);
	bool needs_memory;
} operations[] = {
	{ "push", push, is_pushed, false },
	{ "append", append, is_appended, true },
	{ "reserve", reserve, nothing_is_changed, true },
	{ "insert", insert, is_inserted, false },
	{ "sort", sort, is_sorted, true },
	{ "set", set, is_set, false },
	{ "swap", exchange, is_exchanged, false },
	{ "create", create, is_created, true },
	{ "remove", remove_it, is_removed, false },
	{ "transaction", run_transaction, transaction_is_done, true },
};

#define OPERATIONS (int)TARN_ARRAY_SIZE(operations)

/* ---- in a thread of its own -------------------------------------------------------------------- */

struct run {
	const struct operation *operation;
	void (*before)(void), (*afterwards)(void);
	int code;
};

static void *
run_in_thread(void *argument)
{
	struct run *run = argument;

	if (run->before)
		run->before();
	run->code = run->operation->run();
	if (run->afterwards)
		run->afterwards();
	return NULL;
}

static int
run_with(const struct operation *operation, void (*before)(void), void (*afterwards)(void))
{
	struct run run = { operation, before, afterwards, 0 };
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_in_thread, &run), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	return run.code;
}

/* ---- calls ------------------------------------------------------------------------------------- */

static const int errors[] = { EIO, ENOMEM, ENOSPC, EAGAIN };
static uint64_t armed, reached;
static int armed_errno;

static void
arm(void)
{
	tarn__fault_arm(armed, armed_errno);
}

static void
disarm(void)
{
	reached = tarn__fault_calls();
	tarn__fault_arm(0, 0);
}

/* Whether the operation made so many calls. */
static bool
fails_at(const struct operation *operation, uint64_t call, int error)
{
	int code;

	open_arena(64 * MIB);
	armed = call;
	armed_errno = error;
	code = run_with(operation, arm, disarm);
	if (code) {
		ck_assert_msg(reached >= call, "%s: %s", operation->name, tarn_error_name(code));
		is_as_before();
		check_whole(false);
		ok(run_with(operation, NULL, NULL));
	}
	operation->after();
	check_whole(false);
	close_all();
	return reached >= call;
}

START_TEST(operation_fails_without_a_trace)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t call = 1;

		while (fails_at(&operations[_i], call, errors[e]))
			ck_assert_uint_lt(++call, MOST_CALLS);
		ck_assert_uint_gt(call, 1); /* each claims a slot */
	}
}
END_TEST

/* ---- memory ------------------------------------------------------------------------------------ */

static tarn_off blocks[BLOCKS];
static unsigned block_count;

/* The largest first, then what lies between them. */
static void
take_all(void)
{
	static const uint64_t sizes[] = { MIB, 65536, 9216, 4096, 1024, 256, 64, 16 };

	block_count = 0;
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		while (block_count < BLOCKS && !tarn_alloc(arena, sizes[i], &blocks[block_count]))
			block_count++;
	}
	ck_assert_uint_lt(block_count, BLOCKS);
}

static void
give_some_back(unsigned count)
{
	for (; count && block_count; count--)
		ok(tarn_free(arena, blocks[--block_count]));
}

static uint64_t growths, growths_most;

static void
refuse_growth(const char *call, uint64_t number)
{
	if (!strcmp(call, "fallocate") && growths++ >= growths_most)
		tarn__fault_arm(number, ENOSPC);
}

static void
begin_refusing(void)
{
	growths = 0;
	tarn__fault_arm(0, 0);
	tarn__fault_callback = refuse_growth;
}

static void
end_refusing(void)
{
	tarn__fault_callback = NULL;
	tarn__fault_arm(0, 0);
}

/* Whether that many growths were too few. */
static bool
is_full_after(const struct operation *operation, uint64_t most)
{
	int code;

	open_arena(64 * MIB);
	growths_most = 0;
	begin_refusing();
	take_all();
	end_refusing();
	growths_most = most;
	code = run_with(operation, begin_refusing, end_refusing);
	if (code) {
		gives(code, TARN_FULL);
		is_as_before();
		check_whole(true);
		ok(run_with(operation, NULL, NULL));
	}
	operation->after();
	check_whole(true);
	close_all();
	return code != 0;
}

START_TEST(each_growth_that_is_refused_is_full)
{
	uint64_t most = 0;

	while (is_full_after(&operations[_i], most))
		ck_assert_uint_lt(++most, MOST_CALLS);
	ck_assert(most || !operations[_i].needs_memory);
}
END_TEST

START_TEST(arena_at_its_maximum_is_full_until_there_is_room)
{
	const struct operation *operation = &operations[_i];
	unsigned tries = 0;
	int code;

	open_arena(8 * MIB);
	take_all();
	while ((code = operation->run())) {
		gives(code, TARN_FULL);
		is_as_before();
		if (tries % 16 == 0)
			check_whole(true);
		ck_assert_uint_gt(block_count, 0);
		give_some_back(1 + tries++);
	}
	ck_assert(tries || !operation->needs_memory);
	operation->after();
	give_some_back(UINT32_MAX);
	check_whole(false);
	close_all();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("vector faults");
	TCase *tests = tcase_create("vector faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 100);
	tcase_add_loop_test(tests, operation_fails_without_a_trace, 0, OPERATIONS);
	tcase_add_loop_test(tests, each_growth_that_is_refused_is_full, 0, OPERATIONS);
	tcase_add_loop_test(tests, arena_at_its_maximum_is_full_until_there_is_room, 0, OPERATIONS);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
