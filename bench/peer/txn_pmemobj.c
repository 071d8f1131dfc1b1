// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_pmemobj.c -- libpmemobj's transactions, over arrays of one pool
 *
 * It has no map of its own: a key is an index, so nothing is looked up.  Below
 * /dev/shm; bench/peer/run says by the environment that it need not flush.  A
 * pool belongs to one process at a time.
 */
#include "scratch.h"

#include <libpmemobj.h>
#include <stdint.h>

#define OBJECTS 8u
#define KEYS 1000u
#define RECOVERS 0

static PMEMobjpool *pool;
static uint64_t (*arrays)[KEYS];

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "txn_pmemobj: %s\n", pmemobj_errormsg());
	exit(2);
}

static void
begin(unsigned over)
{
	(void)over;
	must(pmemobj_tx_begin(pool, NULL, TX_PARAM_NONE));
}

static void
put(unsigned which, uint64_t key, uint64_t value)
{
	must(pmemobj_tx_add_range_direct(&arrays[which][key], sizeof(value)));
	arrays[which][key] = value;
}

static void
commit(void)
{
	pmemobj_tx_commit();
	must(pmemobj_tx_end());
}

static void
join_objects(void)
{
	abort();
}

static void
open_objects(void)
{
	pool = pmemobj_create(scratch_path("pool"), "bench", 64 << 20, 0600);
	must(!pool);
	arrays = pmemobj_direct(pmemobj_root(pool, OBJECTS * sizeof(*arrays)));
	must(!arrays);
	begin(OBJECTS);
	for (unsigned i = 0; i < OBJECTS; i++) {
		for (uint64_t key = 0; key < KEYS; key++)
			put(i, key, key);
	}
	commit();
}

#include "txn_work.h"
