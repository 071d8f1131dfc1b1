// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.h -- an unordered multimap, shared by processes
 *
 * Keys are those that a hash map can have (hashmap.h); values have one size,
 * or each its own.  A key has one value or more, also the same value several
 * times, in the order in which they were inserted; all of them can be read at
 * one moment, and go in one step.  However many they are, one more takes O(1)
 * on average.
 * Every call is atomic, unless it says otherwise; a kill at any moment leaves
 * it done or not done.  Lookups take no lock and write nothing.
 *
 * Keys and values are passed as bytes and their number: of a u64 key, its
 * address and 8.  A handle may be used by all threads of its process.
 */
#ifndef TARN_HASHMULTIMAP_H
#define TARN_HASHMULTIMAP_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_hashmultimap_cursor;

/**
 * tarn_hashmultimap_open() - open a multimap by name, or create it
 * @arena:	open
 * @map:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	key kind, value size and fields; its kind must be TARN_KIND_HASHMULTIMAP
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *map is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_open(struct tarn_arena *arena,
						  struct tarn_hashmultimap **map, const char *name,
						  const struct tarn_type *type,
						  enum tarn_open_mode how, bool *created);

/**
 * tarn_hashmultimap_close() - let go of a handle
 * @map:	a handle, or NULL; not one of tarn_hashmultimap_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashmultimap_close(struct tarn_hashmultimap *map);

/**
 * tarn_hashmultimap_object() - the multimap as an object, for transactions
 * @map:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_hashmultimap_object(struct tarn_hashmultimap *map);

/**
 * tarn_hashmultimap_in() - the handle to use inside a transaction
 * @map:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_INVALID, TARN_TYPE, TARN_TOO_BIG of a key) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the multimap is not one of its objects.
 */
TARN_API struct tarn_hashmultimap *tarn_hashmultimap_in(struct tarn_hashmultimap *map,
							  struct tarn_txn *txn);

/**
 * tarn_hashmultimap_insert() - add a value to those of a key
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @value:	its bytes
 * @value_size:	how many; of a multimap with values of one size, that size
 *
 * Time:	O(1) on average, O(values of the key) at most; now and then a split, and seldom a doubling of
 * the directory.
 * Crash:	atomic.
 * Blocks:	while others change the key's bucket, or a transaction has the map.
 * Return: 0; TARN_FULL; TARN_TOO_BIG, also if the key's values take 32 GiB; TARN_INVALID, a wrong size;
 * TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED;
 * TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_insert(struct tarn_hashmultimap *map,
						      const void *key, size_t key_size,
						      const void *value, size_t value_size);

/**
 * tarn_hashmultimap_erase() - remove a key with all its values
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @erased:	NULL, or told how many values
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	as tarn_hashmultimap_insert().
 * Return: 0; TARN_NOT_FOUND; else as tarn_hashmultimap_insert(), but needs no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_erase(struct tarn_hashmultimap *map, const void *key,
						     size_t key_size, uint64_t *erased);

/**
 * tarn_hashmultimap_erase_one() - remove one value of a key
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @value:	its bytes; if it is there several times, the first goes
 * @value_size:	how many
 *
 * Time:	O(values of the key).
 * Crash:	atomic.
 * Blocks:	as tarn_hashmultimap_insert().
 * Return: 0; TARN_NOT_FOUND, the key, or that value of it; else as tarn_hashmultimap_insert(), but needs
 * no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_erase_one(struct tarn_hashmultimap *map,
							 const void *key, size_t key_size,
							 const void *value, size_t value_size);

/**
 * tarn_hashmultimap_get() - copy out the first value of a key
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @value:	room for the value, or NULL
 * @room:	bytes of it
 * @value_size:	NULL, or told how long the value is
 *
 * It is the one that was inserted first of those that are there; for all of them see
 * tarn_hashmultimap_equal_range().
 *
 * Time:	O(1), if those before it have not been removed one by one.
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while others change the key's values, a transaction or a split its bucket.
 * Return: 0; TARN_NOT_FOUND; TARN_TOO_BIG, it is longer than room, and *value_size is told;
 * TARN_REMOVED; TARN_INVALID, a key of the wrong size; TARN_TIMEOUT; TARN_OWNER_DIED, reading only;
 * TARN_BUSY; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_get(struct tarn_hashmultimap *map, const void *key,
						   size_t key_size, void *value, size_t room,
						   size_t *value_size);

/**
 * tarn_hashmultimap_contains() - whether a key is there
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_hashmultimap_get(), but without the value.
 *
 * Return: 0, it is there; TARN_NOT_FOUND; else as tarn_hashmultimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_contains(struct tarn_hashmultimap *map,
							const void *key, size_t key_size);

/**
 * tarn_hashmultimap_count() - how many values a key has
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @count:	told; 0: it is not there
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_hashmultimap_get().
 * Return: 0, even if it is not there; else as tarn_hashmultimap_get(); TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_count(struct tarn_hashmultimap *map, const void *key,
						     size_t key_size, uint64_t *count);

/**
 * tarn_hashmultimap_insert_many() - add many values, each to those of its key
 * @map:	open for writing
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @values:	count values of value_size bytes, one after the other; or struct tarn_bytes for each
 * @value_size:	bytes of each value; TARN_SEPARATE: values is an array of struct tarn_bytes
 * @codes:	NULL, or told what tarn_hashmultimap_insert() said of each
 *
 * As count calls of tarn_hashmultimap_insert() in this order, but their memory is asked for at once.
 * For all or none of them, call it in a transaction.
 *
 * Time:	O(count), on average.
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashmultimap_insert().
 * Return: 0, or the first error of one of them; the others are done.  In a transaction that is rolled back
 * by an error, none is.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_insert_many(struct tarn_hashmultimap *map,
							   const void *keys, size_t key_size,
							   size_t count, const void *values,
							   size_t value_size, int *codes);

/**
 * tarn_hashmultimap_erase_many() - remove many keys with all their values
 * @map:	open for writing
 * @keys:	as for tarn_hashmultimap_insert_many()
 * @key_size:	as for tarn_hashmultimap_insert_many()
 * @count:	how many
 * @erased:	NULL, or told how many values in all
 * @codes:	NULL, or told what tarn_hashmultimap_erase() said of each
 *
 * As count calls of tarn_hashmultimap_erase() in this order.
 *
 * Time:	O(count).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashmultimap_insert().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_erase_many(struct tarn_hashmultimap *map,
							  const void *keys, size_t key_size,
							  size_t count, uint64_t *erased,
							  int *codes);

/**
 * tarn_hashmultimap_count_many() - how many values many keys have
 * @map:	open
 * @keys:	as for tarn_hashmultimap_insert_many()
 * @key_size:	as for tarn_hashmultimap_insert_many()
 * @count:	how many
 * @counts:	told of each
 * @codes:	NULL, or told what tarn_hashmultimap_count() said of each
 *
 * As count calls of tarn_hashmultimap_count() in this order, each atomic by itself.
 *
 * Time:	O(count).
 * Crash:	none.
 * Blocks:	as tarn_hashmultimap_get().
 * Return: 0, or the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_count_many(struct tarn_hashmultimap *map,
							  const void *keys, size_t key_size,
							  size_t count, uint64_t *counts,
							  int *codes);

/**
 * tarn_hashmultimap_size() - the number of values, each as often as it is there
 * @map:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_hashmultimap_contains().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_size(struct tarn_hashmultimap *map, uint64_t *size);

/**
 * tarn_hashmultimap_empty() - whether there are none
 * @map:	open
 * @empty:	told
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_hashmultimap_contains().
 * Return: as tarn_hashmultimap_size().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_empty(struct tarn_hashmultimap *map, bool *empty);

/**
 * tarn_hashmultimap_clear() - remove all values
 * @map:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the multimap, or another one has cleared or removed something.
 * Return: as tarn_hashmultimap_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_clear(struct tarn_hashmultimap *map);

/**
 * tarn_hashmultimap_reserve() - make room for so many keys
 * @map:	open for writing
 * @count:	keys in all, however often each is there
 *
 * As tarn_hashmap_reserve().
 *
 * Time:	O(count).
 * Crash:	stepwise: each split is atomic, and the multimap holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashmultimap_insert().
 * Return: 0; as tarn_hashmultimap_insert(), and some of the room may be there; in a transaction also
 * TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_reserve(struct tarn_hashmultimap *map, uint64_t count);

/**
 * tarn_hashmultimap_shrink_to_fit() - give back memory that the keys do not need
 * @map:	open for writing
 *
 * As tarn_hashmap_shrink_to_fit().
 *
 * Time:	O(keys + room).
 * Crash:	stepwise: each merge is atomic, and the multimap holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashmultimap_insert().
 * Return: as tarn_hashmultimap_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_shrink_to_fit(struct tarn_hashmultimap *map);

/**
 * tarn_hashmultimap_swap() - exchange the contents of two multimaps, in one step
 * @map:	open for writing
 * @other:	in the same arena, of the same type; both handles of no transaction, or of the same
 *
 * No entry is moved; each one's buckets are looked at, for who may be changing one.
 *
 * Time:	O(segments).
 * Crash:	atomic.
 * Blocks:	while others change one of the two, or a transaction has it.
 * Return: 0; TARN_TYPE; TARN_INVALID, two arenas or transactions; else as tarn_hashmultimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_swap(struct tarn_hashmultimap *map,
						  struct tarn_hashmultimap *other);

/**
 * tarn_hashmultimap_copy() - give a multimap the contents of another, in one step
 * @map:	open for writing; what it had is gone, as after tarn_hashmultimap_clear()
 * @from:	of the same type, in this arena or another
 *
 * The copy is built where nobody sees it, and takes its place at once.  What it holds is what a
 * cursor finds in from: what others change meanwhile is there as before or after.  For a
 * copy of one moment have both in a transaction; then as much fits as a transaction may log.
 *
 * Time:	O(size).
 * Crash:	atomic; what a kill leaves of an unfinished copy, others free.
 * Blocks:	as tarn_hashmultimap_clear(), and as a cursor on from.
 * Return: 0; TARN_TYPE; TARN_TOO_BIG, the thread holds 16 locks (<tarn/lock.h>); else as
 * tarn_hashmultimap_clear() and as tarn_hashmultimap_cursor_next().  On failure the multimap is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_copy(struct tarn_hashmultimap *map,
						  struct tarn_hashmultimap *from);

/**
 * tarn_hashmultimap_equal() - whether two multimaps have the same keys with the same values
 * @map:	open
 * @other:	of the same type, in this arena or another
 * @equal:	told: how it was at one moment of the call
 *
 * The values of a key must be the same, each as often, in whatever order.  Walks through both twice and
 * begins anew if anything has changed in between.
 *
 * Time:	O(n log n) for a key with n values, O(size of both) besides.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashmultimap_get().
 * Return: 0; TARN_TYPE; TARN_BUSY, others change them all the while; else as
 * tarn_hashmultimap_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_equal(struct tarn_hashmultimap *map,
						     struct tarn_hashmultimap *other, bool *equal);

/**
 * tarn_hashmultimap_cursor_open() - begin a walk over all entries, keys in no order
 * @map:	open; must stay so while the cursor is used
 * @cursor:	on success
 *
 * The values of a key come one after the other, in the order in which they were inserted, as they were
 * at one moment.  An entry that is there throughout the walk comes exactly once; one that is inserted or
 * erased meanwhile, once or not at all.
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_cursor_open(struct tarn_hashmultimap *map,
							   struct tarn_hashmultimap_cursor **cursor);

/**
 * tarn_hashmultimap_equal_range() - begin a walk over all values of a key
 * @map:	open; must stay so while the cursor is used
 * @key:	its bytes
 * @key_size:	how many
 * @cursor:	on success; a key that is not there has no values
 *
 * They are copied here, all at one moment, and stay as they were then.
 *
 * Time:	O(values of the key).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_hashmultimap_get().
 * Return: 0; else as tarn_hashmultimap_get(); TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_equal_range(struct tarn_hashmultimap *map,
							   const void *key, size_t key_size,
							   struct tarn_hashmultimap_cursor **cursor);

/** An entry that a cursor has copied out: valid until the cursor moves. */
struct tarn_hashmultimap_entry {
	const void *key, *value; /* aligned for a u64 */
	size_t key_size, value_size;
};

/**
 * tarn_hashmultimap_cursor_next() - copy out the next entry
 * @cursor:	open
 * @entry:	filled in
 *
 * Time:	O(1) on average.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashmultimap_get().
 * Return: 0; TARN_NOT_FOUND at the end; TARN_REMOVED; else as tarn_hashmultimap_get(); TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmultimap_cursor_next(struct tarn_hashmultimap_cursor *cursor,
							   struct tarn_hashmultimap_entry *entry);

/**
 * tarn_hashmultimap_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashmultimap_cursor_close(struct tarn_hashmultimap_cursor *cursor);

#endif
