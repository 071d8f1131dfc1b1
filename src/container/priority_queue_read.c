// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * priority_queue_read.c -- calls that only read a priority queue: the top, an
 * element by its handle, many, the size
 *
 * A reader takes no lock.  It looks, copies, and looks again:
 *
 *	node --> pile --> length --> entry --> slot --> node as before?
 *
 * Why what it has then was there at one moment, that of its look at the
 * length: between its two looks at the node, of the same version, others may
 * have added elements behind the last one, and stored nothing else but what
 * means nothing to who has the old length; or, last of all, another length,
 * without having let go of the node (R5, R6).
 *
 * Who may write what: nothing here is written, but a lock.
 *
 * On death: a reader holds nothing, or a lock that recovery releases.
 */
#include "container/priority_queue.h"

struct ask {
	const struct tarn_priority_queue_handle *at;
	uint64_t index, count;
	char *values;
	uint64_t got;				  /* told */
	struct tarn_priority_queue_handle handle; /* told, of the top */
};

/* The element in a position, and its handle; it need not make sense. */
static TARN_HOT int
take_position(const struct tarn_object *queue, const struct tarn_pile_look *look, uint64_t position,
	      void *value, struct tarn_priority_queue_handle *handle)
{
	const struct tarn_pile_record_shm *slot;
	uint64_t entry;
	int code = tarn__pile_entry(queue, look, position, &entry);

	if (unlikely(code))
		return code;
	slot = tarn__pile_record(queue, look, tarn__pile_number(entry));
	if (unlikely(!slot))
		return TARN_CORRUPT;
	tarn__bytes_out(value, slot->element, 0, queue->value_size);
	if (handle)
		tarn__pile_tell(entry, tarn__load(&slot->place), handle);
	return 0;
}

/* ---- taking ------------------------------------------------------------------------------------ */

static TARN_HOT int
take_top(const struct tarn_object *queue, void *arg)
{
	struct ask *ask = arg;
	struct tarn_pile_look look;

	if (unlikely(!tarn__pile_look(queue, &look)))
		return TARN_CORRUPT;
	if (unlikely(!look.length))
		return TARN_NOT_FOUND;
	return take_position(queue, &look, 0, ask->values, &ask->handle);
}

static int
take_by_handle(const struct tarn_object *queue, void *arg)
{
	const struct ask *ask = arg;
	struct tarn_pile_look look;
	uint64_t position;
	int code;

	if (!tarn__pile_look(queue, &look))
		return TARN_CORRUPT;
	code = tarn__pile_find(queue, &look, ask->at, &position);
	return code ? code : take_position(queue, &look, position, ask->values, NULL);
}

static int
take_many(const struct tarn_object *queue, void *arg)
{
	struct ask *ask = arg;
	struct tarn_pile_look look;
	int code = 0;

	if (!tarn__pile_look(queue, &look))
		return TARN_CORRUPT;
	if (ask->index > look.length)
		return TARN_NOT_FOUND;
	ask->got = tarn__min(ask->count, look.length - ask->index);
	for (uint64_t i = 0; !code && i < ask->got; i++)
		code = take_position(queue, &look, ask->index + i, ask->values + i * queue->value_size, NULL);
	return code;
}

static int
take_size(const struct tarn_object *queue, void *arg)
{
	struct tarn_pile_look look;

	if (!tarn__pile_look(queue, &look))
		return TARN_CORRUPT;
	((struct ask *)arg)->got = look.length;
	return 0;
}

/* ---- calls that read --------------------------------------------------------------------------- */

static TARN_HOT int
read_element(struct tarn_object *queue, tarn__root_taker *take, struct ask *ask, void *value)
{
	struct tarn_element element;

	ask->values = tarn__element_begin(&element, queue->value_size);
	if (unlikely(!ask->values))
		return TARN_SYSTEM;
	return tarn__element_end(&element, value, tarn__root_read(queue, take, ask));
}

int
tarn_priority_queue_top(struct tarn_priority_queue *queue, void *value,
			struct tarn_priority_queue_handle *handle)
{
	struct ask ask = { .got = 0 };
	int code = read_element(tarn__pile_object(queue), take_top, &ask, value);

	if (!code && handle)
		*handle = ask.handle;
	return code;
}

int
tarn_priority_queue_get(struct tarn_priority_queue *queue,
			const struct tarn_priority_queue_handle *handle, void *value)
{
	struct ask ask = { .at = handle };

	return read_element(tarn__pile_object(queue), take_by_handle, &ask, value);
}

int
tarn_priority_queue_read(struct tarn_priority_queue *queue, uint64_t index, void *values,
			 uint64_t count, uint64_t *got)
{
	struct ask ask = { .index = index, .count = count, .values = values };
	int code = tarn__root_read(tarn__pile_object(queue), take_many, &ask);

	*got = code ? 0 : ask.got;
	return code;
}

int
tarn_priority_queue_size(struct tarn_priority_queue *queue, uint64_t *size)
{
	struct ask ask = { .got = 0 };
	int code = tarn__root_read(tarn__pile_object(queue), take_size, &ask);

	if (!code)
		*size = ask.got;
	return code;
}

int
tarn_priority_queue_empty(struct tarn_priority_queue *queue, bool *empty)
{
	uint64_t size;
	int code = tarn_priority_queue_size(queue, &size);

	if (!code)
		*empty = !size;
	return code;
}
