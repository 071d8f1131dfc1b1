// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- the protocol, died in at every store, and at every store again
 *
 * The operation runs on the arena, its death is played out on a private view
 * (txn_check.h).  At every store of an operation
 *
 *	readers		every node that is not DIRTY must already be as before
 *			the operation or as after it
 *	recovery	runs on the private view from the slot's log alone, and
 *			everything is checked
 *	again		recovery dies at each of its own stores in turn, is run
 *			anew, and everything is checked
 *
 * then the view is dropped and the operation goes on to its next store.
 *
 * What is checked stands in txn_check.c.
 *
 * With --mutants, each call of a protocol primitive in the library and in
 * the board's operations is broken in turn, in a child, which must fail.
 */
#include "txn_check.h"

#include "hook/hook.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS 1600

static uint64_t crash_points;

/* ---- deaths ------------------------------------------------------------------------------------ */

static bool playing;	/* a death is being played out on the view */
static int64_t stores_left; /* of the recoverer; negative: it lives */
static jmp_buf recoverer_died;

/* Whether the recoverer died before its store number `death`. */
static bool
recover_until(int64_t death)
{
	bool died = false;

	hook_forget();
	stores_left = death;
	if (setjmp(recoverer_died) == 0)
		check_recover_view();
	else
		died = true;
	stores_left = -1;
	return died;
}

static void
play_out(void)
{
	bool died = true;

	for (int64_t death = -1; died || death == 0; death++) {
		check_fresh_view();
		died = recover_until(death);
		if (died)
			(void)recover_until(-1);
		check_view();
		crash_points++;
		if (death == -1)
			died = true;
	}
}

static void
at_store(void *address, unsigned size, void *site)
{
	(void)address;
	(void)size;
	hook_died_at(site);
	if (playing) {
		if (stores_left == 0)
			longjmp(recoverer_died, 1);
		stores_left--;
		return;
	}
	playing = true;
	hook_suspend();
	check_readers();
	play_out();
	hook_resume();
	playing = false;
}

/* ---- the walk ---------------------------------------------------------------------------------- */

static void
step(unsigned number)
{
	check_foresee(number);
	hook_forget();
	hook_store = at_store;
	check.operation->run(check.lane, check.board, check.seed);
	hook_store = NULL;
	hook_forget();
	check_over();
}

static void
walk(unsigned steps)
{
	check_open();
	if (tarn__lane_reserve(check.lane, TARN_LIST_MAX, 0, TARN_LIST_MAX, TARN_LIST_MAX))
		check_fail("no room");
	hook_watch(check.arena->base, check.arena->window_size);
	hook_watch(check.view.base, check.view.window_size);
	for (unsigned number = 0; number < steps; number++)
		step(number);
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static bool
is_of_this_floor(const struct tarn_mutant_site *site)
{
	return strstr(site->file, "/txn/") || strstr(site->file, "txn_board");
}

static bool
same_site(const struct tarn_mutant_site *a, const struct tarn_mutant_site *b)
{
	return a->line == b->line && !strcmp(a->file, b->file) && !strcmp(a->kind, b->kind);
}

static bool
listed_before(const struct tarn_mutant_site *sites, uint64_t i)
{
	for (uint64_t k = 0; k < i; k++) {
		if (same_site(&sites[k], &sites[i]))
			return true;
	}
	return false;
}

static bool
caught(uint64_t mutant)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		check.quiet = true;
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		alarm(120);
		hook_break(mutant);
		walk(STEPS);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return status != 0;
}

static int
run_mutants(void)
{
	const struct tarn_mutant_site *sites;
	uint64_t count = hook_sites(&sites), tried = 0, found = 0;

	if (caught(UINT64_MAX)) {
		printf("fails with nothing broken\n");
		return 1;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (!is_of_this_floor(&sites[i]) || listed_before(sites, i))
			continue;
		tried++;
		if (caught(i))
			found++;
		else
			printf("not caught: %s at %s:%lu\n", sites[i].kind, sites[i].file,
			       (unsigned long)sites[i].line);
	}
	printf("mutants: %lu, caught: %lu, equivalent: 0\n", (unsigned long)tried,
	       (unsigned long)found);
	return tried == 0 || found != tried;
}

int
main(int argc, char **argv)
{
	int failed = 0;

	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants")) {
		failed = run_mutants();
	} else {
		walk(STEPS);
		printf("crash points: %lu\n", (unsigned long)crash_points);
		hook_report(true);
		failed = hook_store_sites() != hook_sites_died_at();
	}
	printf("%d passed, %d failed\n", !failed, failed);
	return failed;
}
