// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.h -- what a map must do to be measured
 *
 *	map_work.c	the workload: keys, orders, clocks
 *	  map.h		this
 *	    map_NAME.c, map_NAME.cpp	one library each: its hash map
 *	    tree_NAME.c, tree_NAME.cpp	its ordered map
 *
 * A program is the workload and one library.  Each call is a whole loop, so
 * that the compiler may do with it what it does in a program of that library.
 * Values are read to the last byte; what is returned is their sum.
 */
#ifndef TARN_BENCH_PEER_MAP_H
#define TARN_BENCH_PEER_MAP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A key of text maps: 16 to 32 bytes. */
struct map_text {
	uint64_t size;
	char bytes[32];
};

/* What text maps hold. */
struct map_value {
	uint64_t words[8];
};

struct u64_map;	 /* u64 to u64 */
struct text_map; /* text to 64 bytes */

/* The sum of what a value says. */
static inline uint64_t
map_total(const void *value, size_t size)
{
	uint64_t word, sum = 0;

	for (size_t at = 0; at + 8 <= size; at += 8) {
		memcpy(&word, (const char *)value + at, 8);
		sum += word;
	}
	return sum;
}

/* Once, before the rest: memory for maps of so many entries in all. */
void map_open(size_t entries, int text);

/* Bytes that maps have of it now. */
double map_bytes(void);

struct u64_map *u64_new(void);
void u64_free(struct u64_map *map);
void u64_insert(struct u64_map *map, const uint64_t *keys, size_t count);
void u64_update(struct u64_map *map, const uint64_t *keys, size_t count);
void u64_replace(struct u64_map *map, const uint64_t *keys, size_t count); /* erase, insert */
uint64_t u64_get(struct u64_map *map, const uint64_t *keys, size_t count);
uint64_t u64_sum(struct u64_map *map);

/* u64_get() by calls for MAP_MANY keys each; of libraries that have such a call. */
#define MAP_MANY 64u
uint64_t u64_get_many(struct u64_map *map, const uint64_t *keys, size_t count)
	__attribute__((weak));

/* Of ordered maps: the sum of so many keys and values, at most MAP_SCAN, from a key on. */
#define MAP_SCAN 100u
uint64_t u64_scan(struct u64_map *map, uint64_t key, size_t entries) __attribute__((weak));

struct text_map *text_new(void);
void text_free(struct text_map *map);
void text_insert(struct text_map *map, const struct map_text *keys, size_t count);
void text_update(struct text_map *map, const struct map_text *keys, size_t count);
void text_replace(struct text_map *map, const struct map_text *keys, size_t count);
uint64_t text_get(struct text_map *map, const struct map_text *keys, size_t count);
uint64_t text_sum(struct text_map *map);

/*
 * For share_work.c, of libraries whose maps several can use at once: whether
 * these are threads or processes; and the map as one of them sees it, called
 * in each before its first use.
 */
extern const int map_by_threads;
struct u64_map *map_join(struct u64_map *map);

#ifdef __cplusplus
}
#endif

#endif
