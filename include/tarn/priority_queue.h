// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.h -- elements of one size, of which the greatest goes first,
 * shared by processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  An element is passed by its
 * address; all of a queue have the size that its type says.
 *
 * The type's key says what is greater: with TARN_KEY_U64, I64, F64 (8 bytes),
 * U32 or I32 (4 bytes) elements are numbers; with TARN_KEY_BYTES they are
 * compared as by memcmp(), with TARN_KEY_CUSTOM by an order of the program's
 * own (<tarn/order.h>), which is called with nothing locked, but in a
 * transaction.  Of elements that are the same any may go first.
 *
 * A push can tell a handle, by which that element, wherever it has got to, is
 * read, changed or removed: in any process, as long as it is there.  Once it
 * is gone its handle finds nothing, whatever has taken its place.
 *
 * Besides its bytes, padded to a multiple of 8, an element costs 16.  It is
 * never moved in memory.  A handle on the queue may be used by all threads of
 * its process.
 */
#ifndef TARN_PRIORITY_QUEUE_H
#define TARN_PRIORITY_QUEUE_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>
#include <tarn/vector.h>

/** One element, as long as it is in the queue.  All 0: none. */
struct tarn_priority_queue_handle {
	uint64_t slot;
	uint64_t generation;
};

/**
 * tarn_priority_queue_open() - open a priority queue by name, or create it
 * @arena:	open
 * @queue:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	its kind must be TARN_KIND_PRIORITY_QUEUE; what elements are, which must have an order, their
 * size (at most TARN_ELEMENT_MAX) and fields
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types, or which order
 * this process does not know; TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT;
 * TARN_CORRUPT; TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *queue is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_open(struct tarn_arena *arena,
						      struct tarn_priority_queue **queue,
						      const char *name, const struct tarn_type *type,
						      enum tarn_open_mode how, bool *created);

/**
 * tarn_priority_queue_close() - let go of a handle
 * @queue:	a handle, or NULL; not one of tarn_priority_queue_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_priority_queue_close(struct tarn_priority_queue *queue);

/**
 * tarn_priority_queue_object() - the queue as an object, for transactions
 * @queue:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_priority_queue_object(struct tarn_priority_queue *queue);

/**
 * tarn_priority_queue_in() - the handle to use inside a transaction
 * @queue:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_TYPE, TARN_INVALID) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the queue is not one of its objects.
 */
TARN_API struct tarn_priority_queue *tarn_priority_queue_in(struct tarn_priority_queue *queue,
							    struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_priority_queue_top() - copy out the greatest element
 * @queue:	open
 * @value:	room for an element
 * @handle:	NULL, or told its handle
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	while a call or a transaction changes the queue; never for a stopped or dead writer of an
 * element that was not greater than others.
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, it was changed all
 * the time until the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED;
 * TARN_SYSTEM, no memory to copy through, of elements of more than 256 bytes.  On failure the room is
 * as before.
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_top(struct tarn_priority_queue *queue, void *value,
						     struct tarn_priority_queue_handle *handle);

/**
 * tarn_priority_queue_get() - copy out an element by its handle
 * @queue:	open
 * @handle:	of the element
 * @value:	room for an element
 *
 * As tarn_priority_queue_top(), but wherever it is.
 *
 * Return: 0; TARN_NOT_FOUND, it is gone; else as tarn_priority_queue_top().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_get(struct tarn_priority_queue *queue,
						     const struct tarn_priority_queue_handle *handle,
						     void *value);

/**
 * tarn_priority_queue_read() - copy out many elements, all as they were at one moment
 * @queue:	open
 * @index:	of the first, from 0, the top; the others are in no order that means anything
 * @values:	room for count elements
 * @count:	how many at most
 * @got:	told how many there were
 *
 * For who shows or saves it; they stay where they are.  As tarn_priority_queue_top(), but O(count).
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_priority_queue_top().  On failure
 * there may be anything in the room.
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_read(struct tarn_priority_queue *queue,
						      uint64_t index, void *values, uint64_t count,
						      uint64_t *got);

/**
 * tarn_priority_queue_size() - the number of elements
 * @queue:	open
 * @size:	told
 *
 * As tarn_priority_queue_top(), but of none.
 *
 * Return: as tarn_priority_queue_top(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_size(struct tarn_priority_queue *queue,
						      uint64_t *size);

/**
 * tarn_priority_queue_empty() - whether there are no elements
 * @queue:	open
 * @empty:	told
 *
 * As tarn_priority_queue_size(), but only that.
 *
 * Return: as tarn_priority_queue_size().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_empty(struct tarn_priority_queue *queue, bool *empty);

/* ---- coming and going -------------------------------------------------------------------------- */

/**
 * tarn_priority_queue_push() - add an element
 * @queue:	open for writing
 * @value:	an element
 * @handle:	NULL, or told its handle
 *
 * Readers are not disturbed if it is not greater than its parent, as mostly.
 *
 * Time:	O(log size), mostly O(1); where room is made, O(size).
 * Crash:	atomic.
 * Blocks:	while others change the queue, or a transaction has it.
 * Return: 0; TARN_INVALID, an F64 that is no number; TARN_FULL; TARN_TOO_BIG, of 4,294,967,295 elements;
 * TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED;
 * TARN_DEADLOCK, in a transaction; TARN_BUSY, in an order of the program's own others were faster until
 * the deadline; TARN_OWNER_DIED; TARN_CORRUPT; TARN_SYSTEM.  On failure there may be anything in *handle.
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_push(struct tarn_priority_queue *queue,
						      const void *value,
						      struct tarn_priority_queue_handle *handle);

/**
 * tarn_priority_queue_pop() - remove the greatest element
 * @queue:	open for writing
 * @value:	room for it, or NULL
 *
 * As tarn_priority_queue_push(), but O(log size) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_priority_queue_push().  On failure there may be
 * anything in the room.
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_pop(struct tarn_priority_queue *queue, void *value);

/**
 * tarn_priority_queue_push_many() - add many elements, all in one step
 * @queue:	open for writing
 * @values:	so many elements
 * @count:	how many
 * @handles:	NULL, or room for so many handles, told in the order of the elements
 *
 * As tarn_priority_queue_push(), but O(count log size), and O(size) if they are more than a quarter of
 * those that there are.
 *
 * Return: as tarn_priority_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_push_many(
	struct tarn_priority_queue *queue, const void *values, uint64_t count,
	struct tarn_priority_queue_handle *handles);

/**
 * tarn_priority_queue_pop_many() - remove many elements, all in one step
 * @queue:	open for writing
 * @values:	room for count elements, or NULL; the greatest comes first
 * @count:	how many at most
 * @got:	told how many there were
 *
 * As tarn_priority_queue_pop(), but O(count log size).
 *
 * Return: 0; TARN_NOT_FOUND, there is none, and *got is 0; else as tarn_priority_queue_pop().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_pop_many(struct tarn_priority_queue *queue,
							  void *values, uint64_t count, uint64_t *got);

/* ---- by handle --------------------------------------------------------------------------------- */

/**
 * tarn_priority_queue_update() - give an element another value, and the place that is due to it
 * @queue:	open for writing
 * @handle:	of the element; stays good
 * @value:	an element
 *
 * As tarn_priority_queue_pop(), but of that one, which stays.
 *
 * Return: 0; TARN_NOT_FOUND, it is gone; else as tarn_priority_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_update(struct tarn_priority_queue *queue,
							const struct tarn_priority_queue_handle *handle,
							const void *value);

/**
 * tarn_priority_queue_remove() - remove an element, wherever it is
 * @queue:	open for writing
 * @handle:	of the element
 * @value:	room for it, or NULL
 *
 * As tarn_priority_queue_pop(), but of that one.
 *
 * Return: 0; TARN_NOT_FOUND, it is gone; else as tarn_priority_queue_pop().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_remove(struct tarn_priority_queue *queue,
							const struct tarn_priority_queue_handle *handle,
							void *value);

/* ---- the whole --------------------------------------------------------------------------------- */

/**
 * tarn_priority_queue_clear() - remove all elements
 * @queue:	open for writing
 *
 * As tarn_priority_queue_push(), but O(1) and without taking memory; its own stays with it.
 *
 * Return: as tarn_priority_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_clear(struct tarn_priority_queue *queue);

/**
 * tarn_priority_queue_swap() - exchange the contents of two priority queues, in one step
 * @queue:	open for writing
 * @other:	of the same arena and type; both or none of tarn_priority_queue_in()
 *
 * Handles of elements are of the other queue then.
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or a transaction has it.
 * Return: 0; TARN_TYPE, of different types; TARN_INVALID, of two arenas or transactions; else as
 * tarn_priority_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_swap(struct tarn_priority_queue *queue,
						      struct tarn_priority_queue *other);

/**
 * tarn_priority_queue_copy() - give it the contents of another, in one step
 * @queue:	open for writing
 * @from:	of the same arena and type; both or none of tarn_priority_queue_in()
 *
 * As tarn_priority_queue_swap(), but O(size of both), and from stays as it is; its handles are not those
 * of the copies.
 *
 * Return: as tarn_priority_queue_swap().
 */
TARN_API TARN_MUST_CHECK int tarn_priority_queue_copy(struct tarn_priority_queue *queue,
						      struct tarn_priority_queue *from);

#endif
