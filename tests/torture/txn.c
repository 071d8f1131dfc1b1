// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- the protocol under real kills
 *
 * Worker processes move units between the accounts of a board and add to
 * them in place; a killer ends one of them with SIGKILL at random instants
 * and starts another.  Beside the arena lies a journal that no protocol
 * guards: a worker notes there what it is about to do, and that it has
 * done it.  At the end nothing acknowledged may be missing, nothing may
 * have been done twice, and no account may be locked.
 *
 *	transfer	logged, two nodes, the sum stays
 *	add		in place, one node, the sum rises by one
 *
 * Runs for $TARN_DURATION seconds; 3 without.
 */
#include "torture/arena.h"
#include "torture/stalls.h"

#include "txn/lane.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ACCOUNTS 8u
#define WORKERS 4u
#define UNITS 1000000u
#define KILL_EVERY_NS UINT64_C(3000000)
#define STUCK_NS UINT64_C(5000000000)

struct account {
	uint64_t node, units, adds, spare[5];
};

static struct journal {
	uint64_t started[WORKERS]; /* adds begun, by this worker's place */
	uint64_t done[WORKERS];
	uint64_t progress; /* any success on any account */
} *journal;

static struct tarn_arena *arena;
static struct account *accounts;

/* ---- workers ----------------------------------------------------------------------------------- */

static _Noreturn void
give_up(const char *what, int code)
{
	fprintf(stderr, "worker: %s: %s\n", what, tarn_error_message(code));
	_exit(3);
}

static void
lock(struct tarn_lane *lane, uint64_t *node)
{
	uint64_t seen;
	int code;

	for (unsigned round = 0;; round++) {
		seen = tarn__load(node);
		if (!tarn__node_owner(seen) && tarn__lock(lane, node, seen))
			return;
		code = tarn__node_wait(arena, node, seen, round, UINT64_MAX);
		if (code)
			give_up("wait", code);
	}
}

static void
transfer(struct tarn_lane *lane, struct account *from, struct account *to)
{
	uint64_t amount = from->units ? 1 : 0;

	lock(lane, from < to ? &from->node : &to->node);
	lock(lane, from < to ? &to->node : &from->node);
	tarn__dirty(&from->node);
	tarn__dirty(&to->node);
	amount = tarn__load(&from->units) ? amount : 0;
	tarn__set(lane, &from->units, tarn__load(&from->units) - amount);
	tarn__set(lane, &to->units, tarn__load(&to->units) + amount);
	if (tarn__commit(lane))
		give_up("commit", TARN_CORRUPT);
}

static void
add(struct tarn_lane *lane, struct account *account, unsigned place)
{
	tarn__store_release(&journal->started[place], journal->started[place] + 1);
	lock(lane, &account->node);
	tarn__store(&account->adds, tarn__load(&account->adds) + 1);
	tarn__unlock(lane, &account->node);
	tarn__store_release(&journal->done[place], journal->done[place] + 1);
}

static _Noreturn void
work(unsigned place)
{
	uint64_t random = tarn__os_random();
	struct tarn_lane *lane;
	int code;

	for (;;) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		unsigned from = random >> 40 & (ACCOUNTS - 1);
		unsigned to = random >> 50 & (ACCOUNTS - 1);

		code = tarn__op_begin(arena, &lane);
		if (!code)
			code = tarn__lane_reserve(lane, 4, 0, 0, 2);
		if (code)
			give_up("begin", code);
		if (from != to)
			transfer(lane, &accounts[from], &accounts[to]);
		else
			add(lane, &accounts[from], place);
		tarn__op_end(lane);
		tarn__fetch_add(&journal->progress, 1);
	}
}

static pid_t
start(unsigned place)
{
	pid_t child = fork();

	if (child < 0)
		abort();
	if (child == 0)
		work(place);
	return child;
}

/* ---- the killer -------------------------------------------------------------------------------- */

/* So many kills; *lost and *doubled adds.  UINT64_MAX: stuck. */
static uint64_t
kill_for(uint64_t duration_ns, uint64_t *unsure)
{
	uint64_t end = tarn__os_now() + duration_ns, kills = 0;
	pid_t workers[WORKERS];

	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = start(i);
	while (tarn__os_now() < end) {
		unsigned victim = (unsigned)(tarn__os_random() % WORKERS);
		uint64_t before;

		tarn__os_sleep(tarn__os_random() % KILL_EVERY_NS);
		before = tarn__load(&journal->progress);
		if (kill(workers[victim], SIGKILL) || !stalls_wait(&journal->progress, before, WORKERS + 1, STUCK_NS, NULL))
			kills = UINT64_MAX;
		if (waitpid(workers[victim], NULL, 0) != workers[victim] || kills == UINT64_MAX)
			break;
		*unsure += journal->started[victim] - journal->done[victim];
		journal->started[victim] = journal->done[victim];
		kills++;
		workers[victim] = start(victim);
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		(void)kill(workers[i], SIGKILL);
		(void)waitpid(workers[i], NULL, 0);
		*unsure += journal->started[i] - journal->done[i];
	}
	return kills;
}

/* ---- the verdict ------------------------------------------------------------------------------- */

/* An add that was begun and not acknowledged may have been done, once. */
static int
verdict(uint64_t kills, uint64_t unsure)
{
	uint64_t units = 0, adds = 0, done = 0, locked = 0, lost, doubled;
	bool stuck = kills == UINT64_MAX;

	for (unsigned i = 0; i < ACCOUNTS; i++) {
		units += accounts[i].units;
		adds += accounts[i].adds;
		locked += accounts[i].node & (TARN_NODE_OWNER | TARN_NODE_DIRTY) ? 1 : 0;
	}
	for (unsigned i = 0; i < WORKERS; i++)
		done += journal->done[i];
	lost = (adds < done ? done - adds : 0) + (units < UNITS ? UNITS - units : 0);
	doubled = (adds > done + unsure ? adds - done - unsure : 0) +
		  (units > UNITS ? units - UNITS : 0);
	printf("kills: %lu\nlost: %lu\ndoubled: %lu\nstuck: %lu\n", (unsigned long)kills,
	       (unsigned long)lost, (unsigned long)doubled, (unsigned long)locked + stuck);
	stalls_print();
	printf("operations: %lu\n", (unsigned long)journal->progress);
	return lost || doubled || locked || stuck || !kills || !done;
}

int
main(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16 };
	const char *duration = getenv("TARN_DURATION");
	uint64_t seconds = duration ? strtoul(duration, NULL, 10) : 3;
	uint64_t unsure = 0, kills;
	int failed;

	journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (journal == MAP_FAILED || torture_open(&arena, &options) ||
	    tarn__arena_give(arena, arena->fixed.data_off, TARN_CHUNK))
		return 2;
	accounts = tarn__at(arena, arena->fixed.data_off, TARN_CHUNK, 64);
	accounts[0].units = UNITS;
	kills = kill_for(seconds * 1000000000u, &unsure);
	failed = tarn_reap(arena, NULL) != 0 || verdict(kills, unsure);
	failed |= torture_close(arena) != 0;
	printf("%d passed, %d failed\n", !failed, failed);
	return failed;
}
