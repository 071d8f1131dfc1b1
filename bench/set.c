// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.c -- the shared ordered set, beside std::set in private memory
 *
 *	contains	look up a key that is there, or is not
 *	contains-many	the same by calls for 64 keys
 *	scan		100 keys from one on; the time is that of one of these
 *	insert		into a new set, in random order; the arena is a new one each time
 *	load		the same in the keys' order; the peer has its end as a hint
 *	union, intersection	of two sets that have half of their keys in common, into a
 *			third; for each key of the one
 *
 * Names are CASE/KEYS.  Keys are random u64, the same for both, looked up in
 * an order that is another than that of insertion.  One thread, nobody else
 * there.  Processor time.  What a peer does not do: locks, death, other
 * processes.
 */
#include "measure.h"
#include "peer/std_ordered_set.h"

#include <stdlib.h>
#include <tarn.h>

#define SCANNED 100u
#define MANY 64u
#define LOADS 2u

static struct load {
	uint64_t n;
	uint64_t *keys, *order, *missing; /* the others have the last half of keys, and missing */
	uint64_t *sorted;
	struct tarn_set *set, *other, *result;
	struct peer_ordered *peer, *peer_other;
} loads[LOADS] = { { .n = 10000 }, { .n = 1000000 } };

static struct tarn_arena *arena;
static const struct tarn_type type = { TARN_KIND_SET, TARN_KEY_U64, 0, NULL };

static void
must(int code)
{
	measure_must("set", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
look_up(struct tarn_set *set, const uint64_t *keys, uint64_t n)
{
	uint64_t start = measure_now(), found = 0;

	for (uint64_t i = 0; i < n; i++)
		found += !tarn_set_contains(set, &keys[i], 8);
	measure_sink(found);
	return measure_now() - start;
}

static uint64_t
run_contains(uint64_t n, uint64_t which)
{
	return look_up(loads[which].set, loads[which].order, n);
}

static uint64_t
run_missing(uint64_t n, uint64_t which)
{
	return look_up(loads[which].set, loads[which].missing, n);
}

static uint64_t
run_contains_many(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	for (uint64_t i = 0; i + MANY <= n; i += MANY)
		must(tarn_set_contains_many(loads[which].set, loads[which].order + i, 8, MANY, NULL));
	return measure_now() - start;
}

static uint64_t
run_scan(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now(), sum = 0, keys[SCANNED];

	for (uint64_t i = 0; i < n / SCANNED; i++) {
		size_t count = SCANNED;

		must(tarn_set_scan(loads[which].set, &loads[which].order[i], 8, keys, &count));
		for (size_t k = 0; k < count; k++)
			sum += keys[k];
	}
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
fill(uint64_t n, const uint64_t *keys, bool ascending)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_set *set;
	struct tarn_arena *fresh;
	uint64_t start, taken;

	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_set_open(fresh, &set, "s", &type, TARN_CREATE, NULL));
	start = measure_now();
	if (ascending)
		must(tarn_set_load(set, keys, 8, n));
	for (uint64_t i = 0; !ascending && i < n; i++)
		must(tarn_set_insert(set, &keys[i], 8));
	taken = measure_now() - start;
	tarn_set_close(set);
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

typedef int algebra(struct tarn_set *, struct tarn_set *, struct tarn_set *);

static uint64_t
combine(struct load *load, algebra *make)
{
	uint64_t start = measure_now();

	must(make(load->result, load->set, load->other));
	return measure_now() - start;
}

static uint64_t
run_union(uint64_t n, uint64_t which)
{
	(void)n;
	return combine(&loads[which], tarn_set_union);
}

static uint64_t
run_intersection(uint64_t n, uint64_t which)
{
	(void)n;
	return combine(&loads[which], tarn_set_intersection);
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_contains(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_ordered_contains(loads[which].peer, loads[which].order, n));
	return measure_now() - start;
}

static uint64_t
peer_missing(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_ordered_contains(loads[which].peer, loads[which].missing, n));
	return measure_now() - start;
}

static uint64_t
peer_scan(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_ordered_scan(loads[which].peer, loads[which].order, n / SCANNED, SCANNED));
	return measure_now() - start;
}

static uint64_t
peer_fill(uint64_t n, const uint64_t *keys,
	  void (*insert)(struct peer_ordered *set, const uint64_t *keys, size_t count))
{
	struct peer_ordered *set = peer_ordered_new();
	uint64_t start = measure_now(), taken;

	insert(set, keys, n);
	taken = measure_now() - start;
	peer_ordered_free(set);
	return taken;
}

static uint64_t
peer_insert(uint64_t n, uint64_t which)
{
	return peer_fill(n, loads[which].keys, peer_ordered_insert);
}

static uint64_t
peer_load(uint64_t n, uint64_t which)
{
	return peer_fill(n, loads[which].sorted, peer_ordered_load);
}

typedef struct peer_ordered *peer_algebra(const struct peer_ordered *, const struct peer_ordered *);

static uint64_t
peer_combine(const struct load *load, peer_algebra *make)
{
	uint64_t start = measure_now();

	peer_ordered_free(make(load->peer, load->peer_other));
	return measure_now() - start;
}

static uint64_t
peer_union(uint64_t n, uint64_t which)
{
	(void)n;
	return peer_combine(&loads[which], peer_ordered_union);
}

static uint64_t
peer_intersection(uint64_t n, uint64_t which)
{
	(void)n;
	return peer_combine(&loads[which], peer_ordered_intersection);
}

/* ---- all --------------------------------------------------------------------------------------- */

#define CASE(n, which, name, call) { name "/" #n, run_##call, n, which, { 0 } }
#define PEER(n, which, name, call) { "peer/" name "/" #n, peer_##call, n, which, { 0 } }

static struct measure_case cases[] = {
	CASE(10000, 0, "contains", contains), PEER(10000, 0, "contains", contains),
	CASE(10000, 0, "missing", missing), PEER(10000, 0, "missing", missing),
	CASE(10000, 0, "contains-many", contains_many), PEER(10000, 0, "contains-many", contains),
	CASE(10000, 0, "scan", scan), PEER(10000, 0, "scan", scan),
	CASE(10000, 0, "insert", insert), PEER(10000, 0, "insert", insert),
	CASE(10000, 0, "load", load), PEER(10000, 0, "load", load),
	CASE(10000, 0, "union", union), PEER(10000, 0, "union", union),
	CASE(10000, 0, "intersection", intersection), PEER(10000, 0, "intersection", intersection),
	CASE(1000000, 1, "contains", contains), PEER(1000000, 1, "contains", contains),
	CASE(1000000, 1, "missing", missing), PEER(1000000, 1, "missing", missing),
	CASE(1000000, 1, "contains-many", contains_many), PEER(1000000, 1, "contains-many", contains),
	CASE(1000000, 1, "scan", scan), PEER(1000000, 1, "scan", scan),
	CASE(1000000, 1, "insert", insert), PEER(1000000, 1, "insert", insert),
	CASE(1000000, 1, "load", load), PEER(1000000, 1, "load", load),
	CASE(1000000, 1, "union", union), PEER(1000000, 1, "union", union),
	CASE(1000000, 1, "intersection", intersection), PEER(1000000, 1, "intersection", intersection),
};

static uint64_t *
random_keys(uint64_t n, uint64_t seed)
{
	uint64_t *keys = malloc(n * sizeof(*keys));

	if (!keys)
		abort();
	for (uint64_t i = 0; i < n; i++)
		keys[i] = measure_random(&seed);
	return keys;
}

static int
compare_words(const void *a, const void *b)
{
	const uint64_t *one = a, *two = b;

	return *one < *two ? -1 : *one > *two;
}

static struct tarn_set *
open_set(unsigned which, char letter)
{
	const char name[] = { letter, (char)('0' + which), '\0' };
	struct tarn_set *set;

	must(tarn_set_open(arena, &set, name, &type, TARN_CREATE, NULL));
	return set;
}

static void
make_load(unsigned which)
{
	struct load *load = &loads[which];
	uint64_t half = load->n / 2;

	load->keys = random_keys(load->n, 1);
	load->order = random_keys(load->n, 1);
	measure_shuffle(load->order, load->n, 3);
	load->sorted = random_keys(load->n, 1);
	qsort(load->sorted, load->n, sizeof(*load->sorted), compare_words);
	load->missing = random_keys(load->n, 2);
	load->set = open_set(which, 'a');
	load->other = open_set(which, 'b');
	load->result = open_set(which, 'c');
	load->peer = peer_ordered_new();
	load->peer_other = peer_ordered_new();
	must(tarn_set_insert_many(load->set, load->keys, 8, load->n, NULL));
	must(tarn_set_insert_many(load->other, load->keys + half, 8, load->n - half, NULL));
	must(tarn_set_insert_many(load->other, load->missing, 8, half, NULL));
	peer_ordered_insert(load->peer, load->keys, load->n);
	peer_ordered_insert(load->peer_other, load->keys + half, load->n - half);
	peer_ordered_insert(load->peer_other, load->missing, half);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < LOADS; i++)
		make_load(i);
	code = measure("set", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
