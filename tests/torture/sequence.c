// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * sequence.c -- see torture.h: records that are appended, and must be there
 * once, whole, each worker's in their order
 *
 *	begun[w] >= records of w in the container >= done[w]
 */
#include "torture/torture.h"

#include "base/hash.h"

#include <stdlib.h>

#define RECORDS_MOST UINT64_C(1000000)
#define WINDOW UINT64_C(1000)

uint64_t
torture_sum(const struct torture_record *record)
{
	return tarn__hash_u64(record->place * 1000003 + record->number, 9);
}

void
torture_make_records(struct torture_record *made, unsigned place, uint64_t first, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		made[i] = (struct torture_record){ .place = place, .number = first + i };
		made[i].sum = torture_sum(&made[i]);
	}
}

void
torture_append(const struct torture_sequence *sequence, unsigned place)
{
	struct torture_record made[TORTURE_BATCH];
	uint64_t first = sequence->numbers->done[place];
	uint64_t count = torture_roll(3) ? 1 : torture_roll(TORTURE_BATCH) + 1;

	if (sequence->size() > RECORDS_MOST)
		return;
	torture_make_records(made, place, first, count);
	tarn__store_release(&sequence->numbers->begun[place], first + count);
	torture_expect_0(sequence->name, sequence->append(made, count));
	tarn__store_release(&sequence->numbers->done[place], first + count);
}

/* The number after that of the worker's last record. */
static uint64_t
next_number(const struct torture_sequence *sequence, unsigned place)
{
	static struct torture_record window[WINDOW];
	uint64_t end = sequence->size();

	while (end) {
		uint64_t from = end > WINDOW ? end - WINDOW : 0;

		torture_expect_0(sequence->name, sequence->read(from, window, end - from));
		for (uint64_t i = end - from; i > 0; i--) {
			if (window[i - 1].place == place)
				return window[i - 1].number + 1;
		}
		end = from;
	}
	return 0;
}

void
torture_settle_sequence(const struct torture_sequence *sequence, unsigned place)
{
	uint64_t next, done = sequence->numbers->done[place], begun = sequence->numbers->begun[place];

	if (begun == done)
		return;
	torture_unsure++;
	next = next_number(sequence, place);
	torture_lost += next < done ? done - next : 0;
	torture_doubled += next > begun ? next - begun : 0;
	torture_lost += next != done && next != begun; /* some of a batch */
	sequence->numbers->done[place] = sequence->numbers->begun[place] = next;
}

static void
compare_records(const struct torture_sequence *sequence, const struct torture_record *all,
		uint64_t count)
{
	uint64_t next[TORTURE_WORKERS] = { 0 };

	for (uint64_t i = 0; i < count; i++) {
		const struct torture_record *record = &all[i];

		if (record->place >= TORTURE_WORKERS || record->sum != torture_sum(record))
			torture_lost++;
		else if (record->number < next[record->place])
			torture_doubled++;
		else if (record->number > next[record->place]++)
			torture_lost++;
	}
	for (unsigned i = 0; i < TORTURE_WORKERS; i++) {
		uint64_t done = sequence->numbers->done[i];

		torture_lost += next[i] < done ? done - next[i] : 0;
		torture_doubled += next[i] > done ? next[i] - done : 0;
	}
}

void
torture_compare_sequence(const struct torture_sequence *sequence)
{
	uint64_t count = sequence->size();
	struct torture_record *all = malloc(count * sizeof(*all) + 1);

	if (!all)
		abort();
	torture_expect_0(sequence->name, sequence->read(0, all, count));
	compare_records(sequence, all, count);
	free(all);
	torture_expect_0(sequence->name, sequence->clear());
	for (unsigned i = 0; i < TORTURE_WORKERS; i++)
		sequence->numbers->begun[i] = sequence->numbers->done[i] = 0;
}
