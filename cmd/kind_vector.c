// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_vector.c -- vectors, for the tool
 */
#define CALL(name) tarn_vector_##name

#include "indexed.h"

static int
open_vector(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	const struct tarn_type *type = &object->info.type;
	struct tarn_vector *vector;
	int code;

	if (how == TARN_CREATE && object->info.limit)
		code = tarn_vector_open_bounded(arena, &vector, name, type, how,
			object->info.limit, NULL);
	else
		code = tarn_vector_open(arena, &vector, name, type, how, NULL);
	object->handle = vector;
	return code;
}

const struct tool_kind tool_vector = {
	.number = TARN_KIND_VECTOR,
	.name = "vector",
	.member = "elements",
	.shape = TOOL_INDEXED,
	.open = open_vector,
	.close = close_handle,
	.size = size,
	.walk = walk,
	.get = get,
	.set = set,
	.erase = erase,
	.add = add,
};
