// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * ends.h -- histories of stacks, or of queues: see history.h
 *
 * Included after CALL(verb), the name of a call; ADAPTOR, the handle's type;
 * KIND; NAME; LOOK, the call that looks at what goes next; and LIFO, whether
 * that is the last that came.
 *
 * Two of a few small numbers; what a read of all of one has found is told as
 * a hash.
 */
#include "linear/history.h"

#include "base/arith.h"
#include "base/hash.h"

#include <string.h>

#define MOST 120u /* elements */
#define HISTORIES 4000u
#define SECONDS 12u

enum kind {
	FIRST, SIZE, READ, PUSH, PUSH_MANY, POP, POP_MANY, CLEAR, SWAP, COPY, MOVE, READ_BOTH, UNDONE,
	KINDS
};

static const char *const names[KINDS] = {
	"first", "size", "read", "push", "push many", "pop", "pop many", "clear", "swap", "copy", "move",
	"read both", "undone",
};

struct values {
	struct array {
		uint64_t length;
		int8_t at[MOST]; /* 0 behind the end */
	} of[HISTORY_OBJECTS];
};

_Static_assert(sizeof(struct values) <= HISTORY_STATE, "a state holds both");

static ADAPTOR *objects[HISTORY_OBJECTS];

static int64_t
digest(const int64_t *values, uint64_t count)
{
	return (int64_t)(tarn__hash_bytes(values, count * 8, 1) >> 1);
}

/* ---- the calls --------------------------------------------------------------------------------- */

static int
read_all(ADAPTOR *of, int64_t *said)
{
	int64_t values[MOST];
	uint64_t got = 0;
	int code = CALL(read)(of, 0, values, MOST, &got);

	*said = code ? 0 : digest(values, got);
	return code;
}

/* Two at most: told as one number, and how many. */
static int
pop_many(ADAPTOR *from, int64_t *said)
{
	int64_t values[2] = { 0, 0 };
	uint64_t got;
	int code = CALL(pop_many)(from, values, 2, &got);

	said[0] = code ? 0 : digest(values, got);
	return code;
}

/* What goes next from the one comes to the other. */
static int
move(ADAPTOR *from, ADAPTOR *to, struct call *call)
{
	int code = CALL(pop)(from, &call->said[0]);

	return code ? code : CALL(push)(to, &call->said[0]);
}

static int
work(struct tarn_txn *txn, struct call *call)
{
	ADAPTOR *from = CALL(in)(objects[call->object], txn);
	ADAPTOR *to = CALL(in)(objects[!call->object], txn);
	int code;

	if (call->kind != READ_BOTH)
		return move(from, to, call);
	code = read_all(from, &call->said[0]);
	return code ? code : read_all(to, &call->said[1]);
}

static int
make_any(struct call *call)
{
	const int64_t two[] = { call->a, call->b };
	ADAPTOR *of = objects[call->object];

	switch (call->kind) {
	case FIRST:
		return LOOK(of, &call->said[0]);
	case SIZE:
		return CALL(size)(of, (uint64_t *)&call->said[0]);
	case READ:
		return read_all(of, &call->said[0]);
	case PUSH:
		return CALL(push)(of, &call->a);
	case PUSH_MANY:
		return CALL(push_many)(of, two, 2);
	case POP:
		return CALL(pop)(of, &call->said[0]);
	case POP_MANY:
		return pop_many(of, call->said);
	case CLEAR:
		return CALL(clear)(of);
	case SWAP:
		return CALL(swap)(objects[0], objects[1]);
	case COPY:
		return CALL(copy)(of, objects[!call->object]);
	default:
		return history_in_txn(CALL(object)(objects[0]), CALL(object)(objects[1]),
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

static int64_t
digest_of(const struct array *array)
{
	int64_t values[MOST];

	for (uint64_t i = 0; i < array->length; i++)
		values[i] = array->at[i];
	return digest(values, array->length);
}

static int64_t
first_of(const struct array *array)
{
	return array->at[LIFO ? array->length - 1 : 0];
}

/* What is behind the end is 0, so that equal states look alike. */
static int64_t
take(struct array *array)
{
	int64_t value = first_of(array);

	array->length--;
	if (!LIFO)
		memmove(array->at, array->at + 1, array->length);
	array->at[array->length] = 0;
	return value;
}

static void
add(struct array *array, int64_t value)
{
	array->at[array->length++] = (int8_t)value;
}

static void
apply_pop_many(struct array *array, struct call *call)
{
	int64_t values[2];
	uint64_t got = 0;

	call->code = array->length ? 0 : TARN_NOT_FOUND;
	while (got < 2 && array->length)
		values[got++] = take(array);
	if (got)
		call->said[0] = digest(values, got);
}

static void
apply_to_both(struct array *from, struct array *to, struct call *call)
{
	if (call->kind == READ_BOTH) {
		call->said[0] = digest_of(from);
		call->said[1] = digest_of(to);
		return;
	}
	call->code = from->length ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = first_of(from);
	if (call->kind == MOVE)
		add(to, take(from));
}

static void
apply_reading(const struct array *array, struct call *call)
{
	if (call->kind == SIZE) {
		call->said[0] = (int64_t)array->length;
	} else if (call->kind == READ) {
		call->said[0] = digest_of(array);
	} else {
		call->code = array->length ? 0 : TARN_NOT_FOUND;
		if (!call->code)
			call->said[0] = first_of(array);
	}
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	struct array *array = &values->of[call->object], *other = &values->of[!call->object];
	struct array third = *array;

	call->code = 0;
	switch (call->kind) {
	case FIRST ... READ:
		apply_reading(array, call);
		break;
	case PUSH_MANY:
		add(array, call->a);
		add(array, call->b);
		break;
	case PUSH:
		add(array, call->a);
		break;
	case POP:
		call->code = array->length ? 0 : TARN_NOT_FOUND;
		if (!call->code)
			call->said[0] = take(array);
		break;
	case POP_MANY:
		apply_pop_many(array, call);
		break;
	case CLEAR:
		memset(array, 0, sizeof(*array));
		break;
	case SWAP:
		*array = *other;
		*other = third;
		break;
	case COPY:
		*array = *other;
		break;
	default:
		apply_to_both(array, other, call);
	}
}

/* ---- histories --------------------------------------------------------------------------------- */

/* Some a few times as often as others: those that others come upon in the middle. */
static struct call
random_call(void)
{
	static const unsigned often[] = { FIRST, PUSH, PUSH, POP, POP, PUSH_MANY, POP_MANY };
	struct call call = { .kind = (unsigned)history_roll(KINDS),
			     .object = (unsigned)history_roll(HISTORY_OBJECTS) };

	if (history_roll(2))
		call.kind = often[history_roll(sizeof(often) / sizeof(often[0]))];
	call.a = (int64_t)history_roll(4);
	call.b = (int64_t)history_roll(4);
	return call;
}

static void
set_up(void *state)
{
	struct values *values = state;

	memset(values, 0, sizeof(*values));
	for (unsigned i = 0; i < HISTORY_OBJECTS; i++) {
		int64_t numbers[4];
		uint64_t count = history_roll(4);
		int code = CALL(clear)(objects[i]);

		for (uint64_t at = 0; at < count; at++) {
			numbers[at] = (int64_t)history_roll(4);
			add(&values->of[i], numbers[at]);
		}
		if (!code)
			code = CALL(push_many)(objects[i], numbers, count);
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
open_both(void)
{
	const struct tarn_type type = { KIND, TARN_KEY_I64, 8, NULL };
	int code = CALL(open)(history_arena, &objects[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = CALL(open)(history_arena, &objects[1], "right", &type, TARN_CREATE, NULL);
	if (code)
		history_give_up("open", code);
}

static void
close_both(void)
{
	CALL(close)(objects[0]);
	CALL(close)(objects[1]);
}

static const struct history_test test = {
	.name = NAME, .kinds = names, .state_size = sizeof(struct values),
	.open = open_both, .close = close_both, .set_up = set_up,
	.random_call = random_call, .make = make, .apply = apply, .last_count = HISTORY_OBJECTS,
	.last = last,
};

int
main(void)
{
	(void)history_run(&test, HISTORIES, SECONDS);
	return history_verdict();
}
