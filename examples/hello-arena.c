// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hello-arena.c -- create or open an arena, look at it, let go of it
 */
#include <stdio.h>
#include <tarn.h>

int
main(void)
{
	struct tarn_arena_options options = { .how = TARN_OPEN_OR_CREATE, .max_size = 16 << 20 };
	struct tarn_arena *arena;
	struct tarn_arena_stat stat;
	int code = tarn_arena_open(&arena, "hello-arena", &options, NULL);

	if (!code)
		code = tarn_arena_stat(arena, &stat);
	if (!code)
		printf("%s holds at most %llu MiB\n", tarn_arena_name(arena),
			(unsigned long long)stat.max_size >> 20);
	tarn_arena_close(arena);
	if (!code)
		code = tarn_arena_remove("hello-arena");
	if (code)
		fprintf(stderr, "%s: %s\n", tarn_error_name(code), tarn_error_message(code));
	return code != 0;
}
