// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- hash maps and transactions under real kills
 *
 * Worker processes change maps; a killer ends some of them with SIGKILL at
 * random instants and starts others.  Beside the arena lies a journal that
 * no protocol guards: a worker notes there what it is about to do, and then
 * that it has done it.  What was begun and not acknowledged may have
 * happened or not, and the killer looks which it was.
 *
 *	counters	fetch_add on few keys, all workers on the same
 *	left, right	transfers in transactions, of which some are aborted; in the
 *			same transaction a number of the worker's own rises
 *	blobs	    put, insert, swap and erase of byte strings of many lengths, the
 *			keys each worker's own
 *
 *	journal of a worker	adds begun | adds done | transfers done |
 *				blob, what it was, what it will be
 *
 * At the end nothing acknowledged may be missing or be there twice, and
 * tarn_check() finds each byte of the arena in one place.
 *
 * Runs for $TARN_DURATION seconds; 3 without.
 */
#include "torture/arena.h"

#include "base/atomic.h"
#include "base/hash.h"
#include "os/os.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tarn.h>

#define WORKERS 4u
#define KEYS 4u
#define BLOBS 64u
#define BLOB_MOST 2500u
#define UNITS UINT64_C(1000000)
#define KILL_EVERY_NS UINT64_C(4000000)
#define STUCK_NS UINT64_C(20000000000)
#define SAMPLES 65536u
#define OWN 1000u /* and a worker's place: its number in the map on the left */

enum object { COUNTERS, ACCOUNTS, STRINGS, OBJECTS };

static struct journal {
	struct {
		uint64_t adds_begun, adds_done, transfers;
		uint64_t object; /* what it is at */
		uint64_t pending; /* blob + 1; 0: none */
		uint64_t next;	  /* what that will be */
		uint64_t blobs[BLOBS]; /* 0: absent; else its seed */
	} workers[WORKERS];
	uint64_t progress[OBJECTS];
	uint64_t failed;
} *journal;

static struct tarn_arena *arena;
static struct tarn_hashmap *counters, *left, *right, *blobs;
static uint64_t stalls[SAMPLES]; /* from a kill to the next success on the same object */
static uint64_t stall_count;
static uint64_t lost, doubled, unsure;
static uint64_t dice;

/* ---- workers ----------------------------------------------------------------------------------- */

static void
expect_0(const char *what, int code)
{
	if (!code)
		return;
	fprintf(stderr, "%s: %s\n", what, tarn_error_message(code));
	if (journal)
		tarn__fetch_add(&journal->failed, 1);
	_exit(3);
}

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 11);
	return dice % below;
}

static void
add(unsigned place)
{
	uint64_t key = roll(KEYS);

	tarn__store_release(&journal->workers[place].adds_begun,
			    journal->workers[place].adds_begun + 1);
	expect_0("add", tarn_hashmap_fetch_add(counters, &key, 8, 1, NULL));
	tarn__store_release(&journal->workers[place].adds_done,
			    journal->workers[place].adds_done + 1);
}

static void
transfer(unsigned place)
{
	struct tarn_object *both[] = { tarn_hashmap_object(left), tarn_hashmap_object(right) };
	uint64_t from = roll(KEYS), to = roll(KEYS), own = OWN + place, amount = roll(10);
	struct tarn_hashmap *in_left, *in_right;
	struct tarn_txn *txn;

	expect_0("begin", tarn_txn_begin(arena, &txn, both, 2));
	in_left = tarn_hashmap_in(left, txn);
	in_right = tarn_hashmap_in(right, txn);
	expect_0("take", tarn_hashmap_fetch_add(in_left, &from, 8, -amount, NULL));
	expect_0("own", tarn_hashmap_fetch_add(in_left, &own, 8, 1, NULL));
	expect_0("give", tarn_hashmap_fetch_add(in_right, &to, 8, amount, NULL));
	if (!roll(8)) {
		tarn_txn_abort(txn);
		return;
	}
	expect_0("commit", tarn_txn_commit(txn));
	tarn__store_release(&journal->workers[place].transfers,
			    journal->workers[place].transfers + 1);
}

/* Length and bytes follow from the seed. */
static size_t
make_blob(uint64_t seed, char *bytes)
{
	size_t size = 8 + seed % (seed % 16 ? 120 : BLOB_MOST - 8);

	memcpy(bytes, &seed, 8);
	for (size_t i = 8; i < size; i++)
		bytes[i] = (char)(seed >> i % 8 * 8) + (char)i;
	return size;
}

static size_t
make_name(unsigned place, unsigned blob, char *name)
{
	return (size_t)sprintf(name, "worker %u, blob %u%s", place, blob,
			       blob % 2 ? "" : " of them");
}

static int
change_blob_as(uint64_t before, uint64_t next, const char *name, size_t name_size)
{
	char old[BLOB_MOST], bytes[BLOB_MOST];
	size_t size = make_blob(next, bytes);

	if (!next)
		return tarn_hashmap_erase(blobs, name, name_size);
	if (!before)
		return tarn_hashmap_insert(blobs, name, name_size, bytes, size);
	if (roll(2))
		return tarn_hashmap_put(blobs, name, name_size, bytes, size);
	return tarn_hashmap_compare_and_swap(blobs, name, name_size, old, make_blob(before, old),
					     bytes, size);
}

static void
change_blob(unsigned place)
{
	unsigned blob = (unsigned)roll(BLOBS);
	uint64_t *now = &journal->workers[place].blobs[blob];
	uint64_t next = *now && !roll(3) ? 0 : 1 + roll(UINT64_MAX - 1);
	char name[48];

	tarn__store(&journal->workers[place].next, next);
	tarn__store_release(&journal->workers[place].pending, blob + 1);
	expect_0("blob", change_blob_as(*now, next, name, make_name(place, blob, name)));
	tarn__store_release(now, next);
	tarn__store_release(&journal->workers[place].pending, 0);
}

static _Noreturn void
work(unsigned place)
{
	dice = tarn__os_random();
	for (;;) {
		enum object object = (enum object)roll(OBJECTS);

		tarn__store_release(&journal->workers[place].object, object);
		if (object == COUNTERS)
			add(place);
		else if (object == ACCOUNTS)
			transfer(place);
		else
			change_blob(place);
		tarn__fetch_add(&journal->progress[object], 1);
	}
}

static pid_t
start(unsigned place)
{
	pid_t child = fork();

	if (child < 0)
		abort();
	if (child == 0)
		work(place);
	return child;
}

/* ---- what the dead have done ------------------------------------------------------------------- */

static uint64_t
number_at(struct tarn_hashmap *map, uint64_t key)
{
	uint64_t value = 0;
	int code = tarn_hashmap_get(map, &key, 8, &value, 8, NULL);

	if (code != TARN_NOT_FOUND)
		expect_0("get", code);
	return value;
}

/* The seed of what is there; 0: nothing.  1 is nobody's: something that was never put. */
static uint64_t
blob_at(unsigned place, unsigned blob)
{
	char name[48], bytes[BLOB_MOST], expected[BLOB_MOST];
	uint64_t seed;
	size_t size;
	int code = tarn_hashmap_get(blobs, name, make_name(place, blob, name), bytes, sizeof(bytes),
				    &size);

	if (code == TARN_NOT_FOUND)
		return 0;
	expect_0("get", code);
	memcpy(&seed, bytes, 8);
	if (size != make_blob(seed, expected) || memcmp(bytes, expected, size))
		return 1;
	return seed;
}

/* It was begun at most once more than it was acknowledged; from now on both are the same. */
static void
settle(unsigned place)
{
	uint64_t transfers = number_at(left, OWN + place);
	uint64_t known = journal->workers[place].transfers;
	uint64_t pending = journal->workers[place].pending;
	uint64_t *blob = pending ? &journal->workers[place].blobs[pending - 1] : NULL;

	lost += transfers < known ? known - transfers : 0;
	doubled += transfers > known + 1 ? transfers - known - 1 : 0;
	journal->workers[place].transfers = transfers;
	unsure += journal->workers[place].adds_begun - journal->workers[place].adds_done;
	journal->workers[place].adds_begun = journal->workers[place].adds_done;
	if (blob) {
		uint64_t found = blob_at(place, (unsigned)pending - 1);

		lost += found != *blob && found != journal->workers[place].next;
		*blob = found;
	}
	journal->workers[place].pending = 0;
}

/* ---- the killer -------------------------------------------------------------------------------- */

/* Each survivor may have finished one thing that it had begun before. */
static bool
wait_for_success(enum object object, uint64_t before)
{
	uint64_t begin = tarn__os_now(), now = begin;

	while (tarn__load_acquire(&journal->progress[object]) - before < WORKERS) {
		now = tarn__os_now();
		if (now - begin > STUCK_NS || tarn__load(&journal->failed))
			return false;
		tarn__os_sleep(20000);
	}
	stalls[stall_count++ % SAMPLES] = now - begin;
	return true;
}

static void
bury(unsigned victim, pid_t *workers)
{
	if (waitpid(workers[victim], NULL, 0) != workers[victim])
		abort();
	settle(victim);
	workers[victim] = start(victim);
}

/* One dies, or several at once, so that who recovers dies too; at least one goes on: does it? */
static bool
kill_some(pid_t *workers, uint64_t *kills)
{
	unsigned victim = (unsigned)roll(WORKERS);
	unsigned count = roll(2) ? 1 : 1 + (unsigned)roll(WORKERS - 1);
	enum object object;
	uint64_t before;
	bool go_on;

	tarn__os_sleep(roll(KILL_EVERY_NS));
	object = (enum object)tarn__load(&journal->workers[victim].object);
	before = tarn__load(&journal->progress[object]);
	for (unsigned i = 0; i < count; i++)
		(void)kill(workers[(victim + i) % WORKERS], SIGKILL);
	go_on = wait_for_success(object, before);
	for (unsigned i = 0; i < count; i++)
		bury((victim + i) % WORKERS, workers);
	*kills += count;
	return go_on;
}

/* So many kills; UINT64_MAX: stuck. */
static uint64_t
kill_for(uint64_t duration_ns)
{
	uint64_t end = tarn__os_now() + duration_ns, kills = 0;
	pid_t workers[WORKERS];
	bool go_on = true;

	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = start(i);
	while (go_on && tarn__os_now() < end)
		go_on = kill_some(workers, &kills);
	for (unsigned i = 0; i < WORKERS; i++) {
		(void)kill(workers[i], SIGKILL);
		(void)waitpid(workers[i], NULL, 0);
		settle(i);
	}
	return go_on ? kills : UINT64_MAX;
}

/* ---- the verdict ------------------------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
print_stalls(void)
{
	uint64_t n = stall_count < SAMPLES ? stall_count : SAMPLES;

	qsort(stalls, n, sizeof(stalls[0]), compare);
	if (n)
		printf("stall us: p50 %lu, p99 %lu, max %lu\n", (unsigned long)stalls[n / 2] / 1000,
		       (unsigned long)stalls[n * 99 / 100] / 1000,
		       (unsigned long)stalls[n - 1] / 1000);
}

static void
compare_totals(void)
{
	uint64_t units = 0, adds = 0, done = 0;

	for (unsigned key = 0; key < KEYS; key++) {
		units += number_at(left, key) + number_at(right, key);
		adds += number_at(counters, key);
	}
	for (unsigned i = 0; i < WORKERS; i++)
		done += journal->workers[i].adds_done;
	lost += adds < done ? done - adds : 0;
	doubled += adds > done + unsure ? adds - done - unsure : 0;
	lost += units < UNITS ? UNITS - units : 0;
	doubled += units > UNITS ? units - UNITS : 0;
}

static void
compare_blobs(void)
{
	uint64_t present = 0, size;

	for (unsigned i = 0; i < WORKERS * BLOBS; i++) {
		uint64_t known = journal->workers[i / BLOBS].blobs[i % BLOBS];

		lost += blob_at(i / BLOBS, i % BLOBS) != known;
		present += known != 0;
	}
	expect_0("size", tarn_hashmap_size(blobs, &size));
	lost += size < present ? present - size : 0;
	doubled += size > present ? size - present : 0;
}

static void
print_problem(const struct tarn_check_problem *problem, void *unused)
{
	(void)unused;
	fprintf(stderr, "%s at %lu: %s\n", problem->object, (unsigned long)problem->off,
		problem->what);
}

static int
verdict(uint64_t kills)
{
	struct tarn_check_options options = { .problem = print_problem };
	struct tarn_check_report report = { 0 };
	bool stuck = kills == UINT64_MAX;
	int code = tarn_check(arena, &options, &report);
	uint64_t operations = 0;

	compare_totals();
	compare_blobs();
	for (unsigned i = 0; i < OBJECTS; i++)
		operations += journal->progress[i];
	printf("kills: %lu\nlost: %lu\ndoubled: %lu\nleaked bytes: %lu\nstuck: %u\n",
	       (unsigned long)kills, (unsigned long)lost,
	       (unsigned long)doubled + (unsigned long)report.doubled_bytes,
	       (unsigned long)report.leaked_bytes, stuck);
	print_stalls();
	printf("operations: %lu, unsure: %lu; check: %s, %lu entries\n", (unsigned long)operations,
	       (unsigned long)unsure, tarn_error_name(code), (unsigned long)report.entries);
	return lost || doubled || code || report.leaked_bytes || stuck || !kills || !operations ||
	       journal->failed;
}

static void
open_maps(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 16,
					      .max_size = UINT64_C(1) << 28 };
	struct tarn_type words = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
	struct tarn_type texts = { TARN_KIND_HASHMAP, TARN_KEY_STRING, TARN_VALUE_BYTES, NULL };
	uint64_t key = 0, units = UNITS;

	expect_0("open", torture_open(&arena, &options));
	expect_0("open",
		 tarn_hashmap_open(arena, &counters, "counters", &words, TARN_CREATE, NULL));
	expect_0("open", tarn_hashmap_open(arena, &left, "left", &words, TARN_CREATE, NULL));
	expect_0("open", tarn_hashmap_open(arena, &right, "right", &words, TARN_CREATE, NULL));
	expect_0("open", tarn_hashmap_open(arena, &blobs, "blobs", &texts, TARN_CREATE, NULL));
	expect_0("put", tarn_hashmap_put(left, &key, 8, &units, 8));
}

int
main(void)
{
	const char *duration = getenv("TARN_DURATION");
	uint64_t seconds = duration ? strtoul(duration, NULL, 10) : 3;
	int failed;

	open_maps();
	journal = mmap(NULL, sizeof(*journal), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (journal == MAP_FAILED)
		return 2;
	dice = tarn__os_random();
	failed = verdict(kill_for(seconds * 1000000000u));
	tarn_hashmap_close(counters);
	tarn_hashmap_close(left);
	tarn_hashmap_close(right);
	tarn_hashmap_close(blobs);
	failed |= torture_close(arena) != 0;
	printf("%d passed, %d failed\n", !failed, failed);
	return failed;
}
