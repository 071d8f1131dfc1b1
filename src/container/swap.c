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

#include "catalog/catalog.h"
#include "container/root.h"

void
tarn__swap_roots(struct tarn_lane *lane, struct tarn_root_shm *one, struct tarn_root_shm *other)
{
	uint64_t structure = tarn__load(&one->structure);
	tarn_off counts = tarn__load(&one->counts);

	tarn__root_set(lane, one, tarn__load(&one->word) + TARN_WORD_SWING,
		       tarn__load(&other->structure), tarn__load(&other->counts));
	tarn__root_set(lane, other, tarn__load(&other->word) + TARN_WORD_SWING, structure, counts);
}

static int
swap_in_txn(struct tarn_object *one, struct tarn_object *other, void *arg)
{
	tarn__swapper *const *exchange = arg;
	struct tarn_lane *lane;
	int code = tarn__write_begin(one, &lane);

	if (code)
		return code;
	code = (*exchange)(lane, one, other);
	if (code && code != TARN_TYPE)
		code = tarn__write_failed(one, lane, code);
	tarn__write_end(one, lane);
	return code;
}

int
tarn__swap(struct tarn_object *one, struct tarn_object *other, tarn__swapper *exchange)
{
	return tarn__root_with_both(one, other, swap_in_txn, &exchange);
}
