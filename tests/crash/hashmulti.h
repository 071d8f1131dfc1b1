// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmulti.h -- hash multimaps and multisets, died in at every store
 *
 * What is done is the same for both: hashmulti.c does it, and says in which
 * words it is told; hashmultimap.c and hashmultiset.c have the scenarios.
 */
#ifndef TARN_TESTS_HASHMULTI_H
#define TARN_TESTS_HASHMULTI_H

#include <tarn.h>

/* Of a set: value_size 0. */
struct multi_layout {
	enum tarn_key_kind key;
	uint32_t value_size;
};

struct multi_scenario {
	const char *name;
	unsigned layouts; /* bit n: done with layout n */
	const char *setup, *steps;
	unsigned changes;
};

struct multi_suite {
	enum tarn_kind kind;
	const struct multi_layout *layouts;
	const struct multi_scenario *scenarios;
	unsigned layout_count, scenario_count;
	unsigned enough; /* layouts that show what is broken */
	const char *file; /* of which each use of a protocol primitive is broken */
};

/* What main() returns: an argument names the only scenario; --mutants, and one more. */
int multi_main(const struct multi_suite *suite, int argc, char **argv);

#endif
