// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_map.cpp -- std::map, for the benchmarks in C
 *
 * See std_map.h.  The map is that of this compiler's library, in private
 * memory, and safe for one thread.
 */
#include "std_map.h"

#include <map>

struct peer_tree {
	std::map<uint64_t, uint64_t> map;
};

struct peer_tree *
peer_tree_new(void)
{
	return new peer_tree;
}

void
peer_tree_free(struct peer_tree *tree)
{
	delete tree;
}

void
peer_tree_insert(struct peer_tree *tree, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tree->map.emplace(keys[i], i);
}

void
peer_tree_set(struct peer_tree *tree, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tree->map[keys[i]] = i;
}

void
peer_tree_erase(struct peer_tree *tree, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		tree->map.erase(keys[i]);
}

uint64_t
peer_tree_get(const struct peer_tree *tree, const uint64_t *keys, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto found = tree->map.find(keys[i]);

		if (found != tree->map.end())
			sum += found->second;
	}
	return sum;
}

uint64_t
peer_tree_scan(const struct peer_tree *tree, const uint64_t *keys, size_t count, size_t length)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto at = tree->map.lower_bound(keys[i]);

		for (size_t n = 0; n < length && at != tree->map.end(); n++, ++at)
			sum += at->first + at->second;
	}
	return sum;
}
