// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_std.cpp -- std::deque, private to its process
 */
#include <cstddef>
#include <cstdint>
#include <deque>

static std::deque<uint64_t> deque;

static void
new_deque()
{
	deque.clear();
}

static inline void
push(uint64_t number)
{
	deque.push_back(number);
}

static inline uint64_t
pop()
{
	uint64_t number = deque.front();

	deque.pop_front();
	return number;
}

#include "deque_work.h"
