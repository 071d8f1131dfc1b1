// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_read.c -- calls that only read a vector: get, read, find, views
 *
 * A reader takes no lock.  It looks, copies, and looks again:
 *
 *	node --> area --> length --> elements --> node as before?
 *
 * Why what it has then was there at one moment: between its two looks at the
 * node, of the same version, others may have added elements, each by one
 * store of the length, and then at most one may have stored one word more
 * (W4, W5).  An answer that depends on the length is given only if that was
 * the same at the end, too.
 *
 * In a transaction, or when others change the vector all the time, it is
 * read while its node is locked.
 *
 * Who may write what: nothing here is written, but a lock.
 *
 * On death: a reader holds nothing, or a lock that recovery releases.
 */
#include "container/vector.h"

#include "base/arith.h"

#define AGAIN 1
#define VAIN_MOST 100u
#define FIND_BYTES UINT64_C(4096)

/* ---- readers ----------------------------------------------------------------------------------- */

/* Nobody changes the root, and yet there is no way to the elements. */
static TARN_COLD int
no_way(const struct tarn_object *vector, uint64_t word, uint64_t node)
{
	if (!tarn__node_still(&vector->root->node, node))
		return AGAIN;
	return tarn__word_is_stale(vector, word) ? TARN_REMOVED : TARN_CORRUPT;
}

static TARN_HOT int
read_once(const struct tarn_object *vector, tarn__vector_taker *take, struct tarn_vector_call *call)
{
	const struct tarn_root_shm *root = vector->root;
	struct tarn_vector_look look;
	uint64_t word, node = tarn__load_acquire(&root->node);
	int code = 0;

	if (unlikely(node & TARN_NODE_DIRTY))
		code = tarn__node_read(vector->arena, &root->node, tarn__deadline(vector->arena),
				       &node);
	if (unlikely(code))
		return code;
	word = tarn__load(&root->word);
	if (unlikely(tarn__word_is_stale(vector, word)) ||
	    unlikely(!tarn__vector_look(vector, &look)))
		return no_way(vector, word, node);
	call->number = node;
	code = take(vector, &look, call);
	if (unlikely(!tarn__node_still(&root->node, node)))
		return AGAIN;
	if (unlikely(call->whole) && unlikely(tarn__load(&look.area->length) != look.length))
		return AGAIN;
	return code;
}

/* In a transaction, or because others change it all the time: while it is locked. */
static int
read_locked(struct tarn_object *vector, tarn__vector_taker *take, struct tarn_vector_call *call)
{
	struct tarn_vector_writer w;
	int code = tarn__vector_begin(&w, vector);

	if (code)
		return code;
	call->number = tarn__load(&vector->root->node);
	code = take(vector, &w.look, call);
	if (tarn__vector_is_answer(code))
		code = tarn__vector_leave(&w, code);
	return tarn__vector_end(&w, code);
}

/* Who may not write goes on trying, to the deadline. */
static TARN_COLD int
read_again(struct tarn_object *vector, tarn__vector_taker *take, struct tarn_vector_call *call)
{
	uint64_t deadline = tarn__deadline(vector->arena);
	int code = AGAIN;

	for (unsigned vain = 0; code == AGAIN && vain < VAIN_MOST; vain++)
		code = read_once(vector, take, call);
	if (code != AGAIN)
		return code;
	code = vector->arena->readonly ? TARN_BUSY : read_locked(vector, take, call);
	if (code != TARN_BUSY && !tarn__cannot_lock(code))
		return code;
	do
		code = read_once(vector, take, call);
	while (code == AGAIN && !tarn__too_late(deadline));
	return code == AGAIN ? TARN_BUSY : code;
}

static TARN_HOT int
read_fast(struct tarn_object *vector, tarn__vector_taker *take, struct tarn_vector_call *call)
{
	int code = tarn__forked(vector->arena) ? tarn__member_after_fork(vector->arena) : 0;

	if (unlikely(code))
		return code;
	if (unlikely(vector->txn))
		return read_locked(vector, take, call);
	code = read_once(vector, take, call);
	return likely(code != AGAIN) ? code : read_again(vector, take, call);
}

int
tarn__vector_read(struct tarn_object *vector, tarn__vector_taker *take,
		  struct tarn_vector_call *call)
{
	return read_fast(vector, take, call);
}

/* ---- taking ------------------------------------------------------------------------------------ */

static TARN_HOT int
take_one(const struct tarn_object *vector, const struct tarn_vector_look *look,
	 struct tarn_vector_call *call)
{
	if (unlikely(call->splice.at >= look->length)) {
		call->whole = true;
		return TARN_NOT_FOUND;
	}
	return tarn__vector_take(vector, look, call->splice.at, 1, call->value);
}

static int
take_last(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	call->whole = true;
	if (!look->length)
		return TARN_NOT_FOUND;
	return tarn__vector_take(vector, look, look->length - 1, 1, call->value);
}

/* As many as were asked for, or there are: splice.removed is asked for, splice.inserted told. */
static int
take_many(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	uint64_t at = call->splice.at;

	call->whole = at > look->length || call->splice.removed > look->length - at;
	if (at > look->length)
		return TARN_NOT_FOUND;
	call->splice.inserted = tarn__min(call->splice.removed, look->length - at);
	if (!call->splice.inserted)
		return 0;
	return tarn__vector_take(vector, look, at, call->splice.inserted, call->value);
}

static int
take_size(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	(void)vector;
	call->number = look->length;
	return 0;
}

static int
take_capacity(const struct tarn_object *vector, const struct tarn_vector_look *look,
	      struct tarn_vector_call *call)
{
	(void)vector;
	call->number = look->capacity;
	return 0;
}

/* The view's address and count; its version is in call->number. */
static int
take_view(const struct tarn_object *vector, const struct tarn_vector_look *look,
	  struct tarn_vector_call *call)
{
	struct tarn_vector_view *view = call->value;
	unsigned first;

	view->count = look->length;
	view->data = look->area->words;
	view->seen = call->number;
	if (look->length && !tarn__vector_words(vector, look, 0, look->length, &first))
		return TARN_CORRUPT;
	return 0;
}

/* A piece of the elements at a time, in memory that the call brings. */
static int
take_place(const struct tarn_object *vector, const struct tarn_vector_look *look,
	   struct tarn_vector_call *call)
{
	uint64_t size = vector->value_size, most = tarn__max(1, FIND_BYTES / size), n;
	char *buffer = call->value;
	int code;

	call->whole = true;
	for (uint64_t at = call->splice.at; at < look->length; at += n) {
		n = tarn__min(most, look->length - at);
		code = tarn__vector_take(vector, look, at, n, buffer);
		if (code)
			return code;
		for (uint64_t i = 0; i < n; i++) {
			if (memcmp(buffer + i * size, call->expected, size) != 0)
				continue;
			call->splice.inserted = at + i;
			call->whole = false;
			return 0;
		}
	}
	return TARN_NOT_FOUND;
}

/* ---- calls that read --------------------------------------------------------------------------- */

static TARN_HOT int
read_element(struct tarn_object *vector, tarn__vector_taker *take, uint64_t index, void *value)
{
	struct tarn_element element;
	struct tarn_vector_call call = { .splice = { .at = index } };

	call.value = tarn__element_begin(&element, vector->value_size);
	if (unlikely(!call.value))
		return TARN_SYSTEM;
	return tarn__element_end(&element, value, read_fast(vector, take, &call));
}

int
tarn_vector_get(struct tarn_vector *vector, uint64_t index, void *value)
{
	return read_element(tarn__vector_object(vector), take_one, index, value);
}

int
tarn_vector_front(struct tarn_vector *vector, void *value)
{
	return tarn_vector_get(vector, 0, value);
}

int
tarn_vector_back(struct tarn_vector *vector, void *value)
{
	return read_element(tarn__vector_object(vector), take_last, 0, value);
}

int
tarn_vector_read(struct tarn_vector *vector, uint64_t index, void *values, uint64_t count,
		 uint64_t *got)
{
	struct tarn_vector_call call = { .splice = { .at = index, .removed = count },
					 .value = values };
	int code = read_fast(tarn__vector_object(vector), take_many, &call);

	*got = code ? 0 : call.splice.inserted;
	return code;
}

int
tarn_vector_find(struct tarn_vector *vector, uint64_t from, const void *value, uint64_t *index)
{
	struct tarn_vector_call call = { .splice = { .at = from }, .expected = value };
	int code;

	call.value = malloc(tarn__max(FIND_BYTES, tarn__vector_object(vector)->value_size));
	if (!call.value)
		return TARN_SYSTEM;
	code = read_fast(tarn__vector_object(vector), take_place, &call);
	free(call.value);
	if (!code)
		*index = call.splice.inserted;
	return code;
}

int
tarn_vector_size(struct tarn_vector *vector, uint64_t *size)
{
	struct tarn_vector_call call = { .whole = false };
	int code = read_fast(tarn__vector_object(vector), take_size, &call);

	if (!code)
		*size = call.number;
	return code;
}

int
tarn_vector_empty(struct tarn_vector *vector, bool *empty)
{
	uint64_t size;
	int code = tarn_vector_size(vector, &size);

	if (!code)
		*empty = !size;
	return code;
}

int
tarn_vector_capacity(struct tarn_vector *vector, uint64_t *capacity)
{
	struct tarn_vector_call call = { .whole = false };
	int code = read_fast(tarn__vector_object(vector), take_capacity, &call);

	if (!code)
		*capacity = call.number;
	return code;
}

int
tarn_vector_view(struct tarn_vector *vector, struct tarn_vector_view *view)
{
	struct tarn_vector_call call = { .value = view };

	if (tarn__vector_object(vector)->txn)
		return TARN_IN_TXN;
	return read_fast(tarn__vector_object(vector), take_view, &call);
}

bool
tarn_vector_view_valid(struct tarn_vector *vector, const struct tarn_vector_view *view)
{
	return tarn__node_still(&tarn__vector_object(vector)->root->node, view->seen);
}
