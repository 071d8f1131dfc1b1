// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fetch-add.c -- four processes count into the same map, and no lock in sight
 */
#include <stdio.h>
#include <sys/wait.h>
#include <tarn.h>
#include <unistd.h>

enum { PROCESSES = 4, ROUNDS = 10000 };

static int
count(struct tarn_hashmap *counters)
{
	for (uint64_t i = 0; i < ROUNDS; i++) {
		uint64_t key = i % 3;
		int code = tarn_hashmap_fetch_add(counters, &key, sizeof(key), 1, NULL);

		if (code)
			return code;
	}
	return 0;
}

int
main(void)
{
	struct tarn_type type = { .kind = TARN_KIND_HASHMAP, .key = TARN_KEY_U64, .value_size = 8 };
	struct tarn_hashmap *counters;
	struct tarn_arena *arena;

	if (tarn_arena_open(&arena, NULL, NULL, NULL) ||
		tarn_hashmap_open(arena, &counters, "counters", &type, TARN_OPEN_OR_CREATE, NULL))
		return 1;
	for (int i = 0; i < PROCESSES; i++) {
		if (!fork())
			_exit(count(counters) != 0);
	}
	while (wait(NULL) > 0)
		;
	for (uint64_t key = 0; key < 3; key++) {
		uint64_t value;

		if (tarn_hashmap_get(counters, &key, sizeof(key), &value, sizeof(value), NULL))
			return 1;
		printf("%d: %d\n", (int)key, (int)value);
	}
	return 0;
}
