// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap_boost_pool.cpp -- Boost.Container's synchronized_pool_resource
 *
 * Private to one process; it is told the size of a block when it gets it
 * back.  Two are threads.
 */
#include <boost/container/pmr/synchronized_pool_resource.hpp>
#include <cstddef>

#define WITH_THREADS 1

struct block {
	void *at;
	size_t size;
};

static boost::container::pmr::synchronized_pool_resource *pool;

static double resident(void);

static inline block
take(size_t size)
{
	return { pool->allocate(size), size };
}

static inline void
give(block old)
{
	pool->deallocate(old.at, old.size);
}

static inline void *
memory(block at)
{
	return at.at;
}

static void
open_heap(void)
{
	pool = new boost::container::pmr::synchronized_pool_resource;
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
