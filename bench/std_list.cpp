// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_list.cpp -- std::list<int> in shared memory, beside one in private memory
 *
 *	churn	push_back and pop_front, with 1,000 elements there: a block taken and
 *		one freed for each
 *	fill	push_back of 100,000, then clear
 *
 * One thread, under the list's lock, as every user of it would be; processor time.
 * "pmr" is std::pmr::list with Tarn's memory resource; "heap" with blocks of the
 * arena's, which no container owns.  The peer has std::allocator: no locks, no
 * death, no other processes.
 */
extern "C" {
#include "measure.h"
}

#include <cstdlib>
#include <list>
#include <memory_resource>
#include <tarn/cxx/factory.hpp>

namespace {

using shared_list = std::list<int, tarn::allocator<int>>;
using pmr_list = std::pmr::list<int>;

constexpr std::uint64_t CHURNS = 2000000, FILL = 100000;

shared_list *ours, *of_heap;
pmr_list *of_resource;
std::list<int> peer;

template <class List>
std::uint64_t
churn(List &list, std::uint64_t n)
{
	for (int i = 0; i < 1000; i++)
		list.push_back(i);
	std::uint64_t start = measure_now();

	for (std::uint64_t i = 0; i < n; i++) {
		list.push_back(static_cast<int>(i));
		list.pop_front();
	}
	std::uint64_t taken = measure_now() - start;

	measure_sink(static_cast<std::uint64_t>(list.back()));
	list.clear();
	return taken;
}

template <class List>
std::uint64_t
fill(List &list, std::uint64_t n)
{
	std::uint64_t start = measure_now();

	for (std::uint64_t i = 0; i < n; i++)
		list.push_back(static_cast<int>(i));
	measure_sink(static_cast<std::uint64_t>(list.back()));
	list.clear();
	return measure_now() - start;
}

std::uint64_t churn_ours(std::uint64_t n, std::uint64_t) { return churn(*ours, n); }
std::uint64_t churn_heap(std::uint64_t n, std::uint64_t) { return churn(*of_heap, n); }
std::uint64_t churn_pmr(std::uint64_t n, std::uint64_t) { return churn(*of_resource, n); }
std::uint64_t churn_peer(std::uint64_t n, std::uint64_t) { return churn(peer, n); }
std::uint64_t fill_ours(std::uint64_t n, std::uint64_t) { return fill(*ours, n); }
std::uint64_t fill_peer(std::uint64_t n, std::uint64_t) { return fill(peer, n); }

measure_case
make_case(const char *name, std::uint64_t (*run)(std::uint64_t, std::uint64_t), std::uint64_t n)
{
	return { name, run, n, 0, {} };
}

measure_case cases[] = {
	make_case("churn", churn_ours, CHURNS),	    make_case("peer/churn", churn_peer, CHURNS),
	make_case("churn-pmr", churn_pmr, CHURNS),  make_case("churn-heap", churn_heap, CHURNS),
	make_case("fill", fill_ours, FILL),	    make_case("peer/fill", fill_peer, FILL),
};

} // namespace

int
main(int argc, char **argv)
{
	tarn::arena arena("anon:");
	tarn::container_factory factory(arena);
	auto list = factory.create<shared_list>("list");
	auto list_pmr = factory.create<pmr_list>("pmr");
	shared_list list_heap(factory.resource());
	auto lock = list.lock(), lock_pmr = list_pmr.lock();

	ours = list.get();
	of_resource = list_pmr.get();
	of_heap = &list_heap;
	return measure("std_list", cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
