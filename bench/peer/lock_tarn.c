// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock_tarn.c -- Tarn's named mutex
 */
#include <stdio.h>
#include <stdlib.h>
#include <tarn.h>

#define SHARED 8
#define COUNT 4000000u

static struct tarn_arena *arena;
static struct tarn_mutex *mutex;

static void
must(int code)
{
	if (!code)
		return;
	fprintf(stderr, "lock_tarn: %s\n", tarn_error_message(code));
	exit(2);
}

static void
open_lock(char *shared)
{
	struct tarn_arena_options options = { .how = TARN_CREATE };

	(void)shared;
	must(tarn_arena_open(&arena, "memfd:", &options, NULL));
	must(tarn_mutex_open(arena, &mutex, "mutex", TARN_CREATE, NULL));
}

static void
join_lock(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	char name[32];

	(void)snprintf(name, sizeof(name), "fd:%d", tarn_arena_fd(arena));
	must(tarn_arena_open(&arena, name, &options, NULL));
	must(tarn_mutex_open(arena, &mutex, "mutex", TARN_OPEN, NULL));
}

static inline void
take(void)
{
	must(tarn_mutex_lock(mutex, TARN_FOREVER));
}

static inline void
give(void)
{
	must(tarn_mutex_unlock(mutex));
}

#include "lock_work.h"
