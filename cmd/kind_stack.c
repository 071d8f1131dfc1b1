// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_stack.c -- stacks, for the tool
 */
#define CALL(name) tarn_stack_##name

#include "ends.h"

static int
open_stack(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_stack *stack;
	int code = tarn_stack_open(arena, &stack, name, &object->info.type, how, NULL);

	object->handle = stack;
	return code;
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)key;
	return tarn_stack_push(object->handle, value->data);
}

const struct tool_kind tool_stack = {
	.number = TARN_KIND_STACK,
	.name = "stack",
	.member = "elements",
	.shape = TOOL_INDEXED,
	.open = open_stack,
	.close = close_handle,
	.size = size,
	.walk = walk,
	.get = get,
	.add = add,
};
