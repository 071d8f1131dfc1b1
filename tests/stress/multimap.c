// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- ordered multimaps among the living
 *
 * Three writers insert and erase entries of the same few keys; others do
 * things to whole multimaps meanwhile.  Nobody dies.  The same body runs
 * twice: as processes, and as threads, where ThreadSanitizer can see them.
 *
 *	one, two	an entry is in one of the two; a swap carries it to the
 *			other, and whoever looks for it by its name looks again
 *	walker		walks through them there and back: keys ascend, in a key
 *			serials, and of each writer the numbers of its inserts
 *	swapper		exchanges them; and in a transaction sees that no name is
 *			in both
 *	copier		copies one of them, and erases what a key has in the copy:
 *			as many as it has counted
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
#define KEYS 12u	  /* of all */
#define OWN 300u	  /* entries of each writer, at most */
#define TRIES 100000u

enum which { ONE, TWO, COPY, MAPS };

static const char *const names[MAPS] = { "one", "two", "copy" };

struct report {
	uint64_t turns, wrong;
};

static struct control {
	uint64_t present; /* workers that are */
	uint64_t done;	  /* writers that are */
	uint64_t serials[WRITERS][OWN]; /* of the entries that are there; 0: none */
	struct report reports[WORKERS];
} *control;

static struct tarn_arena *arena;
static struct tarn_multimap *maps[MAPS];
static _Thread_local struct report *report;
static _Thread_local unsigned place;
static _Thread_local uint64_t inserts;

static void
wrong(const char *what)
{
	if (!report->wrong++)
		fprintf(stderr, "worker %u: %s\n", place, what);
}

/* ---- writers ----------------------------------------------------------------------------------- */

static void
insert(unsigned own)
{
	uint64_t key = own % KEYS, value = (uint64_t)place << 32 | ++inserts;

	expect_0("insert", tarn_multimap_insert(maps[roll(2)], &key, 8, &value, 8,
						&control->serials[place][own]));
}

/* It is in one of the two; which one may change while this looks at the other. */
static void
erase(unsigned own)
{
	uint64_t key = own % KEYS, *serial = &control->serials[place][own];
	int code = TARN_NOT_FOUND;

	for (unsigned i = 0; code == TARN_NOT_FOUND && i < TRIES; i++)
		code = tarn_multimap_erase_entry(maps[i % 2], &key, 8, *serial);
	if (code == TARN_NOT_FOUND)
		wrong("an entry has been lost");
	else
		expect_0("erase", code);
	for (unsigned i = 0; i < 2; i++) {
		if (tarn_multimap_erase_entry(maps[i], &key, 8, *serial) != TARN_NOT_FOUND)
			wrong("a name is that of another entry");
	}
	*serial = 0;
}

static void
write_entries(void)
{
	for (unsigned i = 0; i < OPERATIONS; i++) {
		unsigned own = (unsigned)roll(OWN);

		if (control->serials[place][own])
			erase(own);
		else
			insert(own);
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

/* What came before an entry: its key and serial, and of each writer the number. */
struct trail {
	uint64_t key, serial, numbers[WRITERS];
	bool some;
};

static void
look_at(const struct tarn_multimap_entry *entry, bool on, struct trail *trail)
{
	uint64_t key, value, writer, number;

	memcpy(&key, entry->key, sizeof(key));
	memcpy(&value, entry->value, sizeof(value));
	writer = value >> 32;
	number = (uint32_t)value;
	if (key >= KEYS || writer >= WRITERS) {
		wrong("an entry is nobody's");
		return;
	}
	if (trail->some && (on ? key < trail->key : key > trail->key))
		wrong("a key is not in its place");
	if (!trail->some || key != trail->key) {
		memset(trail->numbers, on ? 0 : 0xff, sizeof(trail->numbers));
	} else if (on ? entry->serial <= trail->serial || number <= trail->numbers[writer]
		      : entry->serial >= trail->serial || number >= trail->numbers[writer]) {
		wrong("entries of a key are not in the order of their inserts");
	}
	trail->key = key;
	trail->serial = entry->serial;
	trail->numbers[writer] = number;
	trail->some = true;
}

static void
look_on(struct tarn_multimap_cursor *cursor, bool on)
{
	struct tarn_multimap_entry entry;
	struct trail trail = { .some = false };
	int code;

	while (!(code = on ? tarn_multimap_cursor_next(cursor, &entry)
			   : tarn_multimap_cursor_prev(cursor, &entry)))
		look_at(&entry, on, &trail);
	if (code != TARN_NOT_FOUND)
		expect_0("walk", code);
}

static void
look_through(struct tarn_multimap *map)
{
	struct tarn_multimap_cursor *cursor;

	expect_0("cursor", tarn_multimap_cursor_open(map, &cursor));
	look_on(cursor, true);
	look_on(cursor, false);
	tarn_multimap_cursor_close(cursor);
}

/* A swap under way would show it entries of either. */
static int
walk_in(struct tarn_txn *txn, void *which)
{
	look_through(tarn_multimap_in(which, txn));
	return 0;
}

static void
walk(void)
{
	struct tarn_object *object;

	do {
		unsigned which = (unsigned)roll(2);

		object = tarn_multimap_object(maps[which]);
		expect_0("walk", tarn_txn_run(arena, &object, 1, walk_in, maps[which]));
	} while (goes_on());
}

static int
look_at_both(struct tarn_txn *txn, void *unused)
{
	struct tarn_multimap *one = tarn_multimap_in(maps[ONE], txn);
	struct tarn_multimap *two = tarn_multimap_in(maps[TWO], txn);
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	int code = tarn_multimap_cursor_open(one, &cursor);

	(void)unused;
	while (!code && !(code = tarn_multimap_cursor_next(cursor, &entry))) {
		if (tarn_multimap_get_entry(two, entry.key, entry.key_size, entry.serial, NULL, 0,
					    NULL) != TARN_NOT_FOUND)
			wrong("a name is in both");
	}
	tarn_multimap_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? tarn_multimap_swap(two, one) : code;
}

static void
swap(void)
{
	struct tarn_object *objects[] = { tarn_multimap_object(maps[ONE]),
					  tarn_multimap_object(maps[TWO]) };

	do {
		for (unsigned i = 0; i < 20; i++)
			expect_0("swap", tarn_multimap_swap(maps[i % 2], maps[1 - i % 2]));
		expect_0("look at both", tarn_txn_run(arena, objects, 2, look_at_both, NULL));
	} while (goes_on());
}

/* Nobody else changes the copy. */
static void
copy(void)
{
	do {
		uint64_t key = roll(KEYS), count, erased;
		bool is = false;
		int code;

		expect_0("copy", tarn_multimap_copy(maps[COPY], maps[roll(2)]));
		expect_0("equal", tarn_multimap_equal(maps[COPY], maps[COPY], &is));
		if (!is)
			wrong("a multimap is not equal to itself");
		expect_0("count", tarn_multimap_count(maps[COPY], &key, 8, &count));
		code = tarn_multimap_erase(maps[COPY], &key, 8, &erased);
		if (code != TARN_NOT_FOUND)
			expect_0("erase a key", code);
		if (erased != count || (code == TARN_NOT_FOUND) != !count)
			wrong("a key had other entries than were counted");
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
		write_entries();
	else
		others[number - WRITERS]();
}

static void
after_join(unsigned number, bool well)
{
	if (!well)
		control->reports[number].wrong++;
}

/* What was left is in one of the two, by its name. */
static void
compare_all(void)
{
	uint64_t size_one, size_two, count = 0;

	for (unsigned writer = 0; writer < WRITERS; writer++) {
		for (unsigned i = 0; i < OWN; i++) {
			uint64_t key = i % KEYS, serial = control->serials[writer][i];
			unsigned found = 0;

			for (unsigned which = 0; serial && which < 2; which++)
				found += !tarn_multimap_get_entry(maps[which], &key, 8, serial, NULL, 0,
								  NULL);
			if (found != !!serial)
				wrong("an entry is not where it should be");
			count += found;
		}
	}
	expect_0("size", tarn_multimap_size(maps[ONE], &size_one));
	expect_0("size", tarn_multimap_size(maps[TWO], &size_two));
	if (size_one + size_two != count)
		wrong("the sizes are not those of what is there");
	look_through(maps[ONE]);
	look_through(maps[TWO]);
}

static bool
run(const char *how, void (*run_crew)(const struct crew *crew))
{
	static const struct crew crew = { .count = WORKERS, .work = work, .after_join = after_join };
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type type = { TARN_KIND_MULTIMAP, TARN_KEY_U64, 8, NULL };
	uint64_t wrongs = 0;

	memset(control, 0, sizeof(*control));
	expect_0("arena", tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < MAPS; i++)
		expect_0(names[i], tarn_multimap_open(arena, &maps[i], names[i], &type, TARN_CREATE, NULL));
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
	for (unsigned i = 0; i < MAPS; i++)
		tarn_multimap_close(maps[i]);
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
