// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- ordered sets among the living
 *
 * Three writers, each with keys of its own, insert and erase them; others
 * do things to whole sets meanwhile.  Nobody dies.  The same body runs
 * twice: as processes, and as threads, where ThreadSanitizer can see them.
 *
 *	one, two	a key is in one of the two; a swap carries it to the
 *			other, and whoever looks for it looks again
 *	walker		walks through them there and back: keys ascend, and then descend
 *	swapper		exchanges them; and in a transaction sees that they
 *			have nothing in common, and that a union has all
 *	copier		copies one of them: no copy has a key that is nobody's,
 *			and one that is left alone is equal to itself
 *
 * At the end the two have what the writers have left there, and no more: no
 * insert was lost in a swap or a merge.
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
#define OPERATIONS 60000u /* of each writer */
#define KEYS 1500u	  /* of each writer */
#define TRIES 100000u

enum which { ONE, TWO, COPY, BOTH, SETS };

static const char *const names[SETS] = { "one", "two", "copy", "both" };

struct report {
	uint64_t inserted, erased, turns, wrong;
};

static struct control {
	uint64_t present; /* workers that are */
	uint64_t done;	  /* writers that are */
	bool there[WRITERS][KEYS];
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_set *sets[SETS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

static uint64_t
key_of(unsigned writer, unsigned number)
{
	return (uint64_t)writer << 32 | number;
}

static bool
is_somebodys(uint64_t key)
{
	return key >> 32 < WRITERS && (uint32_t)key < KEYS;
}

/* ---- writers ----------------------------------------------------------------------------------- */

static void
insert(unsigned number)
{
	uint64_t key = key_of(place, number);

	expect_0("insert", tarn_set_insert(sets[roll(2)], &key, 8));
	control->there[place][number] = true;
	report->inserted++;
}

/* It is in one of the two; which one may change while this looks at the other. */
static void
erase(unsigned number)
{
	uint64_t key = key_of(place, number);
	int code = TARN_NOT_FOUND;

	for (unsigned i = 0; code == TARN_NOT_FOUND && i < TRIES; i++)
		code = tarn_set_erase(sets[i % 2], &key, 8);
	if (code == TARN_NOT_FOUND)
		wrong("a key has been lost");
	else
		expect_0("erase", code);
	control->there[place][number] = false;
	report->erased++;
}

static void
write_keys(void)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		unsigned number = (unsigned)roll(KEYS);

		if (control->there[place][number])
			erase(number);
		else
			insert(number);
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

/* Strictly in that direction, and each somebody's. */
static void
look_on(struct tarn_set_cursor *cursor, bool on)
{
	uint64_t last = on ? 0 : UINT64_MAX, word;
	bool first = true;
	const void *key;
	size_t size;
	int code;

	while (!(code = on ? tarn_set_cursor_next(cursor, &key, &size)
			   : tarn_set_cursor_prev(cursor, &key, &size))) {
		memcpy(&word, key, sizeof(word));
		if (!is_somebodys(word) || (!first && (on ? word <= last : word >= last)))
			wrong("a key is not in its place");
		last = word;
		first = false;
	}
	if (code != TARN_NOT_FOUND)
		expect_0("walk", code);
}

static void
walk(void)
{
	struct tarn_set_cursor *cursor;

	do {
		expect_0("cursor", tarn_set_cursor_open(sets[roll(2)], &cursor));
		look_on(cursor, true);
		look_on(cursor, false);
		tarn_set_cursor_close(cursor);
	} while (goes_on());
}

/* The log of a transaction would not take a union of thousands; the sizes must agree. */
static int
look_at_both(struct tarn_txn *txn, void *unused)
{
	struct tarn_set *one = tarn_set_in(sets[ONE], txn);
	struct tarn_set_cursor *cursor;
	const void *key;
	size_t size;
	int code = tarn_set_cursor_open(one, &cursor);

	(void)unused;
	while (!code) {
		code = tarn_set_cursor_next(cursor, &key, &size);
		if (!code && !tarn_set_contains(tarn_set_in(sets[TWO], txn), key, size))
			wrong("a key is in both");
	}
	tarn_set_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? tarn_set_swap(tarn_set_in(sets[TWO], txn), one) : code;
}

static void
swap(void)
{
	struct tarn_object *objects[] = { tarn_set_object(sets[ONE]),
					  tarn_set_object(sets[TWO]) };

	do {
		for (unsigned i = 0; i < 20; i++)
			expect_0("swap", tarn_set_swap(sets[i % 2], sets[1 - i % 2]));
		expect_0("look at both", tarn_txn_run(arena, objects, 2, look_at_both, NULL));
	} while (goes_on());
}

static void
look_at_copy(struct tarn_set *set)
{
	struct tarn_set_cursor *cursor;
	const void *key;
	uint64_t word;
	size_t size;
	int code;

	expect_0("cursor", tarn_set_cursor_open(set, &cursor));
	while (!(code = tarn_set_cursor_next(cursor, &key, &size))) {
		memcpy(&word, key, sizeof(word));
		if (!is_somebodys(word))
			wrong("a copy has a key that is nobody's");
	}
	if (code != TARN_NOT_FOUND)
		expect_0("next", code);
	tarn_set_cursor_close(cursor);
}

static void
copy(void)
{
	bool is = false;

	do {
		expect_0("copy", tarn_set_copy(sets[COPY], sets[roll(2)]));
		look_at_copy(sets[COPY]);
		expect_0("union", tarn_set_union(sets[BOTH], sets[ONE], sets[COPY]));
		expect_0("subset", tarn_set_is_subset(sets[COPY], sets[BOTH], &is));
		if (!is)
			wrong("a union is without some of its parts");
		expect_0("equal", tarn_set_equal(sets[COPY], sets[COPY], &is));
		if (!is)
			wrong("a set is not equal to itself");
	} while (goes_on());
}

/* ---- all --------------------------------------------------------------------------------------- */

static void
work(unsigned number)
{
	static void (*const others[])(void) = { walk, swap, copy };

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

/* In one of the two if it was left there, else in neither. */
static void
compare_all(void)
{
	uint64_t size_one, size_two, count = 0;

	for (unsigned writer = 0; writer < WRITERS; writer++) {
		for (unsigned i = 0; i < KEYS; i++) {
			uint64_t key = key_of(writer, i);
			unsigned found = !tarn_set_contains(sets[ONE], &key, 8) +
					 !tarn_set_contains(sets[TWO], &key, 8);

			count += found;
			if (found != control->there[writer][i])
				wrong("a key is not where it should be");
		}
	}
	expect_0("size", tarn_set_size(sets[ONE], &size_one));
	expect_0("size", tarn_set_size(sets[TWO], &size_two));
	if (size_one + size_two != count)
		wrong("the sizes are not those of what is there");
}

static bool
run(const char *how, void (*run_crew)(const struct crew *crew))
{
	static const struct crew crew = { .count = WORKERS, .work = work, .after_join = after_join };
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_SET, TARN_KEY_U64, 0, NULL };
	uint64_t wrongs = 0;

	memset(control, 0, sizeof(*control));
	expect_0("arena", tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < SETS; i++)
		expect_0(names[i], tarn_set_open(arena, &sets[i], names[i], &type, TARN_CREATE, NULL));
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
	for (unsigned i = 0; i < SETS; i++)
		tarn_set_close(sets[i]);
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
