// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * reap.c -- tarn reap NAME
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t
recoveries(struct tarn_arena *arena)
{
	struct tarn_arena_stat stat;

	return tarn_arena_stat(arena, &stat) ? 0 : stat.recoveries;
}

/* To attach for writing is to put the dead right, so the count before is read by one who only looks. */
int
tool_reap(const struct tool_call *call)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_arena *arena;
	uint64_t before;
	int code = tool_open_to_look(&arena, call->name);

	if (code)
		return tool_complain(call, call->name, code);
	before = recoveries(arena);
	tarn_arena_close(arena);
	code = tarn_arena_open(&arena, call->name, &options, NULL);
	if (code)
		return tool_complain(call, call->name, code);
	code = tarn_reap(arena, NULL);
	printf("%" PRIu64 " dead threads put right\n", recoveries(arena) - before);
	tarn_arena_close(arena);
	return code ? tool_complain(call, call->name, code) : TOOL_FINE;
}
