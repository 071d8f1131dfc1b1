// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_set.cpp -- std::unordered_set, for the benchmarks in C
 *
 * See std_set.h.  In private memory, and safe for one thread.
 */
#include "std_set.h"

#include <unordered_set>

struct peer_set {
	std::unordered_set<uint64_t> keys;
};

struct peer_set *
peer_set_new(void)
{
	return new peer_set;
}

void
peer_set_free(struct peer_set *set)
{
	delete set;
}

void
peer_set_insert(struct peer_set *set, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set->keys.insert(keys[i]);
}

uint64_t
peer_set_contains(const struct peer_set *set, const uint64_t *keys, size_t count)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += set->keys.count(keys[i]);
	return found;
}

struct peer_set *
peer_set_union(const struct peer_set *one, const struct peer_set *other)
{
	struct peer_set *result = new peer_set{ one->keys };

	result->keys.insert(other->keys.begin(), other->keys.end());
	return result;
}

struct peer_set *
peer_set_intersection(const struct peer_set *one, const struct peer_set *other)
{
	struct peer_set *result = new peer_set;

	for (uint64_t key : one->keys) {
		if (other->keys.count(key))
			result->keys.insert(key);
	}
	return result;
}
