// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_boost_ipc.cpp -- Boost's list in managed_shared_memory, without a lock
 *
 * The segment cannot grow: it has its greatest size from the beginning.
 */
#include <boost/interprocess/allocators/allocator.hpp>
#include <boost/interprocess/containers/list.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unistd.h>

namespace ipc = boost::interprocess;
using Allocator = ipc::allocator<uint64_t, ipc::managed_shared_memory::segment_manager>;
using List = ipc::list<uint64_t, Allocator>;

static const std::string name = "tarn-bench-list." + std::to_string(getpid());
static struct Segment {
	std::unique_ptr<ipc::managed_shared_memory> memory;
	~Segment() { ipc::shared_memory_object::remove(name.c_str()); }
} segment;
static List *list;

static void
new_list()
{
	segment.memory = std::make_unique<ipc::managed_shared_memory>(ipc::create_only, name.c_str(),
								      std::size_t(64) << 20);
	list = segment.memory->construct<List>("list")(segment.memory->get_segment_manager());
}

static inline void
push(uint64_t number)
{
	list->push_back(number);
}

static inline uint64_t
pop()
{
	uint64_t number = list->front();

	list->pop_front();
	return number;
}

#include "list_work.h"
