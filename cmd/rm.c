// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * rm.c -- tarn rm NAME [OBJECT]
 *
 * Of an arena as rm(1): who is attached keeps what he has, and the memory
 * is given back when the last of them ends.  An object is gone for all, at
 * once.
 */
#include "tool.h"

static int
remove_object(const struct tool_call *call)
{
	struct tarn_arena_options options = { .how = TARN_OPEN, .elsewhere = true };
	struct tarn_arena *arena;
	int code = tarn_arena_open(&arena, call->name, &options, NULL);
	int result = TOOL_FINE;

	if (code)
		return tool_complain(call, call->name, code);
	code = tarn_object_remove(arena, call->object);
	if (code)
		result = tool_complain_object(call, call->object, code);
	tarn_arena_close(arena);
	return result;
}

int
tool_rm(const struct tool_call *call)
{
	int code;

	if (call->object)
		return remove_object(call);
	code = tarn_arena_remove(call->name);
	return code ? tool_complain(call, call->name, code) : TOOL_FINE;
}
