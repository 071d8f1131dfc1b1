// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * objects.c -- transactions, names, clear and the graveyard: their scenarios
 *
 * Map b has the layout after that of map a.  A clear in a transaction leaves
 * what there was in the graveyard, for others.
 */
#include "objects.h"

#define TWO (ON_WORD_WORD | ON_BYTES_BYTES)

const struct scenario objects_scenarios[] = {
	/* transactions */
	{ "transaction of nothing", ON_WORD_WORD, CHANGES_NOTHING, "pA0", "( )" },
	{ "transaction of two maps", ON_ALL, 0, "pA0-3 b.pA0-3", "( pA0=1 b.pA1=1 eA2 b.eA3 )" },
	{ "transaction that moves an entry", ON_ALL, 0, "pA0-3", "( eA0 b.pA0 )" },
	{ "transaction in other buckets", ON_ALL, 0, "pD0-3 b.pE0-2",
	  "( pD0=1 pD4 pD5 b.eE0 eD1 b.eE1 pE0 )" },
	{ "transaction aborted in other buckets", TWO, CHANGES_NOTHING, "pD0-3 b.pE0-2",
	  "( pD0=1 pD4 pD5 b.eE0 pE0 !" },
	{ "transaction aborted", ON_ALL, CHANGES_NOTHING, "pA0-3 b.pA0-3",
	  "( pA0=1 b.pA1=1 eA2 b.eA3 pA5 !" },
	{ "transaction in one bucket", TWO, 0, "pA0-5", "(a pA6 eA6 pA7 pA7=2 eA0 pA8 eA1 pA1=1 )" },
	{ "transaction in the stash", TWO, STASH_GROWS, "pA0-7 pJ0-6",
	  "(a pA8 eA7 pA9=1 pJ7 pA7=2 pA7=3 )" },
	{ "transaction empties the stash", ON_ALL, STASH_SHRINKS, "pA0-9", "(a eA8 eA7 eA9 )" },
	{ "transaction of words", ON_WORDS | ON_REAL_WORD, 0, "pA0-8",
	  "(a fA0 fA0 fA9 cA1=0>3 cA8=0>2 iA0?2 eA20?1 )" },
	{ "transaction of blocks", ON_BYTES, 0, "pA0-8",
	  "(a pA0=1 pA0=2 cA8=0>2 cA8=0>1?3 iA0?2 pA1=9 eA1 )" },
	{ "transaction with a split", TWO, SPLITS, "pA0-3 pB0-2 pA4-10 pB3-9", "( pA0=1 pA11 b.pA0 eB0 )" },
	{ "transaction with a doubling", TWO, SPLITS | DOUBLES, "pA0-10 pC0-9 pC10 eC0-10 pG0-9",
	  "(a eA0 pA0 pG10 )" },
	{ "transaction aborted after a split", TWO, CHANGES_NOTHING, "pA0-3 pB0-2 pA4-10 pB3-9 b.pA0",
	  "( b.eA0 pA11 eB0 !" },
	{ "transaction aborted after a doubling", ON_WORD_WORD, CHANGES_NOTHING,
	  "pA0-10 pC0-9 pC10 eC0-10 pG0-9", "(a pG10 !" },
	{ "transaction with a clear", TWO, GRAVES_GROW, "pA0-7 b.pA0", "( pA8 C pA0=1 pA9 b.eA0 )" },
	{ "transaction aborted after a clear", TWO, CHANGES_NOTHING, "pA0-7", "(a eA0 C pA0=1 !" },
	{ "transaction that adds a map", TWO, 0, "pA0 b.pA0", "(a eA0 t b.eA0 b.pA1 )" },
	{ "transaction that adds a map, aborted", ON_WORD_WORD, CHANGES_NOTHING, "pA0 b.pA0",
	  "(a eA0 t b.eA0 !" },
	{ "transaction without memory", ON_BYTES, CHANGES_NOTHING, "pA0-2 b.pA0-2 F",
	  "( eA0 b.eA0 pA1=9?6 )?6" },
	{ "transaction without memory for b", ON_WORDS, CHANGES_NOTHING, "pA0-2 b.pA0-2 F",
	  "( eA0 b.eA0 b.pA1=9?6 )?6" },
	{ "transaction that is too big", ON_WORD_WORD, CHANGES_NOTHING, "pA0-2",
	  "(a eA0-2 pA0-6 pD0-6 pJ0-6 pK0-6?7 )?7" },

	/* clear, and the graveyard */
	{ "clear", TWO, 0, "pA0-3 pD0", "C" },
	{ "clear an empty map", ON_WORD_WORD, CHANGES_NOTHING, "", "C" },
	{ "clear several segments", TWO, 0, "pA0-10 pB0-9 pA11 pD0 pE0", "C pA0" },
	{ "clear without memory", ON_WORD_WORD, CHANGES_NOTHING, "pA0-3 +c +d F", "C?6" },
	{ "the graveyard, piece by piece", TWO, CHANGES_NOTHING | GRAVES_SHRINK,
	  "pA0-10 pB0-9 pA11 (a C ) pA0 (a C )", "g20 g1 g1 g99" },

	/* names */
	{ "create", ON_WORD_WORD, 0, "", "+c +d" },
	{ "create what is there", ON_WORD_WORD, CHANGES_NOTHING, "+c", "+c?2" },
	{ "create without memory", ON_WORD_WORD, CHANGES_NOTHING, "F", "+c?6" },
	{ "rename", ON_WORD_WORD, 0, "pA0 +c", "a>d -c b>c" },
	{ "remove", ON_ALL, 0, "pA0-8 pD0", "-a" },
	{ "remove beside the graveyard", ON_WORD_WORD, 0, "pA0 (b b.C ) pD0", "-a" },
	{ "remove several segments", TWO, 0, "pA0-10 pB0-9 pA11", "-a +c -c" },
	{ NULL, 0, 0, NULL, NULL },
};
