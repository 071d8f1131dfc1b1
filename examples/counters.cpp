// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counters.cpp -- visits and a journal, changed together, in C++
 *
 * Kill it where you like, start it several times at once: a visit that is
 * counted is in the journal too.
 */
#include <iostream>
#include <map>
#include <tarn.hpp>

int
main()
try {
	auto arena = tarn::arena::from_environment();
	tarn::hashmap<std::string, std::uint64_t> visits(arena, "visits");
	tarn::vector<std::uint64_t> journal(arena, "journal");

	for (const char *name : { "ann", "bob", "ann" })
		arena.transact([&](tarn::transaction &tx) {
			std::uint64_t before = tx(visits).fetch_add(name, 1);

			tx(journal).push_back(before + 1);
		}, visits, journal);

	std::map<std::string, std::uint64_t> sorted;
	for (auto [name, count] : visits.entries())
		sorted[name] = count;
	for (auto [name, count] : sorted)
		std::cout << name << " " << count << "\n";
	for (std::uint64_t number : journal.read())
		std::cout << "visit " << number << "\n";
} catch (const tarn::error &e) {
	std::cerr << e.what() << "\n";
	return 1;
}
