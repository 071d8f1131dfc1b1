// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_boost_ipc.cpp -- map a managed_shared_memory, and find an object in it
 */
#include "open_work.h"

#include <boost/interprocess/managed_shared_memory.hpp>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace bi = boost::interprocess;

static std::string name;
static bi::managed_shared_memory *made;

static void
open_once(unsigned)
{
	bi::managed_shared_memory segment(bi::open_only, name.c_str());
}

static void
object_once(unsigned i)
{
	if (!made->find<uint64_t>(object_name(i)).first)
		abort();
}

int
main()
{
	name = "tarn-bench-open." + std::to_string(getpid());
	made = new bi::managed_shared_memory(bi::create_only, name.c_str(), 1 << 30);
	for (unsigned i = 0; i < OBJECTS; i++)
		made->construct<uint64_t>(object_name(i))(i);
	run_opens("open", open_once);
	run_opens("object", object_once);
	bi::shared_memory_object::remove(name.c_str());
	return 0;
}
