// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_ordered_set.cpp -- std::set, for the benchmarks in C
 *
 * See std_ordered_set.h.  In private memory, and safe for one thread.
 */
#include "std_ordered_set.h"

#include <algorithm>
#include <iterator>
#include <set>

struct peer_ordered {
	std::set<uint64_t> keys;
};

struct peer_ordered *
peer_ordered_new(void)
{
	return new peer_ordered;
}

void
peer_ordered_free(struct peer_ordered *set)
{
	delete set;
}

void
peer_ordered_insert(struct peer_ordered *set, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set->keys.insert(keys[i]);
}

void
peer_ordered_load(struct peer_ordered *set, const uint64_t *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set->keys.insert(set->keys.end(), keys[i]);
}

uint64_t
peer_ordered_contains(const struct peer_ordered *set, const uint64_t *keys, size_t count)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += set->keys.count(keys[i]);
	return found;
}

uint64_t
peer_ordered_scan(const struct peer_ordered *set, const uint64_t *keys, size_t count, size_t length)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto at = set->keys.lower_bound(keys[i]);

		for (size_t n = 0; n < length && at != set->keys.end(); n++, ++at)
			sum += *at;
	}
	return sum;
}

struct peer_ordered *
peer_ordered_union(const struct peer_ordered *one, const struct peer_ordered *other)
{
	struct peer_ordered *result = new peer_ordered;

	std::set_union(one->keys.begin(), one->keys.end(), other->keys.begin(), other->keys.end(),
		       std::inserter(result->keys, result->keys.end()));
	return result;
}

struct peer_ordered *
peer_ordered_intersection(const struct peer_ordered *one, const struct peer_ordered *other)
{
	struct peer_ordered *result = new peer_ordered;

	std::set_intersection(one->keys.begin(), one->keys.end(), other->keys.begin(),
			      other->keys.end(), std::inserter(result->keys, result->keys.end()));
	return result;
}
