// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap_work.h -- the workload of allocators: one library, once
 *
 *	pair/64		free one of 10,000 blocks at random, take another: 64
 *			bytes; ns for both
 *	pair/mixed	the same with 100,000 blocks of 16 to 1,024 bytes
 *	batch/alloc	1,000,000 blocks of 48 bytes, of memory that was used before
 *	batch/order	free them in the order in which they were taken
 *	batch/random	free them in random order
 *	large		64 KiB to 4 MiB, 64 live; a word of each 4 KiB is written
 *	two/64, two/mixed	both pairs by two at once; ns for one operation,
 *			so that two that do not disturb each other take half
 *	handover	one takes 64 bytes and writes them, the other reads and
 *			frees them; ns of both; waiting is not counted
 *	backed		memory that was got from the kernel for a byte in use,
 *			with blocks as of pair/mixed, all written
 *
 * A file that includes this last has defined before:
 *
 *	block			what names a block
 *	take(size), give(block)	with that type
 *	memory(block)		where it is in this process
 *	open_heap(), backed()	the latter: bytes got so far
 *	WITH_THREADS		1: two are two threads; 0: processes, and
 *	join_heap()		is called in the second one
 *	TIMES			perhaps: 1, where it takes long
 *
 * Prints a line a case: its name and a number, ns for an operation unless
 * said otherwise; processor time; the median of TIMES, but of backed and large.
 * C and C++.
 */
#include "clock.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef TIMES
#define TIMES 3u
#endif
#define SMALL_LIVE 10000u
#define MIXED_LIVE 100000u
#define LARGE_LIVE 64u
#define BATCH 1000000u
#define CHOICES (1u << 20)
#define HAND 512u  /* blocks handed over at once */
#define HANDS 8u   /* of them under way */
#define HANDED 4000u

/* What two share: what each took, and blocks on their way. */
struct both {
	uint64_t ns[2];
	uint32_t ready;
	uint32_t given __attribute__((aligned(64))), got __attribute__((aligned(64)));
	block hands[HANDS][HAND] __attribute__((aligned(64)));
};

static uint64_t *choices; /* random numbers, made before */
static struct both *both;

static void
result(const char *name, double value)
{
	printf("%s %.3f\n", name, value);
}

static void *
room(size_t count, size_t size)
{
	void *list = calloc(count, size);

	if (!list)
		abort();
	memset(list, 1, count * size);
	return list;
}

static inline size_t
mixed_size(uint64_t choice)
{
	return 16 + (choice >> 40) % 1009;
}

static inline block
take_and_write(size_t size)
{
	block got = take(size);

	*(volatile uint64_t *)memory(got) = size;
	return got;
}

/* ---- pairs ------------------------------------------------------------------------------------- */

/* count operations on so many blocks; size 0: mixed. */
static uint64_t
pairs(unsigned live, size_t size, unsigned count, unsigned shift)
{
	block *blocks = (block *)room(live, sizeof(*blocks));
	uint64_t start;

	for (unsigned i = 0; i < live; i++)
		blocks[i] = take_and_write(size ? size : mixed_size(choices[i]));
	start = peer_now();
	for (unsigned i = 0; i < count; i++) {
		uint64_t choice = choices[(i + shift) % CHOICES];
		block *one = &blocks[(uint32_t)choice % live];

		give(*one);
		*one = take_and_write(size ? size : mixed_size(choice));
	}
	start = peer_now() - start;
	for (unsigned i = 0; i < live; i++)
		give(blocks[i]);
	free(blocks);
	return start;
}

/* The median of what so many calls return. */
static void
repeat(const char *name, double (*once)(void))
{
	double figures[TIMES];

	for (unsigned i = 0; i < TIMES; i++)
		figures[i] = once();
	result(name, peer_median(figures, TIMES));
}

static double
pair_fixed(void)
{
	return (double)pairs(SMALL_LIVE, 64, 4 * CHOICES, 0) / (4.0 * CHOICES);
}

static double
pair_mixed(void)
{
	return (double)pairs(MIXED_LIVE, 0, 2 * CHOICES, 0) / (2.0 * CHOICES);
}

static void
run_pairs(void)
{
	(void)pairs(SMALL_LIVE, 64, CHOICES / 4, 0);
	repeat("pair/64", pair_fixed);
	(void)pairs(MIXED_LIVE, 0, CHOICES / 4, 0);
	repeat("pair/mixed", pair_mixed);
}

/* ---- batches ----------------------------------------------------------------------------------- */

static block *batch;
static uint64_t *batch_order;

static double
take_batch(void)
{
	uint64_t start = peer_now();

	for (unsigned i = 0; i < BATCH; i++)
		batch[i] = take_and_write(48);
	return (double)(peer_now() - start) / BATCH;
}

static double
give_batch(void)
{
	uint64_t start = peer_now();

	for (unsigned i = 0; i < BATCH; i++)
		give(batch[batch_order[i]]);
	return (double)(peer_now() - start) / BATCH;
}

static double
batch_taken(void)
{
	double ns = take_batch();

	(void)give_batch();
	return ns;
}

static double
batch_given(void)
{
	(void)take_batch();
	return give_batch();
}

static void
run_batches(void)
{
	batch = (block *)room(BATCH, sizeof(*batch));
	batch_order = (uint64_t *)room(BATCH, sizeof(*batch_order));
	for (uint64_t i = 0; i < BATCH; i++)
		batch_order[i] = i;
	repeat("batch/order", batch_given);
	repeat("batch/alloc", batch_taken);
	peer_shuffle(batch_order, BATCH, 2);
	repeat("batch/random", batch_given);
	free(batch);
	free(batch_order);
}

static void
run_large(void)
{
	block blocks[LARGE_LIVE];
	uint64_t start = 0;

	for (unsigned i = 0; i < LARGE_LIVE; i++)
		blocks[i] = take_and_write(65536);
	for (unsigned i = 0; i < 3000; i++) {
		block *one = &blocks[(uint32_t)choices[i] % LARGE_LIVE];
		size_t size = 65536 + (choices[i] >> 32) % (4128768);

		if (i == 1000)
			start = peer_now();
		give(*one);
		*one = take_and_write(size);
		for (size_t at = 0; at < size; at += 4096)
			*((volatile char *)memory(*one) + at) = 1;
	}
	result("large", (double)(peer_now() - start) / 2000);
	for (unsigned i = 0; i < LARGE_LIVE; i++)
		give(blocks[i]);
}

/* ---- two at once ------------------------------------------------------------------------------- */

/* Both run role(0) and role(1), at the same time. */
static void (*role)(unsigned);

static void
wait_for_both(void)
{
	(void)__atomic_add_fetch(&both->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&both->ready, __ATOMIC_ACQUIRE) < 2)
		(void)sched_yield();
}

static void *
second(void *unused)
{
	if (!WITH_THREADS)
		join_heap();
	wait_for_both();
	role(1);
	return unused;
}

static void
run_both(void (*what)(unsigned))
{
	pthread_t thread;
	pid_t child = -1;

	role = what;
	both->ready = both->given = both->got = 0;
	both->ns[0] = both->ns[1] = 0;
	(void)fflush(stdout);
	if (WITH_THREADS) {
		if (pthread_create(&thread, NULL, second, NULL))
			abort();
	} else if ((child = fork()) == 0) {
		(void)second(NULL);
		_exit(0);
	}
	wait_for_both();
	role(0);
	if (WITH_THREADS)
		(void)pthread_join(thread, NULL);
	else
		(void)waitpid(child, NULL, 0);
}

static void
two_fixed(unsigned which)
{
	both->ns[which] = pairs(SMALL_LIVE, 64, 4 * CHOICES, which * 1000);
}

static void
two_mixed(unsigned which)
{
	both->ns[which] = pairs(MIXED_LIVE, 0, CHOICES, which * 1000);
}

static double
slower(void)
{
	return (double)(both->ns[0] > both->ns[1] ? both->ns[0] : both->ns[1]);
}

/* ---- one takes, the other gives ---------------------------------------------------------------- */

static void
hand(uint32_t number)
{
	block *blocks = both->hands[number % HANDS];
	uint64_t start = peer_now();

	for (unsigned i = 0; i < HAND; i++) {
		blocks[i] = take(64);
		memset(memory(blocks[i]), (int)number, 64);
	}
	both->ns[0] += peer_now() - start;
	__atomic_store_n(&both->given, number + 1, __ATOMIC_RELEASE);
}

static void
receive(uint32_t number)
{
	const block *blocks = both->hands[number % HANDS];
	uint64_t start = peer_now();

	for (unsigned i = 0; i < HAND; i++) {
		if (*(volatile char *)memory(blocks[i]) != (char)number)
			abort();
		give(blocks[i]);
	}
	both->ns[1] += peer_now() - start;
	__atomic_store_n(&both->got, number + 1, __ATOMIC_RELEASE);
}

static void
handover(unsigned which)
{
	for (uint32_t i = 0; i < HANDED; i++) {
		if (which == 0) {
			while (i - __atomic_load_n(&both->got, __ATOMIC_ACQUIRE) >= HANDS)
				(void)sched_yield();
			hand(i);
		} else {
			while (__atomic_load_n(&both->given, __ATOMIC_ACQUIRE) == i)
				(void)sched_yield();
			receive(i);
		}
	}
}

static double
together_fixed(void)
{
	run_both(two_fixed);
	return slower() / (8.0 * CHOICES);
}

static double
together_mixed(void)
{
	run_both(two_mixed);
	return slower() / (2.0 * CHOICES);
}

static double
handed_over(void)
{
	run_both(handover);
	return (double)(both->ns[0] + both->ns[1]) / ((double)HANDED * HAND);
}

static void
run_two(void)
{
	repeat("two/64", together_fixed);
	repeat("two/mixed", together_mixed);
	repeat("handover", handed_over);
}

/* ---- memory ------------------------------------------------------------------------------------ */

/* Pages of this process that are in memory. */
static inline double
resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long total = 0, pages = 0;

	if (!file || fscanf(file, "%lu %lu", &total, &pages) != 2)
		abort();
	(void)fclose(file);
	return (double)pages * 4096;
}

static void
run_backed(void)
{
	block *blocks = (block *)room(MIXED_LIVE, sizeof(*blocks));
	size_t *sizes = (size_t *)room(MIXED_LIVE, sizeof(*sizes));
	double before = backed(), live = 0;

	for (unsigned i = 0; i < MIXED_LIVE; i++) {
		sizes[i] = mixed_size(choices[i]);
		blocks[i] = take(sizes[i]);
		memset(memory(blocks[i]), 1, sizes[i]);
	}
	for (unsigned i = 0; i < CHOICES; i++) {
		unsigned at = (uint32_t)choices[i] % MIXED_LIVE;

		give(blocks[at]);
		sizes[at] = mixed_size(choices[i]);
		blocks[at] = take(sizes[at]);
		memset(memory(blocks[at]), 1, sizes[at]);
	}
	for (unsigned i = 0; i < MIXED_LIVE; i++)
		live += (double)sizes[i];
	result("backed", (backed() - before) / live);
	for (unsigned i = 0; i < MIXED_LIVE; i++)
		give(blocks[i]);
	free(blocks);
	free(sizes);
}

int
main(void)
{
	uint64_t random = 1;

	choices = (uint64_t *)room(CHOICES, sizeof(*choices));
	for (unsigned i = 0; i < CHOICES; i++)
		choices[i] = peer_random(&random);
	both = (struct both *)mmap(NULL, sizeof(*both), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (both == MAP_FAILED)
		abort();
	memset(both, 0, sizeof(*both));
	open_heap();
	run_backed();
	run_pairs();
	run_batches();
	run_two();
	run_large();
	return 0;
}
