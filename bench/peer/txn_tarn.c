// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_tarn.c -- transactions over hash maps of one arena
 */
#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

#define OBJECTS 8u
#define KEYS 1000u
#define RECOVERS 1
#define COUNT 1000000u

static const struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, "Q" };
static struct tarn_arena *arena;
static struct tarn_hashmap *maps[OBJECTS], *inside[OBJECTS];
static struct tarn_object *objects[OBJECTS];
static struct tarn_txn *txn;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "txn_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
open_maps(enum tarn_open_mode how)
{
	char name[] = "map 0";

	for (unsigned i = 0; i < OBJECTS; i++) {
		name[4] = (char)('0' + i);
		must(tarn_hashmap_open(arena, &maps[i], name, &type, how, NULL));
		objects[i] = tarn_hashmap_object(maps[i]);
	}
}

static void
open_objects(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };

	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	open_maps(TARN_CREATE);
	for (unsigned i = 0; i < OBJECTS; i++) {
		for (uint64_t key = 0; key < KEYS; key++)
			must(tarn_hashmap_put(maps[i], &key, 8, &key, 8));
	}
}

static void
join_objects(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	char name[32];

	(void)snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	must(tarn_arena_open(&arena, name, &options, NULL));
	open_maps(TARN_OPEN);
}

static void
begin(unsigned over)
{
	must(tarn_txn_begin(arena, &txn, objects, over));
	for (unsigned i = 0; i < over; i++)
		inside[i] = tarn_hashmap_in(maps[i], txn);
}

static void
put(unsigned which, uint64_t key, uint64_t value)
{
	must(tarn_hashmap_put(inside[which], &key, 8, &value, 8));
}

static void
commit(void)
{
	must(tarn_txn_commit(txn));
}

#include "txn_work.h"
