// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_std.cpp -- std::unordered_map of libstdc++, private, unsynchronised
 */
#include "map.h"
#include "text_hash.hpp"

#include <unordered_map>

using u64_to_u64 = std::unordered_map<uint64_t, uint64_t>;
using text_to_value = std::unordered_map<std::string, map_value, text_hash, text_equal>;

#include "private_map.hpp"
