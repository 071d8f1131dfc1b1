// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.h -- an unordered multiset, shared by processes
 *
 * Keys are those that a hash map can have (hashmap.h), each there once or
 * more, up to 2^32 - 1 times; of f64, what is not a number is none:
 * TARN_INVALID.  How often a key is there is a number beside it, so a key
 * that is there a million times takes no more memory than one that is there
 * once.
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Lookups take no lock and write nothing.
 *
 * A key is passed as its bytes and their number: of a u64, its address and
 * 8.  A handle may be used by all threads of its process.
 */
#ifndef TARN_HASHMULTISET_H
#define TARN_HASHMULTISET_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_hashmultiset_cursor;

/**
 * tarn_hashmultiset_open() - open a multiset by name, or create it
 * @arena:	open
 * @set:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	key kind; its kind must be TARN_KIND_HASHMULTISET, and its value size 0
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *set is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_open(struct tarn_arena *arena,
						  struct tarn_hashmultiset **set, const char *name,
						  const struct tarn_type *type,
						  enum tarn_open_mode how, bool *created);

/**
 * tarn_hashmultiset_close() - let go of a handle
 * @set:	a handle, or NULL; not one of tarn_hashmultiset_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashmultiset_close(struct tarn_hashmultiset *set);

/**
 * tarn_hashmultiset_object() - the multiset as an object, for transactions
 * @set:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_hashmultiset_object(struct tarn_hashmultiset *set);

/**
 * tarn_hashmultiset_in() - the handle to use inside a transaction
 * @set:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_INVALID, TARN_TYPE, TARN_TOO_BIG of a key) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the multiset is not one of its objects.
 */
TARN_API struct tarn_hashmultiset *tarn_hashmultiset_in(struct tarn_hashmultiset *set,
							  struct tarn_txn *txn);

/**
 * tarn_hashmultiset_insert() - add a key, whether it is there or not
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(1); now and then a split, O(1) too, and seldom a doubling of the directory, O(size / 300).
 * Crash:	atomic.
 * Blocks:	while others change the key's bucket, or a transaction has the set.
 * Return: 0; TARN_FULL; TARN_TOO_BIG, also if it is there 2^32 - 1 times; TARN_INVALID, a key of the
 * wrong size; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED;
 * TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_insert(struct tarn_hashmultiset *set,
						      const void *key, size_t key_size);

/**
 * tarn_hashmultiset_add() - add a key several times, in one step
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @times:	how often, at least once
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	as tarn_hashmultiset_insert().
 * Return: as tarn_hashmultiset_insert(); TARN_INVALID, 0 times.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_add(struct tarn_hashmultiset *set, const void *key,
						   size_t key_size, uint64_t times);

/**
 * tarn_hashmultiset_erase() - remove a key, however often it is there
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @erased:	NULL, or told how often it was there
 *
 * As tarn_hashmultiset_insert(), but needs no memory.
 *
 * Return: 0; TARN_NOT_FOUND; else as tarn_hashmultiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_erase(struct tarn_hashmultiset *set, const void *key,
						     size_t key_size, uint64_t *erased);

/**
 * tarn_hashmultiset_erase_one() - remove a key once
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_hashmultiset_insert(), but needs no memory.
 *
 * Return: as tarn_hashmultiset_erase().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_erase_one(struct tarn_hashmultiset *set,
							 const void *key, size_t key_size);

/**
 * tarn_hashmultiset_contains() - whether a key is there
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction or a split changes the key's bucket; never for a stopped or dead writer
 * of a single change.
 * Return: 0, it is there; TARN_NOT_FOUND; TARN_REMOVED; TARN_INVALID, a key of the wrong size;
 * TARN_TIMEOUT; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_contains(struct tarn_hashmultiset *set,
							const void *key, size_t key_size);

/**
 * tarn_hashmultiset_count() - how often a key is there
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @count:	told
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_hashmultiset_contains().
 * Return: 0, even if it is not there; else as tarn_hashmultiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_count(struct tarn_hashmultiset *set, const void *key,
						     size_t key_size, uint64_t *count);

/**
 * tarn_hashmultiset_insert_many() - add many keys
 * @set:	open for writing
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @codes:	NULL, or told what tarn_hashmultiset_insert() said of each
 *
 * As count calls of tarn_hashmultiset_insert() in this order, but their memory is asked for at once.
 * For all or none of them, call it in a transaction.
 *
 * Time:	O(count).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashmultiset_insert().
 * Return: 0, or the first error of one of them; the others are done.  In a transaction that is rolled back
 * by an error, none is.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_insert_many(struct tarn_hashmultiset *set,
							   const void *keys, size_t key_size,
							   size_t count, int *codes);

/**
 * tarn_hashmultiset_erase_many() - remove many keys, however often each is there
 * @set:	open for writing
 * @keys:	as for tarn_hashmultiset_insert_many()
 * @key_size:	as for tarn_hashmultiset_insert_many()
 * @count:	how many
 * @erased:	NULL, or told how often all of them were there
 * @codes:	NULL, or told what tarn_hashmultiset_erase() said of each
 *
 * As count calls of tarn_hashmultiset_erase() in this order.
 *
 * Time:	O(count).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashmultiset_insert().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_erase_many(struct tarn_hashmultiset *set,
							  const void *keys, size_t key_size,
							  size_t count, uint64_t *erased,
							  int *codes);

/**
 * tarn_hashmultiset_count_many() - how often many keys are there
 * @set:	open
 * @keys:	as for tarn_hashmultiset_insert_many()
 * @key_size:	as for tarn_hashmultiset_insert_many()
 * @count:	how many
 * @counts:	told of each
 * @codes:	NULL, or told what tarn_hashmultiset_count() said of each
 *
 * As count calls of tarn_hashmultiset_count() in this order, each atomic by itself.
 *
 * Time:	O(count).
 * Crash:	none.
 * Blocks:	as tarn_hashmultiset_contains().
 * Return: 0, or the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_count_many(struct tarn_hashmultiset *set,
							  const void *keys, size_t key_size,
							  size_t count, uint64_t *counts,
							  int *codes);

/**
 * tarn_hashmultiset_size() - the number of keys, each as often as it is there
 * @set:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_hashmultiset_contains().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_size(struct tarn_hashmultiset *set, uint64_t *size);

/**
 * tarn_hashmultiset_empty() - whether there are none
 * @set:	open
 * @empty:	told
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_hashmultiset_contains().
 * Return: as tarn_hashmultiset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_empty(struct tarn_hashmultiset *set, bool *empty);

/**
 * tarn_hashmultiset_clear() - remove all keys
 * @set:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the multiset, or another one has cleared or removed something.
 * Return: as tarn_hashmultiset_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_clear(struct tarn_hashmultiset *set);

/**
 * tarn_hashmultiset_reserve() - make room for so many keys
 * @set:	open for writing
 * @count:	keys in all, however often each is there
 *
 * As tarn_hashmap_reserve().
 *
 * Time:	O(count).
 * Crash:	stepwise: each split is atomic, and the multiset holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashmultiset_insert().
 * Return: 0; as tarn_hashmultiset_insert(), and some of the room may be there; in a transaction also
 * TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_reserve(struct tarn_hashmultiset *set, uint64_t count);

/**
 * tarn_hashmultiset_shrink_to_fit() - give back memory that the keys do not need
 * @set:	open for writing
 *
 * As tarn_hashmap_shrink_to_fit().
 *
 * Time:	O(keys + room).
 * Crash:	stepwise: each merge is atomic, and the multiset holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashmultiset_insert().
 * Return: as tarn_hashmultiset_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_shrink_to_fit(struct tarn_hashmultiset *set);

/**
 * tarn_hashmultiset_swap() - exchange the contents of two multisets, in one step
 * @set:	open for writing
 * @other:	in the same arena, of the same type; both handles of no transaction, or of the same
 *
 * No entry is moved; each one's buckets are looked at, for who may be changing one.
 *
 * Time:	O(segments).
 * Crash:	atomic.
 * Blocks:	while others change one of the two, or a transaction has it.
 * Return: 0; TARN_TYPE; TARN_INVALID, two arenas or transactions; else as tarn_hashmultiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_swap(struct tarn_hashmultiset *set,
						  struct tarn_hashmultiset *other);

/**
 * tarn_hashmultiset_copy() - give a multiset the contents of another, in one step
 * @set:	open for writing; what it had is gone, as after tarn_hashmultiset_clear()
 * @from:	of the same type, in this arena or another
 *
 * The copy is built where nobody sees it, and takes its place at once.  What it holds is what a
 * cursor finds in from: what others change meanwhile is there as before or after.  For a
 * copy of one moment have both in a transaction; then as much fits as a transaction may log.
 *
 * Time:	O(size).
 * Crash:	atomic; what a kill leaves of an unfinished copy, others free.
 * Blocks:	as tarn_hashmultiset_clear(), and as a cursor on from.
 * Return: 0; TARN_TYPE; TARN_TOO_BIG, the thread holds 16 locks (<tarn/lock.h>); else as
 * tarn_hashmultiset_clear() and as tarn_hashmultiset_cursor_next().  On failure the multiset is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_copy(struct tarn_hashmultiset *set,
						  struct tarn_hashmultiset *from);

/**
 * tarn_hashmultiset_equal() - whether two multisets have the same keys, each as often
 * @set:	open
 * @other:	of the same type, in this arena or another
 * @equal:	told: how it was at one moment of the call
 *
 * Walks through both twice and begins anew if anything has changed in between.
 *
 * Time:	O(keys of both).
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashmultiset_contains().
 * Return: 0; TARN_TYPE; TARN_BUSY, others change them all the while; else as
 * tarn_hashmultiset_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_equal(struct tarn_hashmultiset *set,
						     struct tarn_hashmultiset *other, bool *equal);

/**
 * tarn_hashmultiset_cursor_open() - begin a walk over all keys, in no order
 * @set:	open; must stay so while the cursor is used
 * @cursor:	on success
 *
 * A key that is there throughout the walk comes exactly once, with how often it was there when it was
 * copied; one that comes or goes meanwhile, once or not at all.
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_cursor_open(struct tarn_hashmultiset *set,
							   struct tarn_hashmultiset_cursor **cursor);

/**
 * tarn_hashmultiset_cursor_next() - copy out the next key
 * @cursor:	open
 * @key:	told where the copy is: aligned for a u64, valid until the cursor moves
 * @key_size:	told how many bytes it has
 * @times:	told how often it was there
 *
 * Time:	O(1) on average.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashmultiset_contains().
 * Return: 0; TARN_NOT_FOUND at the end; TARN_REMOVED; else as tarn_hashmultiset_contains(); TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultiset_cursor_next(struct tarn_hashmultiset_cursor *cursor,
							   const void **key, size_t *key_size,
							   uint64_t *times);

/**
 * tarn_hashmultiset_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashmultiset_cursor_close(struct tarn_hashmultiset_cursor *cursor);

#endif
