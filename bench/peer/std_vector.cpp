// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_vector.cpp -- std::vector<uint64_t>, for the benchmarks in C
 *
 * See std_vector.h.  In private memory, and safe for one thread.
 */
#include "std_vector.h"

#include <algorithm>
#include <numeric>
#include <vector>

struct peer_vector {
	std::vector<uint64_t> values;
};

struct peer_vector *
peer_vector_new(const uint64_t *values, size_t count)
{
	return new peer_vector{ std::vector<uint64_t>(values, values + count) };
}

void
peer_vector_free(struct peer_vector *vector)
{
	delete vector;
}

void
peer_vector_push(struct peer_vector *vector, size_t count)
{
	for (size_t i = 0; i < count; i++)
		vector->values.push_back(i);
}

void
peer_vector_sort(struct peer_vector *vector)
{
	std::sort(vector->values.begin(), vector->values.end());
}

uint64_t
peer_vector_get(const struct peer_vector *vector, const uint64_t *indices, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += vector->values.at(indices[i]);
	return sum;
}

void
peer_vector_set(struct peer_vector *vector, const uint64_t *indices, size_t count)
{
	for (size_t i = 0; i < count; i++)
		vector->values.at(indices[i]) = i;
}

uint64_t
peer_vector_sum(const struct peer_vector *vector)
{
	return std::accumulate(vector->values.begin(), vector->values.end(), UINT64_C(0));
}
