// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock.c -- named mutexes and reader-writer locks, as their users see them
 */
#include "catalog/entry.h"

#include <check.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define THREADS 4
#define ROUNDS 2000

static struct tarn_arena *arena;
static struct tarn_mutex *mutex;
static struct tarn_rwlock *rwlock;

static void
setup(void)
{
	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", NULL, NULL), 0);
	ck_assert_int_eq(tarn_mutex_open(arena, &mutex, "m", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_rwlock_open(arena, &rwlock, "r", TARN_CREATE, NULL), 0);
}

static void
teardown(void)
{
	tarn_mutex_close(mutex);
	tarn_rwlock_close(rwlock);
	tarn_arena_close(arena);
}

/* Run it in another thread, and wait for it. */
static intptr_t
elsewhere(void *(*function)(void *))
{
	pthread_t thread;
	void *result;

	ck_assert_int_eq(pthread_create(&thread, NULL, function, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	return (intptr_t)result;
}

/* In a process that ends as if killed: no destructor runs. */
static void
in_child(void (*function)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		function();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void *
try_mutex(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)tarn_mutex_lock(mutex, 0);
}

static void *
wait_for_mutex(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)tarn_mutex_lock(mutex, 5);
}

static void *
unlock_mutex(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)tarn_mutex_unlock(mutex);
}

START_TEST(mutex_keeps_others_out)
{
	ck_assert_int_eq(tarn_mutex_lock(mutex, TARN_FOREVER), 0);
	ck_assert_int_eq(elsewhere(try_mutex), TARN_BUSY);
	ck_assert_int_eq(elsewhere(wait_for_mutex), TARN_TIMEOUT);
	ck_assert_int_eq(elsewhere(unlock_mutex), TARN_INVALID);
	ck_assert_int_eq(tarn_mutex_lock(mutex, TARN_FOREVER), TARN_DEADLOCK);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), TARN_INVALID);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
}
END_TEST

static uint64_t counter;

static void *
count(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint64_t seen;

		ck_assert_int_eq(tarn_mutex_lock(mutex, TARN_FOREVER), 0);
		seen = counter;
		if (i % 64 == 0)
			usleep(1);
		counter = seen + 1;
		ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	}
	return NULL;
}

START_TEST(mutex_makes_counting_exact)
{
	pthread_t threads[THREADS];

	counter = 0;
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, count, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_uint_eq(counter, THREADS * ROUNDS);
}
END_TEST

static void
lock_mutex(void)
{
	if (tarn_mutex_lock(mutex, TARN_FOREVER))
		abort();
}

START_TEST(next_holder_of_a_dead_ones_mutex_is_told_once)
{
	in_child(lock_mutex);
	ck_assert_int_eq(tarn_mutex_lock(mutex, TARN_FOREVER), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
}
END_TEST

START_TEST(who_comes_after_one_that_gave_up_is_told)
{
	ck_assert_int_eq(tarn_mutex_abandon(mutex), TARN_INVALID);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_mutex_abandon(mutex), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_mutex_abandon(mutex), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
}
END_TEST

static void
hold_names_and_wait(int ready)
{
	struct tarn_lane *lane;

	if (tarn__op_begin(arena, &lane) ||
	    tarn__lock_wait(lane, &tarn__catalog(arena)->node, UINT64_MAX) || write(ready, "", 1) != 1)
		_exit(1);
	pause();
}

START_TEST(removal_that_fails_leaves_it_to_be_told)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	in_child(lock_mutex);
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (!pid)
		hold_names_and_wait(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	arena->deadline_ns = 20000000;
	ck_assert_int_eq(tarn_object_remove(arena, "m"), TARN_TIMEOUT);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
}
END_TEST

static void *
lock_and_end(void *unused)
{
	(void)unused;
	lock_mutex();
	return NULL;
}

START_TEST(thread_that_ends_with_a_mutex_counts_as_dead)
{
	ck_assert_int_eq(elsewhere(lock_and_end), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
}
END_TEST

START_TEST(mutex_is_held_over_operations_and_transactions)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 8 };
	struct tarn_hashmap *map;
	struct tarn_object *object;
	struct tarn_txn *txn;
	uint64_t key = 1;

	ck_assert_int_eq(tarn_hashmap_open(arena, &map, "map", &type, TARN_CREATE, NULL), 0);
	object = tarn_hashmap_object(map);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_hashmap_put(map, &key, 8, &key, 8), 0);
	ck_assert_int_eq(elsewhere(try_mutex), TARN_BUSY);
	ck_assert_int_eq(tarn_txn_begin(arena, &txn, &object, 1), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_hashmap_erase(tarn_hashmap_in(map, txn), &key, 8), 0);
	tarn_txn_abort(txn);
	ck_assert_int_eq(tarn_hashmap_contains(map, &key, 8), 0);
	ck_assert_int_eq(elsewhere(try_mutex), TARN_BUSY);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	tarn_hashmap_close(map);
}
END_TEST

START_TEST(thread_holds_sixteen_locks_at_most)
{
	struct tarn_mutex *more[17];
	char name[16];

	for (unsigned i = 0; i < 17; i++) {
		snprintf(name, sizeof(name), "m%u", i);
		ck_assert_int_eq(tarn_mutex_open(arena, &more[i], name, TARN_CREATE, NULL), 0);
		ck_assert_int_eq(tarn_mutex_lock(more[i], 0), i < 16 ? 0 : TARN_TOO_BIG);
	}
	ck_assert_int_eq(tarn_mutex_unlock(more[3]), 0);
	ck_assert_int_eq(tarn_mutex_lock(more[16], 0), 0);
	for (unsigned i = 0; i < 17; i++) {
		ck_assert_int_eq(tarn_mutex_unlock(more[i]), i == 3 ? TARN_INVALID : 0);
		tarn_mutex_close(more[i]);
	}
}
END_TEST

static sigjmp_buf out;

static void
jump_out(int signal)
{
	(void)signal;
	siglongjmp(out, 1);
}

static void
hold_and_wait(int ready)
{
	lock_mutex();
	if (write(ready, "", 1) != 1)
		_exit(1);
	pause();
}

START_TEST(jump_out_of_a_wait_leaves_the_lock_usable)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (!pid)
		hold_and_wait(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	signal(SIGALRM, jump_out);
	if (!sigsetjmp(out, 1)) {
		ualarm(20000, 0);
		ck_abort_msg("locked: %d", tarn_mutex_lock(mutex, TARN_FOREVER));
	}
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 1000), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
}
END_TEST

START_TEST(mutex_that_was_removed_says_so)
{
	ck_assert_int_eq(tarn_object_remove(arena, "m"), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), TARN_REMOVED);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), TARN_REMOVED);
}
END_TEST

/* Nothing has changed: it has its name, and this thread the lock. */
static void
refuse_to_remove(const char *name, void *(*try)(void *))
{
	tarn__error_detail("nothing yet");
	ck_assert_int_eq(tarn_object_remove(arena, name), TARN_DEADLOCK);
	ck_assert_ptr_nonnull(strstr(tarn_error_detail(), "this thread itself holds the lock"));
	ck_assert_int_eq(tarn_object_replace(arena, "spare", name), TARN_DEADLOCK);
	ck_assert_int_eq(elsewhere(try), TARN_BUSY);
}

START_TEST(holder_cannot_remove_its_lock)
{
	struct tarn_mutex *spare;

	ck_assert_int_eq(tarn_mutex_open(arena, &spare, "spare", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	refuse_to_remove("m", try_mutex);
	ck_assert_int_eq(tarn_object_remove(arena, "spare"), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "m"), 0);
	tarn_mutex_close(spare);
}
END_TEST

START_TEST(kinds_are_told_apart)
{
	struct tarn_rwlock *wrong;

	ck_assert_int_eq(tarn_rwlock_open(arena, &wrong, "m", TARN_OPEN, NULL), TARN_TYPE);
	ck_assert_ptr_null(wrong);
	ck_assert_int_eq(tarn_rwlock_open(arena, &wrong, "n", TARN_OPEN, NULL), TARN_NOT_FOUND);
}
END_TEST

/* ---- rwlock ---------------------------------------------------------------------------------- */

static void *
try_read(void *unused)
{
	int code = tarn_rwlock_read(rwlock, 0);

	(void)unused;
	if (!code && tarn_rwlock_unlock(rwlock))
		abort();
	return (void *)(intptr_t)code;
}

static void *
try_write(void *unused)
{
	int code = tarn_rwlock_write(rwlock, 0);

	(void)unused;
	if (!code && tarn_rwlock_unlock(rwlock))
		abort();
	return (void *)(intptr_t)code;
}

START_TEST(readers_read_together_and_writers_write_alone)
{
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), 0);
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), TARN_DEADLOCK);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 0), TARN_DEADLOCK);
	ck_assert_int_eq(elsewhere(try_read), 0);
	ck_assert_int_eq(elsewhere(try_write), TARN_BUSY);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), TARN_INVALID);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 0), 0);
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), TARN_DEADLOCK);
	ck_assert_int_eq(elsewhere(try_read), TARN_BUSY);
	ck_assert_int_eq(elsewhere(try_write), TARN_BUSY);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	ck_assert_int_eq(elsewhere(try_write), 0);
}
END_TEST

static void *
wait_to_write(void *unused)
{
	int code = tarn_rwlock_write(rwlock, 5);
	char reader[32];

	(void)unused;
	snprintf(reader, sizeof(reader), "process %d, thread %d ", getpid(), getpid());
	return (void *)(intptr_t)(strstr(tarn_error_detail(), reader) ? code : 0);
}

START_TEST(writer_that_gives_up_says_who_reads)
{
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), 0);
	ck_assert_int_eq(elsewhere(wait_to_write), TARN_TIMEOUT);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
}
END_TEST

static uint64_t both[2];

static void *
read_and_write(void *arg)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		bool writes = (i + (uintptr_t)arg) % 8 == 0;

		ck_assert_int_eq(writes ? tarn_rwlock_write(rwlock, TARN_FOREVER)
					: tarn_rwlock_read(rwlock, TARN_FOREVER),
				 0);
		ck_assert_uint_eq(both[0], both[1]);
		if (writes) {
			both[0]++;
			both[1]++;
		}
		ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	}
	return NULL;
}

START_TEST(readers_see_nothing_half_written)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, read_and_write, (void *)i), 0);
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_uint_eq(both[0], THREADS * ROUNDS / 8);
}
END_TEST

static void
lock_to_read(void)
{
	if (tarn_rwlock_read(rwlock, TARN_FOREVER))
		abort();
}

static void
lock_to_write(void)
{
	if (tarn_rwlock_write(rwlock, TARN_FOREVER))
		abort();
}

START_TEST(dead_readers_stand_in_nobodys_way)
{
	in_child(lock_to_read);
	in_child(lock_to_read);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 1000), 0);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
}
END_TEST

START_TEST(all_are_told_of_a_dead_writer_until_one_has_written)
{
	in_child(lock_to_write);
	ck_assert_int_eq(tarn_rwlock_read(rwlock, TARN_FOREVER), TARN_OWNER_DIED);
	ck_assert_int_eq(elsewhere(try_read), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 0), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	ck_assert_int_eq(elsewhere(try_read), 0);
}
END_TEST

START_TEST(writer_that_gives_up_is_told_of_and_a_reader_is_not)
{
	ck_assert_int_eq(tarn_rwlock_abandon(rwlock), TARN_INVALID);
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), 0);
	ck_assert_int_eq(tarn_rwlock_abandon(rwlock), 0);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 0), 0);
	ck_assert_int_eq(tarn_rwlock_abandon(rwlock), 0);
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_rwlock_abandon(rwlock), 0);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 0), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 0), 0);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
}
END_TEST

START_TEST(writer_cannot_remove_its_lock)
{
	struct tarn_mutex *spare;

	ck_assert_int_eq(tarn_mutex_open(arena, &spare, "spare", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_rwlock_write(rwlock, 0), 0);
	refuse_to_remove("r", try_read);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	ck_assert_int_eq(tarn_object_replace(arena, "spare", "r"), 0);
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), TARN_REMOVED);
	tarn_mutex_close(spare);
}
END_TEST

static uint64_t
removed_and_not_freed(void)
{
	struct tarn_check_report report;

	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_int_eq(tarn_check(arena, NULL, &report), 0);
	return report.removed;
}

START_TEST(removed_rwlock_stays_until_its_last_reader_has_let_go)
{
	struct tarn_rwlock *next;

	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "r"), 0);
	ck_assert_uint_eq(removed_and_not_freed(), 1);
	ck_assert_int_eq(tarn_rwlock_open(arena, &next, "r", TARN_CREATE, NULL), 0);
	ck_assert_int_eq(tarn_rwlock_write(next, 0), 0);
	ck_assert_int_eq(tarn_rwlock_unlock(next), 0);
	ck_assert_int_eq(tarn_rwlock_unlock(rwlock), 0);
	ck_assert_uint_eq(removed_and_not_freed(), 0);
	ck_assert_int_eq(tarn_rwlock_read(rwlock, 0), TARN_REMOVED);
	tarn_rwlock_close(next);
}
END_TEST

START_TEST(removed_rwlock_does_not_wait_for_dead_readers)
{
	in_child(lock_to_read);
	ck_assert_int_eq(tarn_object_remove(arena, "r"), 0);
	ck_assert_uint_eq(removed_and_not_freed(), 0);
}
END_TEST

/* ---- telling ----------------------------------------------------------------------------------- */

static pid_t waiter;

static int
expect_mutex(const struct tarn_lock_info *info, void *arg)
{
	const struct tarn_lock_thread *expected = arg;

	if (info->kind != TARN_KIND_MUTEX)
		return info->count == 0 ? 0 : -1;
	ck_assert_str_eq(info->name, "m");
	ck_assert_int_eq(info->owner_died, !expected);
	if (!expected)
		return info->count == 0 ? 1 : -1;
	return info->count == 1 && info->threads[0].pid == (uint64_t)getpid() &&
	       info->threads[0].dead == expected->dead && !info->threads[0].waits &&
	       !info->threads[0].shared;
}

static int
stop_the_walk(const struct tarn_lock_info *info, void *arg)
{
	(void)info;
	(*(int *)arg)++;
	return 42;
}

START_TEST(locks_are_listed)
{
	struct tarn_lock_thread alive = { .dead = false };
	int visits = 0;

	ck_assert_int_eq(tarn_lock_list(arena, stop_the_walk, &visits), 42);
	ck_assert_int_eq(visits, 1);
	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	ck_assert_int_eq(tarn_lock_list(arena, expect_mutex, &alive), 1);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	in_child(lock_mutex);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_int_eq(tarn_lock_list(arena, expect_mutex, NULL), 1);
}
END_TEST

static int
sees_waiter(const struct tarn_member_info *info, void *arg)
{
	if (info->pid != (uint64_t)waiter || !info->waits_for)
		return 0;
	*(struct tarn_member_info *)arg = *info;
	return 1;
}

static int
count_waiters(const struct tarn_lock_info *info, void *arg)
{
	for (uint64_t i = 0; i < info->count; i++)
		*(unsigned *)arg += info->threads[i].waits;
	return 0;
}

START_TEST(who_waits_is_told_until_it_has_the_lock)
{
	struct tarn_member_info info;
	unsigned waiters = 0;
	int status;

	ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
	waiter = fork();
	if (!waiter) {
		int code = tarn_mutex_lock(mutex, TARN_FOREVER);

		waiter = getpid();
		_exit(code || tarn_arena_members(arena, sees_waiter, &info));
	}
	while (!tarn_arena_members(arena, sees_waiter, &info))
		usleep(1000);
	ck_assert_uint_eq(info.waits_for_slot, 0);
	for (int i = 0; i < 1000 && !waiters; i++)
		ck_assert_int_eq(tarn_lock_list(arena, count_waiters, &waiters), 0);
	ck_assert_uint_eq(waiters, 1);
	ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
	ck_assert_int_eq(waitpid(waiter, &status, 0), waiter);
	ck_assert_int_eq(status, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lock");
	TCase *tests = tcase_create("lock");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, mutex_keeps_others_out);
	tcase_add_test(tests, mutex_makes_counting_exact);
	tcase_add_test(tests, next_holder_of_a_dead_ones_mutex_is_told_once);
	tcase_add_test(tests, who_comes_after_one_that_gave_up_is_told);
	tcase_add_test(tests, removal_that_fails_leaves_it_to_be_told);
	tcase_add_test(tests, thread_that_ends_with_a_mutex_counts_as_dead);
	tcase_add_test(tests, mutex_is_held_over_operations_and_transactions);
	tcase_add_test(tests, thread_holds_sixteen_locks_at_most);
	tcase_add_test(tests, jump_out_of_a_wait_leaves_the_lock_usable);
	tcase_add_test(tests, mutex_that_was_removed_says_so);
	tcase_add_test(tests, holder_cannot_remove_its_lock);
	tcase_add_test(tests, kinds_are_told_apart);
	tcase_add_test(tests, readers_read_together_and_writers_write_alone);
	tcase_add_test(tests, writer_that_gives_up_says_who_reads);
	tcase_add_test(tests, readers_see_nothing_half_written);
	tcase_add_test(tests, dead_readers_stand_in_nobodys_way);
	tcase_add_test(tests, all_are_told_of_a_dead_writer_until_one_has_written);
	tcase_add_test(tests, writer_that_gives_up_is_told_of_and_a_reader_is_not);
	tcase_add_test(tests, writer_cannot_remove_its_lock);
	tcase_add_test(tests, removed_rwlock_stays_until_its_last_reader_has_let_go);
	tcase_add_test(tests, removed_rwlock_does_not_wait_for_dead_readers);
	tcase_add_test(tests, locks_are_listed);
	tcase_add_test(tests, who_waits_is_told_until_it_has_the_lock);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
