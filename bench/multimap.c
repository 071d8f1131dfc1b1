// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.c -- the shared ordered multimap, beside std::multimap in private
 * memory
 *
 *	get		the value of a key's first entry
 *	range		all values of a key; the time is that of a call
 *	count		how many these are
 *	scan		100 entries from a key on; the time is that of one of these
 *	insert		into a new multimap, in random order; the arena is a new one each time
 *	load		the same in the keys' order; the peer has its end as a hint
 *
 * Names are CASE/ENTRIES.  Keys are random u64, each ten times; values are u64.
 * One thread, nobody else there.  Processor time.  What a peer does not do:
 * locks, death, other processes.
 */
#include "measure.h"
#include "peer/std_multimap.h"

#include <stdlib.h>
#include <tarn.h>

#define TIMES 10u
#define SCANNED 100u
#define LOADS 2u

static struct load {
	uint64_t n;
	uint64_t *keys, *order, *sorted;
	struct tarn_multimap *map;
	struct peer_multimap *peer;
} loads[LOADS] = { { .n = 10000 }, { .n = 1000000 } };

static struct tarn_arena *arena;
static const struct tarn_type type = { TARN_KIND_MULTIMAP, TARN_KEY_U64, 8, NULL };

static void
must(int code)
{
	measure_must("multimap", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
run_get(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), sum = 0, value;

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_multimap_get(loads[which].map, &loads[which].order[i], 8, &value, 8, NULL));
		sum += value;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_range(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), sum = 0, values[TIMES];

	for (uint64_t i = 0; i < n; i++) {
		size_t count = TIMES;

		must(tarn_multimap_equal_range(loads[which].map, &loads[which].order[i], 8, values, NULL,
					       &count));
		for (size_t k = 0; k < count; k++)
			sum += values[k];
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_count(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), sum = 0, count;

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_multimap_count(loads[which].map, &loads[which].order[i], 8, &count));
		sum += count;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_scan(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), sum = 0, keys[SCANNED], values[SCANNED];

	for (uint64_t i = 0; i < n / SCANNED; i++) {
		size_t count = SCANNED;

		must(tarn_multimap_scan(loads[which].map, &loads[which].order[i], 8, keys, values, &count));
		for (size_t k = 0; k < count; k++)
			sum += keys[k] + values[k];
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
fill(uint64_t n, const uint64_t *keys, bool ascending)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_multimap *map;
	struct tarn_arena *fresh;
	uint64_t start, taken;

	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_multimap_open(fresh, &map, "m", &type, TARN_CREATE, NULL));
	start = measure_now();
	if (ascending)
		must(tarn_multimap_load(map, keys, 8, n, keys, 8));
	for (uint64_t i = 0; !ascending && i < n; i++)
		must(tarn_multimap_insert(map, &keys[i], 8, &i, 8, NULL));
	taken = measure_now() - start;
	tarn_multimap_close(map);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_insert(uint64_t n, uint64_t which)
{
	return fill(n, loads[which].keys, false);
}

static uint64_t
run_load(uint64_t n, uint64_t which)
{
	return fill(n, loads[which].sorted, true);
}

/* ---- peers ------------------------------------------------------------------------------------- */

typedef uint64_t peer_look(const struct peer_multimap *map, const uint64_t *keys, size_t count);

static uint64_t
peer_ask(uint64_t n, uint64_t which, peer_look *look)
{
	uint64_t start = measure_now();

	measure_sink(look(loads[which].peer, loads[which].order, n));
	return measure_now() - start;
}

static uint64_t
peer_get(uint64_t n, uint64_t which)
{
	return peer_ask(n, which, peer_multimap_get);
}

static uint64_t
peer_range(uint64_t n, uint64_t which)
{
	return peer_ask(n, which, peer_multimap_range);
}

static uint64_t
peer_count(uint64_t n, uint64_t which)
{
	return peer_ask(n, which, peer_multimap_count);
}

static uint64_t
peer_scan(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_multimap_scan(loads[which].peer, loads[which].order, n / SCANNED, SCANNED));
	return measure_now() - start;
}

static uint64_t
peer_fill(uint64_t n, const uint64_t *keys,
	  void (*insert)(struct peer_multimap *map, const uint64_t *keys, size_t count))
{
	struct peer_multimap *map = peer_multimap_new();
	uint64_t start = measure_now(), taken;

	insert(map, keys, n);
	taken = measure_now() - start;
	peer_multimap_free(map);
	return taken;
}

static uint64_t
peer_insert(uint64_t n, uint64_t which)
{
	return peer_fill(n, loads[which].keys, peer_multimap_insert);
}

static uint64_t
peer_load(uint64_t n, uint64_t which)
{
	return peer_fill(n, loads[which].sorted, peer_multimap_load);
}

/* ---- all --------------------------------------------------------------------------------------- */

#define CASE(n, which, name, call) { name "/" #n, run_##call, n, which, { 0 } }
#define PEER(n, which, name, call) { "peer/" name "/" #n, peer_##call, n, which, { 0 } }

static struct measure_case cases[] = {
	CASE(10000, 0, "get", get), PEER(10000, 0, "get", get),
	CASE(10000, 0, "range", range), PEER(10000, 0, "range", range),
	CASE(10000, 0, "count", count), PEER(10000, 0, "count", count),
	CASE(10000, 0, "scan", scan), PEER(10000, 0, "scan", scan),
	CASE(10000, 0, "insert", insert), PEER(10000, 0, "insert", insert),
	CASE(10000, 0, "load", load), PEER(10000, 0, "load", load),
	CASE(1000000, 1, "get", get), PEER(1000000, 1, "get", get),
	CASE(1000000, 1, "range", range), PEER(1000000, 1, "range", range),
	CASE(1000000, 1, "count", count), PEER(1000000, 1, "count", count),
	CASE(1000000, 1, "scan", scan), PEER(1000000, 1, "scan", scan),
	CASE(1000000, 1, "insert", insert), PEER(1000000, 1, "insert", insert),
	CASE(1000000, 1, "load", load), PEER(1000000, 1, "load", load),
};

/* Each so many times, in the order of their first ones. */
static uint64_t *
random_keys(uint64_t n)
{
	uint64_t *keys = malloc(n * sizeof(*keys)), seed = 1;

	if (!keys)
		abort();
	for (uint64_t i = 0; i < n; i++)
		keys[i] = i < n / TIMES ? measure_random(&seed) : keys[i - n / TIMES];
	return keys;
}

static int
compare_words(const void *a, const void *b)
{
	const uint64_t *one = a, *two = b;

	return *one < *two ? -1 : *one > *two;
}

static void
make_load(unsigned which)
{
	const char name[] = { 'm', (char)('0' + which), '\0' };
	struct load *load = &loads[which];

	load->keys = random_keys(load->n);
	load->order = random_keys(load->n);
	load->sorted = random_keys(load->n);
	measure_shuffle(load->keys, load->n, 2);
	measure_shuffle(load->order, load->n, 3);
	qsort(load->sorted, load->n, sizeof(*load->sorted), compare_words);
	load->peer = peer_multimap_new();
	must(tarn_multimap_open(arena, &load->map, name, &type, TARN_CREATE, NULL));
	must(tarn_multimap_insert_many(load->map, load->keys, 8, load->n, load->keys, 8, NULL));
	peer_multimap_insert(load->peer, load->keys, load->n);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < LOADS; i++)
		make_load(i);
	code = measure("multimap", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
