// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * member.c -- death at every store and every system call of creating an
 * arena, attaching, claiming, giving back, closing, forking, recovering and
 * growing, and of breaking a slot whose log makes no sense; see hook/crash.h
 *
 * What is common to all is checked there: the next process can attach and
 * claim, no slot stays dead, and memory that is said to be given is there.
 */
#include "hook/crash.h"

#include "base/compiler.h"
#include "txn/layout.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS 4u

/* ---- pieces -------------------------------------------------------------------------------- */

static void
claim(void)
{
	crash_claim();
}

static void *
claim_in_thread(void *unused)
{
	(void)unused;
	crash_claim();
	pause();
	return NULL;
}

/* All slots are taken, and soon all are dead. */
static void
fill_slots(void)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		pthread_t thread;

		crash_must(pthread_create(&thread, NULL, claim_in_thread, NULL) == 0);
	}
	while (tarn__slots_used(crash_arena) < SLOTS)
		usleep(100);
}

/* Once the victim is attached, since attaching puts right what the dead have left. */
static void
leave_dead_slots(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		fill_slots();
		raise(SIGKILL);
	}
	crash_must(pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

static void
reap(void)
{
	crash_must(tarn_reap(crash_arena, NULL) == 0);
}

static int
count_slot(const struct tarn_member_info *info, void *count)
{
	crash_must(info->slot < crash_arena->fixed.slot_count);
	crash_must(info->dead);
	++*(uint64_t *)count;
	return 0;
}

/* All are dead who are there. */
static uint64_t
dead_slots(void)
{
	uint64_t count = 0;

	crash_must(tarn_arena_members(crash_arena, count_slot, &count) == 0);
	return count;
}

static void
look_for_claim(bool finished)
{
	uint64_t count = dead_slots();

	crash_must(finished ? count == 1 : count <= 1);
}

/* A slot that is given back is not in the list of robust futexes: who claims it links it anew. */
static void
look_for_release(bool finished)
{
	uint64_t count = dead_slots();

	for (uint64_t i = 0; i < SLOTS; i++) {
		const struct tarn_slot_shm *slot = tarn__slot_at(crash_arena, i);

		crash_must(slot->state == TARN_SLOT_USED || slot->life == 0);
	}
	crash_must(finished ? count == 0 : count <= 1);
}

static void
look_for_many(bool finished)
{
	crash_must(finished || dead_slots() <= SLOTS);
}

/* ---- broken slots ---------------------------------------------------------------------------- */

/* A wild store into that slot's log: more locks than there can be. */
static void
scribble(uint64_t slot)
{
	struct tarn_log_shm *log = tarn__at(crash_arena,
		crash_arena->fixed.logs_off + slot * TARN_LOG_SIZE, TARN_LOG_SIZE, 8);

	crash_must(log);
	log->locks = UINT32_MAX;
}

static void
claim_and_scribble(void)
{
	scribble(crash_claim());
}

/* The only slot that was ever used: dead with that log, or broken. */
static void
look_for_broken(bool finished)
{
	const struct tarn_slot_shm *slot = tarn__slot_at(crash_arena, 0);

	crash_must(slot->state == TARN_SLOT_USED || slot->state == TARN_SLOT_BROKEN);
	crash_must(!finished || slot->state == TARN_SLOT_BROKEN);
	crash_must(slot->state == TARN_SLOT_USED || !tarn__slot_dead(crash_arena, 0, true));
}

/* It is for good, and costs nobody anything else. */
static void
verify_broken(bool finished)
{
	struct tarn_arena_stat stat;

	(void)finished;
	crash_must(tarn_arena_stat(crash_arena, &stat) == 0);
	crash_must(stat.slots_broken == 1 && tarn__slot_broken(crash_arena, 0));
	crash_must(crash_claim() != 0);
}

/* Whoever comes first breaks it, so who comes next is told nothing. */
static void
break_and_go_on(void)
{
	int code = tarn_reap(crash_arena, NULL);

	crash_must(code == 0 || code == TARN_CORRUPT);
	crash_claim();
}

static void
leave_nonsense(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		claim_and_scribble();
		raise(SIGKILL);
	}
	crash_must(pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

static void *
scribble_and_end(void *unused)
{
	(void)unused;
	claim_and_scribble();
	crash_arm();
	return NULL;
}

static void
end_with_nonsense(void)
{
	pthread_t thread;

	crash_must(pthread_create(&thread, NULL, scribble_and_end, NULL) == 0);
	crash_must(pthread_join(thread, NULL) == 0);
	crash_disarm();
	crash_must(tarn__slot_broken(crash_arena, 0));
}

static void
break_by_reaping(void)
{
	crash_must(tarn_reap(crash_arena, NULL) == TARN_CORRUPT);
	crash_must(tarn__slot_broken(crash_arena, 0));
}

/* Free, and written over; the state is that of a slot given back. */
static void *
claim_and_return(void *unused)
{
	(void)unused;
	crash_claim();
	return NULL;
}

static void
scribble_into_a_free_slot(void)
{
	pthread_t thread;

	crash_must(pthread_create(&thread, NULL, claim_and_return, NULL) == 0);
	crash_must(pthread_join(thread, NULL) == 0);
	crash_must(tarn__slots_used(crash_arena) == 0);
	scribble(0);
}

static void
claim_past_nonsense(void)
{
	crash_must(crash_claim() == 1);
}

static void
look_for_passed_over(bool finished)
{
	crash_must(!finished || tarn__slot_broken(crash_arena, 0));
}

/* ---- operations ------------------------------------------------------------------------------ */

static void
create(void)
{
	crash_open(TARN_CREATE, false);
}

static void
attach(void)
{
	crash_open(TARN_OPEN, false);
}

static void
close_arena(void)
{
	tarn_arena_close(crash_arena);
}

static void *
claim_and_end(void *unused)
{
	(void)unused;
	crash_claim();
	crash_arm();
	return NULL;
}

/* The slot is given back at the end of the thread. */
static void
end_thread(void)
{
	pthread_t thread;

	crash_must(pthread_create(&thread, NULL, claim_and_end, NULL) == 0);
	crash_must(pthread_join(thread, NULL) == 0);
	crash_disarm();
}

/* The child is the victim; then its parent, whose slot it must not have touched. */
static void
fork_and_claim(void)
{
	uint64_t slot = crash_claim();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		crash_arm();
		crash_must(crash_claim() != slot);
		_exit(0);
	}
	crash_must(pid > 0 && waitpid(pid, &status, 0) == pid);
	crash_must(!tarn__slot_dead(crash_arena, slot, true));
	crash_must(crash_claim() == slot);
	reap();
	crash_must(tarn__slots_used(crash_arena) == 1);
	crash_must(tarn__slot_at(crash_arena, slot)->state == TARN_SLOT_USED);
	if (WIFSIGNALED(status))
		raise(SIGKILL);
	crash_must(status == 0);
}

#define GROWTH (3 * TARN_CHUNK)

static tarn_off
growth_off(void)
{
	return crash_arena->fixed.data_off + TARN_CHUNK;
}

/* Two runs of chunks, since the one in the middle is there. */
static void
give_middle(void)
{
	crash_must(tarn__arena_give(crash_arena, growth_off() + TARN_CHUNK, TARN_CHUNK) == 0);
}

static void
grow(void)
{
	crash_must(tarn__arena_give(crash_arena, growth_off(), GROWTH) == 0);
}

static void
use_growth(bool finished)
{
	uint64_t *words;

	if (finished)
		crash_must(tarn__chunks_given(crash_arena, growth_off(), GROWTH));
	grow();
	words = tarn__at(crash_arena, growth_off(), GROWTH, 8);
	crash_must(words);
	for (uint64_t i = 0; i < GROWTH / sizeof(*words); i++)
		crash_must(words[i] == 0);
}

static void
recover_and_grow(void)
{
	reap();
	grow();
}

static const struct crash_operation operations[] = {
	{ .name = "creating", .slots = SLOTS, .creates = true, .operate = create },
	{ .name = "attaching", .slots = SLOTS, .attaches = true, .operate = attach },
	{ .name = "attaching where all are dead",
		.slots = SLOTS,
		.attaches = true,
		.prepare = fill_slots,
		.operate = attach,
		.look = look_for_many },
	{ .name = "claiming", .slots = SLOTS, .operate = claim, .look = look_for_claim },
	{ .name = "closing",
		.slots = SLOTS,
		.begin = claim,
		.operate = close_arena,
		.look = look_for_release },
	{ .name = "ending a thread",
		.slots = SLOTS,
		.arms_itself = true,
		.operate = end_thread,
		.look = look_for_release },
	{ .name = "forking", .slots = SLOTS, .arms_itself = true, .operate = fork_and_claim },
	{ .name = "claiming a dead slot",
		.slots = SLOTS,
		.begin = leave_dead_slots,
		.operate = claim,
		.look = look_for_many },
	{ .name = "reaping",
		.slots = SLOTS,
		.begin = leave_dead_slots,
		.operate = reap,
		.look = look_for_many },
	{ .name = "ending a thread whose log makes no sense",
		.slots = SLOTS,
		.arms_itself = true,
		.operate = end_with_nonsense,
		.look = look_for_broken,
		.recover = break_and_go_on,
		.verify = verify_broken },
	{ .name = "reaping one whose log makes no sense",
		.slots = SLOTS,
		.begin = leave_nonsense,
		.operate = break_by_reaping,
		.look = look_for_broken,
		.recover = break_and_go_on,
		.verify = verify_broken },
	{ .name = "claiming past a log that makes no sense",
		.slots = SLOTS,
		.prepare = scribble_into_a_free_slot,
		.operate = claim_past_nonsense,
		.look = look_for_passed_over,
		.recover = claim,
		.verify = verify_broken },
	{ .name = "growing",
		.slots = SLOTS,
		.prepare = give_middle,
		.operate = grow,
		.recover = recover_and_grow,
		.verify = use_growth },
};

START_TEST(dies_at_every_point)
{
	ck_assert_uint_eq(crash_run(&operations[_i]), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("crash/member");
	TCase *tcase = tcase_create("points");
	SRunner *runner;
	int failed;

	crash_start();
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
