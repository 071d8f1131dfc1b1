// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.c -- the shared ordered map of u64 to u64, beside std::map in private
 * memory
 *
 *	insert		1,000,000 keys in random order into a new map
 *	load		the same, ascending
 *	get		each of 1,000,000, in another random order
 *	update		put() over each
 *	erase		1,000,000 in random order, until none is left
 *	scan-100	from a random key on the next 100; the time is of one scan
 *
 * One thread, nobody else there.  Processor time.  What a peer does not do:
 * locks, death, other processes.
 */
#include "measure.h"
#include "peer/std_map.h"

#include <stdlib.h>
#include <tarn.h>

#define MANY UINT64_C(1000000)
#define SCANS UINT64_C(20000)
#define LENGTH 100u

static struct tarn_arena *arena;
static struct tarn_map *map;
static struct peer_tree *peer;
static uint64_t *keys, *order, *ascending;

static const struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_U64, 8, "Q" };

static void
must(int code)
{
	measure_must("map", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static void
fill(struct tarn_map *to, const uint64_t *from, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		must(tarn_map_insert(to, &from[i], 8, &i, 8));
}

/* Into a map of an arena of its own. */
static uint64_t
insert_all(const uint64_t *from, uint64_t n)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *fresh;
	struct tarn_map *filled;
	uint64_t start, taken;

	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_map_open(fresh, &filled, "m", &type, TARN_CREATE, NULL));
	start = measure_now();
	fill(filled, from, n);
	taken = measure_now() - start;
	tarn_map_close(filled);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_insert(uint64_t n, uint64_t unused)
{
	(void)unused;
	return insert_all(keys, n);
}

static uint64_t
run_load(uint64_t n, uint64_t unused)
{
	(void)unused;
	return insert_all(ascending, n);
}

static uint64_t
run_get(uint64_t n, uint64_t unused)
{
	uint64_t value = 0, sum = 0, start = measure_now();

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		must(tarn_map_get(map, &order[i], 8, &value, 8, NULL));
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
		must(tarn_map_put(map, &order[i], 8, &i, 8));
	return measure_now() - start;
}

/* And in again, which is not counted. */
static uint64_t
run_erase(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), taken;

	(void)unused;
	for (uint64_t i = 0; i < n; i++)
		must(tarn_map_erase(map, &order[i], 8));
	taken = measure_now() - start;
	fill(map, keys, n);
	return taken;
}

static uint64_t
run_scan(uint64_t n, uint64_t unused)
{
	uint64_t found[LENGTH], values[LENGTH], sum = 0, start = measure_now();
	size_t count;

	(void)unused;
	for (uint64_t i = 0; i < n; i++) {
		count = LENGTH;
		must(tarn_map_scan(map, &order[i], 8, found, values, &count));
		for (size_t k = 0; k < count; k++)
			sum += found[k] + values[k];
	}
	measure_sink(sum);
	return measure_now() - start;
}

/* ---- the peer ---------------------------------------------------------------------------------- */

static uint64_t
peer_insert_all(const uint64_t *from, uint64_t n)
{
	struct peer_tree *fresh = peer_tree_new();
	uint64_t start = measure_now(), taken;

	peer_tree_insert(fresh, from, n);
	taken = measure_now() - start;
	peer_tree_free(fresh);
	return taken;
}

static uint64_t
peer_insert(uint64_t n, uint64_t unused)
{
	(void)unused;
	return peer_insert_all(keys, n);
}

static uint64_t
peer_load(uint64_t n, uint64_t unused)
{
	(void)unused;
	return peer_insert_all(ascending, n);
}

static uint64_t
peer_get(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_tree_get(peer, order, n));
	return measure_now() - start;
}

static uint64_t
peer_update(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	peer_tree_set(peer, order, n);
	return measure_now() - start;
}

static uint64_t
peer_erase(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now(), taken;

	(void)unused;
	peer_tree_erase(peer, order, n);
	taken = measure_now() - start;
	peer_tree_insert(peer, keys, n);
	return taken;
}

static uint64_t
peer_scan(uint64_t n, uint64_t unused)
{
	uint64_t start = measure_now();

	(void)unused;
	measure_sink(peer_tree_scan(peer, order, n, LENGTH));
	return measure_now() - start;
}

/* ---- all --------------------------------------------------------------------------------------- */

static struct measure_case cases[] = {
	{ .name = "u64/1M/insert", .run = run_insert, .n = MANY },
	{ .name = "peer/u64/1M/insert", .run = peer_insert, .n = MANY },
	{ .name = "u64/1M/load", .run = run_load, .n = MANY },
	{ .name = "peer/u64/1M/load", .run = peer_load, .n = MANY },
	{ .name = "u64/1M/get", .run = run_get, .n = MANY },
	{ .name = "peer/u64/1M/get", .run = peer_get, .n = MANY },
	{ .name = "u64/1M/update", .run = run_update, .n = MANY },
	{ .name = "peer/u64/1M/update", .run = peer_update, .n = MANY },
	{ .name = "u64/1M/erase", .run = run_erase, .n = MANY },
	{ .name = "peer/u64/1M/erase", .run = peer_erase, .n = MANY },
	{ .name = "u64/1M/scan-100", .run = run_scan, .n = SCANS },
	{ .name = "peer/u64/1M/scan-100", .run = peer_scan, .n = SCANS },
};

static void
make_keys(void)
{
	uint64_t seed = 1;

	keys = malloc(MANY * sizeof(*keys));
	order = malloc(MANY * sizeof(*order));
	ascending = malloc(MANY * sizeof(*ascending));
	if (!keys || !order || !ascending)
		abort();
	for (uint64_t i = 0; i < MANY; i++) {
		ascending[i] = i * 1000;
		keys[i] = order[i] = measure_random(&seed);
	}
	measure_shuffle(order, MANY, 2);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena_stat stat;
	int code;

	make_keys();
	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	must(tarn_map_open(arena, &map, "m", &type, TARN_CREATE, NULL));
	fill(map, keys, MANY);
	must(tarn_arena_stat(arena, &stat));
	measure_number("u64/1M", (double)(stat.heap_bytes - stat.heap_free_bytes) / (double)MANY, "bytes_entry");
	peer = peer_tree_new();
	peer_tree_insert(peer, keys, MANY);
	code = measure("map", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
