// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock.h -- named mutexes and reader-writer locks
 *
 * For what a program keeps in an arena itself; Tarn's own containers need
 * none.  A lock whose holder has died is not lost: the next one to take it
 * gets it, and is told.
 */
#ifndef TARN_LOCK_H
#define TARN_LOCK_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

/** Wait as long as it takes. */
#define TARN_FOREVER UINT64_MAX

/**
 * tarn_mutex_open() - open a mutex by name, or create it
 * @arena:	open for writing
 * @mutex:	the handle, on success; for all threads of this process
 * @name:	of at most TARN_NAME_MAX bytes
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE; TARN_INVALID; TARN_FULL; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_CORRUPT; TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure
 * *mutex is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_mutex_open(struct tarn_arena *arena, struct tarn_mutex **mutex,
					     const char *name, enum tarn_open_mode how,
					     bool *created);

/**
 * tarn_mutex_close() - let go of a handle; the lock itself stays as it is
 * @mutex:	a handle, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_mutex_close(struct tarn_mutex *mutex);

/**
 * tarn_mutex_lock() - take the lock
 * @mutex:	open
 * @wait_ms:	longest wait; 0: only try; TARN_FOREVER
 *
 * After TARN_OWNER_DIED the caller holds the lock, as after 0, and what it guards may be half
 * changed.  A thread may hold 16 locks of an arena at once.
 *
 * Crash:	atomic; a thread that dies lets go.
 * Blocks:	while another thread holds it.
 * Return: 0; TARN_OWNER_DIED, taken from a thread that died with it; TARN_BUSY, it could not be
 * had at once; TARN_TIMEOUT; TARN_DEADLOCK, this thread holds it; TARN_REMOVED; TARN_TOO_BIG;
 * TARN_READ_ONLY; TARN_NO_SLOT; TARN_NESTED; TARN_CORRUPT; TARN_FULL; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_mutex_lock(struct tarn_mutex *mutex, uint64_t wait_ms);

/**
 * tarn_mutex_unlock() - let go
 * @mutex:	held by this thread
 *
 * Crash:	atomic.
 * Blocks:	never.
 * Return: 0; TARN_INVALID, this thread does not hold it.
 */
TARN_API TARN_MUST_CHECK int tarn_mutex_unlock(struct tarn_mutex *mutex);

/**
 * tarn_mutex_abandon() - let go of what may be half changed: the next one is told
 * @mutex:	held by this thread
 *
 * As tarn_mutex_unlock(), but the next one to take the lock gets TARN_OWNER_DIED, as if this thread had
 * died with it.  For who was told so and cannot put right what the lock guards, or has given up in the
 * middle of a change.
 *
 * Crash:	atomic.
 * Blocks:	never.
 * Return: 0; TARN_INVALID, this thread does not hold it.
 */
TARN_API TARN_MUST_CHECK int tarn_mutex_abandon(struct tarn_mutex *mutex);

/**
 * tarn_rwlock_open() - open a reader-writer lock by name, or create it
 * @arena:	open for writing
 * @rwlock:	the handle, on success; for all threads of this process
 * @name:	of at most TARN_NAME_MAX bytes
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * As tarn_mutex_open(), but a lock that many may read under.
 *
 * Return: as tarn_mutex_open().  On failure *rwlock is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_rwlock_open(struct tarn_arena *arena,
					      struct tarn_rwlock **rwlock, const char *name,
					      enum tarn_open_mode how, bool *created);

/**
 * tarn_rwlock_close() - let go of a handle; the lock itself stays as it is
 * @rwlock:	a handle, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_rwlock_close(struct tarn_rwlock *rwlock);

/**
 * tarn_rwlock_read() - take the lock together with other readers
 * @rwlock:	open
 * @wait_ms:	longest wait; 0: only try; TARN_FOREVER
 *
 * A writer that waits goes first.  After TARN_OWNER_DIED the caller holds the lock; a writer has
 * died with it, and none has held it since.
 *
 * Crash:	atomic; a thread that dies lets go.
 * Blocks:	while a writer holds it or waits for it.
 * Return: as tarn_mutex_lock().
 */
TARN_API TARN_MUST_CHECK int tarn_rwlock_read(struct tarn_rwlock *rwlock, uint64_t wait_ms);

/**
 * tarn_rwlock_write() - take the lock alone
 * @rwlock:	open
 * @wait_ms:	longest wait; 0: only try; TARN_FOREVER
 *
 * Crash:	atomic; a thread that dies lets go.
 * Blocks:	while others hold it.
 * Return: as tarn_mutex_lock().
 */
TARN_API TARN_MUST_CHECK int tarn_rwlock_write(struct tarn_rwlock *rwlock, uint64_t wait_ms);

/**
 * tarn_rwlock_unlock() - let go, as reader or as writer
 * @rwlock:	held by this thread
 *
 * Crash:	atomic.
 * Blocks:	never.
 * Return: 0; TARN_INVALID, this thread does not hold it.
 */
TARN_API TARN_MUST_CHECK int tarn_rwlock_unlock(struct tarn_rwlock *rwlock);

/**
 * tarn_rwlock_abandon() - let go of what may be half changed: the next one is told
 * @rwlock:	held by this thread
 *
 * As tarn_mutex_abandon(), of a writer.  Of a reader, who has changed nothing, as tarn_rwlock_unlock();
 * the death of a writer before it is still told.
 *
 * Crash:	atomic.
 * Blocks:	never.
 * Return: 0; TARN_INVALID, this thread does not hold it.
 */
TARN_API TARN_MUST_CHECK int tarn_rwlock_abandon(struct tarn_rwlock *rwlock);

/** A thread at a named lock, as tarn_lock_list() tells it. */
struct tarn_lock_thread {
	uint64_t slot;
	uint64_t pid, tid; /* in the thread's own namespace */
	bool dead;	   /* and not yet put right: the next one gets the lock */
	bool waits;	   /* for the lock; else it holds it */
	bool shared;	   /* it reads, together with others */
};

/** A named lock; valid during the call that tells of it. */
struct tarn_lock_info {
	const char *name;
	enum tarn_kind kind; /* TARN_KIND_MUTEX or TARN_KIND_RWLOCK */
	bool owner_died;     /* its last owner died with it: the next one is told TARN_OWNER_DIED */
	const struct tarn_lock_thread *threads; /* who holds it, or sleeps for it */
	uint64_t count;
};

/**
 * tarn_lock_list() - call a function for each named lock in an arena
 * @arena:	open
 * @visit:	told each, in the order of names; a return other than 0 ends the walk and is returned
 * @arg:	passed on
 *
 * For people: each thread is told as it was at some moment of the call.  A thread that has just come
 * and does not sleep yet waits for nothing.
 *
 * Time:	O(locks * threads that the arena may have).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_object_list().
 * Return: 0, or what visit returned; else as tarn_object_list().
 */
TARN_API TARN_MUST_CHECK int tarn_lock_list(struct tarn_arena *arena,
					    int (*visit)(const struct tarn_lock_info *info,
							 void *arg),
					    void *arg);

#endif
