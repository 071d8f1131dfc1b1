// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hook.h -- told of every store into shared memory, before it is done
 *
 * The hooked library calls here before each of its loads and stores.  A
 * test says which memory it cares for; from then on hook_store() is called
 * before every store into it, and may end the process.  So what is left is
 * what a process leaves that is killed between two stores.
 *
 * What is counted (the sites of stores, and those died at) lies in memory
 * that a process shares with the children it forks after hook_start().
 */
#ifndef TARN_TESTS_HOOK_H
#define TARN_TESTS_HOOK_H

#include <stdbool.h>
#include <stdint.h>

struct tarn_mutant_site;

/* Called before each store into watched memory; site is where in the code.  NULL: nobody. */
extern void (*hook_store)(void *address, unsigned size, void *site);

/* Called before each load from watched memory.  NULL: nobody. */
extern void (*hook_load)(const volatile void *address);

/* Make what is shared with children.  Before anything else, once a program. */
void hook_start(void);

/* Watch [base, base + size) too; there is room for 16 ranges.  Watch nothing any more. */
void hook_watch(const void *base, uint64_t size);
void hook_watch_nothing(void);

/* End the process as kill -9 does, at the store of this site; NULL: at no store. */
_Noreturn void hook_die(void *site);

/*
 * For a test that simulates death without ending: count one at this site;
 * and, around what others do then, set aside the stores that a mutant has
 * taken back, for they died with the thread.
 */
void hook_died_at(void *site);
void hook_suspend(void);
void hook_forget(void);
void hook_resume(void);

/* Count a crash point of that operation, a name that stays; print a line for each, and the total. */
void hook_point(const char *operation);
void hook_report_points(void);

/* The last lines of a crash test: points, sites, passed and failed.  What main() returns. */
int hook_verdict(void);

uint64_t hook_store_sites(void);   /* places in the code seen to store into watched memory */
uint64_t hook_sites_died_at(void); /* those of them where a process has died */
/* Prints "store sites: N, died at: N"; with all also the others, as addr2line wants them. */
void hook_report(bool all);

/* The sites that a mutant can break (base/mutant.h), in no order that means anything. */
uint64_t hook_sites(const struct tarn_mutant_site **first);
bool hook_site_reached(uint64_t index);
/* Break this one, and no other; UINT64_MAX: none. */
void hook_break(uint64_t index);

#endif
