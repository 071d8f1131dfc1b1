// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- vectors under real kills
 *
 * Worker processes push records onto one vector, and insert, erase, sort and
 * swap two others; a killer ends one of them with SIGKILL at random instants
 * and starts another in its place.  Beside the arena lies a journal that no
 * protocol guards: a worker notes there how many records it is about to have
 * pushed, and how many it has.
 *
 *	started[w] >= records of place w in the vector >= done[w]
 *
 * At the end each place's records are there once, in order, whole; all other
 * elements tell their own sum; and tarn_check() finds nothing.
 *
 * Runs for $TARN_DURATION seconds; 3 without.
 */
#include "base/atomic.h"
#include "base/hash.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tarn.h>

#define WORKERS 4u
#define KILL_EVERY_US 3000u
#define MIXED_MOST 3000u
#define BATCH 40u

struct record {
	uint64_t place, number, sum;
};

struct mixed {
	uint32_t a, b, sum;
};

static struct journal {
	uint64_t started[WORKERS], done[WORKERS];
	uint64_t operations;
} *journal;

static struct tarn_arena *arena;
static struct tarn_vector *records, *mixed[2];
static uint64_t dice;

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 5);
	return dice % below;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static void
must(const char *what, int code)
{
	if (!code || code == TARN_NOT_FOUND)
		return;
	fprintf(stderr, "worker: %s: %s\n", what, tarn_error_message(code));
	_exit(3);
}

static uint64_t
sum_of(const struct record *record)
{
	return tarn__hash_u64(record->place * 1000003 + record->number, 9);
}

static void
push_records(unsigned place)
{
	struct record made[BATCH];
	uint64_t first = journal->done[place], count = roll(3) ? 1 : roll(BATCH) + 1;

	for (uint64_t i = 0; i < count; i++) {
		made[i] = (struct record){ .place = place, .number = first + i };
		made[i].sum = sum_of(&made[i]);
	}
	tarn__store(&journal->started[place], first + count);
	tarn__barrier();
	must("append", count == 1 ? tarn_vector_push_back(records, made)
				  : tarn_vector_append(records, made, count));
	tarn__barrier();
	tarn__store(&journal->done[place], first + count);
}

static int
by_a(const void *one, const void *other, void *unused)
{
	uint32_t a = ((const struct mixed *)one)->a, b = ((const struct mixed *)other)->a;

	(void)unused;
	return (a > b) - (a < b);
}

static int
change_both(struct tarn_txn *txn, void *values)
{
	struct tarn_vector *one = tarn_vector_in(mixed[0], txn);
	struct tarn_vector *other = tarn_vector_in(mixed[1], txn);
	int code = tarn_vector_append(one, values, 5);

	if (!code)
		code = tarn_vector_insert(other, 0, values, 5);
	if (!code)
		code = tarn_vector_swap(one, other);
	return code;
}

static void
change_mixed(void)
{
	struct tarn_object *objects[] = { tarn_vector_object(mixed[0]),
					  tarn_vector_object(mixed[1]) };
	struct tarn_vector *in = mixed[roll(2)];
	struct mixed made[BATCH];
	uint64_t size;
	int code;

	for (unsigned i = 0; i < BATCH; i++) {
		made[i] = (struct mixed){ .a = (uint32_t)roll(UINT32_MAX), .b = i };
		made[i].sum = made[i].a * 31 + made[i].b;
	}
	must("size", tarn_vector_size(in, &size));
	switch (size > MIXED_MOST ? 0 : roll(12)) {
	case 0:
		must("shrink", roll(2) ? tarn_vector_clear(in) : tarn_vector_shrink_to_fit(in));
		break;
	case 1:
		code = tarn_vector_sort(in, by_a, NULL);
		must("sort", code == TARN_BUSY ? 0 : code);
		break;
	case 2:
		must("swap", tarn_vector_swap(mixed[0], mixed[1]));
		break;
	case 3 ... 5:
		must("erase", tarn_vector_erase(in, roll(size + 1), roll(10)));
		break;
	case 6:
		must("transaction", tarn_txn_run(arena, objects, 2, change_both, made));
		break;
	case 7 ... 8:
		must("set", tarn_vector_set(in, roll(size + 1), made));
		break;
	default:
		must("insert", tarn_vector_insert(in, roll(size + 1), made, roll(BATCH)));
	}
}

static _Noreturn void
work(unsigned place, uint64_t seed)
{
	dice = seed;
	/* what was begun and not acknowledged has happened, or not: the vector knows */
	if (journal->started[place] != journal->done[place]) {
		struct record last = { .place = WORKERS };
		uint64_t at, size;

		must("size", tarn_vector_size(records, &size));
		for (at = size; at > 0 && last.place != place; at--)
			must("get", tarn_vector_get(records, at - 1, &last));
		tarn__store(&journal->done[place], last.place == place ? last.number + 1 : 0);
	}
	for (;;) {
		push_records(place);
		for (unsigned i = 0; i < 3; i++)
			change_mixed();
		tarn__fetch_add(&journal->operations, 4);
	}
}

/* ---- the killer -------------------------------------------------------------------------------- */

static pid_t
start(unsigned place, uint64_t seed)
{
	pid_t pid = fork();

	if (!pid)
		work(place, seed);
	return pid;
}

/* The number of kills; 0 if a worker has failed by itself. */
static uint64_t
kill_for(uint64_t seconds)
{
	struct timespec end, now;
	pid_t pids[WORKERS];
	uint64_t kills = 0;
	int status;

	for (unsigned i = 0; i < WORKERS; i++)
		pids[i] = start(i, i + 1);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)seconds;
	do {
		unsigned place = (unsigned)roll(WORKERS);

		usleep((useconds_t)roll(2 * KILL_EVERY_US));
		kill(pids[place], SIGKILL);
		if (waitpid(pids[place], &status, 0) != pids[place] || !WIFSIGNALED(status))
			return 0;
		pids[place] = start(place, ++kills + WORKERS);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec);
	for (unsigned i = 0; i < WORKERS; i++) {
		kill(pids[i], SIGKILL);
		(void)waitpid(pids[i], &status, 0);
	}
	return kills + WORKERS;
}

/* ---- the end ----------------------------------------------------------------------------------- */

/* Records that are not whole, or not in their order, or were lost, or come twice. */
static uint64_t
wrong_records(void)
{
	uint64_t next[WORKERS] = { 0 }, wrong = 0, size, got;
	struct record *all;

	if (tarn_vector_size(records, &size))
		return 1;
	all = malloc(size * sizeof(*all));
	if (!all || tarn_vector_read(records, 0, all, size, &got) || got != size)
		return 1;
	for (uint64_t i = 0; i < size; i++) {
		if (all[i].place >= WORKERS || all[i].sum != sum_of(&all[i]))
			wrong++;
		else
			wrong += all[i].number != next[all[i].place]++;
	}
	for (unsigned i = 0; i < WORKERS; i++)
		wrong += next[i] < journal->done[i] || next[i] > journal->started[i];
	free(all);
	return wrong;
}

static uint64_t
wrong_elements(struct tarn_vector *in)
{
	static struct mixed all[4 * MIXED_MOST];
	uint64_t got, wrong = 0;

	if (tarn_vector_read(in, 0, all, 4 * MIXED_MOST, &got))
		return 1;
	for (uint64_t i = 0; i < got; i++)
		wrong += all[i].sum != all[i].a * 31 + all[i].b;
	return wrong;
}

static void
say(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	printf("0x%lx in '%s': %s\n", (unsigned long)problem->off, problem->object, problem->what);
}

static int
verdict(uint64_t kills)
{
	const struct tarn_check_options options = { .problem = say };
	struct tarn_check_report report;
	uint64_t wrong = wrong_records() + wrong_elements(mixed[0]) + wrong_elements(mixed[1]);
	int code = tarn_check(arena, &options, &report);

	printf("kills: %lu\noperations: %lu\nwrong: %lu\ncheck: %s, %lu bytes leaked\n",
	       (unsigned long)kills, (unsigned long)journal->operations, (unsigned long)wrong,
	       tarn_error_name(code), (unsigned long)report.leaked_bytes);
	return wrong || code || report.leaked_bytes || !kills || !journal->operations;
}

int
main(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16 };
	const struct tarn_type of_records = { TARN_KIND_VECTOR, TARN_KEY_NONE, 24, NULL };
	const struct tarn_type of_mixed = { TARN_KIND_VECTOR, TARN_KEY_NONE, 12, NULL };
	const char *duration = getenv("TARN_DURATION");
	uint64_t kills;
	int failed;

	journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (journal == MAP_FAILED || tarn_arena_open(&arena, "anon:", &options, NULL) ||
	    tarn_vector_open(arena, &records, "records", &of_records, TARN_CREATE, NULL) ||
	    tarn_vector_open(arena, &mixed[0], "one", &of_mixed, TARN_CREATE, NULL) ||
	    tarn_vector_open(arena, &mixed[1], "other", &of_mixed, TARN_CREATE, NULL))
		return 2;
	kills = kill_for(duration ? strtoul(duration, NULL, 10) : 3);
	failed = tarn_reap(arena, NULL) != 0 || verdict(kills);
	tarn_vector_close(records);
	tarn_vector_close(mixed[0]);
	tarn_vector_close(mixed[1]);
	tarn_arena_close(arena);
	printf("%d passed, %d failed\n", !failed, failed);
	return failed;
}
