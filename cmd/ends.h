// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- what the tool does with elements that come and go in an order of
 * the container's, for kind_NAME.c
 *
 * Included after CALL(name), as pieces.h is.  They are looked at by index, and
 * nothing is stored or removed in the middle.
 */
#include "pieces.h"

/* The last one by the index that stands for a place behind it. */
static int
get(struct tool_object *object, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	uint64_t index = index_of(key), length = 0, got = 0;
	int code = CALL(size)(object->handle, &length);

	value->size = object->info.type.value_size;
	value->data = malloc(value->size);
	if (!value->data)
		return TARN_SYSTEM;
	if (index == TOOL_INDEX_END)
		index = length ? length - 1 : 0;
	if (!code)
		code = CALL(read)(object->handle, index, value->data, 1, &got);
	return code || got ? code : TARN_NOT_FOUND;
}
