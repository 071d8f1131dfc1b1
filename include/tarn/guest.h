// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * guest.h -- a structure of a program's own, with a name, a lock and memory
 *
 *	tarn_guest_create(arena, &guest, "std::list<int>");
 *	tarn_guest_alloc(guest, 16, sizeof(*list), &off);	... build it
 *	tarn_guest_set_root(guest, off);
 *	tarn_guest_publish(guest, "numbers");			others see it now
 *	tarn_rwlock_unlock(tarn_guest_lock(guest));
 *
 * A guest is whatever has its own idea of what lies in its blocks: a std::
 * container above all.  It is safe as far as a host can make it so:
 *
 *	a lock		readers and writers, all calls of <tarn/lock.h>.  After the
 *			death of a writer the next one to take it is told: the
 *			structure may be half changed
 *	memory		every block belongs to the guest, though no offset of it
 *			was stored yet.  With the guest all of it goes
 *	birth		without a name, its lock held by its maker; if that dies,
 *			there was nothing
 *	end		tarn_guest_withdraw() takes the name away; then whoever did
 *			so is alone with it, and may die as well
 *
 * For C++ there is <tarn/cxx/factory.hpp>.
 */
#ifndef TARN_GUEST_H
#define TARN_GUEST_H

#include <tarn/error.h>
#include <tarn/types.h>

struct tarn_guest;

/**
 * tarn_guest_create() - a new guest, without a name
 * @arena:	open for writing
 * @guest:	the handle, on success
 * @what:	what it is, for those who list objects: printable, no blanks, at most TARN_FIELDS_MAX
 * bytes; NULL: nothing
 *
 * The calling thread has its lock, and is the only one that may use it until it has a name.
 *
 * Crash:	atomic.  Without a name it goes when its thread ends.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_INVALID, what; TARN_FULL; TARN_TOO_BIG, the thread holds 16 locks; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_CORRUPT; TARN_SYSTEM.  On failure *guest
 * is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_guest_create(struct tarn_arena *arena, struct tarn_guest **guest,
					       const char *what);

/**
 * tarn_guest_publish() - give it a name, so that others find it
 * @guest:	without a name; this thread has its lock
 * @name:	of at most TARN_NAME_MAX bytes
 *
 * The lock stays held: others wait for it.
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_EXISTS, and it is as before; TARN_INVALID, not a name, it has one, or this thread has not
 * its lock; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY; else as tarn_guest_create().
 */
TARN_API TARN_MUST_CHECK int tarn_guest_publish(struct tarn_guest *guest, const char *name);

/**
 * tarn_guest_open() - find one by its name
 * @arena:	open
 * @guest:	the handle, on success; for all threads of this process
 * @name:	that was given to tarn_guest_publish()
 *
 * Crash:	none.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_TYPE, it is something else; TARN_INVALID; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_SYSTEM.  On failure *guest is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_guest_open(struct tarn_arena *arena, struct tarn_guest **guest,
					     const char *name);

/**
 * tarn_guest_withdraw() - take its name away
 * @guest:	this thread has its lock, for writing
 *
 * The opposite of tarn_guest_publish(): nobody finds it, others' handles are TARN_REMOVED, and it
 * goes when the lock is let go, or the thread ends.  Until then its blocks can be used, and freed.
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_INVALID, this thread has not its lock; TARN_REMOVED; else as tarn_guest_publish().
 */
TARN_API TARN_MUST_CHECK int tarn_guest_withdraw(struct tarn_guest *guest);

/**
 * tarn_guest_discard() - do away with one that has no name
 * @guest:	this thread has its lock, for writing; the handle stays, and is closed as any other
 *
 * As letting go of the lock, but its blocks are freed at once, all of them.
 *
 * Time:	O(chunks of its memory).
 * Crash:	atomic; others free what is left.
 * Blocks:	never.
 * Return: 0; TARN_INVALID, it has a name, or this thread has not its lock; else as tarn_guest_alloc().
 */
TARN_API TARN_MUST_CHECK int tarn_guest_discard(struct tarn_guest *guest);

/**
 * tarn_guest_close() - let go of a handle
 * @guest:	a handle, or NULL
 *
 * If this thread has the lock of one that has no name, tarn_guest_discard() comes first.  One that has
 * a name stays, and so does its lock.
 *
 * Crash:	atomic.
 * Blocks:	never.
 */
TARN_API void tarn_guest_close(struct tarn_guest *guest);

/**
 * tarn_guest_lock() - its lock
 * @guest:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: what tarn_rwlock_read(), tarn_rwlock_write() and tarn_rwlock_unlock() take; it ends with the
 * handle, and is not closed.
 */
TARN_API struct tarn_rwlock *tarn_guest_lock(struct tarn_guest *guest);

/**
 * tarn_guest_where() - which of the arena's guests it is
 * @guest:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: an offset, that of its entry: the root of struct tarn_object_info.  No two guests have the
 * same at the same time.
 */
TARN_API tarn_off tarn_guest_where(const struct tarn_guest *guest);

/**
 * tarn_guest_alloc() - a block of its memory
 * @guest:	open for writing
 * @align:	a power of two, at most 65,536
 * @size:	bytes; 0 counts as 1
 * @block:	its offset, on success; else 0
 *
 * Offset and address are multiples of align, and of 16.  Fastest for who has the guest's lock for
 * writing; without it calls take turns.
 *
 * Crash:	atomic.  A block whose offset was not stored stays the guest's until that goes.
 * Blocks:	while others take or free blocks of the guest.
 * Return: 0; TARN_FULL; TARN_TOO_BIG, more than the arena can ever hold; TARN_INVALID, such an alignment
 * cannot be had; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED;
 * TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_guest_alloc(struct tarn_guest *guest, uint64_t align, uint64_t size,
					      tarn_off *block);

/**
 * tarn_guest_free() - give a block back
 * @guest:	open for writing
 * @block:	what tarn_guest_alloc() has given to anybody
 *
 * Crash:	atomic.
 * Blocks:	as tarn_guest_alloc().
 * Return: 0; TARN_INVALID, no block of this guest begins there, or it is free, as far as can be known;
 * else as tarn_guest_alloc().  On failure the block is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_guest_free(struct tarn_guest *guest, tarn_off block);

/**
 * tarn_guest_set_root() - the one offset by which everybody finds the rest
 * @guest:	this thread has its lock, for writing
 * @root:	in a block of this guest; or 0, as it is at first
 *
 * Crash:	atomic.
 * Blocks:	never.
 * Return: 0; TARN_INVALID, no block of this guest is there, or the lock is not held; TARN_REMOVED; else as
 * tarn_guest_alloc().
 */
TARN_API TARN_MUST_CHECK int tarn_guest_set_root(struct tarn_guest *guest, tarn_off root);

/**
 * tarn_guest_root() - what tarn_guest_set_root() has set
 * @guest:	open
 * @root:	that, on success; 0: nothing yet
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED.
 */
TARN_API TARN_MUST_CHECK int tarn_guest_root(struct tarn_guest *guest, tarn_off *root);

#endif
