// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.h -- elements of one size, one after the other, shared by processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  An element is passed by its
 * address; all of a vector have the size that its type says.
 *
 * With TARN_KEY_U64, I64, F64 (8 bytes), U32 or I32 (4 bytes) as the type's
 * key, elements are numbers, and have an order.  With TARN_KEY_BYTES they are
 * bytes, ordered as by memcmp(); with TARN_KEY_CUSTOM, in an order of the
 * program's own; with TARN_KEY_NONE, any bytes.  Values can be aligned to up
 * to 16 bytes.  Indices count from 0.  A handle may be used by all threads of
 * its process.
 */
#ifndef TARN_VECTOR_H
#define TARN_VECTOR_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

/** The largest element, in bytes. */
#define TARN_ELEMENT_MAX 65536

/** All elements that there are, where a number of them is asked for. */
#define TARN_VECTOR_END UINT64_MAX

/**
 * tarn_vector_open() - open a vector by name, or create it
 * @arena:	open
 * @vector:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	its kind must be TARN_KIND_VECTOR; what elements are, their size and fields
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *vector is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_vector_open(struct tarn_arena *arena, struct tarn_vector **vector,
					      const char *name, const struct tarn_type *type,
					      enum tarn_open_mode how, bool *created);

/**
 * tarn_vector_open_bounded() - the same, with a maximum that a vector is created with
 * @arena:	open
 * @vector:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	as for tarn_vector_open()
 * @how:	open, create, or either
 * @maximum:	elements that it shall ever have; at least 1
 * @created:	NULL, or told whether this call created it
 *
 * As tarn_vector_open(), but one that is created has all its memory from then on, and does not move
 * when it grows: see tarn_vector_view().  One that exists is opened with the maximum it has, or none.
 *
 * Return: 0; TARN_TOO_BIG, more than the arena can hold; else as tarn_vector_open().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_open_bounded(struct tarn_arena *arena,
						      struct tarn_vector **vector, const char *name,
						      const struct tarn_type *type,
						      enum tarn_open_mode how, uint64_t maximum,
						      bool *created);

/**
 * tarn_vector_close() - let go of a handle
 * @vector:	a handle, or NULL; not one of tarn_vector_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_vector_close(struct tarn_vector *vector);

/**
 * tarn_vector_object() - the vector as an object, for transactions
 * @vector:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_vector_object(struct tarn_vector *vector);

/**
 * tarn_vector_in() - the handle to use inside a transaction
 * @vector:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_MISMATCH, TARN_INVALID, TARN_TYPE) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the vector is not one of its objects.
 */
TARN_API struct tarn_vector *tarn_vector_in(struct tarn_vector *vector, struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_vector_get() - copy out one element
 * @vector:	open
 * @index:	which
 * @value:	room for an element
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction has changed the vector, or a call changes several words in place; never
 * for a stopped or dead writer of one element of a word, or at the end.
 * Return: 0; TARN_NOT_FOUND, there are not so many; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, it was
 * changed all the time until the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT;
 * TARN_FORKED; TARN_SYSTEM, no memory to copy through, of elements of more than 256 bytes.  On failure
 * the room is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_vector_get(struct tarn_vector *vector, uint64_t index,
					     void *value);

/**
 * tarn_vector_front() - copy out the first element
 * @vector:	open
 * @value:	room for an element
 *
 * As tarn_vector_get(), but of index 0.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_vector_get().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_front(struct tarn_vector *vector, void *value);

/**
 * tarn_vector_back() - copy out the last element
 * @vector:	open
 * @value:	room for an element
 *
 * As tarn_vector_get(), but of the last index.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_vector_get().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_back(struct tarn_vector *vector, void *value);

/**
 * tarn_vector_read() - copy out many elements, all as they were at one moment
 * @vector:	open
 * @index:	of the first
 * @values:	room for count elements
 * @count:	how many at most
 * @got:	told how many there were
 *
 * Time:	O(count).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	as tarn_vector_get().
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_vector_get().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_read(struct tarn_vector *vector, uint64_t index,
					      void *values, uint64_t count, uint64_t *got);

/**
 * tarn_vector_find() - the first element that has these bytes
 * @vector:	open
 * @from:	the index to begin with
 * @value:	an element
 * @index:	told where it is
 *
 * Bytes are compared: 0.0 is not -0.0.
 *
 * Time:	O(size).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	as tarn_vector_get().
 * Return: 0; TARN_NOT_FOUND; TARN_SYSTEM, no memory; else as tarn_vector_get().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_find(struct tarn_vector *vector, uint64_t from,
					      const void *value, uint64_t *index);

/**
 * tarn_vector_size() - the number of elements
 * @vector:	open
 * @size:	told
 *
 * Time:	O(1).
 * Crash:	none.
 * Blocks:	as tarn_vector_get().
 * Return: as tarn_vector_get(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_vector_size(struct tarn_vector *vector, uint64_t *size);

/**
 * tarn_vector_empty() - whether there are no elements
 * @vector:	open
 * @empty:	told
 *
 * As tarn_vector_size(), but only that.
 *
 * Return: as tarn_vector_size().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_empty(struct tarn_vector *vector, bool *empty);

/**
 * tarn_vector_capacity() - how many elements there is room for without taking memory
 * @vector:	open
 * @capacity:	told
 *
 * As tarn_vector_size(), but the capacity.
 *
 * Return: as tarn_vector_size().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_capacity(struct tarn_vector *vector, uint64_t *capacity);

/** Elements where they lie in the arena; read only, and by the rules of tarn_vector_view(). */
struct tarn_vector_view {
	const void *data;
	uint64_t count;	 /* elements from data on */
	uint64_t seen;	 /* not for the caller */
};

/* In C++ the function hides the struct's constructor, which nobody misses. */
#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/**
 * tarn_vector_view() - the elements in place, to be read without copying
 * @vector:	open; not one of tarn_vector_in()
 * @view:	filled in
 *
 * 1. Others may change what data points to at any time, so what is read there may be anything,
 * half of an element included, until tarn_vector_view_valid() has said afterwards that it was true.
 * 2. Nothing is done with it before that which a wrong value could harm: no pointer, index or
 * size that was read is followed.
 * 3. Reading it never faults while the arena is open.  Writing to it is an error.
 * 4. Elements that are appended meanwhile make no view invalid, and do not show in it.
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_vector_get().
 * Return: 0; else as tarn_vector_size(); TARN_IN_TXN also for a handle of tarn_vector_in().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_view(struct tarn_vector *vector,
					      struct tarn_vector_view *view);

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif

/**
 * tarn_vector_view_valid() - whether what was read by a view until now was true, all at one moment
 * @vector:	open
 * @view:	from tarn_vector_view() of that handle
 *
 * Once it is false it stays so: take a new view.
 *
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	never.
 * Return: true: nothing of it has changed since it was taken.
 */
TARN_API TARN_MUST_CHECK bool tarn_vector_view_valid(struct tarn_vector *vector,
						     const struct tarn_vector_view *view);

/* ---- changing ---------------------------------------------------------------------------------- */

/**
 * tarn_vector_push_back() - add an element at the end
 * @vector:	open for writing
 * @value:	an element
 *
 * Readers of other elements are not disturbed.
 *
 * Time:	O(1); when it is full and cannot grow in place, O(size): it then gets twice the room.
 * Crash:	atomic.
 * Blocks:	while others change the vector, or a transaction has it.
 * Return: 0; TARN_FULL, the arena or the vector's maximum; TARN_TOO_BIG; TARN_REMOVED; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_vector_push_back(struct tarn_vector *vector, const void *value);

/**
 * tarn_vector_append() - add many elements at the end, all in one step
 * @vector:	open for writing
 * @values:	so many elements
 * @count:	how many
 *
 * As tarn_vector_push_back(), but O(count).
 *
 * Return: as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_append(struct tarn_vector *vector, const void *values,
						uint64_t count);

/**
 * tarn_vector_pop_back() - remove the last element
 * @vector:	open for writing
 * @value:	room for it, or NULL
 *
 * As tarn_vector_push_back(), but O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_pop_back(struct tarn_vector *vector, void *value);

/**
 * tarn_vector_set() - store one element
 * @vector:	open for writing
 * @index:	which
 * @value:	an element
 *
 * As tarn_vector_push_back(), but O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there are not so many; else as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_set(struct tarn_vector *vector, uint64_t index,
					     const void *value);

/**
 * tarn_vector_fetch_add() - add to an element of 1, 2, 4 or 8 bytes
 * @vector:	open for writing; elements are integers
 * @index:	which
 * @n:		added, modulo 2 to the number of bits
 * @before:	NULL, or told the element before, without sign
 *
 * As tarn_vector_set(), but the element is read and written in one step.
 *
 * Return: 0; TARN_TYPE, elements are of another size or no integers; else as tarn_vector_set().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_fetch_add(struct tarn_vector *vector, uint64_t index,
						   uint64_t n, uint64_t *before);

/**
 * tarn_vector_compare_and_swap() - replace an element if it is the expected one
 * @vector:	open for writing
 * @index:	which
 * @expected:	what its bytes must be
 * @desired:	what they become
 *
 * As tarn_vector_set(), but the element is compared and replaced in one step.
 *
 * Return: 0; TARN_MISMATCH, it is another; else as tarn_vector_set().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_compare_and_swap(struct tarn_vector *vector,
							  uint64_t index, const void *expected,
							  const void *desired);

/**
 * tarn_vector_insert() - put elements before an index
 * @vector:	open for writing
 * @index:	of the element that comes after them; at most the size
 * @values:	so many elements
 * @count:	how many
 *
 * As tarn_vector_push_back(), but O(size).  Where more than some 100 KB come after them, it is a new
 * vector that takes the place of the old one: both need room then.
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_insert(struct tarn_vector *vector, uint64_t index,
						const void *values, uint64_t count);

/**
 * tarn_vector_erase() - remove elements
 * @vector:	open for writing
 * @index:	of the first
 * @count:	how many; TARN_VECTOR_END: all that follow
 *
 * As tarn_vector_insert(), but at the end O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there are not so many; else as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_erase(struct tarn_vector *vector, uint64_t index,
					       uint64_t count);

/**
 * tarn_vector_assign() - give it other contents, in one step
 * @vector:	open for writing
 * @values:	so many elements
 * @count:	how many
 *
 * As tarn_vector_insert(), but nothing stays.
 *
 * Return: as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_assign(struct tarn_vector *vector, const void *values,
						uint64_t count);

/**
 * tarn_vector_resize() - cut it off, or add elements that are alike
 * @vector:	open for writing
 * @size:	elements that it has then
 * @fill:	what is added; NULL: zeros
 *
 * As tarn_vector_append(), but cutting off is O(1), and needs no memory.
 *
 * Return: as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_resize(struct tarn_vector *vector, uint64_t size,
						const void *fill);

/**
 * tarn_vector_clear() - remove all elements
 * @vector:	open for writing
 *
 * Its capacity stays.
 *
 * As tarn_vector_pop_back(), but all of them.
 *
 * Return: as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_clear(struct tarn_vector *vector);

/**
 * tarn_vector_reserve() - have room for so many elements from now on
 * @vector:	open for writing
 * @capacity:	in all; less than it has changes nothing
 *
 * As tarn_vector_push_back(), but nothing is added.
 *
 * Return: as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_reserve(struct tarn_vector *vector, uint64_t capacity);

/**
 * tarn_vector_shrink_to_fit() - give back room that no element needs
 * @vector:	open for writing
 *
 * As tarn_vector_insert(), but with room for both meanwhile; one with a maximum stays as it is.
 *
 * Return: as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_shrink_to_fit(struct tarn_vector *vector);

/**
 * tarn_vector_swap() - exchange the contents of two vectors, in one step
 * @vector:	open for writing
 * @other:	of the same arena and type; both or none of tarn_vector_in()
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change them, or a transaction has one.
 * Return: 0; TARN_TYPE, of different types or maxima; TARN_INVALID, of different arenas or transactions;
 * else as tarn_vector_push_back(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_vector_swap(struct tarn_vector *vector,
					      struct tarn_vector *other);

/**
 * tarn_vector_sort() - put the elements in order, in one step
 * @vector:	open for writing
 * @compare:	as for qsort(), with arg; NULL: the order that the type's key gives
 * @arg:	passed on
 *
 * Needs private memory for the elements, and room for as many in the arena.  Without compare numbers
 * are put in order by a radix sort, floating point numbers in the total order of IEEE 754.  Outside of
 * transactions no lock is held while compare, or a custom order, runs; if others have changed the vector meanwhile, all
 * of it is done again.  Equal elements may change places if there is a compare.
 *
 * Time:	O(size) for numbers; else O(size log size).
 * Crash:	atomic.
 * Blocks:	as tarn_vector_push_back().
 * Return: 0; TARN_TYPE, elements have no order and compare is NULL; TARN_BUSY, others have changed it
 * each time; TARN_SYSTEM, no memory; else as tarn_vector_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_vector_sort(struct tarn_vector *vector,
					      int (*compare)(const void *a, const void *b, void *arg),
					      void *arg);

#endif
