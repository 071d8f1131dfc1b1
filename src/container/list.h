// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.h -- looking at a list, and holding one, for all files of it
 *
 *	list.c		calls that change one element or the ends; handles
 *	list_read.c	calls that only read
 *	list_change.c	elements are made, put in, and taken out
 *	list_copy.c	all elements in private memory: assign, copy, equal
 *	list_sort.c	other orders, and elements that are equal
 *	list_splice.c	elements move from list to list
 *	list_check.c	create, dismantle; is a list whole?
 *
 * A look is what was found from the root: the chain, its ends, and how many
 * elements it has.  A writer holds the root's node, changes the ends in its
 * look, and finishes with the store of state, or with a log.
 */
#ifndef TARN_CONTAINER_LIST_H
#define TARN_CONTAINER_LIST_H

#include "base/arith.h"
#include "container/list_layout.h"
#include "container/root.h"
#include "container/vector.h"

#include <tarn/list.h>

struct tarn_list_look {
	tarn_off off;
	struct tarn_chain_shm *chain;
	uint64_t count;
	uint64_t which;
	tarn_off first, last; /* 0: there is none */
};

/* A call that writes, with the node locked. */
struct tarn_list_writer {
	struct tarn_object *list;
	struct tarn_lane *lane;
	struct tarn_list_look look;
	bool logged; /* what is stored has a record; the node is DIRTY */
};

/* What an operation is asked for, and what it tells. */
struct tarn_list_call {
	struct tarn_list_handle at; /* in and out */
	enum tarn_list_way way;
	const void *value, *values;
	size_t size, room;
	void *to;	  /* room, or NULL */
	size_t value_size; /* told */
	uint64_t count;
	int answer; /* where nothing was changed: why */
};

/* A handle is a struct tarn_object and nothing more. */
static inline struct tarn_object *
tarn__list_object(struct tarn_list *list)
{
	return (struct tarn_object *)list;
}

static inline bool
tarn__lists_alike(const struct tarn_object *one, const struct tarn_object *other)
{
	return one->key_kind == other->key_kind && one->value_size == other->value_size &&
	       one->order == other->order;
}

/* A value that an element can have; TARN_INVALID, TARN_TOO_BIG. */
static inline int
tarn__list_fits(const struct tarn_object *list, size_t size)
{
	if (likely(list->value_size))
		return likely(size == list->value_size) ? 0 : TARN_INVALID;
	return size <= TARN_LIST_STRING_MOST ? 0 : TARN_TOO_BIG;
}

/* One of many values in private memory. */
static inline struct tarn_bytes
tarn__list_value_of(const void *values, size_t size, uint64_t i)
{
	if (size == TARN_SEPARATE)
		return ((const struct tarn_bytes *)values)[i];
	return (struct tarn_bytes){ (char *)values + i * size, size };
}

/* ---- looking ----------------------------------------------------------------------------------- */

/* From the root to the chain; false: not now, or not at all. */
static TARN_HOT bool
tarn__list_look(const struct tarn_object *list, struct tarn_list_look *look)
{
	uint64_t state;

	look->off = tarn__load(&list->root->structure);
	look->chain = tarn__at(list->arena, look->off, sizeof(*look->chain), 16);
	if (unlikely(!look->chain) || unlikely(look->off < list->arena->fixed.data_off))
		return false;
	state = tarn__load_acquire(&look->chain->state);
	look->which = state & TARN_STATE_WHICH;
	look->count = state >> TARN_STATE_COUNT_SHIFT;
	look->first = tarn__load(&look->chain->ends[look->which].first);
	look->last = tarn__load(&look->chain->ends[look->which].last);
	return likely(!look->count == !look->first) && likely(!look->count == !look->last);
}

/* An element's memory; NULL: none can be there.  Whether it is one, nobody promises. */
static TARN_HOT struct tarn_element_shm *
tarn__element(const struct tarn_object *list, tarn_off off)
{
	if (unlikely(off < list->arena->fixed.data_off))
		return NULL;
	return tarn__at(list->arena, off, tarn__element_bytes(list->value_size), 16);
}

/* The words of its value, and how many bytes they are; NULL: they are not all there. */
static TARN_HOT uint64_t *
tarn__element_value(const struct tarn_object *list, struct tarn_element_shm *element, size_t *size)
{
	tarn_off block;

	*size = list->value_size;
	if (likely(*size))
		return element->value;
	*size = tarn__load(&element->value[0]);
	if (*size <= TARN_ELEMENT_BYTES)
		return &element->value[1];
	block = tarn__load(&element->value[1]);
	if (*size > TARN_LIST_STRING_MOST || block < list->arena->fixed.data_off)
		return NULL;
	return tarn__at(list->arena, block, tarn__round_up(*size, 8), 16);
}

/* The element's neighbour that way, or 0 where the list ends. */
static inline tarn_off
tarn__element_beside(const struct tarn_list_look *look, const struct tarn_element_shm *element,
		     tarn_off off, enum tarn_list_way way)
{
	if (way == TARN_LIST_FORWARDS)
		return off == look->last ? 0 : tarn__load(&element->next);
	return off == look->first ? 0 : tarn__load(&element->prev);
}

/* Whether it is the element that the handle names; 0: it is none any more, or not now. */
static TARN_HOT bool
tarn__element_is(const struct tarn_list_look *look, const struct tarn_element_shm *element,
		 uint64_t generation)
{
	return generation && tarn__load(&element->generation) == generation &&
	       tarn__load(&element->list) == look->off;
}

/* Copy out its value, or tell only its size; TARN_TOO_BIG, TARN_CORRUPT. */
static TARN_HOT int
tarn__element_take(const struct tarn_object *list, struct tarn_element_shm *element, void *to,
		   size_t room, size_t *size)
{
	const uint64_t *words = tarn__element_value(list, element, size);

	if (unlikely(!words))
		return TARN_CORRUPT;
	if (!to)
		return 0;
	if (unlikely(*size > room))
		return TARN_TOO_BIG;
	tarn__bytes_out(to, words, 0, *size);
	return 0;
}

/* ---- writers: list_change.c -------------------------------------------------------------------- */

/*
 * Begin, do it, end; once more if there was no memory, and others had some.
 * The operation leaves the list as it is, or finishes; where it fails it need not.
 * Its code, or call->answer.
 */
typedef int tarn__list_operation(struct tarn_list_writer *w, struct tarn_list_call *call);
int tarn__list_write(struct tarn_object *list, tarn__list_operation *operation,
		     struct tarn_list_call *call);

int tarn__list_begin_failed(struct tarn_object *list, struct tarn_lane *lane);
int tarn__list_write_again(struct tarn_object *list, tarn__list_operation *operation,
			   struct tarn_list_call *call, int code);

/* On failure the call has ended. */
static TARN_HOT int
tarn__list_begin(struct tarn_list_writer *w, struct tarn_object *list)
{
	int code = tarn__root_begin(list, &w->lane);

	if (unlikely(code))
		return code;
	w->list = list;
	w->logged = false;
	return likely(tarn__list_look(list, &w->look)) ? 0 : tarn__list_begin_failed(list, w->lane);
}

/* tarn__list_write() that does not begin again. */
static TARN_HOT int
tarn__list_write_once(struct tarn_object *list, tarn__list_operation *operation,
		      struct tarn_list_call *call)
{
	struct tarn_list_writer w;
	int code = tarn__list_begin(&w, list);

	if (unlikely(code))
		return code;
	call->answer = 0;
	code = operation(&w, call);
	if (unlikely(code))
		code = tarn__write_failed(list, w.lane, code);
	if (likely(!list->txn))
		tarn__op_end(w.lane);
	else
		tarn__write_end(list, w.lane);
	return code ? code : call->answer;
}

/* tarn__list_write() without a call, for those that are short. */
static TARN_HOT int
tarn__list_write_now(struct tarn_object *list, tarn__list_operation *operation,
		     struct tarn_list_call *call)
{
	int code = tarn__list_write_once(list, operation, call);

	if (likely(code != TARN_FULL && code != TARN_BUSY) || list->txn)
		return code;
	return tarn__list_write_again(list, operation, call, code);
}

/* Nothing was changed by this call, and that is the answer. */
int tarn__list_leave(struct tarn_list_writer *w, struct tarn_list_call *call, int answer);

/* From now on all is logged: so many words, and those of finishing. */
int tarn__list_log(struct tarn_list_writer *w, uint64_t words);

/* The element that a handle names; NULL: it is not in the list. */
struct tarn_element_shm *tarn__list_find(const struct tarn_list_writer *w,
					 const struct tarn_list_handle *at);

/* What a handle, or TARN_LIST_END, has on one side, and itself: p comes before n.  NOT_FOUND. */
int tarn__list_place(const struct tarn_list_writer *w, const struct tarn_list_handle *at,
		     enum tarn_list_way way, tarn_off *p, tarn_off *n);

/* One after the other, from now on; where one of them is 0, the other is at an end.  Two words. */
int tarn__list_join(struct tarn_list_writer *w, tarn_off a, tarn_off b);

/*
 * So many elements, and the look's ends; gone, or NULL: the generation of the one that goes with it,
 * where nothing is logged.  The commit, but in a transaction.
 */
int tarn__list_finish(struct tarn_list_writer *w, uint64_t count, uint64_t *gone);

/* The memory of an element goes, with its value; its generation is another matter. */
int tarn__element_free(struct tarn_lane *lane, const struct tarn_object *list, tarn_off off);

/* The same, and its generation; one word, logged. */
int tarn__element_drop(struct tarn_list_writer *w, tarn_off off);

int tarn__list_insert(struct tarn_list_writer *w, struct tarn_list_call *call);
int tarn__list_erase(struct tarn_list_writer *w, tarn_off off, struct tarn_element_shm *element);
int tarn__list_append(struct tarn_list_writer *w, struct tarn_list_call *call);
int tarn__list_set(struct tarn_list_writer *w, struct tarn_list_call *call);
int tarn__list_clear(struct tarn_list_writer *w, struct tarn_list_call *call);
int tarn__list_resize(struct tarn_list_writer *w, struct tarn_list_call *call);

/* An empty chain whose serials begin there. */
int tarn__chain_make(struct tarn_lane *lane, uint64_t serial, tarn_off *off);

/* ---- list_copy.c ------------------------------------------------------------------------------- */

struct tarn_list_item {
	tarn_off off;
	size_t begin, size; /* of its value among the bytes */
};

/* All elements, as they were at one moment. */
struct tarn_list_copy {
	uint64_t node; /* as it was then */
	uint64_t count, items_room;
	struct tarn_list_item *items;
	bool values; /* these too */
	char *bytes;
	size_t bytes_used, bytes_room;
};

/* Values in private memory that elements can have; TARN_INVALID, TARN_TOO_BIG. */
int tarn__list_all_fit(const struct tarn_object *list, const void *values, size_t size,
		       uint64_t count);

/* TARN_SYSTEM, or why it could not be read.  To be freed in any case. */
int tarn__list_copy_take(struct tarn_object *list, struct tarn_list_copy *copy);
void tarn__list_copy_free(struct tarn_list_copy *copy);

/* Whether nobody has changed the list since; before anything is changed, with the node locked. */
static inline bool
tarn__list_copy_is_true(const struct tarn_list_writer *w, const struct tarn_list_copy *copy)
{
	return !((copy->node ^ tarn__load(&w->list->root->node)) & ~TARN_NODE_OWNER);
}

/* How often somebody else may have changed a list before it is TARN_BUSY. */
#define TARN_LIST_ROUNDS 100u

/* ---- list_sort.c ------------------------------------------------------------------------------- */

struct tarn_list_order {
	const struct tarn_object *list;
	tarn_list_compare *compare; /* NULL: the type's */
	void *arg;
};

int tarn__list_compare(const struct tarn_list_order *order, const char *a, size_t a_size,
		       const char *b, size_t b_size);

#endif
