// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * create.c -- tarn create NAME [--max-size=SIZE] [--segments=N] [--segment-size=SIZE]
 *
 * The maximum is fixed for the arena's life.  Where address space is short
 * the library makes a smaller one, so what it has become is printed.
 */
#include "tool.h"

#include <stdio.h>

int
tool_create(const struct tool_call *call)
{
	struct tarn_arena_options options = {
		.how = TARN_CREATE,
		.max_size = call->max_size,
		.segments = call->segments,
		.segment_size = call->segment_size,
	};
	struct tarn_arena_stat stat;
	struct tarn_arena *arena;
	char size[TOOL_TEXT];
	int code = tarn_arena_open(&arena, call->name, &options, NULL);

	if (code)
		return tool_complain(call, call->name, code);
	code = tarn_arena_stat(arena, &stat);
	if (!code) {
		printf("created %s: at most %s\n", tarn_arena_name(arena),
			tool_size_text(stat.max_size, size));
	}
	tarn_arena_close(arena);
	return code ? tool_complain(call, call->name, code) : TOOL_FINE;
}
