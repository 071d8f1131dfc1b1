// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_boost_ipc.cpp -- Boost's deque in managed_shared_memory, without a lock
 *
 * The segment cannot grow: it has its greatest size from the beginning.
 */
#include <boost/interprocess/allocators/allocator.hpp>
#include <boost/interprocess/containers/deque.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unistd.h>

namespace ipc = boost::interprocess;
using Allocator = ipc::allocator<uint64_t, ipc::managed_shared_memory::segment_manager>;
using Deque = ipc::deque<uint64_t, Allocator>;

static const std::string name = "tarn-bench-deque." + std::to_string(getpid());
static struct Segment {
	std::unique_ptr<ipc::managed_shared_memory> memory;
	~Segment() { ipc::shared_memory_object::remove(name.c_str()); }
} segment;
static Deque *deque;

static void
new_deque()
{
	segment.memory = std::make_unique<ipc::managed_shared_memory>(ipc::create_only, name.c_str(),
								      std::size_t(64) << 20);
	deque = segment.memory->construct<Deque>("deque")(segment.memory->get_segment_manager());
}

static inline void
push(uint64_t number)
{
	deque->push_back(number);
}

static inline uint64_t
pop()
{
	uint64_t number = deque->front();

	deque->pop_front();
	return number;
}

#include "deque_work.h"
