// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * guest.c -- guests, as their users see them: birth, name, lock, blocks, end,
 * and that every byte of them is accounted for
 */
#include "txn/object.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

static struct tarn_arena *arena;

static void
setup(void)
{
	ck_assert_int_eq(tarn_arena_open(&arena, "anon:", NULL, NULL), 0);
}

static void
teardown(void)
{
	tarn_arena_close(arena);
}

/* ---- pieces ------------------------------------------------------------------------------------ */

static void
say(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	fprintf(stderr, "0x%lx in '%s': %s\n", (unsigned long)problem->off, problem->object,
		problem->what);
}

static struct tarn_check_report
account(void)
{
	struct tarn_check_options options = { .problem = say };
	struct tarn_check_report report;

	ck_assert_int_eq(tarn_check(arena, &options, &report), 0);
	ck_assert_uint_eq(report.leaked_bytes, 0);
	return report;
}

static struct tarn_guest *
make(const char *name)
{
	struct tarn_guest *guest;

	ck_assert_int_eq(tarn_guest_create(arena, &guest, "test"), 0);
	if (name) {
		ck_assert_int_eq(tarn_guest_publish(guest, name), 0);
		ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(guest)), 0);
	}
	return guest;
}

static tarn_off
take(struct tarn_guest *guest, uint64_t align, uint64_t size)
{
	tarn_off block;

	ck_assert_int_eq(tarn_guest_alloc(guest, align, size, &block), 0);
	ck_assert_ptr_nonnull(tarn_pointer(arena, block, size));
	ck_assert_uint_eq(block % align, 0);
	return block;
}

static void *
in_thread(void *(*body)(void *), void *arg)
{
	pthread_t thread;
	void *result;

	ck_assert_int_eq(pthread_create(&thread, NULL, body, arg), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	return result;
}

static pid_t
in_child(void (*body)(void))
{
	pid_t pid = fork();

	if (!pid) {
		tarn_arena_close(arena);
		body();
		_exit(0);
	}
	ck_assert_int_gt(pid, 0);
	return pid;
}

static struct tarn_arena *
reopen(int fd)
{
	struct tarn_arena *again;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", fd);
	ck_assert_int_eq(tarn_arena_open(&again, name, NULL, NULL), 0);
	return again;
}

/* ---- birth ------------------------------------------------------------------------------------- */

START_TEST(nobody_sees_it_before_it_has_a_name)
{
	struct tarn_guest *guest, *found;

	ck_assert_int_eq(tarn_guest_create(arena, &guest, "std::list<int>"), 0);
	take(guest, 16, 100);
	ck_assert_int_eq(tarn_guest_open(arena, &found, "g"), TARN_NOT_FOUND);
	ck_assert_ptr_null(found);
	ck_assert_uint_eq(account().objects, 0);
	ck_assert_int_eq(tarn_guest_publish(guest, "g"), 0);
	ck_assert_uint_eq(account().objects, 1);
	ck_assert_int_eq(tarn_guest_open(arena, &found, "g"), 0);
	ck_assert_uint_eq(tarn_guest_where(found), tarn_guest_where(guest));
	ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(found)), 0);
	tarn_guest_close(found);
	tarn_guest_close(guest);
	ck_assert_uint_eq(account().objects, 1);
}
END_TEST

START_TEST(a_name_is_given_once)
{
	struct tarn_guest *guest = make("g"), *other = make(NULL);

	ck_assert_int_eq(tarn_guest_publish(guest, "h"), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_publish(other, "g"), TARN_EXISTS);
	ck_assert_int_eq(tarn_guest_publish(other, "a/b"), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_publish(other, "h"), 0);
	ck_assert_uint_eq(account().objects, 2);
	tarn_guest_close(guest);
	tarn_guest_close(other);
}
END_TEST

START_TEST(one_that_is_given_up_leaves_nothing)
{
	struct tarn_guest *kept = make("kept"), *guest;
	uint64_t before = account().free_bytes;

	guest = make(NULL);
	for (unsigned i = 0; i < 100; i++)
		take(guest, 16, 10000);
	take(guest, 16, 1000000);
	tarn_guest_close(guest);
	ck_assert_uint_eq(account().removed, 0);
	ck_assert_uint_eq(account().reachable_bytes, 4608); /* of kept: its entry and table */
	ck_assert_uint_ge(account().free_bytes, before);
	tarn_guest_close(kept);
}
END_TEST

static void *
die_unborn(void *unused)
{
	struct tarn_guest *guest = make(NULL);

	take(guest, 16, 100000);
	free(guest);
	return unused;
}

START_TEST(one_whose_maker_ends_leaves_nothing)
{
	struct tarn_guest *guest;

	in_thread(die_unborn, NULL);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account().removed, 0);
	ck_assert_uint_eq(account().reachable_bytes, 0);
	guest = make("next");
	ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(guest), 0), 0); /* nobody died with this one */
	tarn_guest_close(guest);
}
END_TEST

START_TEST(the_entry_of_a_dead_maker_can_be_a_mutex)
{
	struct tarn_mutex *mutex;

	in_thread(die_unborn, NULL);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	for (unsigned i = 0; i < 200; i++) {
		char name[16];

		snprintf(name, sizeof(name), "m%u", i);
		ck_assert_int_eq(tarn_mutex_open(arena, &mutex, name, TARN_CREATE, NULL), 0);
		ck_assert_int_eq(tarn_mutex_lock(mutex, 0), 0);
		ck_assert_int_eq(tarn_mutex_unlock(mutex), 0);
		tarn_mutex_close(mutex);
	}
}
END_TEST

/* ---- memory ------------------------------------------------------------------------------------ */

START_TEST(blocks_are_aligned_and_stay_its_own)
{
	struct tarn_guest *guest = make("g"), *other = make("o");
	tarn_off block, plain;

	for (uint64_t align = 1; align <= 65536; align *= 2) {
		take(guest, align, 1);
		take(guest, align, 3000);
		take(guest, align, 40000);
	}
	ck_assert_int_eq(tarn_guest_alloc(guest, 131072, 1, &block), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_alloc(guest, 24, 1, &block), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_alloc(guest, 0, 1, &block), TARN_INVALID);
	block = take(guest, 16, 64);
	ck_assert_int_eq(tarn_guest_free(other, block), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, block), TARN_INVALID);
	ck_assert_int_eq(tarn_alloc(arena, 64, &plain), 0);
	ck_assert_int_eq(tarn_guest_free(guest, plain), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_free(guest, block + 16), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_free(guest, block), 0);
	ck_assert_int_eq(tarn_guest_free(guest, block), TARN_INVALID);
	ck_assert_int_eq(tarn_free(arena, plain), 0);
	account();
	tarn_guest_close(guest);
	tarn_guest_close(other);
}
END_TEST

START_TEST(the_root_is_of_its_own_blocks_and_set_by_the_holder)
{
	struct tarn_guest *guest = make("g"), *other = make("o");
	tarn_off block = take(guest, 16, 64), foreign = take(other, 16, 64), root;

	ck_assert_int_eq(tarn_guest_set_root(guest, block), TARN_INVALID);
	ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(guest), 0), 0);
	ck_assert_int_eq(tarn_guest_set_root(guest, foreign), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_set_root(guest, block), 0);
	ck_assert_int_eq(tarn_guest_root(guest, &root), 0);
	ck_assert_uint_eq(root, block);
	ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(guest)), 0);
	tarn_guest_close(guest);
	tarn_guest_close(other);
}
END_TEST

/* ---- the lock ---------------------------------------------------------------------------------- */

static void *
die_with_lock(void *guest)
{
	ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(guest), 0), 0);
	return NULL;
}

START_TEST(who_comes_after_the_dead_is_told)
{
	struct tarn_guest *guest = make("g");

	in_thread(die_with_lock, guest);
	ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(guest), TARN_FOREVER), TARN_OWNER_DIED);
	ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(guest)), 0);
	ck_assert_int_eq(tarn_rwlock_read(tarn_guest_lock(guest), 0), 0);
	ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(guest)), 0);
	tarn_guest_close(guest);
}
END_TEST

static void *
remove_by_name(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)tarn_object_remove(arena, "g");
}

START_TEST(who_has_its_lock_cannot_remove_it_by_name)
{
	struct tarn_guest *guest = make("g");

	ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(guest), 0), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "g"), TARN_DEADLOCK);
	take(guest, 16, 100);
	ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(guest)), 0);
	ck_assert_int_eq(tarn_object_remove(arena, "g"), 0);
	ck_assert_uint_eq(account().removed, 0);
	tarn_guest_close(guest);
}
END_TEST

static struct tarn_guest *shared;
static int go[2], back[2];

static void *
read_for_a_while(void *unused)
{
	char byte = 0;

	ck_assert_int_eq(tarn_rwlock_read(tarn_guest_lock(shared), 0), 0);
	ck_assert_int_eq(write(back[1], &byte, 1), 1);
	ck_assert_int_eq(read(go[0], &byte, 1), 1);
	ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(shared)), 0);
	return unused;
}

/* A removal takes the gate, so it waits for a writer; its memory stays while there is a reader. */
START_TEST(memory_stays_while_somebody_reads)
{
	pthread_t reader;
	char byte = 0;

	shared = make("g");
	take(shared, 16, 100000);
	ck_assert_int_eq(pipe(go), 0);
	ck_assert_int_eq(pipe(back), 0);
	ck_assert_int_eq(pthread_create(&reader, NULL, read_for_a_while, NULL), 0);
	ck_assert_int_eq(read(back[0], &byte, 1), 1);
	ck_assert_int_eq((intptr_t)in_thread(remove_by_name, NULL), 0);
	ck_assert_uint_eq(account().removed, 1);
	ck_assert_uint_gt(account().graveyard_bytes, 100000);
	ck_assert_int_eq(tarn_rwlock_read(tarn_guest_lock(shared), 0), TARN_REMOVED);
	ck_assert_int_eq(write(go[1], &byte, 1), 1);
	ck_assert_int_eq(pthread_join(reader, NULL), 0);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(account().removed, 0);
	tarn_guest_close(shared);
}
END_TEST

/* ---- end --------------------------------------------------------------------------------------- */

START_TEST(who_withdraws_it_is_alone_with_it)
{
	struct tarn_guest *guest = make("g"), *other;
	tarn_off block = take(guest, 16, 64), unused;

	ck_assert_int_eq(tarn_guest_open(arena, &other, "g"), 0);
	ck_assert_int_eq(tarn_guest_withdraw(guest), TARN_INVALID);
	ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(guest), 0), 0);
	ck_assert_int_eq(tarn_guest_discard(guest), TARN_INVALID);
	ck_assert_int_eq(tarn_guest_withdraw(guest), 0);
	ck_assert_int_eq(tarn_guest_withdraw(guest), TARN_INVALID);
	ck_assert_uint_eq(account().objects, 0);
	ck_assert_uint_eq(account().removed, 1);
	ck_assert_int_eq(tarn_guest_alloc(other, 16, 64, &unused), TARN_REMOVED);
	ck_assert_int_eq(tarn_guest_root(other, &unused), TARN_REMOVED);
	take(guest, 16, 64);
	ck_assert_int_eq(tarn_guest_free(guest, block), 0);
	ck_assert_int_eq(tarn_guest_discard(guest), 0);
	ck_assert_int_eq(tarn_guest_alloc(guest, 16, 64, &unused), TARN_REMOVED);
	ck_assert_int_eq(tarn_guest_publish(guest, "g"), TARN_INVALID);
	ck_assert_uint_eq(account().removed, 0);
	ck_assert_uint_eq(account().reachable_bytes, 0);
	tarn_guest_close(guest);
	tarn_guest_close(other);
}
END_TEST

START_TEST(a_name_may_come_back)
{
	struct tarn_guest *guest = make("g"), *other;

	ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(guest), 0), 0);
	ck_assert_int_eq(tarn_guest_withdraw(guest), 0);
	other = make("g");
	ck_assert_int_eq(tarn_guest_publish(guest, "g"), TARN_EXISTS);
	ck_assert_int_eq(tarn_guest_publish(guest, "h"), 0);
	ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(guest)), 0);
	ck_assert_uint_eq(account().objects, 2);
	tarn_guest_close(guest);
	tarn_guest_close(other);
}
END_TEST

/* ---- several threads --------------------------------------------------------------------------- */

#define THREADS 4u
#define ROUNDS 3000u

/* Some under the lock, most without: what the threads take is never the same. */
static void *
take_and_free(void *seed)
{
	uint64_t number = (uint64_t)(uintptr_t)seed << 32;
	tarn_off blocks[8] = { 0 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		tarn_off *block = &blocks[i % 8];
		bool locked = i % 16 < 4;

		if (locked)
			ck_assert_int_eq(tarn_rwlock_write(tarn_guest_lock(shared), TARN_FOREVER), 0);
		if (*block) {
			ck_assert_uint_eq(*(uint64_t *)tarn_pointer(arena, *block, 8), number + i - 8);
			ck_assert_int_eq(tarn_guest_free(shared, *block), 0);
		}
		ck_assert_int_eq(tarn_guest_alloc(shared, 16, 16 << i % 12, block), 0);
		*(uint64_t *)tarn_pointer(arena, *block, 8) = number + i;
		if (locked)
			ck_assert_int_eq(tarn_rwlock_unlock(tarn_guest_lock(shared)), 0);
	}
	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(tarn_guest_free(shared, blocks[i]), 0);
	return NULL;
}

START_TEST(threads_take_blocks_at_once)
{
	pthread_t threads[THREADS];

	shared = make("g");
	for (uintptr_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, take_and_free, (void *)i), 0);
	for (unsigned i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_uint_eq(account().reachable_bytes, 4608);
	tarn_guest_close(shared);
}
END_TEST

/* Until it is removed; then no call may have begun that has not ended. */
static void *
take_until_removed(void *unused)
{
	tarn_off blocks[64] = { 0 };
	int code = 0;

	for (unsigned i = 0; !code; i++) {
		tarn_off *block = &blocks[i % 64];

		if (*block)
			code = tarn_guest_free(shared, *block);
		if (!code)
			code = tarn_guest_alloc(shared, 16, i % 64 % 8 ? 20000 : 40000, block);
	}
	ck_assert_int_eq(code, TARN_REMOVED);
	return unused;
}

START_TEST(a_removal_waits_for_calls)
{
	for (unsigned i = 0; i < 30; i++) {
		pthread_t threads[2];

		shared = make("g");
		for (unsigned t = 0; t < 2; t++)
			ck_assert_int_eq(pthread_create(&threads[t], NULL, take_until_removed, NULL), 0);
		ck_assert_int_eq(tarn_object_remove(arena, "g"), 0);
		for (unsigned t = 0; t < 2; t++)
			ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
		account(); /* a run in the log of a thread that has ended keeps its region, for a while */
		tarn_guest_close(shared);
	}
}
END_TEST

/* ---- another process --------------------------------------------------------------------------- */

static int fd;

static void
hang_unborn(void)
{
	struct tarn_guest *guest;
	char byte = 0;

	arena = reopen(fd);
	guest = make(NULL);
	take(guest, 16, 100000);
	ck_assert_int_eq(write(back[1], &byte, 1), 1);
	(void)!read(go[0], &byte, 1);
	tarn_guest_close(guest);
}

/* The living maker's stays through all work on the graveyard; the dead one's goes. */
START_TEST(what_another_makes_is_left_alone_until_it_dies)
{
	char byte = 0;
	pid_t pid;

	fd = dup(tarn_arena_fd(arena));
	ck_assert_int_eq(pipe(go), 0);
	ck_assert_int_eq(pipe(back), 0);
	pid = in_child(hang_unborn);
	ck_assert_int_eq(read(back[0], &byte, 1), 1);
	tarn_guest_close(make(NULL));
	ck_assert_uint_eq(account().removed, 1);
	ck_assert_uint_gt(account().graveyard_bytes, 100000);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	tarn_guest_close(make(NULL));
	ck_assert_uint_eq(account().removed, 0);
	ck_assert_uint_eq(account().reachable_bytes, 0);
}
END_TEST

int
main(void)
{
	TCase *tcase = tcase_create("guest");
	Suite *suite = suite_create("guest");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, nobody_sees_it_before_it_has_a_name);
	tcase_add_test(tcase, a_name_is_given_once);
	tcase_add_test(tcase, one_that_is_given_up_leaves_nothing);
	tcase_add_test(tcase, one_whose_maker_ends_leaves_nothing);
	tcase_add_test(tcase, the_entry_of_a_dead_maker_can_be_a_mutex);
	tcase_add_test(tcase, blocks_are_aligned_and_stay_its_own);
	tcase_add_test(tcase, the_root_is_of_its_own_blocks_and_set_by_the_holder);
	tcase_add_test(tcase, who_comes_after_the_dead_is_told);
	tcase_add_test(tcase, who_has_its_lock_cannot_remove_it_by_name);
	tcase_add_test(tcase, memory_stays_while_somebody_reads);
	tcase_add_test(tcase, who_withdraws_it_is_alone_with_it);
	tcase_add_test(tcase, a_name_may_come_back);
	tcase_add_test(tcase, threads_take_blocks_at_once);
	tcase_add_test(tcase, a_removal_waits_for_calls);
	tcase_add_test(tcase, what_another_makes_is_left_alone_until_it_dies);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
