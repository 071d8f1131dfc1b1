// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock.c -- death at every store and system call of taking and leaving a
 * user's lock; see hook/crash.h
 *
 * Whoever comes next gets the lock; is told if the dead one had it, and
 * only then; and the one after that is not told again.
 */
#include "hook/crash.h"
#include "hook/mutants.h"

#include "base/compiler.h"

#include <check.h>
#include <tarn/lock.h>
#include <string.h>
#include <unistd.h>

static struct tarn_mutex *mutex, *other;
static struct tarn_rwlock *rwlock;

/* ---- pieces -------------------------------------------------------------------------------- */

static void
open_locks(void)
{
	crash_must(!tarn_mutex_open(crash_arena, &mutex, "m", TARN_OPEN_OR_CREATE, NULL));
	crash_must(!tarn_mutex_open(crash_arena, &other, "o", TARN_OPEN_OR_CREATE, NULL));
	crash_must(!tarn_rwlock_open(crash_arena, &rwlock, "r", TARN_OPEN_OR_CREATE, NULL));
}

static void
lock_mutex(void)
{
	int code = tarn_mutex_lock(mutex, TARN_FOREVER);

	crash_must(code == 0 || code == TARN_OWNER_DIED);
}

static void
unlock_mutex(void)
{
	crash_must(tarn_mutex_unlock(mutex) == 0);
}

static void
hold_mutex(void)
{
	open_locks();
	lock_mutex();
}

static void
abandon_mutex(void)
{
	crash_must(tarn_mutex_abandon(mutex) == 0);
}

/* Two are held; the one that was listed first is left first. */
static void
hold_two(void)
{
	hold_mutex();
	crash_must(tarn_mutex_lock(other, 0) == 0);
}

static void
read_lock(void)
{
	int code = tarn_rwlock_read(rwlock, TARN_FOREVER);

	crash_must(code == 0 || code == TARN_OWNER_DIED);
}

static void
write_lock(void)
{
	int code = tarn_rwlock_write(rwlock, TARN_FOREVER);

	crash_must(code == 0 || code == TARN_OWNER_DIED);
}

static void
unlock_rwlock(void)
{
	crash_must(tarn_rwlock_unlock(rwlock) == 0);
}

static void
hold_reading(void)
{
	open_locks();
	read_lock();
}

static void
hold_writing(void)
{
	open_locks();
	write_lock();
}

static void
remove_mutex(void)
{
	crash_must(tarn_object_remove(crash_arena, "m") == 0);
}

static void
remove_rwlock(void)
{
	crash_must(tarn_object_remove(crash_arena, "r") == 0);
}

/* ---- what must hold -------------------------------------------------------------------------- */

static bool must_be_told; /* if the operation was finished */

static void
mutex_can_be_had(struct tarn_mutex *m, bool may_be_told, bool must)
{
	int code = tarn_mutex_lock(m, 0);

	crash_must(code == 0 ? !must : code == TARN_OWNER_DIED && may_be_told);
	crash_must(tarn_mutex_unlock(m) == 0);
	crash_must(tarn_mutex_lock(m, 0) == 0);
	crash_must(tarn_mutex_unlock(m) == 0);
}

static void
verify_locked(bool finished)
{
	open_locks();
	mutex_can_be_had(mutex, true, finished);
	mutex_can_be_had(other, false, false);
}

static void
verify_unlocked(bool finished)
{
	open_locks();
	mutex_can_be_had(mutex, !finished, false);
}

/* Dead before it has let go, or not: the next one is told. */
static void
verify_abandoned(bool finished)
{
	(void)finished;
	open_locks();
	mutex_can_be_had(mutex, true, true);
}

static void
verify_other_locked(bool finished)
{
	open_locks();
	mutex_can_be_had(mutex, !finished, false);
	mutex_can_be_had(other, true, true);
}

/* As long as it is there it says that its holder died; a new one in its place does not. */
static void
verify_removed(bool finished)
{
	bool created;

	crash_must(!tarn_mutex_open(crash_arena, &mutex, "m", TARN_OPEN_OR_CREATE, &created));
	crash_must(created || !finished);
	mutex_can_be_had(mutex, !created, !created);
}

static void
verify_rwlock(bool finished)
{
	int code;

	open_locks();
	code = tarn_rwlock_read(rwlock, 0);
	crash_must(code == 0 ? !(finished && must_be_told) : code == TARN_OWNER_DIED);
	unlock_rwlock();
	code = tarn_rwlock_write(rwlock, 0);
	crash_must(code == 0 || code == TARN_OWNER_DIED);
	unlock_rwlock();
	crash_must(tarn_rwlock_write(rwlock, 0) == 0);
	unlock_rwlock();
}

static void
verify_written(bool finished)
{
	must_be_told = true;
	verify_rwlock(finished);
}

/* A new one in its place has no readers. */
static void
verify_rwlock_removed(bool finished)
{
	bool created;

	crash_must(!tarn_rwlock_open(crash_arena, &rwlock, "r", TARN_OPEN_OR_CREATE, &created));
	crash_must(created || !finished);
	crash_must(tarn_rwlock_write(rwlock, 0) == 0);
	unlock_rwlock();
}

/* A reader's death, and leaving the lock, tell nobody. */
static void
verify_untouched(bool finished)
{
	open_locks();
	crash_must(tarn_rwlock_write(rwlock, 0) == 0);
	unlock_rwlock();
	verify_rwlock(finished);
}

static const struct crash_operation operations[] = {
	{ .name = "locking a mutex",
		.prepare = open_locks,
		.begin = open_locks,
		.operate = lock_mutex,
		.verify = verify_locked },
	{ .name = "locking a dead one's mutex",
		.prepare = hold_mutex,
		.begin = open_locks,
		.operate = lock_mutex,
		.verify = verify_locked },
	{ .name = "unlocking a mutex",
		.prepare = open_locks,
		.begin = hold_mutex,
		.operate = unlock_mutex,
		.verify = verify_unlocked },
	{ .name = "abandoning a mutex",
		.prepare = open_locks,
		.begin = hold_mutex,
		.operate = abandon_mutex,
		.verify = verify_abandoned },
	{ .name = "unlocking one of two",
		.prepare = open_locks,
		.begin = hold_two,
		.operate = unlock_mutex,
		.verify = verify_other_locked },
	{ .name = "removing a dead one's mutex",
		.prepare = hold_mutex,
		.begin = open_locks,
		.operate = remove_mutex,
		.verify = verify_removed },
	{ .name = "locking to read",
		.prepare = open_locks,
		.begin = open_locks,
		.operate = read_lock,
		.verify = verify_untouched },
	{ .name = "locking to write",
		.prepare = open_locks,
		.begin = open_locks,
		.operate = write_lock,
		.verify = verify_written },
	{ .name = "locking to write what a dead one reads",
		.prepare = hold_reading,
		.begin = open_locks,
		.operate = write_lock,
		.verify = verify_written },
	{ .name = "removing what a dead one reads",
		.prepare = hold_reading,
		.begin = open_locks,
		.operate = remove_rwlock,
		.verify = verify_rwlock_removed },
	{ .name = "leaving as reader",
		.prepare = open_locks,
		.begin = hold_reading,
		.operate = unlock_rwlock,
		.verify = verify_untouched },
	{ .name = "leaving as writer",
		.prepare = open_locks,
		.begin = hold_writing,
		.operate = unlock_rwlock,
		.verify = verify_rwlock },
};

static void
run_all(void)
{
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(operations); i++) {
		if (crash_run(&operations[i]))
			_exit(1);
	}
}

static const struct mutants mutants = {
	.files = { "/container/lock.c", "/txn/held.c" },
	.seconds = 60,
	.run = run_all,
};

START_TEST(dies_at_every_point)
{
	ck_assert_uint_eq(crash_run(&operations[_i]), 0);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("crash/lock");
	TCase *tcase = tcase_create("points");
	SRunner *runner;
	int failed;

	crash_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	tcase_add_loop_test(tcase, dies_at_every_point, 0, (int)TARN_ARRAY_SIZE(operations));
	tcase_set_timeout(tcase, 600);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	crash_report();
	return failed != 0;
}
