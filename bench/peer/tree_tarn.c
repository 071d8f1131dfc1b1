// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_tarn.c -- Tarn's ordered map, as every user sees it
 */
#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

static const struct tarn_type type = { TARN_KIND_MAP, TARN_KEY_U64, 8, "Q" };
static struct tarn_map *map;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "tree_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
tree_new(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };
	struct tarn_arena *arena;

	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	must(tarn_map_open(arena, &map, "map", &type, TARN_CREATE, NULL));
}

static void
tree_insert(uint64_t key, uint64_t value)
{
	must(tarn_map_insert(map, &key, 8, &value, 8));
}

static void
tree_update(uint64_t key, uint64_t value)
{
	must(tarn_map_put(map, &key, 8, &value, 8));
}

static uint64_t
tree_get(uint64_t key)
{
	uint64_t value;

	must(tarn_map_get(map, &key, 8, &value, 8, NULL));
	return value;
}

static void
tree_erase(uint64_t key)
{
	must(tarn_map_erase(map, &key, 8));
}

static uint64_t
tree_scan(uint64_t key, size_t count)
{
	uint64_t keys_out[128], values_out[128], sum = 0;

	must(tarn_map_scan(map, &key, 8, keys_out, values_out, &count));
	for (size_t i = 0; i < count; i++)
		sum += keys_out[i] + values_out[i];
	return sum;
}

#include "tree_work.h"
