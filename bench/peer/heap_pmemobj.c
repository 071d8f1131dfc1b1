// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap_pmemobj.c -- libpmemobj's atomic allocations
 *
 * From a pool below /dev/shm; bench/peer/run says by the environment that it
 * need not flush.  A pool belongs to one process: two are threads.
 */
#include "scratch.h"

#include <libpmemobj.h>
#include <stddef.h>
#include <stdint.h>

#define WITH_THREADS 1
#define TIMES 1u

typedef uint64_t block; /* offset in the pool */

static PMEMobjpool *pool;
static uint64_t pool_id;

static double resident(void);

static inline block
take(size_t size)
{
	PMEMoid got;

	if (pmemobj_alloc(pool, &got, size, 1, NULL, NULL))
		abort();
	return got.off;
}

static inline void
give(block old)
{
	PMEMoid one = { pool_id, old };

	pmemobj_free(&one);
}

static inline void *
memory(block at)
{
	return (char *)pool + at;
}

static void
open_heap(void)
{
	pool = pmemobj_create(scratch_path("heap"), "bench", (size_t)1 << 30, 0600);
	if (!pool)
		abort();
	pool_id = pmemobj_root(pool, 64).pool_uuid_lo;
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
