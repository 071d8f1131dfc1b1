// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * region.h -- memory of a program's own, that belongs to a named object
 *
 *	tarn_region_open(arena, &region, "list", TARN_OPEN_OR_CREATE, NULL);
 *	object = tarn_region_object(region);
 *	tarn_txn_begin(arena, &txn, &object, 1);
 *	mine = tarn_region_in(region, txn);
 *	tarn_region_alloc(mine, sizeof(*node), &off);	... fill in the node
 *	tarn_txn_log(txn, counter, 8);			... add one to the counter
 *	tarn_region_set_root(mine, off);
 *	tarn_txn_commit(txn);
 *
 * Blocks of a region live as long as it does, or until they are freed.  No
 * death loses one: a block whose offset was not stored yet is still the
 * region's.  With the region all of them go.
 *
 * In a transaction blocks taken, blocks freed, the root, and all words that
 * were logged before they were changed come to be together or not at all.
 * Who follows offsets that others change needs a transaction as well, or a
 * lock: only the root may be read at any time.
 */
#ifndef TARN_REGION_H
#define TARN_REGION_H

#include <tarn/error.h>
#include <tarn/types.h>

/**
 * tarn_region_open() - open a region by name, or create it
 * @arena:	open
 * @region:	the handle, on success; for all threads of this process
 * @name:	of at most TARN_NAME_MAX bytes
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE; TARN_INVALID; TARN_FULL; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_CORRUPT; TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure
 * *region is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_region_open(struct tarn_arena *arena, struct tarn_region **region,
					      const char *name, enum tarn_open_mode how,
					      bool *created);

/**
 * tarn_region_close() - let go of a handle; the region stays as it is
 * @region:	a handle, or NULL; not one of tarn_region_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_region_close(struct tarn_region *region);

/**
 * tarn_region_object() - the region as an object, for transactions
 * @region:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_region_object(struct tarn_region *region);

/**
 * tarn_region_in() - the handle to use inside a transaction
 * @region:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails by anything
 * but TARN_INVALID rolls the transaction back.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the region is not one of its objects.
 */
TARN_API struct tarn_region *tarn_region_in(struct tarn_region *region, struct tarn_txn *txn);

/**
 * tarn_region_alloc() - a block of the region
 * @region:	open for writing
 * @size:	bytes; 0 counts as 1
 * @block:	its offset, on success; else 0
 *
 * As large and as aligned as one of tarn_alloc(), and used by tarn_pointer(); it may contain anything.
 * It is freed by tarn_region_free(), not by tarn_free(), and cannot be made larger.
 *
 * Crash:	atomic.  Outside of a transaction a block whose offset was not yet stored anywhere stays
 * the region's until that is removed.
 * Blocks:	while others take or free blocks of the region, or a transaction has it.
 * Return: 0; TARN_FULL; TARN_TOO_BIG, more than the arena, or the transaction, can ever hold;
 * TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED;
 * TARN_INVALID, the handle's transaction has ended; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_region_alloc(struct tarn_region *region, uint64_t size,
					       tarn_off *block);

/**
 * tarn_region_free() - give a block back
 * @region:	open for writing
 * @block:	what tarn_region_alloc() has given to anybody
 *
 * In a transaction it goes at the commit, and is in use until then.
 *
 * Crash:	atomic.
 * Blocks:	as tarn_region_alloc().
 * Return: 0; TARN_INVALID, no block of this region begins there, or it is free, as far as can be known;
 * else as tarn_region_alloc().  On failure the block is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_region_free(struct tarn_region *region, tarn_off block);

/**
 * tarn_region_set_root() - the one offset by which everybody finds the rest
 * @region:	open for writing
 * @root:	in a block of this region; or 0, as it is at first
 *
 * Who finds it finds also what was stored in the block before.
 *
 * Crash:	atomic.
 * Blocks:	as tarn_region_alloc().
 * Return: 0; TARN_INVALID, no block of this region is there; else as tarn_region_alloc().
 */
TARN_API TARN_MUST_CHECK int tarn_region_set_root(struct tarn_region *region, tarn_off root);

/**
 * tarn_region_root() - what tarn_region_set_root() has set
 * @region:	open
 * @root:	that, on success; 0: nothing yet
 *
 * Crash:	none.
 * Blocks:	while a transaction has set it and has not ended.
 * Return: 0; TARN_REMOVED; TARN_TIMEOUT; TARN_IN_TXN; TARN_OWNER_DIED, reading only: in the middle of a
 * transaction; TARN_FORKED; TARN_INVALID, the handle's transaction has ended; TARN_CORRUPT.
 */
TARN_API TARN_MUST_CHECK int tarn_region_root(struct tarn_region *region, tarn_off *root);

/**
 * tarn_txn_log() - save words of a region's block before changing them in place
 * @txn:	open, with the block's region as one of its objects
 * @off:	where; a multiple of 8
 * @size:	bytes; a multiple of 8, not 0
 *
 * Until the commit the words come back as they were at this call if the transaction is aborted, or
 * dies.  So call it before the first store; to a block that the transaction has taken itself that is
 * not needed.  At most 65,535 words are saved in a transaction, those of other calls included.
 *
 * Crash:	undo.  What is stored without it stays as it is.
 * Blocks:	while others take or free blocks of the region.
 * Return: 0; TARN_INVALID, that is not all inside one block of a region of the transaction, or not a
 * multiple of 8: nothing is saved; TARN_FORKED; TARN_TOO_BIG, TARN_FULL, TARN_TIMEOUT, TARN_CORRUPT or
 * TARN_SYSTEM, and the transaction has been rolled back, or the code with which it was before.
 */
TARN_API TARN_MUST_CHECK int tarn_txn_log(struct tarn_txn *txn, tarn_off off, uint64_t size);

#endif
