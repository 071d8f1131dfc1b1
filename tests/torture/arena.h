// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * arena.h -- the arena that is tortured
 *
 * Nameless, or else $TARN_TORTURE_ARENA: one that is there is removed first,
 * and what was made is removed at the end.
 */
#ifndef TARN_TESTS_TORTURE_ARENA_H
#define TARN_TESTS_TORTURE_ARENA_H

#include <stdlib.h>
#include <tarn.h>

static inline int
torture_open(struct tarn_arena **arena, const struct tarn_arena_options *options)
{
	const char *name = getenv("TARN_TORTURE_ARENA");
	int code = name ? tarn_arena_remove(name) : TARN_NOT_FOUND;

	if (code && code != TARN_NOT_FOUND)
		return code;
	return tarn_arena_open(arena, name ? name : "anon:", options, NULL);
}

static inline int
torture_close(struct tarn_arena *arena)
{
	int code = getenv("TARN_TORTURE_ARENA") ? tarn_arena_remove(tarn_arena_name(arena)) : 0;

	tarn_arena_close(arena);
	return code;
}

#endif
