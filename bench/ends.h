// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- shared stacks, or queues, of u64 beside those of the standard
 * library in private memory
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * KIND; PEER, which one of peer/std_adaptors.h; and NAME.
 *
 *	push	10,000,000 into a new one, growth included; the arena is a new
 *		one each time, with memory that nobody has touched
 *	hold	one comes, with 1,000 there, and one goes, which is one operation
 *	batch	as hold, but 64 come in one step, and 64 go; ns for one of them
 *
 * One thread, nobody else there.  Processor time.  What the peer does not
 * do: locks, death, other processes.
 */
#include "measure.h"
#include "peer/std_adaptors.h"

#include <stdlib.h>
#include <tarn.h>

#define MANY UINT64_C(10000000)
#define FEW UINT64_C(1000)
#define BATCH UINT64_C(64)

static struct tarn_arena *arena;
static ADAPTOR *few;
static struct peer_ends *peer_few;
static uint64_t *numbers;

static const struct tarn_type type = { KIND, TARN_KEY_U64, 8, "Q" };

static void
must(int code)
{
	measure_must(NAME, code);
}

static uint64_t
run_push(uint64_t n, uint64_t unused)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *fresh;
	ADAPTOR *pushed;
	uint64_t start, taken;

	(void)unused;
	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(CALL(open)(fresh, &pushed, "d", &type, TARN_CREATE, NULL));
	start = measure_now();
	for (uint64_t i = 0; i < n; i++)
		must(CALL(push)(pushed, &numbers[i]));
	taken = measure_now() - start;
	CALL(close)(pushed);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_hold(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), value = 0, sum = 0;

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(CALL(push)(few, &numbers[i]));
		must(CALL(pop)(few, &value));
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
		must(CALL(push_many)(few, values, BATCH));
		must(CALL(pop_many)(few, values, BATCH, &got));
	}
	measure_sink(values[0]);
	return measure_now() - start;
}

static uint64_t
peer_push(uint64_t n, uint64_t unused)
{
	struct peer_ends *pushed = peer_ends_new(PEER);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_ends_push(pushed, numbers, n);
	taken = measure_now() - start;
	peer_ends_free(pushed);
	return taken;
}

static uint64_t
peer_hold(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_ends_hold(peer_few, numbers, n));
	return measure_now() - start;
}

static struct measure_case cases[] = {
	{ .name = "u64/10M/push", .run = run_push, .n = MANY },
	{ .name = "peer/u64/10M/push", .run = peer_push, .n = MANY },
	{ .name = "u64/1k/hold", .run = run_hold, .n = MANY },
	{ .name = "peer/u64/1k/hold", .run = peer_hold, .n = MANY },
	{ .name = "u64/1k/batch", .run = run_batch, .n = MANY },
};

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	numbers = malloc(MANY * sizeof(*numbers));
	if (!numbers)
		abort();
	for (uint64_t i = 0; i < MANY; i++)
		numbers[i] = i;
	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	must(CALL(open)(arena, &few, "few", &type, TARN_CREATE, NULL));
	must(CALL(push_many)(few, numbers, FEW));
	peer_few = peer_ends_new(PEER);
	peer_ends_push(peer_few, numbers, FEW);
	code = measure(NAME, cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
