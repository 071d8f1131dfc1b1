// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- the shared deque of u64, beside std::deque in private memory
 *
 *	push	10,000,000 at the back of a new deque, growth included; the arena
 *		is a new one each time, with memory that nobody has touched
 *	fifo	one of 1,000 comes at the back and one goes at the front, which is
 *		one operation
 *	lifo	one comes at the front and goes there
 *	batch	as fifo, but 64 come in one step, and 64 go; ns for one of them
 *	get	one of 1,000,000 at a random place
 *
 * One thread, nobody else there.  Processor time.  What the peer does not
 * do: locks, death, other processes.
 */
#include "measure.h"
#include "peer/std_deque.h"

#include <stdlib.h>
#include <tarn.h>

#define MANY UINT64_C(10000000)
#define SOME UINT64_C(1000000)
#define FEW UINT64_C(1000)
#define BATCH UINT64_C(64)

static struct tarn_arena *arena;
static struct tarn_deque *few, *some;
static struct peer_deque *peer_few, *peer_some;
static uint64_t *order;

static const struct tarn_type type = { TARN_KIND_DEQUE, TARN_KEY_U64, 8, "Q" };

static void
must(int code)
{
	measure_must("deque", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
run_push(uint64_t n, uint64_t unused)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *fresh;
	struct tarn_deque *pushed;
	uint64_t start, taken;

	(void)unused;
	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_deque_open(fresh, &pushed, "d", &type, TARN_CREATE, NULL));
	start = measure_now();
	for (uint64_t i = 0; i < n; i++)
		must(tarn_deque_push_back(pushed, &i));
	taken = measure_now() - start;
	tarn_deque_close(pushed);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_fifo(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), value = 0, sum = 0;

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_deque_push_back(few, &i));
		must(tarn_deque_pop_front(few, &value));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_batch(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), values[BATCH] = { 0 }, got;

	(void)unused;
	for (uint64_t i = 0; i < n; i += BATCH) {
		must(tarn_deque_append(few, values, BATCH));
		must(tarn_deque_pop_many(few, values, BATCH, &got));
	}
	measure_sink(values[0]);
	return measure_now() - start;
}

static uint64_t
run_lifo(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), value = 0, sum = 0;

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_deque_push_front(few, &i));
		must(tarn_deque_pop_front(few, &value));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_get(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), value = 0, sum = 0;

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_deque_get(some, order[i], &value));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_push(uint64_t n, uint64_t unused)
{
	struct peer_deque *pushed = peer_deque_new(0);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_deque_push(pushed, n);
	taken = measure_now() - start;
	peer_deque_free(pushed);
	return taken;
}

static uint64_t
peer_fifo(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_deque_fifo(peer_few, n));
	return measure_now() - start;
}

static uint64_t
peer_lifo(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_deque_lifo(peer_few, n));
	return measure_now() - start;
}

static uint64_t
peer_get(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_deque_get(peer_some, order, n));
	return measure_now() - start;
}

/* ---- all --------------------------------------------------------------------------------------- */

static struct measure_case cases[] = {
	{ .name = "u64/10M/push", .run = run_push, .n = MANY },
	{ .name = "peer/u64/10M/push", .run = peer_push, .n = MANY },
	{ .name = "u64/1k/fifo", .run = run_fifo, .n = MANY },
	{ .name = "peer/u64/1k/fifo", .run = peer_fifo, .n = MANY },
	{ .name = "u64/1k/batch", .run = run_batch, .n = MANY },
	{ .name = "u64/1k/lifo", .run = run_lifo, .n = MANY },
	{ .name = "peer/u64/1k/lifo", .run = peer_lifo, .n = MANY },
	{ .name = "u64/1M/get", .run = run_get, .n = SOME },
	{ .name = "peer/u64/1M/get", .run = peer_get, .n = SOME },
};

static void
fill(struct tarn_deque *deque, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		must(tarn_deque_push_back(deque, &i));
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	order = malloc(SOME * sizeof(*order));
	if (!order)
		abort();
	for (uint64_t i = 0; i < SOME; i++)
		order[i] = i;
	measure_shuffle(order, SOME, 2);
	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	must(tarn_deque_open(arena, &few, "few", &type, TARN_CREATE, NULL));
	must(tarn_deque_open(arena, &some, "some", &type, TARN_CREATE, NULL));
	fill(few, FEW);
	fill(some, SOME);
	peer_few = peer_deque_new(FEW);
	peer_some = peer_deque_new(SOME);
	code = measure("deque", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
