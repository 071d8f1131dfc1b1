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
tell(const struct tool_call *call)
{
	json_t *removed;

	if (!call->json)
		return TOOL_FINE;
	removed = json_pack("{s:s}", "removed", call->name);
	if (call->object)
		json_object_set_new(removed, "object", json_string(call->object));
	return tool_print_json(call, removed);
}

static int
remove_object(const struct tool_call *call)
{
	struct tarn_arena *arena;
	int code = tool_open_to_write(&arena, call->name);
	int result;

	if (code)
		return tool_complain(call, call->name, code);
	code = tarn_object_remove(arena, call->object);
	result = code ? tool_complain_object(call, call->object, code) : tell(call);
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
	return code ? tool_complain(call, call->name, code) : tell(call);
}
