// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.c -- the shared hash multiset, beside std::unordered_multiset
 * in private memory
 *
 *	insert		into a new one, which grows; the arena is a new one each time
 *	count		how often a key is there
 *
 * Names are CASE/KEYS/TIMES: so many keys in all, each so often.  Keys are
 * random u64, the same for both, in an order that is another than that of
 * insertion.  One thread, nobody else there.  Processor time, for each key
 * that is inserted or looked up.  What a peer does not do: locks, death,
 * other processes.
 */
#include "measure.h"
#include "peer/std_hashmulti.h"

#include <stdlib.h>
#include <tarn.h>

#define LOADS 3u

static struct load {
	uint64_t n, times;
	uint64_t *keys;	 /* all, in their order */
	uint64_t *order; /* each once */
	struct tarn_hashmultiset *set;
	struct peer_multiset *peer;
} loads[LOADS] = { { 100000, 10 }, { 100000, 1000 }, { 1000000, 2 } };

static struct tarn_arena *arena;
static const struct tarn_type type = { TARN_KIND_HASHMULTISET, TARN_KEY_U64, 0, NULL };

static void
must(int code)
{
	measure_must("hashmultiset", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static uint64_t
insert_all(struct tarn_hashmultiset *set, const struct load *load)
{
	uint64_t start = measure_now();

	for (uint64_t i = 0; i < load->n; i++)
		must(tarn_hashmultiset_insert(set, &load->keys[i], 8));
	return measure_now() - start;
}

static uint64_t
run_insert(uint64_t n, uint64_t which)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_hashmultiset *set;
	struct tarn_arena *fresh;
	uint64_t taken;

	(void)n;
	must(tarn_arena_open(&fresh, "anon:", &options, NULL));
	must(tarn_hashmultiset_open(fresh, &set, "s", &type, TARN_CREATE, NULL));
	taken = insert_all(set, &loads[which]);
	tarn_hashmultiset_close(set);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
run_count(uint64_t n, uint64_t which)
{
	const struct load *load = &loads[which];
	uint64_t start = measure_now(), sum = 0, count;

	for (uint64_t i = 0; i < n; i++) {
		must(tarn_hashmultiset_count(load->set, &load->order[i], 8, &count));
		sum += count;
	}
	measure_sink(sum);
	return measure_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_insert(uint64_t n, uint64_t which)
{
	struct peer_multiset *set = peer_multiset_new();
	uint64_t start = measure_now(), taken;

	peer_multiset_insert(set, loads[which].keys, n);
	taken = measure_now() - start;
	peer_multiset_free(set);
	return taken;
}

static uint64_t
peer_count(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_multiset_count(loads[which].peer, loads[which].order, n));
	return measure_now() - start;
}

/* ---- all --------------------------------------------------------------------------------------- */

#define CASE(n, name, which, call) { #call "/" name, run_##call, n, which, { 0 } }
#define PEER(n, name, which, call) { "peer/" #call "/" name, peer_##call, n, which, { 0 } }

static struct measure_case cases[] = {
	CASE(100000, "100000/10", 0, insert), PEER(100000, "100000/10", 0, insert),
	CASE(10000, "100000/10", 0, count), PEER(10000, "100000/10", 0, count),
	CASE(100000, "100000/1000", 1, insert), PEER(100000, "100000/1000", 1, insert),
	CASE(100, "100000/1000", 1, count), PEER(100, "100000/1000", 1, count),
	CASE(1000000, "1000000/2", 2, insert), PEER(1000000, "1000000/2", 2, insert),
	CASE(500000, "1000000/2", 2, count), PEER(500000, "1000000/2", 2, count),
};

static void
make_load(unsigned which)
{
	const char name[] = { (char)('0' + which), '\0' };
	struct load *load = &loads[which];
	uint64_t count = load->n / load->times, seed = 1;

	load->keys = malloc(load->n * sizeof(*load->keys));
	load->order = malloc(count * sizeof(*load->order));
	if (!load->keys || !load->order)
		abort();
	for (uint64_t i = 0; i < count; i++)
		load->order[i] = measure_random(&seed);
	for (uint64_t i = 0; i < load->n; i++)
		load->keys[i] = load->order[i % count];
	measure_shuffle(load->keys, load->n, 2);
	measure_shuffle(load->order, count, 3);
	must(tarn_hashmultiset_open(arena, &load->set, name, &type, TARN_CREATE, NULL));
	(void)insert_all(load->set, load);
	load->peer = peer_multiset_new();
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
	code = measure("hashmultiset", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
