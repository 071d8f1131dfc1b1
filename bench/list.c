// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- the shared list of u64, beside std::list in private memory
 *
 *	push	1,000,000 at the back of a new list, growth included; the arena
 *		is a new one each time, with memory that nobody has touched
 *	fifo	one of 1,000 comes at the back and one goes at the front, which is
 *		one operation
 *	middle	one comes before the element in the middle, and goes: one
 *		operation
 *	get	by handle, one of 1,000 after the other
 *	walk	from handle to handle through 1,000; ns for one
 *	read	1,000 at once; ns for one
 *	sort	20,000 that are in no order, by the caller's; ns for one
 *
 * One thread, nobody else there.  Processor time.  What the peer does not
 * do: locks, death, handles of what is gone, other processes.
 */
#include "measure.h"
#include "peer/std_list.h"

#include <string.h>
#include <tarn.h>

#define MANY UINT64_C(2000000)
#define MILLION UINT64_C(1000000)
#define SORTED UINT64_C(20000)
#define FEW UINT64_C(1000)

static struct tarn_arena *arena;
static struct tarn_list *few, *some;
static struct tarn_list_handle handles[FEW];
static struct peer_list *peer_few;

static const struct tarn_type type = { TARN_KIND_LIST, TARN_KEY_U64, 8, "Q" };

static void
must(int code)
{
	measure_must("list", code);
}

static void
fill(struct tarn_list *list, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		must(tarn_list_push_back(list, &i, 8, NULL));
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
run_push(uint64_t n, uint64_t unused)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *fresh;
	struct tarn_list *pushed;
	uint64_t start, taken;

	(void)unused;
	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_list_open(fresh, &pushed, "l", &type, TARN_CREATE, NULL));
	start = measure_now();
	fill(pushed, n);
	taken = measure_now() - start;
	tarn_list_close(pushed);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_fifo(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), value = 0, sum = 0;

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_list_push_back(few, &i, 8, NULL));
		must(tarn_list_pop_front(few, &value, 8, NULL));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_middle(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), got;
	struct tarn_list_handle made;

	(void)unused;
	must(tarn_list_read(few, &TARN_LIST_END, TARN_LIST_FORWARDS, NULL, 0, handles, FEW, &got));
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_list_insert(few, &handles[FEW / 2], &i, 8, &made));
		must(tarn_list_erase(few, &made));
	}
	return measure_now() - start;
}

static uint64_t
run_get(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), value = 0, sum = 0, got;

	(void)unused;
	must(tarn_list_read(few, &TARN_LIST_END, TARN_LIST_FORWARDS, NULL, 0, handles, FEW, &got));
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_list_get(few, &handles[i % FEW], &value, 8, NULL));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_walk(uint64_t n, uint64_t unused)
{
	struct tarn_list_handle at = TARN_LIST_END;
	uint64_t start = measure_now();

	(void)unused;
	for (uint64_t i = 0; i < n; i++)
		must(tarn_list_next(few, &at));
	measure_sink(at.where);
	return measure_now() - start;
}

static uint64_t
run_read(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), values[FEW], got, sum = 0;

	(void)unused;
	for (uint64_t i = 0; i < n; i += FEW) {
		must(tarn_list_read(few, &TARN_LIST_END, TARN_LIST_FORWARDS, values, 8, NULL, FEW, &got));
		for (uint64_t k = 0; k < got; k++)
			sum += values[k];
	}
	measure_sink(sum);
	return measure_now() - start;
}

/* As peer_list_sort() does. */
static int
compare(const void *a, size_t a_size, const void *b, size_t b_size, void *unused)
{
	uint64_t one, other;

	(void)a_size;
	(void)b_size;
	(void)unused;
	memcpy(&one, a, 8);
	memcpy(&other, b, 8);
	one = one * 0x9e3779b97f4a7c15 >> 44;
	other = other * 0x9e3779b97f4a7c15 >> 44;
	return one < other ? -1 : one > other;
}

static uint64_t
run_sort(uint64_t n, uint64_t unused)
{
	uint64_t start;

	(void)unused;
	must(tarn_list_clear(some));
	fill(some, n);
	start = measure_now();
	must(tarn_list_sort(some, compare, NULL));
	return measure_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_push(uint64_t n, uint64_t unused)
{
	struct peer_list *pushed = peer_list_new(0);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_list_push(pushed, n);
	taken = measure_now() - start;
	peer_list_free(pushed);
	return taken;
}

static uint64_t
peer_fifo(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_list_fifo(peer_few, n));
	return measure_now() - start;
}

static uint64_t
peer_middle(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_list_middle(peer_few, n));
	return measure_now() - start;
}

static uint64_t
peer_read(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_list_sum(peer_few, n / FEW));
	return measure_now() - start;
}

static uint64_t
peer_sort(uint64_t n, uint64_t unused)
{
	struct peer_list *sorted = peer_list_new(n);
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_list_sort(sorted);
	taken = measure_now() - start;
	peer_list_free(sorted);
	return taken;
}

/* ---- all --------------------------------------------------------------------------------------- */

static struct measure_case cases[] = {
	{ .name = "u64/1M/push", .run = run_push, .n = MILLION },
	{ .name = "peer/u64/1M/push", .run = peer_push, .n = MILLION },
	{ .name = "u64/1k/fifo", .run = run_fifo, .n = MANY },
	{ .name = "peer/u64/1k/fifo", .run = peer_fifo, .n = MANY },
	{ .name = "u64/1k/middle", .run = run_middle, .n = MANY },
	{ .name = "peer/u64/1k/middle", .run = peer_middle, .n = MANY },
	{ .name = "u64/1k/get", .run = run_get, .n = MANY },
	{ .name = "u64/1k/walk", .run = run_walk, .n = MANY },
	{ .name = "u64/1k/read", .run = run_read, .n = MANY },
	{ .name = "peer/u64/1k/read", .run = peer_read, .n = MANY },
	{ .name = "u64/20k/sort", .run = run_sort, .n = SORTED },
	{ .name = "peer/u64/20k/sort", .run = peer_sort, .n = SORTED },
};

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	must(tarn_list_open(arena, &few, "few", &type, TARN_CREATE, NULL));
	must(tarn_list_open(arena, &some, "some", &type, TARN_CREATE, NULL));
	fill(few, FEW);
	peer_few = peer_list_new(FEW);
	code = measure("list", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
