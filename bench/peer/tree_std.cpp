// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_std.cpp -- std::map of libstdc++, private, unsynchronised
 */
#include "map.h"
#include "text_less.hpp"

#include <map>
#include <string>

using u64_to_u64 = std::map<uint64_t, uint64_t>;
using text_to_value = std::map<std::string, map_value, text_less>;

#include "private_map.hpp"
#include "scan.hpp"
