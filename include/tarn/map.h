// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map.h -- an ordered map, shared by processes
 *
 * Keys are u64, i64, u32, i32, f64, strings, or bytes, also of one size;
 * values have one size, or each its own.  Numbers are in their order (-0 is
 * 0, and what is no number is no key), strings in that of their bytes, the
 * shorter first.
 * Every call is atomic, unless it says otherwise; a kill at any moment leaves
 * it done or not done.  Lookups take no lock and write nothing.
 *
 * Keys and values are passed as bytes and their number: of a u64 key, its
 * address and 8.  A handle may be used by all threads of its process.
 *
 * A B+tree: Comer, "The ubiquitous B-tree", Computing Surveys 1979; read as
 * in Leis et al., "Optimistic lock coupling", 2019.
 */
#ifndef TARN_MAP_H
#define TARN_MAP_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_map_cursor;

/**
 * tarn_map_open() - open a map by name, or create it
 * @arena:	open
 * @map:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	key kind, value size and fields; its kind must be TARN_KIND_MAP
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *map is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_map_open(struct tarn_arena *arena, struct tarn_map **map,
					       const char *name, const struct tarn_type *type,
					       enum tarn_open_mode how, bool *created);

/**
 * tarn_map_close() - let go of a handle
 * @map:	a handle, or NULL; not one of tarn_map_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_map_close(struct tarn_map *map);

/**
 * tarn_map_object() - the map as an object, for transactions
 * @map:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_map_object(struct tarn_map *map);

/**
 * tarn_map_in() - the handle to use inside a transaction
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
TARN_API struct tarn_map *tarn_map_in(struct tarn_map *map, struct tarn_txn *txn);

/**
 * tarn_map_get() - copy out the value of a key
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @value:	room for the value, or NULL
 * @room:	bytes of it
 * @value_size:	NULL, or told how long the value is
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction or a split changes the key's leaf; never for a stopped or dead writer of
 * a single change.
 * Return: 0; TARN_NOT_FOUND; TARN_TOO_BIG, it is longer than room, and *value_size is told;
 * TARN_REMOVED; TARN_INVALID, a key of the wrong size; TARN_TIMEOUT; TARN_OWNER_DIED, reading only;
 * TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_map_get(struct tarn_map *map, const void *key,
					      size_t key_size, void *value, size_t room,
					      size_t *value_size);

/**
 * tarn_map_contains() - whether a key is there
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_map_get(), but without the value.
 *
 * Return: 0, it is there; TARN_NOT_FOUND; else as tarn_map_get().
 */
TARN_API TARN_MUST_CHECK int tarn_map_contains(struct tarn_map *map, const void *key,
						   size_t key_size);

/**
 * tarn_map_put() - set the value of a key, whether it is there or not
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @value:	its bytes
 * @value_size:	how many; of a map with values of one size, that size
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	while others change the key's leaf, or a transaction has the map.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_INVALID, a wrong size; TARN_REMOVED; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_map_put(struct tarn_map *map, const void *key,
					      size_t key_size, const void *value,
					      size_t value_size);

/**
 * tarn_map_get_many() - copy out the values of many keys
 * @map:	open
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @values:	room for count values; or struct tarn_bytes for each
 * @value_room:	bytes for each value; TARN_SEPARATE: values is an array of struct tarn_bytes, whose
 *		data is room, and whose size says how much, and is told how long the value is if there is one
 * @codes:	NULL, or told what tarn_map_get() would have said of each
 *
 * As count calls of tarn_map_get() in this order, each atomic by itself; sooner done if keys are sorted.
 *
 * Time:	O(count log size).
 * Crash:	none.
 * Blocks:	as tarn_map_get().
 * Return: 0, all were found; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_map_get_many(struct tarn_map *map, const void *keys,
						   size_t key_size, size_t count, void *values,
						   size_t value_room, int *codes);

/**
 * tarn_map_put_many() - set the values of many keys
 * @map:	open for writing
 * @keys:	as for tarn_map_get_many()
 * @key_size:	as for tarn_map_get_many()
 * @count:	how many
 * @values:	count values of value_size bytes, one after the other; or struct tarn_bytes for each
 * @value_size:	bytes of each value; TARN_SEPARATE: values is an array of struct tarn_bytes
 * @codes:	NULL, or told what tarn_map_put() said of each
 *
 * As count calls of tarn_map_put() in this order; sooner done if keys are sorted.
 * For all or none of them, call it in a transaction.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_map_put().
 * Return: 0, or the first error of one of them; the others are done.  In a transaction that is rolled back
 * by an error, none is.
 */
TARN_API TARN_MUST_CHECK int tarn_map_put_many(struct tarn_map *map, const void *keys,
						   size_t key_size, size_t count,
						   const void *values, size_t value_size,
						   int *codes);

/**
 * tarn_map_erase_many() - remove many keys
 * @map:	open for writing
 * @keys:	as for tarn_map_get_many()
 * @key_size:	as for tarn_map_get_many()
 * @count:	how many
 * @codes:	NULL, or told what tarn_map_erase() said of each
 *
 * As count calls of tarn_map_erase() in this order.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_map_erase().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_map_erase_many(struct tarn_map *map, const void *keys,
						     size_t key_size, size_t count, int *codes);

/**
 * tarn_map_insert() - add a key that is not there yet
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @value:	its bytes
 * @value_size:	how many
 *
 * As tarn_map_put(), but a key that is there stays as it is.
 *
 * Return: 0; TARN_EXISTS; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_insert(struct tarn_map *map, const void *key,
						 size_t key_size, const void *value,
						 size_t value_size);

/**
 * tarn_map_erase() - remove a key and its value
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_map_put(), but needs no memory.
 *
 * Return: 0; TARN_NOT_FOUND; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_erase(struct tarn_map *map, const void *key,
						size_t key_size);

/**
 * tarn_map_fetch_add() - add to a value of 8 bytes
 * @map:	open for writing; values are of 8 bytes
 * @key:	its bytes
 * @key_size:	how many
 * @n:		added, modulo 2^64; a key that is not there is inserted with it
 * @before:	NULL, or told the value before; 0 if there was none
 *
 * As tarn_map_put(), but the value is read and written in one step.
 *
 * Return: 0; TARN_TYPE, values are not of 8 bytes; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_fetch_add(struct tarn_map *map, const void *key,
						    size_t key_size, uint64_t n,
						    uint64_t *before);

/**
 * tarn_map_compare_and_swap() - replace a value if it is the expected one
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @expected:	what the value must be
 * @expected_size: how many bytes of it
 * @desired:	what it becomes
 * @desired_size: how many bytes of it
 *
 * As tarn_map_put(), but the value is compared and replaced in one step.
 *
 * Return: 0; TARN_NOT_FOUND; TARN_MISMATCH, it is another; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_compare_and_swap(struct tarn_map *map,
							   const void *key, size_t key_size,
							   const void *expected,
							   size_t expected_size,
							   const void *desired,
							   size_t desired_size);

/** Computes a new value from the old one, for tarn_map_update(). */
typedef int tarn_map_change(const void *old, size_t old_size, const void **out, size_t *out_size,
			    void *arg);

/**
 * tarn_map_update() - let a function compute a new value from the old one
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
 * Blocks:	as tarn_map_put().
 * Return: 0; what change returned; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_update(struct tarn_map *map, const void *key,
					     size_t key_size, tarn_map_change *change, void *arg);

/**
 * tarn_map_size() - the number of entries
 * @map:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_map_get().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_map_size(struct tarn_map *map, uint64_t *size);

/**
 * tarn_map_clear() - remove all entries
 * @map:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the map, or another one has cleared or removed something.
 * Return: as tarn_map_put(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_map_clear(struct tarn_map *map);

/**
 * tarn_map_empty() - whether there is no entry
 * @map:	open
 * @empty:	told
 *
 * Time:	O(log size).
 * Crash:	none.
 * Blocks:	as tarn_map_get().
 * Return: 0; else as tarn_map_get().
 */
TARN_API TARN_MUST_CHECK int tarn_map_empty(struct tarn_map *map, bool *empty);

/**
 * tarn_map_lower_bound() - the first entry whose key is not below a key
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found_key:	NULL, or room for the key found: how much, and told how long it is
 * @found_value: NULL, or the same for its value
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_map_get().
 * Return: 0; TARN_NOT_FOUND, all keys are below it; TARN_TOO_BIG, one of the two does not fit, and both
 * sizes are told; else as tarn_map_get(); TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_map_lower_bound(struct tarn_map *map, const void *key,
						  size_t key_size, struct tarn_bytes *found_key,
						  struct tarn_bytes *found_value);

/**
 * tarn_map_upper_bound() - the first entry whose key is above a key
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found_key:	as for tarn_map_lower_bound()
 * @found_value: as for tarn_map_lower_bound()
 *
 * As tarn_map_lower_bound(), but not the key itself.
 *
 * Return: as tarn_map_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_map_upper_bound(struct tarn_map *map, const void *key,
						  size_t key_size, struct tarn_bytes *found_key,
						  struct tarn_bytes *found_value);

/**
 * tarn_map_first() - the entry with the lowest key
 * @map:	open
 * @key:	as found_key for tarn_map_lower_bound()
 * @value:	as found_value for tarn_map_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_map_get().
 * Return: 0; TARN_NOT_FOUND, there is no entry; else as tarn_map_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_map_first(struct tarn_map *map, struct tarn_bytes *key,
					    struct tarn_bytes *value);

/**
 * tarn_map_last() - the entry with the highest key
 * @map:	open
 * @key:	as found_key for tarn_map_lower_bound()
 * @value:	as found_value for tarn_map_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_map_get().
 * Return: 0; TARN_NOT_FOUND, there is no entry; else as tarn_map_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_map_last(struct tarn_map *map, struct tarn_bytes *key,
					   struct tarn_bytes *value);

/**
 * tarn_map_pop_first() - take out the entry with the lowest key
 * @map:	open for writing
 * @key:	as found_key for tarn_map_lower_bound()
 * @value:	as found_value for tarn_map_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_map_put().
 * Return: 0; TARN_NOT_FOUND, there is no entry; TARN_TOO_BIG, one of the two does not fit, and the entry
 * stays; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_pop_first(struct tarn_map *map, struct tarn_bytes *key,
						struct tarn_bytes *value);

/**
 * tarn_map_pop_last() - take out the entry with the highest key
 * @map:	open for writing
 * @key:	as found_key for tarn_map_lower_bound()
 * @value:	as found_value for tarn_map_lower_bound()
 *
 * As tarn_map_pop_first().
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_map_put().
 * Return: as tarn_map_pop_first().
 */
TARN_API TARN_MUST_CHECK int tarn_map_pop_last(struct tarn_map *map, struct tarn_bytes *key,
					       struct tarn_bytes *value);

/**
 * tarn_map_erase_range() - remove all entries from one key on that are below another
 * @map:	open for writing
 * @from:	its bytes; NULL: from the lowest key on
 * @from_size:	how many
 * @to:		its bytes; NULL: to the highest key, and with it
 * @to_size:	how many
 * @erased:	NULL, or told how many entries
 *
 * Time:	O(log size + erased).
 * Crash:	stepwise, in the order of keys, some at a time; for all or none of them, call it in a transaction.
 * Blocks:	as tarn_map_put().
 * Return: 0, even if there was none; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_erase_range(struct tarn_map *map, const void *from,
						  size_t from_size, const void *to, size_t to_size,
						  uint64_t *erased);

/**
 * tarn_map_scan() - copy out entries in the order of their keys
 * @map:	open; keys are numbers, or bytes of one size; values asked for have one size
 * @from:	the key to begin with, its bytes; NULL: the lowest
 * @from_size:	how many
 * @keys:	room for *count keys, one after the other
 * @values:	NULL, or room for *count values, one after the other
 * @count:	how many at most; told how many there were
 *
 * An entry that is there throughout is not missed; one that is inserted or erased meanwhile may be.
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_map_get().
 * Return: 0, and *count is less than asked for if there are no more; TARN_TYPE, sizes differ; else as
 * tarn_map_get().
 */
TARN_API TARN_MUST_CHECK int tarn_map_scan(struct tarn_map *map, const void *from,
					   size_t from_size, void *keys, void *values,
					   size_t *count);

/**
 * tarn_map_load() - put many entries whose keys ascend
 * @map:	open for writing; whatever is in it stays, unless it has one of the keys
 * @keys:	as for tarn_map_put_many(), each above the one before
 * @key_size:	as for tarn_map_put_many()
 * @count:	how many
 * @values:	as for tarn_map_put_many()
 * @value_size:	as for tarn_map_put_many()
 *
 * A map that is empty, and stays so, gets all in one step: they are put where nobody sees them, and then
 * take their place.  Into another one it is as tarn_map_put_many(), but it ends with the first error.  Keys
 * above all that were there fill nodes nearly to the last place.
 *
 * Time:	O(count), for keys above all that were there.
 * Crash:	atomic, if the map is empty, and what a kill leaves of an unfinished load, others free; else
 * stepwise: each is atomic, those before the death are done, those after it are not.
 * Blocks:	as tarn_map_put(); at last, of an empty map, as tarn_map_clear().
 * Return: 0; TARN_INVALID, they do not ascend, and nothing was done; of an empty map: TARN_TOO_BIG, also if
 * the thread holds 16 locks (<tarn/lock.h>); TARN_DEADLOCK, others were in the way to the deadline; else as
 * tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_load(struct tarn_map *map, const void *keys,
					   size_t key_size, size_t count, const void *values,
					   size_t value_size);

/**
 * tarn_map_swap() - exchange the contents of two maps, in one step
 * @map:	open for writing
 * @other:	in the same arena, of the same type; both handles of no transaction, or of the same
 *
 * No entry is moved; each map's leaves are looked at, for who may be changing one.
 *
 * Time:	O(size of both).
 * Crash:	atomic.
 * Blocks:	while others change one of the two, or a transaction has it.
 * Return: 0; TARN_TYPE; TARN_INVALID, two arenas or transactions; else as tarn_map_put().
 */
TARN_API TARN_MUST_CHECK int tarn_map_swap(struct tarn_map *map, struct tarn_map *other);

/**
 * tarn_map_copy() - give a map the contents of another, in one step
 * @map:	open for writing; what it had is gone, as after tarn_map_clear()
 * @from:	of the same type, in this arena or another; keys and values are copied
 *
 * The copy is built where nobody sees it, and takes its place at once.  What it holds is what a
 * cursor finds in from: entries that others change meanwhile are there as before or after.  For a
 * copy of one moment have both in a transaction; then as much fits as a transaction may log.
 *
 * Time:	O(size).
 * Crash:	atomic; what a kill leaves of an unfinished copy, others free.
 * Blocks:	as tarn_map_clear(), and as a cursor on from.
 * Return: 0; TARN_TYPE; TARN_TOO_BIG, the thread holds 16 locks (<tarn/lock.h>); else as
 * tarn_map_clear() and as tarn_map_cursor_next().  On failure the map is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_map_copy(struct tarn_map *map, struct tarn_map *from);

/**
 * tarn_map_equal() - whether two maps have the same keys with the same values
 * @map:	open
 * @other:	of the same type, in this arena or another
 * @equal:	told: how it was at one moment of the call
 *
 * Both are walked through side by side, until nobody has changed one between two such walks.
 *
 * Time:	O(size of both).
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_map_get().
 * Return: 0; TARN_TYPE; TARN_BUSY, others change them all the while; else as tarn_map_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_map_equal(struct tarn_map *map, struct tarn_map *other,
					    bool *equal);

/**
 * tarn_map_cursor_open() - begin a walk, before the lowest key
 * @map:	open; must stay so while the cursor is used
 * @cursor:	on success
 *
 * A cursor stands between two keys, and stays there whatever others insert and erase.  An entry that is
 * there throughout a walk comes exactly once and in its place; one that is inserted or erased meanwhile,
 * once or not at all.
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_map_cursor_open(struct tarn_map *map,
						  struct tarn_map_cursor **cursor);

/**
 * tarn_map_cursor_seek() - go to just before a key, whether it is there or not
 * @cursor:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_INVALID; TARN_TOO_BIG; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_map_cursor_seek(struct tarn_map_cursor *cursor, const void *key,
						  size_t key_size);

/**
 * tarn_map_cursor_seek_end() - go behind the highest key
 * @cursor:	open
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 */
TARN_API void tarn_map_cursor_seek_end(struct tarn_map_cursor *cursor);

/** An entry that a cursor has copied out: valid until the cursor moves. */
struct tarn_map_entry {
	const void *key, *value; /* aligned for a u64 */
	size_t key_size, value_size;
};

/**
 * tarn_map_cursor_next() - copy out the next entry, and go behind it
 * @cursor:	open
 * @entry:	filled in
 *
 * Time:	O(1) on average, O(log size) at most.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_map_get().
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_REMOVED; else as tarn_map_get(); TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_map_cursor_next(struct tarn_map_cursor *cursor,
						  struct tarn_map_entry *entry);

/**
 * tarn_map_cursor_prev() - copy out the entry before, and go before it
 * @cursor:	open
 * @entry:	filled in
 *
 * As tarn_map_cursor_next(), but the other way round: right after it, the same entry.
 *
 * Return: as tarn_map_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_map_cursor_prev(struct tarn_map_cursor *cursor,
						  struct tarn_map_entry *entry);

/**
 * tarn_map_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_map_cursor_close(struct tarn_map_cursor *cursor);

#endif
