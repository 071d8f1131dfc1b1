// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- bitsets among the living
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	locked, bare	of both sorts: each bit is taken by one writer, by
 *			test_and_set, and given back now and then; at the end as
 *			many are 1 as writers have
 *	banner		all of it 1 or all 0, in one step
 *	left, right	in transactions flipped together: always the same
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <string.h>

#define WRITERS 3u
#define READERS 2u
#define WORKERS (WRITERS + READERS)
#define OPERATIONS 30000u /* of each writer */
#define READS_LEAST 200u
#define BITS 500u

enum which { LOCKED, BARE, BANNER, LEFT, RIGHT, SETS };

static const char *const names[SETS] = { "locked", "bare", "banner", "left", "right" };

/* What a worker has done; its own until it ends. */
struct report {
	bool mine[2][BITS];
	uint64_t held[2], reads, wrong, done;
};

static struct control {
	uint64_t present, stop;
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_bitset *sets[SETS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static uint64_t
count_of(struct tarn_bitset *set)
{
	uint64_t count = 0;

	expect_0("count", tarn_bitset_count(set, &count));
	return count;
}

/* ---- writers ----------------------------------------------------------------------------------- */

static void
take_or_give(enum which which)
{
	uint64_t index = roll(BITS);
	bool *mine = &report->mine[which][index], before = true;

	if (*mine) {
		expect_0("give", roll(2) ? tarn_bitset_reset(sets[which], index)
					 : tarn_bitset_flip(sets[which], index));
		*mine = false;
		report->held[which]--;
		return;
	}
	expect_0("take", tarn_bitset_test_and_set(sets[which], index, &before));
	*mine = !before;
	report->held[which] += !before;
}

static void
wave(void)
{
	expect_0("wave", tarn_bitset_set_range(sets[BANNER], 0, TARN_BITSET_END, roll(2)));
}

static int
flip_both(struct tarn_txn *txn, void *unused)
{
	struct tarn_bitset *left = tarn_bitset_in(sets[LEFT], txn);
	struct tarn_bitset *right = tarn_bitset_in(sets[RIGHT], txn);
	uint64_t index = roll(BITS), count = 0;
	int code = tarn_bitset_flip(left, index);

	(void)unused;
	if (!code)
		code = tarn_bitset_flip(right, index);
	if (!code)
		code = tarn_bitset_xor(left, right);
	if (!code)
		code = tarn_bitset_count(left, &count);
	if (!code && count)
		wrong("left and right differ");
	return code ? code : tarn_bitset_or(left, right);
}

static void
write_all(void)
{
	struct tarn_object *both[] = { tarn_bitset_object(sets[LEFT]),
				       tarn_bitset_object(sets[RIGHT]) };

	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t which = roll(10);

		if (which < 4)
			take_or_give(LOCKED);
		else if (which < 8)
			take_or_give(BARE);
		else if (which < 9)
			wave();
		else
			expect_0("flip", tarn_txn_run(arena, both, 2, flip_both, NULL));
	}
	tarn__fetch_add(&control->stop, 1);
}

/* ---- readers ----------------------------------------------------------------------------------- */

static void
read_all(void)
{
	uint64_t index;
	int code;

	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		if (count_of(sets[BANNER]) % BITS)
			wrong("the banner is torn");
		code = tarn_bitset_find_next(sets[BARE], roll(BITS), &index);
		if (code != TARN_NOT_FOUND)
			expect_0("find", code);
		if (!code && index >= BITS)
			wrong("a bit beyond the end");
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

	for (enum which i = LOCKED; i <= BARE; i++) {
		uint64_t held = 0;

		for (unsigned w = 0; w < WRITERS; w++)
			held += control->reports[w].held[i];
		bad += count_of(sets[i]) != held;
	}
	expect_0("xor", tarn_bitset_xor(sets[LEFT], sets[RIGHT]));
	bad += count_of(sets[LEFT]) != 0;
	return bad + (tarn_check(arena, NULL, NULL) != 0);
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 24 };
	uint64_t wrongs = 0, done = 0, reads = 0;
	unsigned bad;

	memset(control, 0, sizeof(*control));
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	for (unsigned i = 0; i < SETS; i++)
		expect_0(names[i], tarn_bitset_open(arena, &sets[i], names[i],
						    i == BARE ? TARN_ATOMIC : TARN_TRANSACTIONAL,
						    BITS, TARN_CREATE, NULL));
	run(&crew);
	bad = wrong_ends();
	for (unsigned i = 0; i < WORKERS; i++) {
		wrongs += control->reports[i].wrong;
		done += control->reports[i].done;
		reads += control->reports[i].reads;
	}
	printf("%s: %lu reads; %lu wrong, %u wrong ends, %lu workers of %u done\n", what,
	       (unsigned long)reads, (unsigned long)wrongs, bad, (unsigned long)done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < SETS; i++)
		tarn_bitset_close(sets[i]);
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
