// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_boost_ipc.cpp -- Boost's vector in managed_shared_memory, without a lock
 *
 * The segment cannot grow: it has its greatest size from the beginning.
 */
#include <boost/interprocess/allocators/allocator.hpp>
#include <boost/interprocess/containers/vector.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <unistd.h>

namespace ipc = boost::interprocess;
using Allocator = ipc::allocator<uint64_t, ipc::managed_shared_memory::segment_manager>;
using Vector = ipc::vector<uint64_t, Allocator>;

static const std::string name = "tarn-bench-vector." + std::to_string(getpid());
static struct Segment {
	std::unique_ptr<ipc::managed_shared_memory> memory;
	~Segment() { ipc::shared_memory_object::remove(name.c_str()); }
} segment;
static Vector *vector;

static void
new_vector()
{
	segment.memory = std::make_unique<ipc::managed_shared_memory>(ipc::create_only, name.c_str(),
								      std::size_t(512) << 20);
	vector = segment.memory->construct<Vector>("vector")(segment.memory->get_segment_manager());
}

static inline void
push(uint64_t number)
{
	vector->push_back(number);
}

static void
empty()
{
	vector->clear();
}

static void
append(const uint64_t *from, std::size_t count)
{
	vector->insert(vector->end(), from, from + count);
}

static uint64_t
sum()
{
	return std::accumulate(vector->begin(), vector->end(), uint64_t(0));
}

#include "vector_work.h"
