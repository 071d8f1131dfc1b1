// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.c -- strings among the living
 *
 * Three writers do a fixed number of random things each; two readers look
 * until the writers are done.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	log	lines of 16 bytes, appended; at the end all of them are there,
 *		those of a writer in order; a reader finds each line whole
 *	chosen	as many times one letter as that letter's place in the
 *		alphabet, times 10: assigned, replaced, compared and swapped
 *	left, right	in transactions letters go from the end of one to the
 *		beginning of the other: together they are always as long
 *
 * One reader has the arena attached a second time, for reading only and at
 * another address.
 */
#include "base/arith.h"
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
#define OPERATIONS 40000u /* of each writer */
#define READS_LEAST 200u
#define LINE 16u
#define TOGETHER 200u

enum which { LOG, CHOSEN, LEFT, RIGHT, STRINGS };

static const char *const names[STRINGS] = { "log", "chosen", "left", "right" };

/* What a worker has done; its own until it ends. */
struct report {
	uint64_t lines, changes, moves, reads, wrong, done;
};

static struct control {
	uint64_t present, stop;
	uint64_t lines[WRITERS]; /* acknowledged */
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_string *strings[STRINGS];
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
open_strings(struct tarn_arena *from, struct tarn_string **opened, enum tarn_open_mode how)
{
	for (unsigned i = 0; i < STRINGS; i++)
		expect_0(names[i], tarn_string_open(from, &opened[i], names[i], how, NULL));
}

/* ---- log --------------------------------------------------------------------------------------- */

static void
make_line(char *line, unsigned writer, uint64_t number)
{
	char text[LINE + 1];

	snprintf(text, sizeof(text), "%02u %07lu %04x\n", writer, (unsigned long)number,
		 (unsigned)(tarn__hash_u64(number, writer) & 0xffff));
	memcpy(line, text, LINE);
}

static void
write_lines(void)
{
	char lines[10 * LINE];
	uint64_t count = roll(10) + 1;

	for (uint64_t i = 0; i < count; i++)
		make_line(lines + i * LINE, place, report->lines + i);
	expect_0("append", tarn_string_append(strings[LOG], lines, count * LINE));
	report->lines += count;
	tarn__store_release(&control->lines[place], report->lines);
}

/* Each as it was written; of each writer the next one. */
static void
look_at_lines(const char *lines, uint64_t count)
{
	uint64_t next[WRITERS] = { 0 };
	unsigned long number;
	char expected[LINE];
	unsigned writer;

	for (uint64_t i = 0; i < count; i++) {
		if (sscanf(lines + i * LINE, "%u %lu", &writer, &number) != 2 || writer >= WRITERS) {
			wrong("a line is not one");
			return;
		}
		make_line(expected, writer, number);
		if (memcmp(expected, lines + i * LINE, LINE) != 0)
			wrong("a line is not whole");
		if (next[writer] && next[writer] != number + 1)
			wrong("a line is missing");
		next[writer] = number + 2;
	}
}

static void
read_log(struct tarn_string *from)
{
	char lines[30 * LINE + 1] = { 0 };
	uint64_t least = 0, size, got, index;

	for (unsigned i = 0; i < WRITERS; i++)
		least += tarn__load(&control->lines[i]);
	tarn__fence_acquire();
	expect_0("size", tarn_string_size(from, &size));
	if (size < least * LINE)
		wrong("the log is shorter than it was");
	expect_0("read", tarn_string_read(from, roll(size / LINE + 1) * LINE, lines, 30 * LINE, &got));
	look_at_lines(lines, got / LINE);
	if (size && (tarn_string_find(from, 0, "\n", 1, &index) || index != LINE - 1))
		wrong("the first line has another end");
}

/* ---- chosen ------------------------------------------------------------------------------------ */

static uint64_t
choose(char *text)
{
	uint64_t n = roll(26);

	memset(text, (int)('a' + n), n * 10);
	return n * 10;
}

static void
change_chosen(void)
{
	char text[260], old[260];
	uint64_t size = choose(text), old_size;
	int code;

	report->changes++;
	if (roll(2)) {
		expect_0("assign", roll(2) ? tarn_string_assign(strings[CHOSEN], text, size)
					   : tarn_string_replace(strings[CHOSEN], 0, TARN_STRING_END,
								 text, size));
		return;
	}
	expect_0("get", tarn_string_get(strings[CHOSEN], old, sizeof(old), &old_size));
	code = tarn_string_compare_and_swap(strings[CHOSEN], old, old_size, text, size);
	expect_0("swap", code == TARN_MISMATCH ? 0 : code);
}

static void
read_chosen(struct tarn_string *from)
{
	char text[260];
	uint64_t size;

	expect_0("get", tarn_string_get(from, text, sizeof(text), &size));
	for (uint64_t i = 0; i < size; i++) {
		if ((uint64_t)(text[i] - 'a') * 10 != size) {
			wrong("what was chosen is mixed");
			return;
		}
	}
}

/* ---- left and right ---------------------------------------------------------------------------- */

static int
move(struct tarn_txn *txn, void *unused)
{
	unsigned way = (unsigned)roll(2);
	struct tarn_string *from = tarn_string_in(strings[LEFT + way], txn);
	struct tarn_string *to = tarn_string_in(strings[RIGHT - way], txn);
	char text[TOGETHER];
	uint64_t size, count;
	int code = tarn_string_get(from, text, sizeof(text), &size);

	(void)unused;
	count = code ? 0 : roll(size + 1);
	if (!code)
		code = tarn_string_erase(from, size - count, TARN_STRING_END);
	return code ? code : tarn_string_insert(to, 0, text + size - count, count);
}

static int
measure_both(struct tarn_txn *txn, void *sum)
{
	uint64_t left, right;
	int code = tarn_string_size(tarn_string_in(strings[LEFT], txn), &left);

	if (!code)
		code = tarn_string_size(tarn_string_in(strings[RIGHT], txn), &right);
	if (!code)
		*(uint64_t *)sum = left + right;
	return code;
}

static void
change_both(void)
{
	struct tarn_object *objects[] = { tarn_string_object(strings[LEFT]),
					  tarn_string_object(strings[RIGHT]) };
	uint64_t together;

	if (roll(4)) {
		expect_0("move", tarn_txn_run(arena, objects, 2, move, NULL));
		report->moves++;
		return;
	}
	expect_0("measure", tarn_txn_run(arena, objects, 2, measure_both, &together));
	if (together != TOGETHER)
		wrong("together they have another length");
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
write_all(void)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t which = roll(3);

		if (which == 0)
			write_lines();
		else if (which == 1)
			change_chosen();
		else
			change_both();
	}
	tarn__fetch_add(&control->stop, 1);
}

static void
read_all(void)
{
	struct tarn_arena_options options = { .readonly = true, .elsewhere = true };
	struct tarn_string *mine[STRINGS], **from = strings;
	struct tarn_arena *again = NULL;
	char name[32];

	if (place == WRITERS) {
		snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
		expect_0("attach", tarn_arena_open(&again, name, &options, NULL));
		open_strings(again, mine, TARN_OPEN);
		from = mine;
	}
	while (tarn__load(&control->stop) < WRITERS || report->reads < READS_LEAST) {
		read_log(from[LOG]);
		read_chosen(from[CHOSEN]);
		report->reads++;
	}
	for (unsigned i = 0; again && i < STRINGS; i++)
		tarn_string_close(mine[i]);
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
wrong_ends(void)
{
	uint64_t lines = 0, left, right, size, got;
	char *all;

	for (unsigned i = 0; i < WRITERS; i++)
		lines += control->reports[i].lines;
	report = &control->reports[0];
	expect_0("size", tarn_string_size(strings[LEFT], &left));
	expect_0("size", tarn_string_size(strings[RIGHT], &right));
	expect_0("size", tarn_string_size(strings[LOG], &size));
	all = calloc(1, size + 1);
	if (!all || tarn_string_get(strings[LOG], all, size, &got) || got != lines * LINE)
		return 1;
	look_at_lines(all, lines);
	free(all);
	return (left + right != TOGETHER) + (tarn_check(arena, NULL, NULL) != 0);
}

static bool
passes(const char *what, void (*run)(const struct crew *))
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	uint64_t wrongs = 0, done = 0, reads = 0, lines = 0, moves = 0;
	char text[TOGETHER];
	unsigned bad;

	memset(control, 0, sizeof(*control));
	memset(text, '-', sizeof(text));
	expect_0("open", tarn_arena_open(&arena, "memfd:", &options, NULL));
	open_strings(arena, strings, TARN_CREATE);
	expect_0("assign", tarn_string_assign(strings[LEFT], text, sizeof(text)));
	run(&crew);
	bad = wrong_ends();
	for (unsigned i = 0; i < WORKERS; i++) {
		wrongs += control->reports[i].wrong;
		done += control->reports[i].done;
		reads += control->reports[i].reads;
		lines += control->reports[i].lines;
		moves += control->reports[i].moves;
	}
	printf("%s: %lu lines, %lu moves, %lu reads; %lu wrong, %u wrong ends, %lu workers of %u "
	       "done\n",
	       what, (unsigned long)lines, (unsigned long)moves, (unsigned long)reads,
	       (unsigned long)wrongs, bad, (unsigned long)done, WORKERS);
	fflush(stdout);
	for (unsigned i = 0; i < STRINGS; i++)
		tarn_string_close(strings[i]);
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
