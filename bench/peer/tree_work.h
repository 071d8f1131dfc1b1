// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_work.h -- the workload of ordered maps of u64 to u64: one library, once
 *
 *	insert		1,000,000 keys in random order into a new map
 *	get		each of them, in another random order
 *	update		another value for each, in that order
 *	erase+insert	each of them erased and put back, in that order
 *	scan-100	from a random key on the next 100; ns for a scan
 *
 * Processor time, ns for each.  A file that includes this last has defined
 * tree_new(); tree_insert(key, value) and tree_update(key, value);
 * tree_get(key); tree_erase(key); and tree_scan(key, count), the sum of keys
 * and values.
 */
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>

#define MANY 1000000u
#define SCANS 20000u
#define LENGTH 100u

static uint64_t *keys, *order;
static volatile uint64_t sink;

static uint64_t
tree_random(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static void
make_keys(void)
{
	uint64_t state = 1, from, kept;

	keys = (uint64_t *)malloc(MANY * sizeof(*keys));
	order = (uint64_t *)malloc(MANY * sizeof(*order));
	if (!keys || !order)
		abort();
	for (uint64_t i = 0; i < MANY; i++)
		keys[i] = order[i] = tree_random(&state);
	for (uint64_t i = MANY - 1; i; i--) {
		from = tree_random(&state) % (i + 1);
		kept = order[i];
		order[i] = order[from];
		order[from] = kept;
	}
}

static void
tell(const char *name, uint64_t start, unsigned count)
{
	printf("u64/1M/%s %.4f\n", name, (double)(peer_now() - start) / count);
}

int
main(void)
{
	uint64_t start, sum = 0;

	make_keys();
	tree_new();
	start = peer_now();
	for (uint64_t i = 0; i < MANY; i++)
		tree_insert(keys[i], i);
	tell("insert", start, MANY);
	start = peer_now();
	for (uint64_t i = 0; i < MANY; i++)
		sum += tree_get(order[i]);
	tell("get", start, MANY);
	start = peer_now();
	for (uint64_t i = 0; i < MANY; i++)
		tree_update(order[i], i);
	tell("update", start, MANY);
	start = peer_now();
	for (uint64_t i = 0; i < MANY; i++) {
		tree_erase(order[i]);
		tree_insert(order[i], i);
	}
	tell("erase+insert", start, MANY);
	start = peer_now();
	for (uint64_t i = 0; i < SCANS; i++)
		sum += tree_scan(order[i], LENGTH);
	tell("scan-100", start, SCANS);
	sink = sum;
	return 0;
}
