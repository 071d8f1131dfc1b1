// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock_work.h -- the workload of locks: one kind, once
 *
 *	alone	lock, add to a number, unlock; nobody else; processor time
 *	two	the same by two processes at once, by the clock: ns that pass
 *		for an operation of either; the median of TIMES
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

#define TIMES 5u

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

/* ns for an operation of either. */
static double
two(void)
{
	uint64_t start, before = both->number, count = COUNT / 2;
	pid_t child;

	both->ready = 0;
	child = fork();
	if (child == 0) {
		join_lock();
		wait_for_both();
		work(count);
		_exit(0);
	}
	wait_for_both();
	start = peer_clock();
	work(count);
	(void)waitpid(child, NULL, 0);
	start = peer_clock() - start;
	if (both->number != before + 2 * count)
		abort();
	return (double)start / (double)(2 * count);
}

static void
run_two(void)
{
	double ns[TIMES];

	(void)fflush(stdout);
	for (unsigned i = 0; i < TIMES; i++)
		ns[i] = two();
	printf("two %.3f\n", peer_median(ns, TIMES));
}

int
main(void)
{
	both = (struct both *)mmap(NULL, sizeof(*both), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (both == MAP_FAILED)
		abort();
	open_lock(both->lock);
	run_alone();
	run_two();
	return 0;
}
