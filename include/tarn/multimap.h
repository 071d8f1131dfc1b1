// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multimap.h -- an ordered multimap, shared by processes
 *
 * Keys are u64, i64, u32, i32, f64, strings, or bytes, also of one size, in
 * the order that maps have them in (map.h), and each may be there any number
 * of times; entries of one key stand in the order in which they were
 * inserted.  Values are of one size, or byte strings.  Every call is atomic,
 * unless it says otherwise; a kill at any moment leaves it done or not done.
 * Lookups take no lock and write nothing.
 *
 * A key is passed as its bytes and their number: of a u64, its address and 8.
 * Key and serial name one entry: an arena gives a serial to one entry only,
 * so that they name no other after it was erased.  A handle may be used by
 * all threads of its process.
 *
 * A map's B+tree (map.h) of keys with their serials; the arena draws these
 * from one word of its own.
 */
#ifndef TARN_MULTIMAP_H
#define TARN_MULTIMAP_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_multimap_cursor;

/**
 * tarn_multimap_open() - open a multimap by name, or create it
 * @arena:	open
 * @map:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	key kind, value size and fields; its kind must be TARN_KIND_MULTIMAP
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *map is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_open(struct tarn_arena *arena,
						struct tarn_multimap **map, const char *name,
						const struct tarn_type *type,
						enum tarn_open_mode how, bool *created);

/**
 * tarn_multimap_close() - let go of a handle
 * @map:	a handle, or NULL; not one of tarn_multimap_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_multimap_close(struct tarn_multimap *map);

/**
 * tarn_multimap_object() - the multimap as an object, for transactions
 * @map:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_multimap_object(struct tarn_multimap *map);

/**
 * tarn_multimap_in() - the handle to use inside a transaction
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
TARN_API struct tarn_multimap *tarn_multimap_in(struct tarn_multimap *map, struct tarn_txn *txn);

/**
 * tarn_multimap_insert() - add an entry, behind those of its key
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @value:	its bytes
 * @value_size:	how many
 * @serial:	NULL, or told the entry's serial
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	while others change the key's last leaf, or a transaction has the multimap.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_INVALID, a key or value of the wrong size; TARN_REMOVED;
 * TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_CORRUPT;
 * TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_insert(struct tarn_multimap *map, const void *key,
						  size_t key_size, const void *value,
						  size_t value_size, uint64_t *serial);

/**
 * tarn_multimap_put_entry() - set the value of one entry
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @serial:	the entry's
 * @value:	its bytes
 * @value_size:	how many
 *
 * It keeps its place and its serial.
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0; TARN_NOT_FOUND, it was erased; else as tarn_multimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_put_entry(struct tarn_multimap *map, const void *key,
						     size_t key_size, uint64_t serial,
						     const void *value, size_t value_size);

/**
 * tarn_multimap_erase() - remove all entries of a key
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @erased:	NULL, or told how many entries
 *
 * One store if they are in one leaf, else a transaction of its own.
 *
 * Time:	O(log size + *erased).
 * Crash:	atomic.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0; TARN_NOT_FOUND; TARN_TOO_BIG, the key, or there are more entries than one transaction can
 * erase: tarn_multimap_erase_range() can, stepwise; TARN_DEADLOCK; else as tarn_multimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_erase(struct tarn_multimap *map, const void *key,
						 size_t key_size, uint64_t *erased);

/**
 * tarn_multimap_erase_entry() - remove one entry
 * @map:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @serial:	the entry's
 *
 * Never another one: what was erased is not found.
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0; TARN_NOT_FOUND; else as tarn_multimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_erase_entry(struct tarn_multimap *map, const void *key,
						       size_t key_size, uint64_t serial);

/**
 * tarn_multimap_get() - copy out the value of a key's first entry
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @value:	room for the value; NULL: only its size is asked for
 * @room:	how much
 * @value_size:	NULL, or told how long the value is, also when it does not fit
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction or a split changes the key's leaf; never for a stopped or dead writer of
 * a single change.
 * Return: 0; TARN_NOT_FOUND; TARN_TOO_BIG, it does not fit; TARN_REMOVED; TARN_INVALID, a key of the
 * wrong size; TARN_TIMEOUT; TARN_BUSY; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT;
 * TARN_FORKED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_get(struct tarn_multimap *map, const void *key,
					       size_t key_size, void *value, size_t room,
					       size_t *value_size);

/**
 * tarn_multimap_get_entry() - copy out the value of one entry
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @serial:	the entry's
 * @value:	as for tarn_multimap_get()
 * @room:	likewise
 * @value_size:	likewise
 *
 * As tarn_multimap_get(), but of that entry.
 *
 * Return: 0; TARN_NOT_FOUND, it was erased; else as tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_get_entry(struct tarn_multimap *map, const void *key,
						     size_t key_size, uint64_t serial, void *value,
						     size_t room, size_t *value_size);

/**
 * tarn_multimap_contains() - whether a key is there
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0, it is there; TARN_NOT_FOUND; else as tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_contains(struct tarn_multimap *map, const void *key,
						    size_t key_size);

/**
 * tarn_multimap_count() - how many entries a key has
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @count:	told; 0: none
 *
 * Counted as by a cursor: one that is inserted or erased meanwhile is counted or not.
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; else as tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_count(struct tarn_multimap *map, const void *key,
						 size_t key_size, uint64_t *count);

/**
 * tarn_multimap_equal_range() - copy out the values of one key, in the order of their inserts
 * @map:	open; values asked for have one size
 * @key:	its bytes
 * @key_size:	how many
 * @values:	NULL, or room for *count values, one after the other
 * @serials:	NULL, or room for *count serials
 * @count:	how many at most; told how many there were
 *
 * An entry that is there throughout is not missed; one that is inserted or erased meanwhile may be.
 * Values of any size are read by a cursor, tarn_multimap_cursor_seek().
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0, and *count is less than asked for if there are no more; TARN_TYPE, sizes differ; else as
 * tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_equal_range(struct tarn_multimap *map, const void *key,
						       size_t key_size, void *values,
						       uint64_t *serials, size_t *count);

/**
 * tarn_multimap_insert_many() - add many entries
 * @map:	open for writing
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @values:	count values of value_size bytes, one after the other; or struct tarn_bytes for each
 * @value_size:	bytes of each value; TARN_SEPARATE: values is an array of struct tarn_bytes
 * @codes:	NULL, or told what tarn_multimap_insert() said of each
 *
 * As count calls of tarn_multimap_insert() in this order.  For all or none of them, call it in a
 * transaction.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0, or the first error of one of them; the others are done.  In a transaction that is rolled back
 * by an error, none is.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_insert_many(struct tarn_multimap *map, const void *keys,
						       size_t key_size, size_t count,
						       const void *values, size_t value_size,
						       int *codes);

/**
 * tarn_multimap_erase_many() - remove all entries of many keys
 * @map:	open for writing
 * @keys:	as for tarn_multimap_insert_many()
 * @key_size:	as for tarn_multimap_insert_many()
 * @count:	how many keys
 * @codes:	NULL, or told what tarn_multimap_erase() said of each
 *
 * As count calls of tarn_multimap_erase() in this order.
 *
 * Time:	O(count log size), and what is erased.
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_erase_many(struct tarn_multimap *map, const void *keys,
						      size_t key_size, size_t count, int *codes);

/**
 * tarn_multimap_count_many() - how many entries many keys have
 * @map:	open
 * @keys:	as for tarn_multimap_insert_many()
 * @key_size:	as for tarn_multimap_insert_many()
 * @count:	how many keys
 * @counts:	room for count numbers, told
 * @codes:	NULL, or told what tarn_multimap_count() says of each
 *
 * As count calls of tarn_multimap_count(), each for itself.
 *
 * Time:	O(count log size), and what is counted.
 * Crash:	none.
 * Blocks:	as tarn_multimap_get().
 * Return: 0, or the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_count_many(struct tarn_multimap *map, const void *keys,
						      size_t key_size, size_t count,
						      uint64_t *counts, int *codes);

/**
 * tarn_multimap_load() - add many entries whose keys ascend, or stay the same
 * @map:	open for writing; whatever is in it stays
 * @keys:	as for tarn_multimap_insert_many(), none below the one before
 * @key_size:	as for tarn_multimap_insert_many()
 * @count:	how many
 * @values:	as for tarn_multimap_insert_many()
 * @value_size:	as for tarn_multimap_insert_many()
 *
 * As tarn_multimap_insert_many(), but it ends with the first error.  Keys not below all that were there
 * fill nodes nearly to the last place.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0; TARN_INVALID, they descend, and nothing was done; else as tarn_multimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_load(struct tarn_multimap *map, const void *keys,
						size_t key_size, size_t count, const void *values,
						size_t value_size);

/**
 * tarn_multimap_lower_bound() - the first entry whose key is not below a key
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found_key:	NULL, or room for the key found: how much, and told how long it is
 * @found_value: NULL, or the same for its value
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; TARN_NOT_FOUND, all keys are below it; TARN_TOO_BIG, one of the two does not fit, and both
 * sizes are told; else as tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_lower_bound(struct tarn_multimap *map, const void *key,
						       size_t key_size,
						       struct tarn_bytes *found_key,
						       struct tarn_bytes *found_value);

/**
 * tarn_multimap_upper_bound() - the first entry whose key is above a key
 * @map:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found_key:	as for tarn_multimap_lower_bound()
 * @found_value: as for tarn_multimap_lower_bound()
 *
 * As tarn_multimap_lower_bound(), but behind all entries of the key itself.
 *
 * Return: as tarn_multimap_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_upper_bound(struct tarn_multimap *map, const void *key,
						       size_t key_size,
						       struct tarn_bytes *found_key,
						       struct tarn_bytes *found_value);

/**
 * tarn_multimap_first() - the first entry of the lowest key
 * @map:	open
 * @key:	as found_key for tarn_multimap_lower_bound()
 * @value:	as found_value for tarn_multimap_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; TARN_NOT_FOUND, there is no entry; else as tarn_multimap_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_first(struct tarn_multimap *map, struct tarn_bytes *key,
						 struct tarn_bytes *value);

/**
 * tarn_multimap_last() - the last entry of the highest key
 * @map:	open
 * @key:	as found_key for tarn_multimap_lower_bound()
 * @value:	as found_value for tarn_multimap_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; TARN_NOT_FOUND, there is no entry; else as tarn_multimap_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_last(struct tarn_multimap *map, struct tarn_bytes *key,
						struct tarn_bytes *value);

/**
 * tarn_multimap_pop_first() - take out the first entry of the lowest key
 * @map:	open for writing
 * @key:	as found_key for tarn_multimap_lower_bound()
 * @value:	as found_value for tarn_multimap_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0; TARN_NOT_FOUND, there is no entry; TARN_TOO_BIG, one of the two does not fit, and the entry
 * stays; else as tarn_multimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_pop_first(struct tarn_multimap *map,
						     struct tarn_bytes *key,
						     struct tarn_bytes *value);

/**
 * tarn_multimap_pop_last() - take out the last entry of the highest key
 * @map:	open for writing
 * @key:	as found_key for tarn_multimap_lower_bound()
 * @value:	as found_value for tarn_multimap_lower_bound()
 *
 * As tarn_multimap_pop_first(), but from the other end.
 *
 * Return: as tarn_multimap_pop_first().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_pop_last(struct tarn_multimap *map,
						    struct tarn_bytes *key,
						    struct tarn_bytes *value);

/**
 * tarn_multimap_erase_range() - remove all entries from one key on that are below another
 * @map:	open for writing
 * @from:	its bytes; NULL: from the lowest key on
 * @from_size:	how many
 * @to:		its bytes; NULL: to the highest key, and with it
 * @to_size:	how many
 * @erased:	NULL, or told how many entries
 *
 * Time:	O(log size + erased).
 * Crash:	stepwise, in the order of entries, some at a time; for all or none of them, call it in a
 * transaction.
 * Blocks:	as tarn_multimap_insert().
 * Return: 0, even if there was none; else as tarn_multimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_erase_range(struct tarn_multimap *map, const void *from,
						       size_t from_size, const void *to,
						       size_t to_size, uint64_t *erased);

/**
 * tarn_multimap_scan() - copy out entries in their order
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
 * Blocks:	as tarn_multimap_get().
 * Return: 0, and *count is less than asked for if there are no more; TARN_TYPE, sizes differ; else as
 * tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_scan(struct tarn_multimap *map, const void *from,
						size_t from_size, void *keys, void *values,
						size_t *count);

/**
 * tarn_multimap_size() - the number of entries
 * @map:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_size(struct tarn_multimap *map, uint64_t *size);

/**
 * tarn_multimap_empty() - whether there is no entry
 * @map:	open
 * @empty:	told
 *
 * Time:	O(log size).
 * Crash:	none.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; else as tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_empty(struct tarn_multimap *map, bool *empty);

/**
 * tarn_multimap_clear() - remove all entries
 * @map:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the multimap, or another one has cleared or removed something.
 * Return: as tarn_multimap_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_clear(struct tarn_multimap *map);

/**
 * tarn_multimap_swap() - exchange the contents of two multimaps
 * @map:	open for writing
 * @other:	another, of the same type, in the same arena; or the same
 *
 * In a transaction, both are handles of it.  Entries keep their serials.
 *
 * Time:	O(size of both), to wait for who changes one of them; the exchange itself O(1).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or transactions have it.
 * Return: 0; TARN_TYPE, their types differ; TARN_INVALID, of two arenas, or of different
 * transactions; else as tarn_multimap_insert(); TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_swap(struct tarn_multimap *map,
						struct tarn_multimap *other);

/**
 * tarn_multimap_copy() - make a multimap have the entries of another
 * @map:	open for writing
 * @from:	of the same type, in any arena; also the same
 *
 * They have serials of their own in the copy.  Copied as by a cursor: an entry that is inserted or
 * erased meanwhile is copied or not.
 *
 * Time:	O(size of both).
 * Crash:	atomic.
 * Blocks:	as tarn_multimap_insert(), and as tarn_multimap_get() of the other.
 * Return: 0; TARN_TYPE, their types differ; TARN_TOO_BIG, in a transaction; else as
 * tarn_multimap_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_copy(struct tarn_multimap *map,
						struct tarn_multimap *from);

/**
 * tarn_multimap_equal() - whether two multimaps have the same entries in the same order
 * @map:	open
 * @other:	of the same type, in any arena
 * @equal:	told
 *
 * Key for key and value for value; serials do not matter.
 *
 * Time:	O(size of both).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; TARN_TYPE, their types differ; TARN_BUSY, others change them all the time; else as
 * tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_equal(struct tarn_multimap *map,
						 struct tarn_multimap *other, bool *equal);

/**
 * tarn_multimap_cursor_open() - begin a walk, before the lowest key
 * @map:	open; must stay so while the cursor is used
 * @cursor:	on success
 *
 * A cursor stands between two entries, and stays there whatever others insert and erase.  An entry that
 * is there throughout a walk comes exactly once and in its place; one that is inserted or erased
 * meanwhile, once or not at all.
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_REMOVED; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_cursor_open(struct tarn_multimap *map,
						       struct tarn_multimap_cursor **cursor);

/**
 * tarn_multimap_cursor_seek() - go to just before all entries of a key, whether there are some or not
 * @cursor:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_INVALID; TARN_TOO_BIG; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_cursor_seek(struct tarn_multimap_cursor *cursor,
						       const void *key, size_t key_size);

/**
 * tarn_multimap_cursor_seek_behind() - go to just behind all entries of a key
 * @cursor:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_multimap_cursor_seek(), but where the next insert of the key comes before.
 *
 * Return: as tarn_multimap_cursor_seek().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_cursor_seek_behind(struct tarn_multimap_cursor *cursor,
							      const void *key, size_t key_size);

/**
 * tarn_multimap_cursor_seek_end() - go behind the highest key
 * @cursor:	open
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 */
TARN_API void tarn_multimap_cursor_seek_end(struct tarn_multimap_cursor *cursor);

/** An entry that a cursor has copied out: valid until the cursor moves. */
struct tarn_multimap_entry {
	const void *key, *value; /* aligned for a u64 */
	size_t key_size, value_size;
	uint64_t serial;
};

/**
 * tarn_multimap_cursor_next() - copy out the next entry, and go behind it
 * @cursor:	open
 * @entry:	filled in
 *
 * Time:	O(1) on average, O(log size) at most.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_multimap_get().
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_REMOVED; else as tarn_multimap_get().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_cursor_next(struct tarn_multimap_cursor *cursor,
						       struct tarn_multimap_entry *entry);

/**
 * tarn_multimap_cursor_prev() - copy out the entry before, and go before it
 * @cursor:	open
 * @entry:	filled in
 *
 * As tarn_multimap_cursor_next(), but the other way round: right after it, the same entry.
 *
 * Return: as tarn_multimap_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_multimap_cursor_prev(struct tarn_multimap_cursor *cursor,
						       struct tarn_multimap_entry *entry);

/**
 * tarn_multimap_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_multimap_cursor_close(struct tarn_multimap_cursor *cursor);

#endif
