// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * measure.c -- rounds of cases, interleaved, and what comes out
 *
 * See measure.h.  One program links this with its own cases.
 */
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <tarn.h>
#include <time.h>

#define NUMBERS 32u

static struct {
	const char *name, *unit;
	double value;
} numbers[NUMBERS];

static unsigned number_count;
static volatile uint64_t sink;

static uint64_t
read_clock(clockid_t id)
{
	struct timespec time;

	if (clock_gettime(id, &time))
		abort();
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uint64_t
measure_now(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

uint64_t
measure_clock(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void
measure_must(const char *what, int code)
{
	if (!code)
		return;
	fprintf(stderr, "%s: %s\n", what, tarn_error_message(code));
	exit(2);
}

void
measure_sink(uint64_t value)
{
	sink += value;
}

void
measure_number(const char *name, double value, const char *unit)
{
	if (number_count == NUMBERS)
		abort();
	numbers[number_count].name = name;
	numbers[number_count].value = value;
	numbers[number_count++].unit = unit;
}

/* splitmix64: Steele, Lea, Flood, OOPSLA 2014 */
uint64_t
measure_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

void
measure_shuffle(uint64_t *list, size_t count, uint64_t seed)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = measure_random(&seed) % i;
		uint64_t kept = list[i - 1];

		list[i - 1] = list[other];
		list[other] = kept;
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(FILE *file, const char *bench, const struct measure_case *one)
{
	fprintf(file,
		"{\"bench\": \"%s\", \"case\": \"%s\", \"ns_op\": %.1f, \"min\": %.1f, "
		"\"max\": %.1f, \"rounds\": %u}\n",
		bench, one->name, one->ns[MEASURE_ROUNDS / 2], one->ns[0],
		one->ns[MEASURE_ROUNDS - 1], MEASURE_ROUNDS);
}

static void
print_numbers(FILE *file, const char *bench)
{
	for (unsigned i = 0; i < number_count; i++)
		fprintf(file, "{\"bench\": \"%s\", \"case\": \"%s\", \"%s\": %.1f}\n", bench,
			numbers[i].name, numbers[i].unit, numbers[i].value);
}

static void
print_ratios(FILE *file, const char *bench, const struct measure_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < count; k++) {
			if (strncmp(cases[k].name, "peer/", 5) != 0 ||
			    strcmp(cases[k].name + 5, cases[i].name) != 0)
				continue;
			fprintf(file, "{\"bench\": \"%s\", \"case\": \"%s\", \"ratio\": %.2f}\n",
				bench, cases[i].name,
				cases[i].ns[MEASURE_ROUNDS / 2] / cases[k].ns[MEASURE_ROUNDS / 2]);
		}
	}
}

/* NULL: no file is wanted. */
static FILE *
open_results(const char *path)
{
	const char *build = getenv("MESON_BUILD_ROOT");
	char text[4096], folder[4096];
	FILE *file;
	char *slash;

	if (!path && !build)
		return NULL;
	(void)snprintf(text, sizeof(text), "%s%s", path ? path : build,
		       path ? "" : "/../bench/results.jsonl");
	memcpy(folder, text, sizeof(folder));
	slash = strrchr(folder, '/');
	if (slash)
		*slash = 0;
	if (slash && mkdir(folder, 0777) && errno != EEXIST)
		perror(folder);
	file = fopen(text, "a");
	if (!file) {
		perror(text);
		exit(2);
	}
	return file;
}

static void
run_rounds(struct measure_case *cases, size_t count)
{
	for (unsigned round = 0; round < MEASURE_ROUNDS; round++) {
		for (size_t i = 0; i < count; i++) {
			uint64_t ns = cases[i].run(cases[i].n, cases[i].arg);

			cases[i].ns[round] = (double)ns / (double)cases[i].n;
		}
	}
}

int
measure(const char *bench, struct measure_case *cases, size_t count, int argc, char **argv)
{
	FILE *file = open_results(argc > 1 ? argv[1] : NULL);

	run_rounds(cases, count);
	for (size_t i = 0; i < count; i++) {
		qsort(cases[i].ns, MEASURE_ROUNDS, sizeof(cases[i].ns[0]), compare);
		print(stdout, bench, &cases[i]);
		if (file)
			print(file, bench, &cases[i]);
	}
	print_ratios(stdout, bench, cases, count);
	print_numbers(stdout, bench);
	if (file) {
		print_ratios(file, bench, cases, count);
		print_numbers(file, bench);
	}
	return file && fclose(file) ? 2 : 0;
}
