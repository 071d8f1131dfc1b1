// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * default-arena.c -- an arena that the environment describes, not the program
 *
 *	TARN_ARENA=file:/tmp/a TARN_SEGMENTS=8 TARN_SEGMENT_SIZE=1M default-arena
 *
 * Where it lives is TARN_ARENA (else shm:default); the most that it may hold,
 * the product of the others; its permissions, TARN_MODE.
 */
#include <stdio.h>
#include <tarn.h>

int
main(void)
{
	struct tarn_arena_stat stat;
	struct tarn_arena *arena;
	bool created = false;
	int code = tarn_arena_open(&arena, NULL, NULL, &created);

	if (!code)
		code = tarn_arena_stat(arena, &stat);
	if (code)
		fprintf(stderr, "%s: %s\n", tarn_error_name(code), tarn_error_message(code));
	else
		printf("%s: at most %llu MiB\n", created ? "created" : "opened",
			(unsigned long long)stat.max_size >> 20);
	tarn_arena_close(arena);
	return code != 0;
}
