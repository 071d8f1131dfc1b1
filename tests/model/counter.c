// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- a million random operations on counters, beside plain numbers
 *
 * Three transactional counters and an atomic one.  A transaction changes the
 * three, and if it is aborted, copies of the numbers come back.  A seed as an
 * argument runs with that one.
 */
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define STEPS 1000000u
#define CHECK_EVERY 50000u
#define COUNTERS 4u /* the last is atomic */

static struct tarn_arena *arena;
static struct tarn_counter *handles[COUNTERS];
static struct tarn_txn *txn;
static uint64_t numbers[COUNTERS], before[COUNTERS];
static uint64_t step, dice, commits, aborts;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("step %lu, line %d: %s does not hold\n", (unsigned long)step, line, claim);
	exit(1);
}

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 7);
	return dice % below;
}

static struct tarn_counter *
handle_of(uint64_t which)
{
	return txn ? tarn_counter_in(handles[which], txn) : handles[which];
}

/* Mostly small, sometimes such that it wraps. */
static uint64_t
random_number(void)
{
	return roll(4) ? roll(100) - 50 : tarn__hash_u64(roll(1000), 9);
}

static void
random_call(uint64_t which)
{
	struct tarn_counter *counter = handle_of(which);
	uint64_t n = random_number(), expected = roll(2) ? numbers[which] : n;
	int64_t told = 0;
	int code;

	switch (roll(4)) {
	case 0:
		must(tarn_counter_set(counter, (int64_t)n) == 0);
		numbers[which] = n;
		return;
	case 1:
		code = tarn_counter_compare_and_swap(counter, (int64_t)expected, (int64_t)n);
		must(code == (expected == numbers[which] ? 0 : TARN_MISMATCH));
		numbers[which] = code ? numbers[which] : n;
		return;
	default:
		must(tarn_counter_add(counter, (int64_t)n, &told) == 0);
		must((uint64_t)told == numbers[which]);
		numbers[which] += n;
	}
}

static void
begin(void)
{
	struct tarn_object *objects[COUNTERS - 1];

	for (unsigned i = 0; i < COUNTERS - 1; i++)
		objects[i] = tarn_counter_object(handles[i]);
	must(tarn_txn_begin(arena, &txn, objects, COUNTERS - 1) == 0);
	memcpy(before, numbers, sizeof(numbers));
}

static void
end(void)
{
	if (roll(2)) {
		must(tarn_txn_commit(txn) == 0);
		commits++;
	} else {
		tarn_txn_abort(txn);
		memcpy(numbers, before, sizeof(numbers));
		aborts++;
	}
	txn = NULL;
}

static void
random_step(void)
{
	uint64_t which = roll(txn ? COUNTERS - 1 : COUNTERS);
	int64_t value = 0;

	if (!txn && !roll(100))
		begin();
	else if (txn && !roll(20))
		end();
	if (txn && which == COUNTERS - 1)
		which = 0;
	random_call(which);
	must(tarn_counter_get(handle_of(which), &value) == 0 && (uint64_t)value == numbers[which]);
	if (step % CHECK_EVERY)
		return;
	if (txn)
		end();
	must(tarn_check(arena, NULL, NULL) == 0);
}

static void
open_counters(enum tarn_open_mode how)
{
	static const char *const names[COUNTERS] = { "one", "two", "three", "bare" };

	for (unsigned i = 0; i < COUNTERS; i++)
		must(tarn_counter_open(arena, &handles[i], names[i],
				       i < COUNTERS - 1 ? TARN_TRANSACTIONAL : TARN_ATOMIC, how, NULL) == 0);
}

static void
close_counters(void)
{
	for (unsigned i = 0; i < COUNTERS; i++)
		tarn_counter_close(handles[i]);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4 };
	int64_t value;

	dice = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	open_counters(TARN_CREATE);
	for (step = 0; step < STEPS; step++)
		random_step();
	if (txn)
		end();
	close_counters();
	open_counters(TARN_OPEN);
	for (unsigned i = 0; i < COUNTERS; i++)
		must(tarn_counter_get(handles[i], &value) == 0 && (uint64_t)value == numbers[i]);
	close_counters();
	tarn_arena_close(arena);
	printf("%u calls, %lu commits, %lu aborts\n", STEPS, (unsigned long)commits,
	       (unsigned long)aborts);
	printf("1 passed, 0 failed\n");
	return 0;
}
