// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.h -- an unordered set, shared by processes
 *
 * Keys are those that a hash map can have (hashmap.h), each there once or not
 * at all; of f64, what is not a number is none: TARN_INVALID.
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Lookups take no lock and write nothing.
 *
 * A key is passed as its bytes and their number: of a u64, its address and
 * 8.  A handle may be used by all threads of its process.
 */
#ifndef TARN_HASHSET_H
#define TARN_HASHSET_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_hashset_cursor;

/**
 * tarn_hashset_open() - open a set by name, or create it
 * @arena:	open
 * @set:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	key kind; its kind must be TARN_KIND_HASHSET, and its value size 0
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *set is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_open(struct tarn_arena *arena, struct tarn_hashset **set,
					       const char *name, const struct tarn_type *type,
					       enum tarn_open_mode how, bool *created);

/**
 * tarn_hashset_close() - let go of a handle
 * @set:	a handle, or NULL; not one of tarn_hashset_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashset_close(struct tarn_hashset *set);

/**
 * tarn_hashset_object() - the set as an object, for transactions
 * @set:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_hashset_object(struct tarn_hashset *set);

/**
 * tarn_hashset_in() - the handle to use inside a transaction
 * @set:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_EXISTS, TARN_INVALID, TARN_TYPE, TARN_TOO_BIG of a key) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the set is not one of its objects.
 */
TARN_API struct tarn_hashset *tarn_hashset_in(struct tarn_hashset *set, struct tarn_txn *txn);

/**
 * tarn_hashset_insert() - add a key
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(1); now and then a split, O(1) too, and seldom a doubling of the directory, O(size / 300).
 * Crash:	atomic.
 * Blocks:	while others change the key's bucket, or a transaction has the set.
 * Return: 0; TARN_EXISTS, it is there already; TARN_FULL; TARN_TOO_BIG; TARN_INVALID, a key of the
 * wrong size; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED;
 * TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_insert(struct tarn_hashset *set, const void *key,
						 size_t key_size);

/**
 * tarn_hashset_erase() - remove a key
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_hashset_insert(), but needs no memory.
 *
 * Return: 0; TARN_NOT_FOUND; else as tarn_hashset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_erase(struct tarn_hashset *set, const void *key,
						size_t key_size);

/**
 * tarn_hashset_contains() - whether a key is there
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction or a split changes the key's bucket; never for a stopped or dead writer of
 * a single change.
 * Return: 0, it is there; TARN_NOT_FOUND; TARN_REMOVED; TARN_INVALID, a key of the wrong size;
 * TARN_TIMEOUT; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_contains(struct tarn_hashset *set, const void *key,
						   size_t key_size);

/**
 * tarn_hashset_insert_many() - add many keys
 * @set:	open for writing
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @codes:	NULL, or told what tarn_hashset_insert() said of each
 *
 * As count calls of tarn_hashset_insert() in this order, but the memory that they need comes at once.
 * For all or none of them, call it in a transaction.
 *
 * Time:	O(count).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashset_insert().
 * Return: 0, none was there; TARN_EXISTS, at least one was; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_insert_many(struct tarn_hashset *set, const void *keys,
						      size_t key_size, size_t count, int *codes);

/**
 * tarn_hashset_erase_many() - remove many keys
 * @set:	open for writing
 * @keys:	as for tarn_hashset_insert_many()
 * @key_size:	as for tarn_hashset_insert_many()
 * @count:	how many
 * @codes:	NULL, or told what tarn_hashset_erase() said of each
 *
 * As count calls of tarn_hashset_erase() in this order, but the memory that they need comes at once.
 *
 * Time:	O(count).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashset_insert().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_erase_many(struct tarn_hashset *set, const void *keys,
						     size_t key_size, size_t count, int *codes);

/**
 * tarn_hashset_contains_many() - whether many keys are there
 * @set:	open
 * @keys:	as for tarn_hashset_insert_many()
 * @key_size:	as for tarn_hashset_insert_many()
 * @count:	how many
 * @codes:	NULL, or told what tarn_hashset_contains() says of each
 *
 * As count calls of tarn_hashset_contains(), each atomic by itself, but the memory that they need comes
 * at once.
 *
 * Time:	O(count).
 * Crash:	none.
 * Blocks:	as tarn_hashset_contains().
 * Return: 0, all are there; TARN_NOT_FOUND, at least one is not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_contains_many(struct tarn_hashset *set, const void *keys,
							size_t key_size, size_t count, int *codes);

/**
 * tarn_hashset_size() - the number of keys
 * @set:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_hashset_contains().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_size(struct tarn_hashset *set, uint64_t *size);

/**
 * tarn_hashset_empty() - whether there are no keys
 * @set:	open
 * @empty:	told
 *
 * As tarn_hashset_size().
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_hashset_contains().
 * Return: as tarn_hashset_size().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_empty(struct tarn_hashset *set, bool *empty);

/**
 * tarn_hashset_clear() - remove all keys
 * @set:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the set, or another one has cleared or removed something.
 * Return: as tarn_hashset_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_clear(struct tarn_hashset *set);

/**
 * tarn_hashset_reserve() - make room for so many keys
 * @set:	open for writing
 * @count:	keys in all
 *
 * As tarn_hashmap_reserve().
 *
 * Time:	O(count).
 * Crash:	stepwise: each split is atomic, and the set holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashset_insert().
 * Return: 0; as tarn_hashset_insert(), and some of the room may be there; in a transaction also
 * TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_reserve(struct tarn_hashset *set, uint64_t count);

/**
 * tarn_hashset_shrink_to_fit() - give back memory that the keys do not need
 * @set:	open for writing
 *
 * As tarn_hashmap_shrink_to_fit().
 *
 * Time:	O(size + room).
 * Crash:	stepwise: each merge is atomic, and the set holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashset_insert().
 * Return: as tarn_hashset_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_shrink_to_fit(struct tarn_hashset *set);

/**
 * tarn_hashset_cursor_open() - begin a walk over all keys, in no order
 * @set:	open; must stay so while the cursor is used
 * @cursor:	on success
 *
 * A key that is there throughout the walk comes exactly once; one that is inserted or erased
 * meanwhile, once or not at all.
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_cursor_open(struct tarn_hashset *set,
						      struct tarn_hashset_cursor **cursor);

/**
 * tarn_hashset_cursor_next() - copy out the next key
 * @cursor:	open
 * @key:	told where the copy is: aligned for a u64, valid until the cursor moves
 * @key_size:	told how many bytes it has
 *
 * Time:	O(1) on average.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashset_contains().
 * Return: 0; TARN_NOT_FOUND at the end; TARN_REMOVED; else as tarn_hashset_contains(); TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_cursor_next(struct tarn_hashset_cursor *cursor,
						      const void **key, size_t *key_size);

/**
 * tarn_hashset_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashset_cursor_close(struct tarn_hashset_cursor *cursor);

/**
 * tarn_hashset_swap() - exchange the contents of two sets, in one step
 * @set:	open for writing
 * @other:	in the same arena, of the same type; both handles of no transaction, or of the same
 *
 * No key is moved; each set's buckets are looked at, for who may be changing one.
 *
 * Time:	O(segments).
 * Crash:	atomic.
 * Blocks:	while others change one of the two, or a transaction has it.
 * Return: 0; TARN_TYPE; TARN_INVALID, two arenas or transactions; else as tarn_hashset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_swap(struct tarn_hashset *set,
					       struct tarn_hashset *other);

/**
 * tarn_hashset_copy() - give a set the keys of another, in one step
 * @set:	open for writing; what it had is gone, as after tarn_hashset_clear()
 * @from:	of the same type, in this arena or another
 *
 * As tarn_hashmap_copy().
 *
 * Time:	O(size).
 * Crash:	atomic; what a kill leaves of an unfinished copy, others free.
 * Blocks:	as tarn_hashset_clear(), and as a cursor on from.
 * Return: 0; TARN_TYPE; TARN_TOO_BIG, the thread holds 16 locks (<tarn/lock.h>); else as
 * tarn_hashset_clear() and as tarn_hashset_cursor_next().  On failure the set is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_copy(struct tarn_hashset *set, struct tarn_hashset *from);

/**
 * tarn_hashset_equal() - whether two sets have the same keys
 * @set:	open
 * @other:	of the same type, in this arena or another
 * @equal:	told: how it was at one moment of the call
 *
 * As tarn_hashmap_equal().
 *
 * Time:	O(size of both).
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashset_contains().
 * Return: 0; TARN_TYPE; TARN_BUSY, others change them all the while; else as tarn_hashset_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_equal(struct tarn_hashset *set,
						struct tarn_hashset *other, bool *equal);

/**
 * tarn_hashset_is_subset() - whether another set has all keys of this one
 * @set:	open
 * @of:		the other: of the same type, in this arena or another
 * @subset:	told: how it was at one moment of the call
 *
 * As tarn_hashset_equal().
 *
 * Time:	O(size of both).
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashset_contains().
 * Return: as tarn_hashset_equal().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_is_subset(struct tarn_hashset *set,
						    struct tarn_hashset *of, bool *subset);

/**
 * tarn_hashset_union() - make a set of the keys of one or the other
 * @result:	open for writing; what it had is gone; may be one of the two
 * @one:	of the same type, in this arena or another
 * @other:	likewise
 *
 * The result is built where nobody sees it, and takes its place at once.  The two are read as by
 * cursors and by tarn_hashset_contains(): what others insert or erase meanwhile is there or not;
 * and if the result is one of them, what they change of it meanwhile is lost.  For a result of one
 * moment have all three in a transaction; then as much fits as a transaction may log.
 *
 * Time:	O(size of both).
 * Crash:	atomic; what a kill leaves of an unfinished result, others free.
 * Blocks:	as tarn_hashset_copy().
 * Return: as tarn_hashset_copy().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_union(struct tarn_hashset *result,
						struct tarn_hashset *one,
						struct tarn_hashset *other);

/**
 * tarn_hashset_intersection() - make a set of the keys of one that the other has too
 * @result:	open for writing; what it had is gone; may be one of the two
 * @one:	of the same type, in this arena or another
 * @other:	likewise
 *
 * As tarn_hashset_union().
 *
 * Time:	O(size of both).
 * Crash:	atomic; what a kill leaves of an unfinished result, others free.
 * Blocks:	as tarn_hashset_copy().
 * Return: as tarn_hashset_copy().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_intersection(struct tarn_hashset *result,
						       struct tarn_hashset *one,
						       struct tarn_hashset *other);

/**
 * tarn_hashset_difference() - make a set of the keys of one that the other has not
 * @result:	open for writing; what it had is gone; may be one of the two
 * @one:	of the same type, in this arena or another
 * @other:	likewise
 *
 * As tarn_hashset_union().
 *
 * Time:	O(size of both).
 * Crash:	atomic; what a kill leaves of an unfinished result, others free.
 * Blocks:	as tarn_hashset_copy().
 * Return: as tarn_hashset_copy().
 */
TARN_API TARN_MUST_CHECK int tarn_hashset_difference(struct tarn_hashset *result,
						     struct tarn_hashset *one,
						     struct tarn_hashset *other);

#endif
