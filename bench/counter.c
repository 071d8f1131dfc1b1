// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.c -- shared counters of both sorts, beside an atomic in private memory
 *
 *	add	10,000,000 times 1
 *	get	as many times
 *
 * One thread, nobody else there.  Processor time.  What the peer does not
 * do: names, removal, death, other processes.
 */
#include "measure.h"

#include <stdlib.h>
#include <tarn.h>

#define MANY UINT64_C(10000000)

static struct tarn_arena *arena;
static struct tarn_counter *counters[2]; /* by sort */
static int64_t peer;

static void
must(int code)
{
	measure_must("counter", code);
}

static uint64_t
run_add(uint64_t n, uint64_t sort)
{
	uint64_t start = measure_now();

	for (uint64_t i = 0; i < n; i++)
		must(tarn_counter_add(counters[sort], 1, NULL));
	return measure_now() - start;
}

static uint64_t
run_get(uint64_t n, uint64_t sort)
{
	uint64_t start = measure_now(), sum = 0;
	int64_t value = 0;

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_counter_get(counters[sort], &value));
		sum += (uint64_t)value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
peer_add(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	for (uint64_t i = 0; i < n; i++)
		__atomic_fetch_add(&peer, 1, __ATOMIC_SEQ_CST);
	return measure_now() - start;
}

static struct measure_case cases[] = {
	{ .name = "add", .run = run_add, .n = MANY, .arg = TARN_TRANSACTIONAL },
	{ .name = "peer/add", .run = peer_add, .n = MANY },
	{ .name = "atomic/add", .run = run_add, .n = MANY, .arg = TARN_ATOMIC },
	{ .name = "peer/atomic/add", .run = peer_add, .n = MANY },
	{ .name = "get", .run = run_get, .n = MANY, .arg = TARN_TRANSACTIONAL },
	{ .name = "atomic/get", .run = run_get, .n = MANY, .arg = TARN_ATOMIC },
};

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	must(tarn_counter_open(arena, &counters[TARN_TRANSACTIONAL], "c", TARN_TRANSACTIONAL,
			       TARN_CREATE, NULL));
	must(tarn_counter_open(arena, &counters[TARN_ATOMIC], "a", TARN_ATOMIC, TARN_CREATE, NULL));
	code = measure("counter", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
