// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hello.c -- count how often this program was run; start it several times at once
 *
 * Each run adds one to a counter that all of them share, in the default
 * arena ($TARN_ARENA, or shm:default).  Kill any of them at any moment: no
 * run is counted half or twice, and nobody waits for the dead.
 */
#include <stdio.h>
#include <tarn.h>

int
main(void)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_STRING, .value_size = 8 };
	struct tarn_arena *arena;
	struct tarn_hashmap *counters;
	uint64_t before = 0;
	int code = tarn_arena_open(&arena, NULL, NULL, NULL);

	if (!code)
		code = tarn_hashmap_open(arena, &counters, "counters", &type, TARN_OPEN_OR_CREATE, NULL);
	if (!code)
		code = tarn_hashmap_fetch_add(counters, "runs", 4, 1, &before);
	if (code)
		fprintf(stderr, "%s: %s\n", tarn_error_name(code), tarn_error_message(code));
	else
		printf("run %llu\n", (unsigned long long)before + 1);
	return code != 0;
}
