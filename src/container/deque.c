// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque.c -- calls that change a deque: the ends, and the others
 *
 * deque_layout.h has the picture.  A writer locks the root's node, sees that
 * the object lives and no transaction has it, and hands what it wants to
 * deque_change.c; but for one element at an end, which is short enough to
 * stand here.
 *
 *	push	lock --> element outside --> tail, or head --> let go, or unlock
 *	pop	lock --> copy out --> tail, or head --> unlock
 *
 * It is not as short where the element is the first of a block that is not
 * there, or the last of one behind which there is a spare one already.
 *
 * Who may write what: who holds the root's node, after it has found the
 * object alive.
 *
 * On death: before the store of the head or the tail nothing has happened.
 */
#include "container/deque.h"

#include <stdlib.h>

/* ---- writers ----------------------------------------------------------------------------------- */

/* On failure the call has ended. */
static TARN_HOT int
begin(struct tarn_deque_writer *w, struct tarn_object *deque)
{
	int code = tarn__root_begin(deque, &w->lane);

	if (unlikely(code))
		return code;
	w->deque = deque;
	if (likely(tarn__deque_look(deque, &w->look)))
		return 0;
	code = tarn__write_failed(deque, w->lane, TARN_CORRUPT);
	tarn__write_end(deque, w->lane);
	return code;
}

static TARN_HOT int
end(struct tarn_deque_writer *w, int code)
{
	if (unlikely(!tarn__vector_is_answer(code)))
		code = tarn__write_failed(w->deque, w->lane, code);
	tarn__write_end(w->deque, w->lane);
	return code;
}

/* Nothing was changed by this call. */
static int
leave(struct tarn_deque_writer *w, int code)
{
	if (!w->deque->txn)
		tarn__root_let_go(w->deque, w->lane);
	return code;
}

/* What an operation is asked for. */
struct call {
	struct tarn_deque_splice splice;
	void *value; /* room for elements that are removed, or NULL */
	uint64_t *got; /* told how many, where there may be fewer */
};

/* The operation leaves the node, or commits; where it fails it need not. */
typedef int deque_operation(struct tarn_deque_writer *w, struct call call);

static int
write_once(struct tarn_object *deque, deque_operation *operation, struct call call)
{
	struct tarn_deque_writer w;
	int code = begin(&w, deque);

	return code ? code : end(&w, operation(&w, call));
}

/* Once more if there was no memory, and others had some; and until others leave the graveyard. */
static int
if_failed(struct tarn_object *deque, deque_operation *operation, struct call call, int code)
{
	uint64_t deadline = tarn__deadline(deque->arena);

	if (likely(code != TARN_FULL && code != TARN_BUSY) || deque->txn)
		return code;
	if (code == TARN_FULL) {
		tarn__vector_give_back(deque->arena);
		code = write_once(deque, operation, call);
	}
	while (code == TARN_BUSY && !tarn__too_late(deadline))
		code = write_once(deque, operation, call);
	return code;
}

static int
write_deque(struct tarn_deque *handle, deque_operation *operation, struct call call)
{
	struct tarn_object *deque = tarn__deque_object(handle);

	return if_failed(deque, operation, call, write_once(deque, operation, call));
}

/* ---- operations -------------------------------------------------------------------------------- */

static int
replace(struct tarn_deque_writer *w, struct call call)
{
	struct tarn_deque_splice *splice = &call.splice;
	uint64_t length = w->look.tail - w->look.head;

	if (splice->at > length)
		return leave(w, TARN_NOT_FOUND);
	if (splice->removed == TARN_DEQUE_END)
		splice->removed = length - splice->at;
	if (splice->removed > length - splice->at)
		return leave(w, TARN_NOT_FOUND);
	return tarn__deque_splice(w, splice);
}

static int
add_at_end(struct tarn_deque_writer *w, struct call call)
{
	call.splice.at = w->look.tail - w->look.head;
	return tarn__deque_splice(w, &call.splice);
}

static int
remove_at(struct tarn_deque_writer *w, struct call call, uint64_t at)
{
	int code = 0;

	if (w->look.tail == w->look.head)
		return leave(w, TARN_NOT_FOUND);
	call.splice = (struct tarn_deque_splice){ .at = at, .removed = 1 };
	if (call.value)
		code = tarn__deque_take(w->deque, &w->look, w->look.head + at, 1, call.value);
	return code ? code : tarn__deque_splice(w, &call.splice);
}

static int
remove_last(struct tarn_deque_writer *w, struct call call)
{
	return remove_at(w, call, w->look.tail - w->look.head - 1);
}

static int
remove_first(struct tarn_deque_writer *w, struct call call)
{
	return remove_at(w, call, 0);
}

/* So many of these, or all that there are. */
static int
remove_many_at(struct tarn_deque_writer *w, struct call call)
{
	const struct tarn_deque_splice *splice = &call.splice;
	int code;

	if (w->look.tail == w->look.head)
		return leave(w, TARN_NOT_FOUND);
	code = tarn__deque_take(w->deque, &w->look, w->look.head + splice->at, splice->removed,
				call.value);
	if (!code)
		code = tarn__deque_splice(w, splice);
	if (!code)
		*call.got = splice->removed;
	return code;
}

static int
remove_many(struct tarn_deque_writer *w, struct call call)
{
	call.splice.removed = tarn__min(call.splice.removed, w->look.tail - w->look.head);
	return remove_many_at(w, call);
}

static int
remove_many_last(struct tarn_deque_writer *w, struct call call)
{
	uint64_t length = w->look.tail - w->look.head;

	call.splice.removed = tarn__min(call.splice.removed, length);
	call.splice.at = length - call.splice.removed;
	return remove_many_at(w, call);
}

/* ---- the ends, in short ------------------------------------------------------------------------ */

/* Whether an element may be stored outside, in that block: it is one that was there, or a spare one. */
static TARN_HOT bool
may_store(const struct tarn_deque_look *look, uint64_t number, bool begins_it)
{
	uint64_t used;

	if (likely(!begins_it))
		return true;
	used = tarn__ring_end(look->tail, look->shift) - (look->head >> look->shift);
	return used + 3 <= look->slots && tarn__load(tarn__ring_slot(look, number));
}

static TARN_HOT bool
store_outside(struct tarn_deque_writer *w, uint64_t place, const void *value)
{
	/* the usual size by name: its arithmetic is done by the compiler */
	uint64_t size = likely(w->deque->value_size == 8) ? 8 : w->deque->value_size;
	unsigned first;
	uint64_t *words = tarn__deque_words(w->deque, &w->look, size, place, 1, &first);

	if (unlikely(!words))
		return false;
	tarn__bytes_in(words, first, value, size);
	tarn__barrier();
	return true;
}

static TARN_HOT bool
push_back(struct tarn_deque_writer *w, const void *value)
{
	const struct tarn_deque_look *look = &w->look;
	uint64_t mask = (UINT64_C(1) << look->shift) - 1;

	if (unlikely(w->deque->txn) ||
	    unlikely(!may_store(look, look->tail >> look->shift, !(look->tail & mask))) ||
	    unlikely(!store_outside(w, look->tail, value)))
		return false;
	tarn__store_release(&look->ring->tail, look->tail + 1);
	tarn__root_let_go(w->deque, w->lane);
	return true;
}

static TARN_HOT bool
push_front(struct tarn_deque_writer *w, const void *value)
{
	const struct tarn_deque_look *look = &w->look;
	uint64_t mask = (UINT64_C(1) << look->shift) - 1, place = look->head - 1;

	if (unlikely(w->deque->txn) ||
	    unlikely(!may_store(look, place >> look->shift, !(look->head & mask))) ||
	    unlikely(!store_outside(w, place, value)))
		return false;
	tarn__store_release(&look->ring->head, place);
	tarn__root_unlock(w->deque, w->lane);
	return true;
}

/* The block of the last element becomes the spare one, and there must be no other. */
static TARN_HOT bool
pop_back(struct tarn_deque_writer *w, void *value)
{
	const struct tarn_deque_look *look = &w->look;
	uint64_t mask = (UINT64_C(1) << look->shift) - 1, place = look->tail - 1;

	if (unlikely(w->deque->txn) || unlikely(look->tail == look->head))
		return false;
	if (unlikely(!(place & mask)) &&
	    tarn__load(tarn__ring_slot(look, (place >> look->shift) + 1)))
		return false;
	if (value && unlikely(tarn__deque_take(w->deque, look, place, 1, value)))
		return false;
	tarn__store_release(&look->ring->tail, place);
	tarn__root_unlock(w->deque, w->lane);
	return true;
}

static TARN_HOT bool
pop_front(struct tarn_deque_writer *w, void *value)
{
	const struct tarn_deque_look *look = &w->look;
	uint64_t mask = (UINT64_C(1) << look->shift) - 1, place = look->head;

	if (unlikely(w->deque->txn) || unlikely(look->tail == look->head))
		return false;
	if (unlikely(!((place + 1) & mask)) &&
	    tarn__load(tarn__ring_slot(look, (place >> look->shift) - 1)))
		return false;
	if (value && unlikely(tarn__deque_take(w->deque, look, place, 1, value)))
		return false;
	tarn__store_release(&look->ring->head, place + 1);
	tarn__root_unlock(w->deque, w->lane);
	return true;
}

/* What it was not short enough for, with the node still locked. */
static TARN_NOINLINE int
go_on_slowly(struct tarn_deque_writer *w, deque_operation *operation, const void *value, void *room)
{
	struct call call = { .splice = { .inserted = value != NULL, .values = value }, .value = room };
	int code = end(w, operation(w, call));

	return if_failed(w->deque, operation, call, code);
}

int
tarn_deque_push_back(struct tarn_deque *deque, const void *value)
{
	struct tarn_deque_writer w;
	int code = begin(&w, tarn__deque_object(deque));

	if (unlikely(code))
		return code;
	if (unlikely(!push_back(&w, value)))
		return go_on_slowly(&w, add_at_end, value, NULL);
	tarn__op_quit(w.lane);
	return 0;
}

int
tarn_deque_push_front(struct tarn_deque *deque, const void *value)
{
	struct tarn_deque_writer w;
	int code = begin(&w, tarn__deque_object(deque));

	if (unlikely(code))
		return code;
	if (unlikely(!push_front(&w, value)))
		return go_on_slowly(&w, replace, value, NULL);
	tarn__op_quit(w.lane);
	return 0;
}

int
tarn_deque_pop_back(struct tarn_deque *deque, void *value)
{
	struct tarn_deque_writer w;
	int code = begin(&w, tarn__deque_object(deque));

	if (unlikely(code))
		return code;
	if (unlikely(!pop_back(&w, value)))
		return go_on_slowly(&w, remove_last, NULL, value);
	tarn__op_quit(w.lane);
	return 0;
}

int
tarn_deque_pop_front(struct tarn_deque *deque, void *value)
{
	struct tarn_deque_writer w;
	int code = begin(&w, tarn__deque_object(deque));

	if (unlikely(code))
		return code;
	if (unlikely(!pop_front(&w, value)))
		return go_on_slowly(&w, remove_first, NULL, value);
	tarn__op_quit(w.lane);
	return 0;
}

int
tarn_deque_pop_many(struct tarn_deque *deque, void *values, uint64_t count, uint64_t *got)
{
	struct call call = { .splice = { .removed = count }, .value = values, .got = got };

	*got = 0;
	return write_deque(deque, remove_many, call);
}

int
tarn__deque_pop_last(struct tarn_deque *deque, void *values, uint64_t count, uint64_t *got)
{
	struct call call = { .splice = { .removed = count }, .value = values, .got = got };

	*got = 0;
	return write_deque(deque, remove_many_last, call);
}

/* ---- the others -------------------------------------------------------------------------------- */

int
tarn_deque_append(struct tarn_deque *deque, const void *values, uint64_t count)
{
	struct call call = { .splice = { .inserted = count, .values = values } };

	return write_deque(deque, add_at_end, call);
}

int
tarn_deque_set(struct tarn_deque *deque, uint64_t index, const void *value)
{
	struct call call = {
		.splice = { .at = index, .removed = 1, .inserted = 1, .values = value },
	};

	return write_deque(deque, replace, call);
}

int
tarn_deque_insert(struct tarn_deque *deque, uint64_t index, const void *values, uint64_t count)
{
	struct call call = { .splice = { .at = index, .inserted = count, .values = values } };

	return write_deque(deque, replace, call);
}

int
tarn_deque_erase(struct tarn_deque *deque, uint64_t index, uint64_t count)
{
	struct call call = { .splice = { .at = index, .removed = count } };

	return write_deque(deque, replace, call);
}

int
tarn_deque_assign(struct tarn_deque *deque, const void *values, uint64_t count)
{
	struct call call = {
		.splice = { .removed = TARN_DEQUE_END, .inserted = count, .values = values },
	};

	return write_deque(deque, replace, call);
}

int
tarn_deque_clear(struct tarn_deque *deque)
{
	return tarn_deque_assign(deque, NULL, 0);
}

/* ---- two deques -------------------------------------------------------------------------------- */

static int
exchange_in_txn(struct tarn_object *one, struct tarn_object *other, void *unused)
{
	struct tarn_lane *lane;
	int code = tarn__write_begin(one, &lane);

	(void)unused;
	if (code)
		return code;
	code = tarn__deque_exchange(lane, one, other);
	if (!tarn__vector_is_answer(code))
		code = tarn__write_failed(one, lane, code);
	tarn__write_end(one, lane);
	return code;
}

static int
copy_in_txn(struct tarn_object *one, struct tarn_object *other, void *unused)
{
	struct tarn_deque *from = (struct tarn_deque *)other;
	uint64_t size, got;
	char *values;
	int code = tarn_deque_size(from, &size);

	(void)unused;
	if (!code && (one->key_kind != other->key_kind || one->value_size != other->value_size))
		code = TARN_TYPE;
	if (code)
		return code;
	values = malloc(size * one->value_size + 1);
	code = values ? tarn_deque_read(from, 0, values, size, &got) : TARN_SYSTEM;
	if (!code)
		code = tarn_deque_assign((struct tarn_deque *)one, values, got);
	free(values);
	return code;
}

int
tarn_deque_swap(struct tarn_deque *deque, struct tarn_deque *other)
{
	return tarn__root_with_both(tarn__deque_object(deque), tarn__deque_object(other),
				    exchange_in_txn, NULL);
}

int
tarn_deque_copy(struct tarn_deque *deque, struct tarn_deque *from)
{
	return tarn__root_with_both(tarn__deque_object(deque), tarn__deque_object(from),
				    copy_in_txn, NULL);
}

/* ---- handles ----------------------------------------------------------------------------------- */

static bool
is_sound(const struct tarn_type *type, enum tarn_kind kind)
{
	if (type->kind != kind || !type->value_size || type->value_size > TARN_ELEMENT_MAX ||
	    type->key_size)
		return false;
	return tarn__vector_key_fits(type->key, type->value_size);
}

int
tarn__deque_open(struct tarn_arena *arena, enum tarn_kind kind, struct tarn_object **deque,
		 const char *name, const struct tarn_type *type, enum tarn_open_mode how,
		 bool *created)
{
	*deque = NULL;
	return is_sound(type, kind) ? tarn__object_open(arena, name, type, how, deque, created)
				    : TARN_INVALID;
}

int
tarn_deque_open(struct tarn_arena *arena, struct tarn_deque **deque, const char *name,
		const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object;
	int code = tarn__deque_open(arena, TARN_KIND_DEQUE, &object, name, type, how, created);

	*deque = (struct tarn_deque *)object;
	return code;
}

void
tarn_deque_close(struct tarn_deque *deque)
{
	tarn_object_close(tarn__deque_object(deque));
}

struct tarn_object *
tarn_deque_object(struct tarn_deque *deque)
{
	return tarn__deque_object(deque);
}

struct tarn_deque *
tarn_deque_in(struct tarn_deque *deque, struct tarn_txn *txn)
{
	return (struct tarn_deque *)tarn__txn_bound(txn, tarn__deque_object(deque));
}
