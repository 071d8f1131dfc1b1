// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string.h -- a string of bytes, shared by processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  Bytes are passed by their address
 * and their number; there is no zero behind the end, and there may be zeros
 * inside.  A handle may be used by all threads of its process.
 */
#ifndef TARN_STRING_H
#define TARN_STRING_H

#include <tarn/error.h>
#include <tarn/types.h>

/** All bytes that there are, where a number of them is asked for. */
#define TARN_STRING_END UINT64_MAX

/**
 * tarn_string_open() - open a string by name, or create it
 * @arena:	open
 * @string:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE; TARN_INVALID; TARN_FULL; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_CORRUPT; TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure
 * *string is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_string_open(struct tarn_arena *arena, struct tarn_string **string,
					      const char *name, enum tarn_open_mode how,
					      bool *created);

/**
 * tarn_string_close() - let go of a handle
 * @string:	a handle, or NULL; not one of tarn_string_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_string_close(struct tarn_string *string);

/**
 * tarn_string_object() - the string as an object, for transactions
 * @string:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_string_object(struct tarn_string *string);

/**
 * tarn_string_in() - the handle to use inside a transaction
 * @string:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_MISMATCH, TARN_TOO_BIG of tarn_string_get()) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the string is not one of its objects.
 */
TARN_API struct tarn_string *tarn_string_in(struct tarn_string *string, struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_string_get() - copy out all of it
 * @string:	open
 * @bytes:	room for them, or NULL
 * @room:	how many there is room for
 * @size:	NULL, or told how many there are
 *
 * Time:	O(size).
 * Crash:	none; takes no lock and writes nothing, unless others change it all the while.
 * Blocks:	while a transaction has changed the string, or a call changes several words in place; never
 * for a stopped or dead writer at the end.
 * Return: 0; TARN_TOO_BIG, it is longer than room, and *size is told; TARN_REMOVED; TARN_TIMEOUT;
 * TARN_BUSY, it was changed all the time until the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN;
 * TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_string_get(struct tarn_string *string, void *bytes, uint64_t room,
					     uint64_t *size);

/**
 * tarn_string_read() - copy out a part of it
 * @string:	open
 * @index:	of the first byte
 * @bytes:	room for count
 * @count:	how many at most
 * @got:	told how many there were
 *
 * As tarn_string_get(), but from index on.
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_string_get().
 */
TARN_API TARN_MUST_CHECK int tarn_string_read(struct tarn_string *string, uint64_t index,
					      void *bytes, uint64_t count, uint64_t *got);

/**
 * tarn_string_find() - where others bytes stand in it first
 * @string:	open
 * @from:	the index to begin with
 * @bytes:	what is looked for
 * @size:	how many; none are everywhere
 * @index:	told where they begin
 *
 * As tarn_string_get(), but O(size of both) where the bytes' first one is rare, else up to their
 * product.
 *
 * Return: 0; TARN_NOT_FOUND; else as tarn_string_get().
 */
TARN_API TARN_MUST_CHECK int tarn_string_find(struct tarn_string *string, uint64_t from,
					      const void *bytes, uint64_t size, uint64_t *index);

/**
 * tarn_string_size() - the number of bytes
 * @string:	open
 * @size:	told
 *
 * As tarn_string_get(), but O(1).
 *
 * Return: as tarn_string_get().
 */
TARN_API TARN_MUST_CHECK int tarn_string_size(struct tarn_string *string, uint64_t *size);

/**
 * tarn_string_capacity() - how many bytes there is room for without taking memory
 * @string:	open
 * @capacity:	told
 *
 * As tarn_string_size(), but the capacity.
 *
 * Return: as tarn_string_get().
 */
TARN_API TARN_MUST_CHECK int tarn_string_capacity(struct tarn_string *string, uint64_t *capacity);

/* ---- changing ---------------------------------------------------------------------------------- */

/**
 * tarn_string_append() - add bytes at the end, all in one step
 * @string:	open for writing
 * @bytes:	what is added
 * @size:	how many
 *
 * Who reads what was there before is not disturbed.
 *
 * Time:	O(size); when it is full and cannot grow in place, O(all): it then gets twice the room.
 * Crash:	atomic.
 * Blocks:	while others change the string, or a transaction has it.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN;
 * TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_string_append(struct tarn_string *string, const void *bytes,
						uint64_t size);

/**
 * tarn_string_assign() - give it other contents, in one step
 * @string:	open for writing
 * @bytes:	all that it has then
 * @size:	how many
 *
 * As tarn_string_replace(), but of all.
 *
 * Return: as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_assign(struct tarn_string *string, const void *bytes,
						uint64_t size);

/**
 * tarn_string_compare_and_swap() - give it other contents if it has the expected ones
 * @string:	open for writing
 * @expected:	all that it must have
 * @expected_size: how many bytes of it
 * @desired:	all that it has then
 * @desired_size: how many bytes of it
 *
 * As tarn_string_assign(), but compared and replaced in one step.
 *
 * Return: 0; TARN_MISMATCH, it has others; else as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_compare_and_swap(struct tarn_string *string,
							  const void *expected,
							  uint64_t expected_size,
							  const void *desired,
							  uint64_t desired_size);

/**
 * tarn_string_replace() - put bytes in the place of others, in one step
 * @string:	open for writing
 * @index:	of the first that goes
 * @count:	how many go; TARN_STRING_END: all that follow
 * @bytes:	what comes
 * @size:	how many
 *
 * As tarn_string_append(), but O(all).  Where more than some 100 KB come after the place, it is a new
 * string that takes that of the old one: both need room then.
 *
 * Return: 0; TARN_NOT_FOUND, there are not so many; else as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_replace(struct tarn_string *string, uint64_t index,
						 uint64_t count, const void *bytes, uint64_t size);

/**
 * tarn_string_insert() - put bytes before an index
 * @string:	open for writing
 * @index:	of the byte that comes after them; at most the size
 * @bytes:	what comes
 * @size:	how many
 *
 * As tarn_string_replace(), but nothing goes.
 *
 * Return: 0; TARN_NOT_FOUND, index is beyond the end; else as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_insert(struct tarn_string *string, uint64_t index,
						const void *bytes, uint64_t size);

/**
 * tarn_string_erase() - remove bytes
 * @string:	open for writing
 * @index:	of the first
 * @count:	how many; TARN_STRING_END: all that follow
 *
 * As tarn_string_replace(), but nothing comes; at the end O(1) and without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there are not so many; else as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_erase(struct tarn_string *string, uint64_t index,
					       uint64_t count);

/**
 * tarn_string_clear() - remove all bytes
 * @string:	open for writing
 *
 * As tarn_string_erase(), but all of them.  The capacity stays.
 *
 * Return: as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_clear(struct tarn_string *string);

/**
 * tarn_string_reserve() - have room for so many bytes from now on
 * @string:	open for writing
 * @capacity:	in all; less than it has changes nothing
 *
 * As tarn_string_append(), but nothing is added.
 *
 * Return: as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_reserve(struct tarn_string *string, uint64_t capacity);

/**
 * tarn_string_shrink_to_fit() - give back room that no byte needs
 * @string:	open for writing
 *
 * As tarn_string_replace(), but with room for both meanwhile.
 *
 * Return: as tarn_string_append().
 */
TARN_API TARN_MUST_CHECK int tarn_string_shrink_to_fit(struct tarn_string *string);

/**
 * tarn_string_swap() - exchange the contents of two strings, in one step
 * @string:	open for writing
 * @other:	of the same arena; both or none of tarn_string_in()
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change them, or a transaction has one.
 * Return: 0; TARN_INVALID, of different arenas or transactions; else as tarn_string_append(); in a
 * transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_string_swap(struct tarn_string *string,
					      struct tarn_string *other);

#endif
