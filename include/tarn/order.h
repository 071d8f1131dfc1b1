// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * order.h -- orders of a program's own, by name
 *
 * No function can be stored in an arena; so what is ordered in a way of its
 * own has the name of its order in its type, and each process says, once,
 * which function that name stands for.
 *
 * All processes must mean the same by a name: whoever orders otherwise finds
 * nothing, and puts what he adds where nobody finds it.
 */
#ifndef TARN_ORDER_H
#define TARN_ORDER_H

#include <tarn/error.h>
#include <tarn/types.h>

/** The longest name of an order, in bytes.  It has no blanks and is printable ASCII. */
#define TARN_ORDER_MAX 31

/**
 * tarn_order_register() - say which function an order's name stands for in this process
 * @name:	as it is in the types of objects
 * @compare:	less than 0 if a comes before b, 0 if they are the same, more than 0 if a comes behind b
 * @context:	passed on; must stay for as long as the process
 *
 * Once for each name, before the first object of that type is opened.  A process created by fork() has
 * what its parent had.  The same once more is fine.
 *
 * The function is given private copies, of sizes that the type allows, and may be called by several
 * threads at once.  Of a map or set it is called while entries are locked, and with keys that have gone a
 * moment ago, of which any bytes may be left: it must come to an end with any bytes, call nothing of
 * Tarn's, and return.  An order that is none (a before b, b before c, but not a before c) loses keys.
 *
 * Crash:	none.
 * Blocks:	never.
 * Return: 0; TARN_EXISTS, the name stands for another function or context; TARN_INVALID, no name, or no
 * function; TARN_SYSTEM, no memory.
 */
TARN_API TARN_MUST_CHECK int tarn_order_register(const char *name,
						 int (*compare)(const void *a, size_t a_size,
								const void *b, size_t b_size,
								void *context),
						 void *context);

#endif
