// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.h -- elements of one size, added and removed at both ends, shared by
 * processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  An element is passed by its
 * address; all of a deque have the size that its type says.  Elements lie in
 * blocks of 4 KiB, which never move; so neither end ever costs a copy.
 *
 * With TARN_KEY_U64, I64, F64 (8 bytes), U32 or I32 (4 bytes) as the type's
 * key, elements are numbers.  With TARN_KEY_NONE they are any bytes.
 * Indices count from 0, at the front.  A handle may be used by all threads
 * of its process.
 */
#ifndef TARN_DEQUE_H
#define TARN_DEQUE_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>
#include <tarn/vector.h>

/** All elements that there are, where a number of them is asked for. */
#define TARN_DEQUE_END UINT64_MAX

/**
 * tarn_deque_open() - open a deque by name, or create it
 * @arena:	open
 * @deque:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	its kind must be TARN_KIND_DEQUE; what elements are, their size (at most TARN_ELEMENT_MAX)
 * and fields
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *deque is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_deque_open(struct tarn_arena *arena, struct tarn_deque **deque,
					     const char *name, const struct tarn_type *type,
					     enum tarn_open_mode how, bool *created);

/**
 * tarn_deque_close() - let go of a handle
 * @deque:	a handle, or NULL; not one of tarn_deque_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_deque_close(struct tarn_deque *deque);

/**
 * tarn_deque_object() - the deque as an object, for transactions
 * @deque:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_deque_object(struct tarn_deque *deque);

/**
 * tarn_deque_in() - the handle to use inside a transaction
 * @deque:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_TYPE) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the deque is not one of its objects.
 */
TARN_API struct tarn_deque *tarn_deque_in(struct tarn_deque *deque, struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_deque_get() - copy out one element
 * @deque:	open
 * @index:	which
 * @value:	room for an element
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	while a transaction has changed the deque, or a call changes several words in place; never
 * for a stopped or dead writer of one element at an end, or of one that is a word.
 * Return: 0; TARN_NOT_FOUND, there are not so many; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, it was
 * changed all the time until the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT;
 * TARN_FORKED; TARN_SYSTEM, no memory to copy through, of elements of more than 256 bytes.  On failure
 * the room is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_deque_get(struct tarn_deque *deque, uint64_t index, void *value);

/**
 * tarn_deque_front() - copy out the first element
 * @deque:	open
 * @value:	room for an element
 *
 * As tarn_deque_get(), but of index 0.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_deque_get().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_front(struct tarn_deque *deque, void *value);

/**
 * tarn_deque_back() - copy out the last element
 * @deque:	open
 * @value:	room for an element
 *
 * As tarn_deque_get(), but of the last index.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_deque_get().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_back(struct tarn_deque *deque, void *value);

/**
 * tarn_deque_read() - copy out many elements, all as they were at one moment
 * @deque:	open
 * @index:	of the first
 * @values:	room for count elements
 * @count:	how many at most
 * @got:	told how many there were
 *
 * As tarn_deque_get(), but O(count).
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_deque_get().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_read(struct tarn_deque *deque, uint64_t index, void *values,
					     uint64_t count, uint64_t *got);

/**
 * tarn_deque_size() - the number of elements
 * @deque:	open
 * @size:	told
 *
 * As tarn_deque_get(), but of none.
 *
 * Return: as tarn_deque_get(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_deque_size(struct tarn_deque *deque, uint64_t *size);

/**
 * tarn_deque_empty() - whether there are no elements
 * @deque:	open
 * @empty:	told
 *
 * As tarn_deque_size(), but only that.
 *
 * Return: as tarn_deque_size().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_empty(struct tarn_deque *deque, bool *empty);

/* ---- the ends ---------------------------------------------------------------------------------- */

/**
 * tarn_deque_push_back() - add an element at the end
 * @deque:	open for writing
 * @value:	an element
 *
 * Readers of other elements are not disturbed.
 *
 * Time:	O(1); where there are more blocks than ever before, O(blocks): their list is copied.
 * Crash:	atomic.
 * Blocks:	while others change the deque, or a transaction has it.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN;
 * TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_DEADLOCK, in a transaction; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_deque_push_back(struct tarn_deque *deque, const void *value);

/**
 * tarn_deque_push_front() - add an element before the first
 * @deque:	open for writing
 * @value:	an element
 *
 * As tarn_deque_push_back(), but it gets index 0.
 *
 * Return: as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_push_front(struct tarn_deque *deque, const void *value);

/**
 * tarn_deque_pop_back() - remove the last element
 * @deque:	open for writing
 * @value:	room for it, or NULL
 *
 * As tarn_deque_push_back(), but O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_pop_back(struct tarn_deque *deque, void *value);

/**
 * tarn_deque_pop_front() - remove the first element
 * @deque:	open for writing
 * @value:	room for it, or NULL
 *
 * As tarn_deque_pop_back(), but at the other end.
 *
 * Return: as tarn_deque_pop_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_pop_front(struct tarn_deque *deque, void *value);

/**
 * tarn_deque_pop_many() - remove many elements at the front, all in one step
 * @deque:	open for writing
 * @values:	room for count elements
 * @count:	how many at most
 * @got:	told how many there were
 *
 * As tarn_deque_pop_front(), but O(count).
 *
 * Return: 0; TARN_NOT_FOUND, there is none, and *got is 0; else as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_pop_many(struct tarn_deque *deque, void *values,
						 uint64_t count, uint64_t *got);

/**
 * tarn_deque_append() - add many elements at the end, all in one step
 * @deque:	open for writing
 * @values:	so many elements
 * @count:	how many
 *
 * As tarn_deque_push_back(), but O(count).
 *
 * Return: as tarn_deque_push_back(); TARN_TOO_BIG for more than 65,000 blocks.
 */
TARN_API TARN_MUST_CHECK int tarn_deque_append(struct tarn_deque *deque, const void *values,
					       uint64_t count);

/* ---- the middle -------------------------------------------------------------------------------- */

/**
 * tarn_deque_set() - store one element
 * @deque:	open for writing
 * @index:	which
 * @value:	an element
 *
 * As tarn_deque_push_back(), but O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there are not so many; else as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_set(struct tarn_deque *deque, uint64_t index,
					    const void *value);

/**
 * tarn_deque_insert() - put elements before an index
 * @deque:	open for writing
 * @index:	of the element that comes after them; at most the size
 * @values:	so many elements
 * @count:	how many
 *
 * As tarn_deque_push_back(), but O(count + elements from there to the nearer end).  Where these are
 * more than some 100 KB, it is a new deque that takes the place of the old one: both need room then,
 * and it has at most 65,000 blocks.
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_insert(struct tarn_deque *deque, uint64_t index,
					       const void *values, uint64_t count);

/**
 * tarn_deque_erase() - remove elements
 * @deque:	open for writing
 * @index:	of the first
 * @count:	how many; TARN_DEQUE_END: all that follow
 *
 * As tarn_deque_insert(), but at the ends without copying.
 *
 * Return: 0; TARN_NOT_FOUND, there are not so many; else as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_erase(struct tarn_deque *deque, uint64_t index,
					      uint64_t count);

/* ---- the whole --------------------------------------------------------------------------------- */

/**
 * tarn_deque_assign() - give it other contents, in one step
 * @deque:	open for writing
 * @values:	so many elements
 * @count:	how many
 *
 * As tarn_deque_insert(), but nothing stays.
 *
 * Return: as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_assign(struct tarn_deque *deque, const void *values,
					       uint64_t count);

/**
 * tarn_deque_clear() - remove all elements
 * @deque:	open for writing
 *
 * As tarn_deque_assign(), but O(1) where there are many: their memory is given back afterwards.
 *
 * Return: as tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_clear(struct tarn_deque *deque);

/**
 * tarn_deque_swap() - exchange the contents of two deques, in one step
 * @deque:	open for writing
 * @other:	of the same arena and type; both or none of tarn_deque_in()
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or a transaction has it.
 * Return: 0; TARN_TYPE, of different types; TARN_INVALID, of two arenas or transactions; else as
 * tarn_deque_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_swap(struct tarn_deque *deque, struct tarn_deque *other);

/**
 * tarn_deque_copy() - give it the contents of another, in one step
 * @deque:	open for writing
 * @from:	of the same arena and type; both or none of tarn_deque_in()
 *
 * As tarn_deque_swap(), but O(size of both), and from stays as it is.
 *
 * Return: as tarn_deque_swap().
 */
TARN_API TARN_MUST_CHECK int tarn_deque_copy(struct tarn_deque *deque, struct tarn_deque *from);

#endif
