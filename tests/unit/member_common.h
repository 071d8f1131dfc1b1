// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * member_common.h -- what the tests of src/member share
 *
 * The floor above is a fake that counts what it is asked to do, in memory
 * that all processes of a test share.  A test's children say the number of
 * their slot through a pipe and then wait to be killed.
 */
#ifndef TARN_TESTS_MEMBER_COMMON_H
#define TARN_TESTS_MEMBER_COMMON_H

#include "member/process.h"

#include "base/compiler.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#ifdef __SANITIZE_THREAD__
#define TSAN true /* knows neither robust mutexes nor the end of the first thread of a child */
#else
#define TSAN false
#endif

#define PREFIX "unit-member-"
#define SLOTS 4u
#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)
#define LONG_ENOUGH (20 * SECOND)

/* ---- claims of children and threads ---------------------------------------------------------- */

#define CHILD_FAILED (UINT64_MAX - 1)

static int to_parent[2];

static inline void
say(uint64_t number)
{
	if (write(to_parent[1], &number, sizeof(number)) != sizeof(number))
		_exit(3);
}

/*
 * As ck_assert(), which is for the test's own thread only: it writes to a
 * file that all children share.
 */
#define must(claim) ((claim) ? (void)0 : give_up(#claim, __FILE__, __LINE__))

static inline void
give_up(const char *claim, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s does not hold\n", file, line, claim);
	if (to_parent[1])
		say(CHILD_FAILED);
	abort();
}

/* ---- the floor above ----------------------------------------------------------------------- */

static struct shared {
	uint64_t prepared, recovered, entered, left, forgotten;
	uint64_t inside; /* recoveries at this moment */
	uint64_t inside_twice; /* two at once in one slot: never */
	uint64_t recover_code; /* what recovering returns, negated */
	uint64_t corrupt_slot; /* one more than the slot that cannot be recovered */
	uint64_t enter_code;
	uint64_t broken_slot; /* one more than the slot that nobody can enter */
	uint64_t leave_code; /* what leaving returns, negated */
	uint64_t hang; /* recoveries wait until this is 0 */
	uint64_t recurse; /* recoveries call tarn__slot_recover() and note here what it says */
	uint64_t go;
	uint64_t results[64];
} * shared;

static inline uint64_t
fetch_add(uint64_t *word, uint64_t n)
{
	return __atomic_fetch_add(word, n, __ATOMIC_SEQ_CST);
}

static inline int
fake_prepare(struct tarn_arena *arena, uint64_t index)
{
	must(index < arena->fixed.slot_count);
	fetch_add(&shared->prepared, 1);
	return 0;
}

static inline int
fake_recover(struct tarn_arena *arena, uint64_t index)
{
	if (fetch_add(&shared->inside, 1))
		fetch_add(&shared->inside_twice, 1);
	while (tarn__load_acquire(&shared->hang))
		usleep(100);
	if (tarn__load(&shared->recurse))
		tarn__store(&shared->recurse, (uint64_t)-tarn__slot_recover(arena, index));
	fetch_add(&shared->recovered, 1);
	fetch_add(&shared->inside, (uint64_t)-1);
	if (tarn__load(&shared->corrupt_slot) == index + 1)
		return TARN_CORRUPT;
	return -(int)tarn__load(&shared->recover_code);
}

static inline int
fake_enter(struct tarn_thread *thread)
{
	thread->lane = malloc(16);
	fetch_add(&shared->entered, 1);
	if (tarn__load(&shared->enter_code)) {
		free(thread->lane);
		return -(int)tarn__load(&shared->enter_code);
	}
	if (tarn__load(&shared->broken_slot) == thread->owner) {
		free(thread->lane);
		return TARN_CORRUPT;
	}
	return 0;
}

static inline int
fake_leave(struct tarn_thread *thread)
{
	struct tarn_thread *again;

	must(tarn__thread_get(thread->arena, &again) == 0);
	must(again == thread);
	free(thread->lane);
	fetch_add(&shared->left, 1);
	return -(int)tarn__load(&shared->leave_code);
}

static inline void
fake_forget(struct tarn_thread *thread)
{
	free(thread->lane);
	fetch_add(&shared->forgotten, 1);
}

static inline uint64_t
fake_locks_held(struct tarn_arena *arena, uint64_t index)
{
	(void)arena;
	return index + 100;
}

static const struct tarn_slot_work fake = {
	.prepare = fake_prepare,
	.recover = fake_recover,
	.enter = fake_enter,
	.leave = fake_leave,
	.forget = fake_forget,
	.locks_held = fake_locks_held,
};

const struct tarn_arena_upper *const tarn__arena_uppers[] = { &tarn__member_upper, NULL };

/* ---- arenas -------------------------------------------------------------------------------- */

static bool sysv;	/* over segments, by TARN_TEST_SYSV; else shm: */
static char prefix[40]; /* of all names of this run */
static char name[64];
static struct tarn_arena *arena;

static inline struct tarn_arena *
open_arena(enum tarn_open_mode how, bool readonly)
{
	struct tarn_arena_options options = {
		.how = how,
		.readonly = readonly,
		.max_size = 1 << 20,
		.max_threads = SLOTS,
	};
	struct tarn_arena *opened;

	must(tarn_arena_open(&opened, name, &options, NULL) == 0);
	return opened;
}

static inline void
set_up(void)
{
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(shared != MAP_FAILED);
	tarn__slot_work = &fake;
	snprintf(name, sizeof(name), sysv ? "%s%06x" : "%s%d", prefix, getpid());
	arena = open_arena(TARN_CREATE, false);
}

/* To the name of a second arena of this test. */
static inline void
change_name(void)
{
	if (sysv)
		name[strlen("sysv:key=0x")]++;
	else
		strcat(name, "-b");
}

static inline void
tear_down(void)
{
	must(shared->inside_twice == 0);
	tarn_arena_close(arena);
	must(tarn_arena_remove(name) == 0);
	munmap(shared, sizeof(*shared));
}

static inline uint64_t
my_slot(struct tarn_arena *in)
{
	struct tarn_thread *thread;

	must(tarn__thread_get(in, &thread) == 0);
	must(thread->slot == tarn__slot_at(in, thread->index));
	must(thread->owner == thread->index + 1);
	return thread->index;
}

static inline uint64_t
state_of(uint64_t index)
{
	return tarn__load_acquire(&tarn__slot_at(arena, index)->state);
}

static inline uint64_t
used(void)
{
	return tarn__slots_used(arena);
}

static inline uint64_t
writers(void)
{
	uint64_t count, readers;

	must(tarn_arena_attached(arena, &count, &readers) == 0);
	return count;
}

static inline bool
await_death(uint64_t index, bool probe, uint64_t limit_ns)
{
	uint64_t end = tarn__os_now() + limit_ns;

	while (!tarn__slot_dead(arena, index, probe)) {
		if (tarn__os_now() > end)
			return false;
		sched_yield();
	}
	return true;
}

/* The process's byte alone, whatever the life word says. */
static inline bool
await_gone(uint64_t process)
{
	uint64_t end = tarn__os_now() + LONG_ENOUGH;

	while (!tarn__process_gone(arena, process)) {
		if (tarn__os_now() > end)
			return false;
		sched_yield();
	}
	return true;
}

static inline uint64_t
process_of(uint64_t index)
{
	return tarn__load(&tarn__slot_at(arena, index)->process);
}

static inline void
await_word(const uint64_t *word, uint64_t at_least)
{
	uint64_t end = tarn__os_now() + LONG_ENOUGH;

	while (tarn__load_acquire(word) < at_least) {
		must(tarn__os_now() < end);
		usleep(100);
	}
}

/* ---- children ------------------------------------------------------------------------------ */

static inline uint64_t
hear(void)
{
	uint64_t number;

	must(read(to_parent[0], &number, sizeof(number)) == sizeof(number));
	ck_assert_uint_ne(number, CHILD_FAILED);
	return number;
}

static inline _Noreturn void
wait_to_be_killed(void)
{
	for (;;)
		pause();
}

/* The child runs body() with the handle it has inherited, and then waits to be killed. */
static inline pid_t
start(void (*body)(void))
{
	pid_t pid;

	if (!to_parent[1])
		must(pipe2(to_parent, O_CLOEXEC) == 0);
	pid = fork();
	must(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	body();
	wait_to_be_killed();
}

static inline void
end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	must(waitpid(pid, &status, 0) == pid);
}

/* A process of its own, with a handle of its own and a slot. */
static inline void
attach_body(void)
{
	arena = open_arena(TARN_OPEN, false);
	say(my_slot(arena));
}

static inline void *
claim_and_return(void *unused)
{
	(void)unused;
	return (void *)(uintptr_t)(my_slot(arena) + 1);
}

/* What a thread that runs this function ends with. */
static inline uintptr_t
in_thread(void *(*function)(void *))
{
	pthread_t thread;
	void *result;

	must(pthread_create(&thread, NULL, function, NULL) == 0);
	must(pthread_join(thread, &result) == 0);
	return (uintptr_t)result;
}

/* The leak checker does not see what a vanished thread has. */
static bool leaks_are_expected;
TARN_VISIBLE int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return leaks_are_expected;
}

static inline uint64_t
leave_a_dead_slot(void)
{
	pid_t pid = start(attach_body);
	uint64_t slot = hear();

	end(pid);
	return slot;
}

static inline void *
release_the_recoverer(void *delay_us)
{
	usleep((useconds_t)(uintptr_t)delay_us);
	tarn__store_release(&shared->hang, 0);
	return NULL;
}

/* ---- running ------------------------------------------------------------------------------- */

static inline TCase *
make_case(Suite *suite, const char *title)
{
	TCase *tcase = tcase_create(title);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return tcase;
}

/* Tests that failed leave their arenas. */
static inline int
remove_leftover(const char *found, void *unused)
{
	(void)unused;
	return strncmp(found, prefix, strlen(prefix)) == 0 ? tarn_arena_remove(found) : 0;
}

/* The exit code of a test program. */
static inline int
run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed, code;

	sysv = getenv("TARN_TEST_SYSV");
	if (sysv)
		snprintf(prefix, sizeof(prefix), "sysv:key=0x55");
	else
		snprintf(prefix, sizeof(prefix), "shm:" PREFIX "%d-", getpid());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	code = sysv ? 0 : tarn_arena_list(remove_leftover, NULL);
	return failed || code;
}

#endif
