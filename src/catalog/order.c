// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * order.c -- orders of keys: those that are known, and those of programs
 *
 *	orders --> order --> order --> NULL	newest first, for as long as the process
 *
 * The list only grows, at its head, by one store; so looking needs no lock,
 * and a child of fork() finds it whole, whatever another thread was at.
 *
 * Invariants
 *	no two orders have the same name: who adds one has seen that the list
 *	does not have it, and adds it only if the list is still the same
 *
 * Private memory only; nothing of it is in an arena but names.
 *
 * On death: it is gone with the process.
 */
#include "base/error.h"
#include "catalog/key.h"

#include <stdlib.h>
#include <string.h>

static struct tarn_order *orders;

/* ---- names ------------------------------------------------------------------------------------- */

int
tarn__order_check_name(const char *name)
{
	size_t size = name ? strnlen(name, TARN_ORDER_MAX + 1) : 0;

	if (!size || size > TARN_ORDER_MAX) {
		tarn__error_detail("an order's name has 1 to %d bytes", TARN_ORDER_MAX);
		return TARN_INVALID;
	}
	for (size_t i = 0; i < size; i++) {
		if (name[i] > 0x20 && name[i] < 0x7f)
			continue;
		tarn__error_detail("byte %zu of the order's name is no printable character", i);
		return TARN_INVALID;
	}
	return 0;
}

static struct tarn_order *
find_from(struct tarn_order *order, const char *name)
{
	while (order && strcmp(order->name, name) != 0)
		order = order->next;
	return order;
}

const struct tarn_order *
tarn__order_find(const char *name)
{
	return find_from(__atomic_load_n(&orders, __ATOMIC_ACQUIRE), name);
}

/* ---- registering ------------------------------------------------------------------------------- */

/* 0: it is in the list; TARN_EXISTS: another is. */
static int
add(struct tarn_order *order, bool *added)
{
	const struct tarn_order *other;

	order->next = __atomic_load_n(&orders, __ATOMIC_ACQUIRE);
	do {
		other = find_from(order->next, order->name);
		*added = !other;
		if (other)
			return other->compare == order->compare && other->context == order->context
				       ? 0 : TARN_EXISTS;
	} while (!__atomic_compare_exchange_n(&orders, &order->next, order, false,
					      __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
	return 0;
}

int
tarn_order_register(const char *name,
		    int (*compare)(const void *a, size_t a_size, const void *b, size_t b_size,
				   void *context),
		    void *context)
{
	int code = tarn__order_check_name(name);
	struct tarn_order *order;
	bool added;

	if (code || !compare)
		return TARN_INVALID;
	order = calloc(1, sizeof(*order));
	if (!order)
		return TARN_SYSTEM;
	strcpy(order->name, name);
	order->compare = compare;
	order->context = context;
	code = add(order, &added);
	if (code)
		tarn__error_detail("the order %s stands for another function already", name);
	if (!added)
		free(order);
	return code;
}

/* ---- comparing --------------------------------------------------------------------------------- */

static int
compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
	size_t both = a_size < b_size ? a_size : b_size;
	int order = both ? memcmp(a, b, both) : 0;

	return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int
compare_reals(const void *a, const void *b)
{
	double one, other;

	memcpy(&one, a, sizeof(one));
	memcpy(&other, b, sizeof(other));
	return (one > other) - (one < other);
}

int
tarn__key_compare(const struct tarn_object *object, const void *a, size_t a_size, const void *b,
		  size_t b_size)
{
	uint32_t kind = object->key_kind;
	uint64_t one, other;

	if (object->order)
		return object->order->compare(a, a_size, b, b_size, object->order->context);
	if (kind == TARN_KEY_F64)
		return compare_reals(a, b);
	if (!tarn__number_size(kind))
		return compare_bytes(a, a_size, b, b_size);
	one = tarn__number_rank(kind, tarn__word_of(a, tarn__number_size(kind)));
	other = tarn__number_rank(kind, tarn__word_of(b, tarn__number_size(kind)));
	return (one > other) - (one < other);
}
