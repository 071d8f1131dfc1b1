// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * protocol.c -- what crash safety costs, without a container around it
 *
 * One thread, no contention, everything in the cache: the price of the
 * protocol itself.  Each Tarn case is a whole operation as a container
 * would do it, with begin, reserve and end; what these three cost alone is
 * the case "empty".  Peers stand in the same shared memory.
 *
 *	kill/N		from kill() to the end of tarn_reap(), of an owner that
 *			has logged N words and not committed; waitpid() included
 *	reap/N		tarn_reap() alone, of as many other kills
 *
 * Rounds are interleaved: every case once, then every case again.  Prints a
 * line of JSON a case, with the median, and appends it to the file that the
 * first argument names; without one, to ../bench/results.jsonl beside
 * $MESON_BUILD_ROOT; without that, to none.
 *
 * The one benchmark that sees inner floors: there is nothing public yet
 * that costs one lock or one logged word and no more.
 */
#include "txn/lane.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 5u
#define NODES 8u
#define DATA_SIZE (4 * TARN_CHUNK)
#define WORDS_AT 1024u /* where the words that a killed owner logs begin, in words */

struct node {
	uint64_t node, words[7];
};

struct result {
	const char *name;
	uint64_t (*run)(uint64_t n, uint64_t arg); /* ns for n operations */
	uint64_t n, arg;
	double ns[ROUNDS];
};

static struct tarn_arena *arena;
static struct node *nodes;
static uint64_t *data;
static pthread_mutex_t *robust, *plain;
static uint64_t *spinlock;
static uint64_t slot_count; /* stands for the count of one slot */
static char arena_name[64];
static volatile uint64_t sink;

static void
must(const char *what, int code)
{
	if (!code)
		return;
	fprintf(stderr, "protocol: %s: %s\n", what, tarn_error_message(code));
	exit(2);
}

/* ---- tarn's operations ------------------------------------------------------------------------- */

static struct tarn_lane *
begin(uint64_t words, uint64_t locks)
{
	struct tarn_lane *lane;

	must("begin", tarn__op_begin(arena, &lane));
	must("reserve", tarn__lane_reserve(lane, words, 0, 0, locks));
	return lane;
}

static void
lock(struct tarn_lane *lane, uint64_t *node)
{
	uint64_t seen = tarn__load(node);

	for (unsigned round = 0; tarn__node_owner(seen) || !tarn__lock(lane, node, seen); round++) {
		must("wait", tarn__node_wait(arena, node, seen, round, UINT64_MAX));
		seen = tarn__load(node);
	}
}

static uint64_t
run_empty(uint64_t n, uint64_t arg)
{
	uint64_t start = tarn__os_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i++)
		tarn__op_end(begin(2, 2));
	return tarn__os_now() - start;
}

static uint64_t
run_store(uint64_t n, uint64_t arg)
{
	uint64_t start = tarn__os_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i++) {
		struct tarn_lane *lane = begin(0, 1);

		lock(lane, &nodes->node);
		tarn__store(&nodes->words[0], i);
		tarn__unlock(lane, &nodes->node);
		tarn__op_end(lane);
	}
	return tarn__os_now() - start;
}

static uint64_t
run_flip(uint64_t n, uint64_t arg)
{
	uint64_t *count = data + WORDS_AT, start = tarn__os_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i++) {
		struct tarn_lane *lane = begin(0, 1);

		lock(lane, &nodes->node);
		tarn__store(&nodes->words[1], i);
		tarn__flip(lane, &nodes->node, i & 1, count, ++slot_count);
		tarn__op_end(lane);
	}
	return tarn__os_now() - start;
}

/* arg nodes, one logged word in each */
static uint64_t
run_logged(uint64_t n, uint64_t arg)
{
	uint64_t start = tarn__os_now();

	for (uint64_t i = 0; i < n; i++) {
		struct tarn_lane *lane = begin(arg, arg);

		for (uint64_t k = 0; k < arg; k++)
			lock(lane, &nodes[k].node);
		for (uint64_t k = 0; k < arg; k++)
			tarn__dirty(&nodes[k].node);
		for (uint64_t k = 0; k < arg; k++)
			tarn__set(lane, &nodes[k].words[0], i);
		must("commit", tarn__commit(lane));
		tarn__op_end(lane);
	}
	return tarn__os_now() - start;
}

static uint64_t
run_read(uint64_t n, uint64_t arg)
{
	uint64_t sum = 0, seen, start = tarn__os_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i++) {
		do {
			must("read", tarn__node_read(arena, &nodes->node, UINT64_MAX, &seen));
			for (unsigned k = 0; k < 6; k++)
				sum += tarn__load(&nodes->words[k]);
		} while (!tarn__node_still(&nodes->node, seen));
	}
	sink = sum;
	return tarn__os_now() - start;
}

static uint64_t
run_open(uint64_t n, uint64_t create)
{
	struct tarn_arena_options options = { .how = create ? TARN_CREATE : TARN_OPEN };
	const char *name = create ? "anon:" : arena_name;
	uint64_t start = tarn__os_now();

	for (uint64_t i = 0; i < n; i++) {
		struct tarn_arena *other;

		must("open", tarn_arena_open(&other, name, &options, NULL));
		tarn_arena_close(other);
	}
	return tarn__os_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

/* arg: whether robust */
static uint64_t
run_mutex(uint64_t n, uint64_t arg)
{
	pthread_mutex_t *mutex = arg ? robust : plain;
	uint64_t start = tarn__os_now();

	for (uint64_t i = 0; i < n; i++) {
		if (pthread_mutex_lock(mutex) || pthread_mutex_unlock(mutex))
			abort();
	}
	return tarn__os_now() - start;
}

static uint64_t
run_cas(uint64_t n, uint64_t arg)
{
	uint64_t start = tarn__os_now();

	(void)arg;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t seen = 0;

		if (!tarn__cas(spinlock, &seen, 1))
			abort();
		tarn__store_release(spinlock, 0);
	}
	return tarn__os_now() - start;
}

static void
make_mutex(pthread_mutex_t *mutex, int how)
{
	pthread_mutexattr_t attr;

	if (pthread_mutexattr_init(&attr) ||
	    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutexattr_setrobust(&attr, how) || pthread_mutex_init(mutex, &attr))
		abort();
	(void)pthread_mutexattr_destroy(&attr);
}

/* ---- death ------------------------------------------------------------------------------------- */

static _Noreturn void
log_and_wait(uint64_t words, int ready)
{
	struct tarn_lane *lane = begin(words, 1);

	lock(lane, &nodes->node);
	tarn__dirty(&nodes->node);
	for (uint64_t i = 0; i < words; i++)
		tarn__set(lane, &data[WORDS_AT + i], ~i);
	if (write(ready, "", 1) != 1)
		_exit(2);
	for (;;)
		pause();
}

/* One owner that logged so many words is killed; *reap: what tarn_reap() alone took. */
static uint64_t
kill_one(uint64_t words, uint64_t *reap)
{
	uint64_t killed, dead, done, count = 0, before = data[WORDS_AT];
	int ready[2];
	pid_t child;
	char byte;

	if (pipe(ready) || (child = fork()) < 0)
		abort();
	if (child == 0)
		log_and_wait(words, ready[1]);
	(void)close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		abort();
	(void)close(ready[0]);
	killed = tarn__os_now();
	if (kill(child, SIGKILL) || waitpid(child, NULL, 0) != child)
		abort();
	dead = tarn__os_now();
	must("reap", tarn_reap(arena, &count));
	done = tarn__os_now();
	if (count != 1 || data[WORDS_AT] != before || tarn__node_owner(tarn__load(&nodes->node))) {
		fprintf(stderr, "protocol: not recovered\n");
		exit(2);
	}
	*reap = done - dead;
	return done - killed;
}

static uint64_t
run_kill(uint64_t n, uint64_t words)
{
	uint64_t sum = 0, reap;

	for (uint64_t i = 0; i < n; i++)
		sum += kill_one(words, &reap);
	return sum;
}

static uint64_t
run_reap(uint64_t n, uint64_t words)
{
	uint64_t sum = 0, reap;

	for (uint64_t i = 0; i < n; i++) {
		(void)kill_one(words, &reap);
		sum += reap;
	}
	return sum;
}

/* ---- results ----------------------------------------------------------------------------------- */

static struct result results[] = {
	{ "empty", run_empty, 2000000, 0, { 0 } },
	{ "store", run_store, 2000000, 0, { 0 } },
	{ "flip", run_flip, 2000000, 0, { 0 } },
	{ "logged/2", run_logged, 1000000, 2, { 0 } },
	{ "logged/8", run_logged, 300000, 8, { 0 } },
	{ "read", run_read, 5000000, 0, { 0 } },
	{ "peer/robust-mutex", run_mutex, 2000000, 1, { 0 } },
	{ "peer/plain-mutex", run_mutex, 2000000, 0, { 0 } },
	{ "peer/cas-store", run_cas, 5000000, 0, { 0 } },
	{ "open-close", run_open, 200, 0, { 0 } },
	{ "create-close", run_open, 200, 1, { 0 } },
	{ "kill/0", run_kill, 20, 0, { 0 } },
	{ "kill/100", run_kill, 20, 100, { 0 } },
	{ "kill/10000", run_kill, 20, 10000, { 0 } },
	{ "reap/0", run_reap, 20, 0, { 0 } },
	{ "reap/100", run_reap, 20, 100, { 0 } },
	{ "reap/10000", run_reap, 20, 10000, { 0 } },
};

#define RESULTS (sizeof(results) / sizeof(results[0]))

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(FILE *file, const struct result *result)
{
	fprintf(file,
		"{\"bench\": \"protocol\", \"case\": \"%s\", \"ns_op\": %.1f, \"min\": %.1f, "
		"\"max\": %.1f, \"rounds\": %u}\n",
		result->name, result->ns[ROUNDS / 2], result->ns[0], result->ns[ROUNDS - 1], ROUNDS);
}

/* NULL: no file is wanted. */
static FILE *
open_results(const char *path)
{
	const char *build = getenv("MESON_BUILD_ROOT");
	char text[4096], folder[4096];
	FILE *file;
	char *slash;

	if (!path && !build)
		return NULL;
	(void)snprintf(text, sizeof(text), "%s%s", path ? path : build,
		       path ? "" : "/../bench/results.jsonl");
	memcpy(folder, text, sizeof(folder));
	slash = strrchr(folder, '/');
	if (slash)
		*slash = 0;
	if (slash && mkdir(folder, 0777) && errno != EEXIST)
		perror(folder);
	file = fopen(text, "a");
	if (!file) {
		perror(text);
		exit(2);
	}
	return file;
}

static void
prepare(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *other;

	must("create", tarn_arena_open(&arena, "anon:", &options, NULL));
	must("give", tarn__arena_give(arena, arena->fixed.data_off, DATA_SIZE));
	nodes = tarn__at(arena, arena->fixed.data_off, DATA_SIZE, 64);
	data = (uint64_t *)nodes;
	/* each peer a few lines of the cache behind the nodes */
	robust = (pthread_mutex_t *)(data + 256);
	plain = (pthread_mutex_t *)(data + 288);
	spinlock = data + 320;
	make_mutex(robust, PTHREAD_MUTEX_ROBUST);
	make_mutex(plain, PTHREAD_MUTEX_STALLED);
	(void)snprintf(arena_name, sizeof(arena_name), "shm:bench-protocol-%ld", (long)getpid());
	must("create", tarn_arena_open(&other, arena_name, &options, NULL));
	tarn_arena_close(other);
}

int
main(int argc, char **argv)
{
	FILE *file = open_results(argc > 1 ? argv[1] : NULL);

	prepare();
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < RESULTS; i++) {
			struct result *result = &results[i];
			uint64_t ns = result->run(result->n, result->arg);

			result->ns[round] = (double)ns / (double)result->n;
		}
	}
	must("remove", tarn_arena_remove(arena_name));
	for (size_t i = 0; i < RESULTS; i++) {
		qsort(results[i].ns, ROUNDS, sizeof(results[i].ns[0]), compare);
		print(stdout, &results[i]);
		if (file)
			print(file, &results[i]);
	}
	tarn_arena_close(arena);
	return file && fclose(file) ? 2 : 0;
}
