// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_priority_queue.c -- priority queues, for the tool
 */
#define CALL(name) tarn_priority_queue_##name

#include "ends.h"

static int
open_priority_queue(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_priority_queue *priority_queue;
	int code = tarn_priority_queue_open(arena, &priority_queue, name, &object->info.type, how, NULL);

	object->handle = priority_queue;
	return code;
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)key;
	return tarn_priority_queue_push(object->handle, value->data, NULL);
}

const struct tool_kind tool_priority_queue = {
	.number = TARN_KIND_PRIORITY_QUEUE,
	.name = "priority_queue",
	.member = "elements",
	.shape = TOOL_INDEXED,
	.open = open_priority_queue,
	.close = close_handle,
	.size = size,
	.walk = walk,
	.get = get,
	.add = add,
};
