// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_absl.cpp -- absl::btree_map, private, unsynchronised
 */
#include "map.h"
#include "text_less.hpp"

#include <absl/container/btree_map.h>
#include <string>

using u64_to_u64 = absl::btree_map<uint64_t, uint64_t>;
using text_to_value = absl::btree_map<std::string, map_value, text_less>;

#include "private_map.hpp"
#include "scan.hpp"
