// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.c -- multisets among the living
 *
 * Four writers count the same few keys up and down in two sets, and others
 * look and exchange them.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	reader		no key is there more often than all writers have added it
 *	swapper		exchanges the two sets, makes room, and gives it back
 *
 * At the end each key is there as often as it was added, less how often it
 * was taken out: no change was lost in another one's, or in a swap.
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tarn.h>

#define WRITERS 4u
#define WORKERS (WRITERS + 2u)
#define OPERATIONS 60000u /* of each writer */
#define KEYS 7u

struct report {
	uint64_t turns, wrong;
};

static struct control {
	uint64_t present; /* workers that are */
	uint64_t done;	  /* writers that are */
	uint64_t added[WRITERS][KEYS], taken[WRITERS][KEYS];
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_hashmultiset *sets[2];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static void
write_keys(void)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t key = roll(KEYS), times = roll(3) + 1, erased;
		struct tarn_hashmultiset *set = sets[roll(2)];
		int code = 0;

		switch (roll(5)) {
		case 0:
			code = tarn_hashmultiset_erase(set, &key, 8, &erased);
			control->taken[place][key] += erased;
			break;
		case 1:
		case 2:
			code = tarn_hashmultiset_erase_one(set, &key, 8);
			control->taken[place][key] += !code;
			break;
		default:
			tarn__store(&control->added[place][key], control->added[place][key] + times);
			code = tarn_hashmultiset_add(set, &key, 8, times);
		}
		if (code != TARN_NOT_FOUND)
			expect_0("write", code);
	}
	(void)tarn__fetch_add(&control->done, 1);
}

static bool
goes_on(void)
{
	report->turns++;
	return tarn__load_acquire(&control->done) < WRITERS;
}

static uint64_t
added(uint64_t key)
{
	uint64_t sum = 0;

	for (unsigned writer = 0; writer < WRITERS; writer++)
		sum += tarn__load(&control->added[writer][key]);
	return sum;
}

static void
read_keys(void)
{
	struct tarn_hashmultiset_cursor *cursor;
	const void *bytes;
	uint64_t key, count;
	size_t size;
	int code;

	do {
		key = roll(KEYS);
		expect_0("count", tarn_hashmultiset_count(sets[roll(2)], &key, 8, &count));
		if (count > added(key))
			wrong("a key is there more often than anybody has added it");
		expect_0("cursor", tarn_hashmultiset_cursor_open(sets[roll(2)], &cursor));
		while (!(code = tarn_hashmultiset_cursor_next(cursor, &bytes, &size, &count))) {
			memcpy(&key, bytes, 8);
			if (key >= KEYS || !count || count > added(key))
				wrong("a walk finds what cannot be");
		}
		tarn_hashmultiset_cursor_close(cursor);
		if (code != TARN_NOT_FOUND)
			expect_0("next", code);
	} while (goes_on());
}

static void
swap(void)
{
	do {
		expect_0("swap", tarn_hashmultiset_swap(sets[0], sets[1]));
		if (!roll(20))
			expect_0("reserve", tarn_hashmultiset_reserve(sets[roll(2)], roll(1000)));
		if (!roll(20))
			expect_0("shrink", tarn_hashmultiset_shrink_to_fit(sets[roll(2)]));
	} while (goes_on());
}

static void
work(unsigned number)
{
	static void (*const others[])(void) = { read_keys, swap };

	place = number;
	report = &control->reports[number];
	dice = number + 1;
	(void)tarn__fetch_add(&control->present, 1);
	while (tarn__load_acquire(&control->present) < WORKERS)
		(void)sched_yield();
	if (number < WRITERS)
		write_keys();
	else
		others[number - WRITERS]();
}

static void
after_join(unsigned number, bool well)
{
	if (!well)
		control->reports[number].wrong++;
}

static void
compare_all(void)
{
	uint64_t size_one, size_two, count_one, count_two, taken, sum = 0;

	for (uint64_t key = 0; key < KEYS; key++) {
		taken = 0;
		for (unsigned writer = 0; writer < WRITERS; writer++)
			taken += control->taken[writer][key];
		expect_0("count", tarn_hashmultiset_count(sets[0], &key, 8, &count_one));
		expect_0("count", tarn_hashmultiset_count(sets[1], &key, 8, &count_two));
		if (count_one + count_two != added(key) - taken)
			wrong("a key is not there as often as it should be");
		sum += count_one + count_two;
	}
	expect_0("size", tarn_hashmultiset_size(sets[0], &size_one));
	expect_0("size", tarn_hashmultiset_size(sets[1], &size_two));
	if (size_one + size_two != sum)
		wrong("the sizes are not those of what is there");
}

static bool
run(const char *how, void (*run_crew)(const struct crew *crew))
{
	static const struct crew crew = { .count = WORKERS, .work = work, .after_join = after_join };
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_HASHMULTISET, TARN_KEY_U64, 0, NULL };
	uint64_t wrongs = 0;

	memset(control, 0, sizeof(*control));
	expect_0("arena", tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < 2; i++)
		expect_0("set", tarn_hashmultiset_open(arena, &sets[i], i ? "two" : "one", &type,
						       TARN_CREATE, NULL));
	run_crew(&crew);
	report = &control->reports[0];
	compare_all();
	expect_0("reap", tarn_reap(arena, NULL));
	expect_0("check", tarn_check(arena, NULL, NULL));
	for (unsigned i = 0; i < WORKERS; i++)
		wrongs += control->reports[i].wrong;
	printf("%s: %lu and %lu turns, %lu wrong\n", how,
	       (unsigned long)control->reports[WRITERS].turns,
	       (unsigned long)control->reports[WRITERS + 1].turns, (unsigned long)wrongs);
	for (unsigned i = 0; i < 2; i++)
		tarn_hashmultiset_close(sets[i]);
	tarn_arena_close(arena);
	return !wrongs;
}

int
main(void)
{
	bool well;

	control = crew_memory(sizeof(*control));
	well = run("processes", crew_run_processes);
	well &= run("threads", crew_run_threads);
	printf("%d passed, %d failed\n", well, !well);
	return well ? EXIT_SUCCESS : EXIT_FAILURE;
}
