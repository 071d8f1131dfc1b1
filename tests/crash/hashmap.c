// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap.c -- calls on one hash map, each from the states that reach its
 * branches
 *
 * Scripts: hashmap_script.h.  What is done with them: hashmap_death.c.
 * Segments are small here: 4 homes of 7 places, 2 stashes of 7, the first of
 * which homes 0 and 2 prefer.
 *
 *	21 keys of home 0	fill it and both stashes: one more splits
 *	A and B			are parted by the first split
 *	A and C			by the fifth, which doubles the directory
 *	A and G			by the sixth
 */
#include "hashmap_death.h"
#include "objects.h"

#define REAL ON_REAL_WORD
#define TWO (ON_WORD_WORD | ON_BYTES_BYTES)
#define NO_WAIT READERS_NEVER_WAIT

/* Home 0 of a segment as deep as the directory, which is of depth 5: A and G, one place left. */
#define DEEP "pA0-10 pC0-9 pC10 eC0-10 pG0-9"

/* A walk that comes by everything small, and by what the heap does now and then. */
static const char walk[] =
	"pA7=1 pD2=6 pJ0=8 pA0=6 pA8=2 pD6=7 eD6 iA4 pA4=7 pD3 pA5=8 pA1 cA8=2>7 pD3=5 "
	"pD3=8 pD5=1 eD2 cA4=7>2 pK0=3 pD4=5 pB0=8 cD4=5>2 pK0 pA8=1";

static const struct scenario calls[] = {
	/* new keys */
	{ "put into an empty map", ON_ALL, NO_WAIT, "", "pA0" },
	{ "the first call of a thread", ON_ALL, NO_WAIT, "S", "pA0" },
	{ "put beside others", ON_ALL | REAL, NO_WAIT, "pA0 pD0", "pA1 iD1 pB0=2" },
	{ "put the last two of a bucket", ON_ALL | REAL, NO_WAIT, "pA0-4", "pA5 pA6" },
	{ "put into a place that was freed", ON_ALL, NO_WAIT, "pA0-6 eA2", "pA7=2" },
	{ "insert what is there", ON_ALL, NO_WAIT | CHANGES_NOTHING, "pA0-7", "iA0?2 iA7?2" },
	{ "fetch_add of what is not there", ON_WORDS, NO_WAIT, "pA0", "fA1 fD0" },
	{ "put into a full bucket", ON_ALL, STASH_GROWS, "pA0-6", "pA7 pA8=2" },
	{ "put into a stash that others use", ON_ALL | REAL, STASH_GROWS, "pA0-7 pJ0-7", "pA8 pJ8" },
	{ "put into the second stash", ON_ALL, STASH_GROWS, "pA0-13", "pA14" },
	{ "fetch_add into the stash", ON_WORDS, STASH_GROWS, "pA0-6", "fA7" },

	/* splits */
	{ "split: a stash full, entries go", ON_ALL, SPLITS, "pB0-6 pA0-6 pB7-9 pA7-10 pD0-1 pE0-1",
	  "pA11" },
	{ "split: stashes go home on both sides", TWO, SPLITS | STASH_SHRINKS,
	  "pA0-3 pB0-2 pA4-10 pB3-9", "pA11" },
	{ "split: stashes stay on both sides", TWO, SPLITS, "pA0-6 pB0-13", "pB14" },
	{ "split: a directory doubled", TWO | REAL, SPLITS | DOUBLES, DEEP, "pG10" },
	{ "split: another segment of the deep directory", TWO, SPLITS, DEEP " pG10 pB0-10 pH0-9 pE0",
	  "pB11" },
	{ "split: five at once", TWO, DOUBLES, "pA0-10 pC0-9", "pC10" },

	/* other values */
	{ "put over a word", ON_WORDS | REAL, NO_WAIT, "pA0-2", "pA1=2" },
	{ "put over a word in the stash", ON_WORDS, NO_WAIT, "pA0-8", "pA8=2" },
	{ "put over a block, into a free place", ON_BYTES, NO_WAIT, "pA0-2", "pA1=2 pA1=0" },
	{ "put over a block, in a full bucket", ON_BYTES, 0, "pA0-6", "pA1=2 pA1=0" },
	{ "put over a block in the stash", ON_BYTES, 0, "pA0-8", "pA8=2 pA7=1" },
	{ "fetch_add", ON_WORDS | REAL, NO_WAIT, "pA0-8", "fA1 fA8" },
	{ "compare and swap", ON_ALL, 0, "pA0-8", "cA1=0>2 cA8=0>2" },
	{ "compare and swap in vain", ON_ALL, NO_WAIT | CHANGES_NOTHING, "pA0-8",
	  "cA1=1>2?3 cA8=1>2?3 cA9=1>2?1" },

	/* erase */
	{ "erase", ON_ALL | REAL, NO_WAIT, "pA0-6", "eA1 eA6 eA0" },
	{ "erase the only one", ON_ALL, NO_WAIT, "pA0", "eA0" },
	{ "erase what another thread has put", ON_ALL, NO_WAIT, "pA0-2 S", "eA0 pA0" },
	{ "erase what is not there", ON_ALL, NO_WAIT | CHANGES_NOTHING, "pA0-7", "eA9?1" },
	{ "erase from the stash", ON_ALL, STASH_SHRINKS, "pA0-8", "eA7 eA8" },
	{ "erase from a stash that others use", ON_ALL | REAL, STASH_SHRINKS, "pA0-7 pJ0-7", "eA7 pA7 eJ7" },
	{ "erase beside the stash", ON_ALL, NO_WAIT, "pA0-8", "eA0 eA1 pA9" },

	/* memory */
	{ "a value of no bytes", ON_BYTES, NO_WAIT, "pA0", "pA1=4 pA0=4 eA0 eA1" },
	{ "a value longer than a block", ON_BYTES, 0, "pA0", "pA1=9" },
	{ "put over a value longer than a block", ON_BYTES, 0, "pA0 pA1=9", "pA1=2 pA0" },
	{ "erase a value longer than a block", ON_BYTES, NO_WAIT, "pA0 pA1=9", "eA1 pA0 pA0" },
	{ "no memory", ON_BYTES, NO_WAIT | CHANGES_NOTHING, "pA0-7 F", "pA9=9?6 pA0=9?6 pA7=9?6" },
	{ "no memory for a split", TWO, CHANGES_NOTHING, "pA0-10 pB0-9 F", "pA11?6" },
	{ "a walk", ON_ALL, 0, "", walk },
	{ NULL, 0, 0, NULL, NULL },
};

int
main(int argc, char **argv)
{
	const struct scenario *const lists[] = { calls, objects_scenarios };

	return death_main(argc, argv, lists, 2);
}
