// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_tbb.cpp -- tbb::concurrent_hash_map, for threads of one process
 *
 * Its accessors lock an entry, so that others may change it meanwhile.  Not
 * by way of map.hpp, for it is not used like the others.
 */
#include "map.h"

#include <malloc.h>
#include <oneapi/tbb/concurrent_hash_map.h>
#include <string>

using u64_to_u64 = tbb::concurrent_hash_map<uint64_t, uint64_t, tbb::tbb_hash_compare<uint64_t>,
	std::allocator<std::pair<const uint64_t, uint64_t>>>;
using text_to_value = tbb::concurrent_hash_map<std::string, map_value,
	tbb::tbb_hash_compare<std::string>, std::allocator<std::pair<const std::string, map_value>>>;

struct u64_map {
	u64_to_u64 map;
};

struct text_map {
	text_to_value map;
};

static inline uint64_t
make_key(uint64_t key)
{
	return key;
}

static inline std::string
make_key(const map_text &key)
{
	return { key.bytes, key.size };
}

static inline void
set(uint64_t &value, uint64_t n)
{
	value = n;
}

static inline void
set(map_value &value, uint64_t n)
{
	for (uint64_t &word : value.words)
		word = n;
}

static inline uint64_t
total(uint64_t value)
{
	return value;
}

static inline uint64_t
total(const map_value &value)
{
	return map_total(&value, sizeof(value));
}

template <typename Map, typename Key>
static void
insert_all(Map &map, const Key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		typename Map::accessor at;

		map.insert(at, make_key(keys[i]));
		set(at->second, i);
	}
}

template <typename Map, typename Key>
static void
update_all(Map &map, const Key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		typename Map::accessor at;

		if (map.find(at, make_key(keys[i])))
			set(at->second, i);
	}
}

template <typename Map, typename Key>
static void
replace_all(Map &map, const Key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		map.erase(make_key(keys[i]));
		insert_all(map, &keys[i], 1);
	}
}

template <typename Map, typename Key>
static uint64_t
get_all(Map &map, const Key *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		typename Map::const_accessor at;

		if (map.find(at, make_key(keys[i])))
			sum += total(at->second);
	}
	return sum;
}

template <typename Map>
static uint64_t
sum_all(const Map &map)
{
	uint64_t sum = 0;

	for (const auto &entry : map)
		sum += total(entry.second);
	return sum;
}

const int map_by_threads = 1;

struct u64_map *
map_join(struct u64_map *map)
{
	return map;
}

/* ---- map.h ------------------------------------------------------------------------------------- */

void
map_open(size_t, int)
{
}

double
map_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd);
}

struct u64_map *
u64_new(void)
{
	return new u64_map;
}

void
u64_free(struct u64_map *map)
{
	delete map;
}

void
u64_insert(struct u64_map *map, const uint64_t *keys, size_t count)
{
	insert_all(map->map, keys, count);
}

void
u64_update(struct u64_map *map, const uint64_t *keys, size_t count)
{
	update_all(map->map, keys, count);
}

void
u64_replace(struct u64_map *map, const uint64_t *keys, size_t count)
{
	replace_all(map->map, keys, count);
}

uint64_t
u64_get(struct u64_map *map, const uint64_t *keys, size_t count)
{
	return get_all(map->map, keys, count);
}

uint64_t
u64_sum(struct u64_map *map)
{
	return sum_all(map->map);
}

struct text_map *
text_new(void)
{
	return new text_map;
}

void
text_free(struct text_map *map)
{
	delete map;
}

void
text_insert(struct text_map *map, const struct map_text *keys, size_t count)
{
	insert_all(map->map, keys, count);
}

void
text_update(struct text_map *map, const struct map_text *keys, size_t count)
{
	update_all(map->map, keys, count);
}

void
text_replace(struct text_map *map, const struct map_text *keys, size_t count)
{
	replace_all(map->map, keys, count);
}

uint64_t
text_get(struct text_map *map, const struct map_text *keys, size_t count)
{
	return get_all(map->map, keys, count);
}

uint64_t
text_sum(struct text_map *map)
{
	return sum_all(map->map);
}
