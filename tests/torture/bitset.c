// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * bitset.c -- bitsets of both sorts under real kills: see torture.h
 *
 *	locked		transactional; also made longer and shorter beyond all bits of
 *			anybody's
 *	bare		atomic
 *	left, right	in transactions, which change both alike
 *	numbers		32 bits for each worker
 *
 *	bits	0 1 2 3 0 1 2 3 ...	0 0 0 ... 1 1 1 ... 2 2 2 ... 3 3 3 ...
 *		one by one		ranges
 *
 * A bit is one worker's own; in its journal it has a number of its own.
 *
 *	journal of a worker	set + 1, first, count, what they become | the bits
 */
#include "torture/torture.h"

#include <stdlib.h>

#define WORKERS TORTURE_WORKERS
#define SINGLE 300u		/* of a worker */
#define OWN (SINGLE + 300u)	/* likewise */
#define BITS (OWN * WORKERS)
#define BEYOND 5000u
#define NUMBER_BITS 32u

enum which { LOCKED, BARE, LEFT, JOURNALED, RIGHT = JOURNALED, SETS };
enum change { RESET, SET, FLIP };

static const char *const names[SETS] = { "locked bits", "bare bits", "left bits", "right bits" };

static struct journal {
	uint64_t pending; /* set + 1; 0: none */
	uint64_t first, count, change;
	bool bits[JOURNALED][OWN];
} *journals;

static struct tarn_bitset *sets[SETS], *numbers;

static uint64_t
index_of(unsigned place, uint64_t own)
{
	return own < SINGLE ? own * WORKERS + place
			    : SINGLE * WORKERS + place * (OWN - SINGLE) + own - SINGLE;
}

static bool
changed(bool bit, uint64_t change)
{
	return change == FLIP ? !bit : change == SET;
}

static bool
bit_at(enum which which, unsigned place, uint64_t own)
{
	bool bit;

	torture_expect_0("test", tarn_bitset_test(sets[which], index_of(place, own), &bit));
	return bit;
}

/* ---- workers ----------------------------------------------------------------------------------- */

static int
change_bit(struct tarn_bitset *set, uint64_t index, uint64_t change, bool now)
{
	bool before;
	int code;

	if (change == FLIP)
		return tarn_bitset_flip(set, index);
	if (change == RESET)
		return tarn_bitset_reset(set, index);
	if (torture_roll(2))
		return tarn_bitset_set(set, index);
	code = tarn_bitset_test_and_set(set, index, &before);
	torture_claim("before", code || before == now);
	return code;
}

/* A range lies side by side, and does not become what it is not. */
static int
change_bits(struct tarn_bitset *set, unsigned place, const bool *now)
{
	const struct journal *journal = &journals[place];
	uint64_t index = index_of(place, journal->first);

	if (journal->count == 1)
		return change_bit(set, index, journal->change, now[journal->first]);
	return tarn_bitset_set_range(set, index, journal->count, journal->change == SET);
}

static int
change_both(struct tarn_txn *txn, void *argument)
{
	unsigned place = *(unsigned *)argument;
	const bool *now = journals[place].bits[LEFT];
	int code = change_bits(tarn_bitset_in(sets[LEFT], txn), place, now);

	return code ? code : change_bits(tarn_bitset_in(sets[RIGHT], txn), place, now);
}

static void
choose(struct journal *journal, enum which which)
{
	bool range = which != BARE && torture_roll(2);

	journal->first = range ? SINGLE + torture_roll(OWN - SINGLE) : torture_roll(SINGLE);
	journal->count = range ? 1 + torture_roll(OWN - journal->first) : 1;
	journal->change = torture_roll(journal->count == 1 ? FLIP + 1 : FLIP);
	tarn__store_release(&journal->pending, which + 1);
}

static void
apply(struct journal *journal, bool *bits)
{
	for (uint64_t i = journal->first; i < journal->first + journal->count; i++)
		bits[i] = changed(bits[i], journal->change);
	tarn__store_release(&journal->pending, 0);
}

static void
change(unsigned place, enum which which)
{
	struct tarn_object *both[] = { tarn_bitset_object(sets[LEFT]),
				       tarn_bitset_object(sets[RIGHT]) };
	struct journal *journal = &journals[place];
	bool *now = journal->bits[which];

	choose(journal, which);
	torture_claim("bit", bit_at(which, place, journal->first) == now[journal->first]);
	torture_expect_0("change", which == LEFT ? tarn_txn_run(torture_arena, both, 2, change_both,
								&place)
						 : change_bits(sets[which], place, now));
	apply(journal, now);
}

static void
act(unsigned place)
{
	if (torture_roll(20))
		change(place, (enum which)torture_roll(JOURNALED));
	else
		torture_expect_0("resize",
				 tarn_bitset_resize(sets[LOCKED], BITS + torture_roll(BEYOND)));
}

/* ---- what the dead have done ------------------------------------------------------------------- */

/* All of them, or none: whether one of them that differs has changed.  Dead while it noted it: all. */
static bool
has_changed(unsigned place, enum which which, const bool *now)
{
	const struct journal *journal = &journals[place];

	for (uint64_t i = journal->first; i < journal->first + journal->count; i++) {
		bool bit = bit_at(which, place, i);

		if (bit != now[i])
			return true;
	}
	return false;
}

static uint64_t
wrong_bits(unsigned place)
{
	uint64_t wrong = 0;

	for (unsigned i = 0; i < JOURNALED * OWN; i++)
		wrong += bit_at(i / OWN, place, i % OWN) != journals[place].bits[i / OWN][i % OWN];
	for (unsigned i = 0; i < OWN; i++)
		wrong += bit_at(RIGHT, place, i) != journals[place].bits[LEFT][i];
	return wrong;
}

static void
settle(unsigned place)
{
	struct journal *journal = &journals[place];
	enum which which = (enum which)(journal->pending - 1);

	if (journal->pending) {
		torture_unsure++;
		if (has_changed(place, which, journal->bits[which]))
			apply(journal, journal->bits[which]);
	}
	journal->pending = 0;
	torture_lost += wrong_bits(place);
}

static uint64_t
count_of(struct tarn_bitset *set)
{
	uint64_t count;

	torture_expect_0("count", tarn_bitset_count(set, &count));
	return count;
}

static void
compare(void)
{
	uint64_t held[JOURNALED] = { 0 };

	for (unsigned place = 0; place < WORKERS; place++) {
		torture_lost += wrong_bits(place);
		for (unsigned i = 0; i < JOURNALED * OWN; i++)
			held[i / OWN] += journals[place].bits[i / OWN][i % OWN];
	}
	for (enum which i = 0; i < JOURNALED; i++)
		torture_doubled += count_of(sets[i]) != held[i];
	torture_doubled += count_of(sets[RIGHT]) != held[LEFT];
}

/* ---- the kind ---------------------------------------------------------------------------------- */

static void
open_one(struct tarn_bitset **set, const char *name, enum tarn_sort sort, uint64_t bits)
{
	torture_expect_0("open", tarn_bitset_open(torture_arena, set, name, sort, bits, TARN_CREATE,
						  NULL));
}

static void
open_bitsets(void)
{
	journals = torture_memory(WORKERS * sizeof(*journals));
	for (enum which i = 0; i < SETS; i++)
		open_one(&sets[i], names[i], i == BARE ? TARN_ATOMIC : TARN_TRANSACTIONAL, BITS);
	open_one(&numbers, "numbers as bits", TARN_TRANSACTIONAL, WORKERS * NUMBER_BITS);
}

static void
close_bitsets(void)
{
	for (enum which i = 0; i < SETS; i++)
		tarn_bitset_close(sets[i]);
	tarn_bitset_close(numbers);
}

static struct tarn_object *
object(unsigned place)
{
	(void)place;
	return tarn_bitset_object(numbers);
}

static int
set_number(struct tarn_txn *txn, unsigned place, uint64_t number)
{
	struct tarn_bitset *in = tarn_bitset_in(numbers, txn);
	int code = tarn_bitset_set_range(in, place * NUMBER_BITS, NUMBER_BITS, false);

	for (unsigned bit = 0; !code && bit < NUMBER_BITS; bit++) {
		if (number >> bit & 1)
			code = tarn_bitset_set(in, place * NUMBER_BITS + bit);
	}
	return code;
}

static int
get_number(unsigned place, uint64_t *number)
{
	int code = 0;
	bool bit;

	*number = 0;
	for (unsigned i = 0; !code && i < NUMBER_BITS; i++) {
		code = tarn_bitset_test(numbers, place * NUMBER_BITS + i, &bit);
		*number |= (uint64_t)(!code && bit) << i;
	}
	return code;
}

const struct torture_kind torture_bitset = {
	"bitset", open_bitsets, close_bitsets, act, settle, compare, object, set_number, get_number,
};
