// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * share_tarn.c -- one map, used by 1 and by 2 processes at once
 *
 *	ycsb-a, ycsb-b, ycsb-c	a million u64 entries; 50 %, 95 % or all of
 *				the operations are get, the rest put; keys are
 *				drawn zipfian, 0.99, as by YCSB
 *
 * ycsb-X/N: million operations in a second of processor time, by N processes
 * together (the slowest one's time counts); ycsb-X/N-clock: by the clock, which
 * on a machine with other work to do tells little.
 */
#include "clock.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define ENTRIES 1000000u
#define COUNT 1000000u
#define MOST 4u

struct group {
	uint32_t ready;
	uint64_t cpu[MOST], clock[MOST];
};

static const struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };
static struct tarn_arena *arena;
static struct tarn_hashmap *map;
static struct group *group;
static uint64_t *drawn; /* keys for all */

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "share_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

/* The key of a rank; any that has no pattern. */
static uint64_t
key_of(uint64_t rank)
{
	return peer_random(&rank);
}

/* Gray et al., Quickly generating billion-record synthetic databases, SIGMOD 1994. */
static void
draw(void)
{
	double theta = 0.99, sum = 0, two = 1 + pow(0.5, theta), alpha = 1 / (1 - theta), eta;
	uint64_t random = 7;

	for (uint64_t i = 1; i <= ENTRIES; i++)
		sum += 1 / pow((double)i, theta);
	eta = (1 - pow(2.0 / ENTRIES, 1 - theta)) / (1 - two / sum);
	for (uint64_t i = 0; i < COUNT * MOST; i++) {
		double u = (double)(peer_random(&random) >> 11) / 9007199254740992.0;
		double rank = ENTRIES * pow(eta * u - eta + 1, alpha);

		if (u * sum < two)
			rank = u * sum < 1 ? 0 : 1;
		drawn[i] = key_of((uint64_t)rank < ENTRIES ? (uint64_t)rank : ENTRIES - 1);
	}
}

static uint64_t
passed(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t
work(const uint64_t *keys, unsigned gets)
{
	uint64_t random = keys[0], sum = 0;

	for (uint64_t i = 0; i < COUNT; i++) {
		uint64_t value = i;

		if (peer_random(&random) % 100 < gets)
			must(tarn_hashmap_get(map, &keys[i], 8, &value, 8, NULL));
		else
			must(tarn_hashmap_put(map, &keys[i], 8, &value, 8));
		sum += value;
	}
	return sum;
}

static void
member(unsigned which, unsigned of, unsigned gets)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	volatile uint64_t sink;
	char name[32];

	(void)snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	must(tarn_arena_open(&arena, name, &options, NULL));
	must(tarn_hashmap_open(arena, &map, "map", &type, TARN_OPEN, NULL));
	sink = work(&drawn[which * COUNT], 100); /* the pages are mapped by this */
	(void)__atomic_add_fetch(&group->ready, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&group->ready, __ATOMIC_ACQUIRE) < of)
		(void)sched_yield();
	group->cpu[which] = peer_now();
	group->clock[which] = passed();
	sink = work(&drawn[which * COUNT], gets);
	group->cpu[which] = peer_now() - group->cpu[which];
	group->clock[which] = passed() - group->clock[which];
	(void)sink;
	_exit(0);
}

static void
run(const char *name, unsigned gets, unsigned count)
{
	uint64_t cpu = 0, clock = 0;

	memset(group, 0, sizeof(*group));
	(void)fflush(stdout);
	for (unsigned i = 0; i < count; i++) {
		if (fork() == 0)
			member(i, count, gets);
	}
	for (unsigned i = 0; i < count; i++)
		(void)wait(NULL);
	for (unsigned i = 0; i < count; i++) {
		cpu = group->cpu[i] > cpu ? group->cpu[i] : cpu;
		clock = group->clock[i] > clock ? group->clock[i] : clock;
	}
	printf("%s/%u %.3f\n", name, count, count * (double)COUNT * 1000 / (double)cpu);
	printf("%s/%u-clock %.3f\n", name, count, count * (double)COUNT * 1000 / (double)clock);
}

int
main(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };

	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	must(tarn_hashmap_open(arena, &map, "map", &type, TARN_CREATE, NULL));
	for (uint64_t i = 0; i < ENTRIES; i++) {
		uint64_t key = key_of(i);

		must(tarn_hashmap_put(map, &key, 8, &i, 8));
	}
	group = mmap(NULL, sizeof(*group), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	drawn = calloc(COUNT * MOST, sizeof(*drawn));
	if (group == MAP_FAILED || !drawn)
		return 2;
	draw();
	for (unsigned count = 1; count <= MOST; count *= 2) {
		run("ycsb-a", 50, count);
		run("ycsb-b", 95, count);
		run("ycsb-c", 100, count);
	}
	return 0;
}
