// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * deque_read.c -- calls that only read a deque: get, the ends, read, size
 *
 * A reader takes no lock.  It looks, copies, and looks again:
 *
 *	node --> ring --> head --> tail --> elements --> node as before?
 *
 * Why what it has then was there at one moment: between its two looks at the
 * node, of the same version, others may have added elements at the back,
 * each by one store of the tail, and then at most one may have stored one
 * word more (Q5, Q6).  If that word was the head, then the old head and the
 * tail found were true right before it, for nothing was stored after it.  An
 * answer that depends on the tail is given only if that was the same at the
 * end, too.
 *
 * Who may write what: nothing here is written, but a lock.
 *
 * On death: a reader holds nothing, or a lock that recovery releases.
 */
#include "container/deque.h"

struct ask {
	uint64_t index, count;
	void *values;
	uint64_t got; /* told */
};

int
tarn__deque_take(const struct tarn_object *deque, const struct tarn_deque_look *look,
		 uint64_t place, uint64_t count, void *values)
{
	uint64_t size = deque->value_size, n;
	char *to = values;
	const uint64_t *words;
	unsigned first;

	for (; count; count -= n, place += n, to += n * size) {
		n = tarn__deque_piece(look, place, count);
		words = tarn__deque_words(deque, look, size, place, n, &first);
		if (unlikely(!words))
			return TARN_CORRUPT;
		tarn__bytes_out(to, words, first, n * size);
	}
	return 0;
}

/* The answer is about the end: was it there all the while? */
static int
if_tail_stays(const struct tarn_deque_look *look, int code)
{
	tarn__fence_acquire();
	return tarn__load(&look->ring->tail) == look->tail ? code : TARN_ROOT_AGAIN;
}

/* ---- taking ------------------------------------------------------------------------------------ */

static TARN_HOT int
take_one(const struct tarn_object *deque, void *arg)
{
	const struct ask *ask = arg;
	struct tarn_deque_look look;

	if (unlikely(!tarn__deque_look(deque, &look)))
		return TARN_CORRUPT;
	if (unlikely(ask->index >= look.tail - look.head))
		return if_tail_stays(&look, TARN_NOT_FOUND);
	return tarn__deque_take(deque, &look, look.head + ask->index, 1, ask->values);
}

static int
take_last(const struct tarn_object *deque, void *arg)
{
	const struct ask *ask = arg;
	struct tarn_deque_look look;
	int code = TARN_NOT_FOUND;

	if (!tarn__deque_look(deque, &look))
		return TARN_CORRUPT;
	if (look.tail > look.head)
		code = tarn__deque_take(deque, &look, look.tail - 1, 1, ask->values);
	return if_tail_stays(&look, code);
}

static int
take_many(const struct tarn_object *deque, void *arg)
{
	struct ask *ask = arg;
	struct tarn_deque_look look;
	uint64_t length;
	int code;

	if (!tarn__deque_look(deque, &look))
		return TARN_CORRUPT;
	length = look.tail - look.head;
	if (ask->index > length)
		return if_tail_stays(&look, TARN_NOT_FOUND);
	ask->got = tarn__min(ask->count, length - ask->index);
	code = tarn__deque_take(deque, &look, look.head + ask->index, ask->got, ask->values);
	return ask->got < ask->count ? if_tail_stays(&look, code) : code;
}

static int
take_size(const struct tarn_object *deque, void *arg)
{
	struct tarn_deque_look look;

	if (!tarn__deque_look(deque, &look))
		return TARN_CORRUPT;
	((struct ask *)arg)->got = look.tail - look.head;
	return 0;
}

/* ---- calls that read --------------------------------------------------------------------------- */

static TARN_HOT int
read_element(struct tarn_object *deque, tarn__root_taker *take, uint64_t index, void *value)
{
	struct tarn_element element;
	struct ask ask = { .index = index };

	ask.values = tarn__element_begin(&element, deque->value_size);
	if (unlikely(!ask.values))
		return TARN_SYSTEM;
	return tarn__element_end(&element, value, tarn__root_read(deque, take, &ask));
}

int
tarn_deque_get(struct tarn_deque *deque, uint64_t index, void *value)
{
	return read_element(tarn__deque_object(deque), take_one, index, value);
}

int
tarn_deque_front(struct tarn_deque *deque, void *value)
{
	return tarn_deque_get(deque, 0, value);
}

int
tarn_deque_back(struct tarn_deque *deque, void *value)
{
	return read_element(tarn__deque_object(deque), take_last, 0, value);
}

int
tarn_deque_read(struct tarn_deque *deque, uint64_t index, void *values, uint64_t count,
		uint64_t *got)
{
	struct ask ask = { .index = index, .count = count, .values = values };
	int code = tarn__root_read(tarn__deque_object(deque), take_many, &ask);

	*got = code ? 0 : ask.got;
	return code;
}

int
tarn_deque_size(struct tarn_deque *deque, uint64_t *size)
{
	struct ask ask = { .got = 0 };
	int code = tarn__root_read(tarn__deque_object(deque), take_size, &ask);

	if (!code)
		*size = ask.got;
	return code;
}

int
tarn_deque_empty(struct tarn_deque *deque, bool *empty)
{
	uint64_t size;
	int code = tarn_deque_size(deque, &size);

	if (!code)
		*empty = !size;
	return code;
}
