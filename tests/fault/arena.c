// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.c -- every system call of creating, opening and growing an arena
 * fails once, and is once the last that the process makes
 *
 * A call that fails may make the operation fail, or may not matter.  If it
 * fails nothing may be left of it: no name, no descriptor, no mapping.  If
 * it dies there is a whole arena under the name, or none, and the next who
 * wants one gets one.
 *
 * The same over System V segments, if TARN_TEST_SYSV is set: small ones, in
 * an IPC namespace of the program's own, so that those left can be counted.
 */
#include "arena/arena.h"
#include "base/compiler.h"
#include "os/fault.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (UINT64_C(1) << 20)
#define MOST_CALLS 1000

const struct tarn_arena_upper *const tarn__arena_uppers[] = { NULL };

static const int errors[] = { EIO, EINTR, ENOMEM, ENOSPC, EACCES, ENOENT, EINVAL, EAGAIN };

static const struct tarn_arena_options create_options = {
	.how = TARN_CREATE,
	.max_size = 4 * MIB,
	.max_threads = 8,
	.segment_size = 4 * TARN_CHUNK,
};
static const struct tarn_arena_options open_options = { .how = TARN_OPEN };

static char name[64];
static char path[128];
static bool sysv, alone;

static void
remove_leftovers(void)
{
	if (sysv)
		(void)!tarn_arena_remove(name);
	unlink(path);
}

/* A lock file alone is no arena. */
static bool
exists(void)
{
	struct tarn_arena *arena;

	if (!sysv)
		return access(path, F_OK) == 0;
	if (tarn_arena_open(&arena, name, &open_options, NULL))
		return false;
	tarn_arena_close(arena);
	return true;
}

/* ---- what a failed operation must not leave ------------------------------------------------ */

static int
lowest_free_descriptor(int from)
{
	int fd = fcntl(0, F_DUPFD, from);

	ck_assert_int_ge(fd, 0);
	close(fd);
	return fd;
}

static int
windows(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	int count = 0;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof(line), maps))
		count += strstr(line, "/dev/shm/") || strstr(line, "memfd:tarn") ||
			 strstr(line, "/SYSV");
	fclose(maps);
	return count;
}

/* Of segments. */
static void
check_no_segment_left(void)
{
	struct shm_info info;

	ck_assert_int_ge(shmctl(0, SHM_INFO, (struct shmid_ds *)&info), 0);
	if (alone)
		ck_assert_int_eq(info.used_ids, 0);
}

/*
 * The kernel does not fail to take away a whole mapping, and the creation
 * byte that is pinned by one would stay held: so that is passed over.
 */
static uint64_t failing;
static bool passed_over;

static void
pass_over_munmap(const char *call, uint64_t number)
{
	if (sysv && number == failing && strcmp(call, "munmap") == 0) {
		passed_over = true;
		tarn__fault_arm(0, 0);
	}
}

static void
check_nothing_left(void)
{
	ck_assert_int_eq(lowest_free_descriptor(64), 64);
	ck_assert_int_eq(windows(), 0);
}

static void
check_usable(struct tarn_arena *arena)
{
	uint64_t *word;

	ck_assert_int_eq(tarn__arena_give(arena, arena->fixed.data_off, 8), 0);
	word = tarn__at(arena, arena->fixed.data_off, 8, 8);
	ck_assert_ptr_nonnull(word);
	*word = 4711;
}

/* ---- failing ------------------------------------------------------------------------------- */

/* Let the nth call fail; whether the operation made so many. */
static bool
open_with_fault(const char *text, const struct tarn_arena_options *options, uint64_t n, int error)
{
	struct tarn_arena *arena = (void *)name;
	bool created = true;
	bool reached;
	int code;

	failing = n;
	passed_over = false;
	tarn__fault_callback = pass_over_munmap;
	tarn__fault_arm(n, error);
	code = tarn_arena_open(&arena, text, options, &created);
	reached = passed_over || tarn__fault_calls() >= n;
	tarn__fault_arm(0, 0);
	if (code) {
		ck_assert(reached);
		ck_assert_ptr_null(arena);
		ck_assert(!created);
		if (code == TARN_SYSTEM)
			ck_assert_int_eq(errno, error);
	} else {
		ck_assert(created == (options->how == TARN_CREATE));
		check_usable(arena);
		tarn_arena_close(arena);
	}
	return reached;
}

START_TEST(creation_fails_without_a_trace)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t n = 1;

		while (open_with_fault(name, &create_options, n, errors[e])) {
			struct tarn_arena *arena;

			check_nothing_left();
			if (access(path, F_OK) == 0)
				ck_assert_int_eq(tarn_arena_remove(name), 0);
			ck_assert_int_eq(tarn_arena_open(&arena, name, &create_options, NULL), 0);
			tarn_arena_close(arena);
			ck_assert_int_eq(tarn_arena_remove(name), 0);
			check_no_segment_left();
			ck_assert_uint_lt(++n, MOST_CALLS);
		}
		ck_assert_uint_gt(n, 10);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
	}
}
END_TEST

START_TEST(creation_that_fails_has_no_name)
{
	struct tarn_arena *arena;

	for (uint64_t n = 1; n < MOST_CALLS; n++) {
		int code;

		failing = n;
		tarn__fault_callback = pass_over_munmap;
		tarn__fault_arm(n, EIO);
		code = tarn_arena_open(&arena, name, &create_options, NULL);
		tarn__fault_arm(0, 0);
		ck_assert_int_eq(exists(), !code);
		if (code)
			check_no_segment_left();
		tarn_arena_close(arena);
		remove_leftovers();
	}
}
END_TEST

START_TEST(opening_fails_without_a_trace)
{
	struct tarn_arena *arena;

	ck_assert_int_eq(tarn_arena_open(&arena, name, &create_options, NULL), 0);
	tarn_arena_close(arena);
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t n = 1;

		while (open_with_fault(name, &open_options, n, errors[e])) {
			check_nothing_left();
			ck_assert_uint_lt(++n, MOST_CALLS);
		}
		ck_assert_uint_gt(n, 5);
	}
}
END_TEST

START_TEST(a_memfd_fails_without_a_trace)
{
	for (size_t e = 0; e < TARN_ARRAY_SIZE(errors); e++) {
		uint64_t n = 1;

		while (open_with_fault("memfd:", &create_options, n, errors[e])) {
			check_nothing_left();
			ck_assert_uint_lt(++n, MOST_CALLS);
		}
	}
}
END_TEST

START_TEST(growth_that_fails_can_be_tried_again)
{
	struct tarn_arena *arena;

	ck_assert_int_eq(tarn_arena_open(&arena, name, &create_options, NULL), 0);
	for (uint64_t n = 1; n <= 15; n++) {
		uint64_t off = arena->fixed.data_off + n * 4 * TARN_CHUNK;
		int code;

		tarn__fault_arm(n, ENOSPC);
		code = tarn__arena_give(arena, off, TARN_CHUNK);
		tarn__fault_arm(0, 0);
		if (code) {
			ck_assert_int_eq(code, TARN_FULL);
			ck_assert_ptr_null(tarn__at(arena, off, 8, 8));
			ck_assert_int_eq(tarn__arena_give(arena, off, TARN_CHUNK), 0);
		}
		ck_assert_ptr_nonnull(tarn__at(arena, off, 8, 8));
	}
	tarn_arena_close(arena);
}
END_TEST

START_TEST(libc_is_asked_twice_for_a_robust_list)
{
	static uint32_t life[16];

	tarn__fault_arm(1, ENOSYS);
	ck_assert_int_eq(tarn__os_life_link(life), 0);
	tarn__os_life_unlink(life);
}
END_TEST

static void
fail_each_call(const char *call, uint64_t number)
{
	(void)call;
	tarn__fault_arm(number, ENOSYS);
}

START_TEST(a_thread_without_a_robust_list_is_told_so)
{
	static uint32_t life[16];

	tarn__fault_callback = fail_each_call;
	ck_assert_int_eq(tarn__os_life_link(life), TARN_SYSTEM);
	ck_assert_int_eq(errno, ENOSYS);
	ck_assert_uint_eq(life[0], 0);
	tarn__os_life_unlink(life);
}
END_TEST

START_TEST(a_byte_lock_that_fails_is_not_held)
{
	struct tarn_arena *arena;
	bool held;
	uint64_t byte = UINT64_C(1) << 62;
	void *pin;
	int fd, prober;

	ck_assert_int_eq(tarn_arena_open(&arena, name, &create_options, NULL), 0);
	ck_assert_int_eq(tarn__os_reopen(&arena->file, false, &prober), 0);
	for (uint64_t n = 1; n <= 8; n++) {
		int code;

		tarn__fault_arm(n, EIO);
		code = tarn__os_reopen(&arena->file, false, &fd);
		if (!code) {
			code = tarn__os_byte_lock(fd, byte, false);
			if (!code)
				code = tarn__os_pin(fd, &pin);
			if (code)
				close(fd);
		}
		tarn__fault_arm(0, 0);
		ck_assert_int_eq(tarn__os_byte_held(prober, byte, &held), 0);
		ck_assert_int_eq(held, code == 0);
		if (!code)
			tarn__os_unpin(pin);
	}
	tarn__fault_arm(1, EIO);
	ck_assert_int_eq(tarn__os_byte_held(prober, byte, &held), TARN_SYSTEM);
	tarn__fault_arm(1, EIO);
	ck_assert_int_eq(tarn__os_byte_next_held(prober, &byte, byte + 10), TARN_SYSTEM);
	tarn_arena_close(arena);
}
END_TEST

/* ---- dying --------------------------------------------------------------------------------- */

static uint64_t last_call;

static void
die_at_last_call(const char *call, uint64_t number)
{
	(void)call;
	if (number == last_call)
		kill(getpid(), SIGKILL);
}

static int
create_arena(void)
{
	struct tarn_arena *arena;

	return tarn_arena_open(&arena, name, &create_options, NULL);
}

static int
open_arena(void)
{
	struct tarn_arena *arena;

	return tarn_arena_open(&arena, name, &open_options, NULL);
}

static int
remove_arena(void)
{
	return tarn_arena_remove(name);
}

/* Whether the operation was over before the nth call. */
static bool
survives(int (*operation)(void), uint64_t n)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		last_call = n;
		tarn__fault_arm(0, 0);
		tarn__fault_callback = die_at_last_call;
		_exit(operation() ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGKILL);
	return WIFEXITED(status);
}

START_TEST(death_in_creation_stands_in_nobodys_way)
{
	bool survived = false, existed = false;

	for (uint64_t n = 1; !survived; n++) {
		struct tarn_arena *arena;
		bool created;

		survived = survives(create_arena, n);
		existed = exists();
		ck_assert(existed || !survived);
		ck_assert_int_eq(tarn_arena_open(&arena, name, NULL, &created), 0);
		ck_assert_int_eq(created, !existed);
		check_usable(arena);
		tarn_arena_close(arena);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
		check_no_segment_left();
		ck_assert_int_eq(access(path, F_OK), -1);
		ck_assert_uint_lt(n, MOST_CALLS);
	}
}
END_TEST

START_TEST(death_in_opening_changes_nothing)
{
	struct tarn_arena *arena;
	bool survived = false;
	uint64_t given;

	ck_assert_int_eq(tarn_arena_open(&arena, name, &create_options, NULL), 0);
	given = tarn__load(&arena->header->statistics.given_bytes);
	for (uint64_t n = 1; !survived; n++) {
		survived = survives(open_arena, n);
		ck_assert_uint_eq(tarn__load(&arena->header->statistics.given_bytes), given);
		ck_assert_uint_lt(n, MOST_CALLS);
	}
	tarn_arena_close(arena);
}
END_TEST

/* Who comes next finds a whole arena or none, and nothing that stands in his way. */
START_TEST(death_in_removal_stands_in_nobodys_way)
{
	bool survived = false;

	for (uint64_t n = 1; !survived; n++) {
		struct tarn_arena *arena;

		ck_assert_int_eq(tarn_arena_open(&arena, name, &create_options, NULL), 0);
		check_usable(arena);
		tarn_arena_close(arena);
		survived = survives(remove_arena, n);
		ck_assert(!exists() || !survived);
		if (n % 2 && access(path, F_OK) == 0)
			ck_assert_int_eq(tarn_arena_remove(name), 0);
		ck_assert_int_eq(tarn_arena_open(&arena, name, NULL, NULL), 0);
		check_usable(arena);
		tarn_arena_close(arena);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
		check_no_segment_left();
		ck_assert_uint_lt(n, MOST_CALLS);
	}
}
END_TEST

static int
grow_arena(void)
{
	struct tarn_arena *arena;
	int code = tarn_arena_open(&arena, name, &open_options, NULL);

	tarn__fault_arm(0, 0);
	tarn__fault_callback = die_at_last_call;
	return code ? code : tarn__arena_give(arena, arena->fixed.data_off, 3 * MIB);
}

static int
open_and_grow(void)
{
	tarn__fault_callback = NULL;
	return grow_arena();
}

START_TEST(death_in_growth_costs_nothing)
{
	bool survived = false;

	for (uint64_t n = 1; !survived; n++) {
		struct tarn_arena *arena;

		ck_assert_int_eq(tarn_arena_open(&arena, name, &create_options, NULL), 0);
		survived = survives(open_and_grow, n);
		check_usable(arena);
		tarn_arena_close(arena);
		ck_assert_int_eq(tarn_arena_remove(name), 0);
		check_no_segment_left();
		ck_assert_uint_lt(n, MOST_CALLS);
	}
}
END_TEST

static void
choose_name(void)
{
	unsigned number = (unsigned)getpid();

	sysv = getenv("TARN_TEST_SYSV");
	alone = sysv && !unshare(CLONE_NEWIPC);
	if (sysv) {
		snprintf(name, sizeof(name), "sysv:key=0x57%06x", number);
		snprintf(path, sizeof(path), "/dev/shm/tarn.key-0x57%06x", number);
	} else {
		snprintf(name, sizeof(name), "fault-arena-%u", number);
		snprintf(path, sizeof(path), "/dev/shm/tarn.%s", name);
	}
}

int
main(void)
{
	Suite *suite = suite_create("arena faults");
	TCase *tests = tcase_create("arena faults");
	SRunner *runner;
	int failed;

	choose_name();
	tcase_set_timeout(tests, 100);
	tcase_add_checked_fixture(tests, remove_leftovers, remove_leftovers);
	tcase_add_test(tests, creation_fails_without_a_trace);
	tcase_add_test(tests, creation_that_fails_has_no_name);
	tcase_add_test(tests, opening_fails_without_a_trace);
	tcase_add_test(tests, a_memfd_fails_without_a_trace);
	tcase_add_test(tests, growth_that_fails_can_be_tried_again);
	tcase_add_test(tests, libc_is_asked_twice_for_a_robust_list);
	tcase_add_test(tests, a_thread_without_a_robust_list_is_told_so);
	tcase_add_test(tests, a_byte_lock_that_fails_is_not_held);
	tcase_add_test(tests, death_in_creation_stands_in_nobodys_way);
	tcase_add_test(tests, death_in_opening_changes_nothing);
	tcase_add_test(tests, death_in_removal_stands_in_nobodys_way);
	tcase_add_test(tests, death_in_growth_costs_nothing);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	remove_leftovers();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
