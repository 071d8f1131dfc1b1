// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * measure.h -- rounds of cases, interleaved, and what comes out
 *
 * Every case once, then every case again, so that a machine that is slower
 * for a while is slower for all of them.  Prints a line of JSON a case, with
 * the median, and appends it to the file that the first argument names;
 * without one, to ../bench/results.jsonl beside $MESON_BUILD_ROOT; without
 * that, to none.
 */
#ifndef TARN_BENCH_MEASURE_H
#define TARN_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#define MEASURE_ROUNDS 5u

struct measure_case {
	const char *name;
	uint64_t (*run)(uint64_t n, uint64_t arg); /* ns for n operations */
	uint64_t n, arg;
	double ns[MEASURE_ROUNDS]; /* for one operation; sorted at the end */
};

/* Nanoseconds of this thread's processor time, which others on the machine disturb least. */
uint64_t measure_now(void);

/* Nanoseconds that have passed; for what waits. */
uint64_t measure_clock(void);

/* A call has failed: say so, and end. */
void measure_must(const char *what, int code);

/* What was computed, so that it had to be. */
void measure_sink(uint64_t value);

/*
 * Run and print them all; the exit code.  Where there are cases NAME and
 * peer/NAME, the ratio of their medians is printed too.
 */
int measure(const char *bench, struct measure_case *cases, size_t count, int argc, char **argv);

/* A number that is not a time, on a line of its own, after the others. */
void measure_number(const char *name, double value, const char *unit);

/* The same numbers in every run. */
uint64_t measure_random(uint64_t *state);
void measure_shuffle(uint64_t *numbers, size_t count, uint64_t seed);

#endif
