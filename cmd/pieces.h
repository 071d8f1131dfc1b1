// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pieces.h -- what the tool does with elements that are read many at once, for
 * kind_NAME.c
 *
 * Included after CALL(name), the name of a call of the container's.  There is
 * one core in the library for each of them, and no common handle; so what
 * they do alike is written once here, and compiled for each.
 *
 * Elements are read a piece at a time, so a container may be larger than
 * memory; each piece is as it was at one moment.
 */
#include "kind.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 65536u /* bytes that are read in one go, and one element more */

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

static uint64_t
index_of(const struct tarn_bytes *key)
{
	uint64_t index;

	memcpy(&index, key->data, sizeof(index));
	return index;
}

/* ---- walking --------------------------------------------------------------------------------- */

static int
visit_piece(const struct tool_object *object, const struct tool_walk *walk, uint64_t at,
	char *buffer, uint64_t got)
{
	size_t element = object->info.type.value_size;
	int code = 0;

	for (uint64_t i = 0; !code && i < got; i++) {
		uint64_t index = at + i;
		struct tarn_bytes key = { &index, sizeof(index) };
		struct tarn_bytes value = { buffer + i * element, element };

		code = walk->visit(&key, &value, walk->arg);
	}
	return code;
}

static int
walk_pieces(const struct tool_object *object, const struct tool_walk *walk, char *buffer)
{
	uint64_t most = PIECE / object->info.type.value_size + 1, got = most;
	int code = 0;

	for (uint64_t at = walk->from; !code && got == most && at < walk->to; at += got) {
		if (most > walk->to - at)
			most = walk->to - at;
		code = CALL(read)(object->handle, at, buffer, most, &got);
		if (!code)
			code = visit_piece(object, walk, at, buffer, got);
	}
	return code == TARN_NOT_FOUND ? 0 : code;
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	char *buffer = malloc(PIECE + object->info.type.value_size);
	int code = buffer ? walk_pieces(object, walk, buffer) : TARN_SYSTEM;

	free(buffer);
	return code;
}
