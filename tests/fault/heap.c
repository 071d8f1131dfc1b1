// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.c -- every system call of taking and freeing blocks fails once; and a
 * file system that is full
 *
 * The heap makes system calls only where the arena grows, and where the
 * thread's first call takes a slot.  Whatever fails, no block is lost, the
 * heap's words agree with each other, and the call works when made again.
 */
#include "heap/heap.h"

#include "os/fault.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn/heap.h>

#define MIB (UINT64_C(1) << 20)
#define MOST_CALLS 100u
#define BLOCKS 3000u

static const int errors[] = { EIO, EINTR, ENOMEM, ENOSPC, EACCES, ENOENT, EINVAL, EAGAIN };

static struct tarn_arena *arena;
static tarn_off blocks[BLOCKS];

static void
open_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = 32 * MIB };

	tarn__fault_arm(0, 0);
	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
}

static void
close_arena(void)
{
	tarn_arena_close(arena);
}

/* ---- the walk ---------------------------------------------------------------------------------- */

static int
count_item(const struct tarn_heap_item *item, void *count)
{
	*(int64_t *)count += item->kind == TARN_HEAP_RUN;
	for (uint64_t i = 0; item->kind == TARN_HEAP_SPAN && i < item->blocks; i++)
		*(int64_t *)count += !(item->free[i / 64] >> i % 64 & 1);
	return 0;
}

static int
count_claim(enum tarn_heap_claim where, tarn_off block, void *count)
{
	(void)where;
	(void)block;
	--*(int64_t *)count;
	return 0;
}

static int64_t
in_use(void)
{
	int64_t count = 0;

	ck_assert_int_eq(tarn__heap_walk(arena, count_item, &count), 0);
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++)
		ck_assert_int_eq(tarn__heap_claims(arena, slot, count_claim, &count), 0);
	return count;
}

/* ---- failing ----------------------------------------------------------------------------------- */

/* An alloc whose nth call fails; whether it makes so many. */
static bool
alloc_with_fault(uint64_t size, uint64_t n, int error)
{
	int64_t before = in_use();
	tarn_off block = 1;
	bool reached;
	int code;

	tarn__fault_arm(n, error);
	code = tarn_alloc(arena, size, &block);
	reached = tarn__fault_calls() >= n;
	tarn__fault_arm(0, 0);
	if (code) {
		ck_assert(reached);
		ck_assert_uint_eq(block, 0);
		ck_assert_int_eq(in_use(), before);
		ck_assert_int_eq(tarn_alloc(arena, size, &block), 0);
	}
	ck_assert_ptr_nonnull(tarn_pointer(arena, block, size));
	ck_assert_int_eq(in_use(), before + 1);
	return reached;
}

static void
fail_each_call(uint64_t size)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		bool reached = true;

		for (uint64_t n = 1; reached; n++) {
			open_arena();
			reached = alloc_with_fault(size, n, errors[e]);
			close_arena();
			ck_assert_uint_lt(n, MOST_CALLS);
		}
	}
}

START_TEST(the_first_block_of_all)
{
	fail_each_call(100);
}
END_TEST

START_TEST(the_first_run_of_all)
{
	fail_each_call(10 * MIB);
}
END_TEST

START_TEST(growth_in_an_operation_that_is_then_undone)
{
	for (uint64_t n = 1; n < 10; n++) {
		struct tarn_lane *lane;
		tarn_off block, run;
		int code;

		open_arena();
		ck_assert_int_eq(tarn__op_begin(arena, &lane), 0);
		tarn__fault_arm(n, ENOSPC);
		code = tarn__heap_alloc(lane, 100, &block);
		if (!code)
			code = tarn__heap_alloc(lane, 20 * MIB, &run);
		tarn__fault_arm(0, 0);
		ck_assert(code == 0 || code == TARN_FULL);
		ck_assert_int_eq(tarn__rollback(lane), 0);
		tarn__op_end(lane);
		ck_assert_int_eq(in_use(), 0);
		close_arena();
	}
}
END_TEST

START_TEST(a_step_that_does_not_fit_is_taken_smaller)
{
	tarn_off block;

	open_arena();
	ck_assert_int_eq(tarn_alloc(arena, 100, &block), 0);
	for (unsigned i = 0; i < 31; i++)
		ck_assert_int_eq(tarn_alloc(arena, 65536, &block), 0);
	tarn__fault_arm(1, ENOSPC);
	ck_assert_int_eq(tarn_alloc(arena, 65536, &block), 0);
	ck_assert_uint_ge(tarn__fault_calls(), 1);
	tarn__fault_arm(0, 0);
	close_arena();
}
END_TEST

/* ---- a full file system ------------------------------------------------------------------------ */

static void
limit_files(uint64_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static unsigned
fill(uint64_t size)
{
	unsigned count = 0;
	int code;

	while ((code = tarn_alloc(arena, size, &blocks[count])) == 0)
		ck_assert_uint_lt(++count, BLOCKS);
	ck_assert_int_eq(code, TARN_FULL);
	return count;
}

START_TEST(a_full_file_system_is_no_full_stop)
{
	unsigned first, again;

	open_arena();
	limit_files(arena->fixed.data_off + 5 * MIB);
	first = fill(10000);
	ck_assert_uint_gt(first, 400);
	ck_assert_int_eq(in_use(), first);
	for (unsigned i = 0; i < first; i++)
		ck_assert_int_eq(tarn_free(arena, blocks[i]), 0);
	again = fill(10000);
	ck_assert_uint_ge(again + 2, first);
	for (unsigned i = 0; i < again; i++)
		ck_assert_int_eq(tarn_free(arena, blocks[i]), 0);
	ck_assert_uint_gt(fill(200000), 15);
	limit_files(RLIM_INFINITY);
	ck_assert_int_eq(tarn_alloc(arena, MIB, &blocks[0]), 0);
	close_arena();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("heap faults");
	TCase *tests = tcase_create("heap faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 100);
	tcase_add_test(tests, the_first_block_of_all);
	tcase_add_test(tests, the_first_run_of_all);
	tcase_add_test(tests, growth_in_an_operation_that_is_then_undone);
	tcase_add_test(tests, a_step_that_does_not_fit_is_taken_smaller);
	tcase_add_test(tests, a_full_file_system_is_no_full_stop);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
