// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- transactions, attaching, and recovery, by what every user sees
 *
 *	fetch-add	add to one value of one map, without a transaction
 *	txn/1, txn/2	begin, one fetch_add in each of so many maps, commit
 *	txn/1000	a thousand fetch_adds in a transaction; ns for one of them
 *	peer/txn/N	lock N robust mutexes, add to N numbers, unlock
 *	attach		open an arena that is there, and close it
 *	attach-write	the same, with a map in it, and one fetch_add
 *	kill/N		from kill() to the end of tarn_reap(), of a process with N
 *			fetch_adds in an open transaction; waitpid() included
 *	reap/N		tarn_reap() alone, of as many other kills
 *
 * One thread, no contention; maps of 1,000 entries.  A robust mutex tells
 * that its owner died, and undoes nothing.  kill/N is by the clock, all else
 * by processor time.
 */
#include "measure.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

#define KEYS 1000u
#define KEYS_OF_DEAD 10000u

struct peer {
	pthread_mutex_t mutex;
	uint64_t value;
	uint64_t far[16];
};

static struct tarn_arena *arena;
static struct tarn_hashmap *maps[2];
static struct tarn_hashmap *of_dead;
static struct peer *peers;
static char name[64];

static const struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };

static void
must(int code)
{
	measure_must("txn", code);
}

/* ---- transactions ------------------------------------------------------------------------------ */

static uint64_t
run_fetch_add(uint64_t n, uint64_t arg)
{
	uint64_t start = measure_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t key = i % KEYS;

		must(tarn_hashmap_fetch_add(maps[0], &key, 8, 1, NULL));
	}
	return measure_now() - start;
}

static void
add_in(struct tarn_txn *txn, struct tarn_hashmap *map, uint64_t key)
{
	must(tarn_hashmap_fetch_add(tarn_hashmap_in(map, txn), &key, 8, 1, NULL));
}

/* arg: how many maps */
static uint64_t
run_txn(uint64_t n, uint64_t arg)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(maps[0]),
					  tarn_hashmap_object(maps[1]) };
	uint64_t start = measure_now();

	for (uint64_t i = 0; i < n; i++) {
		struct tarn_txn *txn;

		must(tarn_txn_begin(arena, &txn, objects, arg));
		for (uint64_t k = 0; k < arg; k++)
			add_in(txn, maps[k], i % KEYS);
		must(tarn_txn_commit(txn));
	}
	return measure_now() - start;
}

static uint64_t
run_large_txn(uint64_t n, uint64_t arg)
{
	struct tarn_object *object = tarn_hashmap_object(maps[0]);
	uint64_t start = measure_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i += KEYS) {
		struct tarn_txn *txn;

		must(tarn_txn_begin(arena, &txn, &object, 1));
		for (uint64_t key = 0; key < KEYS; key++)
			add_in(txn, maps[0], key);
		must(tarn_txn_commit(txn));
	}
	return measure_now() - start;
}

static uint64_t
run_peer(uint64_t n, uint64_t arg)
{
	uint64_t start = measure_now();

	for (uint64_t i = 0; i < n; i++) {
		for (uint64_t k = 0; k < arg; k++) {
			if (pthread_mutex_lock(&peers[k].mutex))
				abort();
		}
		for (uint64_t k = 0; k < arg; k++)
			peers[k].value++;
		for (uint64_t k = arg; k > 0; k--) {
			if (pthread_mutex_unlock(&peers[k - 1].mutex))
				abort();
		}
	}
	return measure_now() - start;
}

/* ---- attaching --------------------------------------------------------------------------------- */

static struct tarn_arena *
attach(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_arena *other;

	must(tarn_arena_open(&other, name, &options, NULL));
	return other;
}

static uint64_t
run_attach(uint64_t n, uint64_t arg)
{
	uint64_t start = measure_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i++)
		tarn_arena_close(attach());
	return measure_now() - start;
}

static uint64_t
run_attach_write(uint64_t n, uint64_t arg)
{
	uint64_t start = measure_now();

	(void)arg;
	for (uint64_t key = 0; key < n; key++) {
		struct tarn_arena *other = attach();
		struct tarn_hashmap *map;

		must(tarn_hashmap_open(other, &map, "0", &type, TARN_OPEN, NULL));
		must(tarn_hashmap_fetch_add(map, &key, 8, 1, NULL));
		tarn_hashmap_close(map);
		tarn_arena_close(other);
	}
	return measure_now() - start;
}

/* ---- death ------------------------------------------------------------------------------------- */

static _Noreturn void
add_and_wait(uint64_t adds, int ready)
{
	struct tarn_arena *own = attach();
	struct tarn_object *object;
	struct tarn_hashmap *map;
	struct tarn_txn *txn;

	must(tarn_hashmap_open(own, &map, "dead", &type, TARN_OPEN, NULL));
	object = tarn_hashmap_object(map);
	must(tarn_txn_begin(own, &txn, &object, 1));
	for (uint64_t key = 0; key < adds; key++)
		add_in(txn, map, key);
	if (write(ready, "", 1) != 1)
		_exit(2);
	for (;;)
		pause();
}

static pid_t
start_child(uint64_t adds)
{
	int ready[2];
	pid_t child;
	char byte;

	if (pipe(ready) || (child = fork()) < 0)
		abort();
	if (child == 0)
		add_and_wait(adds, ready[1]);
	(void)close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		abort();
	(void)close(ready[0]);
	return child;
}

/* *reap: what tarn_reap() alone took. */
static uint64_t
kill_one(uint64_t adds, uint64_t *reap)
{
	uint64_t killed, dead, took, count = 0, value = 1, key = adds - 1;
	pid_t child = start_child(adds);

	killed = measure_clock();
	if (kill(child, SIGKILL) || waitpid(child, NULL, 0) != child)
		abort();
	dead = measure_now();
	must(tarn_reap(arena, &count));
	*reap = measure_now() - dead;
	took = measure_clock() - killed;
	must(tarn_hashmap_get(of_dead, &key, 8, &value, 8, NULL));
	if (count != 1 || value != 0) {
		fprintf(stderr, "txn: not recovered\n");
		exit(2);
	}
	return took;
}

static uint64_t
run_kill(uint64_t n, uint64_t adds)
{
	uint64_t sum = 0, reap;

	for (uint64_t i = 0; i < n; i++)
		sum += kill_one(adds, &reap);
	return sum;
}

static uint64_t
run_reap(uint64_t n, uint64_t adds)
{
	uint64_t sum = 0, reap;

	for (uint64_t i = 0; i < n; i++) {
		(void)kill_one(adds, &reap);
		sum += reap;
	}
	return sum;
}

/* ---- the cases --------------------------------------------------------------------------------- */

static struct measure_case cases[] = {
	{ "fetch-add", run_fetch_add, 1000000, 0, { 0 } },
	{ "txn/1", run_txn, 1000000, 1, { 0 } },
	{ "peer/txn/1", run_peer, 1000000, 1, { 0 } },
	{ "txn/2", run_txn, 1000000, 2, { 0 } },
	{ "peer/txn/2", run_peer, 1000000, 2, { 0 } },
	{ "txn/1000", run_large_txn, 1000000, 0, { 0 } },
	{ "attach", run_attach, 200, 0, { 0 } },
	{ "attach-write", run_attach_write, 200, 0, { 0 } },
	{ "kill/1", run_kill, 20, 1, { 0 } },
	{ "kill/100", run_kill, 20, 100, { 0 } },
	{ "kill/10000", run_kill, 20, 10000, { 0 } },
	{ "reap/1", run_reap, 20, 1, { 0 } },
	{ "reap/100", run_reap, 20, 100, { 0 } },
	{ "reap/10000", run_reap, 20, 10000, { 0 } },
};

static void
make_peers(void)
{
	pthread_mutexattr_t attr;

	peers = mmap(NULL, 2 * sizeof(*peers), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	if (peers == MAP_FAILED || pthread_mutexattr_init(&attr) ||
	    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) ||
	    pthread_mutex_init(&peers[0].mutex, &attr) ||
	    pthread_mutex_init(&peers[1].mutex, &attr))
		abort();
	(void)pthread_mutexattr_destroy(&attr);
}

static void
make_map(struct tarn_hashmap **map, const char *map_name, uint64_t n)
{
	uint64_t zero = 0;

	must(tarn_hashmap_open(arena, map, map_name, &type, TARN_CREATE, NULL));
	for (uint64_t key = 0; key < n; key++)
		must(tarn_hashmap_put(*map, &key, 8, &zero, 8));
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	(void)snprintf(name, sizeof(name), "shm:bench-txn-%ld", (long)getpid());
	must(tarn_arena_open(&arena, name, &options, NULL));
	make_map(&maps[0], "0", KEYS);
	make_map(&maps[1], "1", KEYS);
	make_map(&of_dead, "dead", KEYS_OF_DEAD);
	make_peers();
	code = measure("txn", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	must(tarn_arena_remove(name));
	tarn_arena_close(arena);
	return code;
}
