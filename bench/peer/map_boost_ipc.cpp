// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_boost_ipc.cpp -- boost::unordered_map in a managed_shared_memory, with a mutex
 */
#include "map.h"
#include "segment.hpp"
#include "text_hash.hpp"

#include <boost/unordered_map.hpp>

using u64_to_u64 = boost::unordered_map<uint64_t, uint64_t, boost::hash<uint64_t>,
	std::equal_to<uint64_t>, shared<std::pair<const uint64_t, uint64_t>>>;
using text_to_value = boost::unordered_map<shared_text, map_value, text_hash, text_equal,
	shared<std::pair<const shared_text, map_value>>>;

#include "segment_map.hpp"
