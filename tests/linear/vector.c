// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector.c -- histories of vectors: see history.h
 *
 * Two vectors of a few small numbers; what a read of all of one has found is
 * told as a hash.
 */
#include "linear/history.h"

#include "base/arith.h"
#include "base/hash.h"

#include <string.h>

#define VECTORS HISTORY_OBJECTS
#define MOST 56u /* elements */
#define HISTORIES 4000u
#define SECONDS 12u

enum kind {
	GET, BACK, SIZE, READ, FIND, PUSH, APPEND, POP, SET, ADD, COMPARE_AND_SWAP, INSERT, ERASE,
	RESIZE, ASSIGN, CLEAR, SORT, SHRINK, SWAP, MOVE, READ_BOTH, UNDONE, KINDS
};

static const char *const names[KINDS] = {
	"get", "back", "size", "read", "find", "push", "append", "pop", "set", "add",
	"compare and swap", "insert", "erase", "resize", "assign", "clear", "sort", "shrink", "swap",
	"move", "read both", "undone",
};

struct values {
	struct array {
		uint64_t length;
		int64_t at[MOST]; /* 0 behind the end */
	} of[VECTORS];
};

_Static_assert(sizeof(struct values) <= HISTORY_STATE, "a state holds both vectors");

static struct tarn_vector *vectors[VECTORS];

static int64_t
digest(const int64_t *values, uint64_t count)
{
	return (int64_t)(tarn__hash_bytes(values, count * 8, 1) >> 1);
}

/* ---- the calls --------------------------------------------------------------------------------- */

static int
read_all(struct tarn_vector *vector, int64_t *said)
{
	int64_t values[MOST];
	uint64_t got = 0;
	int code = tarn_vector_read(vector, 0, values, MOST, &got);

	*said = code ? 0 : digest(values, got);
	return code;
}

/* The last of the one is pushed onto the other. */
static int
move(struct tarn_vector *from, struct tarn_vector *to, struct call *call)
{
	int code = tarn_vector_pop_back(from, &call->said[0]);

	return code ? code : tarn_vector_push_back(to, &call->said[0]);
}

static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_vector *from = tarn_vector_in(vectors[call->object], txn);
	struct tarn_vector *to = tarn_vector_in(vectors[!call->object], txn);
	int code;

	if (call->kind != READ_BOTH)
		return move(from, to, call);
	code = read_all(from, &call->said[0]);
	return code ? code : read_all(to, &call->said[1]);
}

/* TARN_BUSY: others kept changing it, and nothing was done. */
static int
sort_until_done(struct tarn_vector *vector)
{
	int code;

	do
		code = tarn_vector_sort(vector, NULL, NULL);
	while (code == TARN_BUSY);
	return code;
}

static int
make_reading(struct tarn_vector *vector, struct call *call)
{
	switch (call->kind) {
	case GET:
		return tarn_vector_get(vector, call->at, &call->said[0]);
	case BACK:
		return tarn_vector_back(vector, &call->said[0]);
	case SIZE:
		return tarn_vector_size(vector, (uint64_t *)&call->said[0]);
	case READ:
		return read_all(vector, &call->said[0]);
	default:
		return tarn_vector_find(vector, 0, &call->a, (uint64_t *)&call->said[0]);
	}
}

static int
make_any(struct call *call)
{
	const int64_t two[] = { call->a, call->b };
	struct tarn_vector *vector = vectors[call->object];

	switch (call->kind) {
	case GET ... FIND:
		return make_reading(vector, call);
	case PUSH:
		return tarn_vector_push_back(vector, &call->a);
	case APPEND:
		return tarn_vector_append(vector, two, 2);
	case POP:
		return tarn_vector_pop_back(vector, &call->said[0]);
	case SET:
		return tarn_vector_set(vector, call->at, &call->a);
	case ADD:
		return tarn_vector_fetch_add(vector, call->at, (uint64_t)call->a,
					     (uint64_t *)&call->said[0]);
	case COMPARE_AND_SWAP:
		return tarn_vector_compare_and_swap(vector, call->at, &call->a, &call->b);
	case INSERT:
		return tarn_vector_insert(vector, call->at, two, 2);
	case ERASE:
		return tarn_vector_erase(vector, call->at, 1);
	case RESIZE:
		return tarn_vector_resize(vector, call->at, &call->a);
	case ASSIGN:
		return tarn_vector_assign(vector, two, 2);
	case CLEAR:
		return tarn_vector_clear(vector);
	case SORT:
		return sort_until_done(vector);
	case SHRINK:
		return tarn_vector_shrink_to_fit(vector);
	case SWAP:
		return tarn_vector_swap(vectors[0], vectors[1]);
	default:
		return history_in_txn(tarn_vector_object(vectors[0]), tarn_vector_object(vectors[1]),
				      call->kind == UNDONE, work, call);
	}
}

/* What stands where a value would be, if there is none, does not matter. */
static int
make(struct call *call)
{
	int code = make_any(call);

	if (code)
		call->said[0] = 0;
	return code;
}

/* ---- the array --------------------------------------------------------------------------------- */

/* What is behind the end is 0, so that equal states look alike. */
static int
splice(struct array *array, uint64_t at, uint64_t removed, const int64_t *from, uint64_t inserted)
{
	uint64_t rest;

	if (at > array->length || removed > array->length - at)
		return TARN_NOT_FOUND;
	rest = array->length - at - removed;
	memmove(&array->at[at + inserted], &array->at[at + removed], rest * 8);
	memcpy(&array->at[at], from, inserted * 8);
	array->length = at + inserted + rest;
	memset(&array->at[array->length], 0, (MOST - array->length) * 8);
	return 0;
}

static void
apply_reading(struct array *array, struct call *call)
{
	uint64_t at = call->kind == BACK ? array->length - 1 : call->at;

	if (call->kind == SIZE) {
		call->said[0] = (int64_t)array->length;
		return;
	}
	if (call->kind == READ) {
		call->said[0] = digest(array->at, array->length);
		return;
	}
	if (call->kind == FIND)
		for (at = 0; at < array->length && array->at[at] != call->a;)
			at++;
	call->code = at < array->length ? 0 : TARN_NOT_FOUND;
	if (!call->code)
		call->said[0] = call->kind == FIND ? (int64_t)at : array->at[at];
}

static void
apply_to_both(struct array *from, struct array *to, struct call *call)
{
	if (call->kind == READ_BOTH) {
		call->said[0] = digest(from->at, from->length);
		call->said[1] = digest(to->at, to->length);
		return;
	}
	call->code = from->length ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = from->at[from->length - 1];
	if (call->kind == UNDONE)
		return;
	(void)splice(from, from->length - 1, 1, from->at, 0);
	(void)splice(to, to->length, 0, &call->said[0], 1);
}

static void
apply_to_one(struct array *array, struct call *call)
{
	int64_t *element = call->at < array->length ? &array->at[call->at] : NULL;

	call->code = element ? 0 : TARN_NOT_FOUND;
	if (!element)
		return;
	if (call->kind == SET) {
		*element = call->a;
	} else if (call->kind == ADD) {
		call->said[0] = *element;
		*element += call->a;
	} else if (*element == call->a) {
		*element = call->b;
	} else {
		call->code = TARN_MISMATCH;
	}
}

static void
resize(struct array *array, uint64_t length, int64_t fill)
{
	if (length < array->length)
		(void)splice(array, length, array->length - length, array->at, 0);
	while (array->length < length)
		(void)splice(array, array->length, 0, &fill, 1);
}

static void
sort(struct array *array)
{
	for (uint64_t i = 1; i < array->length; i++) {
		for (uint64_t at = i; at > 0 && array->at[at - 1] > array->at[at]; at--) {
			int64_t lower = array->at[at];

			array->at[at] = array->at[at - 1];
			array->at[at - 1] = lower;
		}
	}
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	struct array *array = &values->of[call->object], *other = &values->of[!call->object];
	const int64_t two[] = { call->a, call->b };
	struct array third = *array;

	call->code = 0;
	switch (call->kind) {
	case GET ... FIND:
		apply_reading(array, call);
		break;
	case PUSH:
		(void)splice(array, array->length, 0, two, 1);
		break;
	case APPEND:
		(void)splice(array, array->length, 0, two, 2);
		break;
	case POP:
		call->code = array->length ? 0 : TARN_NOT_FOUND;
		if (!call->code)
			call->said[0] = array->at[array->length - 1];
		(void)splice(array, array->length - !call->code, !call->code, two, 0);
		break;
	case SET ... COMPARE_AND_SWAP:
		apply_to_one(array, call);
		break;
	case INSERT:
		call->code = splice(array, call->at, 0, two, 2);
		break;
	case ERASE:
		call->code = splice(array, call->at, 1, two, 0);
		break;
	case RESIZE:
		resize(array, call->at, call->a);
		break;
	case ASSIGN:
		(void)splice(array, 0, array->length, two, 2);
		break;
	case CLEAR:
		(void)splice(array, 0, array->length, two, 0);
		break;
	case SORT:
		sort(array);
		break;
	case SHRINK:
		break;
	case SWAP:
		*array = *other;
		*other = third;
		break;
	default:
		apply_to_both(array, other, call);
	}
}

/* ---- histories --------------------------------------------------------------------------------- */

static struct call
random_call(void)
{
	struct call call = { .kind = (unsigned)history_roll(KINDS),
			     .object = (unsigned)history_roll(VECTORS),
			     .at = (unsigned)history_roll(4) };

	call.a = (int64_t)history_roll(4);
	call.b = (int64_t)history_roll(4);
	return call;
}

static void
set_up(void *state)
{
	struct values *values = state;

	for (unsigned i = 0; i < VECTORS; i++) {
		struct array *array = &values->of[i];
		int code;

		array->length = history_roll(4);
		for (uint64_t at = 0; at < array->length; at++)
			array->at[at] = (int64_t)history_roll(4);
		code = tarn_vector_assign(vectors[i], array->at, array->length);
		if (code)
			history_give_up("set up", code);
	}
}

static struct call
last(unsigned number)
{
	return (struct call){ .kind = READ, .object = number };
}

static void
open_vectors(void)
{
	const struct tarn_type type = { TARN_KIND_VECTOR, TARN_KEY_I64, 8, NULL };
	int code = tarn_vector_open(history_arena, &vectors[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = tarn_vector_open(history_arena, &vectors[1], "right", &type, TARN_CREATE,
					NULL);
	if (code)
		history_give_up("open", code);
}

static void
close_vectors(void)
{
	tarn_vector_close(vectors[0]);
	tarn_vector_close(vectors[1]);
}

static const struct history_test test = {
	.name = "vector", .kinds = names, .state_size = sizeof(struct values),
	.open = open_vectors, .close = close_vectors, .set_up = set_up,
	.random_call = random_call, .make = make, .apply = apply, .last_count = VECTORS,
	.last = last,
};

int
main(void)
{
	(void)history_run(&test, HISTORIES, SECONDS);
	return history_verdict();
}
