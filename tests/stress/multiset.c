// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- an ordered multiset among the living, as a queue by priority
 *
 * Some put in keys, of which there are few, others take out the lowest or the
 * highest; one erases all of a key at once.  Nobody dies.  The same body runs
 * twice: as processes, and as threads, where ThreadSanitizer can see them.
 *
 *	makers		insert a random key, and count it
 *	takers		pop at either end, and count what they got
 *	eraser		erases a key, and counts how many there were
 *
 * Each key was put in as often as it was taken out, erased, or is there at the
 * end: an erase that missed one, or a pop that gave one twice, would be seen.
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tarn.h>

#define MAKERS 3u
#define TAKERS 2u
#define WORKERS (MAKERS + TAKERS + 1)
#define OPERATIONS 60000u /* of each maker */
#define KEYS 9u
#define AHEAD 400u /* makers wait when there are so many */

static struct control {
	uint64_t present, done;
	struct report {
		uint64_t made[KEYS], gone[KEYS], wrong;
	} reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_multiset *set;
static _Thread_local struct report *report;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "%s\n", what);
}

static bool
goes_on(void)
{
	return tarn__load_acquire(&control->done) < MAKERS;
}

static void
make(void)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < OPERATIONS; i++) {
		uint64_t key = roll(KEYS);

		expect_0("insert", tarn_multiset_insert(set, &key, 8, NULL));
		report->made[key]++;
		do {
			if (i % 64 == 0)
				expect_0("size", tarn_multiset_size(set, &size));
		} while (i % 64 == 0 && size > AHEAD && !sched_yield());
	}
	(void)tarn__fetch_add(&control->done, 1);
}

static void
take(void)
{
	do {
		uint64_t key = KEYS;
		struct tarn_bytes room = { &key, sizeof(key) };
		int code = roll(2) ? tarn_multiset_pop_first(set, &room)
				   : tarn_multiset_pop_last(set, &room);

		if (code == TARN_NOT_FOUND)
			continue;
		expect_0("pop", code);
		if (key >= KEYS || room.size != 8)
			wrong("a key is nobody's");
		else
			report->gone[key]++;
	} while (goes_on());
}

/* Now and then all of a key; else one entry of it, by its name. */
static void
erase(void)
{
	do {
		uint64_t key = roll(KEYS), erased = 1, serial;
		size_t count = 1;
		int code;

		if (!roll(20)) {
			code = tarn_multiset_erase(set, &key, 8, &erased);
		} else {
			expect_0("range", tarn_multiset_equal_range(set, &key, 8, &serial, &count));
			code = count ? tarn_multiset_erase_entry(set, &key, 8, serial) : TARN_NOT_FOUND;
		}
		if (code == TARN_NOT_FOUND)
			continue;
		expect_0("erase", code);
		report->gone[key] += erased;
	} while (goes_on());
}

static void
work(unsigned number)
{
	report = &control->reports[number];
	dice = number + 1;
	(void)tarn__fetch_add(&control->present, 1);
	while (tarn__load_acquire(&control->present) < WORKERS)
		(void)sched_yield();
	if (number < MAKERS)
		make();
	else if (number < MAKERS + TAKERS)
		take();
	else
		erase();
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
	uint64_t size, count, sum = 0;

	for (uint64_t key = 0; key < KEYS; key++) {
		uint64_t made = 0, gone = 0;

		for (unsigned i = 0; i < WORKERS; i++) {
			made += control->reports[i].made[key];
			gone += control->reports[i].gone[key];
		}
		expect_0("count", tarn_multiset_count(set, &key, 8, &count));
		if (made != gone + count)
			wrong("a key was not taken out as often as it was put in");
		sum += count;
	}
	expect_0("size", tarn_multiset_size(set, &size));
	if (size != sum)
		wrong("the size is not that of what is there");
}

static bool
run(const char *how, void (*run_crew)(const struct crew *crew))
{
	static const struct crew crew = { .count = WORKERS, .work = work, .after_join = after_join };
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_MULTISET, TARN_KEY_U64, 0, NULL };
	uint64_t wrongs = 0;

	memset(control, 0, sizeof(*control));
	expect_0("arena", tarn_arena_open(&arena, "anon:", &options, NULL));
	expect_0("open", tarn_multiset_open(arena, &set, "queue", &type, TARN_CREATE, NULL));
	run_crew(&crew);
	report = &control->reports[0];
	compare_all();
	expect_0("reap", tarn_reap(arena, NULL));
	expect_0("check", tarn_check(arena, NULL, NULL));
	for (unsigned i = 0; i < WORKERS; i++)
		wrongs += control->reports[i].wrong;
	printf("%s: %lu wrong\n", how, (unsigned long)wrongs);
	tarn_multiset_close(set);
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
