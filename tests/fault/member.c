// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * member.c -- every system call of attaching, claiming, recovering and
 * attaching a forked child fails once, and is once the last that the
 * process makes
 *
 * An operation that fails has changed nothing and can be tried again.  One
 * that dies leaves what anybody can put right, and no byte that stays held.
 *
 * A munmap() that fails is passed over: the kernel does not fail to take
 * away a whole mapping, and the byte that is pinned by it would stay held.
 */
#include "member/process.h"

#include "base/compiler.h"
#include "os/fault.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_CALLS 200
#define SLOTS 4u

const struct tarn_arena_upper *const tarn__arena_uppers[] = { &tarn__member_upper, NULL };

static const int errors[] = { EIO, EMFILE, ENOMEM, EAGAIN, ENOLCK, ENOENT };

static int
do_nothing(struct tarn_arena *in, uint64_t index)
{
	(void)in;
	(void)index;
	return 0;
}

static int
enter_or_leave(struct tarn_thread *thread)
{
	(void)thread;
	return 0;
}

static const struct tarn_slot_work work = {
	.prepare = do_nothing,
	.recover = do_nothing,
	.enter = enter_or_leave,
	.leave = enter_or_leave,
};

static char name[64];
static struct tarn_arena *arena;

static int
open_arena(enum tarn_open_mode how, bool readonly)
{
	struct tarn_arena_options options = {
		.how = how,
		.readonly = readonly,
		.max_size = 1 << 20,
		.max_threads = SLOTS,
	};

	return tarn_arena_open(&arena, name, &options, NULL);
}

static void
open_new(void)
{
	ck_assert_int_eq(open_arena(TARN_CREATE, false), 0);
}

static void
remove_arena(void)
{
	tarn_arena_close(arena);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
}

static void
set_up(void)
{
	tarn__slot_work = &work;
	if (getenv("TARN_TEST_SYSV"))
		snprintf(name, sizeof(name), "sysv:key=0x58%06x", (unsigned)getpid());
	else
		snprintf(name, sizeof(name), "shm:fault-member-%d", getpid());
	(void)!tarn_arena_remove(name);
}

static void
tear_down(void)
{
	(void)!tarn_arena_remove(name);
}

/* ---- failing ------------------------------------------------------------------------------- */

static uint64_t failing;
static bool failed_munmap;

static void
note_munmap(const char *call, uint64_t number)
{
	if (number == failing && strcmp(call, "munmap") == 0)
		failed_munmap = true;
}

static void
arm(uint64_t n, int error)
{
	failing = n;
	failed_munmap = false;
	tarn__fault_callback = note_munmap;
	tarn__fault_arm(n, error);
}

/* Whether the operation came as far as the armed call. */
static bool
disarm(void)
{
	bool reached = tarn__fault_calls() >= failing;

	tarn__fault_arm(0, 0);
	tarn__fault_callback = NULL;
	return reached;
}

static int
open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static bool
open_with_fault(bool readonly, uint64_t n, int error)
{
	int before = open_descriptors();
	bool reached;
	int code;

	arm(n, error);
	code = open_arena(TARN_OPEN, readonly);
	reached = disarm();
	if (code)
		ck_assert(reached);
	else
		tarn_arena_close(arena);
	ck_assert_int_eq(open_descriptors(), before);
	return reached;
}

START_TEST(attaching_fails_without_a_trace)
{
	struct tarn_arena *first;
	uint64_t writers, readers;

	open_new();
	first = arena;
	for (size_t e = 0; e < 2 * TARN_ARRAY_SIZE(errors); e++) {
		uint64_t n = 1;

		while (open_with_fault(e & 1, n, errors[e / 2])) {
			if (!failed_munmap) {
				ck_assert_int_eq(tarn_arena_attached(first, &writers, &readers), 0);
				ck_assert_uint_eq(readers, 0);
			}
			ck_assert_uint_lt(++n, MOST_CALLS);
		}
		ck_assert_uint_gt(n, 10);
	}
	arena = first;
	remove_arena();
}
END_TEST

static bool
claim_with_fault(uint64_t n, int error)
{
	struct tarn_thread *thread;
	int before = open_descriptors();
	bool reached;
	int code;

	arm(n, error);
	code = tarn__thread_get(arena, &thread);
	reached = disarm();
	ck_assert_int_eq(open_descriptors(), before);
	if (code) {
		ck_assert(reached);
		ck_assert_uint_eq(tarn__slots_used(arena), 0);
		ck_assert_uint_eq(arena->users, 1);
	}
	ck_assert_int_eq(tarn__thread_get(arena, &thread), 0);
	ck_assert_uint_eq(tarn__slots_used(arena), 1);
	ck_assert(!tarn__slot_dead(arena, thread->index, true));
	return reached;
}

START_TEST(claim_that_fails_can_be_tried_again)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		bool reached = true;
		uint64_t n;

		for (n = 1; reached; n++) {
			open_new();
			reached = claim_with_fault(n, errors[e]);
			remove_arena();
			ck_assert_uint_lt(n, MOST_CALLS);
		}
		ck_assert_uint_gt(n, 8);
	}
}
END_TEST

static void
wait_for(pid_t pid, int expected)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, expected);
}

static void
leave_a_dead_slot(void)
{
	struct tarn_thread *thread;
	pid_t pid = fork();

	if (!pid) {
		if (open_arena(TARN_OPEN, false) || tarn__thread_get(arena, &thread))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	wait_for(pid, SIGKILL);
	ck_assert_uint_eq(tarn__slots_used(arena), 1);
}

START_TEST(recovery_that_fails_can_be_tried_again)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		bool reached = true;

		for (uint64_t n = 1; reached; n++) {
			int code;

			open_new();
			leave_a_dead_slot();
			arm(n, errors[e]);
			code = tarn__slot_recover(arena, 0);
			reached = disarm();
			ck_assert(tarn__slot_dead(arena, 0, true) == (code != 0));
			if (code)
				code = tarn__slot_recover(arena, 0);
			ck_assert_int_eq(code, 0);
			remove_arena();
			ck_assert_uint_lt(n, MOST_CALLS);
		}
	}
}
END_TEST

/* That a question cannot be asked is no answer. */
START_TEST(probe_that_fails_is_not_death)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		bool reached = true;

		for (uint64_t n = 1; reached; n++) {
			struct tarn_thread *thread;

			open_new();
			ck_assert_int_eq(tarn__thread_get(arena, &thread), 0);
			arm(n, errors[e]);
			ck_assert(!tarn__slot_dead(arena, thread->index, true));
			reached = disarm();
			remove_arena();
		}
	}
}
END_TEST

/* Exits with 0: the call was not reached; 1: it was, and the second try went well. */
static void
use_in_child(uint64_t n, int error)
{
	struct tarn_thread *thread;
	bool reached;
	int code;

	arm(n, error);
	code = tarn__thread_get(arena, &thread);
	reached = disarm();
	if (code)
		code = tarn__thread_get(arena, &thread);
	_exit(code || thread->index == 0 ? 2 : reached);
}

START_TEST(child_that_fails_to_attach_can_try_again)
{
	struct tarn_thread *thread;

	open_new();
	ck_assert_int_eq(tarn__thread_get(arena, &thread), 0);
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		int status = 0x100;

		for (uint64_t n = 1; status == 0x100; n++) {
			pid_t pid = fork();

			if (!pid)
				use_in_child(n, errors[e]);
			ck_assert_int_eq(waitpid(pid, &status, 0), pid);
			ck_assert_int_eq(tarn_reap(arena, NULL), 0);
			ck_assert_uint_lt(n, MOST_CALLS);
		}
		ck_assert_int_eq(status, 0);
	}
	remove_arena();
}
END_TEST

/* ---- dying --------------------------------------------------------------------------------- */

static uint64_t last_call;

static void
die_at(const char *call, uint64_t number)
{
	(void)call;
	if (number == last_call)
		kill(getpid(), SIGKILL);
}

static void
recover_slot_0(void)
{
	(void)!tarn__slot_recover(arena, 0);
}

static void
claim_and_leave(void)
{
	struct tarn_thread *thread;

	(void)!tarn__thread_get(arena, &thread);
	tarn__thread_leave(arena);
}

static void
attach_and_close(void)
{
	if (!open_arena(TARN_OPEN, false))
		tarn_arena_close(arena);
}

/* Whether the operation makes so many calls. */
static bool
die_in(void (*operation)(void), uint64_t n)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		last_call = n;
		tarn__fault_arm(0, 0);
		tarn__fault_callback = die_at;
		operation();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status != 0;
}

/* All slots can be had, and nobody is attached but we. */
static void
check_all_is_free(void)
{
	uint64_t writers;
	void *pin;

	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(tarn__slots_used(arena), 0);
	for (uint64_t i = 0; i < SLOTS; i++) {
		ck_assert_int_eq(tarn__recovery_begin(arena, i, &pin), 0);
		tarn__recovery_end(pin);
	}
	ck_assert_int_eq(tarn_arena_attached(arena, &writers, NULL), 0);
	ck_assert_uint_eq(writers, 1);
}

static void
die_everywhere(void (*operation)(void), bool with_dead_slot)
{
	bool died = true;
	uint64_t n;

	for (n = 1; died; n++) {
		open_new();
		if (with_dead_slot)
			leave_a_dead_slot();
		died = die_in(operation, n);
		check_all_is_free();
		remove_arena();
		ck_assert_uint_lt(n, MOST_CALLS);
	}
	ck_assert_uint_gt(n, 8);
}

START_TEST(death_in_any_call_leaves_nothing_held)
{
	die_everywhere(attach_and_close, false);
	die_everywhere(claim_and_leave, false);
	die_everywhere(claim_and_leave, true);
	die_everywhere(recover_slot_0, true);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("member");
	TCase *tcase = tcase_create("system calls");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, attaching_fails_without_a_trace);
	tcase_add_test(tcase, claim_that_fails_can_be_tried_again);
	tcase_add_test(tcase, recovery_that_fails_can_be_tried_again);
	tcase_add_test(tcase, probe_that_fails_is_not_death);
	tcase_add_test(tcase, child_that_fails_to_attach_can_try_again);
	tcase_add_test(tcase, death_in_any_call_leaves_nothing_held);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
