// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tarn_map.h -- map.h, for a map of Tarn's, as every user sees it
 *
 * In an arena "memfd:" of the default size, through the shared library.
 * Included last by a file that has defined
 *
 *	KIND		TARN_KIND_...
 *	HANDLE		the struct of its handles
 *	CALL(name)	the name of a call, or of a struct, that begins with it
 */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tarn.h>

static const struct tarn_type u64_type = { KIND, TARN_KEY_U64, 8, "Q" };
static const struct tarn_type text_type = { KIND, TARN_KEY_STRING, 64, "8Q" };
static struct tarn_arena *arena;

const int map_by_threads = 0;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "tarn: %s\n", tarn_error_message(code));
	exit(2);
}

void
map_open(size_t entries, int text)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };

	(void)entries;
	(void)text;
	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
}

double
map_bytes(void)
{
	struct tarn_arena_stat stat;

	must(tarn_arena_stat(arena, &stat));
	return (double)(stat.heap_bytes - stat.heap_free_bytes);
}

static struct HANDLE *
open_new(const struct tarn_type *type)
{
	struct HANDLE *map;

	must(CALL(open)(arena, &map, "map", type, TARN_CREATE, NULL));
	return map;
}

static void
close_and_remove(struct HANDLE *map)
{
	CALL(close)(map);
	must(tarn_object_remove(arena, "map"));
}

static struct map_value
make_value(uint64_t n)
{
	return (struct map_value){ { n, n, n, n, n, n, n, n } };
}

static uint64_t
sum_all(struct HANDLE *map)
{
	struct CALL(cursor) *cursor;
	struct CALL(entry) entry;
	uint64_t sum = 0;
	int code;

	must(CALL(cursor_open)(map, &cursor));
	while (!(code = CALL(cursor_next)(cursor, &entry))) {
		sum += map_total(entry.value, entry.value_size);
	}
	must(code == TARN_NOT_FOUND ? 0 : code);
	CALL(cursor_close)(cursor);
	return sum;
}

/* As a program that was started later: attached anew. */
struct u64_map *
map_join(struct u64_map *map)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct HANDLE *mine;
	char name[32];

	(void)map;
	(void)snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	must(tarn_arena_open(&arena, name, &options, NULL));
	must(CALL(open)(arena, &mine, "map", &u64_type, TARN_OPEN, NULL));
	return (struct u64_map *)mine;
}

/* ---- u64 --------------------------------------------------------------------------------------- */

struct u64_map *
u64_new(void)
{
	return (struct u64_map *)open_new(&u64_type);
}

void
u64_free(struct u64_map *map)
{
	close_and_remove((struct HANDLE *)map);
}

void
u64_insert(struct u64_map *map, const uint64_t *keys, size_t count)
{
	for (uint64_t i = 0; i < count; i++)
		must(CALL(insert)((struct HANDLE *)map, &keys[i], 8, &i, 8));
}

void
u64_update(struct u64_map *map, const uint64_t *keys, size_t count)
{
	for (uint64_t i = 0; i < count; i++)
		must(CALL(put)((struct HANDLE *)map, &keys[i], 8, &i, 8));
}

void
u64_replace(struct u64_map *map, const uint64_t *keys, size_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		must(CALL(erase)((struct HANDLE *)map, &keys[i], 8));
		must(CALL(insert)((struct HANDLE *)map, &keys[i], 8, &i, 8));
	}
}

uint64_t
u64_get(struct u64_map *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0, value;

	for (uint64_t i = 0; i < count; i++) {
		if (!CALL(get)((struct HANDLE *)map, &keys[i], 8, &value, 8, NULL))
			sum += value;
	}
	return sum;
}

uint64_t
u64_get_many(struct u64_map *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0, values[MAP_MANY];
	int codes[MAP_MANY];

	for (size_t i = 0; i + MAP_MANY <= count; i += MAP_MANY) {
		must(CALL(get_many)((struct HANDLE *)map, &keys[i], 8, MAP_MANY,
			values, 8, codes));
		for (size_t k = 0; k < MAP_MANY; k++)
			sum += codes[k] ? 0 : values[k];
	}
	return sum;
}

uint64_t
u64_sum(struct u64_map *map)
{
	return sum_all((struct HANDLE *)map);
}

/* ---- text -------------------------------------------------------------------------------------- */

struct text_map *
text_new(void)
{
	return (struct text_map *)open_new(&text_type);
}

void
text_free(struct text_map *map)
{
	close_and_remove((struct HANDLE *)map);
}

static void
insert_text(struct text_map *map, const struct map_text *key, uint64_t n)
{
	struct map_value value = make_value(n);

	must(CALL(insert)((struct HANDLE *)map, key->bytes, key->size, &value, 64));
}

void
text_insert(struct text_map *map, const struct map_text *keys, size_t count)
{
	for (uint64_t i = 0; i < count; i++)
		insert_text(map, &keys[i], i);
}

void
text_update(struct text_map *map, const struct map_text *keys, size_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		struct map_value value = make_value(i);

		must(CALL(put)((struct HANDLE *)map, keys[i].bytes, keys[i].size,
			&value, 64));
	}
}

void
text_replace(struct text_map *map, const struct map_text *keys, size_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		must(CALL(erase)((struct HANDLE *)map, keys[i].bytes, keys[i].size));
		insert_text(map, &keys[i], i);
	}
}

uint64_t
text_get(struct text_map *map, const struct map_text *keys, size_t count)
{
	struct map_value value;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < count; i++) {
		if (!CALL(get)((struct HANDLE *)map, keys[i].bytes, keys[i].size,
			    &value, 64, NULL))
			sum += map_total(&value, sizeof(value));
	}
	return sum;
}

uint64_t
text_sum(struct text_map *map)
{
	return sum_all((struct HANDLE *)map);
}
