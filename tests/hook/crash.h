// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * crash.h -- kill a process at every point of an operation, and who puts it
 * right at every point of that
 *
 * A point is a store into the arena or into the thread's list of robust
 * futexes, or a system call.  For each point k of the operation:
 *
 *	 state before --> victim, killed at k --> somebody looks, read-only
 *	                                     `--> recovers; then is verified
 *	                                     `--> for each point j of the
 *	                                          recovery: recoverer killed
 *	                                          at j; then another recovers,
 *	                                          and is verified
 *
 * All deaths are real ones (SIGKILL), all of these are processes of their
 * own, and between them the arena's file is put back from a copy.
 *
 * To add an operation to the suite: a struct crash_operation, and a test
 * that calls crash_run() with it (tests/crash/member.c).
 */
#ifndef TARN_TESTS_CRASH_H
#define TARN_TESTS_CRASH_H

#include "member/process.h"

#include <stdbool.h>
#include <stdint.h>

/* Each function runs in a process of its own, and NULL stands for nothing to do. */
struct crash_operation {
	const char *name;
	uint64_t slots;	  /* max_threads of the arena; 0: 4 */
	bool creates;	  /* no arena before: operate() opens one by crash_open() */
	bool attaches;	  /* operate() opens the arena by crash_open() */
	bool arms_itself; /* operate() calls crash_arm() and crash_disarm() */
	void (*prepare)(void); /* makes the state before; ends with the process, as killed */
	void (*begin)(void);   /* in the victim, which does not die here */
	void (*operate)(void); /* in the victim; dies at each point */
	/* read-only, before anybody has recovered: what may be seen; finished: operate() returned */
	void (*look)(bool finished);
	/* NULL: crash_recover(); dies at each point too.  The arena is open, unless .creates */
	void (*recover)(void);
	/* after crash_recover() and the checks of crash_check(): before, or after and whole */
	void (*verify)(bool finished);
};

extern struct tarn_arena *crash_arena; /* open in every function that is said to have it */

/* In tests' children, instead of ck_assert(). */
#define crash_must(claim) ((claim) ? (void)0 : crash_give_up(#claim, __FILE__, __LINE__))
_Noreturn void crash_give_up(const char *claim, const char *file, int line);

/* Once a program, before anything else; and its last lines. */
void crash_start(void);
void crash_report(void);

/* All of the above; the number of runs that failed, each of them told on stderr. */
uint64_t crash_run(const struct crash_operation *operation);

/* Open the arena that all processes of an operation share. */
void crash_open(enum tarn_open_mode how, bool readonly);

/* This thread's slot in it. */
uint64_t crash_claim(void);

/* tarn_reap() and a slot. */
void crash_recover(void);

/* No slot but this process's is in use or dead; all memory that is said to be given is there. */
void crash_check(void);

/* From here to there are the points at which the victim dies. */
void crash_arm(void);
void crash_disarm(void);

#endif
