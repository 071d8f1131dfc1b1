// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * handles_lock.c -- every call by a handle of locks: see handles.h
 */
#include "unit/handles.h"

#include "base/compiler.h"

static int
open_mutex(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_mutex_open(in, (struct tarn_mutex **)handle, name, how, NULL);
}

static void
close_mutex(void *handle)
{
	tarn_mutex_close(handle);
}

static int
mutex_lock(void *mutex)
{
	int code = tarn_mutex_lock(mutex, 0);

	return code ? code : tarn_mutex_unlock(mutex);
}

static int
open_rwlock(struct tarn_arena *in, const char *name, enum tarn_open_mode how, void **handle)
{
	return tarn_rwlock_open(in, (struct tarn_rwlock **)handle, name, how, NULL);
}

static void
close_rwlock(void *handle)
{
	tarn_rwlock_close(handle);
}

static int
rwlock_read(void *rwlock)
{
	int code = tarn_rwlock_read(rwlock, 0);

	return code ? code : tarn_rwlock_unlock(rwlock);
}

static int
rwlock_write(void *rwlock)
{
	int code = tarn_rwlock_write(rwlock, 0);

	return code ? code : tarn_rwlock_unlock(rwlock);
}

static const struct handle_call mutex_calls[] = {
	{ true, "lock", mutex_lock },
};

static const struct handle_call rwlock_calls[] = {
	{ true, "read", rwlock_read },
	{ true, "write", rwlock_write },
};

const struct handle_kind handle_mutex = {
	"mutex", open_mutex, close_mutex, NULL, mutex_calls, TARN_ARRAY_SIZE(mutex_calls),
};

const struct handle_kind handle_rwlock = {
	"rwlock", open_rwlock, close_rwlock, NULL, rwlock_calls, TARN_ARRAY_SIZE(rwlock_calls),
};
