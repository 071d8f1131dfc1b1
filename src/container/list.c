// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list.c -- calls that change one element, or the ends, or all; handles
 *
 * list_layout.h has the picture.  A writer locks the root's node, sees that
 * the object lives and no transaction has it, and does what list_change.c
 * has for it:
 *
 *	push	lock --> element outside --> ends that are not true --> state --> unlock
 *	pop	lock --> copy out --> ends that are not true --> state --> unlock
 *	others	lock --> log --> commit
 *
 * Who may write what: who holds the root's node, after it has found the
 * object alive.
 *
 * On death: before the store of state, or the commit, nothing has happened.
 */
#include "container/list.h"

#include "container/swap.h"

/* ---- elements ---------------------------------------------------------------------------------- */

static int
insert(struct tarn_list *handle, const struct tarn_list_handle *where, enum tarn_list_way way,
       const void *value, size_t size, struct tarn_list_handle *at)
{
	struct tarn_object *list = tarn__list_object(handle);
	struct tarn_list_call call; /* all of it is much to store */
	int code = tarn__list_fits(list, size);

	call.at = *where;
	call.way = way;
	call.value = value;
	call.size = size;
	if (likely(!code))
		code = tarn__list_write_now(list, tarn__list_insert, &call);
	if (!code && at)
		*at = call.at;
	return code;
}

int
tarn_list_push_back(struct tarn_list *list, const void *value, size_t size,
		    struct tarn_list_handle *at)
{
	return insert(list, &TARN_LIST_END, TARN_LIST_BACKWARDS, value, size, at);
}

int
tarn_list_push_front(struct tarn_list *list, const void *value, size_t size,
		     struct tarn_list_handle *at)
{
	return insert(list, &TARN_LIST_END, TARN_LIST_FORWARDS, value, size, at);
}

int
tarn_list_insert(struct tarn_list *list, const struct tarn_list_handle *before, const void *value,
		 size_t size, struct tarn_list_handle *at)
{
	return insert(list, before, TARN_LIST_BACKWARDS, value, size, at);
}

int
tarn_list_insert_after(struct tarn_list *list, const struct tarn_list_handle *after,
		       const void *value, size_t size, struct tarn_list_handle *at)
{
	return insert(list, after, TARN_LIST_FORWARDS, value, size, at);
}

static int
pop_end(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	tarn_off off = call->way == TARN_LIST_FORWARDS ? w->look.first : w->look.last;
	struct tarn_element_shm *element;
	int code;

	if (unlikely(!off))
		return tarn__list_leave(w, call, TARN_NOT_FOUND);
	element = tarn__element(w->list, off);
	if (unlikely(!element))
		return TARN_CORRUPT;
	code = tarn__element_take(w->list, element, call->to, call->room, &call->value_size);
	if (unlikely(code == TARN_TOO_BIG))
		return tarn__list_leave(w, call, code);
	return unlikely(code) ? code : tarn__list_erase(w, off, element);
}

static int
pop(struct tarn_list *list, enum tarn_list_way way, void *value, size_t room, size_t *size)
{
	struct tarn_list_call call;
	int code;

	call.way = way;
	call.to = value;
	call.room = room;
	code = tarn__list_write_now(tarn__list_object(list), pop_end, &call);
	if (size && (code == 0 || code == TARN_TOO_BIG))
		*size = call.value_size;
	return code;
}

int
tarn_list_pop_back(struct tarn_list *list, void *value, size_t room, size_t *size)
{
	return pop(list, TARN_LIST_BACKWARDS, value, room, size);
}

int
tarn_list_pop_front(struct tarn_list *list, void *value, size_t room, size_t *size)
{
	return pop(list, TARN_LIST_FORWARDS, value, room, size);
}

int
tarn_list_set(struct tarn_list *list, const struct tarn_list_handle *at, const void *value,
	      size_t size)
{
	struct tarn_list_call call = { .at = *at, .value = value, .size = size };
	int code = tarn__list_fits(tarn__list_object(list), size);

	return code ? code : tarn__list_write(tarn__list_object(list), tarn__list_set, &call);
}

static int
erase(struct tarn_list_writer *w, struct tarn_list_call *call)
{
	struct tarn_element_shm *element = tarn__list_find(w, &call->at);

	if (!element)
		return tarn__list_leave(w, call, TARN_NOT_FOUND);
	return tarn__list_erase(w, call->at.where, element);
}

int
tarn_list_erase(struct tarn_list *list, const struct tarn_list_handle *at)
{
	struct tarn_list_call call = { .at = *at };

	return tarn__list_write(tarn__list_object(list), erase, &call);
}

/* ---- many -------------------------------------------------------------------------------------- */

int
tarn_list_append(struct tarn_list *list, const void *values, size_t size, uint64_t count)
{
	struct tarn_list_call call = { .values = values, .size = size, .count = count };
	int code = tarn__list_all_fit(tarn__list_object(list), values, size, count);

	return code ? code : tarn__list_write(tarn__list_object(list), tarn__list_append, &call);
}

int
tarn_list_resize(struct tarn_list *list, uint64_t count, const void *value, size_t size)
{
	struct tarn_list_call call = { .value = value, .size = size, .count = count };
	int code = tarn__list_fits(tarn__list_object(list), size);

	return code ? code : tarn__list_write(tarn__list_object(list), tarn__list_resize, &call);
}

int
tarn_list_clear(struct tarn_list *list)
{
	struct tarn_list_call call = { .count = 0 };

	return tarn__list_write(tarn__list_object(list), tarn__list_clear, &call);
}

/* ---- swap -------------------------------------------------------------------------------------- */

static int
exchange(struct tarn_lane *lane, struct tarn_object *one, struct tarn_object *other)
{
	if (!tarn__lists_alike(one, other))
		return TARN_TYPE;
	if (one->root == other->root)
		return 0;
	return tarn__root_exchange(lane, one->root, other->root);
}

int
tarn_list_swap(struct tarn_list *list, struct tarn_list *other)
{
	return tarn__swap(tarn__list_object(list), tarn__list_object(other), exchange);
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type)
{
	if (type->kind != TARN_KIND_LIST || type->key_size || !type->value_size)
		return false;
	if (type->value_size > TARN_ELEMENT_MAX && type->value_size != TARN_VALUE_BYTES)
		return false;
	return tarn__vector_key_fits(type->key, type->value_size);
}

int
tarn_list_open(struct tarn_arena *arena, struct tarn_list **list, const char *name,
	       const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object = NULL;
	int code = is_sound(type) ? tarn__object_open(arena, name, type, how, &object, created)
				  : TARN_INVALID;

	*list = (struct tarn_list *)object;
	return code;
}

void
tarn_list_close(struct tarn_list *list)
{
	tarn_object_close(tarn__list_object(list));
}

struct tarn_object *
tarn_list_object(struct tarn_list *list)
{
	return tarn__list_object(list);
}

struct tarn_list *
tarn_list_in(struct tarn_list *list, struct tarn_txn *txn)
{
	return (struct tarn_list *)tarn__txn_bound(txn, tarn__list_object(list));
}
