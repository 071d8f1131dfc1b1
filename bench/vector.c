// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- the shared vector of u64, beside std::vector in private memory
 *
 *	push		10,000,000 onto a new vector, growth included; the arena is
 *			a new one each time, with memory that nobody has touched
 *	push-in-txn	the same in one transaction: all of them happen or none
 *	append		10,000 at a time, into room that was there before; the peer
 *			is memcpy() to shared memory that was there before
 *	read		the same the other way; the peer is memcpy() from shared memory
 *	sort		1,000,000 numbers in random order
 *	get, set	one of 1,000,000 at a random place
 *	view		the sum of 1,000,000, where they lie
 *
 * One thread, nobody else there.  Processor time.  What a peer does not do:
 * locks, death, other processes.
 */
#include "measure.h"
#include "peer/std_vector.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tarn.h>

#define MANY UINT64_C(10000000)
#define SOME UINT64_C(1000000)
#define BATCH UINT64_C(10000)

static struct tarn_arena *arena;
static struct tarn_vector *vector;	/* SOME elements */
static struct tarn_vector *room;	/* for SOME elements */
static struct peer_vector *peer;
static uint64_t *numbers, *order, *copy;
static uint64_t *shared; /* memory of the sort that an arena is */

static const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_U64, 8, "Q" };

static void
must(int code)
{
	measure_must("vector", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
push_all(struct tarn_vector *pushed, uint64_t n)
{
	uint64_t start = measure_now();

	for (uint64_t i = 0; i < n; i++)
		must(tarn_vector_push_back(pushed, &i));
	return measure_now() - start;
}

static uint64_t
push_in_txn(struct tarn_arena *fresh, struct tarn_vector *pushed, uint64_t n)
{
	struct tarn_object *objects[] = { tarn_vector_object(pushed) };
	uint64_t start = measure_now();
	struct tarn_txn *txn;

	must(tarn_txn_begin(fresh, &txn, objects, 1));
	(void)push_all(tarn_vector_in(pushed, txn), n);
	must(tarn_txn_commit(txn));
	return measure_now() - start;
}

/* Onto a new vector, in an arena of its own. */
static uint64_t
run_push(uint64_t n, uint64_t in_txn)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *fresh;
	struct tarn_vector *pushed;
	uint64_t taken;

	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_vector_open(fresh, &pushed, "v", &type, TARN_CREATE, NULL));
	taken = in_txn ? push_in_txn(fresh, pushed, n) : push_all(pushed, n);
	tarn_vector_close(pushed);
	tarn_arena_close(fresh);
	return taken;
}

/* The time of the last n of them; the others make the memory warm. */
static uint64_t
timed(void (*one)(uint64_t at), uint64_t n)
{
	uint64_t start = 0;

	for (uint64_t done = 0; done < SOME + n; done += BATCH) {
		if (done == SOME)
			start = measure_now();
		one(done % SOME);
	}
	return measure_now() - start;
}

static void
append_one(uint64_t at)
{
	if (!at)
		must(tarn_vector_clear(room));
	must(tarn_vector_append(room, numbers + at, BATCH));
}

static uint64_t
run_append(uint64_t n, uint64_t unused)
{
	(void)unused;
	return timed(append_one, n);
}

static void
read_one(uint64_t at)
{
	uint64_t got;

	must(tarn_vector_read(vector, at, copy, BATCH, &got));
}

static uint64_t
run_read(uint64_t n, uint64_t unused)
{
	(void)unused;
	return timed(read_one, n);
}

static uint64_t
run_sort(uint64_t n, uint64_t unused)
{
	uint64_t start;

	(void)unused;
	must(tarn_vector_assign(room, numbers, n));
	start = measure_now();
	must(tarn_vector_sort(room, NULL, NULL));
	return measure_now() - start;
}

static uint64_t
run_get(uint64_t n, uint64_t unused)
{
	uint64_t value = 0, sum = 0, start = measure_now();

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_vector_get(vector, order[i], &value));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_set(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	for (uint64_t i = 0; i < n; i++)
		must(tarn_vector_set(vector, order[i], &i));
	return measure_now() - start;
}

static uint64_t
run_view(uint64_t n, uint64_t unused)
{
	struct tarn_vector_view view;
	uint64_t sum = 0, start = measure_now();

	(void)unused;
	must(tarn_vector_view(vector, &view));
	for (uint64_t i = 0; i < n && i < view.count; i++)
		sum += ((const uint64_t *)view.data)[i];
	if (!tarn_vector_view_valid(vector, &view))
		abort();
	measure_sink(sum);
	return measure_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_push(uint64_t n, uint64_t unused)
{
	struct peer_vector *pushed = peer_vector_new(NULL, 0);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_vector_push(pushed, n);
	taken = measure_now() - start;
	peer_vector_free(pushed);
	return taken;
}

static void
copy_in(uint64_t at)
{
	memcpy(shared + at, numbers + at, BATCH * sizeof(*shared));
	measure_sink(shared[at]);
}

static uint64_t
peer_copy(uint64_t n, uint64_t unused)
{
	(void)unused;
	return timed(copy_in, n);
}

/* To one place, as read_one() copies. */
static void
copy_out(uint64_t at)
{
	memcpy(copy, shared + at, BATCH * sizeof(*copy));
	measure_sink(copy[0]);
}

static uint64_t
peer_read(uint64_t n, uint64_t unused)
{
	(void)unused;
	return timed(copy_out, n);
}

static uint64_t
peer_sort(uint64_t n, uint64_t unused)
{
	struct peer_vector *sorted = peer_vector_new(numbers, n);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_vector_sort(sorted);
	taken = measure_now() - start;
	peer_vector_free(sorted);
	return taken;
}

static uint64_t
peer_get(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_vector_get(peer, order, n));
	return measure_now() - start;
}

static uint64_t
peer_set(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	peer_vector_set(peer, order, n);
	return measure_now() - start;
}

static uint64_t
peer_sum(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)n;
	(void)unused;
	measure_sink(peer_vector_sum(peer));
	return measure_now() - start;
}

/* ---- all --------------------------------------------------------------------------------------- */

static struct measure_case cases[] = {
	{ .name = "u64/10M/push", .run = run_push, .n = MANY },
	{ .name = "peer/u64/10M/push", .run = peer_push, .n = MANY },
	{ .name = "u64/10M/push-in-txn", .run = run_push, .n = MANY, .arg = 1 },
	{ .name = "peer/u64/10M/push-in-txn", .run = peer_push, .n = MANY },
	{ .name = "u64/append", .run = run_append, .n = MANY },
	{ .name = "peer/u64/append", .run = peer_copy, .n = MANY },
	{ .name = "u64/read", .run = run_read, .n = MANY },
	{ .name = "peer/u64/read", .run = peer_read, .n = MANY },
	{ .name = "u64/1M/sort", .run = run_sort, .n = SOME },
	{ .name = "peer/u64/1M/sort", .run = peer_sort, .n = SOME },
	{ .name = "u64/1M/get", .run = run_get, .n = SOME },
	{ .name = "peer/u64/1M/get", .run = peer_get, .n = SOME },
	{ .name = "u64/1M/set", .run = run_set, .n = SOME },
	{ .name = "peer/u64/1M/set", .run = peer_set, .n = SOME },
	{ .name = "u64/1M/view", .run = run_view, .n = SOME },
	{ .name = "peer/u64/1M/view", .run = peer_sum, .n = SOME },
};

static void
make_numbers(void)
{
	uint64_t seed = 1;

	numbers = malloc(SOME * sizeof(*numbers));
	order = malloc(SOME * sizeof(*order));
	copy = calloc(SOME, sizeof(*copy));
	shared = mmap(NULL, SOME * sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!numbers || !order || !copy || shared == MAP_FAILED)
		abort();
	memset(shared, 1, SOME * sizeof(*shared));
	for (uint64_t i = 0; i < SOME; i++) {
		numbers[i] = measure_random(&seed);
		order[i] = i;
	}
	measure_shuffle(order, SOME, 2);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	make_numbers();
	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	must(tarn_vector_open(arena, &vector, "v", &type, TARN_CREATE, NULL));
	must(tarn_vector_append(vector, numbers, SOME));
	must(tarn_vector_open(arena, &room, "room", &type, TARN_CREATE, NULL));
	must(tarn_vector_append(room, numbers, SOME));
	peer = peer_vector_new(numbers, SOME);
	code = measure("vector", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
