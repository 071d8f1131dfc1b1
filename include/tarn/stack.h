// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.h -- elements of one size, of which the last that came goes first,
 * shared by processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  An element is passed by its
 * address; all of a stack have the size that its type says.  Nothing is ever
 * copied to make room: a stack is a deque (<tarn/deque.h>) of which one end
 * is used, with a kind of its own.
 *
 * With TARN_KEY_U64, I64, F64 (8 bytes), U32 or I32 (4 bytes) as the type's
 * key, elements are numbers.  With TARN_KEY_NONE they are any bytes.  A
 * handle may be used by all threads of its process.
 */
#ifndef TARN_STACK_H
#define TARN_STACK_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>
#include <tarn/vector.h>

/**
 * tarn_stack_open() - open a stack by name, or create it
 * @arena:	open
 * @stack:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	its kind must be TARN_KIND_STACK; what elements are, their size (at most TARN_ELEMENT_MAX)
 * and fields
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *stack is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_stack_open(struct tarn_arena *arena, struct tarn_stack **stack,
					     const char *name, const struct tarn_type *type,
					     enum tarn_open_mode how, bool *created);

/**
 * tarn_stack_close() - let go of a handle
 * @stack:	a handle, or NULL; not one of tarn_stack_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_stack_close(struct tarn_stack *stack);

/**
 * tarn_stack_object() - the stack as an object, for transactions
 * @stack:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_stack_object(struct tarn_stack *stack);

/**
 * tarn_stack_in() - the handle to use inside a transaction
 * @stack:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_TYPE) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the stack is not one of its objects.
 */
TARN_API struct tarn_stack *tarn_stack_in(struct tarn_stack *stack, struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_stack_top() - copy out the element that came last
 * @stack:	open
 * @value:	room for an element
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	while a transaction has changed the stack, or a call adds or removes blocks; never for a
 * stopped or dead writer of one element.
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, it was changed all
 * the time until the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED;
 * TARN_SYSTEM, no memory to copy through, of elements of more than 256 bytes.  On failure the room is
 * as before.
 */
TARN_API TARN_MUST_CHECK int tarn_stack_top(struct tarn_stack *stack, void *value);

/**
 * tarn_stack_read() - copy out many elements, all as they were at one moment
 * @stack:	open
 * @index:	of the first; 0 is the bottom, as for tarn_stack_push_many()
 * @values:	room for count elements
 * @count:	how many at most
 * @got:	told how many there were
 *
 * For who shows or saves it; they stay where they are.  As tarn_stack_top(), but O(count).
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_stack_top().
 */
TARN_API TARN_MUST_CHECK int tarn_stack_read(struct tarn_stack *stack, uint64_t index, void *values,
					     uint64_t count, uint64_t *got);

/**
 * tarn_stack_size() - the number of elements
 * @stack:	open
 * @size:	told
 *
 * As tarn_stack_top(), but of none.
 *
 * Return: as tarn_stack_top(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_stack_size(struct tarn_stack *stack, uint64_t *size);

/**
 * tarn_stack_empty() - whether there are no elements
 * @stack:	open
 * @empty:	told
 *
 * As tarn_stack_size(), but only that.
 *
 * Return: as tarn_stack_size().
 */
TARN_API TARN_MUST_CHECK int tarn_stack_empty(struct tarn_stack *stack, bool *empty);

/* ---- coming and going -------------------------------------------------------------------------- */

/**
 * tarn_stack_push() - add an element on top
 * @stack:	open for writing
 * @value:	an element
 *
 * Time:	O(1); where there are more blocks than ever before, O(blocks): their list is copied.
 * Crash:	atomic.
 * Blocks:	while others change the stack, or a transaction has it.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN;
 * TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_DEADLOCK, in a transaction; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_stack_push(struct tarn_stack *stack, const void *value);

/**
 * tarn_stack_pop() - remove the element that came last
 * @stack:	open for writing
 * @value:	room for it, or NULL
 *
 * As tarn_stack_push(), but O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_stack_push().
 */
TARN_API TARN_MUST_CHECK int tarn_stack_pop(struct tarn_stack *stack, void *value);

/**
 * tarn_stack_push_many() - add many elements, all in one step
 * @stack:	open for writing
 * @values:	so many elements, the last of which will be the top
 * @count:	how many
 *
 * As tarn_stack_push(), but O(count).
 *
 * Return: as tarn_stack_push(); TARN_TOO_BIG for more than 65,000 blocks.
 */
TARN_API TARN_MUST_CHECK int tarn_stack_push_many(struct tarn_stack *stack, const void *values,
						  uint64_t count);

/**
 * tarn_stack_pop_many() - remove many elements, all in one step
 * @stack:	open for writing
 * @values:	room for count elements; the one that was on top comes first
 * @count:	how many at most
 * @got:	told how many there were
 *
 * As tarn_stack_pop(), but O(count).  On failure there may be anything in the room.
 *
 * Return: 0; TARN_NOT_FOUND, there is none, and *got is 0; else as tarn_stack_push().
 */
TARN_API TARN_MUST_CHECK int tarn_stack_pop_many(struct tarn_stack *stack, void *values,
						 uint64_t count, uint64_t *got);

/* ---- the whole --------------------------------------------------------------------------------- */

/**
 * tarn_stack_clear() - remove all elements
 * @stack:	open for writing
 *
 * As tarn_stack_push(), but O(1) where there are many: their memory is given back afterwards.
 *
 * Return: as tarn_stack_push().
 */
TARN_API TARN_MUST_CHECK int tarn_stack_clear(struct tarn_stack *stack);

/**
 * tarn_stack_swap() - exchange the contents of two stacks, in one step
 * @stack:	open for writing
 * @other:	of the same arena and type; both or none of tarn_stack_in()
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or a transaction has it.
 * Return: 0; TARN_TYPE, of different types; TARN_INVALID, of two arenas or transactions; else as
 * tarn_stack_push().
 */
TARN_API TARN_MUST_CHECK int tarn_stack_swap(struct tarn_stack *stack, struct tarn_stack *other);

/**
 * tarn_stack_copy() - give it the contents of another, in one step
 * @stack:	open for writing
 * @from:	of the same arena and type; both or none of tarn_stack_in()
 *
 * As tarn_stack_swap(), but O(size of both), and from stays as it is.
 *
 * Return: as tarn_stack_swap().
 */
TARN_API TARN_MUST_CHECK int tarn_stack_copy(struct tarn_stack *stack, struct tarn_stack *from);

#endif
