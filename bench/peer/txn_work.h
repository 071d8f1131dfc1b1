// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_work.h -- the workload of transactions: one library, once
 *
 *	one, two, eight	begin, give a key another value in each of so many
 *			objects, commit; ns of processor time
 *	recover/N	a process is killed when it has changed N keys of the
 *			first two and has not committed; then the first
 *			transaction of another one, by the clock: us
 *
 * A file that includes this last has defined open_objects() for OBJECTS of
 * KEYS u64 entries each, set to their own number; begin(over), for the first
 * so many of them; put(which, key, value); commit(); join_objects(), called in
 * a second process; RECOVERS, 0 if none
 * may have it at the same time; and perhaps COUNT, transactions.
 */
#include "clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef COUNT
#define COUNT 200000u
#endif
#define KILLS 21u

static void
one(unsigned over, uint64_t i)
{
	begin(over);
	for (unsigned which = 0; which < over; which++)
		put(which, i % KEYS, i);
	commit();
}

static void
run(const char *name, unsigned over)
{
	uint64_t start;

	for (uint64_t i = 0; i < COUNT / 10; i++)
		one(over, i);
	start = peer_now();
	for (uint64_t i = 0; i < COUNT; i++)
		one(over, i);
	printf("%s %.3f\n", name, (double)(peer_now() - start) / COUNT);
}

/* ---- a kill ------------------------------------------------------------------------------------ */

static void
be_killed(unsigned changes, int tell)
{
	join_objects();
	begin(2);
	for (unsigned i = 0; i < changes; i++)
		put(i % 2, i / 2 % KEYS, UINT64_MAX);
	if (write(tell, "", 1) == 1)
		(void)pause();
	_exit(2);
}

/* ns; aborts if the other process ends by itself. */
static uint64_t
one_kill(unsigned changes)
{
	int ends[2], status = 0;
	uint64_t start;
	pid_t child;
	char byte;

	if (pipe(ends) || (child = fork()) < 0)
		abort();
	if (child == 0)
		be_killed(changes, ends[1]);
	(void)close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		abort();
	(void)close(ends[0]);
	(void)kill(child, SIGKILL);
	(void)waitpid(child, &status, 0);
	if (!WIFSIGNALED(status))
		abort();
	start = peer_clock();
	one(2, 0);
	return peer_clock() - start;
}

static void
run_kills(unsigned changes)
{
	double ns[KILLS];

	(void)fflush(stdout);
	for (unsigned i = 0; i < KILLS; i++)
		ns[i] = (double)one_kill(changes);
	printf("recover/%u %.3f\n", changes, peer_median(ns, KILLS) / 1000);
}

int
main(void)
{
	open_objects();
	run("one", 1);
	run("two", 2);
	run("eight", 8);
	for (unsigned changes = 1; RECOVERS && changes <= 10000; changes *= 100)
		run_kills(changes);
	return 0;
}
