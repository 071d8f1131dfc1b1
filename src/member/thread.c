// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * thread.c -- a thread's slots: found through TLS, given back when it ends
 *
 * A thread that writes to an arena for the first time claims a slot there
 * and keeps it until it ends.  What it has is a list in thread-local
 * memory, one entry an arena, and the entry it used last in a variable of
 * its own: that is all a call needs to look at.
 *
 * Picture
 *
 *	TLS  cached --------------.
 *	     threads --> entry --> entry --> NULL
 *	                 |         |
 *	              arena A   arena B      (and the slot in it)
 *
 * The end of a thread is told by the destructor of a pthread key, which
 * runs after return, pthread_exit() and pthread_cancel().  A destructor of
 * the program's that runs later and writes once more makes a new entry, and
 * the key's destructor runs again.  A thread that ends without (a raw exit
 * system call, exec, the process's end) is dead, and its slots are
 * recovered by others.
 *
 * Invariants
 *	T1. an entry is a user of its arena, so the arena is there as long as
 *	    the entry is, even if its handle has been closed
 *	T2. ... except in a forked child: there an entry from before the fork
 *	    has a serial number that no arena has any more, and speaks of the
 *	    parent's slot.  It is freed and nothing else.
 *	T3. who ends leaves nothing in flight in its slot, or the slot BROKEN
 *
 * Who may write what
 *	the thread itself only; signals are off while it does
 */
#include "member/process.h"

#include "base/assert.h"

#include <stdlib.h>

_Thread_local struct tarn_thread *tarn__thread_cached
	__attribute__((tls_model("initial-exec"), visibility("hidden")));
static _Thread_local struct tarn_thread *threads __attribute__((tls_model("initial-exec")));

static pthread_key_t end_key;
static pthread_once_t end_key_once = PTHREAD_ONCE_INIT;
static int end_key_failed;

/* ---- giving back ----------------------------------------------------------------------------- */

/* Whether the slot is this process's, not that of the parent it was forked from (T2). */
static bool
is_ours(const struct tarn_thread *thread)
{
	struct tarn_arena *arena = tarn__arenas_find(thread->arena_serial);

	return arena && !tarn__forked(arena);
}

static void
unlink_entry(struct tarn_thread **link)
{
	if (tarn__thread_cached == *link)
		tarn__thread_cached = NULL;
	*link = (*link)->next;
}

/* The arena goes too if its handle is closed and nobody else is in it. */
static void
give_back(struct tarn_thread **link)
{
	struct tarn_thread *thread = *link;
	struct tarn_arena *arena = thread->arena;
	int code = tarn__slot_work->leave(thread);

	unlink_entry(link);
	tarn__slot_release(arena, thread->index, code != 0);
	free(thread);
	tarn__arena_drop(arena);
}

static void
forget(struct tarn_thread **link)
{
	struct tarn_thread *thread = *link;

	unlink_entry(link);
	if (tarn__slot_work->forget)
		tarn__slot_work->forget(thread);
	free(thread);
}

static void
remove_entry(struct tarn_thread **link)
{
	if (is_ours(*link))
		give_back(link);
	else
		forget(link);
}

static void
end_thread(void *unused)
{
	struct tarn_os_calm calm;

	(void)unused;
	tarn__os_calm_begin(&calm);
	while (threads)
		remove_entry(&threads);
	tarn__os_calm_end(&calm);
}

/* Where this thread's entry for the arena hangs, or where one would: *link is NULL then. */
static struct tarn_thread **
find_entry(const struct tarn_arena *arena)
{
	struct tarn_thread **link = &threads;

	while (*link && (*link)->arena_serial != arena->serial)
		link = &(*link)->next;
	return link;
}

uint64_t
tarn__thread_owner(const struct tarn_arena *arena)
{
	const struct tarn_thread *thread = *find_entry(arena);

	return thread ? thread->owner : 0;
}

void
tarn__thread_leave(struct tarn_arena *arena)
{
	struct tarn_thread **link = find_entry(arena);
	struct tarn_os_calm calm;

	if (!*link)
		return;
	tarn__os_calm_begin(&calm);
	remove_entry(link);
	tarn__os_calm_end(&calm);
}

/* What is left of before a fork, so that it does not pile up in a line of descent. */
static void
remove_stale(void)
{
	struct tarn_thread **link = &threads;

	while (*link) {
		if (is_ours(*link))
			link = &(*link)->next;
		else
			remove_entry(link);
	}
}

/* ---- claiming -------------------------------------------------------------------------------- */

static void
make_end_key(void)
{
	end_key_failed = pthread_key_create(&end_key, end_thread);
}

/* Have end_thread() called; again if it was called already. */
static int
watch_end(void)
{
	pthread_once(&end_key_once, make_end_key);
	if (end_key_failed || pthread_setspecific(end_key, &threads))
		return TARN_SYSTEM;
	return 0;
}

/* TARN_CORRUPT: the log in that slot makes no sense; it is not claimed again. */
static int
occupy_first(struct tarn_thread *thread)
{
	struct tarn_arena *arena = thread->arena;
	int code = tarn__slot_claim(arena, &thread->index);

	if (code)
		return code;
	thread->slot = tarn__slot_at(arena, thread->index);
	thread->owner = thread->index + 1;
	thread->arena_serial = arena->serial;
	code = tarn__slot_work->enter(thread);
	if (code)
		tarn__slot_release(arena, thread->index, code == TARN_CORRUPT);
	return code;
}

static int
occupy_slot(struct tarn_thread *thread)
{
	int code;

	do {
		code = occupy_first(thread);
	} while (code == TARN_CORRUPT);
	return code;
}

static int
add_entry(struct tarn_arena *arena, struct tarn_thread **link)
{
	struct tarn_thread *thread = calloc(1, sizeof(*thread));
	int code;

	if (!thread)
		return TARN_SYSTEM;
	thread->arena = arena;
	code = watch_end();
	if (!code)
		code = occupy_slot(thread);
	if (code) {
		free(thread);
		return code;
	}
	tarn__fetch_add(&arena->users, 1);
	*link = thread;
	return 0;
}

/* With signals off: a handler that calls us sees the entry there and whole, or not there. */
static int
find_or_add(struct tarn_arena *arena)
{
	struct tarn_thread **link = find_entry(arena);
	struct tarn_os_calm calm;
	int code = 0;

	if (!*link) {
		tarn__os_calm_begin(&calm);
		remove_stale();
		link = find_entry(arena);
		code = add_entry(arena, link);
		tarn__os_calm_end(&calm);
	}
	if (!code)
		tarn__thread_cached = *link;
	return code;
}

int
tarn__thread_find(struct tarn_arena *arena, struct tarn_thread **thread)
{
	int code = 0;

	if (arena->readonly)
		return TARN_READ_ONLY;
	if (tarn__arenas_forking())
		return TARN_BUSY;
	if (tarn__forked(arena))
		code = tarn__member_after_fork(arena);
	if (!code)
		code = find_or_add(arena);
	if (!code)
		*thread = tarn__thread_cached;
	return code;
}
