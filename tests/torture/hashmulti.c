// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmulti.c -- hash multimaps and multisets under real kills: see torture.h
 *
 *	alone	a key that two workers share has values of both: a worker
 *		adds its next number, or takes out its oldest
 *	both	in a transaction, the same in a second multimap, and the
 *		worker's key as many times in a multiset
 *
 *	journal of a worker, for each	numbers begun and done: added, taken out
 *
 * So at any time the values that are there are those from the first that was
 * not taken out to the last that was added, each once.
 */
#include "torture/torture.h"

#include <string.h>

#define KEPT 3000u /* values of a worker, about */
#define BATCH 20u

enum { ALONE, BOTH, WAYS };

static struct journal {
	uint64_t adding, added, taking, taken; /* numbers of the next ones: begun, done */
} (*journals)[WAYS];

static struct tarn_hashmultimap *maps[WAYS];
static struct tarn_hashmultiset *set;

static uint64_t
key_of(unsigned place)
{
	return place / 2;
}

static uint64_t
value_of(unsigned place, uint64_t number)
{
	return (uint64_t)place << 48 | number;
}

/* ---- a worker ---------------------------------------------------------------------------------- */

static int
add(struct tarn_hashmultimap *map, unsigned place, uint64_t number)
{
	uint64_t key = key_of(place), value = value_of(place, number);

	return tarn_hashmultimap_insert(map, &key, 8, &value, 8);
}

static int
take(struct tarn_hashmultimap *map, unsigned place, uint64_t number)
{
	uint64_t key = key_of(place), value = value_of(place, number);

	return tarn_hashmultimap_erase_one(map, &key, 8, &value, 8);
}

static void
act_alone(struct journal *journal, unsigned place, bool adds)
{
	if (adds) {
		tarn__store(&journal->adding, journal->added + 1);
		torture_expect_0("insert", add(maps[ALONE], place, journal->added));
		tarn__store(&journal->added, journal->adding);
	} else {
		tarn__store(&journal->taking, journal->taken + 1);
		torture_expect_0("erase one", take(maps[ALONE], place, journal->taken));
		tarn__store(&journal->taken, journal->taking);
	}
}

static int
change_both(struct tarn_txn *txn, void *arg)
{
	struct tarn_hashmultimap *map = tarn_hashmultimap_in(maps[BOTH], txn);
	struct tarn_hashmultiset *in = tarn_hashmultiset_in(set, txn);
	unsigned place = *(unsigned *)arg;
	const struct journal *journal = &journals[place][BOTH];
	uint64_t key = place;
	int code = 0;

	for (uint64_t n = journal->added; !code && n < journal->adding; n++) {
		code = add(map, place, n);
		if (!code)
			code = tarn_hashmultiset_insert(in, &key, 8);
	}
	for (uint64_t n = journal->taken; !code && n < journal->taking; n++) {
		code = take(map, place, n);
		if (!code)
			code = tarn_hashmultiset_erase_one(in, &key, 8);
	}
	return code;
}

static void
act_both(struct journal *journal, unsigned place, bool adds)
{
	struct tarn_object *objects[] = { tarn_hashmultimap_object(maps[BOTH]),
					  tarn_hashmultiset_object(set) };
	uint64_t count = torture_roll(BATCH) + 1;

	if (adds)
		tarn__store(&journal->adding, journal->added + count);
	else if (journal->added - journal->taken > count)
		tarn__store(&journal->taking, journal->taken + count);
	torture_expect_0("transaction", tarn_txn_run(torture_arena, objects, 2, change_both, &place));
	tarn__store(&journal->added, journal->adding);
	tarn__store(&journal->taken, journal->taking);
}

/* The values of the worker's key: its own are those that it has noted, in their order. */
static void
look(unsigned place)
{
	const struct journal *journal = &journals[place][ALONE];
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t key = key_of(place), next = journal->taken, value;

	torture_expect_0("equal range", tarn_hashmultimap_equal_range(maps[ALONE], &key, 8, &cursor));
	while (!tarn_hashmultimap_cursor_next(cursor, &entry)) {
		memcpy(&value, entry.value, 8);
		if (value >> 48 == place)
			torture_claim("its values are in their order",
				      value == value_of(place, next++));
	}
	tarn_hashmultimap_cursor_close(cursor);
	torture_claim("all its values are there", next == journal->added);
}

static void
act(unsigned place)
{
	unsigned way = torture_roll(3) ? ALONE : BOTH;
	struct journal *journal = &journals[place][way];
	uint64_t kept = journal->added - journal->taken;
	bool adds = kept < KEPT ? torture_roll(5) < 3 : torture_roll(5) < 2;

	if (!torture_roll(200))
		look(place);
	else if (way == BOTH)
		act_both(journal, place, adds || !kept);
	else
		act_alone(journal, place, adds || !kept);
}

/* ---- afterwards -------------------------------------------------------------------------------- */

/* Whether a value is there, once. */
static bool
is_there(struct tarn_hashmultimap *map, unsigned place, uint64_t number)
{
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t key = key_of(place), wanted = value_of(place, number), times = 0;

	torture_expect_0("equal range", tarn_hashmultimap_equal_range(map, &key, 8, &cursor));
	while (!tarn_hashmultimap_cursor_next(cursor, &entry))
		times += !memcmp(entry.value, &wanted, 8);
	tarn_hashmultimap_cursor_close(cursor);
	torture_doubled += times > 1;
	return times != 0;
}

/* What was begun and not acknowledged: all of it has happened, or nothing. */
static void
settle(unsigned place)
{
	for (unsigned way = 0; way < WAYS; way++) {
		struct journal *journal = &journals[place][way];

		torture_unsure += journal->adding != journal->added || journal->taking != journal->taken;
		if (journal->adding != journal->added && is_there(maps[way], place, journal->added))
			journal->added = journal->adding;
		if (journal->taking != journal->taken && !is_there(maps[way], place, journal->taken))
			journal->taken = journal->taking;
		journal->adding = journal->added;
		journal->taking = journal->taken;
	}
}

static void
compare_way(unsigned way, unsigned place, uint64_t *sum)
{
	const struct journal *journal = &journals[place][way];
	struct tarn_hashmultimap_cursor *cursor;
	struct tarn_hashmultimap_entry entry;
	uint64_t key = key_of(place), found = 0, value;

	torture_expect_0("equal range", tarn_hashmultimap_equal_range(maps[way], &key, 8, &cursor));
	while (!tarn_hashmultimap_cursor_next(cursor, &entry)) {
		memcpy(&value, entry.value, 8);
		if (value >> 48 != place)
			continue;
		if (value != value_of(place, journal->taken + found))
			torture_doubled++;
		found++;
	}
	tarn_hashmultimap_cursor_close(cursor);
	if (found < journal->added - journal->taken)
		torture_lost += journal->added - journal->taken - found;
	*sum += found;
}

static void
compare(void)
{
	uint64_t sums[WAYS] = { 0 }, size, count, key;

	for (unsigned place = 0; place < TORTURE_WORKERS; place++) {
		for (unsigned way = 0; way < WAYS; way++)
			compare_way(way, place, &sums[way]);
		key = place;
		torture_expect_0("count", tarn_hashmultiset_count(set, &key, 8, &count));
		torture_lost += count != journals[place][BOTH].added - journals[place][BOTH].taken;
	}
	for (unsigned way = 0; way < WAYS; way++) {
		torture_expect_0("size", tarn_hashmultimap_size(maps[way], &size));
		torture_doubled += size != sums[way];
	}
	torture_expect_0("size", tarn_hashmultiset_size(set, &size));
	torture_doubled += size != sums[BOTH];
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
open_all(void)
{
	static const char *const names[WAYS] = { "values alone", "values and times" };
	struct tarn_type type = { TARN_KIND_HASHMULTIMAP, TARN_KEY_U64, 8, NULL };
	struct tarn_type times = { TARN_KIND_HASHMULTISET, TARN_KEY_U64, 0, NULL };

	journals = torture_memory(TORTURE_WORKERS * sizeof(*journals));
	for (unsigned way = 0; way < WAYS; way++)
		torture_expect_0("open", tarn_hashmultimap_open(torture_arena, &maps[way], names[way],
								&type, TARN_CREATE, NULL));
	torture_expect_0("open", tarn_hashmultiset_open(torture_arena, &set, "times", &times,
							TARN_CREATE, NULL));
}

static void
close_all(void)
{
	for (unsigned way = 0; way < WAYS; way++)
		tarn_hashmultimap_close(maps[way]);
	tarn_hashmultiset_close(set);
}

const struct torture_kind torture_hashmulti = {
	"hashmulti", open_all, close_all, act, settle, compare, NULL, NULL, NULL,
};
