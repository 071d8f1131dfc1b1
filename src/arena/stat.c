// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stat.c -- what can be told of an arena
 *
 * The counters are hints for people.  They are added to outside of any
 * operation, so a death may lose one, and nothing relies on them.
 */
#include "arena/arena.h"

#include <string.h>

void
tarn__count(struct tarn_arena *arena, uint64_t *counter)
{
	if (!arena->readonly)
		tarn__fetch_add(counter, 1);
}

static void
fill_counters(const struct tarn_statistics_shm *counters, struct tarn_arena_stat *stat)
{
	stat->given_bytes = tarn__load(&counters->given_bytes);
	stat->recoveries = tarn__load(&counters->recoveries);
	stat->rollbacks = tarn__load(&counters->rollbacks);
	stat->deaths_in_txn = tarn__load(&counters->deaths_in_txn);
	stat->retries = tarn__load(&counters->retries);
	stat->lock_waits = tarn__load(&counters->lock_waits);
	stat->growths = tarn__load(&counters->growths);
	stat->attaches = tarn__load(&counters->attaches);
}

int
tarn_arena_stat(struct tarn_arena *arena, struct tarn_arena_stat *stat)
{
	const struct tarn_header_shm *fixed = &arena->fixed;

	*stat = (struct tarn_arena_stat){
		.arena_id = fixed->arena_id,
		.created_at = fixed->created_at,
		.max_size = fixed->max_size,
		.window_size = fixed->window_size,
		.slot_count = fixed->slot_count,
		.base = arena->base,
		.recorded_base = (void *)(uintptr_t)fixed->base_address,
		.readonly = arena->readonly,
	};
	fill_counters(&arena->header->statistics, stat);
	for (const struct tarn_arena_upper *const *upper = tarn__arena_uppers; *upper; upper++) {
		if ((*upper)->stat)
			(*upper)->stat(arena, stat);
	}
	return 0;
}

const char *
tarn_arena_name(const struct tarn_arena *arena)
{
	return arena->name.text;
}

int
tarn_arena_fd(const struct tarn_arena *arena)
{
	return arena->file.fd;
}

int
tarn_arena_list(int (*visit)(const char *name, void *arg), void *arg)
{
	return tarn__os_list(visit, arg);
}
