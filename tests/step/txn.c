// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- the protocol as it is compiled, died in after every instruction
 *
 * The board's operations run without hooks, as the build's own compiler and
 * flags made them, in a traced child.  Inside an operation the child is
 * stepped by single instructions; whenever one has changed the board or the
 * slot's log, the child's death is played out on a private view and
 * everything is checked (crash/txn_check.h).  So what is tested is the order
 * of stores in the machine code, not the one that was written.
 *
 * Who does what: the child stops itself before each operation; the tracer
 * then finds out what the operation will make of the board, and steps from
 * when the child raises its flag until it lowers it.  The flag lies in
 * memory that the two share.  Both run on one processor, where a step costs
 * least.
 *
 * A change is seen by comparing the places that operations write: the
 * board, and the whole log.  A store that changes nothing leaves the same
 * death as the one before it.
 */
#include "txn_check.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS_ENOUGH UINT64_C(400000)
#define ROUNDS_MIN 10u	    /* every operation is stepped at least so often */
#define STEPS_MAX UINT64_C(1000000) /* of one operation: it hangs */
#define SKIPPED 77

/* Shared: whether the child is in an operation; the number and the seed of that or the next. */
static volatile uint64_t *inside;
static pid_t child;
static uint64_t single_steps, deaths;

/* What the arena was when the last death was played out. */
static unsigned char last_log[TARN_LOG_SIZE];
static struct board last_board;

static void
say_where(void)
{
	printf("at instruction %lu of seed %u\n", (unsigned long)single_steps, check.seed);
	if (child > 0)
		kill(child, SIGKILL);
}

/* ---- the child --------------------------------------------------------------------------------- */

static _Noreturn void
run_operations(void)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(SKIPPED);
	for (;;) {
		raise(SIGSTOP); /* what comes next, the tracer has chosen meanwhile */
		check.operation = &board_operations[inside[1] % board_operation_count];
		check.seed = (unsigned)inside[2];
		inside[0] = 1;
		check.operation->run(check.lane, check.board, check.seed);
		inside[0] = 0;
	}
}

static void
stay_here(void)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	CPU_ZERO(&here);
	CPU_SET(cpu < 0 ? 0 : (unsigned)cpu, &here);
	(void)sched_setaffinity(0, sizeof(here), &here); /* slower without */
}

/* ---- the tracer -------------------------------------------------------------------------------- */

/* Let the child go on until it stops with this signal. */
static void
resume(int request, int signal_wanted)
{
	int status;

	if (ptrace(request, child, NULL, NULL) || waitpid(child, &status, 0) != child)
		check_fail("the child cannot be traced");
	if (!WIFSTOPPED(status) || WSTOPSIG(status) != signal_wanted)
		check_fail("the child failed");
}

/* Whether tracing is allowed here. */
static bool
start_child(void)
{
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0)
		run_operations();
	if (child < 0 || waitpid(child, &status, 0) != child)
		check_fail("no child");
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		return false;
	if (!WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)PTRACE_O_EXITKILL))
		check_fail("the child cannot be traced");
	return true;
}

static bool
changed(void)
{
	const struct tarn_log_shm *log = check.lane->log;

	if (memcmp(&last_board, check.board, sizeof(last_board)) == 0 &&
	    memcmp(last_log, log, sizeof(last_log)) == 0)
		return false;
	memcpy(&last_board, check.board, sizeof(last_board));
	memcpy(last_log, log, sizeof(last_log));
	return true;
}

static void
play_out(void)
{
	check_readers();
	check_fresh_view();
	check_recover_view();
	check_view();
	deaths++;
}

/* The child stands before an operation; afterwards, before the next. */
static void
step_through(unsigned number)
{
	uint64_t start = single_steps;

	check_foresee(number);
	inside[1] = number;
	inside[2] = check.seed;
	(void)changed();
	while (!inside[0])
		resume(PTRACE_SINGLESTEP, SIGTRAP);
	while (inside[0]) {
		resume(PTRACE_SINGLESTEP, SIGTRAP);
		single_steps++;
		if (changed())
			play_out();
		if (single_steps - start > STEPS_MAX)
			check_fail("the operation does not end");
	}
	check_over();
	resume(PTRACE_CONT, SIGSTOP);
}

int
main(void)
{
	unsigned number = 0;

	check.failing = say_where;
	inside = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (inside == MAP_FAILED)
		abort();
	stay_here();
	check_open();
	if (!start_child()) {
		printf("tracing is not allowed here: %s\n", strerror(EPERM));
		return SKIPPED;
	}
	while (single_steps < STEPS_ENOUGH || number < ROUNDS_MIN * board_operation_count)
		step_through(number++);
	kill(child, SIGKILL);
	printf("operations: %u\n", number);
	printf("single steps: %lu\n", (unsigned long)single_steps);
	printf("deaths played out: %lu\n", (unsigned long)deaths);
	printf("1 passed, 0 failed\n");
	return 0;
}
