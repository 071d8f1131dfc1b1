// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_work.c -- the workload of maps: one library, one size, once
 *
 *	map_NAME|tree_NAME u64|text ENTRIES [latency] [clock] [brief]
 *
 *	insert-cold	into the first map of the process, which grows; its
 *			memory has not been touched before
 *	insert		the same again, after that one was freed
 *	get, miss	look up keys that are there, or are not; values are read
 *	get-many	get, by calls for 64 keys each, where there are such calls
 *	update		give keys that are there another value
 *	replace		erase a key and insert it again
 *	scan-100	from a key that is there on over 100 entries, in order;
 *			keys and values are read; of ordered maps of u64
 *	iterate		over all entries; values are read
 *	bytes		memory of an entry, the map's own tables included
 *	p50, p99, p9999, max	latency: an insert while the map grows
 *
 * clock: time that passes, in place of processor time; for what another
 * process does for this one.  brief: without the second insert.
 *
 * Prints a line a case: its name and a number, ns for an operation unless
 * said otherwise.  Keys are random and inserted in one order, used in another.
 * All but the inserts begin with a part that is not measured; then the median of
 * up to SAMPLES parts that take AT_LEAST each, until AT_MOST is reached; or of
 * INSERTS maps.  Of large maps OPS keys are used.  bench/peer/run starts
 * these programs one after another, round by round.
 */
#include "clock.h"
#include "map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPS 2000000u
#define SCANS 20000u
#define AT_LEAST 25000000u /* ns, as the next */
#define AT_MOST 200000000u
#define SAMPLES 5u
#define INSERTS 51u
#define SLOW 20000u /* ns; an insert that may have been interrupted */

static uint64_t n, used; /* entries; keys of them that are used */
static uint64_t *keys, *order, *missing;
static struct map_text *text_keys, *text_order, *text_missing;
static struct u64_map *map;
static struct text_map *texts;
static int is_text, by_clock;
static volatile uint64_t sink;

static void *
room(uint64_t count, size_t size)
{
	void *list = malloc(count * size);

	return list ? list : (abort(), NULL);
}

static uint64_t
now(void)
{
	return by_clock ? peer_clock() : peer_now();
}

static uint64_t *
numbers(uint64_t count, uint64_t seed)
{
	uint64_t *list = room(count, sizeof(*list));

	for (uint64_t i = 0; i < count; i++)
		list[i] = peer_random(&seed);
	return list;
}

/* 16 hexadecimal digits, and up to 16 more bytes. */
static struct map_text *
as_texts(const uint64_t *list, uint64_t count)
{
	struct map_text *all = room(count, sizeof(*all));
	char text[40];

	for (uint64_t i = 0; i < count; i++) {
		(void)snprintf(text, sizeof(text), "%016llx:a-longer-key---",
			(unsigned long long)list[i]);
		memcpy(all[i].bytes, text, 32);
		all[i].size = 16 + list[i] % 17;
	}
	return all;
}

static void
make_keys(void)
{
	keys = numbers(n, 1);
	order = numbers(n, 1);
	peer_shuffle(order, n, 2);
	missing = numbers(used, 3);
	if (!is_text)
		return;
	text_keys = as_texts(keys, n);
	text_order = as_texts(order, used);
	text_missing = as_texts(missing, used);
}

static void
result(const char *name, double value)
{
	printf("%s %.3f\n", name, value);
}

/* ---- one pass of a case ------------------------------------------------------------------------ */

static void
pass_new(void)
{
	if (is_text)
		texts = text_new();
	else
		map = u64_new();
}

static void
pass_free(void)
{
	if (is_text)
		text_free(texts);
	else
		u64_free(map);
}

static void
pass_insert(uint64_t count)
{
	if (is_text)
		text_insert(texts, text_keys, count);
	else
		u64_insert(map, keys, count);
}

static void
pass_get(uint64_t count)
{
	sink += is_text ? text_get(texts, text_order, count) : u64_get(map, order, count);
}

static void
pass_get_many(uint64_t count)
{
	sink += u64_get_many(map, order, count);
}

static void
pass_miss(uint64_t count)
{
	sink += is_text ? text_get(texts, text_missing, count) : u64_get(map, missing, count);
}

static void
pass_update(uint64_t count)
{
	if (is_text)
		text_update(texts, text_order, count);
	else
		u64_update(map, order, count);
}

static void
pass_replace(uint64_t count)
{
	if (is_text)
		text_replace(texts, text_order, count);
	else
		u64_replace(map, order, count);
}

static void
pass_scan(uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		sink += u64_scan(map, order[i], MAP_SCAN);
}

static void
pass_iterate(uint64_t count)
{
	(void)count;
	sink += is_text ? text_sum(texts) : u64_sum(map);
}

/* ---- cases ------------------------------------------------------------------------------------- */

/* ns for an operation of a part; *ns is told how long it took in all. */
static double
sample(void (*pass)(uint64_t), uint64_t count, uint64_t *ns)
{
	uint64_t done = 0, start = now();

	do {
		pass(count);
		done += count;
		*ns = now() - start;
	} while (*ns < AT_LEAST);
	return (double)*ns / (double)done;
}

static void
run(const char *name, void (*pass)(uint64_t), uint64_t count)
{
	double samples[SAMPLES];
	uint64_t all = 0, ns;
	unsigned taken = 0;

	pass(count < OPS / 4 ? count : OPS / 4);
	do {
		samples[taken++] = sample(pass, count, &ns);
		all += ns;
	} while (taken < SAMPLES && all < AT_MOST);
	result(name, peer_median(samples, taken));
}

/* ns for an insert into a new map, which stays. */
static double
one_insert(uint64_t *ns)
{
	uint64_t start;

	pass_new();
	start = now();
	pass_insert(n);
	*ns = now() - start;
	return (double)*ns / (double)n;
}

static void
run_cold(void)
{
	uint64_t ns;

	result("insert-cold", one_insert(&ns));
}

static void
run_insert(void)
{
	double samples[INSERTS];
	uint64_t all = 0, ns;
	unsigned taken = 0;

	do {
		if (taken)
			pass_free();
		samples[taken++] = one_insert(&ns);
		all += ns;
	} while (taken < INSERTS && all < AT_MOST);
	result("insert", peer_median(samples, taken));
}

static void
run_all(int brief)
{
	double before = map_bytes();

	run_cold();
	result("bytes", (map_bytes() - before) / (double)n);
	run("get", pass_get, used);
	if (!is_text && u64_get_many)
		run("get-many", pass_get_many, used / MAP_MANY * MAP_MANY);
	run("miss", pass_miss, used);
	run("update", pass_update, used);
	run("replace", pass_replace, used);
	if (!is_text && u64_scan)
		run("scan-100", pass_scan, used < SCANS ? used : SCANS);
	run("iterate", pass_iterate, n);
	pass_free();
	if (!brief)
		run_insert();
}

/* ---- latency ----------------------------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
insert_one(uint64_t i)
{
	if (is_text)
		text_insert(texts, &text_keys[i], 1);
	else
		u64_insert(map, &keys[i], 1);
}

/*
 * The clock before and after each insert, less what other programs had of the
 * processor meanwhile: of a slow one, the processor time since the slow one
 * before it is looked at too.  Asking for the time is left in, some 25 ns.
 */
static void
run_latency(void)
{
	uint32_t *ns = room(n, sizeof(*ns));
	uint64_t before, offset;
	int64_t lost = 0; /* to others, from the start to the last slow one */

	memset(ns, 0, n * sizeof(*ns));
	pass_new();
	before = peer_clock();
	offset = before - peer_now();
	for (uint64_t i = 0; i < n; i++) {
		uint64_t after, took;

		insert_one(i);
		after = peer_clock();
		took = after - before;
		if (took > SLOW && !by_clock) {
			int64_t all = (int64_t)(after - peer_now() - offset);
			int64_t others = all > lost ? all - lost : 0;

			took -= (uint64_t)others < took ? (uint64_t)others : took;
			lost = all;
			after = peer_clock();
		}
		ns[i] = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
		before = after;
	}
	qsort(ns, n, sizeof(*ns), compare);
	result("p50", ns[n / 2]);
	result("p99", ns[n - 1 - n / 100]);
	result("p9999", ns[n - 1 - n / 10000]);
	result("max", ns[n - 1]);
	free(ns);
}

static int
is_given(const char *word, int argc, char **argv)
{
	for (int i = 3; i < argc; i++) {
		if (!strcmp(argv[i], word))
			return 1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	is_text = !strcmp(argv[1], "text");
	n = strtoull(argv[2], NULL, 10);
	used = n < OPS ? n : OPS;
	if (!n)
		return 2;
	by_clock = is_given("clock", argc, argv);
	make_keys();
	map_open(n, is_text);
	if (is_given("latency", argc, argv))
		run_latency();
	else
		run_all(is_given("brief", argc, argv));
	return 0;
}
