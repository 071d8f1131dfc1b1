// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * death.c -- tests of src/member: who is dead, by kill, exec or exit; and fork
 *
 * One test a row of the ways in which a process or a thread can end, or
 * seem to.
 */
#include "unit/member_common.h"

/* ---- death --------------------------------------------------------------------------------- */

START_TEST(killed_process_is_dead_while_a_zombie)
{
	pid_t pid = start(attach_body);
	uint64_t slot = hear();
	siginfo_t info;

	ck_assert(!tarn__slot_dead(arena, slot, true));
	ck_assert_int_eq(tarn__slot_recover(arena, slot), TARN_BUSY);
	kill(pid, SIGKILL);
	ck_assert(await_death(slot, false, LONG_ENOUGH));
	ck_assert(await_gone(process_of(slot)));
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(tarn__slot_recover(arena, slot), 0);
	ck_assert_uint_eq(writers(), 1);
	end(pid);
}
END_TEST

START_TEST(stopped_process_is_alive)
{
	pid_t pid = start(attach_body);
	uint64_t slot = hear();
	int status;

	kill(pid, SIGSTOP);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(!await_death(slot, true, 50 * MILLISECOND));
	ck_assert_int_eq(tarn__slot_recover(arena, slot), TARN_BUSY);
	end(pid);
	ck_assert(await_death(slot, true, LONG_ENOUGH));
}
END_TEST

static void
close_all_body(void)
{
	arena = open_arena(TARN_OPEN, false);
	say(my_slot(arena));
	for (int fd = 3; fd < 1024; fd++) {
		if (fd != to_parent[1])
			close(fd);
	}
	say(in_thread(claim_and_return) - 1);
	say(tarn__process_gone(arena, arena->member->process));
	wait_to_be_killed();
}

/* ... and its own claims and probes go on, by the arena's name. */
START_TEST(closing_all_descriptors_is_not_death)
{
	pid_t pid = start(close_all_body);
	uint64_t slot = hear();

	ck_assert_uint_eq(hear(), slot + 1);
	ck_assert_uint_eq(hear(), 0);
	ck_assert(!await_death(slot, true, 20 * MILLISECOND));
	ck_assert_uint_eq(writers(), 2);
	end(pid);
	ck_assert(await_death(slot, true, LONG_ENOUGH));
}
END_TEST

/* The grandchild has every descriptor and mapping that a fork hands on. */
static void
parent_of_a_living_child_body(void)
{
	pid_t child;

	arena = open_arena(TARN_OPEN, false);
	my_slot(arena);
	child = fork();
	if (!child)
		wait_to_be_killed();
	say((uint64_t)child);
	say(my_slot(arena));
}

START_TEST(forked_child_does_not_keep_a_dead_parent_alive)
{
	pid_t pid = start(parent_of_a_living_child_body);
	pid_t grandchild = (pid_t)hear();
	uint64_t slot = hear();

	ck_assert(!tarn__slot_dead(arena, slot, true));
	end(pid);
	ck_assert(await_death(slot, false, LONG_ENOUGH));
	ck_assert(await_gone(process_of(slot)));
	ck_assert_int_eq(kill(grandchild, 0), 0);
	kill(grandchild, SIGKILL);
}
END_TEST

static void
exec_body(void)
{
	arena = open_arena(TARN_OPEN, false);
	say(my_slot(arena));
	execl("/bin/sleep", "sleep", "100", NULL);
	_exit(1);
}

START_TEST(exec_is_death)
{
	pid_t pid = start(exec_body);
	uint64_t slot = hear();

	ck_assert(await_death(slot, true, LONG_ENOUGH));
	ck_assert(await_gone(process_of(slot)));
	ck_assert_int_eq(tarn__slot_recover(arena, slot), 0);
	ck_assert_int_eq(kill(pid, 0), 0);
	end(pid);
}
END_TEST

static void *
exec_thread(void *unused)
{
	say(my_slot(arena));
	execl("/bin/sleep", "sleep", "100", NULL);
	return unused;
}

static void
exec_in_thread_body(void)
{
	arena = open_arena(TARN_OPEN, false);
	say(my_slot(arena));
	in_thread(exec_thread);
	_exit(1);
}

START_TEST(exec_in_a_second_thread_is_death_of_both)
{
	pid_t pid = start(exec_in_thread_body);
	uint64_t first = hear(), second = hear();

	ck_assert_uint_ne(first, second);
	ck_assert(await_death(first, true, LONG_ENOUGH));
	ck_assert(await_death(second, true, LONG_ENOUGH));
	ck_assert_int_eq(tarn__slot_recover(arena, first), 0);
	ck_assert_int_eq(tarn__slot_recover(arena, second), 0);
	ck_assert_int_eq(kill(pid, 0), 0);
	end(pid);
}
END_TEST

static void
new_pid_namespace_body(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID)) {
		say(UINT64_MAX);
		return;
	}
	pid = fork();
	if (pid) {
		tarn__store(&shared->results[1], (uint64_t)pid);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	attach_body();
}

static void
in_new_pid_namespace(void)
{
	pid_t pid = start(new_pid_namespace_body);
	uint64_t slot = hear();

	if (slot == UINT64_MAX) {
		printf("skipped: two pid namespaces, as unshare() says %s\n", strerror(EPERM));
		end(pid);
		return;
	}
	await_word(&shared->results[1], 1);
	must(tarn__slot_at(arena, slot)->pid == 1);
	must(!await_death(slot, true, 20 * MILLISECOND));
	kill((pid_t)shared->results[1], SIGKILL);
	must(await_death(slot, false, LONG_ENOUGH));
	must(await_gone(process_of(slot)));
	must(tarn__slot_recover(arena, slot) == 0);
	end(pid);
}

START_TEST(death_is_seen_across_pid_namespaces)
{
	in_new_pid_namespace();
}
END_TEST

static void
large_body(void)
{
	size_t size = (size_t)1 << 30;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;

	arena = open_arena(TARN_OPEN, false);
	if (mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED)
		_exit(2);
	say(my_slot(arena));
}

/* The kernel marks the life word before it takes the memory back, the byte after. */
START_TEST(death_of_a_large_process_is_told_early)
{
	pid_t pid = start(large_body);
	uint64_t slot = hear();
	uint64_t begin = tarn__os_now(), life, byte;

	kill(pid, SIGKILL);
	ck_assert(await_death(slot, false, LONG_ENOUGH));
	life = tarn__os_now() - begin;
	ck_assert(await_gone(process_of(slot)));
	byte = tarn__os_now() - begin;
	printf("killed with 1 GiB: life word after %llu us, byte after %llu us\n",
		(unsigned long long)life / 1000, (unsigned long long)byte / 1000);
	ck_assert_uint_le(life, byte);
	end(pid);
}
END_TEST

/* ---- fork ---------------------------------------------------------------------------------- */

static void
exit_body(void)
{
	exit(0);
}

static void
exit_forked_thread_body(void)
{
	leaks_are_expected = true;
	pthread_exit(NULL);
}

static void
await_exit(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0) == pid);
	must(status == 0);
}

START_TEST(forked_childs_end_is_not_the_parents)
{
	uint64_t slot = my_slot(arena);

	await_exit(start(exit_body));
	if (!TSAN)
		await_exit(start(exit_forked_thread_body));
	end(start(wait_to_be_killed));
	ck_assert_uint_eq(state_of(slot), TARN_SLOT_USED);
	ck_assert(!tarn__slot_dead(arena, slot, true));
	ck_assert_uint_eq(tarn__slot_at(arena, slot)->life, (uint64_t)syscall(SYS_gettid));
	ck_assert_uint_eq(shared->left, 0);
	ck_assert_uint_eq(writers(), 1);
	ck_assert_uint_eq(my_slot(arena), slot);
}
END_TEST

static void
use_inherited_body(void)
{
	struct tarn_arena *inherited = arena;

	must(tarn__forked(inherited));
	say(my_slot(inherited));
	must(!tarn__forked(inherited));
	say(inherited->member->process);
	say(in_thread(claim_and_return) - 1);
}

START_TEST(child_attaches_anew_at_its_first_use)
{
	uint64_t slot = my_slot(arena), child_slot;
	pid_t pid = start(use_inherited_body);

	child_slot = hear();
	ck_assert_uint_ne(child_slot, slot);
	ck_assert_uint_ne(hear(), arena->member->process);
	ck_assert_uint_eq(hear(), 2);
	ck_assert_uint_eq(shared->forgotten, 1);
	ck_assert_uint_eq(writers(), 2);
	ck_assert(!tarn__slot_dead(arena, child_slot, true));
	end(pid);
	ck_assert(await_death(child_slot, true, LONG_ENOUGH));
	ck_assert(!tarn__slot_dead(arena, slot, true));
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(used(), 1);
	ck_assert_uint_eq(my_slot(arena), slot);
}
END_TEST

static void
descend_body(void)
{
	for (int depth = 0; depth < 5; depth++) {
		pid_t pid;

		my_slot(arena);
		pid = fork();
		if (pid) {
			int status;

			waitpid(pid, &status, 0);
			_exit(status != 0);
		}
		my_slot(arena);
		must(tarn_reap(arena, NULL) == 0);
		tarn_arena_close(arena);
		arena = open_arena(TARN_OPEN, false);
	}
	_exit(0);
}

/* Each of the line has one slot while its child has another. */
START_TEST(line_of_descent)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 64 };
	char first_name[sizeof(name)];

	strcpy(first_name, name);
	tarn_arena_close(arena);
	change_name();
	ck_assert_int_eq(tarn_arena_open(&arena, name, &options, NULL), 0);
	await_exit(start(descend_body));
	ck_assert_int_eq(tarn_reap(arena, NULL), 0);
	ck_assert_uint_eq(used(), 0);
	ck_assert_int_eq(tarn_arena_remove(name), 0);
	tarn_arena_close(arena);
	strcpy(name, first_name);
	arena = open_arena(TARN_OPEN, false);
}
END_TEST

static void *
claim_at_once(void *unused)
{
	(void)unused;
	await_word(&shared->go, 1);
	my_slot(arena);
	await_word(&shared->go, 2);
	return NULL;
}

static void
use_in_threads_body(void)
{
	pthread_t threads[SLOTS - 1];

	for (unsigned i = 0; i < SLOTS - 1; i++)
		must(pthread_create(&threads[i], NULL, claim_at_once, NULL) == 0);
	tarn__store_release(&shared->go, 1);
	await_word(&shared->entered, SLOTS);
	say(used());
	say(tarn__load(&arena->users));
	tarn__store_release(&shared->go, 2);
	for (unsigned i = 0; i < SLOTS - 1; i++)
		must(pthread_join(threads[i], NULL) == 0);
	say(used());
}

START_TEST(threads_of_a_child_attach_it_once)
{
	pid_t pid;

	my_slot(arena);
	pid = start(use_in_threads_body);
	ck_assert_uint_eq(hear(), SLOTS);
	ck_assert_uint_eq(hear(), SLOTS);
	ck_assert_uint_eq(hear(), 1);
	ck_assert_uint_eq(writers(), 2);
	end(pid);
}
END_TEST

static void
close_inherited_body(void)
{
	void *base = arena->base;

	tarn_arena_close(arena);
	must(msync(base, 4096, MS_ASYNC) == -1);
	exit(0);
}

START_TEST(child_may_close_what_it_never_used)
{
	uint64_t slot = my_slot(arena);

	await_exit(start(close_inherited_body));
	ck_assert_uint_eq(state_of(slot), TARN_SLOT_USED);
	ck_assert_uint_eq(writers(), 1);
	ck_assert_uint_eq(my_slot(arena), slot);
	ck_assert_int_eq(fcntl(arena->file.fd, F_GETFD), FD_CLOEXEC);
}
END_TEST

static void
read_inherited_body(void)
{
	must(tarn__forked(arena));
	must(tarn__member_after_fork(arena) == 0);
	must(!tarn__forked(arena));
	say(0);
}

START_TEST(readers_child_is_counted_when_it_reads)
{
	struct tarn_arena *writer = arena;
	uint64_t readers;
	pid_t pid;

	arena = open_arena(TARN_OPEN, true);
	pid = start(read_inherited_body);
	hear();
	ck_assert_int_eq(tarn_arena_attached(writer, NULL, &readers), 0);
	ck_assert_uint_eq(readers, 2);
	end(pid);
	tarn_arena_close(arena);
	arena = writer;
}
END_TEST

static void *
attach_and_note(void *unused)
{
	must(tarn__member_after_fork(arena) == 0);
	tarn__store_release(&shared->go, 1);
	return unused;
}

static void
two_attach_body(void)
{
	pthread_t thread;

	tarn__store_release(arena->fork_guard, TARN_GUARD_ATTACHING);
	must(pthread_create(&thread, NULL, attach_and_note, NULL) == 0);
	usleep(20000);
	say(tarn__load_acquire(&shared->go));
	tarn__store_release(arena->fork_guard, TARN_GUARD_FORKED);
	must(pthread_join(thread, NULL) == 0);
	say(tarn__load_acquire(arena->fork_guard));
}

/* The first one fails here, so that the second one does it. */
START_TEST(second_thread_waits_until_the_child_is_attached)
{
	pid_t pid = start(two_attach_body);

	ck_assert_uint_eq(hear(), 0);
	ck_assert_uint_eq(hear(), TARN_GUARD_ATTACHED);
	ck_assert_uint_eq(writers(), 2);
	end(pid);
}
END_TEST

static void
map_over_pin_body(void)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	void *pin = arena->member->pin;
	char *own = mmap(pin, 4096, PROT_READ | PROT_WRITE, flags, -1, 0);

	must(own == pin);
	my_slot(arena);
	*own = 1;
	say(0);
}

START_TEST(childs_memory_where_the_parents_pin_was_is_left_alone)
{
	pid_t pid = start(map_over_pin_body);

	hear();
	end(pid);
}
END_TEST

/* libc does not notice; so the kernel has no robust list of the child's. */
START_TEST(child_of_a_raw_fork)
{
	uint64_t slot = my_slot(arena), child_slot;
	struct tarn_slot_shm before = *tarn__slot_at(arena, slot);
	pid_t pid;

	tarn__slot_at(arena, slot + 1)->life = TARN_LIFE_DIED; /* of one who died claiming */
	ck_assert_int_eq(pipe2(to_parent, O_CLOEXEC), 0);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		use_inherited_body();
		wait_to_be_killed();
	}
	child_slot = hear();
	ck_assert_uint_ne(child_slot, slot);
	ck_assert_uint_ne(hear(), arena->member->process);
	hear();
	ck_assert(!tarn__slot_dead(arena, child_slot, true));
	end(pid);
	ck_assert(await_death(child_slot, true, LONG_ENOUGH));
	ck_assert_int_eq(tarn__slot_recover(arena, child_slot), 0);
	ck_assert(!tarn__slot_dead(arena, slot, true));
	ck_assert_int_eq(memcmp(tarn__slot_at(arena, slot), &before, sizeof(before)), 0);
}
END_TEST

START_TEST(spawned_and_vforked_children_change_nothing)
{
	uint64_t slot = my_slot(arena);
	char *arguments[] = { "true", NULL };
	pid_t pid;

	ck_assert_int_eq(posix_spawn(&pid, "/bin/true", NULL, NULL, arguments, NULL), 0);
	await_exit(pid);
	pid = vfork();
	if (!pid) {
		execv("/bin/true", arguments);
		_exit(1);
	}
	await_exit(pid);
	ck_assert(!tarn__forked(arena));
	ck_assert_uint_eq(my_slot(arena), slot);
	ck_assert(!tarn__slot_dead(arena, slot, true));
	ck_assert_uint_eq(writers(), 1);
}
END_TEST

static void *
recover_slot_0(void *unused)
{
	must(tarn__slot_recover(arena, 0) == 0);
	return unused;
}

static void
claim_body(void)
{
	say(shared->recovered);
	say(my_slot(arena));
}

/* fork() waits for the recovery to end; the child has nobody's mutex and nobody's byte. */
START_TEST(fork_during_a_recovery)
{
	pthread_t recoverer, releaser;
	pid_t pid;

	ck_assert_uint_eq(leave_a_dead_slot(), 0);
	shared->hang = 1;
	ck_assert_int_eq(pthread_create(&recoverer, NULL, recover_slot_0, NULL), 0);
	await_word(&shared->inside, 1);
	ck_assert_int_eq(pthread_create(&releaser, NULL, release_the_recoverer, (void *)50000), 0);
	pid = start(claim_body);
	ck_assert_uint_eq(hear(), 1);
	ck_assert_uint_lt(hear(), SLOTS);
	ck_assert_int_eq(pthread_join(recoverer, NULL), 0);
	ck_assert_int_eq(pthread_join(releaser, NULL), 0);
	end(pid);
}
END_TEST

/* Handlers run in the order: the program's last one, ours, the program's first one. */
static void
claim_in_handler(void)
{
	struct tarn_thread *thread;

	shared->results[fetch_add(&shared->results[0], 1) + 1] =
		(uint64_t)-tarn__thread_get(arena, &thread);
}

START_TEST(claim_in_a_fork_handler_is_busy)
{
	await_exit(start(exit_body));
	ck_assert_uint_eq(-shared->results[1], (uint64_t)TARN_BUSY);
	ck_assert_uint_eq(used(), 0);
	my_slot(arena);
}
END_TEST

static void
set_up_with_handler(void)
{
	must(pthread_atfork(claim_in_handler, NULL, NULL) == 0);
	set_up();
}

static void
add_death(Suite *suite)
{
	TCase *tcase = make_case(suite, "death");

	tcase_add_test(tcase, killed_process_is_dead_while_a_zombie);
	tcase_add_test(tcase, stopped_process_is_alive);
	tcase_add_test(tcase, closing_all_descriptors_is_not_death);
	tcase_add_test(tcase, forked_child_does_not_keep_a_dead_parent_alive);
	tcase_add_test(tcase, exec_is_death);
	tcase_add_test(tcase, exec_in_a_second_thread_is_death_of_both);
	tcase_add_test(tcase, death_is_seen_across_pid_namespaces);
	tcase_add_test(tcase, death_of_a_large_process_is_told_early);
}

static void
add_fork(Suite *suite)
{
	TCase *tcase = make_case(suite, "fork");
	TCase *handlers = tcase_create("fork handlers");

	tcase_add_test(tcase, forked_childs_end_is_not_the_parents);
	tcase_add_test(tcase, child_attaches_anew_at_its_first_use);
	tcase_add_test(tcase, line_of_descent);
	tcase_add_test(tcase, threads_of_a_child_attach_it_once);
	tcase_add_test(tcase, child_may_close_what_it_never_used);
	tcase_add_test(tcase, readers_child_is_counted_when_it_reads);
	tcase_add_test(tcase, second_thread_waits_until_the_child_is_attached);
	tcase_add_test(tcase, childs_memory_where_the_parents_pin_was_is_left_alone);
	tcase_add_test(tcase, child_of_a_raw_fork);
	tcase_add_test(tcase, spawned_and_vforked_children_change_nothing);
	tcase_add_test(tcase, fork_during_a_recovery);
	tcase_add_checked_fixture(handlers, set_up_with_handler, tear_down);
	tcase_add_test(handlers, claim_in_a_fork_handler_is_busy);
	suite_add_tcase(suite, handlers);
}

int
main(void)
{
	Suite *suite = suite_create("death");

	add_death(suite);
	add_fork(suite);
	return run(suite);
}
