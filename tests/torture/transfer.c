// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * transfer.c -- transactions of two maps under real kills: see torture.h
 *
 * Units go from an account on the left to one on the right; some transfers
 * are aborted.  In the same transaction a number of the worker's own rises.
 * Units are neither made nor lost, and each transfer is acknowledged once.
 */
#include "torture/torture.h"

#define WORKERS TORTURE_WORKERS
#define ACCOUNTS 4u
#define UNITS UINT64_C(1000000)
#define OWN 1000u /* and a worker's place: its number in the map on the left */

static struct journal {
	uint64_t begun, done;
} *journals;

static struct tarn_hashmap *left, *right;

static void
act(unsigned place)
{
	struct tarn_object *both[] = { tarn_hashmap_object(left), tarn_hashmap_object(right) };
	uint64_t from = torture_roll(ACCOUNTS), to = torture_roll(ACCOUNTS), own = OWN + place;
	uint64_t amount = torture_roll(10);
	struct tarn_hashmap *in_left, *in_right;
	struct tarn_txn *txn;

	torture_expect_0("begin", tarn_txn_begin(torture_arena, &txn, both, 2));
	in_left = tarn_hashmap_in(left, txn);
	in_right = tarn_hashmap_in(right, txn);
	torture_expect_0("take", tarn_hashmap_fetch_add(in_left, &from, 8, -amount, NULL));
	torture_expect_0("own", tarn_hashmap_fetch_add(in_left, &own, 8, 1, NULL));
	torture_expect_0("give", tarn_hashmap_fetch_add(in_right, &to, 8, amount, NULL));
	if (!torture_roll(8)) {
		tarn_txn_abort(txn);
		return;
	}
	tarn__store_release(&journals[place].begun, journals[place].begun + 1);
	torture_expect_0("commit", tarn_txn_commit(txn));
	tarn__store_release(&journals[place].done, journals[place].done + 1);
}

static uint64_t
units_at(struct tarn_hashmap *map, uint64_t key)
{
	uint64_t value = 0;

	torture_expect_there("get", tarn_hashmap_get(map, &key, 8, &value, 8, NULL));
	return value;
}

static void
settle(unsigned place)
{
	struct journal *journal = &journals[place];
	uint64_t transfers = units_at(left, OWN + place);

	torture_unsure += journal->begun - journal->done;
	torture_lost += transfers < journal->done ? journal->done - transfers : 0;
	torture_doubled += transfers > journal->begun ? transfers - journal->begun : 0;
	journal->begun = journal->done = transfers;
}

static void
compare(void)
{
	uint64_t units = 0;

	for (unsigned key = 0; key < ACCOUNTS; key++)
		units += units_at(left, key) + units_at(right, key);
	torture_lost += units < UNITS ? UNITS - units : 0;
	torture_doubled += units > UNITS ? units - UNITS : 0;
}

static void
open_maps(void)
{
	struct tarn_type words = { TARN_KIND_HASHMAP, TARN_KEY_U64, 8, NULL };
	uint64_t key = 0, units = UNITS;

	journals = torture_memory(WORKERS * sizeof(*journals));
	torture_expect_0("open", tarn_hashmap_open(torture_arena, &left, "left", &words,
						   TARN_CREATE, NULL));
	torture_expect_0("open", tarn_hashmap_open(torture_arena, &right, "right", &words,
						   TARN_CREATE, NULL));
	torture_expect_0("put", tarn_hashmap_put(left, &key, 8, &units, 8));
}

static void
close_maps(void)
{
	tarn_hashmap_close(left);
	tarn_hashmap_close(right);
}

const struct torture_kind torture_transfer = {
	.name = "transfer", .open = open_maps, .close = close_maps, .act = act, .settle = settle,
	.compare = compare,
};
