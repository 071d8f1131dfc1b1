// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap_malloc.c -- malloc(), private to one process
 *
 * glibc's; or that of the library that LD_PRELOAD names.  Two are threads.
 */
#include <stddef.h>
#include <stdlib.h>

#define WITH_THREADS 1

typedef void *block;

static double resident(void);

static inline block
take(size_t size)
{
	void *got = malloc(size);

	if (!got)
		abort();
	return got;
}

static inline void
give(block old)
{
	free(old);
}

static inline void *
memory(block at)
{
	return at;
}

static void
open_heap(void)
{
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
