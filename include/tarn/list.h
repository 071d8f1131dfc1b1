// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.h -- a doubly linked list, shared by processes
 *
 * Every call is atomic; a kill at any moment leaves it done or not done.
 * Reads take no lock and write nothing.  Elements are values of one size, or
 * with TARN_VALUE_BYTES byte strings, each of its own length.
 *
 * A handle names one element for ever: wherever it is moved, by whoever, in
 * this list or to another, and whatever becomes of its memory when it is
 * gone.  Handles may be stored, and given to other processes.  In the place
 * of one, TARN_LIST_END is where the list ends, before the first element and
 * behind the last.  So this visits all elements:
 *
 *	struct tarn_list_handle at = TARN_LIST_END;
 *	while (!(code = tarn_list_next(list, &at)) && at.where)
 *		...
 *
 * With TARN_KEY_U64, I64, F64 (8 bytes), U32 or I32 (4 bytes) as the type's
 * key, elements are numbers, in whose order they are sorted.  With
 * TARN_KEY_NONE they are any bytes; with BYTES or CUSTOM these have an order.
 */
#ifndef TARN_LIST_H
#define TARN_LIST_H

#include <tarn/error.h>
#include <tarn/object.h>
#include <tarn/types.h>
#include <tarn/vector.h>

/** One element, as long as it is in the list. */
struct tarn_list_handle {
	tarn_off where;
	uint64_t generation;
};

#ifdef __cplusplus
#define TARN_LIST_END tarn_list_handle{}
#else
#define TARN_LIST_END (struct tarn_list_handle){ 0, 0 }
#endif

/** Which end, or which way to walk. */
enum tarn_list_way {
	TARN_LIST_FORWARDS = 0,	 /* from the first to the last */
	TARN_LIST_BACKWARDS = 1, /* from the last to the first */
};

/** The order to sort by; as memcmp().  Called with nothing locked, again if others change the list. */
typedef int tarn_list_compare(const void *a, size_t a_size, const void *b, size_t b_size, void *arg);

/**
 * tarn_list_open() - open a list by name, or create it
 * @arena:	open
 * @list:	the handle, on success
 * @name:	of at most TARN_NAME_MAX bytes
 * @type:	its kind must be TARN_KIND_LIST; what elements are, their size (at most TARN_ELEMENT_MAX, or
 * TARN_VALUE_BYTES) and fields
 * @how:	open, create, or either
 * @created:	NULL, or told whether this call created it
 *
 * Crash:	atomic.
 * Blocks:	while others create or remove objects.
 * Return: 0; TARN_NOT_FOUND; TARN_EXISTS; TARN_TYPE, tarn_error_detail() says both types;
 * TARN_INVALID, a bad name or type; TARN_FULL; TARN_READ_ONLY; TARN_TIMEOUT; TARN_CORRUPT;
 * TARN_NO_SLOT; TARN_IN_TXN; TARN_NESTED; TARN_SYSTEM.  On failure *list is NULL.
 */
TARN_API TARN_MUST_CHECK int tarn_list_open(struct tarn_arena *arena, struct tarn_list **list,
					    const char *name, const struct tarn_type *type,
					    enum tarn_open_mode how, bool *created);

/**
 * tarn_list_close() - let go of a handle
 * @list:	a handle, or NULL; not one of tarn_list_in()
 *
 * Crash:	none.
 * Blocks:	never.
 */
TARN_API void tarn_list_close(struct tarn_list *list);

/**
 * tarn_list_object() - the list as an object, for transactions
 * @list:	open
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: it is the handle itself, and ends with it.
 */
TARN_API struct tarn_object *tarn_list_object(struct tarn_list *list);

/**
 * tarn_list_in() - the handle to use inside a transaction
 * @list:	one of the transaction's objects
 * @txn:	open
 *
 * Calls on it are part of the transaction, and see what it has changed.  One that fails for want
 * of memory, log room or time, or because of corruption, rolls the transaction back; other failures
 * (TARN_NOT_FOUND, TARN_INVALID, TARN_TYPE, TARN_TOO_BIG of a value or of room) do not.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: a handle that ends with the transaction; NULL if the list is not one of its objects.
 */
TARN_API struct tarn_list *tarn_list_in(struct tarn_list *list, struct tarn_txn *txn);

/* ---- reading ----------------------------------------------------------------------------------- */

/**
 * tarn_list_get() - copy out an element
 * @list:	open
 * @at:		of the element
 * @value:	room for it, or NULL
 * @room:	bytes of it
 * @size:	NULL, or told how long it is
 *
 * Time:	O(1).
 * Crash:	none; takes no lock and writes nothing, unless others change the list all the while.
 * Blocks:	while a transaction has changed the list, or a call changes several words in place; never
 * for a stopped or dead writer at an end, unless it is taking away this very element.
 * Return: 0; TARN_NOT_FOUND, it is not in the list any more; TARN_TOO_BIG, it is longer than room,
 * and *size is told; TARN_REMOVED; TARN_TIMEOUT; TARN_BUSY, the list was changed all the time until
 * the deadline; TARN_OWNER_DIED, reading only; TARN_IN_TXN; TARN_CORRUPT; TARN_FORKED.
 */
TARN_API TARN_MUST_CHECK int tarn_list_get(struct tarn_list *list,
					   const struct tarn_list_handle *at, void *value,
					   size_t room, size_t *size);

/**
 * tarn_list_front() - copy out the first element
 * @list:	open
 * @value:	room for it, or NULL
 * @room:	bytes of it
 * @size:	NULL, or told how long it is
 *
 * As tarn_list_get(), but of that element.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; else as tarn_list_get().
 */
TARN_API TARN_MUST_CHECK int tarn_list_front(struct tarn_list *list, void *value, size_t room,
					     size_t *size);

/**
 * tarn_list_back() - copy out the last element
 * @list:	open
 * @value:	room for it, or NULL
 * @room:	bytes of it
 * @size:	NULL, or told how long it is
 *
 * As tarn_list_front(), but of the other end.
 *
 * Return: as tarn_list_front().
 */
TARN_API TARN_MUST_CHECK int tarn_list_back(struct tarn_list *list, void *value, size_t room,
					    size_t *size);

/**
 * tarn_list_next() - go on to the next element
 * @list:	open
 * @at:		an element, or TARN_LIST_END for the first; becomes the next one, or TARN_LIST_END
 *
 * As tarn_list_get(), but of no value.  Elements that others put in or take out are met or not; where
 * the element itself is taken away, there is no going on.
 *
 * Return: 0; TARN_NOT_FOUND, it is not in the list any more, and *at stays; else as tarn_list_get().
 */
TARN_API TARN_MUST_CHECK int tarn_list_next(struct tarn_list *list, struct tarn_list_handle *at);

/**
 * tarn_list_prev() - go back to the element before
 * @list:	open
 * @at:		an element, or TARN_LIST_END for the last; becomes the one before, or TARN_LIST_END
 *
 * As tarn_list_next(), but the other way.
 *
 * Return: as tarn_list_next().
 */
TARN_API TARN_MUST_CHECK int tarn_list_prev(struct tarn_list *list, struct tarn_list_handle *at);

/**
 * tarn_list_read() - copy out many elements, all as they were at one moment
 * @list:	open
 * @after:	an element, or TARN_LIST_END: begin with the one that comes next, that way
 * @way:	forwards or backwards
 * @values:	room for count values; or struct tarn_bytes for each; or NULL
 * @room:	bytes for each value; TARN_SEPARATE: values is an array of struct tarn_bytes, whose
 *		data is room, and whose size says how much, and is told how long the value is
 * @handles:	room for count handles, or NULL
 * @count:	how many at most
 * @got:	told how many there were; it ends before a value that is longer than its room
 *
 * As tarn_list_get(), but O(count).
 *
 * Return: 0; TARN_NOT_FOUND, after is not in the list any more; TARN_TOO_BIG, the first is longer than its
 * room; else as tarn_list_get().
 */
TARN_API TARN_MUST_CHECK int tarn_list_read(struct tarn_list *list,
					    const struct tarn_list_handle *after,
					    enum tarn_list_way way, void *values, size_t room,
					    struct tarn_list_handle *handles, uint64_t count,
					    uint64_t *got);

/**
 * tarn_list_size() - the number of elements
 * @list:	open
 * @size:	told
 *
 * As tarn_list_get(), but of none.
 *
 * Return: as tarn_list_get(), but never TARN_NOT_FOUND.
 */
TARN_API TARN_MUST_CHECK int tarn_list_size(struct tarn_list *list, uint64_t *size);

/**
 * tarn_list_empty() - whether there are no elements
 * @list:	open
 * @empty:	told
 *
 * As tarn_list_size(), but only that.
 *
 * Return: as tarn_list_size().
 */
TARN_API TARN_MUST_CHECK int tarn_list_empty(struct tarn_list *list, bool *empty);

/**
 * tarn_list_equal() - whether two lists have the same elements in the same order
 * @list:	open
 * @other:	of the same arena and type
 * @equal:	told
 *
 * Values are the same if their bytes are.
 *
 * Time:	O(size of both), and as much memory.
 * Crash:	none.
 * Blocks:	as tarn_list_get().
 * Return: 0; TARN_TYPE, of different types; TARN_SYSTEM; else as tarn_list_size().
 */
TARN_API TARN_MUST_CHECK int tarn_list_equal(struct tarn_list *list, struct tarn_list *other,
					     bool *equal);

/* ---- the ends ---------------------------------------------------------------------------------- */

/**
 * tarn_list_push_back() - add an element behind the last
 * @list:	open for writing
 * @value:	its bytes
 * @size:	how many; of a list with values of one size, that size
 * @at:		NULL, or told its handle
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change the list, or a transaction has it.
 * Return: 0; TARN_INVALID, a wrong size; TARN_FULL; TARN_TOO_BIG; TARN_REMOVED; TARN_READ_ONLY;
 * TARN_TIMEOUT; TARN_IN_TXN; TARN_NO_SLOT; TARN_NESTED; TARN_FORKED; TARN_DEADLOCK, in a transaction;
 * TARN_CORRUPT; TARN_SYSTEM.
 */
TARN_API TARN_MUST_CHECK int tarn_list_push_back(struct tarn_list *list, const void *value,
						 size_t size, struct tarn_list_handle *at);

/**
 * tarn_list_push_front() - add an element before the first
 * @list:	open for writing
 * @value:	its bytes
 * @size:	how many
 * @at:		NULL, or told its handle
 *
 * As tarn_list_push_back(), but at the other end.
 *
 * Return: as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_push_front(struct tarn_list *list, const void *value,
						  size_t size, struct tarn_list_handle *at);

/**
 * tarn_list_pop_back() - remove the last element
 * @list:	open for writing
 * @value:	room for it, or NULL
 * @room:	bytes of it
 * @size:	NULL, or told how long it is
 *
 * As tarn_list_push_back(), but without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, there is none; TARN_TOO_BIG, it is longer than room: it stays, and *size is
 * told; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_pop_back(struct tarn_list *list, void *value, size_t room,
						size_t *size);

/**
 * tarn_list_pop_front() - remove the first element
 * @list:	open for writing
 * @value:	room for it, or NULL
 * @room:	bytes of it
 * @size:	NULL, or told how long it is
 *
 * As tarn_list_pop_back(), but at the other end.
 *
 * Return: as tarn_list_pop_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_pop_front(struct tarn_list *list, void *value, size_t room,
						 size_t *size);

/**
 * tarn_list_append() - add many elements behind the last, all in one step
 * @list:	open for writing
 * @values:	count values, one after the other; or struct tarn_bytes for each
 * @size:	bytes of each; TARN_SEPARATE: values is an array of struct tarn_bytes
 * @count:	how many
 *
 * As tarn_list_push_back(), but O(count).
 *
 * Return: as tarn_list_push_back(); TARN_TOO_BIG for more than some 60,000, of strings 30,000.
 */
TARN_API TARN_MUST_CHECK int tarn_list_append(struct tarn_list *list, const void *values,
					      size_t size, uint64_t count);

/* ---- anywhere ---------------------------------------------------------------------------------- */

/**
 * tarn_list_insert() - put an element before another
 * @list:	open for writing
 * @before:	the element that comes after it, or TARN_LIST_END
 * @value:	its bytes
 * @size:	how many
 * @at:		NULL, or told its handle
 *
 * As tarn_list_push_back(), but there.
 *
 * Return: 0; TARN_NOT_FOUND, before is not in the list any more; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_insert(struct tarn_list *list,
					      const struct tarn_list_handle *before,
					      const void *value, size_t size,
					      struct tarn_list_handle *at);

/**
 * tarn_list_insert_after() - put an element behind another
 * @list:	open for writing
 * @after:	the element that comes before it, or TARN_LIST_END: it becomes the first
 * @value:	its bytes
 * @size:	how many
 * @at:		NULL, or told its handle
 *
 * As tarn_list_insert(), but there.
 *
 * Return: as tarn_list_insert().
 */
TARN_API TARN_MUST_CHECK int tarn_list_insert_after(struct tarn_list *list,
						    const struct tarn_list_handle *after,
						    const void *value, size_t size,
						    struct tarn_list_handle *at);

/**
 * tarn_list_set() - give an element another value
 * @list:	open for writing
 * @at:		of the element; it stays good
 * @value:	its bytes
 * @size:	how many
 *
 * As tarn_list_push_back(), but takes memory only for strings of more than 24 bytes.
 *
 * Return: 0; TARN_NOT_FOUND, it is not in the list any more; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_set(struct tarn_list *list,
					   const struct tarn_list_handle *at, const void *value,
					   size_t size);

/**
 * tarn_list_erase() - remove an element
 * @list:	open for writing
 * @at:		of the element
 *
 * As tarn_list_push_back(), but without taking memory.
 *
 * Return: 0; TARN_NOT_FOUND, it is not in the list any more; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_erase(struct tarn_list *list,
					     const struct tarn_list_handle *at);

/* ---- from list to list ------------------------------------------------------------------------- */

/**
 * tarn_list_splice() - move all elements of another list into this one
 * @list:	open for writing
 * @before:	the element of list that comes after them, or TARN_LIST_END
 * @from:	of the same arena and type, another list; both or none of tarn_list_in()
 *
 * Handles go with their elements.
 *
 * Time:	O(size of the smaller one).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or a transaction has it.
 * Return: 0; TARN_NOT_FOUND, before is not in the list any more; TARN_TYPE, of different types;
 * TARN_INVALID, of two arenas or transactions, or the same list; TARN_TOO_BIG, both have more than some
 * 60,000 elements; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_splice(struct tarn_list *list,
					      const struct tarn_list_handle *before,
					      struct tarn_list *from);

/**
 * tarn_list_splice_one() - move one element
 * @list:	open for writing
 * @before:	the element of list that comes after it, or TARN_LIST_END
 * @from:	the list that it is in; the same is fine
 * @at:		of the element
 *
 * As tarn_list_splice(), but O(1).
 *
 * Return: 0; TARN_NOT_FOUND, one of the two elements is not there any more; else as tarn_list_splice().
 */
TARN_API TARN_MUST_CHECK int tarn_list_splice_one(struct tarn_list *list,
						  const struct tarn_list_handle *before,
						  struct tarn_list *from,
						  const struct tarn_list_handle *at);

/**
 * tarn_list_splice_range() - move elements that follow each other
 * @list:	open for writing
 * @before:	the element of list that comes after them, or TARN_LIST_END; not one of them
 * @from:	the list that they are in; the same is fine
 * @first:	of the first of them
 * @end:	the element behind the last of them, or TARN_LIST_END
 *
 * As tarn_list_splice(), but O(elements that are moved).
 *
 * Return: 0; TARN_NOT_FOUND, one of the three elements is not there any more; TARN_INVALID, end does not come
 * behind first, or before is among them; TARN_TOO_BIG, they are more than some 60,000; else as
 * tarn_list_splice().
 */
TARN_API TARN_MUST_CHECK int tarn_list_splice_range(struct tarn_list *list,
						    const struct tarn_list_handle *before,
						    struct tarn_list *from,
						    const struct tarn_list_handle *first,
						    const struct tarn_list_handle *end);

/**
 * tarn_list_merge() - move all elements of a sorted list into a sorted one, in order
 * @list:	open for writing
 * @from:	of the same arena and type, another list; both or none of tarn_list_in()
 * @compare:	the order, or NULL: that of the type's key
 * @arg:	passed on
 *
 * Of elements that are equal those of list come first.  Handles go with their elements.
 *
 * Time:	O(size of both), and as much memory.
 * Crash:	atomic.
 * Blocks:	as tarn_list_splice().
 * Return: 0; TARN_TYPE, of different types, or elements have no order; TARN_INVALID; TARN_BUSY, others change one of them all the time; TARN_TOO_BIG, more
 * than some 20,000 elements have to be moved; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_merge(struct tarn_list *list, struct tarn_list *from,
					     tarn_list_compare *compare, void *arg);

/* ---- the whole --------------------------------------------------------------------------------- */

/**
 * tarn_list_sort() - put the elements in order
 * @list:	open for writing
 * @compare:	the order, or NULL: that of the type's key
 * @arg:	passed on
 *
 * Elements that are equal stay in the order that they have.  Handles stay good: no value moves.
 * Merge sort: Knuth, TAOCP 3, 5.2.4.
 *
 * Time:	O(size log size), and memory for all values.
 * Crash:	atomic.
 * Blocks:	as tarn_list_push_back().
 * Return: 0; TARN_TYPE, elements have no order; TARN_BUSY, others change it all the time; TARN_TOO_BIG, more than some 30,000 elements have
 * to be moved; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_sort(struct tarn_list *list, tarn_list_compare *compare,
					    void *arg);

/**
 * tarn_list_reverse() - turn the order around
 * @list:	open for writing
 *
 * As tarn_list_sort(), but O(size).
 *
 * Return: as tarn_list_sort().
 */
TARN_API TARN_MUST_CHECK int tarn_list_reverse(struct tarn_list *list);

/**
 * tarn_list_unique() - of equal elements that follow each other, remove all but the first
 * @list:	open for writing
 * @removed:	NULL, or told how many there were
 *
 * Values are equal if their bytes are; in the order of the type's key, if there is one, if neither
 * comes first.
 *
 * As tarn_list_sort(), but O(size).
 *
 * Return: as tarn_list_sort().
 */
TARN_API TARN_MUST_CHECK int tarn_list_unique(struct tarn_list *list, uint64_t *removed);

/**
 * tarn_list_remove() - remove all elements that are equal to a value
 * @list:	open for writing
 * @value:	its bytes
 * @size:	how many
 * @removed:	NULL, or told how many there were
 *
 * As tarn_list_unique(), but those.
 *
 * Return: as tarn_list_sort().
 */
TARN_API TARN_MUST_CHECK int tarn_list_remove(struct tarn_list *list, const void *value,
					      size_t size, uint64_t *removed);

/**
 * tarn_list_assign() - give it other contents, in one step
 * @list:	open for writing
 * @values:	count values, one after the other; or struct tarn_bytes for each
 * @size:	bytes of each; TARN_SEPARATE: values is an array of struct tarn_bytes
 * @count:	how many
 *
 * As tarn_list_append(), but for any number, and nothing stays.
 *
 * Return: as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_assign(struct tarn_list *list, const void *values,
					      size_t size, uint64_t count);

/**
 * tarn_list_resize() - give it so many elements, in one step
 * @list:	open for writing
 * @count:	how many in all
 * @value:	what those are that are added at the end
 * @size:	bytes of it
 *
 * As tarn_list_append(), but O(those added or removed).
 *
 * Return: as tarn_list_append().
 */
TARN_API TARN_MUST_CHECK int tarn_list_resize(struct tarn_list *list, uint64_t count,
					      const void *value, size_t size);

/**
 * tarn_list_clear() - remove all elements
 * @list:	open for writing
 *
 * Time:	O(1) for others to see it; their memory is then freed piece by piece, O(size).
 * Crash:	atomic; what a kill leaves to be freed, others free.
 * Blocks:	while others change the list, or a transaction has it, or another has cleared something.
 * Return: as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_clear(struct tarn_list *list);

/**
 * tarn_list_swap() - exchange the contents of two lists, in one step
 * @list:	open for writing
 * @other:	of the same arena and type; both or none of tarn_list_in()
 *
 * Handles go with their elements.
 *
 * Time:	O(1).
 * Crash:	atomic.
 * Blocks:	while others change one of them, or a transaction has it.
 * Return: 0; TARN_TYPE, of different types; TARN_INVALID, of two arenas or transactions; else as
 * tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_swap(struct tarn_list *list, struct tarn_list *other);

/**
 * tarn_list_copy() - give it the contents of another, in one step
 * @list:	open for writing
 * @from:	of the same arena and type; both or none of tarn_list_in()
 *
 * As tarn_list_assign(), but from another list, as that is at one moment, and stays.
 *
 * Return: 0; TARN_TYPE; TARN_INVALID; else as tarn_list_push_back().
 */
TARN_API TARN_MUST_CHECK int tarn_list_copy(struct tarn_list *list, struct tarn_list *from);

#endif
