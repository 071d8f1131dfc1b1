// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_boost_ipc.cpp -- map a managed_shared_memory of 1 GiB, and leave it
 *
 * Cases as of open_tarn.c.
 */
#include "clock.h"

#include <boost/interprocess/managed_shared_memory.hpp>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace bi = boost::interprocess;

static const unsigned count = 2000;

int
main()
{
	std::string name = "tarn-bench-open." + std::to_string(getpid());
	bi::managed_shared_memory made(bi::create_only, name.c_str(), 1 << 30);
	uint64_t start = 0;

	for (unsigned i = 0; i < count + count / 10; i++) {
		if (i == count / 10)
			start = peer_now();
		bi::managed_shared_memory segment(bi::open_only, name.c_str());
	}
	printf("open %.3f\n", (double)(peer_now() - start) / count / 1000);
	bi::shared_memory_object::remove(name.c_str());
	return 0;
}
