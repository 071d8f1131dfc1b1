// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue.c -- a queue: a deque whose elements come at the back and go at the front
 *
 * Each call is the deque's (queue_layout.h says why).
 *
 * Who may write what, and what happens on death: as in deque.c.
 */
#include "container/deque.h"

#include <tarn/queue.h>

static struct tarn_deque *
deque_of(struct tarn_queue *queue)
{
	return (struct tarn_deque *)queue;
}

/* ---- handles ----------------------------------------------------------------------------------- */

int
tarn_queue_open(struct tarn_arena *arena, struct tarn_queue **queue, const char *name,
	      const struct tarn_type *type, enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object;
	int code = tarn__deque_open(arena, TARN_KIND_QUEUE, &object, name, type, how, created);

	*queue = (struct tarn_queue *)object;
	return code;
}

void
tarn_queue_close(struct tarn_queue *queue)
{
	tarn_deque_close(deque_of(queue));
}

struct tarn_object *
tarn_queue_object(struct tarn_queue *queue)
{
	return tarn_deque_object(deque_of(queue));
}

struct tarn_queue *
tarn_queue_in(struct tarn_queue *queue, struct tarn_txn *txn)
{
	return (struct tarn_queue *)tarn_deque_in(deque_of(queue), txn);
}

/* ---- reading ----------------------------------------------------------------------------------- */

int
tarn_queue_front(struct tarn_queue *queue, void *value)
{
	return tarn_deque_front(deque_of(queue), value);
}

int
tarn_queue_back(struct tarn_queue *queue, void *value)
{
	return tarn_deque_back(deque_of(queue), value);
}

int
tarn_queue_read(struct tarn_queue *queue, uint64_t index, void *values, uint64_t count, uint64_t *got)
{
	return tarn_deque_read(deque_of(queue), index, values, count, got);
}

int
tarn_queue_size(struct tarn_queue *queue, uint64_t *size)
{
	return tarn_deque_size(deque_of(queue), size);
}

int
tarn_queue_empty(struct tarn_queue *queue, bool *empty)
{
	return tarn_deque_empty(deque_of(queue), empty);
}

/* ---- coming and going -------------------------------------------------------------------------- */

int
tarn_queue_push(struct tarn_queue *queue, const void *value)
{
	return tarn_deque_push_back(deque_of(queue), value);
}

int
tarn_queue_pop(struct tarn_queue *queue, void *value)
{
	return tarn_deque_pop_front(deque_of(queue), value);
}

int
tarn_queue_push_many(struct tarn_queue *queue, const void *values, uint64_t count)
{
	return tarn_deque_append(deque_of(queue), values, count);
}

int
tarn_queue_pop_many(struct tarn_queue *queue, void *values, uint64_t count, uint64_t *got)
{
	return tarn_deque_pop_many(deque_of(queue), values, count, got);
}

/* ---- the whole --------------------------------------------------------------------------------- */

int
tarn_queue_clear(struct tarn_queue *queue)
{
	return tarn_deque_clear(deque_of(queue));
}

int
tarn_queue_swap(struct tarn_queue *queue, struct tarn_queue *other)
{
	return tarn_deque_swap(deque_of(queue), deque_of(other));
}

int
tarn_queue_copy(struct tarn_queue *queue, struct tarn_queue *from)
{
	return tarn_deque_copy(deque_of(queue), deque_of(from));
}
