// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- the protocol among the living: locks, commits, optimistic readers
 *
 * Four writers change a board of accounts, a fixed number of times each;
 * two readers read nodes without locks until the writers are done.  Nobody
 * dies.  The same body runs twice: as processes, each with a mapping of its
 * own, and as threads on one mapping, where ThreadSanitizer can see them.
 *
 *	transfer	logged, two nodes; some are rolled back.  In the midst of
 *			it a nested action on the bank, which stays either way
 *	add		in place, one word
 *	flip		writes the place that the payload does not name, flips the
 *			payload, and counts in a word of the writer's own
 *
 * Invariants of one node, in every read that validates
 *	B1. units + owed is WHOLE: both change together, DIRTY
 *	B2. check is the complement of place, where the payload points
 *	B3. place, adds and taken never fall
 *
 * One reader has the arena attached a second time, for reading only and at
 * another address.  What ThreadSanitizer cannot tell, because every shared
 * word is atomic and it does not model fences, the invariants do: a store
 * seen too early or too late is a torn read.  Everybody now and then lets
 * the others run in the midst of things, or few would ever meet.
 */
#include "crew.h"
#include "txn/lane.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ACCOUNTS 8u
#define WRITERS 4u
#define READERS 2u
#define WORKERS (WRITERS + READERS)
#define OPERATIONS 60000u /* of each writer */
#define READS_LEAST 1000u
#define WHOLE UINT64_C(1000000)

struct account {
	uint64_t node, units, owed, adds, place[2], check[2];
};

struct board {
	struct account accounts[ACCOUNTS];
	struct {
		uint64_t node, units, owed, taken, spare[4];
	} bank;
	struct {
		uint64_t flips, spare[7];
	} tallies[WRITERS];
};

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t transfers, rollbacks, adds, flips; /* writers */
	uint64_t reads, retries, torn;		    /* readers */
	uint64_t done;
};

static struct control {
	uint64_t present; /* workers that have come; they begin together */
	uint64_t stop;	  /* the writers have ended */
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct board *board;

/* ---- writers ----------------------------------------------------------------------------------- */

static void
linger(void)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	if (!(dice >> 58))
		sched_yield();
}

static void
lock(struct tarn_lane *lane, uint64_t *node, bool nested)
{
	uint64_t seen;

	for (unsigned round = 0;; round++) {
		seen = tarn__load(node);
		if (!tarn__node_owner(seen) && (nested ? tarn__nested_lock(lane, node, seen)
						       : tarn__lock(lane, node, seen)))
			return;
		expect_0("wait", tarn__node_wait(arena, node, seen, round, UINT64_MAX));
	}
}

/* The operation around it may be undone; this is not. */
static void
take_from_bank(struct tarn_lane *lane)
{
	lock(lane, &board->bank.node, true);
	tarn__dirty(&board->bank.node);
	tarn__nested_set(lane, &board->bank.units, tarn__load(&board->bank.units) - 1);
	linger();
	tarn__nested_set(lane, &board->bank.taken, tarn__load(&board->bank.taken) + 1);
	tarn__nested_set(lane, &board->bank.owed, tarn__load(&board->bank.owed) + 1);
	expect_0("nested commit", tarn__nested_commit(lane));
}

static void
transfer(struct tarn_lane *lane, struct account *from, struct account *to, bool undo,
	 struct report *report)
{
	lock(lane, from < to ? &from->node : &to->node, false);
	lock(lane, from < to ? &to->node : &from->node, false);
	tarn__dirty(&from->node);
	tarn__set(lane, &from->units, tarn__load(&from->units) - 1);
	linger();
	tarn__set(lane, &from->owed, tarn__load(&from->owed) + 1);
	take_from_bank(lane);
	tarn__dirty(&to->node);
	tarn__set(lane, &to->units, tarn__load(&to->units) + 1);
	tarn__set(lane, &to->owed, tarn__load(&to->owed) - 1);
	expect_0("end of transfer", undo ? tarn__rollback(lane) : tarn__commit(lane));
	report->transfers++;
	report->rollbacks += undo;
}

static void
add(struct tarn_lane *lane, struct account *account, struct report *report)
{
	uint64_t adds;

	lock(lane, &account->node, false);
	adds = tarn__load(&account->adds);
	linger();
	tarn__store(&account->adds, adds + 1);
	tarn__unlock(lane, &account->node);
	report->adds++;
}

static void
flip(struct tarn_lane *lane, struct account *account, uint64_t *tally, struct report *report)
{
	uint64_t payload, value;

	lock(lane, &account->node, false);
	payload = tarn__load(&account->node) & TARN_NODE_PAYLOAD;
	value = tarn__load(&account->place[payload]) + 1;
	tarn__store(&account->place[payload ^ 1], value);
	linger();
	tarn__store(&account->check[payload ^ 1], ~value);
	tarn__flip(lane, &account->node, payload ^ 1, tally, tarn__load(tally) + 1);
	report->flips++;
}

static void
write_board(unsigned place, struct report *report)
{
	uint64_t random = place + 1;
	struct tarn_lane *lane;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		struct account *from = &board->accounts[random >> 40 & (ACCOUNTS - 1)];
		struct account *to = &board->accounts[random >> 50 & (ACCOUNTS - 1)];
		unsigned kind = random >> 60;

		expect_0("begin", tarn__op_begin(arena, &lane));
		expect_0("reserve", tarn__lane_reserve(lane, 4, 0, 0, 2));
		if (from != to && kind < 8)
			transfer(lane, from, to, kind == 0, report);
		else if (kind & 1)
			add(lane, from, report);
		else
			flip(lane, from, &board->tallies[place].flips, report);
		tarn__op_end(lane);
	}
}

/* ---- readers ----------------------------------------------------------------------------------- */

static bool
rises(uint64_t *last, uint64_t now)
{
	bool fine = now >= *last;

	*last = now;
	return fine;
}

static void
read_account(struct tarn_arena *from, const struct account *account, struct account *last,
	     struct report *report)
{
	uint64_t seen, units, owed, adds, place, check, named;

	expect_0("read", tarn__node_read(from, &account->node, UINT64_MAX, &seen));
	named = seen & 1;
	units = tarn__load(&account->units);
	place = tarn__load(&account->place[named]);
	adds = tarn__load(&account->adds);
	linger();
	check = tarn__load(&account->check[named]);
	owed = tarn__load(&account->owed);
	if (!tarn__node_still(&account->node, seen)) {
		report->retries++;
		return;
	}
	report->reads++;
	report->torn += units + owed != WHOLE || check != ~place;
	report->torn += !rises(&last->place[0], place) || !rises(&last->adds, adds);
}

static void
read_bank(struct tarn_arena *from, const struct board *view, uint64_t *last,
	  struct report *report)
{
	uint64_t seen, units, owed, taken;

	expect_0("read", tarn__node_read(from, &view->bank.node, UINT64_MAX, &seen));
	units = tarn__load(&view->bank.units);
	taken = tarn__load(&view->bank.taken);
	linger();
	owed = tarn__load(&view->bank.owed);
	if (!tarn__node_still(&view->bank.node, seen)) {
		report->retries++;
		return;
	}
	report->reads++;
	report->torn += units + owed != WHOLE || taken != owed || !rises(last, taken);
}

static void
read_board(struct tarn_arena *from, const struct board *view, struct report *report)
{
	struct account last[ACCOUNTS] = { 0 };
	uint64_t last_taken = 0;

	for (unsigned i = 0; i < READS_LEAST || !tarn__load_acquire(&control->stop); i++) {
		unsigned which = i % (ACCOUNTS + 1);

		if (which < ACCOUNTS)
			read_account(from, &view->accounts[which], &last[which], report);
		else
			read_bank(from, view, &last_taken, report);
	}
}

static void
read_elsewhere(struct report *report)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_arena *other;
	char name[32];

	snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	expect_0("second attachment", tarn_arena_open(&other, name, &options, NULL));
	tarn_assert(other->base != arena->base);
	read_board(other, tarn__at(other, other->fixed.data_off, TARN_CHUNK, 64), report);
	tarn_arena_close(other);
}

/* ---- the two drivers --------------------------------------------------------------------------- */

/* The body: writers first, then readers, the last of them elsewhere. */
static void
work(unsigned place)
{
	struct report report = { 0 };

	dice = place;
	tarn__fetch_add(&control->present, 1);
	while (tarn__load(&control->present) < WORKERS)
		sched_yield();
	if (place < WRITERS)
		write_board(place, &report);
	else if (place < WORKERS - 1)
		read_board(arena, board, &report);
	else
		read_elsewhere(&report);
	report.done = 1;
	control->reports[place] = report; /* read only once this worker has been joined */
}

static void
stop_readers(unsigned worker)
{
	if (worker == WRITERS)
		tarn__store_release(&control->stop, 1);
}

static void
note_end(unsigned worker, bool well)
{
	if (!well)
		control->reports[worker].done = 0; /* a sanitizer's report is a failure, too */
}

static const struct crew crew = { WORKERS, work, stop_readers, note_end };

/* ---- the verdict ------------------------------------------------------------------------------- */

static struct report
total(void)
{
	struct report sum = { 0 };

	for (unsigned i = 0; i < WORKERS; i++) {
		const struct report *report = &control->reports[i];

		sum.transfers += report->transfers;
		sum.rollbacks += report->rollbacks;
		sum.adds += report->adds;
		sum.flips += report->flips;
		sum.reads += report->reads;
		sum.retries += report->retries;
		sum.torn += report->torn;
		sum.done += report->done && (i < WRITERS || report->reads);
	}
	return sum;
}

static bool
at_rest(uint64_t node)
{
	return !(node & (TARN_NODE_OWNER | TARN_NODE_DIRTY));
}

static unsigned
wrong_sums(const struct report *sum)
{
	uint64_t units = 0, adds = 0, flips = 0, tallies = 0, taken = tarn__load(&board->bank.taken);
	unsigned wrong = !at_rest(tarn__load(&board->bank.node));

	for (unsigned i = 0; i < ACCOUNTS; i++) {
		const struct account *account = &board->accounts[i];
		uint64_t node = tarn__load(&account->node);

		units += tarn__load(&account->units);
		adds += tarn__load(&account->adds);
		flips += tarn__load(&account->place[node & 1]);
		wrong += !at_rest(node);
		wrong += tarn__load(&account->units) + tarn__load(&account->owed) != WHOLE;
	}
	for (unsigned i = 0; i < WRITERS; i++)
		tallies += tarn__load(&board->tallies[i].flips);
	wrong += (units != ACCOUNTS * WHOLE) + (adds != sum->adds) + (flips != sum->flips);
	wrong += (tallies != sum->flips) + (taken != sum->transfers);
	wrong += tarn__load(&board->bank.units) + taken != WHOLE;
	return wrong;
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16 };
	struct report sum;
	unsigned wrong;

	*control = (struct control){ 0 };
	expect_0("open", tarn_arena_open(&arena, "anon:", &options, NULL));
	expect_0("give", tarn__arena_give(arena, arena->fixed.data_off, TARN_CHUNK));
	board = tarn__at(arena, arena->fixed.data_off, TARN_CHUNK, 64);
	tarn__store(&board->bank.units, WHOLE);
	for (unsigned i = 0; i < ACCOUNTS; i++) {
		tarn__store(&board->accounts[i].units, WHOLE);
		tarn__store(&board->accounts[i].check[0], ~UINT64_C(0));
	}
	run(&crew);
	sum = total();
	wrong = wrong_sums(&sum);
	printf("%s: %lu transfers (%lu undone), %lu adds, %lu flips; %lu reads, %lu retries\n", what,
	       (unsigned long)sum.transfers, (unsigned long)sum.rollbacks, (unsigned long)sum.adds,
	       (unsigned long)sum.flips, (unsigned long)sum.reads, (unsigned long)sum.retries);
	printf("%s: %lu torn reads, %u wrong sums, %lu workers of %u done\n", what,
	       (unsigned long)sum.torn, wrong, (unsigned long)sum.done, WORKERS);
	fflush(stdout);
	tarn_arena_close(arena);
	return !sum.torn && !wrong && sum.done == WORKERS;
}

int
main(void)
{
	int passed;

	control = crew_memory(sizeof(*control));
	passed = passes("processes", crew_run_processes);
	passed += passes("threads", crew_run_threads);
	printf("%d passed, %d failed\n", passed, 2 - passed);
	return passed != 2;
}
