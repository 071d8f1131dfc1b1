// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack.c -- a stack: a deque whose elements come and go at the back
 *
 * Each call is the deque's (stack_layout.h says why).  Many that are popped
 * come in the order in which they lay, and are turned round in the caller's
 * room.
 *
 * Who may write what, and what happens on death: as in deque.c.
 */
#include "container/deque.h"

#include <tarn/stack.h>

static struct tarn_deque *
deque_of(struct tarn_stack *stack)
{
	return (struct tarn_deque *)stack;
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_stack_open(struct tarn_arena *arena, struct tarn_stack **stack, const char *name,
	      const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object;
	int code = tarn__deque_open(arena, TARN_KIND_STACK, &object, name, type, how, created);

	*stack = (struct tarn_stack *)object;
	return code;
}

void
tarn_stack_close(struct tarn_stack *stack)
{
	tarn_deque_close(deque_of(stack));
}

struct tarn_object *
tarn_stack_object(struct tarn_stack *stack)
{
	return tarn_deque_object(deque_of(stack));
}

struct tarn_stack *
tarn_stack_in(struct tarn_stack *stack, struct tarn_txn *txn)
{
	return (struct tarn_stack *)tarn_deque_in(deque_of(stack), txn);
}

/* ---- reading ----------------------------------------------------------------------------------- */

int
tarn_stack_top(struct tarn_stack *stack, void *value)
{
	return tarn_deque_back(deque_of(stack), value);
}

int
tarn_stack_read(struct tarn_stack *stack, uint64_t index, void *values, uint64_t count, uint64_t *got)
{
	return tarn_deque_read(deque_of(stack), index, values, count, got);
}

int
tarn_stack_size(struct tarn_stack *stack, uint64_t *size)
{
	return tarn_deque_size(deque_of(stack), size);
}

int
tarn_stack_empty(struct tarn_stack *stack, bool *empty)
{
	return tarn_deque_empty(deque_of(stack), empty);
}

/* ---- coming and going -------------------------------------------------------------------------- */

int
tarn_stack_push(struct tarn_stack *stack, const void *value)
{
	return tarn_deque_push_back(deque_of(stack), value);
}

int
tarn_stack_pop(struct tarn_stack *stack, void *value)
{
	return tarn_deque_pop_back(deque_of(stack), value);
}

int
tarn_stack_push_many(struct tarn_stack *stack, const void *values, uint64_t count)
{
	return tarn_deque_append(deque_of(stack), values, count);
}

/* In place: what was last is first. */
static void
turn_round(char *values, uint64_t count, uint64_t size)
{
	char *end = values + count * size;

	for (; count > 1; count -= 2, values += size) {
		end -= size;
		for (uint64_t i = 0; i < size; i++) {
			char byte = values[i];

			values[i] = end[i];
			end[i] = byte;
		}
	}
}

int
tarn_stack_pop_many(struct tarn_stack *stack, void *values, uint64_t count, uint64_t *got)
{
	int code = tarn__deque_pop_last(deque_of(stack), values, count, got);

	if (!code)
		turn_round(values, *got, tarn_stack_object(stack)->value_size);
	return code;
}

/* ---- the whole --------------------------------------------------------------------------------- */

int
tarn_stack_clear(struct tarn_stack *stack)
{
	return tarn_deque_clear(deque_of(stack));
}

int
tarn_stack_swap(struct tarn_stack *stack, struct tarn_stack *other)
{
	return tarn_deque_swap(deque_of(stack), deque_of(other));
}

int
tarn_stack_copy(struct tarn_stack *stack, struct tarn_stack *from)
{
	return tarn_deque_copy(deque_of(stack), deque_of(from));
}
