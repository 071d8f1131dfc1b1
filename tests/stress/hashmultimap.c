// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.c -- multimaps among the living
 *
 * Three writers add values to the same few keys, each its own numbers in
 * ascending order, and take some of their own out again; others look, and
 * exchange the two maps.  Nobody dies.  The same body runs twice: as
 * processes, and as threads, where ThreadSanitizer can see them.
 *
 *	reader		of each writer the values of a key ascend, at any moment
 *	walker		so they do in a walk; one takes all keys, again and again
 *	swapper		exchanges the two maps, and gives room back
 *
 * At the end the two have what the writers have left there, and no more.
 */
#include "base/atomic.h"
#include "crew.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tarn.h>

#define WRITERS 3u
#define WORKERS (WRITERS + 3u)
#define OPERATIONS 40000u /* of each writer */
#define KEYS 5u
#define KEPT 200u /* values of a writer, at most */
#define TRIES 100000u

struct report {
	uint64_t turns, wrong;
};

struct own {
	uint64_t key, value;
};

static struct control {
	uint64_t present; /* workers that are */
	uint64_t done;	  /* writers that are */
	struct own kept[WRITERS][KEPT];
	uint64_t counts[WRITERS];
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_hashmultimap *maps[2];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

/* ---- writers ----------------------------------------------------------------------------------- */

static void
add(uint64_t number)
{
	struct own own = { roll(KEYS), (uint64_t)place << 32 | number };

	expect_0("insert", tarn_hashmultimap_insert(maps[roll(2)], &own.key, 8, &own.value, 8));
	control->kept[place][control->counts[place]++] = own;
}

/* It is in one of the two; which one may change while this looks at the other. */
static void
take_out(void)
{
	uint64_t at = roll(control->counts[place]);
	struct own own = control->kept[place][at];
	int code = TARN_NOT_FOUND;

	for (unsigned i = 0; code == TARN_NOT_FOUND && i < TRIES; i++)
		code = tarn_hashmultimap_erase_one(maps[i % 2], &own.key, 8, &own.value, 8);
	if (code == TARN_NOT_FOUND)
		wrong("a value has been lost");
	else
		expect_0("erase one", code);
	control->kept[place][at] = control->kept[place][--control->counts[place]];
}

static void
write_values(void)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		if (control->counts[place] == KEPT || (control->counts[place] && !roll(2)))
			take_out();
		else
			add(i);
	}
	(void)tarn__fetch_add(&control->done, 1);
}

/* ---- the others -------------------------------------------------------------------------------- */

static bool
goes_on(void)
{
	report->turns++;
	return tarn__load_acquire(&control->done) < WRITERS;
}

/* Of each key, which come one after the other, each writer's values ascend. */
static void
look_at(struct tarn_hashmultimap_cursor *cursor)
{
	struct tarn_hashmultimap_entry entry;
	uint64_t last[WRITERS] = { 0 }, key = UINT64_MAX, value;
	int code;

	while (!(code = tarn_hashmultimap_cursor_next(cursor, &entry))) {
		if (memcmp(&key, entry.key, 8))
			memset(last, 0, sizeof(last));
		memcpy(&key, entry.key, 8);
		memcpy(&value, entry.value, 8);
		if (key >= KEYS || value >> 32 >= WRITERS)
			wrong("an entry is nobody's");
		else if ((value & UINT32_MAX) + 1 <= last[value >> 32])
			wrong("values are not in their order, or there twice");
		else
			last[value >> 32] = (value & UINT32_MAX) + 1;
	}
	if (code != TARN_NOT_FOUND)
		expect_0("next", code);
	tarn_hashmultimap_cursor_close(cursor);
}

static void
read_keys(void)
{
	struct tarn_hashmultimap_cursor *cursor;
	uint64_t key, count;

	do {
		key = roll(KEYS);
		expect_0("equal range", tarn_hashmultimap_equal_range(maps[roll(2)], &key, 8, &cursor));
		look_at(cursor);
		expect_0("count", tarn_hashmultimap_count(maps[roll(2)], &key, 8, &count));
		if (count > WRITERS * KEPT)
			wrong("there are more values than anybody has added");
	} while (goes_on());
}

static void
walk(void)
{
	struct tarn_hashmultimap_cursor *cursor;

	do {
		expect_0("cursor", tarn_hashmultimap_cursor_open(maps[roll(2)], &cursor));
		look_at(cursor);
	} while (goes_on());
}

static void
swap(void)
{
	do {
		expect_0("swap", tarn_hashmultimap_swap(maps[0], maps[1]));
		if (!roll(20))
			expect_0("shrink", tarn_hashmultimap_shrink_to_fit(maps[roll(2)]));
	} while (goes_on());
}

/* ---- all --------------------------------------------------------------------------------------- */

static void
work(unsigned number)
{
	static void (*const others[])(void) = { read_keys, walk, swap };

	place = number;
	report = &control->reports[number];
	dice = number + 1;
	(void)tarn__fetch_add(&control->present, 1);
	while (tarn__load_acquire(&control->present) < WORKERS)
		(void)sched_yield();
	if (number < WRITERS)
		write_values();
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
	uint64_t size_one, size_two, kept = 0;

	expect_0("size", tarn_hashmultimap_size(maps[0], &size_one));
	expect_0("size", tarn_hashmultimap_size(maps[1], &size_two));
	for (unsigned writer = 0; writer < WRITERS; writer++) {
		kept += control->counts[writer];
		for (uint64_t i = 0; i < control->counts[writer]; i++) {
			struct own own = control->kept[writer][i];
			int code = tarn_hashmultimap_erase_one(maps[0], &own.key, 8, &own.value, 8);

			if (code == TARN_NOT_FOUND)
				code = tarn_hashmultimap_erase_one(maps[1], &own.key, 8, &own.value, 8);
			if (code)
				wrong("a value is not where it should be");
		}
	}
	if (size_one + size_two != kept)
		wrong("the sizes are not those of what is there");
}

static bool
run(const char *how, void (*run_crew)(const struct crew *crew))
{
	static const struct crew crew = { .count = WORKERS, .work = work, .after_join = after_join };
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_HASHMULTIMAP, TARN_KEY_U64, 8, NULL };
	uint64_t wrongs = 0;

	memset(control, 0, sizeof(*control));
	expect_0("arena", tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < 2; i++)
		expect_0("map", tarn_hashmultimap_open(arena, &maps[i], i ? "two" : "one", &type,
						       TARN_CREATE, NULL));
	run_crew(&crew);
	report = &control->reports[0];
	compare_all();
	expect_0("reap", tarn_reap(arena, NULL));
	expect_0("check", tarn_check(arena, NULL, NULL));
	for (unsigned i = 0; i < WORKERS; i++)
		wrongs += control->reports[i].wrong;
	printf("%s: %lu and %lu and %lu turns, %lu wrong\n", how,
	       (unsigned long)control->reports[WRITERS].turns,
	       (unsigned long)control->reports[WRITERS + 1].turns,
	       (unsigned long)control->reports[WRITERS + 2].turns, (unsigned long)wrongs);
	for (unsigned i = 0; i < 2; i++)
		tarn_hashmultimap_close(maps[i]);
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
