// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue.c -- histories of priority queues: see history.h
 *
 * Two queues of a few numbers; what a read of all of one has found is put in
 * order and told as a hash.  The elements of the beginning have names, by
 * which workers, who share their handles, find them: in either queue, or
 * gone.  None of them is ever the same number as another element: what is
 * pushed is a multiple of 10, and what has the name n is one more than n
 * besides.
 */
#include "linear/history.h"

#include "base/arith.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MOST 120u /* elements */
#define HISTORIES 4000u
#define SECONDS 15u
#define NAMED 5u
#define FIRST_NAMED 3u /* of the first queue; the others are of the second */

enum kind {
	TOP, SIZE, READ, GET, PUSH, PUSH_MANY, POP, POP_MANY, UPDATE, REMOVE, CLEAR, SWAP, MOVE, READ_BOTH,
	UNDONE, KINDS
};

static const char *const names[KINDS] = {
	"top", "size", "read", "get", "push", "push many", "pop", "pop many", "update", "remove", "clear",
	"swap", "move", "read both", "undone",
};

/* The greatest first, and 0 behind the last. */
struct values {
	struct pile {
		uint64_t length;
		struct named {
			int8_t number;
			int8_t name; /* + 1; 0: none */
		} at[MOST];
	} of[HISTORY_OBJECTS];
};

_Static_assert(sizeof(struct values) <= HISTORY_STATE, "a state holds both queues");

static struct tarn_priority_queue *queues[HISTORY_OBJECTS];
static struct tarn_priority_queue_handle *handles; /* by name; all processes see them */

static int
descending(const void *a, const void *b)
{
	int64_t one, other;

	memcpy(&one, a, 8);
	memcpy(&other, b, 8);
	return (one < other) - (one > other);
}

static int64_t
digest(const int64_t *values, uint64_t count)
{
	return (int64_t)(tarn__hash_bytes(values, count * 8, 1) >> 1);
}

/* ---- the calls --------------------------------------------------------------------------------- */

static int
read_all(struct tarn_priority_queue *queue, int64_t *said)
{
	int64_t values[MOST];
	uint64_t got = 0;
	int code = tarn_priority_queue_read(queue, 0, values, MOST, &got);

	qsort(values, got, 8, descending);
	*said = code ? 0 : digest(values, got);
	return code;
}

static int
pop_many(struct tarn_priority_queue *from, int64_t *said)
{
	int64_t values[2] = { 0, 0 };
	uint64_t got;
	int code = tarn_priority_queue_pop_many(from, values, 2, &got);

	*said = code ? 0 : digest(values, got);
	return code;
}

static int
work(struct tarn_txn *txn, struct call *call)
{
	struct tarn_priority_queue *from = tarn_priority_queue_in(queues[call->object], txn);
	struct tarn_priority_queue *to = tarn_priority_queue_in(queues[!call->object], txn);
	int code;

	if (call->kind == READ_BOTH) {
		code = read_all(from, &call->said[0]);
		return code ? code : read_all(to, &call->said[1]);
	}
	code = tarn_priority_queue_pop(from, &call->said[0]);
	return code ? code : tarn_priority_queue_push(to, &call->said[0], NULL);
}

static int
make_reading(struct tarn_priority_queue *queue, struct call *call)
{
	switch (call->kind) {
	case TOP:
		return tarn_priority_queue_top(queue, &call->said[0], NULL);
	case SIZE:
		return tarn_priority_queue_size(queue, (uint64_t *)&call->said[0]);
	case READ:
		return read_all(queue, &call->said[0]);
	default:
		return tarn_priority_queue_get(queue, &handles[call->at], &call->said[0]);
	}
}

static int
make_any(struct call *call)
{
	struct tarn_priority_queue *queue = queues[call->object];
	const int64_t two[] = { call->a, call->b }, named = call->b + 1 + call->at;

	switch (call->kind) {
	case TOP ... GET:
		return make_reading(queue, call);
	case PUSH:
		return tarn_priority_queue_push(queue, &call->a, NULL);
	case PUSH_MANY:
		return tarn_priority_queue_push_many(queue, two, 2, NULL);
	case POP:
		return tarn_priority_queue_pop(queue, &call->said[0]);
	case POP_MANY:
		return pop_many(queue, &call->said[0]);
	case UPDATE:
		return tarn_priority_queue_update(queue, &handles[call->at], &named);
	case REMOVE:
		return tarn_priority_queue_remove(queue, &handles[call->at], &call->said[0]);
	case CLEAR:
		return tarn_priority_queue_clear(queue);
	case SWAP:
		return tarn_priority_queue_swap(queues[0], queues[1]);
	default:
		return history_in_txn(tarn_priority_queue_object(queues[0]),
				      tarn_priority_queue_object(queues[1]), call->kind == UNDONE, work,
				      call);
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
digest_of(const struct pile *pile)
{
	int64_t values[MOST];

	for (uint64_t i = 0; i < pile->length; i++)
		values[i] = pile->at[i].number;
	return digest(values, pile->length);
}

static void
add(struct pile *pile, int64_t number, unsigned name)
{
	uint64_t at = pile->length++;

	for (; at && pile->at[at - 1].number < number; at--)
		pile->at[at] = pile->at[at - 1];
	pile->at[at] = (struct named){ (int8_t)number, (int8_t)name };
}

static int64_t
take_at(struct pile *pile, uint64_t index)
{
	int64_t number = pile->at[index].number;

	pile->length--;
	memmove(&pile->at[index], &pile->at[index + 1], (pile->length - index) * sizeof(pile->at[0]));
	memset(&pile->at[pile->length], 0, sizeof(pile->at[0]));
	return number;
}

static void
apply_by_name(struct pile *pile, struct call *call)
{
	unsigned name = call->at + 1;
	uint64_t index = 0;

	while (index < pile->length && (unsigned)pile->at[index].name != name)
		index++;
	call->code = index < pile->length ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	if (call->kind == GET) {
		call->said[0] = pile->at[index].number;
	} else if (call->kind == REMOVE) {
		call->said[0] = take_at(pile, index);
	} else {
		(void)take_at(pile, index);
		add(pile, call->b + name, name);
	}
}

static void
apply_pops(struct pile *pile, struct call *call)
{
	int64_t values[2];
	uint64_t got = 0, most = call->kind == POP ? 1 : 2;

	call->code = pile->length ? 0 : TARN_NOT_FOUND;
	while (got < most && pile->length)
		values[got++] = take_at(pile, 0);
	if (got)
		call->said[0] = call->kind == POP ? values[0] : digest(values, got);
}

static void
apply_to_both(struct pile *from, struct pile *to, struct call *call)
{
	if (call->kind == READ_BOTH) {
		call->said[0] = digest_of(from);
		call->said[1] = digest_of(to);
		return;
	}
	call->code = from->length ? 0 : TARN_NOT_FOUND;
	if (call->code)
		return;
	call->said[0] = from->at[0].number;
	if (call->kind == MOVE)
		add(to, take_at(from, 0), 0);
}

static void
apply(void *state, struct call *call)
{
	struct values *values = state;
	struct pile *pile = &values->of[call->object], *other = &values->of[!call->object];
	struct pile third = *pile;

	call->code = 0;
	switch (call->kind) {
	case TOP:
		call->code = pile->length ? 0 : TARN_NOT_FOUND;
		call->said[0] = pile->length ? pile->at[0].number : call->said[0];
		break;
	case SIZE:
		call->said[0] = (int64_t)pile->length;
		break;
	case READ:
		call->said[0] = digest_of(pile);
		break;
	case PUSH_MANY:
		add(pile, call->a, 0);
		add(pile, call->b, 0);
		break;
	case PUSH:
		add(pile, call->a, 0);
		break;
	case POP ... POP_MANY:
		apply_pops(pile, call);
		break;
	case GET:
	case UPDATE ... REMOVE:
		apply_by_name(pile, call);
		break;
	case CLEAR:
		memset(pile, 0, sizeof(*pile));
		break;
	case SWAP:
		*pile = *other;
		*other = third;
		break;
	default:
		apply_to_both(pile, other, call);
	}
}

/* ---- histories --------------------------------------------------------------------------------- */

/* Some a few times as often as others; clear seldom, for then no name leads to anything. */
static struct call
random_call(void)
{
	static const unsigned often[] = { TOP, GET, PUSH, POP, UPDATE, REMOVE, MOVE };
	struct call call = { .kind = (unsigned)history_roll(KINDS),
			     .object = (unsigned)history_roll(HISTORY_OBJECTS),
			     .at = (unsigned)history_roll(NAMED) };

	if (call.kind == CLEAR || history_roll(2))
		call.kind = history_roll(20) ? often[history_roll(sizeof(often) / sizeof(often[0]))] : CLEAR;
	call.a = 10 * (int64_t)history_roll(4);
	call.b = 10 * (int64_t)history_roll(4);
	return call;
}

static void
set_up(void *state)
{
	struct values *values = state;
	int code = tarn_priority_queue_clear(queues[0]);

	memset(values, 0, sizeof(*values));
	if (!code)
		code = tarn_priority_queue_clear(queues[1]);
	for (unsigned name = 0; !code && name < NAMED; name++) {
		int64_t number = 10 * (int64_t)history_roll(4) + 1 + name;
		unsigned which = name >= FIRST_NAMED;

		add(&values->of[which], number, name + 1);
		code = tarn_priority_queue_push(queues[which], &number, &handles[name]);
	}
	if (code)
		history_give_up("set up", code);
}

static struct call
last(unsigned number)
{
	return (struct call){ .kind = READ, .object = number };
}

static void
open_queues(void)
{
	const struct tarn_type type = { TARN_KIND_PRIORITY_QUEUE, TARN_KEY_I64, 8, NULL };
	int code = tarn_priority_queue_open(history_arena, &queues[0], "left", &type, TARN_CREATE, NULL);

	if (!code)
		code = tarn_priority_queue_open(history_arena, &queues[1], "right", &type, TARN_CREATE,
						NULL);
	handles = mmap(NULL, NAMED * sizeof(*handles), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (code || handles == MAP_FAILED)
		history_give_up("open", code);
}

static void
close_queues(void)
{
	tarn_priority_queue_close(queues[0]);
	tarn_priority_queue_close(queues[1]);
	munmap(handles, NAMED * sizeof(*handles));
}

static const struct history_test test = {
	.name = "priority queue", .kinds = names, .state_size = sizeof(struct values),
	.open = open_queues, .close = close_queues, .set_up = set_up,
	.random_call = random_call, .make = make, .apply = apply, .last_count = HISTORY_OBJECTS,
	.last = last,
};

int
main(void)
{
	(void)history_run(&test, HISTORIES, SECONDS);
	return history_verdict();
}
