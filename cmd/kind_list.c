// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_list.c -- lists, for the tool
 *
 * Elements have indices here, counted from the front.  A walk takes the
 * handles of a piece at one moment, then their values one by one; what is
 * gone by then is passed over, and the walk goes on behind the last one that
 * is still there.
 */
#include "kind.h"

#include <stdlib.h>
#include <string.h>

#define PIECE 1024u /* elements */

static int
open_list(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_list *list;
	int code = tarn_list_open(arena, &list, name, &object->info.type, how, NULL);

	object->handle = list;
	return code;
}

static void
close_list(struct tool_object *object)
{
	tarn_list_close(object->handle);
}

static int
size(struct tool_object *object, uint64_t *size)
{
	return tarn_list_size(object->handle, size);
}

/* ---- handles --------------------------------------------------------------------------------- */

/* The key is a handle. */
static int
get_into(void *list, const struct tarn_bytes *key, void *value, size_t room, size_t *value_size)
{
	return tarn_list_get(list, key->data, value, room, value_size);
}

static int
read_handles(struct tarn_list *list, const struct tarn_list_handle *after,
	struct tarn_list_handle *handles, uint64_t count, uint64_t *got)
{
	return tarn_list_read(list, after, TARN_LIST_FORWARDS, NULL, 0, handles, count, got);
}

/* So many further; *at is then that element, or the last if there are not so many. */
static int
skip(struct tarn_list *list, struct tarn_list_handle *at, uint64_t count)
{
	struct tarn_list_handle handles[PIECE];
	uint64_t got = 1;
	int code = 0;

	for (; !code && count && got; count -= got) {
		code = read_handles(list, at, handles, count < PIECE ? count : PIECE, &got);
		if (!code && got)
			*at = handles[got - 1];
	}
	return code || !count ? code : TARN_NOT_FOUND;
}

static int
find(struct tool_object *object, const struct tarn_bytes *key, struct tarn_list_handle *at)
{
	uint64_t index;

	memcpy(&index, key->data, sizeof(index));
	*at = TARN_LIST_END;
	if (index != TOOL_INDEX_END)
		return skip(object->handle, at, index + 1);
	return tarn_list_prev(object->handle, at);
}

/* ---- walking --------------------------------------------------------------------------------- */

static int
visit_one(const struct tool_object *object, const struct tool_walk *walk, uint64_t index,
	struct tarn_list_handle *at)
{
	const struct tarn_bytes key = { &index, sizeof(index) }, handle = { at, sizeof(*at) };
	struct tarn_bytes value = { NULL, 0 };
	int code = tool_get_all(get_into, object->handle, &handle, &value);

	if (!code)
		code = walk->visit(&key, &value, walk->arg);
	else if (code == TARN_NOT_FOUND)
		code = 0;
	free(value.data);
	return code;
}

/* The next piece comes behind the last of these that is still there. */
static int
read_behind(struct tarn_list *list, struct tarn_list_handle *handles, uint64_t *got)
{
	struct tarn_list_handle next[PIECE];
	uint64_t count = 0;
	int code = TARN_NOT_FOUND;

	for (uint64_t i = *got; code == TARN_NOT_FOUND && i; i--)
		code = read_handles(list, &handles[i - 1], next, PIECE, &count);
	if (!code)
		memcpy(handles, next, count * sizeof(*next));
	*got = count;
	return code == TARN_NOT_FOUND ? TARN_BUSY : code;
}

static int
walk(struct tool_object *object, const struct tool_walk *walk)
{
	struct tarn_list_handle handles[PIECE], at = TARN_LIST_END;
	uint64_t got, index = walk->from;
	int code = skip(object->handle, &at, walk->from);

	if (!code)
		code = read_handles(object->handle, &at, handles, PIECE, &got);
	while (!code && got) {
		for (uint64_t i = 0; !code && i < got && index < walk->to; i++, index++)
			code = visit_one(object, walk, index, &handles[i]);
		if (index >= walk->to)
			break;
		if (!code)
			code = read_behind(object->handle, handles, &got);
	}
	return code == TARN_NOT_FOUND ? 0 : code;
}

/* ---- single elements ------------------------------------------------------------------------- */

static int
get(struct tool_object *object, const struct tarn_bytes *key, struct tarn_bytes *value)
{
	struct tarn_list_handle at;
	const struct tarn_bytes handle = { &at, sizeof(at) };
	int code = find(object, key, &at);

	return code ? code : tool_get_all(get_into, object->handle, &handle, value);
}

static int
add(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	(void)key;
	return tarn_list_push_back(object->handle, value->data, value->size, NULL);
}

static int
set(struct tool_object *object, const struct tarn_bytes *key, const struct tarn_bytes *value)
{
	struct tarn_list_handle at;
	uint64_t index;
	int code;

	memcpy(&index, key->data, sizeof(index));
	if (index == TOOL_INDEX_END)
		return add(object, key, value);
	code = find(object, key, &at);
	return code ? code : tarn_list_set(object->handle, &at, value->data, value->size);
}

static int
erase(struct tool_object *object, const struct tarn_bytes *key)
{
	struct tarn_list_handle at;
	int code = find(object, key, &at);

	return code ? code : tarn_list_erase(object->handle, &at);
}

const struct tool_kind tool_list = {
	.number = TARN_KIND_LIST,
	.name = "list",
	.member = "elements",
	.shape = TOOL_INDEXED,
	.open = open_list,
	.close = close_list,
	.size = size,
	.walk = walk,
	.get = get,
	.set = set,
	.erase = erase,
	.add = add,
};
