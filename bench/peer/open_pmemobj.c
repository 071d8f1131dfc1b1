// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_pmemobj.c -- open a pool of 1 GiB
 *
 * Below /dev/shm; nobody else has it open, for nobody may.
 */
#define OPENS 200u
#include "open_work.h"
#include "scratch.h"

#include <libpmemobj.h>

static void
open_once(unsigned i)
{
	PMEMobjpool *pool = pmemobj_open(scratch_path("pool"), "bench");

	(void)i;
	if (!pool)
		exit(2);
	pmemobj_close(pool);
}

int
main(void)
{
	PMEMobjpool *pool = pmemobj_create(scratch_path("pool"), "bench", 1 << 30, 0600);

	if (!pool)
		return 2;
	pmemobj_close(pool);
	run_opens("open", open_once);
	return 0;
}
