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

static int
tell(const struct tool_call *call, uint64_t count)
{
	if (call->json)
		return tool_print_json(
			call, json_pack("{s:o}", "recovered", tool_json_number(count)));
	printf("%" PRIu64 " dead threads put right\n", count);
	return TOOL_FINE;
}

/* To attach for writing is to put the dead right, so the count before is read by one who only looks. */
int
tool_reap(const struct tool_call *call)
{
	struct tarn_arena *arena;
	uint64_t before;
	int result;
	int code = tool_open_to_look(&arena, call->name);

	if (code)
		return tool_complain(call, call->name, code);
	before = recoveries(arena);
	tarn_arena_close(arena);
	code = tool_open_to_write(&arena, call->name);
	if (code)
		return tool_complain(call, call->name, code);
	code = tarn_reap(arena, NULL);
	result = tell(call, recoveries(arena) - before);
	tarn_arena_close(arena);
	return code ? tool_complain(call, call->name, code) : result;
}
