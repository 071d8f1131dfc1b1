// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset.h -- an ordered multiset, shared by processes
 *
 * Keys are u64, i64, u32, i32, f64, strings, or bytes, also of one size, in
 * the order that sets have them in (set.h), and each may be there any number
 * of times.  Every call is atomic, unless it says otherwise; a kill at any
 * moment leaves it done or not done.  Lookups take no lock and write nothing.
 *
 * A key is passed as its bytes and their number: of a u64, its address and 8.
 * Key and serial name one entry: an arena gives a serial to one entry only,
 * so that they name no other after it was erased.  A handle may be used by
 * all threads of its process.
 *
 * A multimap (multimap.h) with nothing behind the keys.
 */
#ifndef TARN_MULTISET_H
#define TARN_MULTISET_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>

struct tarn_multiset_cursor;

/**
 * tarn_multiset_open() - open a multiset by name, or create it
 * @arena:	open
 * @set:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	key kind; its kind must be TARN_KIND_MULTISET, and its value size 0
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *set is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_open(struct tarn_arena *arena,
						struct tarn_multiset **set, const char *name,
						const struct tarn_type *type,
						enum tarn_open_mode how, bool *created);

/**
 * tarn_multiset_close() - let go of a handle
 * @set:	a handle, or NULL; not one of tarn_multiset_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_multiset_close(struct tarn_multiset *set);

/**
 * tarn_multiset_object() - the multiset as an object, for transactions
 * @set:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_multiset_object(struct tarn_multiset *set);

/**
 * tarn_multiset_in() - the handle to use inside a transaction
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
TARN_API struct tarn_multiset *tarn_multiset_in(struct tarn_multiset *set, struct tarn_txn *txn);

/**
 * tarn_multiset_insert() - add an entry, behind those of its key
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @serial:	NULL, or told the entry's serial
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	while others change the key's last leaf, or a transaction has the multiset.
 * Return: 0; TARN_FULL; TARN_TOO_BIG; TARN_INVALID, a key of the wrong size; TARN_REMOVED;
 * TARN_READ_ONLY; TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_CORRUPT;
 * TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_insert(struct tarn_multiset *set, const void *key,
						  size_t key_size, uint64_t *serial);

/**
 * tarn_multiset_erase() - remove all entries of a key
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @erased:	NULL, or told how many entries
 *
 * One store if they are in one leaf, else a transaction of its own.
 *
 * Time:	O(log size + *erased).
 * Crash:	atomic.
 * Blocks:	as tarn_multiset_insert().
 * Return: 0; TARN_NOT_FOUND; TARN_TOO_BIG, the key, or there are more entries than one transaction can
 * erase: tarn_multiset_erase_range() can, stepwise; TARN_DEADLOCK; else as tarn_multiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_erase(struct tarn_multiset *set, const void *key,
						 size_t key_size, uint64_t *erased);

/**
 * tarn_multiset_erase_entry() - remove one entry
 * @set:	open for writing
 * @key:	its bytes
 * @key_size:	how many
 * @serial:	the entry's
 *
 * Never another one: what was erased is not found.
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_multiset_insert().
 * Return: 0; TARN_NOT_FOUND; else as tarn_multiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_erase_entry(struct tarn_multiset *set, const void *key,
						       size_t key_size, uint64_t serial);

/**
 * tarn_multiset_contains() - whether a key is there
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	while a transaction or a split changes the key's leaf; never for a stopped or dead writer of
 * a single change.
 * Return: 0, it is there; TARN_NOT_FOUND; TARN_REMOVED; TARN_INVALID, a key of the wrong size;
 * TARN_TIMEOUT; TARN_BUSY; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED;
 * TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_contains(struct tarn_multiset *set, const void *key,
						    size_t key_size);

/**
 * tarn_multiset_contains_entry() - whether one entry is there
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @serial:	the entry's
 *
 * As tarn_multiset_contains(), but of that entry.
 *
 * Return: 0, it is there; TARN_NOT_FOUND, it was erased; else as tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_contains_entry(struct tarn_multiset *set,
							  const void *key, size_t key_size,
							  uint64_t serial);

/**
 * tarn_multiset_count() - how many entries a key has
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @count:	told; 0: none
 *
 * Counted as by a cursor: one that is inserted or erased meanwhile is counted or not.
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; else as tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_count(struct tarn_multiset *set, const void *key,
						 size_t key_size, uint64_t *count);

/**
 * tarn_multiset_equal_range() - copy out the serials of one key, in the order of their inserts
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @serials:	NULL, or room for *count serials
 * @count:	how many at most; told how many there were
 *
 * An entry that is there throughout is not missed; one that is inserted or erased meanwhile may be.
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0, and *count is less than asked for if there are no more; else as tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_equal_range(struct tarn_multiset *set, const void *key,
						       size_t key_size, uint64_t *serials,
						       size_t *count);

/**
 * tarn_multiset_insert_many() - add many entries
 * @set:	open for writing
 * @keys:	count keys of key_size bytes, one after the other; or struct tarn_bytes for each
 * @key_size:	bytes of each key; TARN_SEPARATE: keys is an array of struct tarn_bytes
 * @count:	how many
 * @codes:	NULL, or told what tarn_multiset_insert() said of each
 *
 * As count calls of tarn_multiset_insert() in this order.  For all or none of them, call it in a
 * transaction.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_multiset_insert().
 * Return: 0, or the first error of one of them; the others are done.  In a transaction that is rolled back
 * by an error, none is.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_insert_many(struct tarn_multiset *set, const void *keys,
						       size_t key_size, size_t count, int *codes);

/**
 * tarn_multiset_erase_many() - remove all entries of many keys
 * @set:	open for writing
 * @keys:	as for tarn_multiset_insert_many()
 * @key_size:	as for tarn_multiset_insert_many()
 * @count:	how many keys
 * @codes:	NULL, or told what tarn_multiset_erase() said of each
 *
 * As count calls of tarn_multiset_erase() in this order.
 *
 * Time:	O(count log size), and what is erased.
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_multiset_insert().
 * Return: 0, all were there; TARN_NOT_FOUND, at least one was not; else the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_erase_many(struct tarn_multiset *set, const void *keys,
						      size_t key_size, size_t count, int *codes);

/**
 * tarn_multiset_count_many() - how many entries many keys have
 * @set:	open
 * @keys:	as for tarn_multiset_insert_many()
 * @key_size:	as for tarn_multiset_insert_many()
 * @count:	how many keys
 * @counts:	room for count numbers, told
 * @codes:	NULL, or told what tarn_multiset_count() says of each
 *
 * As count calls of tarn_multiset_count(), each for itself.
 *
 * Time:	O(count log size), and what is counted.
 * Crash:	none.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0, or the first error of one of them.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_count_many(struct tarn_multiset *set, const void *keys,
						      size_t key_size, size_t count,
						      uint64_t *counts, int *codes);

/**
 * tarn_multiset_load() - add many entries whose keys ascend, or stay the same
 * @set:	open for writing; whatever is in it stays
 * @keys:	as for tarn_multiset_insert_many(), none below the one before
 * @key_size:	as for tarn_multiset_insert_many()
 * @count:	how many
 *
 * As tarn_multiset_insert_many(), but it ends with the first error.  Keys not below all that were there
 * fill nodes nearly to the last place.
 *
 * Time:	O(count log size).
 * Crash:	stepwise: each is atomic; those before the death are done, those after it are not.
 * Blocks:	as tarn_multiset_insert().
 * Return: 0; TARN_INVALID, they descend, and nothing was done; else as tarn_multiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_load(struct tarn_multiset *set, const void *keys,
						size_t key_size, size_t count);

/**
 * tarn_multiset_lower_bound() - the first entry whose key is not below a key
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found:	NULL, or room for the key found: how much, and told how long it is
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; TARN_NOT_FOUND, all keys are below it; TARN_TOO_BIG, it does not fit, and its size is told; else as tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_lower_bound(struct tarn_multiset *set, const void *key,
						       size_t key_size,
						       struct tarn_bytes *found);

/**
 * tarn_multiset_upper_bound() - the first entry whose key is above a key
 * @set:	open
 * @key:	its bytes
 * @key_size:	how many
 * @found:	as for tarn_multiset_lower_bound()
 *
 * As tarn_multiset_lower_bound(), but behind all entries of the key itself.
 *
 * Return: as tarn_multiset_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_upper_bound(struct tarn_multiset *set, const void *key,
						       size_t key_size,
						       struct tarn_bytes *found);

/**
 * tarn_multiset_first() - the first entry of the lowest key
 * @set:	open
 * @key:	as found for tarn_multiset_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; TARN_NOT_FOUND, there is no entry; else as tarn_multiset_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_first(struct tarn_multiset *set, struct tarn_bytes *key);

/**
 * tarn_multiset_last() - the last entry of the highest key
 * @set:	open
 * @key:	as found for tarn_multiset_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; TARN_NOT_FOUND, there is no entry; else as tarn_multiset_lower_bound().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_last(struct tarn_multiset *set, struct tarn_bytes *key);

/**
 * tarn_multiset_pop_first() - take out the first entry of the lowest key
 * @set:	open for writing
 * @key:	as found for tarn_multiset_lower_bound()
 *
 * Time:	O(log size).
 * Crash:	atomic.
 * Blocks:	as tarn_multiset_insert().
 * Return: 0; TARN_NOT_FOUND, there is no entry; TARN_TOO_BIG, it does not fit, and the entry stays; else as tarn_multiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_pop_first(struct tarn_multiset *set,
						     struct tarn_bytes *key);

/**
 * tarn_multiset_pop_last() - take out the last entry of the highest key
 * @set:	open for writing
 * @key:	as found for tarn_multiset_lower_bound()
 *
 * As tarn_multiset_pop_first(), but from the other end.
 *
 * Return: as tarn_multiset_pop_first().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_pop_last(struct tarn_multiset *set,
						     struct tarn_bytes *key);

/**
 * tarn_multiset_erase_range() - remove all entries from one key on that are below another
 * @set:	open for writing
 * @from:	its bytes; NULL: from the lowest key on
 * @from_size:	how many
 * @to:		its bytes; NULL: to the highest key, and with it
 * @to_size:	how many
 * @erased:	NULL, or told how many entries
 *
 * Time:	O(log size + erased).
 * Crash:	stepwise, in the order of entries, some at a time; for all or none of them, call it in a
 * transaction.
 * Blocks:	as tarn_multiset_insert().
 * Return: 0, even if there was none; else as tarn_multiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_erase_range(struct tarn_multiset *set, const void *from,
						       size_t from_size, const void *to,
						       size_t to_size, uint64_t *erased);

/**
 * tarn_multiset_scan() - copy out keys in their order
 * @set:	open; keys are numbers, or bytes of one size
 * @from:	the key to begin with, its bytes; NULL: the lowest
 * @from_size:	how many
 * @keys:	room for *count keys, one after the other
 * @count:	how many at most; told how many there were
 *
 * An entry that is there throughout is not missed; one that is inserted or erased meanwhile may be.
 *
 * Time:	O(log size + *count).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0, and *count is less than asked for if there are no more; TARN_TYPE, sizes differ; else as
 * tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_scan(struct tarn_multiset *set, const void *from,
						size_t from_size, void *keys, size_t *count);

/**
 * tarn_multiset_size() - the number of entries
 * @set:	open
 * @size:	told
 *
 * Exact, unless others insert and erase all the while: then it is near what it was at some moment
 * of the call.
 *
 * Time:	O(threads that the arena may have).
 * Crash:	none.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; TARN_REMOVED; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_size(struct tarn_multiset *set, uint64_t *size);

/**
 * tarn_multiset_empty() - whether there is no entry
 * @set:	open
 * @empty:	told
 *
 * Time:	O(log size).
 * Crash:	none.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; else as tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_empty(struct tarn_multiset *set, bool *empty);

/**
 * tarn_multiset_clear() - remove all entries
 * @set:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while a transaction has the multiset, or another one has cleared or removed something.
 * Return: as tarn_multiset_insert(); in a transaction also TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_clear(struct tarn_multiset *set);

/**
 * tarn_multiset_swap() - exchange the contents of two multisets
 * @set:	open for writing
 * @other:	another, of the same type, in the same arena; or the same
 *
 * In a transaction, both are handles of it.  Entries keep their serials.
 *
 * Time:	O(size of both), to wait for who changes one of them; the exchange itself O(1).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or transactions have it.
 * Return: 0; TARN_TYPE, their types differ; TARN_INVALID, of two arenas, or of different
 * transactions; else as tarn_multiset_insert(); TARN_DEADLOCK.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_swap(struct tarn_multiset *set,
						struct tarn_multiset *other);

/**
 * tarn_multiset_copy() - make a multiset have the entries of another
 * @set:	open for writing
 * @from:	of the same type, in any arena; also the same
 *
 * They have serials of their own in the copy.  Copied as by a cursor: an entry that is inserted or
 * erased meanwhile is copied or not.
 *
 * Time:	O(size of both).
 * Crash:	atomic.
 * Blocks:	as tarn_multiset_insert(), and as tarn_multiset_contains() of the other.
 * Return: 0; TARN_TYPE, their types differ; TARN_TOO_BIG, in a transaction; else as
 * tarn_multiset_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_copy(struct tarn_multiset *set,
						struct tarn_multiset *from);

/**
 * tarn_multiset_equal() - whether two multisets have the same entries in the same order
 * @set:	open
 * @other:	of the same type, in any arena
 * @equal:	told
 *
 * Key for key; serials do not matter.
 *
 * Time:	O(size of both).
 * Crash:	none; takes no lock and writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; TARN_TYPE, their types differ; TARN_BUSY, others change them all the time; else as
 * tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_equal(struct tarn_multiset *set,
						 struct tarn_multiset *other, bool *equal);

/**
 * tarn_multiset_cursor_open() - begin a walk, before the lowest key
 * @set:	open; must stay so while the cursor is used
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
TARN_API TARN_MUST_CHECK int tarn_multiset_cursor_open(struct tarn_multiset *set,
						       struct tarn_multiset_cursor **cursor);

/**
 * tarn_multiset_cursor_seek() - go to just before all entries of a key, whether there are some or not
 * @cursor:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 * Return: 0; TARN_INVALID; TARN_TOO_BIG; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_cursor_seek(struct tarn_multiset_cursor *cursor,
						       const void *key, size_t key_size);

/**
 * tarn_multiset_cursor_seek_behind() - go to just behind all entries of a key
 * @cursor:	open
 * @key:	its bytes
 * @key_size:	how many
 *
 * As tarn_multiset_cursor_seek(), but where the next insert of the key comes before.
 *
 * Return: as tarn_multiset_cursor_seek().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_cursor_seek_behind(struct tarn_multiset_cursor *cursor,
							      const void *key, size_t key_size);

/**
 * tarn_multiset_cursor_seek_end() - go behind the highest key
 * @cursor:	open
 *
 * Crash:	none; writes nothing.
 * Blocks:	never.
 */
TARN_API void tarn_multiset_cursor_seek_end(struct tarn_multiset_cursor *cursor);

/** An entry that a cursor has copied out: valid until the cursor moves. */
struct tarn_multiset_entry {
	const void *key; /* aligned for a u64 */
	size_t key_size;
	uint64_t serial;
};

/**
 * tarn_multiset_cursor_next() - copy out the next entry, and go behind it
 * @cursor:	open
 * @entry:	filled in
 *
 * Time:	O(1) on average, O(log size) at most.
 * Crash:	none; writes nothing.
 * Blocks:	as tarn_multiset_contains().
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_REMOVED; else as tarn_multiset_contains().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_cursor_next(struct tarn_multiset_cursor *cursor,
						       struct tarn_multiset_entry *entry);

/**
 * tarn_multiset_cursor_prev() - copy out the entry before, and go before it
 * @cursor:	open
 * @entry:	filled in
 *
 * As tarn_multiset_cursor_next(), but the other way round: right after it, the same entry.
 *
 * Return: as tarn_multiset_cursor_next().
 */
TARN_API TARN_MUST_CHECK int tarn_multiset_cursor_prev(struct tarn_multiset_cursor *cursor,
						       struct tarn_multiset_entry *entry);

/**
 * tarn_multiset_cursor_close() - end a walk
 * @cursor:	open, or NULL
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_multiset_cursor_close(struct tarn_multiset_cursor *cursor);

#endif
