// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.c -- see queue.h
 *
 * Of each worker's numbers since the last comparison:
 *
 *	base        unsure  gap               done    begun
 *	| pushed ... | a batch | | pushed ...  | a batch |
 *
 * A number in a gap is used by none: so batches that the dead left behind do
 * not touch.
 */
#include "torture/queue.h"

#include <stdlib.h>
#include <string.h>

#define NUMBERS_MOST UINT64_C(1000000) /* of a worker, from comparison to comparison */
#define FULL UINT64_C(5000)
#define NEARLY_EMPTY UINT64_C(50)

enum state { PUSHED, UNSURE, GAP }; /* of a number below `done` */

struct torture_queue_journal {
	uint64_t draining;
	struct {
		uint64_t base, done, begun;	 /* numbers */
		uint64_t pops_begun, pops_done; /* plain ones */
		uint8_t states[NUMBERS_MOST];
		uint64_t seen[NUMBERS_MOST]; /* how often it was popped; at the end, or is there */
	} of[TORTURE_WORKERS];
	uint64_t unsure_pops;
};

void
torture_open_queue(struct torture_queue *queue)
{
	queue->journal = torture_memory(sizeof(*queue->journal));
}

/* Where to mark it; NULL: nobody has pushed that. */
static uint64_t *
mark_of(const struct torture_queue *queue, const struct torture_record *record)
{
	uint64_t base, index;

	if (record->place >= TORTURE_WORKERS || record->sum != torture_sum(record))
		return NULL;
	base = queue->journal->of[record->place].base;
	index = record->number - base;
	return index < NUMBERS_MOST ? &queue->journal->of[record->place].seen[index] : NULL;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
push(const struct torture_queue *queue, unsigned place, uint64_t count)
{
	uint64_t first = queue->journal->of[place].done;
	struct torture_record made[TORTURE_BATCH];

	if (first + count + 1 > queue->journal->of[place].base + NUMBERS_MOST)
		return;
	torture_make_records(made, place, first, count);
	tarn__store_release(&queue->journal->of[place].begun, first + count);
	torture_expect_0(queue->name, queue->push(made, count));
	tarn__store_release(&queue->journal->of[place].done, first + count);
}

static bool
pop(const struct torture_queue *queue, unsigned place)
{
	uint64_t *begun = &queue->journal->of[place].pops_begun;
	bool noted = torture_roll(2);
	struct torture_record record;
	uint64_t *mark;
	int code;

	tarn__store_release(begun, *begun + !noted);
	code = noted ? queue->pop_noted(place, &record) : queue->pop(&record);
	torture_expect_there(queue->name, code);
	if (!code) {
		mark = mark_of(queue, &record);
		torture_claim("a record that was pushed", mark);
		tarn__fetch_add(mark, 1);
	}
	tarn__store_release(&queue->journal->of[place].pops_done, *begun);
	return !code;
}

void
torture_act_queue(const struct torture_queue *queue, unsigned place)
{
	uint64_t size, count = torture_roll(3) ? 1 : torture_roll(TORTURE_BATCH) + 1;
	uint64_t *draining = &queue->journal->draining;

	torture_expect_0(queue->name, queue->size(&size));
	if (size > FULL || size < NEARLY_EMPTY)
		tarn__store(draining, size > FULL);
	if (torture_roll(4) < (tarn__load(draining) ? 1 : 3)) {
		push(queue, place, count);
		return;
	}
	while (count && pop(queue, place))
		count--;
}

/* ---- what the dead have done ------------------------------------------------------------------- */

static void
settle_push(const struct torture_queue *queue, unsigned place)
{
	struct torture_queue_journal *journal = queue->journal;
	uint64_t base = journal->of[place].base, done = journal->of[place].done;
	uint64_t begun = journal->of[place].begun;

	if (begun == done)
		return;
	torture_unsure++;
	memset(&journal->of[place].states[done - base], UNSURE, begun - done);
	journal->of[place].states[begun - base] = GAP;
	journal->of[place].begun = journal->of[place].done = begun + 1;
}

static void
settle_pop(const struct torture_queue *queue, unsigned place)
{
	struct torture_queue_journal *journal = queue->journal;
	uint64_t unsure = journal->of[place].pops_begun - journal->of[place].pops_done;
	struct torture_record noted;
	uint64_t *mark;
	int code = queue->noted(place, &noted);

	torture_unsure += unsure;
	journal->unsure_pops += unsure;
	journal->of[place].pops_done += unsure;
	torture_expect_there(queue->name, code);
	mark = code ? NULL : mark_of(queue, &noted);
	if (mark && !*mark) /* else an old one, or marked before death */
		tarn__fetch_add(mark, 1);
}

void
torture_settle_queue(const struct torture_queue *queue, unsigned place)
{
	settle_push(queue, place);
	settle_pop(queue, place);
}

static void
mark_present(const struct torture_queue *queue)
{
	struct torture_record *all;
	uint64_t count;

	torture_expect_0(queue->name, queue->size(&count));
	all = malloc(count * sizeof(*all) + 1);
	if (!all)
		abort();
	torture_expect_0(queue->name, queue->read(all, &count));
	for (uint64_t i = 0; i < count; i++) {
		uint64_t *mark = mark_of(queue, &all[i]);

		torture_lost += !mark;
		if (mark)
			++*mark;
	}
	free(all);
}

/* Of an unsure batch: whether any of it has been seen. */
static bool
was_pushed(const uint8_t *states, const uint64_t *seen, uint64_t first)
{
	for (uint64_t i = first; states[i] == UNSURE; i++) {
		if (seen[i])
			return true;
	}
	return false;
}

/* What is missing of this worker's. */
static uint64_t
compare_numbers(const uint8_t *states, const uint64_t *seen, uint64_t end)
{
	bool there = true; /* what is looked at was pushed */
	uint64_t missing = 0;

	for (uint64_t i = 0; i < end; i++) {
		if (states[i] != UNSURE)
			there = states[i] == PUSHED;
		else if (i == 0 || states[i - 1] != UNSURE)
			there = was_pushed(states, seen, i);
		torture_doubled += seen[i] > there ? seen[i] - there : 0;
		missing += there && !seen[i];
	}
	return missing;
}

void
torture_compare_queue(const struct torture_queue *queue)
{
	struct torture_queue_journal *journal = queue->journal;
	uint64_t missing = 0;

	mark_present(queue);
	for (unsigned i = 0; i < TORTURE_WORKERS; i++) {
		uint64_t end = journal->of[i].done - journal->of[i].base;

		missing += compare_numbers(journal->of[i].states, journal->of[i].seen, end);
		memset(journal->of[i].states, PUSHED, end);
		memset(journal->of[i].seen, 0, end * sizeof(journal->of[i].seen[0]));
		journal->of[i].base = journal->of[i].done;
	}
	torture_lost += missing > journal->unsure_pops ? missing - journal->unsure_pops : 0;
	journal->unsure_pops = 0;
	torture_expect_0(queue->name, queue->clear());
}
