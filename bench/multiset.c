// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.c -- the shared ordered multiset, beside std::multiset in private
 * memory
 *
 *	contains	look up a key that is there
 *	count		how often it is
 *	scan		100 keys from one on; the time is that of one of these
 *	insert		into a new multiset, in random order; the arena is a new one each time
 *	load		the same in the keys' order; the peer has its end as a hint
 *	pop		take out the lowest key, and put it in again
 *
 * Names are CASE/ENTRIES.  Keys are random u64, each ten times.  One thread,
 * nobody else there.  Processor time.  What a peer does not do: locks, death,
 * other processes.
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
	struct tarn_multiset *set;
	struct peer_multiset *peer;
} loads[LOADS] = { { .n = 10000 }, { .n = 1000000 } };

static struct tarn_arena *arena;
static const struct tarn_type type = { TARN_KIND_MULTISET, TARN_KEY_U64, 0, NULL };

static void
must(int code)
{
	measure_must("multiset", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
run_contains(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	for (uint64_t i = 0; i < n; i++)
		must(tarn_multiset_contains(loads[which].set, &loads[which].order[i], 8));
	return measure_now() - start;
}

static uint64_t
run_count(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), sum = 0, count;

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_multiset_count(loads[which].set, &loads[which].order[i], 8, &count));
		sum += count;
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_scan(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), sum = 0, keys[SCANNED];

	for (uint64_t i = 0; i < n / SCANNED; i++) {
		size_t count = SCANNED;

		must(tarn_multiset_scan(loads[which].set, &loads[which].order[i], 8, keys, &count));
		for (size_t k = 0; k < count; k++)
			sum += keys[k];
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_pop(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), key = 0;
	struct tarn_bytes room = { &key, sizeof(key) };

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_multiset_pop_first(loads[which].set, &room));
		must(tarn_multiset_insert(loads[which].set, &key, 8, NULL));
	}
	return measure_now() - start;
}

static uint64_t
fill(uint64_t n, const uint64_t *keys, bool ascending)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_multiset *set;
	struct tarn_arena *fresh;
	uint64_t start, taken;

	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_multiset_open(fresh, &set, "s", &type, TARN_CREATE, NULL));
	start = measure_now();
	if (ascending)
		must(tarn_multiset_load(set, keys, 8, n));
	for (uint64_t i = 0; !ascending && i < n; i++)
		must(tarn_multiset_insert(set, &keys[i], 8, NULL));
	taken = measure_now() - start;
	tarn_multiset_close(set);
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

static uint64_t
peer_contains(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_multiset_contains(loads[which].peer, loads[which].order, n));
	return measure_now() - start;
}

static uint64_t
peer_count(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_multiset_count(loads[which].peer, loads[which].order, n));
	return measure_now() - start;
}

static uint64_t
peer_scan(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_multiset_scan(loads[which].peer, loads[which].order, n / SCANNED, SCANNED));
	return measure_now() - start;
}

static uint64_t
peer_pop(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_multiset_pop(loads[which].peer, n));
	return measure_now() - start;
}

static uint64_t
peer_fill(uint64_t n, const uint64_t *keys,
	  void (*insert)(struct peer_multiset *set, const uint64_t *keys, size_t count))
{
	struct peer_multiset *set = peer_multiset_new();
	uint64_t start = measure_now(), taken;

	insert(set, keys, n);
	taken = measure_now() - start;
	peer_multiset_free(set);
	return taken;
}

static uint64_t
peer_insert(uint64_t n, uint64_t which)
{
	return peer_fill(n, loads[which].keys, peer_multiset_insert);
}

static uint64_t
peer_load(uint64_t n, uint64_t which)
{
	return peer_fill(n, loads[which].sorted, peer_multiset_load);
}

/* ---- all --------------------------------------------------------------------------------------- */

#define CASE(n, which, name, call) { name "/" #n, run_##call, n, which, { 0 } }
#define PEER(n, which, name, call) { "peer/" name "/" #n, peer_##call, n, which, { 0 } }

static struct measure_case cases[] = {
	CASE(10000, 0, "contains", contains), PEER(10000, 0, "contains", contains),
	CASE(10000, 0, "count", count), PEER(10000, 0, "count", count),
	CASE(10000, 0, "scan", scan), PEER(10000, 0, "scan", scan),
	CASE(10000, 0, "insert", insert), PEER(10000, 0, "insert", insert),
	CASE(10000, 0, "load", load), PEER(10000, 0, "load", load),
	CASE(10000, 0, "pop", pop), PEER(10000, 0, "pop", pop),
	CASE(1000000, 1, "contains", contains), PEER(1000000, 1, "contains", contains),
	CASE(1000000, 1, "count", count), PEER(1000000, 1, "count", count),
	CASE(1000000, 1, "scan", scan), PEER(1000000, 1, "scan", scan),
	CASE(1000000, 1, "insert", insert), PEER(1000000, 1, "insert", insert),
	CASE(1000000, 1, "load", load), PEER(1000000, 1, "load", load),
	CASE(1000000, 1, "pop", pop), PEER(1000000, 1, "pop", pop),
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
	const char name[] = { 's', (char)('0' + which), '\0' };
	struct load *load = &loads[which];

	load->keys = random_keys(load->n);
	load->order = random_keys(load->n);
	load->sorted = random_keys(load->n);
	measure_shuffle(load->keys, load->n, 2);
	measure_shuffle(load->order, load->n, 3);
	qsort(load->sorted, load->n, sizeof(*load->sorted), compare_words);
	load->peer = peer_multiset_new();
	must(tarn_multiset_open(arena, &load->set, name, &type, TARN_CREATE, NULL));
	must(tarn_multiset_insert_many(load->set, load->keys, 8, load->n, NULL));
	peer_multiset_insert(load->peer, load->keys, load->n);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < LOADS; i++)
		make_load(i);
	code = measure("multiset", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
