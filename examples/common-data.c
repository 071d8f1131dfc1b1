// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * common-data.c -- a struct that all processes know, with a message hung on it
 *
 * Each post takes a block for its message, frees that of the one before, and
 * changes link and count, all in one transaction: kill it where you like.
 */
#include <stdio.h>
#include <tarn.h>

struct common_data { tarn_off message; uint64_t posts; };

static struct tarn_arena *arena;
static struct tarn_region *region;

static int
post(struct tarn_txn *txn, void *text)
{
	struct tarn_region *mine = tarn_region_in(region, txn);
	struct common_data *data;
	tarn_off off = 0, message;
	int code = tarn_region_root(mine, &off);

	if (!code && !off && !(code = tarn_region_alloc(mine, sizeof(*data), &off))) {
		*(struct common_data *)tarn_pointer(arena, off, sizeof(*data)) = (struct common_data){ 0 };
		code = tarn_region_set_root(mine, off);
	}
	data = tarn_pointer(arena, off, sizeof(*data));
	if (!code)
		code = tarn_txn_log(txn, off, sizeof(*data)); /* before it is changed */
	if (!code && data->message)
		code = tarn_region_free(mine, data->message);
	if (!code)
		code = tarn_region_alloc(mine, 64, &message);
	if (code)
		return code;
	snprintf(tarn_pointer(arena, message, 64), 64, "%s", (const char *)text);
	*data = (struct common_data){ message, data->posts + 1 };
	return 0;
}

int
main(void)
{
	struct tarn_object *object;
	struct common_data *data;
	tarn_off off;

	if (tarn_arena_open(&arena, NULL, NULL, NULL) ||
		tarn_region_open(arena, &region, "common data", TARN_OPEN_OR_CREATE, NULL))
		return 1;
	object = tarn_region_object(region);
	if (tarn_txn_run(arena, &object, 1, post, "hello") ||
		tarn_txn_run(arena, &object, 1, post, "goodbye") || tarn_region_root(region, &off))
		return 1;
	data = tarn_pointer(arena, off, sizeof(*data));
	return printf("%d posts; the last: %s\n", (int)data->posts, (char *)tarn_pointer(arena, data->message, 64)) < 0;
}
