// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_tarn.c -- transactions over two maps of 1,000 u64 entries
 *
 *	one, two	begin, give a key another value in each of so many, commit
 */
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

#define KEYS 1000u
#define COUNT 1000000u

static const struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };
static struct tarn_arena *arena;
static struct tarn_hashmap *maps[2];

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "txn_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
prepare(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };

	must(tarn_arena_open(&arena, "anon:", &options, NULL));
	for (unsigned i = 0; i < 2; i++) {
		must(tarn_hashmap_open(arena, &maps[i], i ? "b" : "a", &type, TARN_CREATE, NULL));
		for (uint64_t key = 0; key < KEYS; key++)
			must(tarn_hashmap_put(maps[i], &key, 8, &key, 8));
	}
}

static void
one(unsigned over, uint64_t i)
{
	struct tarn_object *objects[] = { tarn_hashmap_object(maps[0]),
					  tarn_hashmap_object(maps[1]) };
	uint64_t key = i % KEYS;
	struct tarn_txn *txn;

	must(tarn_txn_begin(arena, &txn, objects, over));
	for (unsigned k = 0; k < over; k++)
		must(tarn_hashmap_put(tarn_hashmap_in(maps[k], txn), &key, 8, &i, 8));
	must(tarn_txn_commit(txn));
}

static void
run(const char *name, unsigned over)
{
	uint64_t start;

	for (uint64_t i = 0; i < COUNT / 10; i++)
		one(over, i);
	start = peer_now();
	for (uint64_t i = 0; i < COUNT; i++)
		one(over, i);
	printf("%s %.3f\n", name, (double)(peer_now() - start) / COUNT);
}

int
main(void)
{
	prepare();
	run("one", 1);
	run("two", 2);
	tarn_arena_close(arena);
	return 0;
}
