// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashset.c -- hash sets under real kills: see torture.h
 *
 *	one, other	each key is one worker's own, in one of them, or in none;
 *			inserted, erased, and in transactions moved; by many too
 *	both		in transactions their union, which is looked at in there
 *	numbers		a key for each bit of each worker's number that is 1
 *
 *	journal of a worker	first key, count, where they go | where each is
 */
#include "torture/torture.h"

#define WORKERS TORTURE_WORKERS
#define KEYS 300u /* of a worker */
#define MANY 30u
#define NUMBER_BITS 32u

enum where { NOWHERE, ONE, OTHER, WHERES };

static struct journal {
	uint64_t count; /* 0: nothing is pending */
	uint64_t first, where;
	bool whole;		/* in a transaction: all or none */
	uint8_t is_in[KEYS];	/* enum where */
} *journals;

static struct tarn_hashset *sets[WHERES]; /* the first: both */
static struct tarn_hashset *numbers;

static uint64_t
key_of(unsigned place, uint64_t own)
{
	return own * WORKERS + place;
}

static bool
is_in(struct tarn_hashset *set, unsigned place, uint64_t own)
{
	uint64_t key = key_of(place, own);
	int code = tarn_hashset_contains(set, &key, 8);

	torture_expect_there("contains", code);
	return !code;
}

static uint64_t
size_of(struct tarn_hashset *set)
{
	uint64_t size;

	torture_expect_0("size", tarn_hashset_size(set, &size));
	return size;
}

/* ---- changes ----------------------------------------------------------------------------------- */

static int
move_key(struct tarn_hashset *const *in, uint64_t key, enum where from, enum where to)
{
	int code = from == NOWHERE ? 0 : tarn_hashset_erase(in[from], &key, 8);

	return code || to == NOWHERE ? code : tarn_hashset_insert(in[to], &key, 8);
}

static int
move_keys(struct tarn_txn *txn, void *argument)
{
	unsigned place = *(unsigned *)argument;
	const struct journal *journal = &journals[place];
	struct tarn_hashset *in[WHERES] = { NULL, tarn_hashset_in(sets[ONE], txn),
					    tarn_hashset_in(sets[OTHER], txn) };
	int code = 0;

	for (uint64_t i = journal->first; !code && i < journal->first + journal->count; i++) {
		if (journal->is_in[i] != journal->where)
			code = move_key(in, key_of(place, i), (enum where)journal->is_in[i],
					(enum where)journal->where);
	}
	return code;
}

static int
move_whole(unsigned place)
{
	struct tarn_object *both[] = { tarn_hashset_object(sets[ONE]),
				       tarn_hashset_object(sets[OTHER]) };

	return tarn_txn_run(torture_arena, both, 2, move_keys, &place);
}

/* From nowhere into one of them, or back: keys as they are there, TARN_EXISTS or TARN_NOT_FOUND. */
static int
move_many(unsigned place, enum where from)
{
	const struct journal *journal = &journals[place];
	uint64_t keys[MANY], count = 0;
	int codes[MANY];

	for (uint64_t i = journal->first; i < journal->first + journal->count; i++) {
		if (journal->is_in[i] == from)
			keys[count++] = key_of(place, i);
	}
	return journal->where == NOWHERE
		       ? tarn_hashset_erase_many(sets[from], keys, 8, count, codes)
		       : tarn_hashset_insert_many(sets[journal->where], keys, 8, count, codes);
}

/* Keys that are not where they come from in such a change stay where they are. */
static bool
goes(const struct journal *journal, uint64_t own, enum where from)
{
	return journal->whole || journal->is_in[own] == from;
}

static void
note(struct journal *journal, enum where from)
{
	for (uint64_t i = journal->first; i < journal->first + journal->count; i++) {
		if (goes(journal, i, from))
			tarn__store8(&journal->is_in[i], (uint8_t)journal->where);
	}
	tarn__store_release(&journal->count, 0);
}

static void
change(unsigned place)
{
	struct journal *journal = &journals[place];
	uint64_t count = torture_roll(2) ? 1 : 1 + torture_roll(MANY);
	enum where from;

	journal->first = torture_roll(KEYS - MANY);
	from = (enum where)journal->is_in[journal->first];
	journal->where = from == NOWHERE ? ONE + torture_roll(2) : torture_roll(WHERES);
	journal->whole = (from != NOWHERE && journal->where != NOWHERE) || torture_roll(2);
	tarn__store_release(&journal->count, count);
	torture_expect_0("keys", journal->whole ? move_whole(place) : move_many(place, from));
	note(journal, from);
}

/* ---- unions ------------------------------------------------------------------------------------ */

static int
unite(struct tarn_txn *txn, void *argument)
{
	struct tarn_hashset *both = tarn_hashset_in(sets[NOWHERE], txn);
	struct tarn_hashset *one = tarn_hashset_in(sets[ONE], txn);
	struct tarn_hashset *other = tarn_hashset_in(sets[OTHER], txn);
	int code = tarn_hashset_union(both, one, other);
	unsigned place = *(unsigned *)argument;
	uint64_t own = torture_roll(KEYS);

	if (code)
		return code;
	torture_claim("union", size_of(both) == size_of(one) + size_of(other));
	torture_claim("own key", is_in(both, place, own) == (journals[place].is_in[own] != NOWHERE));
	return 0;
}

static void
unite_all(unsigned place)
{
	struct tarn_object *all[] = { tarn_hashset_object(sets[NOWHERE]),
				      tarn_hashset_object(sets[ONE]),
				      tarn_hashset_object(sets[OTHER]) };

	torture_expect_0("union", tarn_txn_run(torture_arena, all, WHERES, unite, &place));
}

static void
act(unsigned place)
{
	if (torture_roll(12))
		change(place);
	else
		unite_all(place);
}

/* ---- what the dead have done ------------------------------------------------------------------- */

static enum where
where_is(unsigned place, uint64_t own)
{
	bool one = is_in(sets[ONE], place, own), other = is_in(sets[OTHER], place, own);

	torture_doubled += one && other;
	return one ? ONE : other ? OTHER : NOWHERE;
}

/* One by one each has come or not; in a transaction all have, or none: that noted so far are there too. */
static void
settle(unsigned place)
{
	struct journal *journal = &journals[place];
	unsigned moved = 0, stayed = 0;

	for (uint64_t i = journal->first; i < journal->first + journal->count; i++) {
		enum where found = where_is(place, i), was = (enum where)journal->is_in[i];

		torture_lost += found != was && found != journal->where;
		moved += found != was;
		stayed += found == was && found != journal->where;
		journal->is_in[i] = (uint8_t)found;
	}
	torture_unsure += journal->count != 0;
	torture_lost += journal->whole && moved && stayed;
	journal->count = 0;
}

static void
compare(void)
{
	uint64_t present[WHERES] = { 0 };

	for (unsigned i = 0; i < WORKERS * KEYS; i++) {
		enum where known = (enum where)journals[i / KEYS].is_in[i % KEYS];

		torture_lost += where_is(i / KEYS, i % KEYS) != known;
		present[known]++;
	}
	torture_doubled += size_of(sets[ONE]) != present[ONE];
	torture_doubled += size_of(sets[OTHER]) != present[OTHER];
	unite_all(0);
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
open_sets(void)
{
	static const char *const names[WHERES] = { "both sets", "one set", "other set" };
	struct tarn_type type = { TARN_KIND_HASHSET, TARN_KEY_U64, 0, NULL };

	journals = torture_memory(WORKERS * sizeof(*journals));
	for (enum where i = 0; i < WHERES; i++)
		torture_expect_0("open", tarn_hashset_open(torture_arena, &sets[i], names[i], &type,
							   TARN_CREATE, NULL));
	torture_expect_0("open", tarn_hashset_open(torture_arena, &numbers, "numbers of a set",
						   &type, TARN_CREATE, NULL));
}

static void
close_sets(void)
{
	for (enum where i = 0; i < WHERES; i++)
		tarn_hashset_close(sets[i]);
	tarn_hashset_close(numbers);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_hashset_object(numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	struct tarn_hashset *in = tarn_hashset_in(numbers, txn);
	int code = 0;

	for (unsigned bit = 0; !code && bit < NUMBER_BITS; bit++) {
		uint64_t key = key_of(place, bit);

		code = number >> bit & 1 ? tarn_hashset_insert(in, &key, 8)
					 : tarn_hashset_erase(in, &key, 8);
		if (code == TARN_EXISTS || code == TARN_NOT_FOUND)
			code = 0;
	}
	return code;
}

static int
get_number(unsigned place, uint64_t *number)
{
	*number = 0;
	for (unsigned bit = 0; bit < NUMBER_BITS; bit++)
		*number |= (uint64_t)is_in(numbers, place, bit) << bit;
	return 0;
}

const struct torture_kind torture_hashset = {
	"hashset", open_sets, close_sets, act, settle, compare, object, set_number, get_number,
};
