// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * keyed.h -- what the tool does with entries by key, for kind_NAME.c
 *
 * Included after CALL(name), the name of a call of the container's, or of a
 * struct; as indexed.h.
 */
#include "kind.h"

static void
close_handle(struct tool_object *object)
{
	CALL(close)(object->handle);
}

static int
size(struct tool_object *object, uint64_t *size)
{
	return CALL(size)(object->handle, size);
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	struct CALL(cursor) *cursor;
	struct CALL(entry) entry;
	int code = CALL(cursor_open)(object->handle, &cursor);

	if (code)
		return code;
	while (!code && !(code = CALL(cursor_next)(cursor, &entry))) {
		struct tarn_bytes key = { (void *)(uintptr_t)entry.key, entry.key_size };
		struct tarn_bytes value = { (void *)(uintptr_t)entry.value, entry.value_size };

		code = walk->visit(&key, &value, walk->arg);
	}
	CALL(cursor_close)(cursor);
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
get_into(void *map, const struct tarn_bytes *key, void *value, size_t room, size_t *value_size)
{
	return CALL(get)(map, key->data, key->size, value, room, value_size);
}

static int
get(struct tool_object *object, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	return tool_get_all(get_into, object->handle, key, value);
}

static int
set(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	return CALL(put)(object->handle, key->data, key->size, value->data, value->size);
}

static int
erase(struct tool_object *object, const struct tarn_bytes *key)
{
	return CALL(erase)(object->handle, key->data, key->size);
}
