// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock_work.h -- the workload of locks: one kind, once
 *
 *	alone	lock, add to a number, unlock; nobody else; processor time
 *	two	the same by two processes at once, by the clock: ns that pass
 *		for an operation of either
 *
 * A file that includes this last has defined open_lock(shared), of SHARED bytes
 * of shared memory; join_lock(), called in the second process; take() and
 * give(); and COUNT, operations.
 */
#include "clock.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct both {
	char lock[SHARED];
	uint32_t ready __attribute__((aligned(64)));
	volatile uint64_t number __attribute__((aligned(64)));
};

static struct both *both;

static void
work(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		take();
		both->number++;
		give();
	}
}

static void
run_alone(void)
{
	uint64_t start;

	work(COUNT / 10);
	start = peer_now();
	work(COUNT);
	printf("alone %.3f\n", (double)(peer_now() - start) / COUNT);
}

static void
wait_for_both(void)
{
	(void)__atomic_add_fetch(&both->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&both->ready, __ATOMIC_ACQUIRE) < 2)
		(void)sched_yield();
}

static void
run_two(void)
{
	uint64_t start, before = both->number;
	pid_t child = fork();

	if (child == 0) {
		join_lock();
		wait_for_both();
		work(COUNT / 4);
		_exit(0);
	}
	wait_for_both();
	start = peer_clock();
	work(COUNT / 4);
	(void)waitpid(child, NULL, 0);
	printf("two %.3f\n", (double)(peer_clock() - start) / (2 * (COUNT / 4)));
	if (both->number != before + 2 * (COUNT / 4))
		abort();
}

int
main(void)
{
	both = (struct both *)mmap(NULL, sizeof(*both), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (both == MAP_FAILED)
		abort();
	open_lock(both->lock);
	run_alone();
	(void)fflush(stdout);
	run_two();
	return 0;
}
