// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_queue.c -- queues, for the tool
 */
#define CALL(name) tarn_queue_##name

#include "ends.h"

static int
open_queue(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_queue *queue;
	int code = tarn_queue_open(arena, &queue, name, &object->info.type, how, NULL);

	object->handle = queue;
	return code;
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)key;
	return tarn_queue_push(object->handle, value->data);
}

const struct tool_kind tool_queue = {
	.number = TARN_KIND_QUEUE,
	.name = "queue",
	.member = "elements",
	.shape = TOOL_INDEXED,
	.open = open_queue,
	.close = close_handle,
	.size = size,
	.walk = walk,
	.get = get,
	.add = add,
};
