// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_multimap.c -- ordered multimaps, for the tool
 *
 * To get a key is to get the value of its first entry, to set it is to add an
 * entry, and to erase it is to erase all that it has.
 */
#include "kind.h"

static int
open_multimap(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_multimap *map;
	int code = tarn_multimap_open(arena, &map, name, &object->info.type, how, NULL);

	object->handle = map;
	return code;
}

static void
close_multimap(struct tool_object *object)
{
	tarn_multimap_close(object->handle);
}

static int
size(struct tool_object *object, uint64_t *size)
{
	return tarn_multimap_size(object->handle, size);
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	struct tarn_multimap_cursor *cursor;
	struct tarn_multimap_entry entry;
	int code = tarn_multimap_cursor_open(object->handle, &cursor);

	if (code)
		return code;
	while (!code && !(code = tarn_multimap_cursor_next(cursor, &entry))) {
		struct tarn_bytes key = { (void *)(uintptr_t)entry.key, entry.key_size };
		struct tarn_bytes value = { (void *)(uintptr_t)entry.value, entry.value_size };

		code = walk->visit(&key, &value, walk->arg);
	}
	tarn_multimap_cursor_close(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
get_into(void *map, const struct tarn_bytes *key, void *value, size_t room, size_t *value_size)
{
	return tarn_multimap_get(map, key->data, key->size, value, room, value_size);
}

static int
get(struct tool_object *object, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tool_get_all(get_into, object->handle, key, value);
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	return tarn_multimap_insert(
		object->handle, key->data, key->size, value->data, value->size, NULL);
}

static int
erase(struct tool_object *object, const struct tarn_bytes *key)
{
	return tarn_multimap_erase(object->handle, key->data, key->size, NULL);
}

const struct tool_kind tool_multimap = {
	.number = TARN_KIND_MULTIMAP,
	.name = "multimap",
	.member = "entries",
	.shape = TOOL_KEYED,
	.open = open_multimap,
	.close = close_multimap,
	.size = size,
	.walk = walk,
	.get = get,
	.set = add,
	.erase = erase,
	.add = add,
};
