// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap_boost_ipc.cpp -- rbtree_best_fit of a managed_shared_memory, with its mutex
 *
 * The segment is made with room for all; its name is removed at once.  Two are
 * processes: the second has the segment at the same address, by fork().
 */
#include <boost/interprocess/managed_shared_memory.hpp>
#include <string>
#include <unistd.h>

#define WITH_THREADS 0
#define TIMES 1u

namespace bi = boost::interprocess;

typedef void *block;

static bi::managed_shared_memory *segment;

static double resident(void);

static inline block
take(size_t size)
{
	return segment->allocate(size);
}

static inline void
give(block old)
{
	segment->deallocate(old);
}

static inline void *
memory(block at)
{
	return at;
}

static void
open_heap(void)
{
	std::string name = "tarn-bench-peer." + std::to_string(getpid());

	segment = new bi::managed_shared_memory(bi::create_only, name.c_str(), 1 << 30);
	bi::shared_memory_object::remove(name.c_str());
}

static void
join_heap(void)
{
}

static double
backed(void)
{
	return resident();
}

#include "heap_work.h"
