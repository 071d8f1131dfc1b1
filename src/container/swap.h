// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * swap.h -- two objects exchange their contents
 *
 * What is the same of all kinds is in swap.c: gates, transaction, rollback.
 * A kind says what it means to exchange, by logging it.
 */
#ifndef TARN_CONTAINER_SWAP_H
#define TARN_CONTAINER_SWAP_H

#include "txn/object.h"

/* In a transaction that has both: log the exchange.  TARN_TYPE: they are not alike, and nothing is. */
typedef int tarn__swapper(struct tarn_lane *lane, struct tarn_object *one,
			   struct tarn_object *other);

/* What hangs from two roots, whose nodes the lane has locked; with room for 6 words in its log. */
void tarn__swap_roots(struct tarn_lane *lane, struct tarn_root_shm *one,
		      struct tarn_root_shm *other);

/* In the transaction that both handles are of, or, if they are of none, in one of its own. */
int tarn__swap(struct tarn_object *one, struct tarn_object *other, tarn__swapper *exchange);

#endif
