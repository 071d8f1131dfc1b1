// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultiset.c -- hash multisets, died in at every store
 *
 * How often a key is there is another word for its entry: in a free place of
 * the home, or, logged, in the same one.  hashmulti.c says what the words of
 * a scenario mean.
 */
#include "hashmulti.h"

enum { WORDS = 1, TEXTS = 2, TWO = 3 };

static const struct multi_layout layouts[] = {
	{ TARN_KEY_U64, 0 },
	{ TARN_KEY_STRING, 0 },
};

static const struct multi_scenario scenarios[] = {
	{ "insert", TWO, "", "a5", 1 },
	{ "insert again", TWO, "a5 a4", "a5 a5", 2 },
	{ "remove one", TWO, "a5 a5", "d5 d5", 2 },
	{ "remove all", TWO, "A5=6 a4", "e5", 1 },
	{ "transaction", TWO, "A5=3 a4", "( a5 d5 d5 a6 e4 a4 m a5 a5 )", 1 },
	{ "transaction aborted", TWO, "A5=3", "( a5 d5 a6 e5 a5 !", 0 },
	{ "again in a full home", WORDS, "a1-26", "a+ a+", 2 },
	{ "once less in a full home", WORDS, "a1-26 a+ a+", "d+ e+", 2 },
	{ "again in a stash", TWO, "a1-24", "a* a* e*", 3 },
	{ "once less in a stash", WORDS, "a1-24 a* a*", "d*", 1 },
	{ "transaction in a stash", WORDS, "a1-26", "( a* a* a+ d* d+ e* )", 1 },
	{ "transaction in a stash, aborted", WORDS, "a1-26", "( a* a+ d* e* e+ !", 0 },
	{ "clear", TEXTS, "A5=3 a4 a6", "C", 2 },
	{ "swap", WORDS, "A5=3 m a4 A7=2", "w", 1 },
	{ "copy", TWO, "a5 m A4=3 a7", "y", 3 },
};

int
main(int argc, char **argv)
{
	const struct multi_suite suite = {
		.kind = TARN_KIND_HASHMULTISET,
		.layouts = layouts,
		.scenarios = scenarios,
		.layout_count = sizeof(layouts) / sizeof(layouts[0]),
		.scenario_count = sizeof(scenarios) / sizeof(scenarios[0]),
		.enough = TWO,
		.file = "src/container/hashmap_bag.c",
	};

	return multi_main(&suite, argc, argv);
}
