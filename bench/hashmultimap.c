// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.c -- the shared hash multimap, beside std::unordered_multimap
 * in private memory
 *
 *	insert		into a new one, which grows; the arena is a new one each time
 *	range		all values of a key, each of them
 *	erase		a key with all its values; for each of these
 *
 * Names are CASE/ENTRIES/VALUES: so many entries, so many of each key; in
 * one case all are of one key.  Keys are random u64, the same for both, in
 * an order that is another than that of insertion.  One thread, nobody else
 * there.  Processor time, for each entry.  What a peer does not do: locks,
 * death, other processes.
 */
#include "measure.h"
#include "peer/std_hashmulti.h"

#include <stdlib.h>
#include <string.h>
#include <tarn.h>

#define LOADS 3u

static struct load {
	uint64_t entries, each;
	uint64_t *keys;	 /* of all entries, in their order */
	uint64_t *order; /* each key once */
	struct tarn_hashmultimap *map;
	struct peer_multimap *peer;
} loads[LOADS] = { { 100000, 10 }, { 100000, 100000 }, { 1000000, 2 } };

static struct tarn_arena *arena;
static const struct tarn_type type = { TARN_KIND_HASHMULTIMAP, TARN_KEY_U64, 8, NULL };

static void
must(int code)
{
	measure_must("hashmultimap", code);
}

/* ---- ours -------------------------------------------------------------------------------------- */

static struct tarn_hashmultimap *
open_in(struct tarn_arena **fresh)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_hashmultimap *map;

	must(tarn_arena_open(fresh, "anon:", &options, NULL));
	must(tarn_hashmultimap_open(*fresh, &map, "m", &type, TARN_CREATE, NULL));
	return map;
}

static void
insert_all(struct tarn_hashmultimap *map, const struct load *load)
{
	for (uint64_t i = 0; i < load->entries; i++)
		must(tarn_hashmultimap_insert(map, &load->keys[i], 8, &i, 8));
}

static uint64_t
run_insert(uint64_t n, uint64_t which)
{
	struct tarn_arena *fresh;
	struct tarn_hashmultimap *map = open_in(&fresh);
	uint64_t start = measure_now(), taken;

	(void)n;
	insert_all(map, &loads[which]);
	taken = measure_now() - start;
	tarn_hashmultimap_close(map);
	tarn_arena_close(fresh);
	return taken;
}

static uint64_t
sum_of(struct tarn_hashmultimap *map, uint64_t key)
{
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t sum = 0, value;

	must(tarn_hashmultimap_equal_range(map, &key, 8, &cursor));
	while (!tarn_hashmultimap_cursor_next(cursor, &entry)) {
		memcpy(&value, entry.value, 8);
		sum += value;
	}
	tarn_hashmultimap_cursor_close(cursor);
	return sum;
}

static uint64_t
run_range(uint64_t n, uint64_t which)
{
	const struct load *load = &loads[which];
	uint64_t start = measure_now(), sum = 0;

	for (uint64_t i = 0; i < n / load->each; i++)
		sum += sum_of(load->map, load->order[i]);
	measure_sink(sum);
	return measure_now() - start;
}

static uint64_t
run_erase(uint64_t n, uint64_t which)
{
	struct tarn_arena *fresh;
	struct tarn_hashmultimap *map = open_in(&fresh);
	uint64_t start, taken;

	insert_all(map, &loads[which]);
	start = measure_now();
	for (uint64_t i = 0; i < n / loads[which].each; i++)
		must(tarn_hashmultimap_erase(map, &loads[which].order[i], 8, NULL));
	taken = measure_now() - start;
	tarn_hashmultimap_close(map);
	tarn_arena_close(fresh);
	return taken;
}

/* ---- peers ------------------------------------------------------------------------------------- */

static uint64_t
peer_insert(uint64_t n, uint64_t which)
{
	struct peer_multimap *map = peer_multimap_new();
	uint64_t start = measure_now(), taken;

	peer_multimap_insert(map, loads[which].keys, n);
	taken = measure_now() - start;
	peer_multimap_free(map);
	return taken;
}

static uint64_t
peer_range(uint64_t n, uint64_t which)
{
	uint64_t start = measure_now();

	measure_sink(peer_multimap_sum(loads[which].peer, loads[which].order, n / loads[which].each));
	return measure_now() - start;
}

static uint64_t
peer_erase(uint64_t n, uint64_t which)
{
	struct peer_multimap *map = peer_multimap_new();
	uint64_t start, taken;

	peer_multimap_insert(map, loads[which].keys, n);
	start = measure_now();
	measure_sink(peer_multimap_erase(map, loads[which].order, n / loads[which].each));
	taken = measure_now() - start;
	peer_multimap_free(map);
	return taken;
}

/* ---- all --------------------------------------------------------------------------------------- */

#define CASE(n, each, which, call) { #call "/" #n "/" #each, run_##call, n, which, { 0 } }
#define PEER(n, each, which, call) { "peer/" #call "/" #n "/" #each, peer_##call, n, which, { 0 } }

static struct measure_case cases[] = {
	CASE(100000, 10, 0, insert), PEER(100000, 10, 0, insert),
	CASE(100000, 10, 0, range), PEER(100000, 10, 0, range),
	CASE(100000, 10, 0, erase), PEER(100000, 10, 0, erase),
	CASE(100000, 100000, 1, insert), PEER(100000, 100000, 1, insert),
	CASE(100000, 100000, 1, range), PEER(100000, 100000, 1, range),
	CASE(100000, 100000, 1, erase), PEER(100000, 100000, 1, erase),
	CASE(1000000, 2, 2, insert), PEER(1000000, 2, 2, insert),
	CASE(1000000, 2, 2, range), PEER(1000000, 2, 2, range),
	CASE(1000000, 2, 2, erase), PEER(1000000, 2, 2, erase),
};

static void
make_load(unsigned which)
{
	const char name[] = { (char)('0' + which), '\0' };
	struct load *load = &loads[which];
	uint64_t count = load->entries / load->each, seed = 1;

	load->keys = malloc(load->entries * sizeof(*load->keys));
	load->order = malloc(count * sizeof(*load->order));
	if (!load->keys || !load->order)
		abort();
	for (uint64_t i = 0; i < count; i++)
		load->order[i] = measure_random(&seed);
	for (uint64_t i = 0; i < load->entries; i++)
		load->keys[i] = load->order[i % count];
	measure_shuffle(load->keys, load->entries, 2);
	measure_shuffle(load->order, count, 3);
	must(tarn_hashmultimap_open(arena, &load->map, name, &type, TARN_CREATE, NULL));
	insert_all(load->map, load);
	load->peer = peer_multimap_new();
	peer_multimap_insert(load->peer, load->keys, load->entries);
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < LOADS; i++)
		make_load(i);
	code = measure("hashmultimap", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
