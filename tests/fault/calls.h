// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * calls.h -- every system call of an operation fails once; every growth, too
 *
 * An operation runs in a thread of its own, so that it claims a slot as
 * well.  It either does without, or says why not; then all is as before, and
 * it can be done a moment later.  In no case is anything lost or leaked:
 * tarn_check() looks.
 *
 *	calls	the nth system call fails
 *	growth	what is given is used up, then the file system gives n times
 */
#ifndef TARN_TESTS_FAULT_CALLS_H
#define TARN_TESTS_FAULT_CALLS_H

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

#define CALLS_MOST 300u
#define CALLS_BLOCKS 20000u

struct operation {
	const char *name;
	int (*run)(void);
	void (*after)(void); /* it is done */
	bool needs_memory;
};

/* What a test brings along. */
static struct tarn_arena *arena;
static void make_state(void);	  /* in the new arena */
static void is_as_before(void);
static void close_state(void);

static uint64_t calls_armed, calls_reached, growths, growths_most;
static int calls_errno, calls_code;
static bool calls_refuse;
static tarn_off blocks[CALLS_BLOCKS];

static void
refuse_growth(const char *call, uint64_t number)
{
	if (!strcmp(call, "fallocate") && growths++ >= growths_most)
		tarn__fault_arm(number, ENOSPC);
}

static void
refuse(bool refused)
{
	growths = 0;
	tarn__fault_arm(0, 0);
	tarn__fault_callback = refused ? refuse_growth : NULL;
}

static void *
run_in_thread(void *operation)
{
	if (calls_refuse)
		refuse(true);
	else
		tarn__fault_arm(calls_armed, calls_errno);
	calls_code = ((const struct operation *)operation)->run();
	calls_reached = tarn__fault_calls();
	refuse(false);
	return NULL;
}

static int
run_alone(const struct operation *operation)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, run_in_thread, (void *)operation), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	calls_armed = 0;
	calls_refuse = false;
	return calls_code;
}

static void
check_whole(bool foreign_blocks)
{
	struct tarn_check_options options = { .foreign_blocks = foreign_blocks };
	struct tarn_check_report report;

	ok(tarn_check(arena, &options, &report));
	ck_assert_uint_eq(report.leaked_bytes, 0);
}

static void
open_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = UINT64_C(64) << 20 };

	ok(tarn_arena_open(&arena, "anon:", &options, NULL));
	make_state();
}

static void
close_arena(void)
{
	close_state();
	tarn_arena_close(arena);
}

/* It has failed, without a trace; and it is done a moment later. */
static void
fails_and_goes_on(const struct operation *operation, bool foreign_blocks)
{
	is_as_before();
	check_whole(foreign_blocks);
	ok(run_alone(operation));
}

/* Whether the operation made so many calls. */
static bool
fails_at(const struct operation *operation, uint64_t call, int error)
{
	bool got_there;

	open_arena();
	calls_armed = call;
	calls_errno = error;
	(void)run_alone(operation);
	got_there = calls_reached >= call;
	ck_assert_msg(!calls_code || got_there, "%s: %s", operation->name, tarn_error_name(calls_code));
	if (calls_code)
		fails_and_goes_on(operation, false);
	operation->after();
	check_whole(false);
	close_arena();
	return got_there;
}

static void
each_call_fails(const struct operation *operation)
{
	static const int errors[] = { EIO, ENOMEM, ENOSPC, EAGAIN };

	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t call = 1;

		while (fails_at(operation, call, errors[e]))
			ck_assert_uint_lt(++call, CALLS_MOST);
		ck_assert_uint_gt(call, 1); /* each claims a slot */
	}
}

/* The largest first, then what lies between them. */
static void
take_all(void)
{
	static const uint64_t sizes[] = { UINT64_C(1) << 20, 65536, 9216, 4096, 1024, 256, 64, 16 };
	unsigned count = 0;

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(sizes); i++) {
		while (count < CALLS_BLOCKS && !tarn_alloc(arena, sizes[i], &blocks[count]))
			count++;
	}
	ck_assert_uint_lt(count, CALLS_BLOCKS);
}

/* Whether that many growths were too few. */
static bool
is_full_after(const struct operation *operation, uint64_t most)
{
	bool full;

	open_arena();
	growths_most = 0;
	refuse(true);
	take_all();
	refuse(false);
	growths_most = most;
	calls_refuse = true;
	full = run_alone(operation) != 0;
	if (full) {
		gives(calls_code, TARN_FULL);
		fails_and_goes_on(operation, true);
	}
	operation->after();
	check_whole(true);
	close_arena();
	return full;
}

static void
each_growth_is_refused(const struct operation *operation)
{
	uint64_t most = 0;

	while (is_full_after(operation, most))
		ck_assert_uint_lt(++most, CALLS_MOST);
	ck_assert(most || !operation->needs_memory);
}

static int
run_faults(const char *name, void (*add_tests)(TCase *tests))
{
	Suite *suite = suite_create(name);
	TCase *tests = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 100);
	add_tests(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
