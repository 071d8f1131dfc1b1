// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_counter.c -- counters of both sorts, for the tool: one number
 */
#include "kind.h"

#include <stdlib.h>
#include <string.h>

static int
open_counter(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	enum tarn_sort sort =
		object->kind == &tool_atomic_counter ? TARN_ATOMIC : TARN_TRANSACTIONAL;
	struct tarn_counter *counter;
	int code = tarn_counter_open(arena, &counter, name, sort, how, NULL);

	object->handle = counter;
	return code;
}

static void
close_counter(struct tool_object *object)
{
	tarn_counter_close(object->handle);
}

static int
get(struct tool_object *object, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	(void)key;
	value->size = sizeof(int64_t);
	value->data = malloc(value->size);
	return value->data ? tarn_counter_get(object->handle, value->data) : TARN_SYSTEM;
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	struct tarn_bytes none = { NULL, 0 }, value = { NULL, 0 };
	int code = get(object, &none, &value);

	if (!code)
		code = walk->visit(&none, &value, walk->arg);
	free(value.data);
	return code;
}

static int
set(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	int64_t number;

	(void)key;
	memcpy(&number, value->data, sizeof(number));
	return tarn_counter_set(object->handle, number);
}

const struct tool_kind tool_counter = {
	.number = TARN_KIND_COUNTER,
	.name = "counter",
	.member = "number",
	.shape = TOOL_WHOLE,
	.open = open_counter,
	.close = close_counter,
	.walk = walk,
	.get = get,
	.set = set,
	.add = set,
};

const struct tool_kind tool_atomic_counter = {
	.number = TARN_KIND_ATOMIC_COUNTER,
	.name = "atomic counter",
	.member = "number",
	.shape = TOOL_WHOLE,
	.open = open_counter,
	.close = close_counter,
	.walk = walk,
	.get = get,
	.set = set,
	.add = set,
};
