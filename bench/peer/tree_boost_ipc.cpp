// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_boost_ipc.cpp -- Boost's map in a managed_shared_memory, with a mutex
 *
 * Its nodes come from pools of its own, which is faster than from the segment.
 */
#include "map.h"
#include "segment.hpp"
#include "text_less.hpp"

#include <boost/interprocess/allocators/private_node_allocator.hpp>
#include <boost/interprocess/containers/map.hpp>

template <typename T> using pooled = bi::private_node_allocator<T, segment_manager>;
using u64_to_u64 = bi::map<uint64_t, uint64_t, std::less<uint64_t>,
	pooled<std::pair<const uint64_t, uint64_t>>>;
using text_to_value = bi::map<shared_text, map_value, text_less,
	pooled<std::pair<const shared_text, map_value>>>;

#include "segment_map.hpp"
#include "scan.hpp"
