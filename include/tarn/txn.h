// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.h -- transactions: several changes to several objects, all or nothing
 *
 *	struct tarn_object *both[] = { tarn_hashmap_object(from), tarn_hashmap_object(to) };
 *	tarn_txn_begin(arena, &txn, both, 2);
 *	tarn_hashmap_erase(tarn_hashmap_in(from, txn), &key);
 *	tarn_hashmap_put(tarn_hashmap_in(to, txn), &key, &value);
 *	tarn_txn_commit(txn);
 *
 * While a transaction is open nobody else changes its objects; others may
 * read them, and see all of it or nothing.  A kill undoes it.
 */
#ifndef TARN_TXN_H
#define TARN_TXN_H

#include <tarn/error.h>
#include <tarn/types.h>

/**
 * tarn_txn_begin() - begin a transaction
 * @arena:	open for writing
 * @txn:	the transaction, on success; of the calling thread only
 * @objects:	what it will change, in any order; all in this arena
 * @count:	how many; may be 0
 *
 * A thread has at most one transaction open in an arena, and until it ends makes no other
 * changing call there than those of the transaction.
 *
 * Time:	O(count log count).
 * Crash:	atomic: a kill before tarn_txn_commit() has committed undoes all of it.
 * Blocks:	while another transaction has one of the objects, to the arena's deadline.
 * Return: 0; TARN_IN_TXN; TARN_REMOVED; TARN_TIMEOUT; TARN_READ_ONLY; TARN_NO_SLOT; TARN_FULL;
 * TARN_TOO_BIG; TARN_NESTED; TARN_INVALID, an object of another arena; TARN_TYPE, one that is TARN_ATOMIC; TARN_SYSTEM.  On failure
 * *txn is NULL and nothing is held.
 */
TARN_API TARN_MUST_CHECK int tarn_txn_begin(struct tarn_arena *arena, struct tarn_txn **txn,
					    struct tarn_object *const *objects, size_t count);

/**
 * tarn_txn_add() - one more object
 * @txn:	open
 * @object:	of the same arena; one that it has already is fine
 *
 * Crash:	atomic, as tarn_txn_begin().
 * Blocks:	never for long: if another transaction has the object, this one is rolled back.
 * Return: 0; TARN_DEADLOCK, TARN_TOO_BIG, TARN_CORRUPT or TARN_SYSTEM, and the transaction has been
 * rolled back; TARN_REMOVED; TARN_INVALID; TARN_TYPE, it is TARN_ATOMIC; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_txn_add(struct tarn_txn *txn, struct tarn_object *object);

/**
 * tarn_txn_commit() - make all of it happen
 * @txn:	ends with this call, whatever it returns
 *
 * Crash:	atomic.
 * Blocks:	never.
 * Return: 0; the code with which an earlier call rolled it back: nothing has happened then;
 * TARN_FORKED: it is the parent's.
 */
TARN_API TARN_MUST_CHECK int tarn_txn_commit(struct tarn_txn *txn);

/**
 * tarn_txn_abort() - make nothing of it happen
 * @txn:	ends with this call; NULL is fine
 *
 * Crash:	atomic.
 * Blocks:	never.
 */
TARN_API void tarn_txn_abort(struct tarn_txn *txn);

/**
 * tarn_txn_run() - begin, work, commit; again after a deadlock
 * @arena:	open for writing
 * @objects:	as for tarn_txn_begin()
 * @count:	how many
 * @work:	makes the changes; a return other than 0 aborts
 * @arg:	passed on
 *
 * After TARN_DEADLOCK the transaction is begun again, and work called again: it must not have
 * changed anything outside that it cannot change twice.
 *
 * Crash:	atomic.
 * Blocks:	as tarn_txn_begin().
 * Return: 0; what work returned; else as tarn_txn_begin() and tarn_txn_commit().
 */
TARN_API TARN_MUST_CHECK int tarn_txn_run(struct tarn_arena *arena,
					  struct tarn_object *const *objects, size_t count,
					  int (*work)(struct tarn_txn *txn, void *arg), void *arg);

#endif
