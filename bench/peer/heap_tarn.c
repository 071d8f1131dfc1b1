// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap_tarn.c -- Tarn's blocks, named by offset
 *
 * In an arena "memfd:" of the default size, through the shared library.  Two
 * are processes: the second opens the arena again, after fork().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

#define WITH_THREADS 0

typedef tarn_off block;

static struct tarn_arena *arena;
static char *base; /* of offsets */

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "heap_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static inline block
take(size_t size)
{
	tarn_off got;

	must(tarn_alloc(arena, size, &got));
	return got;
}

static inline void
give(block old)
{
	must(tarn_free(arena, old));
}

static inline void *
memory(block at)
{
	return base + at;
}

static struct tarn_arena_stat
look(void)
{
	struct tarn_arena_stat stat;

	must(tarn_arena_stat(arena, &stat));
	return stat;
}

static void
open_heap(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };

	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	base = look().base;
}

static void
join_heap(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	char name[32];

	(void)snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	must(tarn_arena_open(&arena, name, &options, NULL));
	base = look().base;
}

static double
backed(void)
{
	return (double)look().given_bytes;
}

#include "heap_work.h"
