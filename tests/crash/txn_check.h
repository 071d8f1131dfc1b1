// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_check.h -- the toy board, a view to play deaths out on, the checks
 *
 * The arena's file is mapped twice: shared, where operations run, and
 * private, where their deaths are played out; to drop the private pages is
 * to be back at what the operation has really written.
 *
 *	check_open()		make the arena, the board and the view
 *	check_foresee()		run an operation on the view: as before, as after
 *	check_fresh_view()	the view is what the arena is now
 *	check_recover_view()	recover the lane's slot there, from its log alone
 *	check_view()		whether all is as it must be after that
 *
 * What does not hold ends the process.
 */
#ifndef TARN_TESTS_TXN_CHECK_H
#define TARN_TESTS_TXN_CHECK_H

#include "txn_board.h"

struct board_image {
	uint64_t count;
	struct {
		uint64_t payload, named, changed, added;
		tarn_off block;
	} nodes[BOARD_NODES];
};

struct check {
	struct tarn_arena *arena; /* where operations run */
	struct tarn_arena view;	  /* where deaths are played out */
	struct tarn_lane *lane;
	struct board *board;
	struct board_image before, after;
	uint64_t versions[BOARD_NODES];
	bool committed; /* a death has been found to be after the commit */
	const struct board_operation *operation;
	unsigned seed;
	bool quiet;
	void (*failing)(void); /* called before a failure ends the process; or NULL */
};

extern struct check check;

_Noreturn void check_fail(const char *why);

void check_open(void);

/* Choose operation and seed by the number, and find out what it makes of the board. */
void check_foresee(unsigned number);

void check_fresh_view(void);
void check_recover_view(void);
void check_view(void);

/* Nodes of the arena that are not DIRTY are true, without any recovery. */
void check_readers(void);

/* The operation is over: the arena itself, with nothing recovered. */
void check_over(void);

#endif
