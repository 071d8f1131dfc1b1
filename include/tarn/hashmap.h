// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.h -- an unordered map, shared by processes
 *
 * Keys are numbers (u64, i64, u32, i32, f64), strings, or bytes, all of one
 * size or each of its own; they are the same if their bytes are.  Of f64 keys
 * -0.0 and 0.0 are the same one, which a cursor shows as 0.0, and what is not
 * a number is none: TARN_INVALID.  Values have one size, or each its own, and
 * are aligned to 8 bytes where a cursor shows them.  Every call is atomic; a kill at any moment leaves it done or not
 * done.  Lookups take no lock and write nothing.
 *
 * Keys and values are passed as bytes and their number: of a u64 key, its
 * address and 8.  A handle may be used by all threads of its process.
 */
#ifndef TARN_HASHMAP_H
#define TARN_HASHMAP_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_hashmap_cursor;

/**
 * tarn_hashmap_open() - open a map by name, or create it
 * @arena:	open
 * @map:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	its kind must be TARN_KIND_HASHMAP; it cannot have a custom order
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *map is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_open(struct tarn_arena *arena, struct tarn_hashmap **map,
					       const char *name, const struct tarn_type *type,
					       enum tarn_open_mode how, bool *created);

/**
 * tarn_hashmap_close() - let go of a handle
 * @map:	a handle, or NULL; not one of tarn_hashmap_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashmap_close(struct tarn_hashmap *map);

/**
 * tarn_hashmap_object() - the map as an object, for transactions
 * @map:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_hashmap_object(struct tarn_hashmap *map);

/**
 * tarn_hashmap_in() - the handle to use inside a transaction
 * @map:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_EXISTS, TARN_MISMATCH, TARN_INVALID, TARN_TYPE, TARN_TOO_BIG of a value) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the map is not one of its objects.
 */
TARN_API struct tarn_hashmap *tarn_hashmap_in(struct tarn_hashmap *map, struct tarn_txn *txn);

/**
 * tarn_hashmap_get() - copy out the value of a key
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @value:	room for the value, or NULL
 * @room:	bytes of it
 * @value_size:	NULL, or told how long the value is
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction or a split changes the key's bucket; never for a stopped or dead writer of
 * a single change.
 * Return: 0; TARN_NOT_FOUND; TARN_TOO_BIG, it is longer than room, and *value_size is told;
 * TARN_REMOVED; TARN_INVALID, a key of the wrong size, or not a number; TARN_TIMEOUT;
 * TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_get(struct tarn_hashmap *map, const void *key,
					      size_t key_size, void *value, size_t room,
					      size_t *value_size);

/**
 * tarn_hashmap_contains() - whether a key is there
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_hashmap_get(), but without the value.
 *
 * Return: 0, it is there; TARN_NOT_FOUND; else as tarn_hashmap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_contains(struct tarn_hashmap *map, const void *key,
						   size_t key_size);

/**
 * tarn_hashmap_put() - set the value of a key, whether it is there or not
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @value:	its bytes
 * @value_size:	how many; of a map with values of one size, that size
 *
 * Time:	O(1); now and then a split, O(1) too, and seldom a doubling of the directory, O(size / 300).
 * Crash:	atomic.
 * Blocks:	while others change the key's bucket, or a transaction has the map.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_INVALID, a wrong size, or not a number; TARN_REMOVED;
 * TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_put(struct tarn_hashmap *map, const void *key,
					      size_t key_size, const void *value,
					      size_t value_size);

/**
 * tarn_hashmap_get_many() - copy out the values of many keys
 * @map:	open
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @values:	room for count values; or struct tarn_bytes for each
 * @value_room:	bytes for each value; TARN_SEPARATE: values is an array of struct tarn_bytes, whose
 *		data is room, and whose size says how much, and is told how long the value is if there is one
 * @codes:	NULL, or told what tarn_hashmap_get() would have said of each
 *
 * As count calls of tarn_hashmap_get(), each atomic by itself, but the memory that they need comes at
 * once: several times as fast in a map that is larger than the caches.
 *
 * Time:	O(count).
 * Crash:	none.
 * Blocks:	as tarn_hashmap_get().
 * Return: 0, all were found; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_get_many(struct tarn_hashmap *map, const void *keys,
						   size_t key_size, size_t count, void *values,
						   size_t value_room, int *codes);

/**
 * tarn_hashmap_put_many() - set the values of many keys
 * @map:	open for writing
 * @keys:	as for tarn_hashmap_get_many()
 * @key_size:	as for tarn_hashmap_get_many()
 * @count:	how many
 * @values:	count values of value_size bytes, one after the other; or struct tarn_bytes for each
 * @value_size:	bytes of each value; TARN_SEPARATE: values is an array of struct tarn_bytes
 * @codes:	NULL, or told what tarn_hashmap_put() said of each
 *
 * As count calls of tarn_hashmap_put() in this order, but the memory that they need comes at once.  For all
 * or none of them, call it in a transaction.
 *
 * Time:	O(count).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashmap_put().
 * Return: 0, or the first error of one of them; the others are done.  In a transaction that is rolled back
 * by an error, none is.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_put_many(struct tarn_hashmap *map, const void *keys,
						   size_t key_size, size_t count,
						   const void *values, size_t value_size,
						   int *codes);

/**
 * tarn_hashmap_erase_many() - remove many keys
 * @map:	open for writing
 * @keys:	as for tarn_hashmap_get_many()
 * @key_size:	as for tarn_hashmap_get_many()
 * @count:	how many
 * @codes:	NULL, or told what tarn_hashmap_erase() said of each
 *
 * As count calls of tarn_hashmap_erase() in this order, but the memory that they need comes at once.
 *
 * Time:	O(count).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_hashmap_erase().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_erase_many(struct tarn_hashmap *map, const void *keys,
						     size_t key_size, size_t count, int *codes);

/**
 * tarn_hashmap_insert() - add a key that is not there yet
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @value:	its bytes
 * @value_size:	how many
 *
 * As tarn_hashmap_put(), but a key that is there stays as it is.
 *
 * Return: 0; TARN_EXISTS; else as tarn_hashmap_put().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_insert(struct tarn_hashmap *map, const void *key,
						 size_t key_size, const void *value,
						 size_t value_size);

/**
 * tarn_hashmap_erase() - remove a key and its value
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_hashmap_put(), but needs no memory.
 *
 * Return: 0; TARN_NOT_FOUND; else as tarn_hashmap_put().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_erase(struct tarn_hashmap *map, const void *key,
						size_t key_size);

/**
 * tarn_hashmap_fetch_add() - add to a value of 8 bytes
 * @map:	open for writing; values are of 8 bytes
 * @key:	its bytes
 * @key_size:	how many
 * @n:		added, modulo 2^64; a key that is not there is inserted with it
 * @before:	NULL, or told the value before; 0 if there was none
 *
 * As tarn_hashmap_put(), but the value is read and written in one step.
 *
 * Return: 0; TARN_TYPE, values are not of 8 bytes; else as tarn_hashmap_put().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_fetch_add(struct tarn_hashmap *map, const void *key,
						    size_t key_size, uint64_t n,
						    uint64_t *before);

/**
 * tarn_hashmap_compare_and_swap() - replace a value if it is the expected one
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @expected:	what the value must be
 * @expected_size: how many bytes of it
 * @desired:	what it becomes
 * @desired_size: how many bytes of it
 *
 * As tarn_hashmap_put(), but the value is compared and replaced in one step.
 *
 * Return: 0; TARN_NOT_FOUND; TARN_MISMATCH, it is another; else as tarn_hashmap_put().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_compare_and_swap(struct tarn_hashmap *map,
							   const void *key, size_t key_size,
							   const void *expected,
							   size_t expected_size,
							   const void *desired,
							   size_t desired_size);

/**
 * tarn_hashmap_update() - let a function compute a new value from the old one
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @change:	gets the old value, or NULL and 0 if there is none; stores the new one to *out and
 * *out_size, which must stay until it is called again or the call returns; a return other than 0 ends it
 * @arg:	passed on
 *
 * No lock is held while change runs; it is called again when the value has changed meanwhile.
 *
 * Crash:	atomic.
 * Blocks:	as tarn_hashmap_put().
 * Return: 0; what change returned; else as tarn_hashmap_put().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_update(
	struct tarn_hashmap *map, const void *key, size_t key_size,
	int (*change)(const void *old, size_t old_size, const void **out, size_t *out_size, void *arg),
	void *arg);

/**
 * tarn_hashmap_size() - the number of entries
 * @map:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_hashmap_get().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_size(struct tarn_hashmap *map, uint64_t *size);

/**
 * tarn_hashmap_clear() - remove all entries
 * @map:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the map, or another one has cleared or removed something.
 * Return: as tarn_hashmap_put(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_clear(struct tarn_hashmap *map);

/**
 * tarn_hashmap_reserve() - make room for so many entries
 * @map:	open for writing
 * @count:	entries in all
 *
 * Makes the segments and the directory that they will need, so that inserting them splits (next to)
 * nothing.  The entries stay as they are.
 *
 * Time:	O(count).
 * Crash:	stepwise: each split is atomic, and the map holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashmap_put().
 * Return: 0; as tarn_hashmap_put(), and some of the room may be there; in a transaction also
 * TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_reserve(struct tarn_hashmap *map, uint64_t count);

/**
 * tarn_hashmap_shrink_to_fit() - give back memory that the entries do not need
 * @map:	open for writing
 *
 * Merges neighbours that fit into one segment, then makes the directory as small as it can be.  The
 * entries stay as they are; others may read and write meanwhile.  Extendible hashing in reverse:
 * Fagin et al., TODS 1979.
 *
 * Time:	O(size + room).
 * Crash:	stepwise: each merge is atomic, and the map holds the same after each; in a transaction all or none.
 * Blocks:	as tarn_hashmap_put().
 * Return: as tarn_hashmap_put(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_shrink_to_fit(struct tarn_hashmap *map);

/**
 * tarn_hashmap_swap() - exchange the contents of two maps, in one step
 * @map:	open for writing
 * @other:	in the same arena, of the same type; both handles of no transaction, or of the same
 *
 * No entry is moved; each map's buckets are looked at, for who may be changing one.
 *
 * Time:	O(segments).
 * Crash:	atomic.
 * Blocks:	while others change one of the two, or a transaction has it.
 * Return: 0; TARN_TYPE; TARN_INVALID, two arenas or transactions; else as tarn_hashmap_put().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_swap(struct tarn_hashmap *map,
					       struct tarn_hashmap *other);

/**
 * tarn_hashmap_copy() - give a map the contents of another, in one step
 * @map:	open for writing; what it had is gone, as after tarn_hashmap_clear()
 * @from:	of the same type, in this arena or another; keys and values are copied
 *
 * The copy is built where nobody sees it, and takes its place at once.  What it holds is what a
 * cursor finds in from: entries that others change meanwhile are there as before or after.  For a
 * copy of one moment have both in a transaction; then as much fits as a transaction may log.
 *
 * Time:	O(size).
 * Crash:	atomic; what a kill leaves of an unfinished copy, others free.
 * Blocks:	as tarn_hashmap_clear(), and as a cursor on from.
 * Return: 0; TARN_TYPE; TARN_TOO_BIG, the thread holds 16 locks (<tarn/lock.h>); else as
 * tarn_hashmap_clear() and as tarn_hashmap_cursor_next().  On failure the map is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_copy(struct tarn_hashmap *map, struct tarn_hashmap *from);

/**
 * tarn_hashmap_equal() - whether two maps have the same keys with the same values
 * @map:	open
 * @other:	of the same type, in this arena or another
 * @equal:	told: how it was at one moment of the call
 *
 * Walks through both twice and begins anew if anything has changed in between.
 *
 * Time:	O(size of both).
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashmap_get().
 * Return: 0; TARN_TYPE; TARN_BUSY, others change them all the while; else as tarn_hashmap_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_equal(struct tarn_hashmap *map,
						struct tarn_hashmap *other, bool *equal);

/**
 * tarn_hashmap_cursor_open() - begin a walk over all entries, in no order
 * @map:	open; must stay so while the cursor is used
 * @cursor:	on success
 *
 * An entry that is there throughout the walk comes exactly once; one that is inserted or erased
 * meanwhile, once or not at all.
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_cursor_open(struct tarn_hashmap *map,
						      struct tarn_hashmap_cursor **cursor);

/** An entry that a cursor has copied out: valid until the cursor moves. */
struct tarn_hashmap_entry {
	const void *key, *value; /* aligned for a u64 */
	size_t key_size, value_size;
};

/**
 * tarn_hashmap_cursor_next() - copy out the next entry
 * @cursor:	open
 * @entry:	filled in
 *
 * Time:	O(1) on average.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_hashmap_get().
 * Return: 0; TARN_NOT_FOUND at the end; TARN_REMOVED; else as tarn_hashmap_get(); TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_hashmap_cursor_next(struct tarn_hashmap_cursor *cursor,
						      struct tarn_hashmap_entry *entry);

/**
 * tarn_hashmap_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_hashmap_cursor_close(struct tarn_hashmap_cursor *cursor);

#endif
