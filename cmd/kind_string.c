// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_string.c -- strings, for the tool: read and written as a whole
 */
#include "kind.h"

#include <stdlib.h>

static int
open_string(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_string *string;
	int code = tarn_string_open(arena, &string, name, how, NULL);

	object->handle = string;
	return code;
}

static void
close_string(struct tool_object *object)
{
	tarn_string_close(object->handle);
}

static int
size(struct tool_object *object, uint64_t *size)
{
	return tarn_string_size(object->handle, size);
}

/* All of it, in one read; it may become longer between a look at its size and that. */
static int
get(struct tool_object *object, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	uint64_t room = 0, got = 0;
	int code = tarn_string_size(object->handle, &room);

	(void)key;
	while (!code) {
		free(value->data);
		value->data = malloc(room + 1);
		if (!value->data)
			return TARN_SYSTEM;
		code = tarn_string_get(object->handle, value->data, room, &got);
		value->size = got;
		if (code != TARN_TOO_BIG)
			break;
		room = got;
		code = 0;
	}
	return code;
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
	(void)key;
	return tarn_string_assign(object->handle, value->data, value->size);
}

const struct tool_kind tool_string = {
	.number = TARN_KIND_STRING,
	.name = "string",
	.member = "bytes",
	.shape = TOOL_WHOLE,
	.open = open_string,
	.close = close_string,
	.size = size,
	.walk = walk,
	.get = get,
	.set = set,
	.add = set,
};
