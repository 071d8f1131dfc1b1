// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hello-cxx.cpp -- hello.c in C++: both count in the same map
 */
#include <iostream>
#include <tarn.hpp>

int
main()
try {
	auto arena = tarn::arena::from_environment();
	tarn::hashmap<std::string, std::uint64_t> counters(arena, "counters");

	std::cout << "run " << counters.fetch_add("runs", 1) + 1 << "\n";
} catch (const tarn::error &e) {
	std::cerr << e.what() << "\n";
	return 1;
}
