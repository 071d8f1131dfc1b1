// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_adaptors.cpp -- std::stack, std::queue and std::priority_queue of
 * uint64_t, for the benchmarks in C
 *
 * See std_adaptors.h.  In private memory, and safe for one thread.
 */
#include "std_adaptors.h"

#include <queue>
#include <stack>
#include <variant>

using adaptor = std::variant<std::stack<uint64_t>, std::queue<uint64_t>, std::priority_queue<uint64_t>>;

struct peer_ends {
	adaptor held;
};

static uint64_t
next_of(const std::queue<uint64_t> &queue)
{
	return queue.front();
}

template <class Adaptor>
static uint64_t
next_of(const Adaptor &of)
{
	return of.top();
}

struct peer_ends *
peer_ends_new(enum peer_adaptor which)
{
	if (which == PEER_STACK)
		return new peer_ends{ std::stack<uint64_t>() };
	if (which == PEER_QUEUE)
		return new peer_ends{ std::queue<uint64_t>() };
	return new peer_ends{ std::priority_queue<uint64_t>() };
}

void
peer_ends_free(struct peer_ends *ends)
{
	delete ends;
}

void
peer_ends_push(struct peer_ends *ends, const uint64_t *values, size_t count)
{
	std::visit([=](auto &held) {
		for (size_t i = 0; i < count; i++)
			held.push(values[i]);
	}, ends->held);
}

uint64_t
peer_ends_hold(struct peer_ends *ends, const uint64_t *values, size_t count)
{
	return std::visit([=](auto &held) {
		uint64_t sum = 0;

		for (size_t i = 0; i < count; i++) {
			held.push(values[i]);
			sum += next_of(held);
			held.pop();
		}
		return sum;
	}, ends->held);
}

uint64_t
peer_ends_pop(struct peer_ends *ends, size_t count)
{
	return std::visit([=](auto &held) {
		uint64_t sum = 0;

		for (size_t i = 0; i < count; i++) {
			sum += next_of(held);
			held.pop();
		}
		return sum;
	}, ends->held);
}
