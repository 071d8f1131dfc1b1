// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_deque.c -- deques, for the tool
 */
#define CALL(name) tarn_deque_##name

#include "indexed.h"

static int
open_deque(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_deque *deque;
	int code = tarn_deque_open(arena, &deque, name, &object->info.type, how, NULL);

	object->handle = deque;
	return code;
}

const struct tool_kind tool_deque = {
	.number = TARN_KIND_DEQUE,
	.name = "deque",
	.member = "elements",
	.shape = TOOL_INDEXED,
	.open = open_deque,
	.close = close_handle,
	.size = size,
	.walk = walk,
	.get = get,
	.set = set,
	.erase = erase,
	.add = add,
};
