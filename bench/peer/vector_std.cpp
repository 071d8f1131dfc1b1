// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_std.cpp -- std::vector, private to its process
 */
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

static std::vector<uint64_t> vector;

static void
new_vector()
{
	std::vector<uint64_t>().swap(vector);
}

static inline void
push(uint64_t number)
{
	vector.push_back(number);
}

static void
empty()
{
	vector.clear();
}

static void
append(const uint64_t *from, std::size_t count)
{
	vector.insert(vector.end(), from, from + count);
}

static uint64_t
sum()
{
	return std::accumulate(vector.begin(), vector.end(), uint64_t(0));
}

#include "vector_work.h"
