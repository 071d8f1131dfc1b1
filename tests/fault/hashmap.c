// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- every system call of every operation on hash maps fails once
 *
 * An operation whose call fails either does without, or says so; then the
 * arena is as before, and the operation can be done a moment later.  In no
 * case is anything lost or leaked: tarn_check() looks.
 */
#include "fault/hashmap_ops.h"
#include "os/fault.h"

#include "base/compiler.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_CALLS 200u

static const int errors[] = { EIO, ENOMEM, ENOSPC, EAGAIN };

static uint64_t armed, reached;
static int armed_errno;

static void
open_arena(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 8,
					      .max_size = UINT64_C(1) << 26 };

	ok(tarn_arena_open(&arena, "anon:", &options, NULL));
	prepare_maps();
}

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

	open_arena();
	armed = call;
	armed_errno = error;
	code = run_with(operation, arm, disarm);
	if (code) {
		ck_assert_msg(reached >= call, "%s: %s", operation->name, tarn_error_name(code));
		is_as_before();
		check_whole(false);
		code = run_with(operation, NULL, NULL);
		ck_assert_msg(!code, "%s, call %u, errno %d, again: %s", operation->name,
			      (unsigned)call, error, tarn_error_name(code));
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

/* ---- meeting the dead -------------------------------------------------------------------------- */

/* A child that has changed much in a transaction, and is no more. */
static void
leave_a_dead_transaction(void)
{
	struct tarn_object *object = tarn_hashmap_object(map);
	struct tarn_txn *txn;
	pid_t child = fork();

	if (child == 0) {
		if (tarn_txn_begin(arena, &txn, &object, 1))
			_exit(1);
		for (uint64_t key = 0; key < 1000; key++) {
			if (tarn_hashmap_fetch_add(tarn_hashmap_in(map, txn), &key, 8, 7, NULL))
				_exit(2);
		}
		(void)kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &(int){ 0 }, 0), child);
}

static int
read_all(void)
{
	uint64_t value;
	int code = 0;

	for (uint64_t key = 0; !code && key < BASE_KEYS; key++)
		code = tarn_hashmap_get(map, &key, 8, &value, 8, NULL);
	return code;
}

static void
all_is_read(void)
{
	is_as_before();
}

static int
reap(void)
{
	return tarn_reap(arena, NULL);
}

static const struct operation meetings[] = {
	{ "read", read_all, all_is_read },
	{ "reap", reap, all_is_read },
	{ "insert", insert_word, word_is_inserted },
	{ "transaction", run_transaction, transaction_is_done },
};

static bool
meets_at(const struct operation *operation, uint64_t call, int error)
{
	int code;

	open_arena();
	leave_a_dead_transaction();
	armed = call;
	armed_errno = error;
	code = run_with(operation, arm, disarm);
	if (code) {
		ck_assert_uint_ge(reached, call);
		is_as_before();
		ok(run_with(operation, NULL, NULL));
	}
	operation->after();
	check_whole(false);
	close_all();
	return reached >= call;
}

START_TEST(recovery_that_fails_is_done_by_the_next)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t call = 1;

		while (meets_at(&meetings[_i], call, errors[e]))
			ck_assert_uint_lt(++call, MOST_CALLS);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hashmap faults");
	TCase *tests = tcase_create("hashmap faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 200);
	tcase_add_loop_test(tests, operation_fails_without_a_trace, 0, OPERATIONS);
	tcase_add_loop_test(tests, recovery_that_fails_is_done_by_the_next, 0,
			    (int)TARN_ARRAY_SIZE(meetings));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
