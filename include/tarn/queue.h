// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.h -- elements of one size, of which the first that came goes first,
 * shared by processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  An element is passed by its
 * address; all of a queue have the size that its type says.  Nothing is ever
 * copied to make room: a queue is a deque (<tarn/deque.h>) with a kind of
 * its own.  Nobody waits in a queue for elements to come: who finds none is
 * told so.
 *
 * With TARN_KEY_U64, I64, F64 (8 bytes), U32 or I32 (4 bytes) as the type's
 * key, elements are numbers.  With TARN_KEY_NONE they are any bytes.  A
 * handle may be used by all threads of its process.
 */
#ifndef TARN_QUEUE_H
#define TARN_QUEUE_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>
#include <tarn/vector.h>

/**
 * tarn_queue_open() - open a queue by name, or create it
 * @arena:	open
 * @queue:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	its kind must be TARN_KIND_QUEUE; what elements are, their size (at most TARN_ELEMENT_MAX)
 * and fields
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *queue is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_queue_open(struct tarn_arena *arena, struct tarn_queue **queue,
					     const char *name, const struct tarn_type *type,
					     enum tarn_open_mode how, bool *created);

/**
 * tarn_queue_close() - let go of a handle
 * @queue:	a handle, or NULL; not one of tarn_queue_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_queue_close(struct tarn_queue *queue);

/**
 * tarn_queue_object() - the queue as an object, for transactions
 * @queue:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_queue_object(struct tarn_queue *queue);

/**
 * tarn_queue_in() - the handle to use inside a transaction
 * @queue:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_TYPE) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the queue is not one of its objects.
 */
TARN_API struct tarn_queue *tarn_queue_in(struct tarn_queue *queue, struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_queue_front() - copy out the element that came first
 * @queue:	open
 * @value:	room for an element
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	while a transaction has changed the queue, or a call adds or removes blocks; never for a
 * stopped or dead writer of one element.
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, it was changed all
 * the time until the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED;
 * TARN_SYSTEM, no memory to copy through, of elements of more than 256 bytes.  On failure the room is
 * as before.
 */
TARN_API TARN_MUST_CHECK int tarn_queue_front(struct tarn_queue *queue, void *value);

/**
 * tarn_queue_back() - copy out the element that came last
 * @queue:	open
 * @value:	room for an element
 *
 * As tarn_queue_front(), but at the other end.
 *
 * Return: as tarn_queue_front().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_back(struct tarn_queue *queue, void *value);

/**
 * tarn_queue_read() - copy out many elements, all as they were at one moment
 * @queue:	open
 * @index:	of the first; 0 is the front
 * @values:	room for count elements
 * @count:	how many at most
 * @got:	told how many there were
 *
 * For who shows or saves it; they stay where they are.  As tarn_queue_front(), but O(count).
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_queue_front().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_read(struct tarn_queue *queue, uint64_t index, void *values,
					     uint64_t count, uint64_t *got);

/**
 * tarn_queue_size() - the number of elements
 * @queue:	open
 * @size:	told
 *
 * As tarn_queue_front(), but of none.
 *
 * Return: as tarn_queue_front(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_queue_size(struct tarn_queue *queue, uint64_t *size);

/**
 * tarn_queue_empty() - whether there are no elements
 * @queue:	open
 * @empty:	told
 *
 * As tarn_queue_size(), but only that.
 *
 * Return: as tarn_queue_size().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_empty(struct tarn_queue *queue, bool *empty);

/* ---- coming and going -------------------------------------------------------------------------- */

/**
 * tarn_queue_push() - add an element at the back
 * @queue:	open for writing
 * @value:	an element
 *
 * Time:	O(1); where there are more blocks than ever before, O(blocks): their list is copied.
 * Crash:	atomic.
 * Blocks:	while others change the queue, or a transaction has it.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN;
 * TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_DEADLOCK, in a transaction; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_queue_push(struct tarn_queue *queue, const void *value);

/**
 * tarn_queue_pop() - remove the element that came first
 * @queue:	open for writing
 * @value:	room for it, or NULL
 *
 * As tarn_queue_push(), but O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_pop(struct tarn_queue *queue, void *value);

/**
 * tarn_queue_push_many() - add many elements, all in one step
 * @queue:	open for writing
 * @values:	so many elements, in the order in which they are to go
 * @count:	how many
 *
 * As tarn_queue_push(), but O(count).
 *
 * Return: as tarn_queue_push(); TARN_TOO_BIG for more than 65,000 blocks.
 */
TARN_API TARN_MUST_CHECK int tarn_queue_push_many(struct tarn_queue *queue, const void *values,
						  uint64_t count);

/**
 * tarn_queue_pop_many() - remove many elements, all in one step
 * @queue:	open for writing
 * @values:	room for count elements, in the order in which they came
 * @count:	how many at most
 * @got:	told how many there were
 *
 * As tarn_queue_pop(), but O(count).  On failure there may be anything in the room.
 *
 * Return: 0; TARN_NOT_FOUND, there is none, and *got is 0; else as tarn_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_pop_many(struct tarn_queue *queue, void *values,
						 uint64_t count, uint64_t *got);

/* ---- the whole --------------------------------------------------------------------------------- */

/**
 * tarn_queue_clear() - remove all elements
 * @queue:	open for writing
 *
 * As tarn_queue_push(), but O(1) where there are many: their memory is given back afterwards.
 *
 * Return: as tarn_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_clear(struct tarn_queue *queue);

/**
 * tarn_queue_swap() - exchange the contents of two queues, in one step
 * @queue:	open for writing
 * @other:	of the same arena and type; both or none of tarn_queue_in()
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or a transaction has it.
 * Return: 0; TARN_TYPE, of different types; TARN_INVALID, of two arenas or transactions; else as
 * tarn_queue_push().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_swap(struct tarn_queue *queue, struct tarn_queue *other);

/**
 * tarn_queue_copy() - give it the contents of another, in one step
 * @queue:	open for writing
 * @from:	of the same arena and type; both or none of tarn_queue_in()
 *
 * As tarn_queue_swap(), but O(size of both), and from stays as it is.
 *
 * Return: as tarn_queue_swap().
 */
TARN_API TARN_MUST_CHECK int tarn_queue_copy(struct tarn_queue *queue, struct tarn_queue *from);

#endif
