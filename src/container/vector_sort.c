// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * vector_sort.c -- put a vector in order, in one step
 *
 * All elements are copied out, sorted in private memory, and replace those
 * that there are, by a log or a new area.
 *
 *	numbers		a radix sort, of one byte after the other, least
 *			significant first; while the node is locked
 *	bytes		qsort_r() likewise
 *	by compare	qsort_r(); with nothing locked, for compare is the
 *			caller's, or a custom order's.  Then the node is
 *			locked, and if the vector is as it was when it was
 *			copied, it is replaced
 *
 * For a radix sort a number is turned into one without sign that has the same
 * order, and back afterwards: the sign of an integer is inverted; of a
 * floating point number all bits are, if it is negative, else the sign.
 * Bytes that all numbers have in common cost nothing.
 *
 * Who may write what: as for any change (vector_change.c).
 *
 * On death: as for any change.
 *
 * Radix sort: Knuth, TAOCP 3, 5.2.5.
 */
#include "container/vector.h"

#include <stdlib.h>

#define ROUNDS_MOST 100u
#define DIGITS 256u

/* ---- numbers ----------------------------------------------------------------------------------- */

/* From numbers to keys: what is inverted. */
static uint64_t
mask_in(unsigned kind, uint64_t number)
{
	const uint64_t sign = UINT64_C(1) << 63;

	if (kind == TARN_KEY_I64)
		return sign;
	if (kind == TARN_KEY_I32)
		return UINT64_C(1) << 31;
	if (kind == TARN_KEY_F64)
		return number & sign ? UINT64_MAX : sign;
	return 0;
}

/* And back. */
static uint64_t
mask_out(unsigned kind, uint64_t key)
{
	const uint64_t sign = UINT64_C(1) << 63;

	if (kind == TARN_KEY_F64)
		return key & sign ? sign : UINT64_MAX;
	return mask_in(kind, key);
}

static void
count_digits(const uint64_t *keys, uint64_t n, uint64_t (*counts)[DIGITS])
{
	for (uint64_t i = 0; i < n; i++) {
		for (unsigned byte = 0; byte < 8; byte++)
			counts[byte][keys[i] >> 8 * byte & 0xff]++;
	}
}

static void
distribute(const uint64_t *from, uint64_t *to, uint64_t n, unsigned byte, const uint64_t *counts)
{
	uint64_t places[DIGITS], sum = 0;

	for (unsigned digit = 0; digit < DIGITS; digit++) {
		places[digit] = sum;
		sum += counts[digit];
	}
	for (uint64_t i = 0; i < n; i++)
		to[places[from[i] >> 8 * byte & 0xff]++] = from[i];
}

/* Where they are in order at the end: one of the two. */
static uint64_t *
radix_sort(uint64_t *keys, uint64_t *other, uint64_t n)
{
	uint64_t counts[8][DIGITS] = { { 0 } };

	count_digits(keys, n, counts);
	for (unsigned byte = 0; n && byte < 8; byte++) {
		uint64_t *swap = keys;

		if (counts[byte][keys[0] >> 8 * byte & 0xff] == n)
			continue;
		distribute(keys, other, n, byte, counts[byte]);
		keys = other;
		other = swap;
	}
	return keys;
}

static uint64_t
number_at(const char *values, uint64_t i, uint64_t size)
{
	uint64_t number = 0;

	memcpy(&number, values + i * size, size);
	return number;
}

/* n numbers of a size, in place. */
static int
sort_numbers(unsigned kind, char *values, uint64_t size, uint64_t n)
{
	uint64_t *keys = malloc(2 * n * sizeof(*keys)), *sorted;

	if (!keys)
		return TARN_SYSTEM;
	for (uint64_t i = 0; i < n; i++) {
		keys[i] = number_at(values, i, size);
		keys[i] ^= mask_in(kind, keys[i]);
	}
	sorted = radix_sort(keys, keys + n, n);
	for (uint64_t i = 0; i < n; i++) {
		sorted[i] ^= mask_out(kind, sorted[i]);
		memcpy(values + i * size, &sorted[i], size);
	}
	free(keys);
	return 0;
}

/* ---- copies ------------------------------------------------------------------------------------ */

/* Elements in private memory, and what they were copied from. */
struct copy {
	char *values;
	uint64_t count, node;
};

static int
take_copy(struct tarn_vector_writer *w, struct copy *copy)
{
	uint64_t size = w->vector->value_size;
	const uint64_t *words;
	unsigned first;

	copy->count = w->look.length;
	copy->node = tarn__load(&w->vector->root->node);
	copy->values = malloc(copy->count * size);
	if (!copy->values)
		return TARN_SYSTEM;
	words = tarn__vector_words(w->vector, &w->look, 0, copy->count, &first);
	if (!words)
		return TARN_CORRUPT;
	tarn__bytes_out(copy->values, words, first, copy->count * size);
	return 0;
}

static int
put_back(struct tarn_vector_writer *w, const struct copy *copy)
{
	const struct tarn_splice all = {
		.removed = copy->count, .inserted = copy->count, .values = copy->values,
	};

	return tarn__vector_splice(w, &all);
}

/* ---- while it is locked ------------------------------------------------------------------------ */

struct order {
	int (*compare)(const void *a, const void *b, void *arg);
	void *arg;
};

/* In the order of the elements' kind; arg is the vector's handle. */
static int
compare_elements(const void *a, const void *b, void *arg)
{
	const struct tarn_object *vector = arg;

	return tarn__key_compare(vector, a, vector->value_size, b, vector->value_size);
}

static int
sort_copy(struct tarn_object *vector, struct copy *copy, const struct order *order)
{
	uint32_t size = vector->value_size;

	if (order->compare)
		qsort_r(copy->values, copy->count, size, order->compare, order->arg);
	else if (tarn__number_size(vector->key_kind))
		return sort_numbers(vector->key_kind, copy->values, size, copy->count);
	else
		qsort_r(copy->values, copy->count, size, compare_elements, vector);
	return 0;
}

/* What `expected` leads to is an order. */
static int
sort_locked(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	struct copy copy = { .values = NULL };
	int code;

	if (w->look.length < 2)
		return tarn__vector_leave(w, 0);
	code = take_copy(w, &copy);
	if (!code)
		code = sort_copy(w->vector, &copy, call->expected);
	if (!code)
		code = put_back(w, &copy);
	free(copy.values);
	return code;
}

/* ---- while it is not --------------------------------------------------------------------------- */

/* `value` leads to a copy, to be made. */
static int
copy_out(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	int code;

	if (w->look.length < 2)
		return tarn__vector_leave(w, 0);
	code = take_copy(w, call->value);
	return code ? code : tarn__vector_leave(w, 0);
}

/* The same copy; TARN_MISMATCH if it is one of something else. */
static int
copy_in(struct tarn_vector_writer *w, struct tarn_vector_call *call)
{
	const struct copy *copy = call->value;
	uint64_t node = tarn__load(&w->vector->root->node);

	if (!tarn__node_same(copy->node, node) || w->look.length != copy->count)
		return tarn__vector_leave(w, TARN_MISMATCH);
	return put_back(w, copy);
}

static int
sort_round(struct tarn_object *vector, const struct order *order)
{
	struct copy copy = { .values = NULL };
	struct tarn_vector_call call = { .value = &copy };
	int code = tarn__vector_write(vector, copy_out, &call);

	if (!code && copy.values) {
		(void)sort_copy(vector, &copy, order);
		code = tarn__vector_write(vector, copy_in, &call);
	}
	free(copy.values);
	return code;
}

/* ---- the call ---------------------------------------------------------------------------------- */

int
tarn_vector_sort(struct tarn_vector *handle, int (*compare)(const void *a, const void *b, void *arg),
		 void *arg)
{
	struct tarn_object *vector = tarn__vector_object(handle);
	const struct order order = { compare, arg };
	struct tarn_vector_call call = { .expected = &order };
	bool is_users = compare || vector->order;
	int code = TARN_MISMATCH;

	if (!compare && vector->key_kind == TARN_KEY_NONE)
		return TARN_TYPE;
	if (!is_users || vector->txn)
		return tarn__vector_write(vector, sort_locked, &call);
	for (unsigned round = 0; code == TARN_MISMATCH && round < ROUNDS_MOST; round++)
		code = sort_round(vector, &order);
	return code == TARN_MISMATCH ? TARN_BUSY : code;
}
