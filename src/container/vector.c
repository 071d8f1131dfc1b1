// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- calls that change a vector: push, pop, set, and the others
 *
 * vector_layout.h has the picture.  A writer locks the root's node, sees
 * that the object lives and no transaction has it, and hands what it wants
 * to vector_change.c; but for the push of an element, which is short enough
 * to stand here.
 *
 *	push	lock --> element beyond the length --> length --> let go
 *
 * Who may write what: who holds the root's node, after it has found the
 * object alive.
 *
 * On death: vector_change.c.
 */
#include "container/vector.h"

#include "base/arith.h"
#include "container/swap.h"

#include <stdlib.h>

/* ---- writers ----------------------------------------------------------------------------------- */

static TARN_HOT int
begin(struct tarn_vector_writer *w, struct tarn_object *vector)
{
	int code = tarn__write_begin(vector, &w->lane);

	if (unlikely(code))
		return code;
	w->vector = vector;
	code = tarn__root_lock(vector, w->lane);
	if (likely(!code) && unlikely(tarn__word_is_stale(vector, tarn__load(&vector->root->word))))
		code = TARN_REMOVED;
	if (likely(!code) && unlikely(!tarn__vector_look(vector, &w->look)))
		code = TARN_CORRUPT;
	return likely(!code) ? 0 : tarn__vector_end(w, code);
}

int
tarn__vector_begin(struct tarn_vector_writer *w, struct tarn_object *vector)
{
	return begin(w, vector);
}

int
tarn__vector_end(struct tarn_vector_writer *w, int code)
{
	if (unlikely(!tarn__vector_is_answer(code)))
		code = tarn__write_failed(w->vector, w->lane, code);
	tarn__write_end(w->vector, w->lane);
	return code;
}

static int
write_once(struct tarn_object *vector, tarn__vector_operation *operation,
	   struct tarn_vector_call *call)
{
	struct tarn_vector_writer w;
	int code = tarn__vector_begin(&w, vector);

	return code ? code : tarn__vector_end(&w, operation(&w, call));
}

TARN_COLD void
tarn__vector_give_back(struct tarn_arena *arena)
{
	struct tarn_lane *lane;

	tarn__graveyard_work(arena, UINT32_MAX);
	if (tarn__op_begin(arena, &lane))
		return;
	tarn__lane_heap->tidy(lane);
	tarn__op_end(lane);
}

int
tarn__vector_write(struct tarn_object *vector, tarn__vector_operation *operation,
		   struct tarn_vector_call *call)
{
	struct tarn_vector_call again = *call;
	int code = write_once(vector, operation, call);

	if (likely(code != TARN_FULL) || vector->txn)
		return code;
	tarn__vector_give_back(vector->arena);
	*call = again;
	return write_once(vector, operation, call);
}

/* ---- operations -------------------------------------------------------------------------------- */

/* The splice as it is, with its place checked. */
int
tarn__vector_replace(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct tarn_splice *splice = &call->splice;

	if (splice->at > w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	if (splice->removed == TARN_VECTOR_END)
		splice->removed = w->look.length - splice->at;
	if (splice->removed > w->look.length - splice->at)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	return tarn__vector_splice(w, splice);
}

static int
add_at_end(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	call->splice.at = w->look.length;
	return tarn__vector_splice(w, &call->splice);
}

static int
remove_last(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	int code = 0;

	if (!w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	call->splice.at = w->look.length - 1;
	if (call->value)
		code = tarn__vector_take(w->vector, &w->look, call->splice.at, 1, call->value);
	return code ? code : tarn__vector_splice(w, &call->splice);
}

static int
set_size(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct tarn_splice *splice = &call->splice;

	splice->at = tarn__min(call->number, w->look.length);
	splice->removed = w->look.length - splice->at;
	splice->inserted = call->number - splice->at;
	return tarn__vector_splice(w, splice);
}

static int
add_to(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct tarn_splice splice = call->splice;
	uint64_t before = 0, after;
	int code;

	if (splice.at >= w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	code = tarn__vector_take(w->vector, &w->look, splice.at, 1, &before);
	after = before + call->number;
	call->number = before;
	splice.values = &after;
	return code ? code : tarn__vector_splice(w, &splice);
}

static int
swap_if(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	int code;

	if (call->splice.at >= w->look.length)
		return tarn__vector_leave(w, TARN_NOT_FOUND);
	code = tarn__vector_take(w->vector, &w->look, call->splice.at, 1, call->value);
	if (code)
		return code;
	if (memcmp(call->value, call->expected, w->vector->value_size) != 0)
		return tarn__vector_leave(w, TARN_MISMATCH);
	return tarn__vector_splice(w, &call->splice);
}

/* ---- calls that write -------------------------------------------------------------------------- */

static TARN_NOINLINE int
push_slowly(struct tarn_object *vector, const void *value)
{
	struct tarn_vector_call call = { .splice = { .inserted = 1, .values = value } };

	return tarn__vector_write(vector, add_at_end, &call);
}

/* An element beyond the length, and the length; false: it is not as simple as that. */
static TARN_HOT bool
push(struct tarn_vector_writer *w, const void *value, uint64_t size)
{
	unsigned first;
	uint64_t *words;

	if (unlikely(!tarn__vector_needs_no_log(w)) ||
	    unlikely(w->look.length == w->look.capacity))
		return false;
	words = tarn__vector_words_sized(w->vector, &w->look, size, w->look.length, 1, &first);
	if (unlikely(!words))
		return false;
	tarn__bytes_in(words, first, value, size);
	tarn__barrier();
	tarn__store_release(&w->look.area->length, w->look.length + 1);
	(void)tarn__vector_leave(w, 0);
	return true;
}

/* The same in a transaction, which has the node and has made the area itself (W6). */
static TARN_NOINLINE int
push_in_txn(struct tarn_object *vector, const void *value)
{
	struct tarn_vector_writer w = { .vector = vector, .lane = tarn__txn_enter_now(vector->txn) };
	bool done;

	if (unlikely(!w.lane))
		return push_slowly(vector, value);
	done = likely(tarn__node_owned_by(tarn__load(&vector->root->node), w.lane->owner)) &&
	       likely(tarn__vector_look(vector, &w.look)) &&
	       (likely(vector->value_size == 8) ? push(&w, value, 8)
						: push(&w, value, vector->value_size));
	tarn__op_quit(w.lane);
	return likely(done) ? 0 : push_slowly(vector, value);
}

/* ... and by itself. */
static TARN_HOT int
push_alone(struct tarn_object *vector, const void *value)
{
	struct tarn_vector_writer w;
	int code = begin(&w, vector);
	bool done;

	if (unlikely(code))
		return code;
	/* the usual size by name: its arithmetic is done by the compiler */
	done = likely(vector->value_size == 8) ? push(&w, value, 8)
					       : push(&w, value, vector->value_size);
	if (unlikely(!done))
		code = tarn__vector_leave(&w, 0);
	tarn__write_end(vector, w.lane);
	return likely(done) ? code : push_slowly(vector, value);
}

int
tarn_vector_push_back(struct tarn_vector *handle, const void *value)
{
	struct tarn_object *vector = tarn__vector_object(handle);

	return unlikely(vector->txn) ? push_in_txn(vector, value) : push_alone(vector, value);
}

int
tarn_vector_append(struct tarn_vector *vector, const void *values, uint64_t count)
{
	struct tarn_vector_call call = { .splice = { .inserted = count, .values = values } };

	return tarn__vector_write(tarn__vector_object(vector), add_at_end, &call);
}

int
tarn_vector_pop_back(struct tarn_vector *vector, void *value)
{
	struct tarn_vector_call call = { .splice = { .removed = 1 }, .value = value };

	return tarn__vector_write(tarn__vector_object(vector), remove_last, &call);
}

int
tarn_vector_set(struct tarn_vector *vector, uint64_t index, const void *value)
{
	struct tarn_vector_call call = {
		.splice = { .at = index, .removed = 1, .inserted = 1, .values = value },
	};

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_replace, &call);
}

int
tarn_vector_fetch_add(struct tarn_vector *handle, uint64_t index, uint64_t n, uint64_t *before)
{
	struct tarn_object *vector = tarn__vector_object(handle);
	struct tarn_vector_call call = {
		.splice = { .at = index, .removed = 1, .inserted = 1 }, .number = n,
	};
	uint32_t size = vector->value_size;
	int code;

	if (size > 8 || (size & (size - 1)) || vector->key_kind == TARN_KEY_F64)
		return TARN_TYPE;
	code = tarn__vector_write(vector, add_to, &call);
	if (!code && before)
		*before = call.number;
	return code;
}

int
tarn_vector_compare_and_swap(struct tarn_vector *handle, uint64_t index, const void *expected,
			     const void *desired)
{
	struct tarn_object *vector = tarn__vector_object(handle);
	struct tarn_vector_call call = {
		.splice = { .at = index, .removed = 1, .inserted = 1, .values = desired },
		.expected = expected,
	};
	uint64_t word;
	int code;

	call.value = vector->value_size <= sizeof(word) ? &word : malloc(vector->value_size);
	if (!call.value)
		return TARN_SYSTEM;
	code = tarn__vector_write(vector, swap_if, &call);
	if (call.value != &word)
		free(call.value);
	return code;
}

int
tarn_vector_insert(struct tarn_vector *vector, uint64_t index, const void *values, uint64_t count)
{
	struct tarn_vector_call call = {
		.splice = { .at = index, .inserted = count, .values = values },
	};

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_replace, &call);
}

int
tarn_vector_erase(struct tarn_vector *vector, uint64_t index, uint64_t count)
{
	struct tarn_vector_call call = { .splice = { .at = index, .removed = count } };

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_replace, &call);
}

int
tarn_vector_assign(struct tarn_vector *vector, const void *values, uint64_t count)
{
	struct tarn_vector_call call = {
		.splice = { .removed = TARN_VECTOR_END, .inserted = count, .values = values },
	};

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_replace, &call);
}

int
tarn_vector_clear(struct tarn_vector *vector)
{
	return tarn_vector_assign(vector, NULL, 0);
}

int
tarn_vector_resize(struct tarn_vector *vector, uint64_t size, const void *fill)
{
	struct tarn_vector_call call = { .splice = { .values = fill, .alike = fill != NULL },
					 .number = size };

	return tarn__vector_write(tarn__vector_object(vector), set_size, &call);
}

int
tarn_vector_reserve(struct tarn_vector *vector, uint64_t capacity)
{
	struct tarn_vector_call call = { .number = capacity };

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_reserve, &call);
}

int
tarn_vector_shrink_to_fit(struct tarn_vector *vector)
{
	struct tarn_vector_call call = { .number = 0 };

	return tarn__vector_write(tarn__vector_object(vector), tarn__vector_shrink, &call);
}

/* ---- two vectors ------------------------------------------------------------------------------- */

int
tarn_vector_swap(struct tarn_vector *vector, struct tarn_vector *other)
{
	return tarn__swap(tarn__vector_object(vector), tarn__vector_object(other),
			  tarn__vector_exchange);
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type)
{
	if (type->kind != TARN_KIND_VECTOR || !type->value_size ||
	    type->value_size > TARN_ELEMENT_MAX || type->key_size)
		return false;
	return tarn__vector_key_fits(type->key, type->value_size);
}

static int
open(struct tarn_arena *arena, struct tarn_vector **vector, const char *name,
     const struct tarn_type *type, enum tarn_open_mode how, uint64_t limit, bool *created)
{
	struct tarn_object *object;
	int code;

	*vector = NULL;
	if (!is_sound(type))
		return TARN_INVALID;
	code = tarn__object_open_limited(arena, name, type, how, limit, &object, created);
	if (!code)
		*vector = (struct tarn_vector *)object;
	return code;
}

int
tarn_vector_open(struct tarn_arena *arena, struct tarn_vector **vector, const char *name,
		 const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	return open(arena, vector, name, type, how, 0, created);
}

int
tarn_vector_open_bounded(struct tarn_arena *arena, struct tarn_vector **vector, const char *name,
			 const struct tarn_type *type, enum tarn_open_mode how, uint64_t maximum,
			 bool *created)
{
	*vector = NULL;
	return maximum ? open(arena, vector, name, type, how, maximum, created) : TARN_INVALID;
}

void
tarn_vector_close(struct tarn_vector *vector)
{
	tarn_object_close(vector ? tarn__vector_object(vector) : NULL);
}

struct tarn_object *
tarn_vector_object(struct tarn_vector *vector)
{
	return tarn__vector_object(vector);
}

struct tarn_vector *
tarn_vector_in(struct tarn_vector *vector, struct tarn_txn *txn)
{
	return (struct tarn_vector *)tarn__txn_bound(txn, tarn__vector_object(vector));
}
