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
#include "hook/mutants.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#define STEPS 1600

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
		hook_point(check.operation->name);
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

static void
run_quietly(void)
{
	check.quiet = true;
	walk(STEPS);
}

static const struct mutants mutants = {
	.files = { "/txn/", "txn_board" },
	.not_files = { "/held.c" }, /* lock.c's */
	.seconds = 120,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	walk(STEPS);
	return hook_verdict();
}
