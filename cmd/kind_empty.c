// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kind_empty.c -- what has a name, but no entries: locks and regions
 *
 * Locks have no contents; what the blocks of a region mean only its users
 * know.
 */
#include "kind.h"

static int
open_mutex(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_mutex *mutex = NULL;
	int code = how == TARN_OPEN ? 0 : tarn_mutex_open(arena, &mutex, name, how, NULL);

	object->handle = mutex;
	return code;
}

static void
close_mutex(struct tool_object *object)
{
	tarn_mutex_close(object->handle);
}

static int
open_rwlock(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_rwlock *rwlock = NULL;
	int code = how == TARN_OPEN ? 0 : tarn_rwlock_open(arena, &rwlock, name, how, NULL);

	object->handle = rwlock;
	return code;
}

static void
close_rwlock(struct tool_object *object)
{
	tarn_rwlock_close(object->handle);
}

static int
open_region(struct tarn_arena *arena, struct tool_object *object, const char *name,
	enum tarn_open_mode how)
{
	struct tarn_region *region;
	int code = tarn_region_open(arena, &region, name, how, NULL);

	object->handle = region;
	return code;
}

static void
close_region(struct tool_object *object)
{
	tarn_region_close(object->handle);
}

const struct tool_kind tool_mutex = {
	.number = TARN_KIND_MUTEX,
	.name = "mutex",
	.open = open_mutex,
	.close = close_mutex,
};

const struct tool_kind tool_rwlock = {
	.number = TARN_KIND_RWLOCK,
	.name = "rwlock",
	.open = open_rwlock,
	.close = close_rwlock,
};

const struct tool_kind tool_region = {
	.number = TARN_KIND_REGION,
	.name = "region",
	.open = open_region,
	.close = close_region,
};
