// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_absl_flat.cpp -- absl::flat_hash_map, private, unsynchronised
 */
#include "map.h"

#include <absl/container/flat_hash_map.h>
#include <string>
#include <string_view>

using text_view = absl::string_view;
using u64_to_u64 = absl::flat_hash_map<uint64_t, uint64_t>;
using text_to_value = absl::flat_hash_map<std::string, map_value>; /* looks up by view by itself */

#include "private_map.hpp"
