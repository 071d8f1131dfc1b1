// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * member.h -- processes and threads attached: bytes, slots, life, fork
 *
 * A process holds a byte of the arena's inode from attach to death.  A
 * thread takes a slot at its first write and gives it back when it ends.
 * The floor above (txn) owns what a slot holds; it registers how to put a
 * dead slot's work right, so that claiming, waiting and reaping are one
 * routine: recover first.
 *
 *	process.c	bytes: attach, detach, probe; who is attached
 *	slot.c		slots: claim, release, dead or not, recover, reap
 *	thread.c	a thread's slots, found through TLS
 *	fork.c		the arenas of this process, and what fork() does to them
 */
#ifndef TARN_MEMBER_MEMBER_H
#define TARN_MEMBER_MEMBER_H

#include "arena/arena.h"
#include "member/layout.h"

/* Byte numbers on the inode, far beyond any data. */
#define TARN_BYTE_PROCESS (UINT64_C(1) << 62)			     /* + process number */
#define TARN_BYTE_READER (TARN_BYTE_PROCESS + (UINT64_C(1) << 20))   /* + any: F_RDLCK of a reader */
#define TARN_BYTE_RECOVERY (TARN_BYTE_PROCESS + (UINT64_C(1) << 21)) /* + slot index */
#define TARN_PROCESS_MAX 65536u
#define TARN_READER_MAX (UINT64_C(1) << 20)

/* A thread of this process on one arena; private memory, found through TLS. */
struct tarn_thread {
	struct tarn_arena *arena;
	struct tarn_slot_shm *slot;
	uint64_t index;		  /* of the slot */
	uint64_t owner;		  /* index + 1: what lock words hold */
	void *lane;		  /* the txn floor's view of the slot (struct tarn_lane) */
	struct tarn_thread *next; /* other arenas of the same thread */
	uint64_t arena_serial;	  /* another than the arena's now: the slot is the parent process's */
};

/* For the list of floors: attach, close, detach, stat. */
extern const struct tarn_arena_upper tarn__member_upper;

/* ---- fork ------------------------------------------------------------------------------------ */

/* What the fork guard says; a forked child reads 0. */
enum tarn_fork_guard {
	TARN_GUARD_FORKED = 0,
	TARN_GUARD_ATTACHED = 1,
	TARN_GUARD_ATTACHING = 2,
};

/* A child that has not attached anew: bytes, slots and mutex are its parent's. */
static TARN_HOT bool
tarn__forked(const struct tarn_arena *arena)
{
	return unlikely(tarn__load_acquire(arena->fork_guard) != TARN_GUARD_ATTACHED);
}

/*
 * Attach the child of a fork anew: a byte of its own, no slots.  Handles
 * stay good.  Called before the first use in the child, reading included;
 * by any number of its threads at once.  TARN_BUSY inside a handler of
 * pthread_atfork(); else as attaching.
 */
int tarn__member_after_fork(struct tarn_arena *arena);

/* ---- threads --------------------------------------------------------------------------------- */

/* The slot that this thread used last. */
extern _Thread_local struct tarn_thread *tarn__thread_cached
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* What lock words hold for this thread's slot; 0: it has none.  A search: not for hot paths. */
uint64_t tarn__thread_owner(const struct tarn_arena *arena);

/* Slow path of tarn__thread_get(): another arena, the first call, or after a fork. */
int tarn__thread_find(struct tarn_arena *arena, struct tarn_thread **thread);

/*
 * Whether the slot is this process's, in that arena.  The guard is read
 * before the serial number, which changes before the guard says that the
 * child is attached.
 */
static TARN_HOT bool
tarn__thread_is_in(const struct tarn_thread *thread, const struct tarn_arena *arena)
{
	return likely(!tarn__forked(arena)) && likely(thread->arena_serial == arena->serial);
}

/*
 * This thread's slot, claimed at the first call.  TARN_NO_SLOT when all are
 * taken by the living; TARN_READ_ONLY; TARN_FULL, no room for its log;
 * TARN_BUSY inside a handler of pthread_atfork(); TARN_SYSTEM.
 */
static inline int
tarn__thread_get(struct tarn_arena *arena, struct tarn_thread **thread)
{
	struct tarn_thread *cached = tarn__thread_cached;

	if (unlikely(!cached) || unlikely(!tarn__thread_is_in(cached, arena)))
		return tarn__thread_find(arena, thread);
	*thread = cached;
	return 0;
}

/* ---- slots ----------------------------------------------------------------------------------- */

struct tarn_slot_shm *tarn__slot_at(struct tarn_arena *arena, uint64_t index); /* NULL: bad index */

/*
 * Whether the slot's owner is dead: one load, or with probe also the
 * process's byte.  False for a bad index, a free slot and one that cannot
 * be understood.
 */
bool tarn__slot_dead(struct tarn_arena *arena, uint64_t index, bool probe);

/* Whether the slot is BROKEN, and so holds for ever what it holds. */
bool tarn__slot_broken(struct tarn_arena *arena, uint64_t index);

/*
 * Put right what a dead slot holds, in its name, under its recovery byte,
 * and free the slot.  TARN_BUSY if somebody else is at it, or it is not
 * dead; 0 when it is done; TARN_CORRUPT: it is BROKEN now, for good.
 */
int tarn__slot_recover(struct tarn_arena *arena, uint64_t index);

/* Recover all dead slots; *count of them.  Called by tarn_reap(); wants all floors attached. */
int tarn__slots_reap(struct tarn_arena *arena, uint64_t *count);

/* What the txn floor gives to this one; it defines tarn__slot_work. */
struct tarn_slot_work {
	/* make memory for the slot's log, and initialise it; under the recovery byte, at claim */
	int (*prepare)(struct tarn_arena *arena, uint64_t index);
	/* roll back or finish what the slot holds; must be idempotent; takes no lock */
	int (*recover)(struct tarn_arena *arena, uint64_t index);
	/* give the thread its lane; take it away (roll back, drain) when the thread ends.
	 * TARN_CORRUPT of any of these: the slot's log makes no sense, and it becomes BROKEN */
	int (*enter)(struct tarn_thread *thread);
	int (*leave)(struct tarn_thread *thread);
	/* in a forked child: free the parent's lane; the arena may be unmapped.  May be NULL */
	void (*forget)(struct tarn_thread *thread);
	/* for people: locks that the slot holds now.  May be NULL */
	uint64_t (*locks_held)(struct tarn_arena *arena, uint64_t index);
	/* for people: which slot holds that lock word; UINT64_MAX: none.  May be NULL */
	uint64_t (*holder)(struct tarn_arena *arena, tarn_off word);
};
extern const struct tarn_slot_work *tarn__slot_work;

#endif
