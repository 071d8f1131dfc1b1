// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_read.c -- calls that only read a list: get, the ends, walks, size
 *
 * A reader takes no lock.  It looks, copies, and looks again:
 *
 *	node --> chain --> state --> ends --> elements --> node as before?
 *
 * Between its two looks at the node, of the same version, at most one store
 * has changed what means something (K4): it has seen the list before it, or
 * after it.  But for one thing: an element that is taken away from an end
 * loses its generation a little earlier.  A reader for which that matters
 * waits until it is gone, or its remover is dead, and it is there again.
 *
 * Every element that is met must lead back to the one before it, so a walk
 * through an arena that makes no sense ends.
 *
 * Who may write what: nothing here is written, but a lock.
 *
 * On death: a reader holds nothing, or a lock that recovery releases.
 */
#include "container/list.h"

#include <stdlib.h>

#define LEAVING 2 /* no error code: the element is being taken away */

struct ask {
	struct tarn_list_handle at;
	enum tarn_list_way way;
	void *values;
	size_t room, size; /* size is told; */
	size_t *sizes;	   /* or that of each */
	struct tarn_list_handle *handles;
	uint64_t count, got;
	uint64_t owner; /* of this thread's locks; 0: none */
};

/* ---- taking ------------------------------------------------------------------------------------ */

/* What it means that an element has no generation. */
static TARN_COLD int
without_generation(const struct tarn_object *list, const struct ask *ask, int code)
{
	uint64_t owner = tarn__node_owner(tarn__load_acquire(&list->root->node));

	return owner && owner != ask->owner ? LEAVING : code;
}

/* The element of the handle. */
static TARN_HOT int
find(const struct tarn_object *list, const struct tarn_list_look *look, const struct ask *ask,
     struct tarn_element_shm **element)
{
	uint64_t generation;

	*element = tarn__element(list, ask->at.where);
	if (unlikely(!*element) || unlikely(!ask->at.generation))
		return TARN_NOT_FOUND;
	generation = tarn__load(&(*element)->generation);
	if (unlikely(!generation))
		return without_generation(list, ask, TARN_NOT_FOUND);
	return likely(tarn__element_is(look, *element, ask->at.generation)) ? 0 : TARN_NOT_FOUND;
}

static TARN_HOT int
take_one(const struct tarn_object *list, void *arg)
{
	struct ask *ask = arg;
	struct tarn_list_look look;
	struct tarn_element_shm *element;
	int code;

	if (unlikely(!tarn__list_look(list, &look)))
		return TARN_CORRUPT;
	code = find(list, &look, ask, &element);
	return unlikely(code) ? code
			      : tarn__element_take(list, element, ask->values, ask->room, &ask->size);
}

static int
take_end(const struct tarn_object *list, void *arg)
{
	struct ask *ask = arg;
	struct tarn_list_look look;
	struct tarn_element_shm *element;

	if (!tarn__list_look(list, &look))
		return TARN_CORRUPT;
	if (!look.count)
		return TARN_NOT_FOUND;
	element = tarn__element(list, ask->way == TARN_LIST_FORWARDS ? look.first : look.last);
	if (!element)
		return TARN_CORRUPT;
	return tarn__element_take(list, element, ask->values, ask->room, &ask->size);
}

/* Where a walk begins: off, or 0. */
static int
find_start(const struct tarn_object *list, const struct tarn_list_look *look, const struct ask *ask,
	   tarn_off *off)
{
	struct tarn_element_shm *element;
	int code;

	if (!ask->at.where) {
		*off = ask->way == TARN_LIST_FORWARDS ? look->first : look->last;
		return 0;
	}
	code = find(list, look, ask, &element);
	if (!code)
		*off = tarn__element_beside(look, element, ask->at.where, ask->way);
	return code;
}

static int
take_handle(const struct tarn_object *list, const struct ask *ask,
	    const struct tarn_element_shm *element, tarn_off off, struct tarn_list_handle *handle)
{
	*handle = (struct tarn_list_handle){ off, tarn__load(&element->generation) };
	return handle->generation ? 0 : without_generation(list, ask, TARN_CORRUPT);
}

/* The next value and its handle, as far as they are asked for. */
static int
take_element(const struct tarn_object *list, struct ask *ask, struct tarn_element_shm *element,
	     tarn_off off)
{
	const struct tarn_bytes *separate = ask->sizes ? ask->values : NULL;
	size_t size;
	int code = 0;

	if (ask->handles)
		code = take_handle(list, ask, element, off, &ask->handles[ask->got]);
	if (code || !ask->values)
		return code;
	if (separate)
		return tarn__element_take(list, element, separate[ask->got].data,
					  separate[ask->got].size, &ask->sizes[ask->got]);
	return tarn__element_take(list, element, (char *)ask->values + ask->got * ask->room,
				  ask->room, &size);
}

static int
take_many(const struct tarn_object *list, void *arg)
{
	struct ask *ask = arg;
	struct tarn_list_look look;
	tarn_off off, before = 0;
	int code;

	ask->got = 0;
	if (!tarn__list_look(list, &look))
		return TARN_CORRUPT;
	code = find_start(list, &look, ask, &off);
	while (!code && off && ask->got < ask->count) {
		struct tarn_element_shm *element = tarn__element(list, off);

		if (!element || (before && tarn__element_beside(&look, element, off, !ask->way) != before))
			return TARN_CORRUPT;
		code = take_element(list, ask, element, off);
		ask->got += !code;
		before = off;
		off = tarn__element_beside(&look, element, off, ask->way);
	}
	return code;
}

static int
take_next(const struct tarn_object *list, void *arg)
{
	struct ask *ask = arg;
	struct tarn_list_look look;
	const struct tarn_element_shm *element;
	tarn_off off;
	int code;

	if (!tarn__list_look(list, &look))
		return TARN_CORRUPT;
	code = find_start(list, &look, ask, &off);
	*ask->handles = TARN_LIST_END;
	if (code || !off)
		return code;
	element = tarn__element(list, off);
	return element ? take_handle(list, ask, element, off, ask->handles) : TARN_CORRUPT;
}

static int
take_size(const struct tarn_object *list, void *arg)
{
	struct tarn_list_look look;

	if (!tarn__list_look(list, &look))
		return TARN_CORRUPT;
	((struct ask *)arg)->got = look.count;
	return 0;
}

/* ---- calls that read --------------------------------------------------------------------------- */

/* An element is being taken away: until it is gone, or there. */
static TARN_COLD int
read_patiently(struct tarn_object *list, tarn__root_taker *take, struct ask *ask)
{
	uint64_t deadline = tarn__deadline(list->arena), seen;
	int code = LEAVING;

	ask->owner = tarn__thread_owner(list->arena);
	for (unsigned round = 0; code == LEAVING; round++) {
		seen = tarn__load_acquire(&list->root->node);
		code = 0;
		if (tarn__node_owner(seen) && tarn__node_owner(seen) != ask->owner)
			code = tarn__node_wait(list->arena, &list->root->node, seen, round, deadline);
		if (!code)
			code = tarn__root_read(list, take, ask);
	}
	return code;
}

static TARN_HOT int
read_list(struct tarn_list *handle, tarn__root_taker *take, struct ask *ask)
{
	struct tarn_object *list = tarn__list_object(handle);
	int code;

	ask->owner = unlikely(list->txn != NULL) ? tarn__thread_owner(list->arena) : 0;
	code = tarn__root_read(list, take, ask);
	return likely(code != LEAVING) ? code : read_patiently(list, take, ask);
}

static int
read_value(struct tarn_list *list, tarn__root_taker *take, struct ask *ask, size_t *size)
{
	int code = read_list(list, take, ask);

	if (size && (code == 0 || code == TARN_TOO_BIG))
		*size = ask->size;
	return code;
}

int
tarn_list_get(struct tarn_list *list, const struct tarn_list_handle *at, void *value, size_t room,
	      size_t *size)
{
	struct ask ask = { .at = *at, .values = value, .room = room };

	return read_value(list, take_one, &ask, size);
}

int
tarn_list_front(struct tarn_list *list, void *value, size_t room, size_t *size)
{
	struct ask ask = { .way = TARN_LIST_FORWARDS, .values = value, .room = room };

	return read_value(list, take_end, &ask, size);
}

int
tarn_list_back(struct tarn_list *list, void *value, size_t room, size_t *size)
{
	struct ask ask = { .way = TARN_LIST_BACKWARDS, .values = value, .room = room };

	return read_value(list, take_end, &ask, size);
}

static int
step(struct tarn_list *list, struct tarn_list_handle *at, enum tarn_list_way way)
{
	struct tarn_list_handle next;
	struct ask ask = { .at = *at, .way = way, .handles = &next };
	int code = read_list(list, take_next, &ask);

	if (!code)
		*at = next;
	return code;
}

int
tarn_list_next(struct tarn_list *list, struct tarn_list_handle *at)
{
	return step(list, at, TARN_LIST_FORWARDS);
}

int
tarn_list_prev(struct tarn_list *list, struct tarn_list_handle *at)
{
	return step(list, at, TARN_LIST_BACKWARDS);
}

/* Ends before what is longer than its room. */
static int
read_many(struct tarn_list *list, struct ask *ask, uint64_t *got)
{
	int code = read_list(list, take_many, ask);

	*got = code && code != TARN_TOO_BIG ? 0 : ask->got;
	return code == TARN_TOO_BIG && ask->got ? 0 : code;
}

/* A size is room until all is true, and only then told. */
static int
read_separate(struct tarn_list *list, struct ask *ask, struct tarn_bytes *values, uint64_t *got)
{
	int code;

	ask->sizes = calloc(tarn__max(ask->count, 1), sizeof(*ask->sizes));
	*got = 0;
	if (!ask->sizes)
		return TARN_SYSTEM;
	code = read_many(list, ask, got);
	for (uint64_t i = 0; i < *got; i++)
		values[i].size = ask->sizes[i];
	if (code == TARN_TOO_BIG)
		values[0].size = ask->sizes[0];
	free(ask->sizes);
	return code;
}

int
tarn_list_read(struct tarn_list *list, const struct tarn_list_handle *after, enum tarn_list_way way,
	       void *values, size_t room, struct tarn_list_handle *handles, uint64_t count,
	       uint64_t *got)
{
	struct ask ask = { .at = *after, .way = way, .values = values, .room = room,
			   .handles = handles, .count = count };

	if (values && room == TARN_SEPARATE)
		return read_separate(list, &ask, values, got);
	return read_many(list, &ask, got);
}

int
tarn_list_size(struct tarn_list *list, uint64_t *size)
{
	struct ask ask = { .got = 0 };
	int code = read_list(list, take_size, &ask);

	if (!code)
		*size = ask.got;
	return code;
}

int
tarn_list_empty(struct tarn_list *list, bool *empty)
{
	uint64_t size;
	int code = tarn_list_size(list, &size);

	if (!code)
		*empty = !size;
	return code;
}
