// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_deque.cpp -- std::deque<uint64_t>, for the benchmarks in C
 *
 * See std_deque.h.  In private memory, and safe for one thread.
 */
#include "std_deque.h"

#include <deque>

struct peer_deque {
	std::deque<uint64_t> values;
};

struct peer_deque *
peer_deque_new(size_t count)
{
	struct peer_deque *made = new peer_deque;

	peer_deque_push(made, count);
	return made;
}

void
peer_deque_free(struct peer_deque *deque)
{
	delete deque;
}

void
peer_deque_push(struct peer_deque *deque, size_t count)
{
	for (size_t i = 0; i < count; i++)
		deque->values.push_back(i);
}

uint64_t
peer_deque_fifo(struct peer_deque *deque, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		deque->values.push_back(i);
		sum += deque->values.front();
		deque->values.pop_front();
	}
	return sum;
}

uint64_t
peer_deque_lifo(struct peer_deque *deque, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		deque->values.push_front(i);
		sum += deque->values.front();
		deque->values.pop_front();
	}
	return sum;
}

uint64_t
peer_deque_get(const struct peer_deque *deque, const uint64_t *indices, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += deque->values[indices[i]];
	return sum;
}
