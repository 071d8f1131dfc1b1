// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_absl.cpp -- absl::btree_map, private, unsynchronised
 */
#include <absl/container/btree_map.h>
#include <cstdint>

static absl::btree_map<uint64_t, uint64_t> &
tree()
{
	static absl::btree_map<uint64_t, uint64_t> map;

	return map;
}

static void
tree_new()
{
}

#include "private_tree.hpp"
