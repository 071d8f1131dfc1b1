// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * indexed.h -- what the tool does with elements by index, for kind_NAME.c
 *
 * Included after CALL(name), as pieces.h is.
 */
#include "pieces.h"

/* ---- single elements ------------------------------------------------------------------------- */

static int
get(struct tool_object *object, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	uint64_t index = index_of(key);

	value->size = object->info.type.value_size;
	value->data = malloc(value->size);
	if (!value->data)
		return TARN_SYSTEM;
	if (index == TOOL_INDEX_END)
		return CALL(back)(object->handle, value->data);
	return CALL(get)(object->handle, index, value->data);
}

static int
set(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	uint64_t index = index_of(key);

	if (index == TOOL_INDEX_END)
		return CALL(push_back)(object->handle, value->data);
	return CALL(set)(object->handle, index, value->data);
}

static int
erase(struct tool_object *object, const struct tarn_bytes *key)
{
	uint64_t index = index_of(key);

	if (index == TOOL_INDEX_END)
		return CALL(pop_back)(object->handle, NULL);
	return CALL(erase)(object->handle, index, 1);
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)key;
	return CALL(push_back)(object->handle, value->data);
}
