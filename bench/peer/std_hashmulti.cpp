// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_hashmulti.cpp -- std::unordered_multimap and std::unordered_multiset,
 * for the benchmarks in C
 *
 * See std_hashmulti.h.  In private memory, and safe for one thread.
 */
#include "std_hashmulti.h"

#include <unordered_map>
#include <unordered_set>

struct peer_multimap {
	std::unordered_multimap<uint64_t, uint64_t> entries;
};

struct peer_multimap *
peer_multimap_new(void)
{
	return new peer_multimap;
}

void
peer_multimap_free(struct peer_multimap *map)
{
	delete map;
}

void
peer_multimap_insert(struct peer_multimap *map, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		map->entries.emplace(keys[i], i);
}

uint64_t
peer_multimap_sum(const struct peer_multimap *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto [from, to] = map->entries.equal_range(keys[i]);

		for (auto it = from; it != to; ++it)
			sum += it->second;
	}
	return sum;
}

uint64_t
peer_multimap_erase(struct peer_multimap *map, const uint64_t *keys, size_t count)
{
	uint64_t gone = 0;

	for (size_t i = 0; i < count; i++)
		gone += map->entries.erase(keys[i]);
	return gone;
}

struct peer_multiset {
	std::unordered_multiset<uint64_t> keys;
};

struct peer_multiset *
peer_multiset_new(void)
{
	return new peer_multiset;
}

void
peer_multiset_free(struct peer_multiset *set)
{
	delete set;
}

void
peer_multiset_insert(struct peer_multiset *set, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set->keys.insert(keys[i]);
}

uint64_t
peer_multiset_count(const struct peer_multiset *set, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += set->keys.count(keys[i]);
	return sum;
}
