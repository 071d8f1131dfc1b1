// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.h -- a number of bits, shared by processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  Bits count from 0, and are 0 at
 * first.
 *
 * There are two sorts, and which one it is, is part of the type.
 * TARN_TRANSACTIONAL: a call holds the bitset's lock for a moment;
 * transactions can have it, and its size can change.  TARN_ATOMIC: a bit is
 * changed by one atomic instruction, and that waits for nobody; calls that
 * change more than one bit are TARN_TYPE, no transaction can have it, and
 * calls that look at many bits see some as they were a little later than
 * others.  A handle may be used by all threads of its process.
 */
#ifndef TARN_BITSET_H
#define TARN_BITSET_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

/** All bits that there are from there on, where a number of them is asked for. */
#define TARN_BITSET_END UINT64_MAX

/**
 * tarn_bitset_open() - open a bitset by name, or create it
 * @arena:	open
 * @bitset:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @sort:	which of the two
 * @bits:	how many one that is created has; one that exists has as many as it has
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, it is of the other sort, or no bitset,
 * tarn_error_detail() says both types; TARN_INVALID, a bad name or sort; TARN_TOO_BIG; TARN_FULL;
 * TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT; TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.
 * On failure *bitset is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_open(struct tarn_arena *arena, struct tarn_bitset **bitset,
					      const char *name, enum tarn_sort sort, uint64_t bits,
					      enum tarn_open_mode how, bool *created);

/**
 * tarn_bitset_close() - let go of a handle
 * @bitset:	a handle, or NULL; not one of tarn_bitset_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_bitset_close(struct tarn_bitset *bitset);

/**
 * tarn_bitset_object() - the bitset as an object, for transactions
 * @bitset:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_bitset_object(struct tarn_bitset *bitset);

/**
 * tarn_bitset_in() - the handle to use inside a transaction
 * @bitset:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_TYPE) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the bitset is not one of its objects.
 */
TARN_API struct tarn_bitset *tarn_bitset_in(struct tarn_bitset *bitset, struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_bitset_test() - one bit
 * @bitset:	open
 * @index:	which
 * @value:	told
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	while a transaction has changed the bitset, or a call changes several words in place; never
 * for a stopped or dead writer of a bit.
 * Return: 0; TARN_NOT_FOUND, there are not so many; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, it was
 * changed all the time until the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT;
 * TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_test(struct tarn_bitset *bitset, uint64_t index,
					      bool *value);

/**
 * tarn_bitset_size() - how many bits there are
 * @bitset:	open
 * @bits:	told
 *
 * As tarn_bitset_test(), but of none.
 *
 * Return: as tarn_bitset_test(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_size(struct tarn_bitset *bitset, uint64_t *bits);

/**
 * tarn_bitset_count() - how many bits are 1
 * @bitset:	open
 * @count:	told
 *
 * As tarn_bitset_test(), but O(size).
 *
 * Return: as tarn_bitset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_count(struct tarn_bitset *bitset, uint64_t *count);

/**
 * tarn_bitset_any() - whether some bit is 1
 * @bitset:	open
 * @any:	told
 *
 * As tarn_bitset_count(), but only that.
 *
 * Return: as tarn_bitset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_any(struct tarn_bitset *bitset, bool *any);

/**
 * tarn_bitset_all() - whether all bits are 1, as they are where there is none
 * @bitset:	open
 * @all:	told
 *
 * As tarn_bitset_count(), but only that.
 *
 * Return: as tarn_bitset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_all(struct tarn_bitset *bitset, bool *all);

/**
 * tarn_bitset_none() - whether no bit is 1
 * @bitset:	open
 * @none:	told
 *
 * As tarn_bitset_any(), but the contrary.
 *
 * Return: as tarn_bitset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_none(struct tarn_bitset *bitset, bool *none);

/**
 * tarn_bitset_find_first() - the first bit that is 1
 * @bitset:	open
 * @index:	told which
 *
 * As tarn_bitset_count(), but from the first to that one.
 *
 * Return: 0; TARN_NOT_FOUND, all are 0; else as tarn_bitset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_find_first(struct tarn_bitset *bitset, uint64_t *index);

/**
 * tarn_bitset_find_next() - the first bit that is 1, from one on
 * @bitset:	open
 * @from:	the first that is looked at; it may be beyond the last
 * @index:	told which
 *
 * As tarn_bitset_find_first(), but not from the first on.  For a walk: one more than the last found.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_bitset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_find_next(struct tarn_bitset *bitset, uint64_t from,
						   uint64_t *index);

/* ---- one bit ----------------------------------------------------------------------------------- */

/**
 * tarn_bitset_set() - make a bit 1
 * @bitset:	open for writing
 * @index:	which
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change it, or a transaction has it; never if it is TARN_ATOMIC.
 * Return: 0; TARN_NOT_FOUND, there are not so many; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT;
 * TARN_TOO_BIG, the transaction; TARN_FULL; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED;
 * TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_set(struct tarn_bitset *bitset, uint64_t index);

/**
 * tarn_bitset_reset() - make a bit 0
 * @bitset:	open for writing
 * @index:	which
 *
 * As tarn_bitset_set(), but 0.
 *
 * Return: as tarn_bitset_set().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_reset(struct tarn_bitset *bitset, uint64_t index);

/**
 * tarn_bitset_flip() - make a bit 0 that is 1, and the other way round
 * @bitset:	open for writing
 * @index:	which
 *
 * As tarn_bitset_set(), but what it is not.
 *
 * Return: as tarn_bitset_set().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_flip(struct tarn_bitset *bitset, uint64_t index);

/**
 * tarn_bitset_test_and_set() - make a bit 1, and tell what it was, in one step
 * @bitset:	open for writing
 * @index:	which
 * @before:	told
 *
 * As tarn_bitset_set(), but it tells.
 *
 * Return: as tarn_bitset_set().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_test_and_set(struct tarn_bitset *bitset, uint64_t index,
						      bool *before);

/* ---- many bits --------------------------------------------------------------------------------- */

/**
 * tarn_bitset_set_range() - make bits 1, or 0, all in one step
 * @bitset:	open for writing; TARN_TRANSACTIONAL
 * @first:	of them
 * @count:	how many; TARN_BITSET_END: all that follow
 * @value:	what they become
 *
 * As tarn_bitset_set(), but O(count).  Where they are more than a million, others with these bits take
 * the place of all that there were: both need room then.
 *
 * Return: 0; TARN_NOT_FOUND, there are not so many; TARN_TYPE, it is TARN_ATOMIC; else as
 * tarn_bitset_set().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_set_range(struct tarn_bitset *bitset, uint64_t first,
						   uint64_t count, bool value);

/**
 * tarn_bitset_resize() - have more bits, which are 0, or cut some off
 * @bitset:	open for writing; TARN_TRANSACTIONAL
 * @bits:	how many it has then
 *
 * As tarn_bitset_set(), but O(size), and with room for both meanwhile.
 *
 * Return: 0; TARN_TYPE, it is TARN_ATOMIC; TARN_TOO_BIG, no arena has so many; else as
 * tarn_bitset_set(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_resize(struct tarn_bitset *bitset, uint64_t bits);

/**
 * tarn_bitset_and() - keep those bits that another has too, in one step
 * @bitset:	open for writing; TARN_TRANSACTIONAL
 * @other:	of the same arena, sort and size; both or none of tarn_bitset_in()
 *
 * As tarn_bitset_set(), but O(size), and other does not change meanwhile.
 *
 * Return: 0; TARN_TYPE, one is TARN_ATOMIC, or their sizes differ; TARN_INVALID, of two arenas or
 * transactions; else as tarn_bitset_set(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_and(struct tarn_bitset *bitset, struct tarn_bitset *other);

/**
 * tarn_bitset_or() - add those bits that another has, in one step
 * @bitset:	open for writing; TARN_TRANSACTIONAL
 * @other:	of the same arena, sort and size; both or none of tarn_bitset_in()
 *
 * As tarn_bitset_and(), but one of the two is enough.
 *
 * Return: as tarn_bitset_and().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_or(struct tarn_bitset *bitset, struct tarn_bitset *other);

/**
 * tarn_bitset_xor() - flip those bits that another has, in one step
 * @bitset:	open for writing; TARN_TRANSACTIONAL
 * @other:	of the same arena, sort and size; both or none of tarn_bitset_in()
 *
 * As tarn_bitset_and(), but just one of the two.
 *
 * Return: as tarn_bitset_and().
 */
TARN_API TARN_MUST_CHECK int tarn_bitset_xor(struct tarn_bitset *bitset, struct tarn_bitset *other);

#endif
