// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.c -- every system call of what one does with a region fails once
 *
 * System calls are made where a thread takes its slot, where the arena
 * grows, and where a log spills.  Whatever fails, every byte is accounted
 * for, and the same works when it is done again.
 */
#include "os/fault.h"

#include "base/compiler.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <tarn.h>

#define MIB (UINT64_C(1) << 20)
#define MOST_CALLS 200u
#define WORDS 3000u /* more than stay in the log itself */

static const int errors[] = { EIO, EINTR, ENOMEM, ENOSPC, EACCES, ENOENT, EINVAL, EAGAIN };

static struct tarn_arena *arena;
static struct tarn_region *region;

/* ---- what is done ------------------------------------------------------------------------------ */

static int
open_it(void)
{
	return tarn_region_open(arena, &region, "r", TARN_OPEN_OR_CREATE, NULL);
}

static int
take_and_free(void)
{
	tarn_off block, run = 0;
	int code = open_it();

	if (code)
		return code;
	code = tarn_region_alloc(region, 500, &block);
	if (!code)
		code = tarn_region_alloc(region, 9 * MIB, &run);
	if (!code)
		code = tarn_region_set_root(region, run);
	if (!code)
		code = tarn_region_free(region, block);
	tarn_region_close(region);
	return code;
}

static int
change(struct tarn_txn *txn, void *unused)
{
	struct tarn_region *in = tarn_region_in(region, txn);
	uint64_t *words;
	tarn_off block;
	int code = tarn_region_root(in, &block);

	(void)unused;
	if (!code)
		code = tarn_txn_log(txn, block, 8 * WORDS);
	words = code ? NULL : tarn_pointer(arena, block, 8 * WORDS);
	for (unsigned i = 0; words && i < WORDS; i++)
		words[i] = i + 1;
	for (unsigned i = 0; !code && i < 600; i++)
		code = tarn_region_alloc(in, 5000, &block);
	return code;
}

static int
change_in_transaction(void)
{
	struct tarn_object *object;
	tarn_off root = 0;
	int code = take_and_free();

	if (!code)
		code = open_it();
	if (code)
		return code;
	object = tarn_region_object(region);
	code = tarn_txn_run(arena, &object, 1, change, NULL);
	if (!tarn_region_root(region, &root) && root)
		ck_assert_uint_eq(((uint64_t *)tarn_pointer(arena, root, 8))[0], !code);
	tarn_region_close(region);
	return code;
}

static int
touch(void)
{
	int code = open_it();

	if (!code)
		code = tarn_region_set_root(region, 0);
	tarn_region_close(region);
	return code;
}

static int
remove_it(void)
{
	int code = take_and_free();

	return code ? code : tarn_object_remove(arena, "r");
}

/* ---- failing ----------------------------------------------------------------------------------- */

static void
say(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	ck_abort_msg("0x%lx: %s", (unsigned long)problem->off, problem->what);
}

static void
account(void)
{
	const struct tarn_check_options options = { .problem = say };

	ck_assert_int_eq(tarn_check(arena, &options, NULL), 0);
}

static void *
succeed(void *function)
{
	ck_assert_int_eq((*(int (**)(void))function)(), 0);
	return NULL;
}

/* Another thread does it: whatever this one had locked must be free. */
static void
elsewhere(int (*function)(void))
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, succeed, &function), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

/* Done with the nth call failing; whether there are so many. */
static bool
with_fault(int (*function)(void), uint64_t n, int error)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = 64 * MIB, .deadline_ms = 5000 };
	bool reached;
	int code;

	tarn__fault_arm(0, 0);
	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", &options, NULL), 0);
	tarn__fault_arm(n, error);
	code = function();
	reached = tarn__fault_calls() >= n;
	tarn__fault_arm(0, 0);
	ck_assert(!code || reached);
	elsewhere(touch); /* before tarn_check(), which would let go of what this thread has locked */
	account();
	if (code)
		elsewhere(function);
	account();
	tarn_arena_close(arena);
	return reached;
}

static void
fail_each_call(int (*function)(void))
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		for (uint64_t n = 1; with_fault(function, n, errors[e]); n++)
			ck_assert_uint_lt(n, MOST_CALLS);
	}
}

START_TEST(blocks)
{
	fail_each_call(take_and_free);
}
END_TEST

START_TEST(a_transaction)
{
	fail_each_call(change_in_transaction);
}
END_TEST

START_TEST(removal)
{
	fail_each_call(remove_it);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("region faults");
	TCase *tests = tcase_create("region faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 100);
	tcase_add_test(tests, blocks);
	tcase_add_test(tests, a_transaction);
	tcase_add_test(tests, removal);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
