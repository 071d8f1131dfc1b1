// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * reap.c -- tarn reap NAME
 */
#include "tool.h"

#include <inttypes.h>
#include <stdio.h>

int
tool_reap(const struct tool_call *call)
{
	struct tarn_arena_options options = { .how = TARN_OPEN };
	struct tarn_arena *arena;
	uint64_t count = 0;
	int code = tarn_arena_open(&arena, call->name, &options, NULL);

	if (code)
		return tool_complain(call, call->name, code);
	code = tarn_reap(arena, &count);
	printf("%" PRIu64 " dead threads put right\n", count);
	tarn_arena_close(arena);
	return code ? tool_complain(call, call->name, code) : TOOL_FINE;
}
