// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_work.h -- the workload of vectors: one library, once
 *
 *	push	10,000,000 numbers onto a new vector, one by one, growth
 *		and the first touch of its memory included; ns for each
 *	append	10,000 at a time, up to 1,000,000, into room that was there
 *		before; ns for each number
 *	sum	of 1,000,000, where they lie; ns for each
 *
 * Processor time; append and sum are medians of TIMES.  A file that includes
 * this last has defined new_vector(), an empty one with memory that nobody has
 * touched; push(number); empty(), which keeps the room; append(numbers, count);
 * and sum().
 */
#include "clock.h"

#include <stdio.h>

#define MANY 10000000u
#define SOME 1000000u
#define BATCH 10000u
#define TIMES 11u

static uint64_t numbers[BATCH];
static volatile uint64_t sink;

static double
run_push(void)
{
	uint64_t start;

	new_vector();
	start = peer_now();
	for (uint64_t i = 0; i < MANY; i++)
		push(i);
	return (double)(peer_now() - start) / MANY;
}

static double
run_append(void)
{
	uint64_t start;

	empty();
	start = peer_now();
	for (uint64_t done = 0; done < SOME; done += BATCH)
		append(numbers, BATCH);
	return (double)(peer_now() - start) / SOME;
}

static double
run_sum(void)
{
	uint64_t start = peer_now();

	sink += sum();
	return (double)(peer_now() - start) / SOME;
}

static double
median(double (*run)(void))
{
	double figures[TIMES];

	(void)run(); /* the memory is there from now on */
	for (unsigned i = 0; i < TIMES; i++)
		figures[i] = run();
	return peer_median(figures, TIMES);
}

int
main(void)
{
	for (uint64_t i = 0; i < BATCH; i++)
		numbers[i] = i * UINT64_C(0x9e3779b97f4a7c15);
	printf("push %.4f\n", run_push());
	printf("append %.4f\n", median(run_append));
	printf("sum %.4f\n", median(run_sum));
	return 0;
}
