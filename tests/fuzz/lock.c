// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock.c -- named locks in damaged arenas, and many names
 */
#include "fuzz/fuzz.h"

#include <stdio.h>

#define NAMES 40u

static struct tarn_mutex *
open_mutex(struct tarn_arena *arena, enum tarn_open_mode how)
{
	struct tarn_mutex *mutex;

	(void)fuzz_told(tarn_mutex_open(arena, &mutex, "mutex", how, NULL));
	return mutex;
}

static struct tarn_rwlock *
open_rwlock(struct tarn_arena *arena, unsigned number, enum tarn_open_mode how)
{
	struct tarn_rwlock *rwlock;
	char name[200];

	snprintf(name, sizeof(name), "%u %*s", number, (int)(number * 3 + 1), "rwlock");
	(void)fuzz_told(tarn_rwlock_open(arena, &rwlock, name, how, NULL));
	return rwlock;
}

static void
build(struct tarn_arena *arena)
{
	tarn_mutex_close(open_mutex(arena, TARN_CREATE));
	for (unsigned i = 0; i < NAMES; i++)
		tarn_rwlock_close(open_rwlock(arena, i, TARN_CREATE));
}

/* Whoever does so dies. */
static void
begin(struct tarn_arena *arena)
{
	fuzz_must(tarn_mutex_lock(open_mutex(arena, TARN_OPEN), 0));
	fuzz_must(tarn_rwlock_read(open_rwlock(arena, 0, TARN_OPEN), 0));
	fuzz_must(tarn_rwlock_write(open_rwlock(arena, 1, TARN_OPEN), 0));
}

static bool
is_held(int code)
{
	return !fuzz_told(code) || code == TARN_OWNER_DIED;
}

static void
use_rwlock(struct tarn_rwlock *rwlock)
{
	if (!rwlock)
		return;
	if (is_held(tarn_rwlock_read(rwlock, fuzz_roll(2))))
		(void)fuzz_told(tarn_rwlock_unlock(rwlock));
	if (is_held(tarn_rwlock_write(rwlock, fuzz_roll(2))))
		(void)fuzz_told(fuzz_roll(2) ? tarn_rwlock_unlock(rwlock) : tarn_rwlock_abandon(rwlock));
	(void)fuzz_told(tarn_rwlock_unlock(rwlock));
	tarn_rwlock_close(rwlock);
}

static void
use(struct tarn_arena *arena)
{
	struct tarn_mutex *mutex = open_mutex(arena, TARN_OPEN);

	if (mutex && is_held(tarn_mutex_lock(mutex, 1)) && fuzz_roll(2))
		(void)fuzz_told(tarn_mutex_unlock(mutex));
	if (mutex)
		(void)fuzz_told(tarn_mutex_unlock(mutex));
	for (unsigned i = 0; i < 4; i++)
		use_rwlock(open_rwlock(arena, i, TARN_OPEN));
	use_rwlock(open_rwlock(arena, (unsigned)fuzz_roll(NAMES), TARN_OPEN_OR_CREATE));
	use_rwlock(open_rwlock(arena, NAMES + (unsigned)fuzz_roll(15), TARN_CREATE));
	(void)fuzz_told(tarn_object_rename(arena, "mutex", "another name"));
	(void)fuzz_told(tarn_object_remove(arena, "mutex"));
	tarn_mutex_close(mutex);
}

const struct fuzz_kind fuzz_lock = { "lock", build, begin, use };
