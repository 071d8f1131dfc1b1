// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bytes_map.h -- map.h, for a data base: one map, keys and values are bytes
 *
 * Included last by a file that has defined map_open(), map_bytes(), and
 *
 *	put(key, size, value, size, fresh)	fresh: the key is not there yet
 *	erase(key, size)
 *	get(key, size, sum)			total() of its value, or nothing
 *	finish()				wait until all is answered
 *	sum_all(), clear()
 */
#include "map.h"

static struct map_value
value_of(uint64_t n)
{
	return (struct map_value){ { n, n, n, n, n, n, n, n } };
}

/* ---- u64 --------------------------------------------------------------------------------------- */

struct u64_map *
u64_new(void)
{
	return NULL;
}

void
u64_free(struct u64_map *map)
{
	(void)map;
	clear();
}

void
u64_insert(struct u64_map *map, const uint64_t *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++)
		put(&keys[i], 8, &i, 8, 1);
	finish();
}

void
u64_update(struct u64_map *map, const uint64_t *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++)
		put(&keys[i], 8, &i, 8, 0);
	finish();
}

void
u64_replace(struct u64_map *map, const uint64_t *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++) {
		erase(&keys[i], 8);
		put(&keys[i], 8, &i, 8, 1);
	}
	finish();
}

uint64_t
u64_get(struct u64_map *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	(void)map;
	for (uint64_t i = 0; i < count; i++)
		get(&keys[i], 8, &sum);
	finish();
	return sum;
}

uint64_t
u64_sum(struct u64_map *map)
{
	(void)map;
	return sum_all();
}

/* ---- text -------------------------------------------------------------------------------------- */

struct text_map *
text_new(void)
{
	return NULL;
}

void
text_free(struct text_map *map)
{
	(void)map;
	clear();
}

void
text_insert(struct text_map *map, const struct map_text *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++) {
		struct map_value value = value_of(i);

		put(keys[i].bytes, keys[i].size, &value, sizeof(value), 1);
	}
	finish();
}

void
text_update(struct text_map *map, const struct map_text *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++) {
		struct map_value value = value_of(i);

		put(keys[i].bytes, keys[i].size, &value, sizeof(value), 0);
	}
	finish();
}

void
text_replace(struct text_map *map, const struct map_text *keys, size_t count)
{
	(void)map;
	for (uint64_t i = 0; i < count; i++) {
		struct map_value value = value_of(i);

		erase(keys[i].bytes, keys[i].size);
		put(keys[i].bytes, keys[i].size, &value, sizeof(value), 1);
	}
	finish();
}

uint64_t
text_get(struct text_map *map, const struct map_text *keys, size_t count)
{
	uint64_t sum = 0;

	(void)map;
	for (uint64_t i = 0; i < count; i++)
		get(keys[i].bytes, keys[i].size, &sum);
	finish();
	return sum;
}

uint64_t
text_sum(struct text_map *map)
{
	(void)map;
	return sum_all();
}
