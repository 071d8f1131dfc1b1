// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles_hashmap.c -- every call by a handle of hash maps: see handles.h
 */
#include "unit/handles.h"

#include "base/compiler.h"

static const struct tarn_type type = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };

static int
open_map(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_hashmap_open(in, (struct tarn_hashmap **)handle, name, &type, how, NULL);
}

static void
close_map(void *handle)
{
	tarn_hashmap_close(handle);
}

static void
fill_map(void *map)
{
	ok(tarn_hashmap_put(map, &(uint64_t){ 1 }, 8, &(uint64_t){ 1 }, 8));
}

/* ---- calls ------------------------------------------------------------------------------------- */

static char room[64];
static uint64_t number;
static const uint64_t one = 1, two = 2;

static int
map_get(void *map)
{
	return tarn_hashmap_get(map, &one, 8, room, sizeof(room), NULL);
}

static int
map_contains(void *map)
{
	return tarn_hashmap_contains(map, &one, 8);
}

static int
map_size(void *map)
{
	return tarn_hashmap_size(map, &number);
}

static int
map_walk(void *map)
{
	struct tarn_hashmap_cursor *cursor;
	struct tarn_hashmap_entry entry;
	int code = tarn_hashmap_cursor_open(map, &cursor);

	if (!code)
		code = tarn_hashmap_cursor_next(cursor, &entry);
	tarn_hashmap_cursor_close(cursor);
	return code;
}

static int
map_get_many(void *map)
{
	int each;
	int code = tarn_hashmap_get_many(map, &one, 8, 1, room, 8, &each);

	ck_assert_int_eq(code, each);
	return code;
}

static int
map_put(void *map)
{
	return tarn_hashmap_put(map, &two, 8, &two, 8);
}

static int
map_insert(void *map)
{
	return tarn_hashmap_insert(map, &(uint64_t){ 3 }, 8, &two, 8);
}

static int
map_erase(void *map)
{
	return tarn_hashmap_erase(map, &two, 8);
}

static int
map_add(void *map)
{
	return tarn_hashmap_fetch_add(map, &one, 8, 0, &number);
}

static int
map_swap(void *map)
{
	return tarn_hashmap_compare_and_swap(map, &one, 8, &one, 8, &one, 8);
}

static int
same(const void *old, size_t old_size, const void **out, size_t *out_size, void *unused)
{
	(void)old, (void)old_size, (void)unused;
	*out = &one;
	*out_size = 8;
	return 0;
}

static int
map_update(void *map)
{
	return tarn_hashmap_update(map, &one, 8, same, NULL);
}

static int
map_put_many(void *map)
{
	int each;

	return tarn_hashmap_put_many(map, &two, 8, 1, &two, 8, &each);
}

static int
map_erase_many(void *map)
{
	int each;

	return tarn_hashmap_erase_many(map, &two, 8, 1, &each);
}

static int
map_clear(void *map)
{
	return tarn_hashmap_clear(map);
}

static const struct handle_call calls[] = {
	{ false, "get", map_get },
	{ false, "contains", map_contains },
	{ false, "size", map_size },
	{ false, "walk", map_walk },
	{ false, "get many", map_get_many },
	{ true, "put", map_put },
	{ true, "insert", map_insert },
	{ true, "erase", map_erase },
	{ true, "fetch add", map_add },
	{ true, "compare and swap", map_swap },
	{ true, "update", map_update },
	{ true, "put many", map_put_many },
	{ true, "erase many", map_erase_many },
	{ true, "clear", map_clear },
};

const struct handle_kind handle_hashmap = {
	"hashmap", open_map, close_map, fill_map, calls, TARN_ARRAY_SIZE(calls),
};
