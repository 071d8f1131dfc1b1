// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.c -- blocks in shared memory, beside malloc()'s in private memory
 *
 *	pair/64		free one of 10,000 blocks at random, take another: 64
 *			bytes
 *	pair/mixed	the same with 100,000 blocks of 16 to 1,024 bytes
 *	burst/64	take 10,000, then free them all, in the same order
 *	large		100 KiB to 1 MiB, 100 of them; of each chunk of 64 KiB
 *			one word is written
 *
 * An operation is one alloc and one free.  The first word of each block that
 * was taken is written, in Tarn's case through an offset from the arena's
 * base.  One thread, whose processor time is measured, since others may run
 * beside it; rounds are interleaved.  peer/NAME is glibc's malloc().
 *
 * Prints a line of JSON a case, with the median, and appends it to the file
 * that the first argument names; without one, to ../bench/results.jsonl
 * beside $MESON_BUILD_ROOT; without that, to none.  The last lines are the
 * ratios of Tarn to malloc().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <tarn.h>

#define ROUNDS 5u
#define SMALL_LIVE 10000u
#define MIXED_LIVE 100000u
#define LARGE_LIVE 100u
#define CHOICES (1u << 20)
#define CHUNK 65536u

struct result {
	const char *name;
	double (*run)(void); /* ns for an operation */
	double ns[ROUNDS];
};

static struct tarn_arena *arena;
static char *base; /* of offsets */
static tarn_off *blocks;
static void **pointers;
static uint32_t *choices; /* random numbers, made before */

static void
must(const char *what, int code)
{
	if (!code)
		return;
	fprintf(stderr, "heap: %s: %s\n", what, tarn_error_message(code));
	exit(2);
}

static double
now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint64_t
mixed_size(uint32_t choice)
{
	return 16 + (choice >> 20) % 1009;
}

static uint64_t
large_size(uint32_t choice)
{
	return (100u << 10) + choice % (924u << 10);
}

/* ---- tarn -------------------------------------------------------------------------------------- */

static inline void
take(tarn_off *block, uint64_t size)
{
	must("alloc", tarn_alloc(arena, size, block));
	*(volatile uint64_t *)(base + *block) = size;
}

static double
run_pairs(void)
{
	double start;

	for (unsigned i = 0; i < SMALL_LIVE; i++)
		take(&blocks[i], 64);
	start = now();
	for (unsigned i = 0; i < 4 * CHOICES; i++) {
		tarn_off *block = &blocks[choices[i % CHOICES] % SMALL_LIVE];

		must("free", tarn_free(arena, *block));
		take(block, 64);
	}
	start = now() - start;
	for (unsigned i = 0; i < SMALL_LIVE; i++)
		must("free", tarn_free(arena, blocks[i]));
	return start / (4.0 * CHOICES);
}

static double
run_mixed(void)
{
	double start;

	for (unsigned i = 0; i < MIXED_LIVE; i++)
		take(&blocks[i], mixed_size(choices[i]));
	start = now();
	for (unsigned i = 0; i < CHOICES; i++) {
		tarn_off *block = &blocks[choices[i] % MIXED_LIVE];

		must("free", tarn_free(arena, *block));
		take(block, mixed_size(choices[CHOICES - 1 - i]));
	}
	start = now() - start;
	for (unsigned i = 0; i < MIXED_LIVE; i++)
		must("free", tarn_free(arena, blocks[i]));
	return start / CHOICES;
}

static double
run_bursts(void)
{
	double start = now();

	for (unsigned burst = 0; burst < 100; burst++) {
		for (unsigned i = 0; i < SMALL_LIVE; i++)
			take(&blocks[i], 64);
		for (unsigned i = 0; i < SMALL_LIVE; i++)
			must("free", tarn_free(arena, blocks[i]));
	}
	return (now() - start) / (100.0 * SMALL_LIVE);
}

static double
run_large(void)
{
	double start;

	memset(blocks, 0, LARGE_LIVE * sizeof(*blocks));
	start = now();
	for (unsigned i = 0; i < 20000; i++) {
		tarn_off *block = &blocks[choices[i] % LARGE_LIVE];
		uint64_t size = large_size(choices[i]);

		if (*block)
			must("free", tarn_free(arena, *block));
		take(block, size);
		for (uint64_t at = CHUNK; at < size; at += CHUNK)
			*(volatile uint64_t *)(base + *block + at) = at;
	}
	start = now() - start;
	for (unsigned i = 0; i < LARGE_LIVE; i++) {
		if (blocks[i])
			must("free", tarn_free(arena, blocks[i]));
	}
	return start / 20000;
}

/* ---- malloc ------------------------------------------------------------------------------------ */

static inline void
take_private(void **pointer, uint64_t size)
{
	*pointer = malloc(size);
	if (!*pointer)
		exit(2);
	*(volatile uint64_t *)*pointer = size;
}

static double
run_private_pairs(void)
{
	double start;

	for (unsigned i = 0; i < SMALL_LIVE; i++)
		take_private(&pointers[i], 64);
	start = now();
	for (unsigned i = 0; i < 4 * CHOICES; i++) {
		void **pointer = &pointers[choices[i % CHOICES] % SMALL_LIVE];

		free(*pointer);
		take_private(pointer, 64);
	}
	start = now() - start;
	for (unsigned i = 0; i < SMALL_LIVE; i++)
		free(pointers[i]);
	return start / (4.0 * CHOICES);
}

static double
run_private_mixed(void)
{
	double start;

	for (unsigned i = 0; i < MIXED_LIVE; i++)
		take_private(&pointers[i], mixed_size(choices[i]));
	start = now();
	for (unsigned i = 0; i < CHOICES; i++) {
		void **pointer = &pointers[choices[i] % MIXED_LIVE];

		free(*pointer);
		take_private(pointer, mixed_size(choices[CHOICES - 1 - i]));
	}
	start = now() - start;
	for (unsigned i = 0; i < MIXED_LIVE; i++)
		free(pointers[i]);
	return start / CHOICES;
}

static double
run_private_bursts(void)
{
	double start = now();

	for (unsigned burst = 0; burst < 100; burst++) {
		for (unsigned i = 0; i < SMALL_LIVE; i++)
			take_private(&pointers[i], 64);
		for (unsigned i = 0; i < SMALL_LIVE; i++)
			free(pointers[i]);
	}
	return (now() - start) / (100.0 * SMALL_LIVE);
}

static double
run_private_large(void)
{
	double start;

	memset(pointers, 0, LARGE_LIVE * sizeof(*pointers));
	start = now();
	for (unsigned i = 0; i < 20000; i++) {
		void **pointer = &pointers[choices[i] % LARGE_LIVE];
		uint64_t size = large_size(choices[i]);

		free(*pointer);
		take_private(pointer, size);
		for (uint64_t at = CHUNK; at < size; at += CHUNK)
			*(volatile uint64_t *)((char *)*pointer + at) = at;
	}
	start = now() - start;
	for (unsigned i = 0; i < LARGE_LIVE; i++)
		free(pointers[i]);
	return start / 20000;
}

/* ---- results ----------------------------------------------------------------------------------- */

/* Each of Tarn's right before its peer. */
static struct result results[] = {
	{ "pair/64", run_pairs, { 0 } },	 { "peer/pair/64", run_private_pairs, { 0 } },
	{ "pair/mixed", run_mixed, { 0 } },	 { "peer/pair/mixed", run_private_mixed, { 0 } },
	{ "burst/64", run_bursts, { 0 } },	 { "peer/burst/64", run_private_bursts, { 0 } },
	{ "large", run_large, { 0 } },		 { "peer/large", run_private_large, { 0 } },
};

#define RESULTS (sizeof(results) / sizeof(results[0]))

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(FILE *file, const struct result *result)
{
	fprintf(file,
		"{\"bench\": \"heap\", \"case\": \"%s\", \"ns_op\": %.1f, \"min\": %.1f, "
		"\"max\": %.1f, \"rounds\": %u}\n",
		result->name, result->ns[ROUNDS / 2], result->ns[0], result->ns[ROUNDS - 1], ROUNDS);
}

static void
print_ratio(FILE *file, const struct result *result)
{
	fprintf(file, "{\"bench\": \"heap\", \"case\": \"%s\", \"ratio_to_malloc\": %.2f}\n",
		result->name, result->ns[ROUNDS / 2] / result[1].ns[ROUNDS / 2]);
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
prepare(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena_stat stat;
	uint64_t random = 1;

	must("create", tarn_arena_open(&arena, "anon:", &options, NULL));
	must("stat", tarn_arena_stat(arena, &stat));
	base = stat.base;
	blocks = calloc(MIXED_LIVE, sizeof(*blocks));
	pointers = calloc(MIXED_LIVE, sizeof(*pointers));
	choices = calloc(CHOICES, sizeof(*choices));
	if (!blocks || !pointers || !choices)
		exit(2);
	for (unsigned i = 0; i < CHOICES; i++) {
		random = random * 6364136223846793005u + 1442695040888963407u;
		choices[i] = (uint32_t)(random >> 32);
	}
}

static void
print_all(FILE *file)
{
	for (size_t i = 0; i < RESULTS; i++)
		print(file, &results[i]);
	for (size_t i = 0; i < RESULTS; i += 2)
		print_ratio(file, &results[i]);
}

int
main(int argc, char **argv)
{
	FILE *file = open_results(argc > 1 ? argv[1] : NULL);

	prepare();
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < RESULTS; i++)
			results[i].ns[round] = results[i].run();
	}
	for (size_t i = 0; i < RESULTS; i++)
		qsort(results[i].ns, ROUNDS, sizeof(results[i].ns[0]), compare);
	print_all(stdout);
	if (file)
		print_all(file);
	free(blocks);
	free(pointers);
	free(choices);
	tarn_arena_close(arena);
	return file && fclose(file) ? 2 : 0;
}
