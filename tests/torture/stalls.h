// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stalls.h -- how long a kill holds up the others
 *
 * From the kill until the survivors have done something that they can have
 * begun only after it.
 */
#ifndef TARN_TESTS_TORTURE_STALLS_H
#define TARN_TESTS_TORTURE_STALLS_H

#include "base/atomic.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

#define STALLS_MOST 65536u

static struct {
	uint64_t ns[STALLS_MOST], count;
} stalls;

/* Until *progress has risen by so many; false: it has not within stuck_ns, or somebody failed. */
static inline bool
stalls_wait(const uint64_t *progress, uint64_t before, uint64_t least, uint64_t stuck_ns,
	    const uint64_t *failed)
{
	uint64_t begin = tarn__os_now(), now = begin;

	while (tarn__load_acquire(progress) - before < least) {
		now = tarn__os_now();
		if (now - begin > stuck_ns || (failed && tarn__load(failed)))
			return false;
		tarn__os_sleep(20000);
	}
	stalls.ns[stalls.count++ % STALLS_MOST] = now - begin;
	return true;
}

static inline int
stalls_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static inline void
stalls_print(void)
{
	uint64_t n = stalls.count < STALLS_MOST ? stalls.count : STALLS_MOST;

	qsort(stalls.ns, n, sizeof(stalls.ns[0]), stalls_compare);
	if (n)
		printf("stall us: p50 %lu, p99 %lu, max %lu\n", (unsigned long)stalls.ns[n / 2] / 1000,
		       (unsigned long)stalls.ns[n * 99 / 100] / 1000,
		       (unsigned long)stalls.ns[n - 1] / 1000);
}

#endif
