// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_set.c -- ordered sets, for the tool
 */
#include "kind.h"

static int
open_set(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_set *set;
	int code = tarn_set_open(arena, &set, name, &object->info.type, how, NULL);

	object->handle = set;
	return code;
}

static void
close_set(struct tool_object *object)
{
	tarn_set_close(object->handle);
}

static int
size(struct tool_object *object, uint64_t *size)
{
	return tarn_set_size(object->handle, size);
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	const struct tarn_bytes none = { NULL, 0 };
	struct tarn_set_cursor *cursor;
	const void *bytes;
	size_t length;
	int code = tarn_set_cursor_open(object->handle, &cursor);

	if (code)
		return code;
	while (!code && !(code = tarn_set_cursor_next(cursor, &bytes, &length))) {
		struct tarn_bytes key = { (void *)(uintptr_t)bytes, length };

		code = walk->visit(&key, &none, walk->arg);
	}
	tarn_set_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)value;
	return tarn_set_insert(object->handle, key->data, key->size);
}

static int
erase(struct tool_object *object, const struct tarn_bytes *key)
{
	return tarn_set_erase(object->handle, key->data, key->size);
}

/* tool_set is the verb. */
const struct tool_kind tool_ordered_set = {
	.number = TARN_KIND_SET,
	.name = "set",
	.member = "keys",
	.shape = TOOL_KEYS,
	.open = open_set,
	.close = close_set,
	.size = size,
	.walk = walk,
	.erase = erase,
	.add = add,
};
