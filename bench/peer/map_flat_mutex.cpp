// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_flat_mutex.cpp -- boost::unordered_flat_map and a mutex, for threads of one process
 */
#define WITH_MUTEX
#include "map.h"
#include "text_hash.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

using u64_to_u64 = boost::unordered_flat_map<uint64_t, uint64_t>;
using text_to_value = boost::unordered_flat_map<std::string, map_value, text_hash, text_equal>;

#include "private_map.hpp"
