// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * clock.h -- processor time, the clock, and the same random numbers in every run
 *
 * For the programs here, which must not need the library that they are
 * compared with; measure.h has the same for those that do.  C and C++.
 */
#ifndef TARN_BENCH_PEER_CLOCK_H
#define TARN_BENCH_PEER_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Nanoseconds of this thread's processor time. */
static inline uint64_t
peer_now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Nanoseconds that have passed. */
static inline uint64_t
peer_clock(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* splitmix64: Steele, Lea, Flood, OOPSLA 2014 */
static inline uint64_t
peer_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline void
peer_shuffle(uint64_t *list, size_t count, uint64_t seed)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = peer_random(&seed) % i;
		uint64_t kept = list[i - 1];

		list[i - 1] = list[other];
		list[other] = kept;
	}
}

/* Of a few numbers, which it sorts. */
static inline double
peer_median(double *list, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		for (size_t k = i; k > 0 && list[k - 1] > list[k]; k--) {
			double kept = list[k];

			list[k] = list[k - 1];
			list[k - 1] = kept;
		}
	}
	return list[count / 2];
}

#endif
