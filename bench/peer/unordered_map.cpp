// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * unordered_map.cpp -- std::unordered_map, for the benchmarks in C
 *
 * See unordered_map.h.  The maps are those of this compiler's library, with
 * its own hash and allocator, in private memory, and safe for one thread.
 */
#include "unordered_map.h"

#include <string>
#include <unordered_map>
#include <vector>

struct peer_map {
	std::unordered_map<uint64_t, uint64_t> map;
};

struct peer_text {
	std::unordered_map<std::string, uint64_t> map;
};

struct peer_keys {
	std::vector<std::string> keys;
};

/* ---- what both have in common ------------------------------------------------------------------ */

template <typename Map, typename Key>
static uint64_t
get(const Map &map, const Key *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto found = map.find(keys[i]);

		if (found != map.end())
			sum += found->second;
	}
	return sum;
}

template <typename Map, typename Key>
static void
put(Map &map, const Key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		map[keys[i]] = i;
}

template <typename Map, typename Key>
static void
erase_insert(Map &map, const Key *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		map.erase(keys[i]);
		map.emplace(keys[i], i);
	}
}

template <typename Map>
static uint64_t
sum_of(const Map &map)
{
	uint64_t sum = 0;

	for (const auto &entry : map)
		sum += entry.second;
	return sum;
}

/* ---- u64 --------------------------------------------------------------------------------------- */

struct peer_map *
peer_map_new(size_t reserved)
{
	struct peer_map *map = new peer_map;

	map->map.reserve(reserved);
	return map;
}

void
peer_map_free(struct peer_map *map)
{
	delete map;
}

uint64_t
peer_map_get(const struct peer_map *map, const uint64_t *keys, size_t count)
{
	return get(map->map, keys, count);
}

void
peer_map_put(struct peer_map *map, const uint64_t *keys, size_t count)
{
	put(map->map, keys, count);
}

void
peer_map_erase_insert(struct peer_map *map, const uint64_t *keys, size_t count)
{
	erase_insert(map->map, keys, count);
}

uint64_t
peer_map_sum(const struct peer_map *map)
{
	return sum_of(map->map);
}

/* ---- strings ----------------------------------------------------------------------------------- */

struct peer_keys *
peer_keys_new(const char *const *texts, size_t count)
{
	struct peer_keys *keys = new peer_keys;

	keys->keys.assign(texts, texts + count);
	return keys;
}

void
peer_keys_free(struct peer_keys *keys)
{
	delete keys;
}

struct peer_text *
peer_text_new(size_t reserved)
{
	struct peer_text *map = new peer_text;

	map->map.reserve(reserved);
	return map;
}

void
peer_text_free(struct peer_text *map)
{
	delete map;
}

uint64_t
peer_text_get(const struct peer_text *map, const struct peer_keys *keys)
{
	return get(map->map, keys->keys.data(), keys->keys.size());
}

void
peer_text_put(struct peer_text *map, const struct peer_keys *keys)
{
	put(map->map, keys->keys.data(), keys->keys.size());
}

void
peer_text_erase_insert(struct peer_text *map, const struct peer_keys *keys)
{
	erase_insert(map->map, keys->keys.data(), keys->keys.size());
}

uint64_t
peer_text_sum(const struct peer_text *map)
{
	return sum_of(map->map);
}
