// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_multimap.cpp -- std::multimap and std::multiset, for the benchmarks in C
 *
 * See std_multimap.h.  In private memory, and safe for one thread.
 */
#include "std_multimap.h"

#include <map>
#include <set>

struct peer_multimap {
	std::multimap<uint64_t, uint64_t> entries;
};

struct peer_multiset {
	std::multiset<uint64_t> keys;
};

/* ---- multimaps --------------------------------------------------------------------------------- */

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

void
peer_multimap_load(struct peer_multimap *map, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		map->entries.emplace_hint(map->entries.end(), keys[i], i);
}

uint64_t
peer_multimap_get(const struct peer_multimap *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto at = map->entries.lower_bound(keys[i]);

		if (at != map->entries.end() && at->first == keys[i])
			sum += at->second;
	}
	return sum;
}

uint64_t
peer_multimap_range(const struct peer_multimap *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto range = map->entries.equal_range(keys[i]);

		for (auto at = range.first; at != range.second; ++at)
			sum += at->second;
	}
	return sum;
}

uint64_t
peer_multimap_count(const struct peer_multimap *map, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += map->entries.count(keys[i]);
	return sum;
}

uint64_t
peer_multimap_scan(const struct peer_multimap *map, const uint64_t *keys, size_t count, size_t length)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto at = map->entries.lower_bound(keys[i]);

		for (size_t n = 0; n < length && at != map->entries.end(); n++, ++at)
			sum += at->first + at->second;
	}
	return sum;
}

/* ---- multisets --------------------------------------------------------------------------------- */

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

void
peer_multiset_load(struct peer_multiset *set, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set->keys.insert(set->keys.end(), keys[i]);
}

uint64_t
peer_multiset_contains(const struct peer_multiset *set, const uint64_t *keys, size_t count)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += set->keys.find(keys[i]) != set->keys.end();
	return found;
}

uint64_t
peer_multiset_count(const struct peer_multiset *set, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += set->keys.count(keys[i]);
	return sum;
}

uint64_t
peer_multiset_scan(const struct peer_multiset *set, const uint64_t *keys, size_t count, size_t length)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto at = set->keys.lower_bound(keys[i]);

		for (size_t n = 0; n < length && at != set->keys.end(); n++, ++at)
			sum += *at;
	}
	return sum;
}

uint64_t
peer_multiset_pop(struct peer_multiset *set, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t key = *set->keys.begin();

		set->keys.erase(set->keys.begin());
		set->keys.insert(key);
		sum += key;
	}
	return sum;
}
