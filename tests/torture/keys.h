// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * keys.h -- keys that are in one of two sets, or in none
 *
 *	one, other	each key is one worker's own; inserted, erased, and in
 *			transactions moved; by many too
 *	both		in transactions their union, which is looked at in there
 *	numbers		a key for each bit of each worker's number that is 1
 *
 *	journal of a worker	first key, count, where they go | where each is
 */
#ifndef TARN_TESTS_TORTURE_KEYS_H
#define TARN_TESTS_TORTURE_KEYS_H

#include "torture/torture.h"

#define TORTURE_KEYS 300u /* of a worker */

enum torture_where { NOWHERE, ONE, OTHER, WHERES };

/* Of a kind of sets, whose handles are `set`s: what is done to them.  The first set is both. */
struct torture_keys {
	int (*contains)(void *set, uint64_t key);
	int (*insert)(void *set, uint64_t key);
	int (*erase)(void *set, uint64_t key);
	int (*insert_many)(void *set, const uint64_t *keys, uint64_t count, int *codes);
	int (*erase_many)(void *set, const uint64_t *keys, uint64_t count, int *codes);
	int (*size)(void *set, uint64_t *size);
	int (*unite)(void *result, void *one, void *other);
	void *(*in)(void *set, struct tarn_txn *txn);
	struct tarn_object *(*object)(void *set);
	void *sets[WHERES], *numbers;
	struct torture_keys_journal *journals;
};

void torture_open_keys(struct torture_keys *keys);
void torture_act_keys(const struct torture_keys *keys, unsigned place);
void torture_settle_keys(const struct torture_keys *keys, unsigned place);
void torture_compare_keys(const struct torture_keys *keys);

/* As in struct torture_kind. */
int torture_set_bits(const struct torture_keys *keys, struct tarn_txn *txn, unsigned place,
		     uint64_t number);
int torture_get_bits(const struct torture_keys *keys, unsigned place, uint64_t *number);

#endif
