// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_work.h -- the workload of deques: one library, once
 *
 *	fifo	a number comes at the back and one goes at the front, with 1,000
 *		there all the time; ns for both
 *
 * Processor time, the median of TIMES.  A file that includes this last has
 * defined new_deque(), an empty one; push(number); and pop(), which returns
 * the first.
 */
#include "clock.h"

#include <stdio.h>

#define MANY 5000000u
#define FEW 1000u
#define TIMES 11u

static volatile uint64_t sink;

static double
run_fifo(void)
{
	uint64_t start = peer_now(), sum = 0;

	for (uint64_t i = 0; i < MANY; i++) {
		push(i);
		sum += pop();
	}
	sink += sum;
	return (double)(peer_now() - start) / MANY;
}

int
main(void)
{
	double figures[TIMES];

	new_deque();
	for (uint64_t i = 0; i < FEW; i++)
		push(i);
	(void)run_fifo(); /* the memory is there from now on */
	for (unsigned i = 0; i < TIMES; i++)
		figures[i] = run_fifo();
	printf("fifo %.4f\n", peer_median(figures, TIMES));
	return 0;
}
