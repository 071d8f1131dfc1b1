// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_boost_ipc.cpp -- Boost's map in managed_shared_memory, without a lock
 *
 * The segment cannot grow: it has its greatest size from the beginning.
 */
#include <boost/interprocess/allocators/private_node_allocator.hpp>
#include <boost/interprocess/containers/map.hpp>
#include <boost/interprocess/managed_shared_memory.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

namespace ipc = boost::interprocess;
using Allocator = ipc::private_node_allocator<std::pair<const uint64_t, uint64_t>,
					      ipc::managed_shared_memory::segment_manager>;
using Map = ipc::map<uint64_t, uint64_t, std::less<uint64_t>, Allocator>;

static const std::string name = "tarn-bench-tree." + std::to_string(getpid());
static struct Segment {
	std::unique_ptr<ipc::managed_shared_memory> memory;
	~Segment() { ipc::shared_memory_object::remove(name.c_str()); }
} segment;
static Map *map;

static Map &
tree()
{
	return *map;
}

static void
tree_new()
{
	segment.memory = std::make_unique<ipc::managed_shared_memory>(ipc::create_only, name.c_str(),
								      std::size_t(512) << 20);
	map = segment.memory->construct<Map>("map")(std::less<uint64_t>(),
						    Allocator(segment.memory->get_segment_manager()));
}

#include "private_tree.hpp"
