// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- counters of both sorts under real kills: see torture.h
 *
 *	locked, bare	one of each sort; a worker's field of 16 bits is its own,
 *			and its journal says from what to what it changes
 *	left, right	in transactions: what one gains the other loses
 *	number		one for each worker
 *
 *	journal of a worker	of locked, bare and left: field now | field next
 */
#include "torture/torture.h"

#include <stdio.h>

#define WORKERS TORTURE_WORKERS
#define FIELD_BITS 16u
#define FIELD_MOST 0x7fffu /* so no sum is below 0 */

enum which { LOCKED, BARE, LEFT, JOURNALED, RIGHT = JOURNALED, COUNTERS };

static const char *const names[COUNTERS] = { "locked", "bare", "gains", "losses" };

static struct journal {
	uint64_t now[JOURNALED], next[JOURNALED];
} *journals;

static struct tarn_counter *counters[COUNTERS], *numbers[WORKERS];

static int64_t
sum_of(struct tarn_counter *counter)
{
	int64_t sum;

	torture_expect_0("get", tarn_counter_get(counter, &sum));
	return sum;
}

static uint64_t
field_of(int64_t sum, unsigned place)
{
	return (uint64_t)sum >> place * FIELD_BITS & ((UINT64_C(1) << FIELD_BITS) - 1);
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
add(enum which which, int64_t n, unsigned place)
{
	int64_t before;

	torture_expect_0("add", tarn_counter_add(counters[which], n, &before));
	torture_claim("field", field_of(before, place) == journals[place].now[which]);
}

static void
swap(enum which which, int64_t n, unsigned place)
{
	int64_t seen;
	int code;

	do {
		seen = sum_of(counters[which]);
		torture_claim("field", field_of(seen, place) == journals[place].now[which]);
		code = tarn_counter_compare_and_swap(counters[which], seen, seen + n);
	} while (code == TARN_MISMATCH);
	torture_expect_0("swap", code);
}

static int
change_both(struct tarn_txn *txn, void *n)
{
	int code = tarn_counter_add(tarn_counter_in(counters[LEFT], txn), *(int64_t *)n, NULL);

	if (!code)
		code = tarn_counter_add(tarn_counter_in(counters[RIGHT], txn), -*(int64_t *)n, NULL);
	return code;
}

static void
act(unsigned place)
{
	struct tarn_object *both[] = { tarn_counter_object(counters[LEFT]),
				       tarn_counter_object(counters[RIGHT]) };
	struct journal *journal = &journals[place];
	enum which which = (enum which)torture_roll(JOURNALED);
	uint64_t next = torture_roll(FIELD_MOST + 1);
	int64_t n = ((int64_t)next - (int64_t)journal->now[which]) *
		    (INT64_C(1) << place * FIELD_BITS);

	tarn__store_release(&journal->next[which], next);
	if (which == LEFT)
		torture_expect_0("transaction",
				 tarn_txn_run(torture_arena, both, 2, change_both, &n));
	else if (torture_roll(4))
		add(which, n, place);
	else
		swap(which, n, place);
	tarn__store_release(&journal->now[which], next);
}

/* ---- what the dead have done ------------------------------------------------------------------- */

static void
settle(unsigned place)
{
	struct journal *journal = &journals[place];

	for (enum which i = 0; i < JOURNALED; i++) {
		uint64_t found = field_of(sum_of(counters[i]), place);

		torture_unsure += journal->next[i] != journal->now[i];
		torture_lost += found != journal->now[i] && found != journal->next[i];
		journal->now[i] = journal->next[i] = found;
	}
}

static void
compare(void)
{
	for (enum which i = 0; i < JOURNALED; i++) {
		uint64_t sum = 0;

		for (unsigned place = 0; place < WORKERS; place++)
			sum += journals[place].now[i] << place * FIELD_BITS;
		torture_lost += (uint64_t)sum_of(counters[i]) != sum;
	}
	torture_lost += sum_of(counters[LEFT]) + sum_of(counters[RIGHT]) != 0;
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
open_one(struct tarn_counter **counter, const char *name, enum tarn_sort sort)
{
	torture_expect_0("open", tarn_counter_open(torture_arena, counter, name, sort, TARN_CREATE,
						   NULL));
}

static void
open_counters(void)
{
	char name[32];

	journals = torture_memory(WORKERS * sizeof(*journals));
	for (enum which i = 0; i < COUNTERS; i++)
		open_one(&counters[i], names[i], i == BARE ? TARN_ATOMIC : TARN_TRANSACTIONAL);
	for (unsigned i = 0; i < WORKERS; i++) {
		snprintf(name, sizeof(name), "number %u", i);
		open_one(&numbers[i], name, TARN_TRANSACTIONAL);
	}
}

static void
close_counters(void)
{
	for (enum which i = 0; i < COUNTERS; i++)
		tarn_counter_close(counters[i]);
	for (unsigned i = 0; i < WORKERS; i++)
		tarn_counter_close(numbers[i]);
}

static struct tarn_object *
object(unsigned place)
{
	return tarn_counter_object(numbers[place]);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	return tarn_counter_set(tarn_counter_in(numbers[place], txn), (int64_t)number);
}

static int
get_number(unsigned place, uint64_t *number)
{
	*number = (uint64_t)sum_of(numbers[place]);
	return 0;
}

const struct torture_kind torture_counter = {
	"counter", open_counters, close_counters, act, settle, compare, object, set_number, get_number,
};
