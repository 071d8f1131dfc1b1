// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * member.c -- tests of src/member: slots, threads, recovery, who is attached
 *
 * Who is dead, and what fork does, is in death.c.
 */
#include "unit/member_common.h"

/* ---- slots and threads --------------------------------------------------------------------- */

START_TEST(claim_fills_in_the_slot)
{
	uint64_t before = tarn__os_wall_time();
	const struct tarn_slot_shm *slot = tarn__slot_at(arena, my_slot(arena));

	ck_assert_uint_eq(slot->magic, TARN_SLOT_MAGIC);
	ck_assert_uint_eq(slot->state, TARN_SLOT_USED);
	ck_assert_uint_eq(slot->process, arena->member->process);
	ck_assert_uint_eq(slot->pid, (uint64_t)getpid());
	ck_assert_uint_eq(slot->life, (uint64_t)syscall(SYS_gettid));
	ck_assert_uint_eq(slot->boot, arena->boot);
	ck_assert_uint_ge(slot->claimed_at, before);
	ck_assert_uint_eq(shared->prepared, 1);
	ck_assert_uint_eq(shared->entered, 1);
	ck_assert_uint_eq(shared->recovered, 0);
	ck_assert_uint_eq(my_slot(arena), 0);
	ck_assert_uint_eq(shared->entered, 1);
}
END_TEST

START_TEST(bad_index_is_no_slot)
{
	ck_assert_ptr_null(tarn__slot_at(arena, SLOTS));
	ck_assert_ptr_null(tarn__slot_at(arena, UINT64_MAX));
	ck_assert(!tarn__slot_dead(arena, SLOTS, true));
	ck_assert_int_eq(tarn__slot_recover(arena, UINT64_MAX), TARN_CORRUPT);
}
END_TEST

START_TEST(several_arenas_in_one_thread)
{
	char first_name[sizeof(name)];
	struct tarn_arena *first = arena, *second;
	struct tarn_thread *a, *b, *again;

	strcpy(first_name, name);
	change_name();
	second = open_arena(TARN_CREATE, false);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(tarn__thread_get(first, &a), 0);
		ck_assert_int_eq(tarn__thread_get(second, &b), 0);
		ck_assert_ptr_ne(a, b);
		ck_assert_int_eq(tarn__thread_get(first, &again), 0);
		ck_assert_ptr_eq(a, again);
	}
	ck_assert_uint_eq(shared->entered, 2);
	tarn_arena_close(second);
	ck_assert_uint_eq(shared->left, 1);
	ck_assert_int_eq(tarn__thread_get(first, &again), 0);
	ck_assert_ptr_eq(a, again);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	strcpy(name, first_name);
}
END_TEST

static void *
claim_and_exit(void *unused)
{
	(void)unused;
	my_slot(arena);
	pthread_exit(NULL);
}

static void *
claim_and_wait(void *unused)
{
	(void)unused;
	tarn__store(&shared->results[0], my_slot(arena));
	tarn__store_release(&shared->go, 1);
	for (;;)
		pause();
	return NULL;
}

static void *
claim_and_spin(void *unused)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	tarn__store(&shared->results[0], my_slot(arena));
	tarn__store_release(&shared->go, 1);
	for (;;)
		__asm__ volatile("");
	return unused;
}

static void
check_cancel(void *(*function)(void *))
{
	pthread_t thread;

	tarn__store(&shared->go, 0);
	must(pthread_create(&thread, NULL, function, NULL) == 0);
	await_word(&shared->go, 1);
	must(used() == 1);
	must(pthread_cancel(thread) == 0);
	must(pthread_join(thread, NULL) == 0);
	must(used() == 0);
}

START_TEST(thread_gives_its_slot_back)
{
	ck_assert_uint_eq(in_thread(claim_and_return), 1);
	ck_assert_uint_eq(used(), 0);
	ck_assert_uint_eq(tarn__slot_at(arena, 0)->life, 0);
	in_thread(claim_and_exit);
	ck_assert_uint_eq(used(), 0);
	check_cancel(claim_and_wait);
	check_cancel(claim_and_spin);
	ck_assert_uint_eq(shared->left, 4);
	ck_assert_uint_eq(shared->recovered, 0);
	ck_assert_uint_eq(arena->users, 1);
}
END_TEST

/* The thread is never joined: libc does not know that it ended. */
static void *
claim_and_vanish(void *unused)
{
	tarn__store(&shared->results[0], my_slot(arena));
	tarn__store_release(&shared->go, 1);
	syscall(SYS_exit, 0);
	return unused;
}

START_TEST(raw_exit_of_a_thread_is_death)
{
	pthread_t thread;
	uint64_t slot;

	leaks_are_expected = true;
	ck_assert_int_eq(pthread_create(&thread, NULL, claim_and_vanish, NULL), 0);
	await_word(&shared->go, 1);
	slot = shared->results[0];
	ck_assert(await_death(slot, false, LONG_ENOUGH));
	ck_assert_int_eq(tarn__slot_recover(arena, slot), 0);
	ck_assert_uint_eq(state_of(slot), TARN_SLOT_FREE);
	ck_assert_uint_eq(shared->recovered, 1);
	ck_assert_int_eq(tarn__slot_recover(arena, slot), TARN_BUSY);
}
END_TEST

static pthread_key_t late_key;

static void
claim_late(void *count)
{
	uint64_t *left = count;

	my_slot(arena);
	if (--*left)
		pthread_setspecific(late_key, left);
}

static void *
claim_in_destructors(void *unused)
{
	static uint64_t rounds = 2;

	my_slot(arena);
	pthread_setspecific(late_key, &rounds);
	return unused;
}

START_TEST(claim_in_a_later_destructor)
{
	my_slot(arena);
	ck_assert_int_eq(pthread_key_create(&late_key, claim_late), 0);
	in_thread(claim_in_destructors);
	ck_assert_uint_eq(used(), 1);
	ck_assert_uint_eq(shared->entered, shared->left + 1);
}
END_TEST

static pthread_mutex_t robust[3];

static void
make_robust(void)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	for (int i = 0; i < 3; i++)
		must(pthread_mutex_init(&robust[i], &attributes) == 0);
}

/* Take the node of the slot into the middle of the list, and the neighbours out on both sides. */
static void *
mix_with_robust(void *vanish)
{
	pthread_mutex_lock(&robust[0]);
	pthread_mutex_lock(&robust[1]);
	tarn__store(&shared->results[0], my_slot(arena));
	pthread_mutex_lock(&robust[2]);
	pthread_mutex_unlock(&robust[1]);
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&robust[1]);
		pthread_mutex_unlock(&robust[2]);
		pthread_mutex_lock(&robust[2]);
		pthread_mutex_unlock(&robust[1]);
	}
	tarn__store_release(&shared->go, 1);
	if (vanish)
		syscall(SYS_exit, 0);
	return NULL;
}

static void
check_robust(void *vanish)
{
	pthread_t thread;

	tarn__store(&shared->go, 0);
	make_robust();
	must(pthread_create(&thread, NULL, mix_with_robust, vanish) == 0);
	await_word(&shared->go, 1);
	if (vanish)
		must(await_death(shared->results[0], false, LONG_ENOUGH));
	else
		must(pthread_join(thread, NULL) == 0);
	must(pthread_mutex_trylock(&robust[0]) == EOWNERDEAD);
	must(pthread_mutex_trylock(&robust[1]) == 0);
	must(pthread_mutex_trylock(&robust[2]) == EOWNERDEAD);
}

START_TEST(robust_mutexes_of_the_program_still_work)
{
	leaks_are_expected = true;
	check_robust(NULL);
	ck_assert_uint_eq(used(), 0);
	check_robust(&robust);
	ck_assert_uint_eq(used(), 1);
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(used(), 0);
}
END_TEST

/* With the window goes the slot's node in the thread's robust list. */
START_TEST(robust_mutexes_work_after_close)
{
	char *base = arena->base;

	make_robust();
	my_slot(arena);
	pthread_mutex_lock(&robust[0]);
	tarn_arena_close(arena);
	ck_assert_int_eq(msync(base, 4096, MS_ASYNC), -1);
	pthread_mutex_lock(&robust[1]);
	pthread_mutex_unlock(&robust[1]);
	pthread_mutex_unlock(&robust[0]);
	arena = open_arena(TARN_OPEN, false);
	ck_assert_uint_eq(used(), 0);
}
END_TEST

START_TEST(failed_enter_gives_the_slot_back)
{
	struct tarn_thread *thread;

	shared->enter_code = -TARN_FULL;
	ck_assert_int_eq(tarn__thread_get(arena, &thread), TARN_FULL);
	ck_assert_uint_eq(used(), 0);
	ck_assert_uint_eq(arena->users, 1);
	shared->enter_code = 0;
	ck_assert_uint_eq(my_slot(arena), 0);
}
END_TEST

/* ---- running out, and reuse ---------------------------------------------------------------- */

static void
take_all_slots(pid_t pids[SLOTS])
{
	for (unsigned i = 0; i < SLOTS; i++) {
		pids[i] = start(attach_body);
		must(hear() == i);
	}
}

START_TEST(slots_run_out_and_come_back)
{
	struct tarn_thread *thread;
	struct tarn_arena_stat stat;
	pid_t pids[SLOTS];

	take_all_slots(pids);
	ck_assert_int_eq(tarn__thread_get(arena, &thread), TARN_NO_SLOT);
	ck_assert_int_eq(tarn__thread_get(arena, &thread), TARN_NO_SLOT);
	end(pids[2]);
	ck_assert_uint_eq(my_slot(arena), 2);
	ck_assert_uint_eq(shared->recovered, 1);
	ck_assert_uint_eq(used(), SLOTS);
	end(pids[0]);
	end(pids[1]);
	ck_assert_int_eq(tarn_reap(arena, &shared->results[0]), 0);
	ck_assert_uint_eq(shared->results[0], 2);
	end(pids[3]);
	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	ck_assert_uint_eq(stat.recoveries, 3);
	ck_assert_uint_eq(stat.slots_used, 2);
}
END_TEST

static void *
claim_until_given(void *unused)
{
	struct tarn_thread *thread;
	int code;

	do {
		code = tarn__thread_get(arena, &thread);
		if (code == TARN_NO_SLOT)
			usleep(200);
	} while (code == TARN_NO_SLOT);
	must(code == 0);
	usleep(500);
	return unused;
}

START_TEST(more_threads_than_slots_take_turns)
{
	pthread_t threads[8 * SLOTS];

	for (unsigned i = 0; i < TARN_ARRAY_SIZE(threads); i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, claim_until_given, NULL), 0);
	for (unsigned i = 0; i < TARN_ARRAY_SIZE(threads); i++)
		ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
	ck_assert_uint_eq(used(), 0);
	ck_assert_uint_eq(shared->left, TARN_ARRAY_SIZE(threads));
	ck_assert_uint_eq(shared->recovered, 0);
}
END_TEST

/* All process bytes but some are taken by somebody else. */
static int
block_process_bytes(uint64_t but, uint64_t but_end)
{
	struct tarn_os_name parsed;
	int fd;
	struct flock before = { .l_type = F_WRLCK, .l_start = (off_t)TARN_BYTE_PROCESS };
	struct flock after = { .l_type = F_WRLCK };

	must(tarn__os_name_parse(name, &parsed) == 0);
	fd = open(parsed.path, O_RDWR | O_CLOEXEC);
	must(fd >= 0);
	before.l_len = (off_t)but;
	after.l_start = (off_t)(TARN_BYTE_PROCESS + but_end);
	after.l_len = (off_t)(TARN_PROCESS_MAX - but_end);
	if (but)
		must(fcntl(fd, F_OFD_SETLK, &before) == 0);
	if (but_end < TARN_PROCESS_MAX)
		must(fcntl(fd, F_OFD_SETLK, &after) == 0);
	return fd;
}

/*
 * Two bytes are free, and a dead process's slot names the one.  Who took
 * that one would make the slot look alive.
 */
START_TEST(byte_that_a_dead_slot_names_is_not_taken)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_arena *second;
	uint64_t named, spare;
	int blocker;

	tarn_arena_close(arena);
	blocker = block_process_bytes(UINT64_C(4000), UINT64_C(4002));
	arena = open_arena(TARN_OPEN, false);
	named = arena->member->process;
	spare = 8001 - named;
	ck_assert(named == 4000 || named == 4001);
	tarn__store(&tarn__slot_at(arena, 3)->magic, TARN_SLOT_MAGIC);
	tarn__store(&tarn__slot_at(arena, 3)->process, spare);
	tarn__store_release(&tarn__slot_at(arena, 3)->state, TARN_SLOT_USED);
	ck_assert(tarn__slot_dead(arena, 3, true));
	ck_assert_int_eq(tarn_arena_open(&second, name, &options, NULL), TARN_NO_SLOT);
	ck_assert_ptr_null(second);
	ck_assert(tarn__slot_dead(arena, 3, true));
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_int_eq(tarn_arena_open(&second, name, &options, NULL), 0);
	ck_assert_uint_eq(second->member->process, spare);
	tarn_arena_close(second);
	close(blocker);
}
END_TEST

/* ---- recovery ------------------------------------------------------------------------------ */

static int
expect_broken(const struct tarn_member_info *info, void *slot)
{
	ck_assert(info->broken == (info->slot == *(uint64_t *)slot));
	ck_assert(!info->dead);
	return 0;
}

/* One slot is, and stays so whoever comes by; the others are as good as ever. */
static void
assert_broken(uint64_t slot)
{
	struct tarn_arena_stat stat;
	uint64_t count = 7, others = shared->recovered;

	ck_assert_uint_eq(state_of(slot), TARN_SLOT_BROKEN);
	ck_assert(tarn__slot_broken(arena, slot));
	ck_assert(!tarn__slot_dead(arena, slot, true));
	ck_assert_int_eq(tarn__slot_recover(arena, slot), TARN_BUSY);
	ck_assert_int_eq(tarn_reap(arena, &count), 0);
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(shared->recovered, others);
	ck_assert_int_eq(tarn_arena_stat(arena, &stat), 0);
	ck_assert_uint_eq(stat.slots_broken, 1);
	ck_assert_int_eq(tarn_arena_members(arena, expect_broken, &slot), 0);
	for (unsigned i = 0; i < 3 * SLOTS; i++)
		ck_assert_uint_ne(in_thread(claim_and_return), slot + 1);
	ck_assert_uint_ne(my_slot(arena), slot);
}

START_TEST(corrupt_slot_is_broken_and_passed_over)
{
	uint64_t slot = leave_a_dead_slot();
	uint64_t count = 7;

	shared->recover_code = -TARN_CORRUPT;
	ck_assert_int_eq(tarn_reap(arena, &count), TARN_CORRUPT);
	ck_assert_uint_eq(count, 0);
	assert_broken(slot);
}
END_TEST

START_TEST(slot_of_another_boot_is_not_broken)
{
	uint64_t slot = leave_a_dead_slot();
	uint64_t count = 7;

	shared->recover_code = -TARN_HOST;
	ck_assert_int_eq(tarn__slot_recover(arena, slot), TARN_HOST);
	ck_assert_uint_eq(state_of(slot), TARN_SLOT_USED);
	shared->recover_code = 0;
	ck_assert_int_eq(tarn_reap(arena, &count), 0);
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(thread_that_leaves_nonsense_breaks_its_slot)
{
	uint64_t slot;

	shared->leave_code = -TARN_CORRUPT;
	slot = in_thread(claim_and_return) - 1;
	shared->leave_code = 0;
	ck_assert_uint_eq(tarn__load32(&tarn__slot_at(arena, slot)->life), 0);
	assert_broken(slot);
}
END_TEST

START_TEST(slot_that_cannot_be_entered_is_broken)
{
	shared->broken_slot = 1;
	ck_assert_uint_eq(my_slot(arena), 1);
	ck_assert_uint_eq(shared->entered, 2);
	assert_broken(0);
}
END_TEST

START_TEST(broken_slots_are_taken)
{
	struct tarn_thread *thread;

	for (unsigned i = 0; i < SLOTS; i++) {
		shared->leave_code = -TARN_CORRUPT;
		ck_assert_uint_eq(in_thread(claim_and_return), i + 1);
	}
	shared->leave_code = 0;
	ck_assert_int_eq(tarn__thread_get(arena, &thread), TARN_NO_SLOT);
	ck_assert_uint_eq(tarn__slots_broken(arena), SLOTS);
	ck_assert_uint_eq(used(), 0);
}
END_TEST

/* The descriptor is gone, and so is the name: how long the file is, cannot be told.  (Segments can.) */
START_TEST(who_cannot_see_all_breaks_nothing)
{
	uint64_t slot = leave_a_dead_slot();
	int fd = tarn_arena_fd(arena), copy = dup(fd);

	if (sysv)
		return;
	shared->recover_code = -TARN_CORRUPT;
	close(fd);
	ck_assert_int_eq(tarn__slot_recover(arena, slot), TARN_CORRUPT);
	ck_assert_uint_eq(state_of(slot), TARN_SLOT_USED);
	ck_assert_int_eq(dup2(copy, fd), fd);
	close(copy);
	ck_assert_int_eq(tarn__slot_recover(arena, slot), TARN_CORRUPT);
	ck_assert_uint_eq(state_of(slot), TARN_SLOT_BROKEN);
}
END_TEST

START_TEST(corrupt_slot_does_not_hide_the_next)
{
	pid_t pids[SLOTS];

	take_all_slots(pids);
	end(pids[1]);
	end(pids[2]);
	shared->corrupt_slot = 1 + 1;
	ck_assert_uint_eq(my_slot(arena), 2);
	end(pids[0]);
	end(pids[3]);
}
END_TEST

START_TEST(recovery_within_recovery_is_busy)
{
	uint64_t slot = leave_a_dead_slot();

	shared->recurse = 99;
	ck_assert_int_eq(tarn__slot_recover(arena, slot), 0);
	ck_assert_int_eq(-(int)shared->recurse, TARN_BUSY);
}
END_TEST

static void
recover_slot_0_body(void)
{
	arena = open_arena(TARN_OPEN, false);
	shared->results[2] = (uint64_t)-tarn__slot_recover(arena, 0);
	say(0);
}

START_TEST(one_recovers_and_others_are_told_busy)
{
	pid_t pid;

	ck_assert_uint_eq(leave_a_dead_slot(), 0);
	shared->hang = 1;
	pid = start(recover_slot_0_body);
	await_word(&shared->inside, 1);
	ck_assert_int_eq(tarn__slot_recover(arena, 0), TARN_BUSY);
	ck_assert_uint_eq(my_slot(arena), 1);
	tarn__store_release(&shared->hang, 0);
	hear();
	ck_assert_uint_eq(shared->results[2], 0);
	ck_assert_uint_eq(state_of(0), TARN_SLOT_FREE);
	ck_assert_uint_eq(shared->recovered, 1);
	end(pid);
}
END_TEST

/* The last slot is just being recovered by somebody else. */
START_TEST(claim_awaits_a_recovery_for_a_moment)
{
	struct tarn_thread *thread;
	pid_t pids[SLOTS], recoverer;
	uint64_t begin;

	take_all_slots(pids);
	end(pids[0]);
	shared->hang = 1;
	recoverer = start(recover_slot_0_body);
	await_word(&shared->inside, 1);
	begin = tarn__os_now();
	ck_assert_int_eq(tarn__thread_get(arena, &thread), TARN_NO_SLOT);
	ck_assert_uint_ge(tarn__os_now() - begin, 5 * MILLISECOND);
	tarn__store_release(&shared->hang, 0);
	hear();
	ck_assert_uint_eq(my_slot(arena), 0);
	end(recoverer);
	for (unsigned i = 1; i < SLOTS; i++)
		end(pids[i]);
}
END_TEST

START_TEST(dead_recoverer_is_in_nobodys_way)
{
	pid_t pid;

	ck_assert_uint_eq(leave_a_dead_slot(), 0);
	shared->hang = 1;
	pid = start(recover_slot_0_body);
	await_word(&shared->inside, 1);
	end(pid);
	shared->hang = 0;
	shared->inside = 0;
	ck_assert_int_eq(tarn__slot_recover(arena, 0), 0);
	ck_assert_uint_eq(state_of(0), TARN_SLOT_FREE);
}
END_TEST

static void
fork_then_recover_body(void)
{
	pid_t child;

	arena = open_arena(TARN_OPEN, false);
	child = fork();
	if (!child)
		wait_to_be_killed();
	say((uint64_t)child);
	(void)!tarn__slot_recover(arena, 0);
}

/* What a process locks after it has forked is not its child's either. */
START_TEST(dead_recoverers_child_is_in_nobodys_way)
{
	pid_t pid, grandchild;

	ck_assert_uint_eq(leave_a_dead_slot(), 0);
	shared->hang = 1;
	pid = start(fork_then_recover_body);
	grandchild = (pid_t)hear();
	await_word(&shared->inside, 1);
	end(pid);
	shared->hang = 0;
	shared->inside = 0;
	ck_assert_int_eq(kill(grandchild, 0), 0);
	ck_assert_int_eq(tarn__slot_recover(arena, 0), 0);
	kill(grandchild, SIGKILL);
}
END_TEST

START_TEST(deaths_in_transactions_are_counted)
{
	uint64_t slot = leave_a_dead_slot();

	tarn__store(&tarn__slot_at(arena, slot)->in_txn, 1);
	ck_assert_int_eq(tarn__slot_recover(arena, slot), 0);
	ck_assert_uint_eq(tarn__slot_at(arena, slot)->in_txn, 0);
	ck_assert_uint_eq(arena->header->statistics.deaths_in_txn, 1);
	ck_assert_uint_eq(arena->header->statistics.recoveries, 1);
}
END_TEST

static int
count_visits(const struct tarn_member_info *info, void *arg)
{
	(void)info;
	return ++*(int *)arg == 3 ? 42 : 0;
}

START_TEST(garbage_in_slots_is_left_alone)
{
	struct tarn_slot_shm *slots = tarn__slot_at(arena, 0);
	struct tarn_thread *thread;
	uint64_t count;
	int visits = 0;

	slots[0].state = 7;
	slots[1].state = TARN_SLOT_USED;
	slots[2].state = TARN_SLOT_USED;
	slots[2].magic = TARN_SLOT_MAGIC;
	slots[2].process = UINT64_MAX - 5;
	slots[3].state = UINT64_MAX;
	slots[3].magic = TARN_SLOT_MAGIC;
	slots[3].life = TARN_LIFE_DIED;
	for (uint64_t i = 0; i < SLOTS; i++) {
		ck_assert(!tarn__slot_dead(arena, i, true));
		ck_assert_int_eq(tarn__slot_recover(arena, i), TARN_BUSY);
	}
	ck_assert_int_eq(tarn_reap(arena, &count), 0);
	ck_assert_int_eq(tarn_arena_members(arena, count_visits, &visits), 0);
	ck_assert_int_eq(visits, 1);
	ck_assert_int_eq(tarn__thread_get(arena, &thread), TARN_NO_SLOT);
}
END_TEST

/* ---- who is attached ----------------------------------------------------------------------- */

static int
note_member(const struct tarn_member_info *info, void *arg)
{
	struct tarn_member_info *infos = arg;

	infos[info->slot] = *info;
	return 0;
}

START_TEST(members_are_told)
{
	struct tarn_member_info infos[SLOTS] = { 0 };
	int visits = 0;
	pid_t pids[SLOTS];

	take_all_slots(pids);
	end(pids[1]);
	tarn__store(&tarn__slot_at(arena, 2)->in_txn, 1);
	ck_assert_int_eq(tarn_arena_members(arena, note_member, infos), 0);
	for (unsigned i = 0; i < SLOTS; i++) {
		ck_assert_uint_eq(infos[i].slot, i);
		ck_assert_uint_eq(infos[i].pid, (uint64_t)pids[i]);
		ck_assert_uint_eq(infos[i].tid, (uint64_t)pids[i]);
		ck_assert_uint_eq(infos[i].locks_held, 100 + i);
		ck_assert_uint_ne(infos[i].since, 0);
		ck_assert(infos[i].dead == (i == 1));
		ck_assert(infos[i].in_txn == (i == 2));
	}
	ck_assert_int_eq(tarn_arena_members(arena, count_visits, &visits), 42);
	for (unsigned i = 0; i < SLOTS; i++) {
		if (i != 1)
			end(pids[i]);
	}
}
END_TEST

START_TEST(readers_are_counted_and_write_nothing)
{
	struct tarn_arena *readers[3];
	struct tarn_thread *thread;
	uint64_t slot = leave_a_dead_slot();
	uint64_t writer_count, reader_count;

	for (int i = 0; i < 3; i++)
		readers[i] = open_arena(TARN_OPEN, true);
	ck_assert_int_eq(tarn_arena_attached(readers[0], &writer_count, &reader_count), 0);
	ck_assert_uint_eq(writer_count, 1);
	ck_assert_uint_eq(reader_count, 3);
	ck_assert_int_eq(tarn_arena_attached(arena, NULL, NULL), 0);
	ck_assert(tarn__slot_dead(readers[1], slot, true));
	ck_assert_int_eq(tarn__thread_get(readers[1], &thread), TARN_READ_ONLY);
	ck_assert_int_eq(tarn__slot_recover(readers[1], slot), TARN_READ_ONLY);
	ck_assert_int_eq(tarn_reap(readers[1], NULL), TARN_READ_ONLY);
	for (int i = 0; i < 3; i++)
		tarn_arena_close(readers[i]);
	ck_assert_int_eq(tarn_arena_attached(arena, &writer_count, &reader_count), 0);
	ck_assert_uint_eq(reader_count, 0);
}
END_TEST

/* An own byte is asked for through another description than the one that holds it. */
START_TEST(two_handles_in_one_process_are_two_members)
{
	struct tarn_arena *second = open_arena(TARN_OPEN, false);
	uint64_t a = my_slot(arena), b = my_slot(second);

	ck_assert_uint_ne(a, b);
	ck_assert_uint_ne(arena->member->process, second->member->process);
	ck_assert(!tarn__slot_dead(arena, b, true));
	ck_assert(!tarn__slot_dead(second, a, true));
	ck_assert(!tarn__process_gone(arena, arena->member->process));
	ck_assert_uint_eq(writers(), 2);
	tarn_arena_close(second);
	ck_assert_uint_eq(writers(), 1);
	ck_assert_uint_eq(state_of(b), TARN_SLOT_FREE);
	ck_assert_uint_eq(my_slot(arena), a);
}
END_TEST

START_TEST(locks_stay_on_the_inode_that_was_opened)
{
	struct tarn_arena *old = arena;
	uint64_t old_slot = my_slot(old), count;
	int prober = (int)old->member->prober;

	ck_assert_int_eq(tarn_arena_remove(name), 0);
	arena = open_arena(TARN_CREATE, false);
	ck_assert_uint_eq(writers(), 1);
	ck_assert_int_eq(tarn_arena_attached(old, &count, NULL), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_ne(old->member->process, arena->member->process);

	/* the number of its prober is now a descriptor of the new arena's */
	ck_assert_int_eq(dup2(arena->file.fd, prober), prober);
	ck_assert(!tarn__process_gone(old, old->member->process));
	ck_assert(tarn__process_gone(old, arena->member->process));

	/* no descriptor is left, and the name is another's: better no answer */
	close(old->file.fd);
	close((int)old->member->prober);
	ck_assert(!tarn__process_gone(old, arena->member->process));
	ck_assert_int_eq(tarn_arena_attached(old, &count, NULL), TARN_SYSTEM);
	ck_assert(!tarn__slot_dead(old, old_slot, true));
	ck_assert_int_ge(fcntl(prober, F_GETFD), 0);
	tarn_arena_close(old);
}
END_TEST

static void *
claim_and_await_close(void *unused)
{
	shared->results[0] = my_slot(arena);
	tarn__store_release(&shared->go, 1);
	await_word(&shared->go, 2);
	return unused;
}

START_TEST(close_waits_for_the_threads)
{
	struct tarn_arena *closed = arena;
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, claim_and_await_close, NULL), 0);
	await_word(&shared->go, 1);
	my_slot(closed);
	arena = open_arena(TARN_OPEN, false);
	ck_assert_uint_eq(used(), 2);
	tarn_arena_close(closed);
	ck_assert_uint_eq(used(), 1);
	ck_assert_uint_eq(shared->left, 1);
	ck_assert_uint_eq(writers(), 2);
	ck_assert(!tarn__slot_dead(arena, shared->results[0], true));
	tarn__store_release(&shared->go, 2);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(used(), 0);
	ck_assert_uint_eq(shared->left, 2);
	ck_assert_uint_eq(writers(), 1);
}
END_TEST

/* ---- all together -------------------------------------------------------------------------- */

static void *
come_and_go(void *unused)
{
	struct tarn_thread *thread;
	int code = tarn__thread_get(arena, &thread);

	must(code == 0 || code == TARN_NO_SLOT);
	if (code == 0)
		must(thread->slot->life == (uint64_t)syscall(SYS_gettid));
	return unused;
}

static void
churn_body(void)
{
	arena = open_arena(TARN_OPEN, false);
	say(0);
	for (;;) {
		pthread_t threads[2];

		for (int i = 0; i < 2; i++)
			pthread_create(&threads[i], NULL, come_and_go, NULL);
		for (int i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
	}
}

START_TEST(killed_at_any_moment)
{
	struct tarn_thread *thread;
	uint64_t count;
	pid_t pids[4];

	for (int i = 0; i < 4; i++) {
		pids[i] = start(churn_body);
		hear();
	}
	for (int round = 0; round < 200; round++) {
		int victim = rand() % 4;

		usleep((useconds_t)(rand() % 2000));
		end(pids[victim]);
		pids[victim] = start(churn_body);
		hear();
	}
	for (int i = 0; i < 4; i++)
		end(pids[i]);
	ck_assert_int_eq(tarn_reap(arena, &count), 0);
	ck_assert_uint_eq(used(), 0);
	ck_assert_uint_eq(writers(), 1);
	ck_assert_int_eq(tarn__thread_get(arena, &thread), 0);
	ck_assert_uint_eq(thread->index, 0);
	ck_assert_uint_eq(shared->inside_twice, 0);
	printf("200 kills: %llu slots recovered, %llu claimed\n",
		(unsigned long long)shared->recovered, (unsigned long long)shared->prepared);
	shared->inside = 0;
}
END_TEST

static void
add_threads(Suite *suite)
{
	TCase *tcase = make_case(suite, "threads");

	tcase_add_test(tcase, claim_fills_in_the_slot);
	tcase_add_test(tcase, bad_index_is_no_slot);
	tcase_add_test(tcase, several_arenas_in_one_thread);
	tcase_add_test(tcase, thread_gives_its_slot_back);
	tcase_add_test(tcase, raw_exit_of_a_thread_is_death);
	tcase_add_test(tcase, claim_in_a_later_destructor);
	if (!TSAN)
		tcase_add_test(tcase, robust_mutexes_of_the_program_still_work);
	tcase_add_test(tcase, robust_mutexes_work_after_close);
	tcase_add_test(tcase, failed_enter_gives_the_slot_back);
}

static void
add_recovery(Suite *suite)
{
	TCase *tcase = make_case(suite, "recovery");

	tcase_add_test(tcase, slots_run_out_and_come_back);
	tcase_add_test(tcase, more_threads_than_slots_take_turns);
	tcase_add_test(tcase, byte_that_a_dead_slot_names_is_not_taken);
	tcase_add_test(tcase, corrupt_slot_is_broken_and_passed_over);
	tcase_add_test(tcase, slot_of_another_boot_is_not_broken);
	tcase_add_test(tcase, thread_that_leaves_nonsense_breaks_its_slot);
	tcase_add_test(tcase, slot_that_cannot_be_entered_is_broken);
	tcase_add_test(tcase, broken_slots_are_taken);
	tcase_add_test(tcase, who_cannot_see_all_breaks_nothing);
	tcase_add_test(tcase, corrupt_slot_does_not_hide_the_next);
	tcase_add_test(tcase, claim_awaits_a_recovery_for_a_moment);
	tcase_add_test(tcase, recovery_within_recovery_is_busy);
	tcase_add_test(tcase, one_recovers_and_others_are_told_busy);
	tcase_add_test(tcase, dead_recoverer_is_in_nobodys_way);
	tcase_add_test(tcase, dead_recoverers_child_is_in_nobodys_way);
	tcase_add_test(tcase, deaths_in_transactions_are_counted);
	tcase_add_test(tcase, garbage_in_slots_is_left_alone);
	tcase_add_test(tcase, killed_at_any_moment);
}

static void
add_attached(Suite *suite)
{
	TCase *tcase = make_case(suite, "attached");

	tcase_add_test(tcase, members_are_told);
	tcase_add_test(tcase, readers_are_counted_and_write_nothing);
	tcase_add_test(tcase, two_handles_in_one_process_are_two_members);
	tcase_add_test(tcase, locks_stay_on_the_inode_that_was_opened);
	tcase_add_test(tcase, close_waits_for_the_threads);
}

int
main(void)
{
	Suite *suite = suite_create("member");

	add_threads(suite);
	add_recovery(suite);
	add_attached(suite);
	return run(suite);
}
