// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tree_std.cpp -- std::map, private, unsynchronised
 */
#include <cstdint>
#include <map>

static std::map<uint64_t, uint64_t> &
tree()
{
	static std::map<uint64_t, uint64_t> map;

	return map;
}

static void
tree_new()
{
}

#include "private_tree.hpp"
