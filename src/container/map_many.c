// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_many.c -- calls for many keys, and for a sorted load
 *
 * Each key is a call of its own, in their order: what was looked at for one
 * is in the caches for the next, if they are sorted.
 *
 * Who may write what, and what happens on death: each call is one of
 * map.c's; a death leaves those before it done, and those after not.
 */
#include "container/map.h"

/* Some records one after the other, or struct tarn_bytes that say where each is. */
struct column {
	const char *at;
	size_t size; /* of a record; TARN_SEPARATE */
};

static const void *
cell(const struct column *column, size_t i, size_t *size)
{
	const struct tarn_bytes *bytes = (const struct tarn_bytes *)(const void *)column->at + i;

	*size = column->size != TARN_SEPARATE ? column->size : bytes->size;
	return column->size != TARN_SEPARATE ? column->at + i * column->size : bytes->data;
}

/* The worst of what calls say: the first error, else that a key is missing, else 0. */
static int
worst_of(int worst, int code, int *codes, size_t i)
{
	if (codes)
		codes[i] = code;
	return worst && (worst != TARN_NOT_FOUND || !code) ? worst : code;
}

int
tarn_map_get_many(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
		  void *values, size_t value_room, int *codes)
{
	const struct column from = { keys, key_size }, to = { values, value_room };
	struct tarn_bytes *separate = value_room == TARN_SEPARATE ? values : NULL;
	size_t size, room, told;
	int code, worst = 0;

	for (size_t i = 0; i < count; i++) {
		const void *key = cell(&from, i, &size);
		void *value = (void *)(uintptr_t)cell(&to, i, &room);

		told = 0;
		code = tarn_map_get(map, key, size, value, room, &told);
		if (separate && (!code || code == TARN_TOO_BIG))
			separate[i].size = told;
		worst = worst_of(worst, code, codes, i);
	}
	return worst;
}

int
tarn_map_put_many(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
		  const void *values, size_t value_size, int *codes)
{
	const struct column from = { keys, key_size }, to = { values, value_size };
	size_t size, bytes;
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		const void *key = cell(&from, i, &size), *value = cell(&to, i, &bytes);

		worst = worst_of(worst, tarn_map_put(map, key, size, value, bytes), codes, i);
	}
	return worst;
}

int
tarn_map_erase_many(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
		    int *codes)
{
	const struct column from = { keys, key_size };
	size_t size;
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		const void *key = cell(&from, i, &size);

		worst = worst_of(worst, tarn_map_erase(map, key, size), codes, i);
	}
	return worst;
}

/* Whether one key is below the next. */
static int
is_ascending(const struct tarn_object *map, const struct column *keys, size_t i)
{
	struct tarn_map_key one, next;
	size_t size;
	const void *key = cell(keys, i, &size);
	int code = tarn__map_key(map, key, size, &one);

	key = cell(keys, i + 1, &size);
	if (!code)
		code = tarn__map_key(map, key, size, &next);
	if (!code && tarn__map_compare_keys(map, &one, &next) >= 0)
		code = TARN_INVALID;
	return code;
}

int
tarn__map_ascends(const struct tarn_object *map, const void *keys, size_t key_size, size_t count)
{
	const struct column from = { keys, key_size };
	int code = 0;

	for (size_t i = 0; i + 1 < count && !code; i++)
		code = is_ascending(map, &from, i);
	return code;
}

int
tarn_map_load(struct tarn_map *map, const void *keys, size_t key_size, size_t count,
	      const void *values, size_t value_size)
{
	const struct column from = { keys, key_size }, to = { values, value_size };
	size_t size, bytes;
	int code = tarn__map_ascends(tarn__map_object(map), keys, key_size, count);

	for (size_t i = 0; i < count && !code; i++) {
		const void *key = cell(&from, i, &size), *value = cell(&to, i, &bytes);

		code = tarn_map_put(map, key, size, value, bytes);
	}
	return code;
}
