// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- vectors among the living
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	journal	  records of three words, pushed and appended; of each writer
 *		  all are there at the end, in order; a reader finds each whole,
 *		  and what a writer says is there
 *	counters  fetch_add and compare_and_swap, exact; transfers in
 *		  transactions, and by plain calls of many at once: the sum of
 *		  the first ones is always the same, read at once or by a view
 *	mixed	  elements of 12 bytes that tell their own sum: insert, erase,
 *		  set, sort, clear, assign, pop; swapped with another such vector
 *	bounded	  pushed and popped; a view of it never moves
 *
 * One reader has the arena attached a second time, for reading only and at
 * another address.
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tarn.h>

#define WRITERS 3u
#define READERS 2u
#define WORKERS (WRITERS + READERS)
#define OPERATIONS 60000u /* of each writer */
#define READS_LEAST 200u
#define SUMMED 8u	  /* counters whose sum stays */
#define COUNTERS 10u
#define WHOLE UINT64_C(8000000)
#define MIXED_MOST 2000u
#define BOUND 300u

enum which { JOURNAL, COUNTED, MIXED, MIXED_TOO, BOUNDED, VECTORS };

static const struct {
	const char *name;
	struct tarn_type type;
} kinds[VECTORS] = {
	[JOURNAL] = { "journal", { TARN_KIND_VECTOR, TARN_KEY_NONE, 24, NULL } },
	[COUNTED] = { "counters", { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL } },
	[MIXED] = { "mixed", { TARN_KIND_VECTOR, TARN_KEY_NONE, 12, NULL } },
	[MIXED_TOO] = { "mixed-too", { TARN_KIND_VECTOR, TARN_KEY_NONE, 12, NULL } },
	[BOUNDED] = { "bounded", { TARN_KIND_VECTOR, TARN_KEY_U64, 8, NULL } },
};

struct record {
	uint64_t writer, number, sum;
};

struct mixed {
	uint32_t a, b, sum;
};

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t adds, swaps, records, transfers, changes, pushes;
	uint64_t reads, wrong, done;
};

static struct control {
	uint64_t present, stop;
	uint64_t records[WRITERS]; /* acknowledged */
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_vector *vectors[VECTORS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

/* ---- small things ------------------------------------------------------------------------------ */

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static void
open_vectors(struct tarn_arena *from, struct tarn_vector **opened)
{
	for (unsigned i = 0; i < VECTORS; i++)
		expect_0(kinds[i].name, tarn_vector_open(from, &opened[i], kinds[i].name,
							 &kinds[i].type, TARN_OPEN, NULL));
}

static void
create_vectors(void)
{
	for (unsigned i = 0; i < VECTORS; i++) {
		int code = i == BOUNDED ? tarn_vector_open_bounded(arena, &vectors[i], kinds[i].name,
								   &kinds[i].type, TARN_CREATE,
								   BOUND, NULL)
					: tarn_vector_open(arena, &vectors[i], kinds[i].name,
							   &kinds[i].type, TARN_CREATE, NULL);

		expect_0(kinds[i].name, code);
	}
}

/* ---- journal ----------------------------------------------------------------------------------- */

static uint64_t
sum_of(const struct record *record)
{
	return tarn__hash_u64(record->writer * 1000003 + record->number, 9);
}

static void
write_journal(void)
{
	struct record records[20];
	uint64_t count = roll(4) ? 1 : roll(20) + 1;

	for (uint64_t i = 0; i < count; i++) {
		records[i].writer = place;
		records[i].number = report->records + i;
		records[i].sum = sum_of(&records[i]);
	}
	expect_0("append", count == 1 ? tarn_vector_push_back(vectors[JOURNAL], records)
				      : tarn_vector_append(vectors[JOURNAL], records, count));
	report->records += count;
	tarn__store_release(&control->records[place], report->records);
}

/* Each as it was written, and those of a writer one after the other. */
static void
look_at_records(const struct record *records, uint64_t count)
{
	uint64_t next[WRITERS] = { 0 };

	for (uint64_t i = 0; i < count; i++) {
		const struct record *record = &records[i];

		if (record->writer >= WRITERS || record->sum != sum_of(record)) {
			wrong("a record is not whole");
			return;
		}
		if (next[record->writer] && next[record->writer] != record->number + 1)
			wrong("a record is missing");
		next[record->writer] = record->number + 2;
	}
}

static void
read_journal(struct tarn_vector *journal)
{
	struct record records[50];
	uint64_t least = 0, size, got;

	for (unsigned i = 0; i < WRITERS; i++)
		least += tarn__load(&control->records[i]);
	tarn__fence_acquire();
	expect_0("size", tarn_vector_size(journal, &size));
	if (size < least)
		wrong("the journal is shorter than it was");
	expect_0("read", tarn_vector_read(journal, size ? roll(size) : 0, records, 50, &got));
	look_at_records(records, got);
	if (size)
		expect_0("get", tarn_vector_get(journal, roll(size), records));
	if (size)
		look_at_records(records, 1);
}

/* ---- counters ---------------------------------------------------------------------------------- */

static int
transfer(struct tarn_txn *txn, void *unused)
{
	struct tarn_vector *in = tarn_vector_in(vectors[COUNTED], txn);
	uint64_t n = roll(100);
	int code = tarn_vector_fetch_add(in, roll(SUMMED), n, NULL);

	(void)unused;
	return code ? code : tarn_vector_fetch_add(in, roll(SUMMED), -n, NULL);
}

/* All of them turned by one: a change of many words. */
static int
rotate(struct tarn_txn *txn, void *unused)
{
	struct tarn_vector *in = tarn_vector_in(vectors[COUNTED], txn);
	uint64_t values[SUMMED + 1], got;
	int code = tarn_vector_read(in, 0, values + 1, SUMMED, &got);

	(void)unused;
	values[0] = values[SUMMED];
	if (!code)
		code = tarn_vector_erase(in, 0, SUMMED);
	return code ? code : tarn_vector_insert(in, 0, values, SUMMED);
}

static void
change_counters(void)
{
	struct tarn_object *object = tarn_vector_object(vectors[COUNTED]);
	uint64_t value, next;

	expect_0("add", tarn_vector_fetch_add(vectors[COUNTED], SUMMED, 1, NULL));
	report->adds++;
	expect_0("get", tarn_vector_get(vectors[COUNTED], SUMMED + 1, &value));
	next = value + 1;
	if (!tarn_vector_compare_and_swap(vectors[COUNTED], SUMMED + 1, &value, &next))
		report->swaps++;
	if (roll(3))
		return;
	expect_0("transfer", tarn_txn_run(arena, &object, 1, roll(4) ? transfer : rotate, NULL));
	report->transfers++;
}

static void
read_counters(struct tarn_vector *counters)
{
	uint64_t values[COUNTERS], sum = 0, got;
	struct tarn_vector_view view;

	expect_0("read", tarn_vector_read(counters, 0, values, COUNTERS, &got));
	for (unsigned i = 0; i < SUMMED; i++)
		sum += values[i];
	if (got != COUNTERS || sum != WHOLE)
		wrong("the sum is another");
	expect_0("view", tarn_vector_view(counters, &view));
	sum = 0;
	for (unsigned i = 0; i < SUMMED && i < view.count; i++)
		sum += tarn__load((const uint64_t *)view.data + i);
	if (tarn_vector_view_valid(counters, &view) && (view.count != COUNTERS || sum != WHOLE))
		wrong("the sum of the view is another");
}

/* ---- mixed ------------------------------------------------------------------------------------- */

static struct mixed
random_mixed(void)
{
	struct mixed mixed = { .a = (uint32_t)roll(UINT32_MAX), .b = (uint32_t)roll(1000) };

	mixed.sum = mixed.a * 31 + mixed.b;
	return mixed;
}

static int
by_b(const void *a, const void *b, void *unused)
{
	const struct mixed *one = a, *other = b;

	(void)unused;
	return (one->b > other->b) - (one->b < other->b);
}

/* Others have cut it short, or sorted it, meanwhile: that is no error. */
static void
expect_answer(const char *what, int code)
{
	if (code != TARN_NOT_FOUND && code != TARN_BUSY)
		expect_0(what, code);
}

static void
change_mixed(void)
{
	struct tarn_vector *mixed = vectors[roll(2) ? MIXED : MIXED_TOO];
	struct mixed values[30];
	uint64_t size, at;

	for (unsigned i = 0; i < 30; i++)
		values[i] = random_mixed();
	expect_0("size", tarn_vector_size(mixed, &size));
	at = roll(size + 1);
	report->changes++;
	switch (roll(40)) {
	case 0:
		expect_answer("sort", tarn_vector_sort(mixed, by_b, NULL));
		break;
	case 1:
		expect_0("swap", tarn_vector_swap(vectors[MIXED], vectors[MIXED_TOO]));
		break;
	case 2:
		expect_0("assign", tarn_vector_assign(mixed, values, 30));
		break;
	case 3:
		expect_0("shrink", tarn_vector_shrink_to_fit(mixed));
		break;
	case 4 ... 14:
		expect_answer("set", tarn_vector_set(mixed, at, values));
		break;
	case 15 ... 22:
		expect_answer("erase", tarn_vector_erase(mixed, at, roll(8)));
		break;
	case 23 ... 26:
		expect_answer("pop", tarn_vector_pop_back(mixed, NULL));
		break;
	default:
		if (size < MIXED_MOST)
			expect_answer("insert", tarn_vector_insert(mixed, at, values, roll(30)));
		else
			expect_0("clear", tarn_vector_clear(mixed));
	}
}

static void
read_mixed(struct tarn_vector *mixed)
{
	static _Thread_local struct mixed values[4 * MIXED_MOST];
	uint64_t got;

	expect_0("read", tarn_vector_read(mixed, 0, values, 4 * MIXED_MOST, &got));
	for (uint64_t i = 0; i < got; i++) {
		if (values[i].sum != values[i].a * 31 + values[i].b) {
			wrong("an element is not whole");
			return;
		}
	}
}

/* ---- bounded ----------------------------------------------------------------------------------- */

static void
change_bounded(void)
{
	uint64_t value;

	if (roll(2))
		report->pushes += tarn_vector_push_back(vectors[BOUNDED], &(uint64_t){ 7 }) == 0;
	else if (tarn_vector_pop_back(vectors[BOUNDED], &value) == 0 && value != 7)
		wrong("what was popped was never pushed");
}

static void
read_bounded(struct tarn_vector *bounded)
{
	static _Thread_local const void *data;
	struct tarn_vector_view view;
	uint64_t value, size;

	expect_0("view", tarn_vector_view(bounded, &view));
	if (data && data != view.data)
		wrong("it has moved");
	data = view.data;
	expect_0("size", tarn_vector_size(bounded, &size));
	if (size > BOUND)
		wrong("there are more than there may be");
	if (!tarn_vector_back(bounded, &value) && value != 7)
		wrong("an element was never pushed");
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_all(void)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		switch (roll(4)) {
		case 0:
			write_journal();
			break;
		case 1:
			change_counters();
			break;
		case 2:
			change_mixed();
			break;
		default:
			change_bounded();
		}
	}
	tarn__fetch_add(&control->stop, 1);
}

static void
read_all(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_vector *mine[VECTORS], **from = vectors;
	struct tarn_arena *again = NULL;
	char name[32];

	if (place == WRITERS) {
		snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
		expect_0("attach", tarn_arena_open(&again, name, &options, NULL));
		open_vectors(again, mine);
		from = mine;
	}
	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		read_journal(from[JOURNAL]);
		read_counters(from[COUNTED]);
		read_mixed(from[roll(2) ? MIXED : MIXED_TOO]);
		read_bounded(from[BOUNDED]);
		report->reads++;
	}
	for (unsigned i = 0; again && i < VECTORS; i++)
		tarn_vector_close(mine[i]);
	if (again)
		tarn_arena_close(again);
}

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

/* ---- the whole --------------------------------------------------------------------------------- */

static unsigned
wrong_sums(void)
{
	uint64_t values[COUNTERS], adds = 0, swaps = 0, records = 0, size, got;
	struct record *all;
	unsigned bad;

	for (unsigned i = 0; i < WRITERS; i++) {
		adds += control->reports[i].adds;
		swaps += control->reports[i].swaps;
		records += control->reports[i].records;
	}
	expect_0("read", tarn_vector_read(vectors[COUNTED], 0, values, COUNTERS, &got));
	bad = values[SUMMED] != adds;
	bad += values[SUMMED + 1] != swaps;
	expect_0("size", tarn_vector_size(vectors[JOURNAL], &size));
	bad += size != records;
	all = malloc(size * sizeof(*all));
	report = &control->reports[0];
	if (!all || tarn_vector_read(vectors[JOURNAL], 0, all, size, &got) || got != size)
		return bad + 1;
	look_at_records(all, size);
	free(all);
	return bad + (tarn_check(arena, NULL, NULL) != 0);
}

static void
prepare(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 30 };
	uint64_t values[COUNTERS] = { WHOLE };

	memset(control, 0, sizeof(*control));
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	create_vectors();
	expect_0("append", tarn_vector_append(vectors[COUNTED], values, COUNTERS));
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	uint64_t wrongs = 0, done = 0, reads = 0, transfers = 0, changes = 0;
	unsigned bad;

	prepare();
	run(&crew);
	bad = wrong_sums();
	for (unsigned i = 0; i < WORKERS; i++) {
		wrongs += control->reports[i].wrong;
		done += control->reports[i].done;
		reads += control->reports[i].reads;
		transfers += control->reports[i].transfers;
		changes += control->reports[i].changes;
	}
	printf("%s: %lu transfers, %lu mixed changes, %lu reads; %lu wrong, %u wrong sums, "
	       "%lu workers of %u done\n",
	       what, (unsigned long)transfers, (unsigned long)changes, (unsigned long)reads,
	       (unsigned long)wrongs, bad, (unsigned long)done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < VECTORS; i++)
		tarn_vector_close(vectors[i]);
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
