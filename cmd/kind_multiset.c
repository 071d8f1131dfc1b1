// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_multiset.c -- ordered multisets, for the tool
 */
#include "kind.h"

static int
open_multiset(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_multiset *set;
	int code = tarn_multiset_open(arena, &set, name, &object->info.type, how, NULL);

	object->handle = set;
	return code;
}

static void
close_multiset(struct tool_object *object)
{
	tarn_multiset_close(object->handle);
}

static int
size(struct tool_object *object, uint64_t *size)
{
	return tarn_multiset_size(object->handle, size);
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	const struct tarn_bytes none = { NULL, 0 };
	struct tarn_multiset_cursor *cursor;
	struct tarn_multiset_entry entry;
	int code = tarn_multiset_cursor_open(object->handle, &cursor);

	if (code)
		return code;
	while (!code && !(code = tarn_multiset_cursor_next(cursor, &entry))) {
		struct tarn_bytes key = { (void *)(uintptr_t)entry.key, entry.key_size };

		code = walk->visit(&key, &none, walk->arg);
	}
	tarn_multiset_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)value;
	return tarn_multiset_insert(object->handle, key->data, key->size, NULL);
}

static int
erase(struct tool_object *object, const struct tarn_bytes *key)
{
	return tarn_multiset_erase(object->handle, key->data, key->size, NULL);
}

const struct tool_kind tool_multiset = {
	.number = TARN_KIND_MULTISET,
	.name = "multiset",
	.member = "keys",
	.shape = TOOL_KEYS,
	.open = open_multiset,
	.close = close_multiset,
	.size = size,
	.walk = walk,
	.erase = erase,
	.add = add,
};
