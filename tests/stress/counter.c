// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- counters among the living
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	locked, bare	of both sorts: added to; at the end the sums are right, and
 *			no reader sees them shrink
 *	swapped		atomic: added to by compare-and-swap, likewise
 *	left, right	in transactions moved from one to the other
 *	brief		atomic: removed and made anew all the time; nobody's number
 *			changes by what others do to one that is gone
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <string.h>

#define WRITERS 3u
#define READERS 2u
#define WORKERS (WRITERS + READERS)
#define OPERATIONS 40000u /* of each writer */
#define READS_LEAST 200u

enum which { LOCKED, BARE, SWAPPED, LEFT, RIGHT, COUNTERS };

static const char *const names[COUNTERS] = { "locked", "bare", "swapped", "left", "right" };

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t added[COUNTERS], briefs, reads, wrong, done;
};

static struct control {
	uint64_t present, stop;
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_counter *counters[COUNTERS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static int64_t
number_of(struct tarn_counter *counter)
{
	int64_t number = 0;

	expect_0("get", tarn_counter_get(counter, &number));
	return number;
}

/* ---- writers ----------------------------------------------------------------------------------- */

static void
add(enum which which)
{
	uint64_t n = roll(5);

	expect_0("add", tarn_counter_add(counters[which], (int64_t)n, NULL));
	report->added[which] += n;
}

static void
swap(void)
{
	int64_t seen = number_of(counters[SWAPPED]);
	int code = tarn_counter_compare_and_swap(counters[SWAPPED], seen, seen + 1);

	if (code != TARN_MISMATCH)
		expect_0("swap", code);
	report->added[SWAPPED] += !code;
}

static int
move(struct tarn_txn *txn, void *unused)
{
	struct tarn_counter *left = tarn_counter_in(counters[LEFT], txn);
	struct tarn_counter *right = tarn_counter_in(counters[RIGHT], txn);
	int64_t n = (int64_t)roll(9) - 4, before = 0, other = 0;
	int code = tarn_counter_add(left, n, &before);

	(void)unused;
	if (!code)
		code = tarn_counter_get(right, &other);
	if (!code && before + other)
		wrong("left and right are not the same");
	return code ? code : tarn_counter_set(right, other - n);
}

/* Others may have removed it, at any moment; one that is new has not been added to. */
static void
use_brief(void)
{
	struct tarn_counter *brief;
	bool created;
	int64_t before;
	int code;

	expect_0("open", tarn_counter_open(arena, &brief, "brief", TARN_ATOMIC, TARN_OPEN_OR_CREATE,
					   &created));
	code = tarn_counter_add(brief, 1, &before);
	if (code != TARN_REMOVED)
		expect_0("add", code);
	if (!code && (before < 0 || before > OPERATIONS * WRITERS))
		wrong("a number that nobody has counted to");
	if (!roll(3)) {
		code = tarn_object_remove(arena, "brief");
		if (code != TARN_NOT_FOUND)
			expect_0("remove", code);
	}
	report->briefs++;
	tarn_counter_close(brief);
}

static void
write_all(void)
{
	struct tarn_object *both[] = { tarn_counter_object(counters[LEFT]),
				       tarn_counter_object(counters[RIGHT]) };

	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t which = roll(40);

		if (which < 12)
			add(LOCKED);
		else if (which < 24)
			add(BARE);
		else if (which < 34)
			swap();
		else if (which < 39)
			expect_0("move", tarn_txn_run(arena, both, 2, move, NULL));
		else
			use_brief();
	}
	tarn__fetch_add(&control->stop, 1);
}

/* ---- readers ----------------------------------------------------------------------------------- */

static void
read_all(void)
{
	int64_t last[COUNTERS] = { 0 };

	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		for (enum which i = LOCKED; i <= SWAPPED; i++) {
			int64_t number = number_of(counters[i]);

			if (number < last[i])
				wrong("a counter counts backwards");
			last[i] = number;
		}
		report->reads++;
	}
}

/* ---- the whole --------------------------------------------------------------------------------- */

static void
work(unsigned number)
{
	place = number;
	report = &control->reports[place];
	dice = place + 1;
	tarn__fetch_add(&control->present, 1);
	while (tarn__load(&control->present) < WORKERS)
		sched_yield();
	if (place < WRITERS)
		write_all();
	else
		read_all();
	report->done = 1;
}

static void
note_end(unsigned worker, bool well)
{
	if (!well)
		control->reports[worker].done = 0; /* a sanitizer's report is a failure, too */
}

static const struct crew crew = { WORKERS, work, NULL, note_end };

static unsigned
wrong_ends(void)
{
	unsigned bad = 0;

	for (enum which i = LOCKED; i <= SWAPPED; i++) {
		uint64_t sum = 0;

		for (unsigned w = 0; w < WRITERS; w++)
			sum += control->reports[w].added[i];
		bad += number_of(counters[i]) != (int64_t)sum;
	}
	bad += number_of(counters[LEFT]) + number_of(counters[RIGHT]) != 0;
	return bad + (tarn_check(arena, NULL, NULL) != 0);
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 24 };
	uint64_t wrongs = 0, done = 0, reads = 0, briefs = 0;
	unsigned bad;

	memset(control, 0, sizeof(*control));
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	for (unsigned i = 0; i < COUNTERS; i++)
		expect_0(names[i],
			 tarn_counter_open(arena, &counters[i], names[i],
					   i == BARE || i == SWAPPED ? TARN_ATOMIC : TARN_TRANSACTIONAL,
					   TARN_CREATE, NULL));
	run(&crew);
	bad = wrong_ends();
	for (unsigned i = 0; i < WORKERS; i++) {
		wrongs += control->reports[i].wrong;
		done += control->reports[i].done;
		reads += control->reports[i].reads;
		briefs += control->reports[i].briefs;
	}
	printf("%s: %lu briefs, %lu reads; %lu wrong, %u wrong ends, %lu workers of %u done\n", what,
	       (unsigned long)briefs, (unsigned long)reads, (unsigned long)wrongs, bad,
	       (unsigned long)done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < COUNTERS; i++)
		tarn_counter_close(counters[i]);
	tarn_arena_close(arena);
	return !wrongs && !bad && done == WORKERS;
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
