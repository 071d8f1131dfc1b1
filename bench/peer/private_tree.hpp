// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * private_tree.hpp -- an ordered map with the STL's calls, for tree_work.h
 *
 * A file that includes this has defined tree_new(), and tree(), the map.
 */
#include <cstddef>
#include <cstdint>

static inline void
tree_insert(uint64_t key, uint64_t value)
{
	tree().emplace(key, value);
}

static inline void
tree_update(uint64_t key, uint64_t value)
{
	tree().find(key)->second = value;
}

static inline uint64_t
tree_get(uint64_t key)
{
	return tree().find(key)->second;
}

static inline void
tree_erase(uint64_t key)
{
	tree().erase(key);
}

static inline uint64_t
tree_scan(uint64_t key, std::size_t count)
{
	auto at = tree().lower_bound(key);
	uint64_t sum = 0;

	for (; count && at != tree().end(); count--, ++at)
		sum += at->first + at->second;
	return sum;
}

#include "tree_work.h"
