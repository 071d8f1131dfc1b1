// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fork.c -- the arenas of this process, and what fork() does to them
 *
 * A forked child has its parent's memory, so its handles look open, and the
 * window is there.  But the parent's byte and slots are not the child's: it
 * must not release them, nor probe through them, nor write in their name.
 *
 * Each handle has a guard word, on a page that the kernel wipes in a child,
 * however it was forked.  Every call looks at it first:
 *
 *	          +--- the kernel, in a child ---+
 *	          v                              |
 *	       FORKED -----> ATTACHING -----> ATTACHED
 *	          ^   one thread   |
 *	          +----------------+  failed
 *
 * The thread that makes it ATTACHING takes a byte for the child; the others
 * wait.  Then handles are good again, and each thread claims a slot at its
 * first write as ever.  The handle gets a new serial number, so that what
 * the forking thread has in thread-local memory is no longer taken for a
 * slot of its own.  A child of vfork() or posix_spawn() has the same memory,
 * so nothing is wiped, and it will exec.
 *
 * While a thread forks, no other may be attaching, claiming or recovering:
 * for a moment these hold a byte through an ordinary descriptor, which the
 * child would have too, and the mutex, which nobody would unlock.  So the
 * handlers of pthread_atfork() take all mutexes.  A child made by a raw
 * system call does without: the mutex is made anew for it, and a byte is
 * in danger for some microseconds only.
 *
 * Lock order
 *	the list's, then the arenas' in the order of the list.  No mutex of
 *	an arena is held where the list's is taken.
 *
 * Not done
 *	What the parent's other threads had in private memory is not freed in
 *	a child: it cannot be told from what the forking thread still has.
 *	A child that a raw system call made while another thread was opening
 *	or closing an arena finds the list locked for good (as it may find
 *	malloc's locks).  Opening and closing in a handler of pthread_atfork()
 *	blocks for good.
 */
#include "member/process.h"

#include "base/assert.h"

#define ATTACHING_PAUSE_NS UINT64_C(50000)

static pthread_mutex_t list_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct tarn_member *list;
static pthread_once_t watch_once = PTHREAD_ONCE_INIT;
static _Thread_local bool forking __attribute__((tls_model("initial-exec")));

/* ---- while a thread forks -------------------------------------------------------------------- */

static void
before_fork(void)
{
	pthread_mutex_lock(&list_mutex);
	for (struct tarn_member *member = list; member; member = member->next)
		pthread_mutex_lock(&member->arena->mutex);
	forking = true;
}

static void
after_fork(void)
{
	forking = false;
	for (struct tarn_member *member = list; member; member = member->next)
		pthread_mutex_unlock(&member->arena->mutex);
	pthread_mutex_unlock(&list_mutex);
}

static void
watch_forks(void)
{
	(void)pthread_atfork(before_fork, after_fork, after_fork);
}

bool
tarn__arenas_forking(void)
{
	return forking;
}

/* ---- the list of arenas ---------------------------------------------------------------------- */

void
tarn__arenas_lock(void)
{
	pthread_once(&watch_once, watch_forks);
	pthread_mutex_lock(&list_mutex);
}

void
tarn__arenas_unlock(void)
{
	pthread_mutex_unlock(&list_mutex);
}

void
tarn__arenas_join(struct tarn_member *member)
{
	member->next = list;
	list = member;
}

void
tarn__arenas_leave(struct tarn_member *member)
{
	struct tarn_member **link = &list;

	while (*link && *link != member)
		link = &(*link)->next;
	tarn_assert(*link);
	*link = member->next;
}

struct tarn_arena *
tarn__arenas_find(uint64_t serial)
{
	struct tarn_member *member;

	pthread_mutex_lock(&list_mutex);
	for (member = list; member && member->arena->serial != serial; member = member->next)
		;
	pthread_mutex_unlock(&list_mutex);
	return member ? member->arena : NULL;
}

/* ---- in a child ------------------------------------------------------------------------------ */

/*
 * The pin is not mapped here; what lies at its address now is not ours.  The
 * prober stays: that the parent has it too does no harm.
 */
void
tarn__member_disown(struct tarn_arena *arena)
{
	arena->member->pin = NULL;
	arena->member->process = TARN_PROCESS_NONE;
	tarn__store(&arena->users, 1);
	arena->serial = tarn__arena_new_serial();
}

/* In a child that a raw system call made, the mutex may be locked by a thread that is not here. */
static int
attach_anew(struct tarn_arena *arena)
{
	int code;

	tarn__arenas_lock();
	pthread_mutex_init(&arena->mutex, NULL);
	tarn__member_disown(arena);
	code = tarn__process_hold(arena);
	tarn__arenas_unlock();
	return code;
}

/* Whether it is for this thread to attach; if not, another has. */
static bool
begin_attaching(uint64_t *guard)
{
	uint64_t seen = TARN_GUARD_FORKED;

	while (!tarn__cas(guard, &seen, TARN_GUARD_ATTACHING)) {
		if (tarn__load_acquire(guard) == TARN_GUARD_ATTACHED)
			return false;
		tarn__os_sleep(ATTACHING_PAUSE_NS);
		seen = TARN_GUARD_FORKED;
	}
	return true;
}

int
tarn__member_after_fork(struct tarn_arena *arena)
{
	struct tarn_os_calm calm;
	int code = 0;

	if (forking)
		return TARN_BUSY;
	tarn__os_calm_begin(&calm);
	if (begin_attaching(arena->fork_guard)) {
		code = attach_anew(arena);
		tarn__store_release(
			arena->fork_guard, code ? TARN_GUARD_FORKED : TARN_GUARD_ATTACHED);
	}
	tarn__os_calm_end(&calm);
	return code;
}
