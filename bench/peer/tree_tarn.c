// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_tarn.c -- Tarn's ordered map
 */
#define KIND TARN_KIND_MAP
#define HANDLE tarn_map
#define CALL(name) tarn_map_##name

#include "tarn_map.h"

uint64_t
u64_scan(struct u64_map *map, uint64_t key, size_t entries)
{
	uint64_t keys[MAP_SCAN], values[MAP_SCAN], sum = 0;

	must(tarn_map_scan((struct tarn_map *)map, &key, 8, keys, values, &entries));
	for (size_t i = 0; i < entries; i++)
		sum += keys[i] + values[i];
	return sum;
}
