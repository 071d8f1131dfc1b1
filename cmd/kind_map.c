// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_map.c -- ordered maps, for the tool
 */
#define CALL(name) tarn_map_##name

#include "keyed.h"

static int
open_map(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_map *map;
	int code = tarn_map_open(arena, &map, name, &object->info.type, how, NULL);

	object->handle = map;
	return code;
}

const struct tool_kind tool_map = {
	.number = TARN_KIND_MAP,
	.name = "map",
	.member = "entries",
	.shape = TOOL_KEYED,
	.open = open_map,
	.close = close_handle,
	.size = size,
	.walk = walk,
	.get = get,
	.set = set,
	.erase = erase,
	.add = set,
};
