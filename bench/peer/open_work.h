// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * open_work.h -- the workload of opening: one library, once
 *
 *	open	attach to 1 GiB that is there, and leave it
 *	object	find one of OBJECTS objects by name in what is open, and let
 *		go of it; of libraries that have names
 *
 * us of processor time.  C and C++.
 */
#include "clock.h"

#include <stdio.h>

#define OBJECTS 100u
#ifndef OPENS
#define OPENS 2000u
#endif

static inline const char *
object_name(unsigned i)
{
	static char name[32];

	(void)snprintf(name, sizeof(name), "object %u", i % OBJECTS);
	return name;
}

static void
run_opens(const char *name, void (*once)(unsigned))
{
	uint64_t start;

	for (unsigned i = 0; i < OPENS / 10; i++)
		once(i);
	start = peer_now();
	for (unsigned i = 0; i < OPENS; i++)
		once(i);
	printf("%s %.3f\n", name, (double)(peer_now() - start) / OPENS / 1000);
	(void)fflush(stdout);
}
