// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_list.cpp -- std::list<uint64_t>, for the benchmarks in C
 *
 * See std_list.h.  In private memory, and safe for one thread.
 */
#include "std_list.h"

#include <iterator>
#include <list>

struct peer_list {
	std::list<uint64_t> values;
};

struct peer_list *
peer_list_new(size_t count)
{
	struct peer_list *made = new peer_list;

	peer_list_push(made, count);
	return made;
}

void
peer_list_free(struct peer_list *list)
{
	delete list;
}

void
peer_list_push(struct peer_list *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		list->values.push_back(i);
}

uint64_t
peer_list_fifo(struct peer_list *list, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		list->values.push_back(i);
		sum += list->values.front();
		list->values.pop_front();
	}
	return sum;
}

uint64_t
peer_list_middle(struct peer_list *list, size_t count)
{
	auto middle = std::next(list->values.begin(), list->values.size() / 2);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		auto made = list->values.insert(middle, i);

		sum += *made;
		list->values.erase(made);
	}
	return sum;
}

uint64_t
peer_list_sum(const struct peer_list *list, size_t times)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < times; i++) {
		for (uint64_t value : list->values)
			sum += value;
	}
	return sum;
}

void
peer_list_sort(struct peer_list *list)
{
	auto key = [](uint64_t value) { return value * 0x9e3779b97f4a7c15 >> 44; };

	list->values.sort([&](uint64_t a, uint64_t b) { return key(a) < key(b); });
}
