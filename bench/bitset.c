// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- shared bitsets of both sorts, beside an array of words in
 * private memory
 *
 *	flip	of 1,000,000 bits, in random order
 *	test	likewise
 *	count	of 1,000,000 bits; ns for each
 *
 * One thread, nobody else there.  Processor time.  What the peer does not
 * do: names, removal, locks, death, other processes.
 */
#include "measure.h"

#include <stdlib.h>
#include <tarn.h>

#define BITS UINT64_C(1000000)
#define COUNTS 100u

static struct tarn_arena *arena;
static struct tarn_bitset *sets[2]; /* by sort */
static uint64_t *order, peer[BITS / 64 + 1];

static void
must(int code)
{
	measure_must("bitset", code);
}

static uint64_t
run_flip(uint64_t n, uint64_t sort)
{
	uint64_t start = measure_now();

	for (uint64_t i = 0; i < n; i++)
		must(tarn_bitset_flip(sets[sort], order[i]));
	return measure_now() - start;
}

static uint64_t
run_test(uint64_t n, uint64_t sort)
{
	uint64_t start = measure_now(), sum = 0;
	bool value = false;

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_bitset_test(sets[sort], order[i], &value));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_count(uint64_t n, uint64_t sort)
{
	uint64_t start = measure_now(), count = 0;

	for (uint64_t done = 0; done < n; done += BITS)
		must(tarn_bitset_count(sets[sort], &count));
	measure_sink(count);
	return measure_now() - start;
}

static uint64_t
peer_flip(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	for (uint64_t i = 0; i < n; i++)
		peer[order[i] / 64] ^= UINT64_C(1) << order[i] % 64;
	measure_sink(peer[3]);
	return measure_now() - start;
}

static uint64_t
peer_count(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), count = 0;

	(void)unused;
	for (uint64_t done = 0; done < n; done += BITS) {
		for (uint64_t i = 0; i <= BITS / 64; i++)
			count += (uint64_t)__builtin_popcountll(peer[i]);
		measure_sink(count);
	}
	return measure_now() - start;
}

static struct measure_case cases[] = {
	{ .name = "1M/flip", .run = run_flip, .n = BITS, .arg = TARN_TRANSACTIONAL },
	{ .name = "peer/1M/flip", .run = peer_flip, .n = BITS },
	{ .name = "atomic/1M/flip", .run = run_flip, .n = BITS, .arg = TARN_ATOMIC },
	{ .name = "1M/test", .run = run_test, .n = BITS, .arg = TARN_TRANSACTIONAL },
	{ .name = "1M/count", .run = run_count, .n = COUNTS * BITS, .arg = TARN_TRANSACTIONAL },
	{ .name = "peer/1M/count", .run = peer_count, .n = COUNTS * BITS },
};

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	order = malloc(BITS * sizeof(*order));
	if (!order)
		abort();
	for (uint64_t i = 0; i < BITS; i++)
		order[i] = i;
	measure_shuffle(order, BITS, 2);
	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned sort = 0; sort < 2; sort++)
		must(tarn_bitset_open(arena, &sets[sort], sort ? "a" : "s", (enum tarn_sort)sort, BITS,
				      TARN_CREATE, NULL));
	code = measure("bitset", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
