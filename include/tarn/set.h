// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * set.h -- an ordered set, shared by processes
 *
 * Keys are u64, i64, u32, i32, f64, strings, or bytes, also of one size, each
 * there once or not at all.  Numbers are in their order (-0 is 0, and what is
 * no number is no key), strings in that of their bytes, the shorter first.
 * Every call is atomic, unless it says otherwise; a kill at any moment leaves
 * it done or not done.  Lookups take no lock and write nothing.
 *
 * A key is passed as its bytes and their number: of a u64, its address and
 * 8.  A handle may be used by all threads of its process.
 *
 * A B+tree, as maps are (map.h), with nothing behind the keys.
 */
#ifndef TARN_SET_H
#define TARN_SET_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_set_cursor;

/**
 * tarn_set_open() - open a set by name, or create it
 * @arena:	open
 * @set:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	key kind; its kind must be TARN_KIND_SET, and its value size 0
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *set is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_set_open(struct tarn_arena *arena, struct tarn_set **set,
					   const char *name, const struct tarn_type *type,
					   enum tarn_open_mode how, bool *created);

/**
 * tarn_set_close() - let go of a handle
 * @set:	a handle, or NULL; not one of tarn_set_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_set_close(struct tarn_set *set);

/**
 * tarn_set_object() - the set as an object, for transactions
 * @set:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_set_object(struct tarn_set *set);

/**
 * tarn_set_in() - the handle to use inside a transaction
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
TARN_API struct tarn_set *tarn_set_in(struct tarn_set *set, struct tarn_txn *txn);

/**
 * tarn_set_insert() - add a key
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	while others change the key's leaf, or a transaction has the set.
 * Return: 0; TARN_EXISTS, it is there already; TARN_FULL; TARN_TOO_BIG; TARN_INVALID, a key of the
 * wrong size; TARN_REMOVED; TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED;
 * TARN_FORKED; TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_set_insert(struct tarn_set *set, const void *key,
					     size_t key_size);

/**
 * tarn_set_erase() - remove a key
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_set_insert(), but needs no memory.
 *
 * Return: 0; TARN_NOT_FOUND; else as tarn_set_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_set_erase(struct tarn_set *set, const void *key, size_t key_size);

/**
 * tarn_set_contains() - whether a key is there
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction or a split changes the key's leaf; never for a stopped or dead writer of
 * a single change.
 * Return: 0, it is there; TARN_NOT_FOUND; TARN_REMOVED; TARN_INVALID, a key of the wrong size;
 * TARN_TIMEOUT; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_set_contains(struct tarn_set *set, const void *key,
					       size_t key_size);

/**
 * tarn_set_insert_many() - add many keys
 * @set:	open for writing
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @codes:	NULL, or told what tarn_set_insert() said of each
 *
 * As count calls of tarn_set_insert() in this order; sooner done if keys are sorted.
 * For all or none of them, call it in a transaction.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_set_insert().
 * Return: 0, none was there; TARN_EXISTS, at least one was; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_set_insert_many(struct tarn_set *set, const void *keys,
						  size_t key_size, size_t count, int *codes);

/**
 * tarn_set_erase_many() - remove many keys
 * @set:	open for writing
 * @keys:	as for tarn_set_insert_many()
 * @key_size:	as for tarn_set_insert_many()
 * @count:	how many
 * @codes:	NULL, or told what tarn_set_erase() said of each
 *
 * As count calls of tarn_set_erase() in this order; sooner done if keys are sorted.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_set_insert().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_set_erase_many(struct tarn_set *set, const void *keys,
						 size_t key_size, size_t count, int *codes);

/**
 * tarn_set_contains_many() - whether many keys are there
 * @set:	open
 * @keys:	as for tarn_set_insert_many()
 * @key_size:	as for tarn_set_insert_many()
 * @count:	how many
 * @codes:	NULL, or told what tarn_set_contains() says of each
 *
 * As count calls of tarn_set_contains(), each atomic by itself; sooner done if keys are sorted.
 *
 * Time:	O(count log size).
 * Crash:	none.
 * Blocks:	as tarn_set_contains().
 * Return: 0, all are there; TARN_NOT_FOUND, at least one is not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_set_contains_many(struct tarn_set *set, const void *keys,
						    size_t key_size, size_t count, int *codes);

/**
 * tarn_set_load() - add many keys that ascend
 * @set:	open for writing; whatever is in it stays
 * @keys:	as for tarn_set_insert_many(), each above the one before
 * @key_size:	as for tarn_set_insert_many()
 * @count:	how many
 *
 * A set that is empty, and stays so, gets all in one step: they are put where nobody sees them, and then
 * take their place.  Into another one it is as tarn_set_insert_many(), but a key that is there already is
 * none too many, and it ends with the first error.  Keys above all that were there fill nodes nearly to the
 * last place.
 *
 * Time:	O(count), for keys above all that were there.
 * Crash:	atomic, if the set is empty, and what a kill leaves of an unfinished load, others free; else
 * stepwise: each is atomic, those before the death are done, those after it are not.
 * Blocks:	as tarn_set_insert(); at last, of an empty set, as tarn_set_clear().
 * Return: 0; TARN_INVALID, they do not ascend, and nothing was done; of an empty set: TARN_TOO_BIG, also if
 * the thread holds 16 locks (<tarn/lock.h>); TARN_DEADLOCK, others were in the way to the deadline; else as
 * tarn_set_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_set_load(struct tarn_set *set, const void *keys, size_t key_size,
					   size_t count);

/**
 * tarn_set_lower_bound() - the first key that is not below a key
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found:	NULL, or room for the key found: how much, and told how long it is
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: 0; TARN_NOT_FOUND, all keys are below it; TARN_TOO_BIG, it does not fit, and its size is told;
 * else as tarn_set_contains(); TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_set_lower_bound(struct tarn_set *set, const void *key,
						  size_t key_size, struct tarn_bytes *found);

/**
 * tarn_set_upper_bound() - the first key that is above a key
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found:	as for tarn_set_lower_bound()
 *
 * As tarn_set_lower_bound(), but not the key itself.
 *
 * Return: as tarn_set_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_set_upper_bound(struct tarn_set *set, const void *key,
						  size_t key_size, struct tarn_bytes *found);

/**
 * tarn_set_first() - the lowest key
 * @set:	open
 * @key:	as found for tarn_set_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_set_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_set_first(struct tarn_set *set, struct tarn_bytes *key);

/**
 * tarn_set_last() - the highest key
 * @set:	open
 * @key:	as found for tarn_set_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_set_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_set_last(struct tarn_set *set, struct tarn_bytes *key);

/**
 * tarn_set_pop_first() - take out the lowest key
 * @set:	open for writing
 * @key:	as found for tarn_set_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_set_insert().
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_TOO_BIG, it does not fit, and stays; else as
 * tarn_set_erase().
 */
TARN_API TARN_MUST_CHECK int tarn_set_pop_first(struct tarn_set *set, struct tarn_bytes *key);

/**
 * tarn_set_pop_last() - take out the highest key
 * @set:	open for writing
 * @key:	as found for tarn_set_lower_bound()
 *
 * As tarn_set_pop_first(), but from the other end.
 *
 * Return: as tarn_set_pop_first().
 */
TARN_API TARN_MUST_CHECK int tarn_set_pop_last(struct tarn_set *set, struct tarn_bytes *key);

/**
 * tarn_set_erase_range() - remove all keys from one on that are below another
 * @set:	open for writing
 * @from:	its bytes; NULL: from the lowest key on
 * @from_size:	how many
 * @to:		its bytes; NULL: to the highest key, and with it
 * @to_size:	how many
 * @erased:	NULL, or told how many keys
 *
 * Time:	O(log size + erased).
 * Crash:	stepwise, in the order of keys, some at a time; for all or none of them, call it in a transaction.
 * Blocks:	as tarn_set_insert().
 * Return: 0, even if there was none; else as tarn_set_erase().
 */
TARN_API TARN_MUST_CHECK int tarn_set_erase_range(struct tarn_set *set, const void *from,
						  size_t from_size, const void *to, size_t to_size,
						  uint64_t *erased);

/**
 * tarn_set_count() - how many keys there are from one on that are below another
 * @set:	open
 * @from:	as for tarn_set_erase_range()
 * @from_size:	likewise
 * @to:		likewise
 * @to_size:	likewise
 * @count:	told
 *
 * Counted as by a cursor: one that is inserted or erased meanwhile is counted or not.
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: 0; else as tarn_set_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_set_count(struct tarn_set *set, const void *from,
					    size_t from_size, const void *to, size_t to_size,
					    uint64_t *count);

/**
 * tarn_set_scan() - copy out keys in their order
 * @set:	open; keys are numbers, or bytes of one size
 * @from:	the key to begin with, its bytes; NULL: the lowest
 * @from_size:	how many
 * @keys:	room for *count keys, one after the other
 * @count:	how many at most; told how many there were
 *
 * A key that is there throughout is not missed; one that is inserted or erased meanwhile may be.
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: 0, and *count is less than asked for if there are no more; TARN_TYPE, keys have different sizes;
 * else as tarn_set_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_set_scan(struct tarn_set *set, const void *from, size_t from_size,
					   void *keys, size_t *count);

/**
 * tarn_set_size() - the number of keys
 * @set:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_set_contains().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_set_size(struct tarn_set *set, uint64_t *size);

/**
 * tarn_set_empty() - whether there are no keys
 * @set:	open
 * @empty:	told
 *
 * Time:	O(log size).
 * Crash:	none.
 * Blocks:	as tarn_set_contains().
 * Return: 0; else as tarn_set_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_set_empty(struct tarn_set *set, bool *empty);

/**
 * tarn_set_clear() - remove all keys
 * @set:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the set, or another one has cleared or removed something.
 * Return: as tarn_set_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_set_clear(struct tarn_set *set);

/**
 * tarn_set_cursor_open() - begin a walk, before the lowest key
 * @set:	open; must stay so while the cursor is used
 * @cursor:	on success
 *
 * A cursor stands between two keys, and stays there whatever others insert and erase.  A key that is
 * there throughout a walk comes exactly once and in its place; one that is inserted or erased meanwhile,
 * once or not at all.
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_set_cursor_open(struct tarn_set *set,
						  struct tarn_set_cursor **cursor);

/**
 * tarn_set_cursor_seek() - go to just before a key, whether it is there or not
 * @cursor:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_INVALID; TARN_TOO_BIG; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_set_cursor_seek(struct tarn_set_cursor *cursor, const void *key,
						  size_t key_size);

/**
 * tarn_set_cursor_seek_end() - go behind the highest key
 * @cursor:	open
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 */
TARN_API void tarn_set_cursor_seek_end(struct tarn_set_cursor *cursor);

/**
 * tarn_set_cursor_next() - copy out the next key, and go behind it
 * @cursor:	open
 * @key:	told where the copy is: aligned for a u64, valid until the cursor moves
 * @key_size:	told how many bytes it has
 *
 * Time:	O(1) on average, O(log size) at most.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_REMOVED; else as tarn_set_contains(); TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_set_cursor_next(struct tarn_set_cursor *cursor, const void **key,
						  size_t *key_size);

/**
 * tarn_set_cursor_prev() - copy out the key before, and go before it
 * @cursor:	open
 * @key:	as for tarn_set_cursor_next()
 * @key_size:	as for tarn_set_cursor_next()
 *
 * As tarn_set_cursor_next(), but the other way round: right after it, the same key.
 *
 * Return: as tarn_set_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_set_cursor_prev(struct tarn_set_cursor *cursor, const void **key,
						  size_t *key_size);

/**
 * tarn_set_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_set_cursor_close(struct tarn_set_cursor *cursor);

/**
 * tarn_set_swap() - exchange the contents of two sets, in one step
 * @set:	open for writing
 * @other:	in the same arena, of the same type; both handles of no transaction, or of the same
 *
 * No key is moved; each set's leaves are looked at, for who may be changing one.
 *
 * Time:	O(size of both).
 * Crash:	atomic.
 * Blocks:	while others change one of the two, or a transaction has it.
 * Return: 0; TARN_TYPE; TARN_INVALID, two arenas or transactions; else as tarn_set_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_set_swap(struct tarn_set *set, struct tarn_set *other);

/**
 * tarn_set_copy() - give a set the keys of another, in one step
 * @set:	open for writing; what it had is gone, as after tarn_set_clear()
 * @from:	of the same type, in this arena or another
 *
 * It is built where nobody sees it, and takes its place at once.  The other is read as by a cursor: what
 * others insert or erase meanwhile is there or not.
 *
 * Time:	O(size).
 * Crash:	atomic; what a kill leaves of an unfinished copy, others free.
 * Blocks:	as tarn_set_clear(), and as a cursor on from.
 * Return: 0; TARN_TYPE; TARN_TOO_BIG, the thread holds 16 locks (<tarn/lock.h>); else as
 * tarn_set_clear() and as tarn_set_cursor_next().  On failure the set is as before.
 */
TARN_API TARN_MUST_CHECK int tarn_set_copy(struct tarn_set *set, struct tarn_set *from);

/**
 * tarn_set_equal() - whether two sets have the same keys
 * @set:	open
 * @other:	of the same type, in this arena or another
 * @equal:	told: how it was at one moment of the call
 *
 * Both are walked through side by side, until nobody has changed one between two such walks.
 *
 * Time:	O(size of both).
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: 0; TARN_TYPE; TARN_BUSY, others change them all the while; else as tarn_set_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_set_equal(struct tarn_set *set, struct tarn_set *other,
					    bool *equal);

/**
 * tarn_set_is_subset() - whether another set has all keys of this one
 * @set:	open
 * @of:		the other: of the same type, in this arena or another
 * @subset:	told: how it was at one moment of the call
 *
 * As tarn_set_equal().
 *
 * Time:	O(size of both).
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_set_contains().
 * Return: as tarn_set_equal().
 */
TARN_API TARN_MUST_CHECK int tarn_set_is_subset(struct tarn_set *set, struct tarn_set *of,
						bool *subset);

/**
 * tarn_set_union() - make a set of the keys of one or the other
 * @result:	open for writing; what it had is gone; may be one of the two
 * @one:	of the same type, in this arena or another
 * @other:	likewise
 *
 * The result is built where nobody sees it, and takes its place at once.  The two are read as by
 * cursors: what others insert or erase meanwhile is there or not; and if the result is one of them, what
 * they change of it meanwhile is lost.  For a result of one moment have all three in a transaction; then
 * as much fits as a transaction may log.
 *
 * Time:	O(size of both).
 * Crash:	atomic; what a kill leaves of an unfinished result, others free.
 * Blocks:	as tarn_set_copy().
 * Return: as tarn_set_copy().
 */
TARN_API TARN_MUST_CHECK int tarn_set_union(struct tarn_set *result, struct tarn_set *one,
					    struct tarn_set *other);

/**
 * tarn_set_intersection() - make a set of the keys of one that the other has too
 * @result:	open for writing; what it had is gone; may be one of the two
 * @one:	of the same type, in this arena or another
 * @other:	likewise
 *
 * As tarn_set_union().
 *
 * Time:	O(size of both).
 * Crash:	atomic; what a kill leaves of an unfinished result, others free.
 * Blocks:	as tarn_set_copy().
 * Return: as tarn_set_copy().
 */
TARN_API TARN_MUST_CHECK int tarn_set_intersection(struct tarn_set *result, struct tarn_set *one,
						   struct tarn_set *other);

/**
 * tarn_set_difference() - make a set of the keys of one that the other has not
 * @result:	open for writing; what it had is gone; may be one of the two
 * @one:	of the same type, in this arena or another
 * @other:	likewise
 *
 * As tarn_set_union().
 *
 * Time:	O(size of both).
 * Crash:	atomic; what a kill leaves of an unfinished result, others free.
 * Blocks:	as tarn_set_copy().
 * Return: as tarn_set_copy().
 */
TARN_API TARN_MUST_CHECK int tarn_set_difference(struct tarn_set *result, struct tarn_set *one,
						 struct tarn_set *other);

#endif
