// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- the shared priority queue of u64, beside
 * std::priority_queue in private memory
 *
 *	push	1,000,000 random ones into a new queue, growth included; the
 *		arena is a new one each time, with memory that nobody has touched
 *	heapify	the same in one step
 *	drain	1,000,000 are popped, one by one
 *	hold	a random one comes, with 1,000 or 1,000,000 there, and the
 *		greatest goes, which is one operation
 *	batch	as hold, but 64 come in one step, and 64 go; ns for one of them
 *	top	of 1,000,000
 *	update	one of 1,000,000, by its handle, gets another random number
 *
 * One thread, nobody else there.  Processor time.  What the peer does not
 * do: locks, death, other processes, handles.
 */
#include "measure.h"
#include "peer/std_adaptors.h"

#include <stdlib.h>
#include <tarn.h>

#define MANY UINT64_C(1000000)
#define FEW UINT64_C(1000)
#define BATCH UINT64_C(64)

static struct tarn_arena *arena;
static struct tarn_priority_queue *few, *many, *updated;
static struct tarn_priority_queue_handle *handles; /* of those in updated */
static struct peer_ends *peer_few, *peer_many;
static uint64_t *numbers;

static const struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_U64, 8, "Q" };

static void
must(int code)
{
	measure_must("priority_queue", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

/* In a queue of its own: all come, and then all go. */
static uint64_t
run_all(uint64_t n, bool one_by_one, bool drains)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_priority_queue *pushed;
	struct tarn_arena *fresh;
	uint64_t start, taken, value = 0;

	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_priority_queue_open(fresh, &pushed, "d", &type, TARN_CREATE, NULL));
	start = measure_now();
	for (uint64_t i = 0; one_by_one && i < n; i++)
		must(tarn_priority_queue_push(pushed, &numbers[i], NULL));
	if (!one_by_one)
		must(tarn_priority_queue_push_many(pushed, numbers, n, NULL));
	taken = measure_now() - start;
	start = measure_now();
	for (uint64_t i = 0; drains && i < n; i++)
		must(tarn_priority_queue_pop(pushed, &value));
	if (drains)
		taken = measure_now() - start;
	measure_sink(value);
	tarn_priority_queue_close(pushed);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_push(uint64_t n, uint64_t unused)
{
	(void)unused;
	return run_all(n, true, false);
}

static uint64_t
run_heapify(uint64_t n, uint64_t unused)
{
	(void)unused;
	return run_all(n, false, false);
}

static uint64_t
run_drain(uint64_t n, uint64_t unused)
{
	(void)unused;
	return run_all(n, false, true);
}

static uint64_t
run_hold(uint64_t n, uint64_t size)
{
	struct tarn_priority_queue *queue = size == FEW ? few : many;
	uint64_t start = measure_now(), value = 0, sum = 0;

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_priority_queue_push(queue, &numbers[i], NULL));
		must(tarn_priority_queue_pop(queue, &value));
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
	for (uint64_t i = 0; i + BATCH <= n; i += BATCH) {
		must(tarn_priority_queue_push_many(few, &numbers[i], BATCH, NULL));
		must(tarn_priority_queue_pop_many(few, values, BATCH, &got));
	}
	measure_sink(values[0]);
	return measure_now() - start;
}

static uint64_t
run_top(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), value = 0, sum = 0;

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_priority_queue_top(updated, &value, NULL));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_update(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	for (uint64_t i = 0; i < n; i++)
		must(tarn_priority_queue_update(updated, &handles[numbers[i] % MANY], &numbers[n - 1 - i]));
	return measure_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_push(uint64_t n, uint64_t unused)
{
	struct peer_ends *pushed = peer_ends_new(PEER_PRIORITY_QUEUE);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_ends_push(pushed, numbers, n);
	taken = measure_now() - start;
	peer_ends_free(pushed);
	return taken;
}

static uint64_t
peer_drain(uint64_t n, uint64_t unused)
{
	struct peer_ends *pushed = peer_ends_new(PEER_PRIORITY_QUEUE);
	uint64_t start, taken;

	(void)unused;
	peer_ends_push(pushed, numbers, n);
	start = measure_now();
	measure_sink(peer_ends_pop(pushed, n));
	taken = measure_now() - start;
	peer_ends_free(pushed);
	return taken;
}

static uint64_t
peer_hold(uint64_t n, uint64_t size)
{
	uint64_t start = measure_now();

	measure_sink(peer_ends_hold(size == FEW ? peer_few : peer_many, numbers, n));
	return measure_now() - start;
}

static struct measure_case cases[] = {
	{ .name = "u64/1M/push", .run = run_push, .n = MANY },
	{ .name = "peer/u64/1M/push", .run = peer_push, .n = MANY },
	{ .name = "u64/1M/heapify", .run = run_heapify, .n = MANY },
	{ .name = "u64/1M/drain", .run = run_drain, .n = MANY },
	{ .name = "peer/u64/1M/drain", .run = peer_drain, .n = MANY },
	{ .name = "u64/1k/hold", .run = run_hold, .n = MANY, .arg = FEW },
	{ .name = "peer/u64/1k/hold", .run = peer_hold, .n = MANY, .arg = FEW },
	{ .name = "u64/1M/hold", .run = run_hold, .n = MANY, .arg = MANY },
	{ .name = "peer/u64/1M/hold", .run = peer_hold, .n = MANY, .arg = MANY },
	{ .name = "u64/1k/batch", .run = run_batch, .n = MANY },
	{ .name = "u64/1M/top", .run = run_top, .n = MANY },
	{ .name = "u64/1M/update", .run = run_update, .n = MANY },
};

static void
fill(struct tarn_priority_queue **queue, const char *name, uint64_t count)
{
	must(tarn_priority_queue_open(arena, queue, name, &type, TARN_CREATE, NULL));
	must(tarn_priority_queue_push_many(*queue, numbers, count, count == MANY ? handles : NULL));
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	numbers = malloc(MANY * sizeof(*numbers));
	handles = malloc(MANY * sizeof(*handles));
	if (!numbers || !handles)
		abort();
	for (uint64_t i = 0; i < MANY; i++)
		numbers[i] = i;
	measure_shuffle(numbers, MANY, 2);
	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	fill(&few, "few", FEW);
	fill(&many, "many", MANY);
	fill(&updated, "updated", MANY);
	peer_few = peer_ends_new(PEER_PRIORITY_QUEUE);
	peer_many = peer_ends_new(PEER_PRIORITY_QUEUE);
	peer_ends_push(peer_few, numbers, FEW);
	peer_ends_push(peer_many, numbers, MANY);
	code = measure("priority_queue", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
