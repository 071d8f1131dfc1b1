// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * create.c -- tarn create NAME [--json] [--max-size=SIZE] [--segments=N] [--segment-size=SIZE]
 *
 * The maximum is fixed for the arena's life.  Where address space is short
 * the library makes a smaller one, so what it has become is printed.
 */
#include "tool.h"

#include <stdio.h>

static int
tell(const struct tool_call *call, const char *name, const struct tarn_arena_stat *stat)
{
	char size[TOOL_TEXT];

	if (call->json)
		return tool_print_json(call, json_pack("{s:s, s:o}", "created", name, "max_size",
						     tool_json_number(stat->max_size)));
	printf("created %s: at most %s\n", name, tool_size_text(stat->max_size, size));
	return TOOL_FINE;
}

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
	int result = TOOL_FINE;
	int code = tarn_arena_open(&arena, call->name, &options, NULL);

	if (code)
		return tool_complain(call, call->name, code);
	code = tarn_arena_stat(arena, &stat);
	if (!code)
		result = tell(call, tarn_arena_name(arena), &stat);
	tarn_arena_close(arena);
	return code ? tool_complain(call, call->name, code) : result;
}
