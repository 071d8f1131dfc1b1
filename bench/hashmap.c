// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- the shared hash map, beside std::unordered_map in private memory
 *
 *	get, miss	look up a key that is there, or is not; the value is used
 *	put		give a key that is there another value
 *	get-many, put-many	the same by calls for 64 keys; the peer's are its get and put
 *	replace		erase a key, and insert it again
 *	insert		into a new map, which grows; reserved: the peer was told
 *	iterate		to the next entry; the value is used
 *
 * Names are KEYS/ENTRIES/CASE.  Keys are random u64, or strings of 20 bytes;
 * values are u64.  The same keys in the same random order for both; the order
 * of use is another than that of insertion.  One thread, nobody else there.
 * Processor time.  What a peer does not do: locks, death, other processes.
 */
#include "measure.h"
#include "peer/unordered_map.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tarn.h>

#define TEXT 20u
#define SETS 2u
#define MANY 64u

typedef char text[TEXT + 4]; /* an array of them is what the program under test has */

/* Keys, and maps of them. */
struct set {
	uint64_t n;
	uint64_t *keys, *order, *missing;
	text *text_keys, *text_order, *text_missing;
	struct tarn_hashmap *map, *text_map;
	struct peer_map *peer;
	struct peer_text *text_peer;
	struct peer_keys *peer_keys, *peer_order, *peer_missing;
};

static struct set sets[SETS] = { { .n = 10000 }, { .n = 1000000 } };
static struct tarn_arena *arena;

static const struct tarn_type u64_type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };
static const struct tarn_type text_type = { TARN_KIND_HASHMAP, TARN_KEY_STRING, 8, "Q" };

static void
must(int code)
{
	measure_must("hashmap", code);
}

/* ---- u64 keys ---------------------------------------------------------------------------------- */

static uint64_t
get_all(struct tarn_hashmap *map, const uint64_t *keys, uint64_t n, int expected)
{
	uint64_t sum = 0, value = 0;

	for (uint64_t i = 0; i < n; i++) {
		if (tarn_hashmap_get(map, &keys[i], 8, &value, 8, NULL) != expected)
			abort();
		sum += value;
	}
	return sum;
}

static uint64_t
run_get(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n)
		measure_sink(get_all(set->map, set->order, set->n, 0));
	return measure_now() - start;
}

static uint64_t
run_miss(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n)
		measure_sink(get_all(set->map, set->missing, set->n, TARN_NOT_FOUND));
	return measure_now() - start;
}

static uint64_t
run_put(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n) {
		for (uint64_t i = 0; i < set->n; i++)
			must(tarn_hashmap_put(set->map, &set->order[i], 8, &i, 8));
	}
	return measure_now() - start;
}

/* The last keys are left out if they are fewer than MANY. */
static uint64_t
run_get_many(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t values[MANY], start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n) {
		for (uint64_t i = 0; i + MANY <= set->n; i += MANY) {
			must(tarn_hashmap_get_many(set->map, &set->order[i], 8, MANY, values, 8,
						   NULL));
			for (unsigned k = 0; k < MANY; k++)
				measure_sink(values[k]);
		}
	}
	return measure_now() - start;
}

static uint64_t
run_put_many(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n) {
		for (uint64_t i = 0; i + MANY <= set->n; i += MANY)
			must(tarn_hashmap_put_many(set->map, &set->order[i], 8, MANY,
						   &set->keys[i], 8, NULL));
	}
	return measure_now() - start;
}

static uint64_t
run_replace(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n) {
		for (uint64_t i = 0; i < set->n; i++) {
			must(tarn_hashmap_erase(set->map, &set->order[i], 8));
			must(tarn_hashmap_insert(set->map, &set->order[i], 8, &i, 8));
		}
	}
	return measure_now() - start;
}

static void
insert_all(struct tarn_hashmap *map, const struct set *set)
{
	for (uint64_t i = 0; i < set->n; i++)
		must(tarn_hashmap_insert(map, &set->keys[i], 8, &i, 8));
}

static uint64_t
run_insert(uint64_t n, uint64_t which)
{
	struct tarn_hashmap *map;
	uint64_t ns = 0, start;

	for (uint64_t done = 0; done < n; done += sets[which].n) {
		must(tarn_hashmap_open(arena, &map, "new", &u64_type, TARN_CREATE, NULL));
		start = measure_now();
		insert_all(map, &sets[which]);
		ns += measure_now() - start;
		tarn_hashmap_close(map);
		must(tarn_object_remove(arena, "new"));
	}
	return ns;
}

static uint64_t
sum_of(struct tarn_hashmap *map)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	uint64_t sum = 0, value;
	int code;

	must(tarn_hashmap_cursor_open(map, &cursor));
	while (!(code = tarn_hashmap_cursor_next(cursor, &entry))) {
		memcpy(&value, entry.value, 8);
		sum += value;
	}
	must(code == TARN_NOT_FOUND ? 0 : code);
	tarn_hashmap_cursor_close(cursor);
	return sum;
}

static uint64_t
run_iterate(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n)
		measure_sink(sum_of(set->map));
	return measure_now() - start;
}

/* ---- string keys ------------------------------------------------------------------------------- */

static uint64_t
get_texts(struct tarn_hashmap *map, text *keys, uint64_t n, int expected)
{
	uint64_t sum = 0, value = 0;

	for (uint64_t i = 0; i < n; i++) {
		if (tarn_hashmap_get(map, keys[i], TEXT, &value, 8, NULL) != expected)
			abort();
		sum += value;
	}
	return sum;
}

static uint64_t
text_get(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n)
		measure_sink(get_texts(set->text_map, set->text_order, set->n, 0));
	return measure_now() - start;
}

static uint64_t
text_miss(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n)
		measure_sink(get_texts(set->text_map, set->text_missing, set->n, TARN_NOT_FOUND));
	return measure_now() - start;
}

static uint64_t
text_put(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n) {
		for (uint64_t i = 0; i < set->n; i++)
			must(tarn_hashmap_put(set->text_map, set->text_order[i], TEXT, &i, 8));
	}
	return measure_now() - start;
}

static uint64_t
text_replace(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n) {
		for (uint64_t i = 0; i < set->n; i++) {
			must(tarn_hashmap_erase(set->text_map, set->text_order[i], TEXT));
			must(tarn_hashmap_insert(set->text_map, set->text_order[i], TEXT, &i, 8));
		}
	}
	return measure_now() - start;
}

static void
insert_texts(struct tarn_hashmap *map, const struct set *set)
{
	for (uint64_t i = 0; i < set->n; i++)
		must(tarn_hashmap_insert(map, set->text_keys[i], TEXT, &i, 8));
}

static uint64_t
text_insert(uint64_t n, uint64_t which)
{
	struct tarn_hashmap *map;
	uint64_t ns = 0, start;

	for (uint64_t done = 0; done < n; done += sets[which].n) {
		must(tarn_hashmap_open(arena, &map, "new", &text_type, TARN_CREATE, NULL));
		start = measure_now();
		insert_texts(map, &sets[which]);
		ns += measure_now() - start;
		tarn_hashmap_close(map);
		must(tarn_object_remove(arena, "new"));
	}
	return ns;
}

static uint64_t
text_iterate(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n)
		measure_sink(sum_of(set->text_map));
	return measure_now() - start;
}

/* ---- peers ------------------------------------------------------------------------------------- */

enum peer_op {
	PEER_GET,
	PEER_MISS,
	PEER_PUT,
	PEER_REPLACE,
	PEER_ITERATE,
	PEER_TEXT = 8,
	PEER_SET = 16, /* times the number of the set */
};

static uint64_t
peer_once(struct set *set, unsigned op)
{
	switch (op) {
	case PEER_GET:
		return peer_map_get(set->peer, set->order, set->n);
	case PEER_MISS:
		return peer_map_get(set->peer, set->missing, set->n);
	case PEER_PUT:
		peer_map_put(set->peer, set->order, set->n);
		return 0;
	case PEER_REPLACE:
		peer_map_erase_insert(set->peer, set->order, set->n);
		return 0;
	case PEER_ITERATE:
		return peer_map_sum(set->peer);
	case PEER_GET | PEER_TEXT:
		return peer_text_get(set->text_peer, set->peer_order);
	case PEER_MISS | PEER_TEXT:
		return peer_text_get(set->text_peer, set->peer_missing);
	case PEER_PUT | PEER_TEXT:
		peer_text_put(set->text_peer, set->peer_order);
		return 0;
	case PEER_REPLACE | PEER_TEXT:
		peer_text_erase_insert(set->text_peer, set->peer_order);
		return 0;
	case PEER_ITERATE | PEER_TEXT:
		return peer_text_sum(set->text_peer);
	default:
		abort();
	}
}

static uint64_t
run_peer(uint64_t n, uint64_t arg)
{
	struct set *set = &sets[arg / PEER_SET];
	uint64_t start = measure_now();

	for (uint64_t done = 0; done < n; done += set->n)
		measure_sink(peer_once(set, arg % PEER_SET));
	return measure_now() - start;
}

static uint64_t
peer_insert(uint64_t n, const struct set *set, size_t reserved)
{
	uint64_t ns = 0, start;

	for (uint64_t done = 0; done < n; done += set->n) {
		struct peer_map *map = peer_map_new(reserved);

		start = measure_now();
		peer_map_put(map, set->keys, set->n);
		ns += measure_now() - start;
		peer_map_free(map);
	}
	return ns;
}

static uint64_t
run_peer_insert(uint64_t n, uint64_t which)
{
	return peer_insert(n, &sets[which], 0);
}

static uint64_t
run_peer_reserved(uint64_t n, uint64_t which)
{
	return peer_insert(n, &sets[which], sets[which].n);
}

static uint64_t
run_peer_text_insert(uint64_t n, uint64_t which)
{
	struct set *set = &sets[which];
	uint64_t ns = 0, start;

	for (uint64_t done = 0; done < n; done += set->n) {
		struct peer_text *map = peer_text_new(0);

		start = measure_now();
		peer_text_put(map, set->peer_keys);
		ns += measure_now() - start;
		peer_text_free(map);
	}
	return ns;
}

/* ---- the cases --------------------------------------------------------------------------------- */

#define OURS(name, run, which) { name, run, ONCE, which, { 0 } }
#define PEER(name, op, which) { "peer/" name, run_peer, ONCE, (op) | (which) * PEER_SET, { 0 } }
#define ONCE 1000000

static struct measure_case cases[] = {
	OURS("u64/10k/get", run_get, 0),
	PEER("u64/10k/get", PEER_GET, 0),
	OURS("u64/10k/miss", run_miss, 0),
	PEER("u64/10k/miss", PEER_MISS, 0),
	OURS("u64/10k/put", run_put, 0),
	PEER("u64/10k/put", PEER_PUT, 0),
	OURS("u64/10k/get-many", run_get_many, 0),
	PEER("u64/10k/get-many", PEER_GET, 0),
	OURS("u64/10k/put-many", run_put_many, 0),
	PEER("u64/10k/put-many", PEER_PUT, 0),
	OURS("u64/10k/replace", run_replace, 0),
	PEER("u64/10k/replace", PEER_REPLACE, 0),
	OURS("u64/10k/insert", run_insert, 0),
	OURS("peer/u64/10k/insert", run_peer_insert, 0),
	OURS("peer/u64/10k/insert-reserved", run_peer_reserved, 0),
	OURS("u64/10k/iterate", run_iterate, 0),
	PEER("u64/10k/iterate", PEER_ITERATE, 0),
	OURS("u64/1M/get", run_get, 1),
	PEER("u64/1M/get", PEER_GET, 1),
	OURS("u64/1M/miss", run_miss, 1),
	PEER("u64/1M/miss", PEER_MISS, 1),
	OURS("u64/1M/put", run_put, 1),
	PEER("u64/1M/put", PEER_PUT, 1),
	OURS("u64/1M/get-many", run_get_many, 1),
	PEER("u64/1M/get-many", PEER_GET, 1),
	OURS("u64/1M/put-many", run_put_many, 1),
	PEER("u64/1M/put-many", PEER_PUT, 1),
	OURS("u64/1M/replace", run_replace, 1),
	PEER("u64/1M/replace", PEER_REPLACE, 1),
	OURS("u64/1M/insert", run_insert, 1),
	OURS("peer/u64/1M/insert", run_peer_insert, 1),
	OURS("peer/u64/1M/insert-reserved", run_peer_reserved, 1),
	OURS("u64/1M/iterate", run_iterate, 1),
	PEER("u64/1M/iterate", PEER_ITERATE, 1),
	OURS("string/10k/get", text_get, 0),
	PEER("string/10k/get", PEER_GET | PEER_TEXT, 0),
	OURS("string/10k/miss", text_miss, 0),
	PEER("string/10k/miss", PEER_MISS | PEER_TEXT, 0),
	OURS("string/10k/put", text_put, 0),
	PEER("string/10k/put", PEER_PUT | PEER_TEXT, 0),
	OURS("string/10k/replace", text_replace, 0),
	PEER("string/10k/replace", PEER_REPLACE | PEER_TEXT, 0),
	OURS("string/10k/insert", text_insert, 0),
	OURS("peer/string/10k/insert", run_peer_text_insert, 0),
	OURS("string/10k/iterate", text_iterate, 0),
	PEER("string/10k/iterate", PEER_ITERATE | PEER_TEXT, 0),
	OURS("string/1M/get", text_get, 1),
	PEER("string/1M/get", PEER_GET | PEER_TEXT, 1),
	OURS("string/1M/miss", text_miss, 1),
	PEER("string/1M/miss", PEER_MISS | PEER_TEXT, 1),
	OURS("string/1M/put", text_put, 1),
	PEER("string/1M/put", PEER_PUT | PEER_TEXT, 1),
	OURS("string/1M/replace", text_replace, 1),
	PEER("string/1M/replace", PEER_REPLACE | PEER_TEXT, 1),
	OURS("string/1M/insert", text_insert, 1),
	OURS("peer/string/1M/insert", run_peer_text_insert, 1),
	OURS("string/1M/iterate", text_iterate, 1),
	PEER("string/1M/iterate", PEER_ITERATE | PEER_TEXT, 1),
};

/* ---- preparation ------------------------------------------------------------------------------- */

static uint64_t *
numbers(uint64_t n, uint64_t seed)
{
	uint64_t *list = malloc(n * sizeof(*list));

	for (uint64_t i = 0; list && i < n; i++)
		list[i] = measure_random(&seed);
	return list ? list : (abort(), NULL);
}

static text *
texts(const uint64_t *keys, uint64_t n)
{
	text *list = malloc(n * sizeof(*list));

	for (uint64_t i = 0; list && i < n; i++)
		snprintf(list[i], sizeof(list[i]), "key-%016llx", (unsigned long long)keys[i]);
	return list ? list : (abort(), NULL);
}

static struct peer_keys *
peer_texts(text *list, uint64_t n)
{
	const char **pointers = malloc(n * sizeof(*pointers));
	struct peer_keys *keys;

	if (!pointers)
		abort();
	for (uint64_t i = 0; i < n; i++)
		pointers[i] = list[i];
	keys = peer_keys_new(pointers, n);
	free(pointers);
	return keys;
}

static void
make_keys(struct set *set)
{
	uint64_t n = set->n;

	set->keys = numbers(n, 1);
	set->order = numbers(n, 1);
	measure_shuffle(set->order, n, 2);
	set->missing = numbers(n, 3);
	set->text_keys = texts(set->keys, n);
	set->text_order = texts(set->order, n);
	set->text_missing = texts(set->missing, n);
	set->peer_keys = peer_texts(set->text_keys, n);
	set->peer_order = peer_texts(set->text_order, n);
	set->peer_missing = peer_texts(set->text_missing, n);
}

static double
private_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd);
}

static double
arena_bytes(void)
{
	struct tarn_arena_stat stat;

	must(tarn_arena_stat(arena, &stat));
	return (double)(stat.heap_bytes - stat.heap_free_bytes);
}

static void
fill(struct set *set, const char *name, const char *text_name)
{
	must(tarn_hashmap_open(arena, &set->map, name, &u64_type, TARN_CREATE, NULL));
	insert_all(set->map, set);
	set->peer = peer_map_new(0);
	peer_map_put(set->peer, set->keys, set->n);
	must(tarn_hashmap_open(arena, &set->text_map, text_name, &text_type, TARN_CREATE, NULL));
	insert_texts(set->text_map, set);
	set->text_peer = peer_text_new(0);
	peer_text_put(set->text_peer, set->peer_keys);
}

/* Memory of a million entries, the maps' own tables included. */
static void
measure_memory(struct set *set)
{
	double n = (double)set->n, before = arena_bytes();

	must(tarn_hashmap_open(arena, &set->map, "large", &u64_type, TARN_CREATE, NULL));
	insert_all(set->map, set);
	measure_number("u64/1M", (arena_bytes() - before) / n, "bytes_entry");
	before = private_bytes();
	set->peer = peer_map_new(0);
	peer_map_put(set->peer, set->keys, set->n);
	measure_number("peer/u64/1M", (private_bytes() - before) / n, "bytes_entry");
	before = arena_bytes();
	must(tarn_hashmap_open(arena, &set->text_map, "texts", &text_type, TARN_CREATE, NULL));
	insert_texts(set->text_map, set);
	measure_number("string/1M", (arena_bytes() - before) / n, "bytes_entry");
	before = private_bytes();
	set->text_peer = peer_text_new(0);
	peer_text_put(set->text_peer, set->peer_keys);
	measure_number("peer/string/1M", (private_bytes() - before) / n, "bytes_entry");
}

int
main(int argc, char **argv)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	int code;

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	make_keys(&sets[0]);
	make_keys(&sets[1]);
	measure_memory(&sets[1]);
	fill(&sets[0], "small", "small-texts");
	code = measure("hashmap", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
	tarn_arena_close(arena);
	return code;
}
