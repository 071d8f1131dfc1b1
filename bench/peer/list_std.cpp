// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_std.cpp -- std::list, private to its process
 */
#include <cstddef>
#include <cstdint>
#include <list>

static std::list<uint64_t> list;

static void
new_list()
{
	list.clear();
}

static inline void
push(uint64_t number)
{
	list.push_back(number);
}

static inline uint64_t
pop()
{
	uint64_t number = list.front();

	list.pop_front();
	return number;
}

#include "list_work.h"
