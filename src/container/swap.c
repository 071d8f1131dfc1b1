// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * swap.c -- two objects exchange their contents, in one step
 *
 * A transaction takes both gates in the order of roots, so two swaps of the
 * same objects do not wait for each other; what is logged in it the kind of
 * object knows.
 *
 * Who may write what: the roots, who has their gates and nodes.
 *
 * On death: undone with the transaction, or done with it.
 */
#include "container/swap.h"

static int
swap_in_txn(struct tarn_object *one, struct tarn_object *other, tarn__swapper *exchange)
{
	struct tarn_lane *lane;
	int code = tarn__write_begin(one, &lane);

	if (code)
		return code;
	code = exchange(lane, one, other);
	if (code && code != TARN_TYPE)
		code = tarn__write_failed(one, lane, code);
	tarn__write_end(one, lane);
	return code;
}

static int
swap_alone(struct tarn_object *one, struct tarn_object *other, tarn__swapper *exchange)
{
	struct tarn_object *objects[] = { one, other };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(one->arena, &txn, objects, 2);

	if (code)
		return code;
	code = swap_in_txn(tarn__txn_bound(txn, one), tarn__txn_bound(txn, other), exchange);
	if (!code)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

int
tarn__swap(struct tarn_object *one, struct tarn_object *other, tarn__swapper *exchange)
{
	if (one->arena != other->arena || one->txn != other->txn)
		return TARN_INVALID;
	return one->txn ? swap_in_txn(one, other, exchange) : swap_alone(one, other, exchange);
}
