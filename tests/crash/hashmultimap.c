// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmultimap.c -- hash multimaps, died in at every store
 *
 * A new bag has room for two values of 8 bytes; one that is full is copied
 * into another with half as much room again, and so is one of which more
 * than half is gone.  hashmulti.c says what the words mean.
 *
 * With --mutants each use of a protocol primitive in hashmap_bag.c is broken
 * in turn, in a child, which must fail; what is in hashmap_entry.c is broken
 * by hashmap.c.
 */
#include "hashmulti.h"

enum { WORDS = 1, TEXTS = 2, MIXED = 4, ALL = 7, TWO = 3 };

static const struct multi_layout layouts[] = {
	{ TARN_KEY_U64, 8 },
	{ TARN_KEY_STRING, TARN_VALUE_BYTES },
	{ TARN_KEY_U64, TARN_VALUE_BYTES },
};

static const struct multi_scenario scenarios[] = {
	{ "add", ALL, "", "a5", 1 },
	{ "add where there is room", ALL, "a5=3", "a5=7", 1 },
	{ "remove one", ALL, "A5=5", "d5=2", 1 },
	{ "remove until it is copied", TWO, "A5=5", "d5=4 d5=2 d5=5 d5=1", 4 },
	{ "transaction aborted", TWO, "A5=3", "( a5=4 a5=5 d5=1 a6 d5=2 e5 a5 !", 0 },
	{ "add where there is none", ALL, "A5=2", "a5=3 a5=4 a5=5", 3 },
	{ "remove the last", TWO, "a5", "d5", 1 },
	{ "remove all", ALL, "A5=6 a4", "e5", 1 },
	{ "transaction", TWO, "A5=3 a4", "( a5=4 d5=1 a6 e4 a4 m a5 a5=2 )", 1 },
	{ "transaction of a full bag", WORDS, "A5=2", "( a5=3 a5=4 d5=1 d5=2 d5=3 a5=1 )", 1 },
	{ "another bag in a full home", WORDS, "a1-26", "a+=2 a+=3", 2 },
	{ "a bag in a stash", WORDS, "a1-26", "a*=2 a*=3 d*=2 e*", 4 },
	{ "a bag in a stash of texts", TEXTS, "a1-24", "a*=2 a*=3 e*", 3 },
	{ "transaction in a stash", WORDS, "a1-26", "( a*=2 a*=3 a+=2 a+=3 d*=1 e+ )", 1 },
	{ "transaction in a stash, aborted", WORDS, "a1-26", "( a*=2 a*=3 a+=2 a+=3 e* !", 0 },
	{ "clear", TWO, "A5=3 a4 a6", "C", 2 },
	{ "swap", WORDS, "A5=3 m a4 A7=2", "w", 1 },
	{ "copy", TWO, "a5 m A4=3 a7", "y", 3 },
	{ "remove", TEXTS, "A5=3 a4", "-", 2 },
};

int
main(int argc, char **argv)
{
	const struct multi_suite suite = {
		.kind = TARN_KIND_HASHMULTIMAP,
		.layouts = layouts,
		.scenarios = scenarios,
		.layout_count = sizeof(layouts) / sizeof(layouts[0]),
		.scenario_count = sizeof(scenarios) / sizeof(scenarios[0]),
		.enough = TWO,
		.file = "src/container/hashmap_bag.c",
	};

	return multi_main(&suite, argc, argv);
}
