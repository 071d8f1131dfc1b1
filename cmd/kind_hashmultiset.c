// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_hashmultiset.c -- hash multisets, for the tool
 *
 * A key comes as often as it is there; to delete it is to delete it wholly.
 */
#include "kind.h"

static int
open_set(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_hashmultiset *set;
	int code = tarn_hashmultiset_open(arena, &set, name, &object->info.type, how, NULL);

	object->handle = set;
	return code;
}

static void
close_set(struct tool_object *object)
{
	tarn_hashmultiset_close(object->handle);
}

static int
size(struct tool_object *object, uint64_t *size)
{
	return tarn_hashmultiset_size(object->handle, size);
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	const struct tarn_bytes none = { NULL, 0 };
	struct tarn_hashmultiset_cursor *cursor;
	const void *bytes;
	uint64_t times;
	size_t length;
	int code = tarn_hashmultiset_cursor_open(object->handle, &cursor);

	if (code)
		return code;
	while (!code && !(code = tarn_hashmultiset_cursor_next(cursor, &bytes, &length, &times))) {
		struct tarn_bytes key = { (void *)(uintptr_t)bytes, length };

		for (; !code && times; times--)
			code = walk->visit(&key, &none, walk->arg);
	}
	tarn_hashmultiset_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)value;
	return tarn_hashmultiset_insert(object->handle, key->data, key->size);
}

static int
erase(struct tool_object *object, const struct tarn_bytes *key)
{
	return tarn_hashmultiset_erase(object->handle, key->data, key->size, NULL);
}

const struct tool_kind tool_hashmultiset = {
	.number = TARN_KIND_HASHMULTISET,
	.name = "hashmultiset",
	.member = "keys",
	.shape = TOOL_KEYS,
	.open = open_set,
	.close = close_set,
	.size = size,
	.walk = walk,
	.erase = erase,
	.add = add,
};
