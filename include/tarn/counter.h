// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter.h -- one number, shared by processes
 *
 * An i64 under a name, 0 at first.  Every call is atomic; a kill at any
 * moment leaves it done or not done.  Reads take no lock and write nothing.
 * Numbers wrap: one more than INT64_MAX is INT64_MIN.
 *
 * There are two sorts, and which one it is, is part of the type.
 * TARN_TRANSACTIONAL: a call holds the counter's lock for a moment;
 * transactions can have it.  TARN_ATOMIC: a call is one atomic instruction
 * and waits for nobody, not for a thread that is stopped in the middle of
 * one either; no transaction can have it.  A handle may be used by all
 * threads of its process.
 */
#ifndef TARN_COUNTER_H
#define TARN_COUNTER_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

/**
 * tarn_counter_open() - open a counter by name, or create it
 * @arena:	open
 * @counter:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @sort:	which of the two
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, it is of the other sort, or no counter,
 * tarn_error_detail() says both types; TARN_INVALID, a bad name or sort; TARN_FULL; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_CORRUPT; TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure
 * *counter is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_counter_open(struct tarn_arena *arena,
					       struct tarn_counter **counter, const char *name,
					       enum tarn_sort sort, enum tarn_open_mode how,
					       bool *created);

/**
 * tarn_counter_close() - let go of a handle
 * @counter:	a handle, or NULL; not one of tarn_counter_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_counter_close(struct tarn_counter *counter);

/**
 * tarn_counter_object() - the counter as an object, for transactions
 * @counter:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_counter_object(struct tarn_counter *counter);

/**
 * tarn_counter_in() - the handle to use inside a transaction
 * @counter:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of log room or time, or because of corruption, rolls the transaction back; TARN_MISMATCH does not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the counter is not one of its objects.
 */
TARN_API struct tarn_counter *tarn_counter_in(struct tarn_counter *counter, struct tarn_txn *txn);

/**
 * tarn_counter_get() - the number
 * @counter:	open
 * @value:	told
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction has changed it; never for a plain call.
 * Return: 0; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, it was changed all the time until the deadline;
 * TARN_OWNER_DIED, reading only; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_counter_get(struct tarn_counter *counter, int64_t *value);

/**
 * tarn_counter_add() - add to the number
 * @counter:	open for writing
 * @n:		added; it may be negative
 * @before:	NULL, or told the number before
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change it, or a transaction has it; never if it is TARN_ATOMIC.
 * Return: 0; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_TOO_BIG, the transaction;
 * TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_FULL; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_counter_add(struct tarn_counter *counter, int64_t n,
					      int64_t *before);

/**
 * tarn_counter_set() - give it another number
 * @counter:	open for writing
 * @value:	the number from then on
 *
 * As tarn_counter_add(), but whatever it was before.
 *
 * Return: as tarn_counter_add().
 */
TARN_API TARN_MUST_CHECK int tarn_counter_set(struct tarn_counter *counter, int64_t value);

/**
 * tarn_counter_compare_and_swap() - give it another number, if it has the expected one
 * @counter:	open for writing
 * @expected:	what it must be
 * @desired:	what it becomes
 *
 * As tarn_counter_add(), but compared and replaced in one step.
 *
 * Return: 0; TARN_MISMATCH, it is another; else as tarn_counter_add().
 */
TARN_API TARN_MUST_CHECK int tarn_counter_compare_and_swap(struct tarn_counter *counter,
							   int64_t expected, int64_t desired);

#endif
