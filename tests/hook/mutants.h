// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * mutants.h -- break each call site of a protocol primitive; the suite must notice
 *
 * The sensitivity test of a crash test: for every site (base/mutant.h) of
 * certain source files, the test runs in a child process in which that site
 * is broken.  A child that ends well has not noticed.
 */
#ifndef TARN_TESTS_MUTANTS_H
#define TARN_TESTS_MUTANTS_H

#include <stdbool.h>

struct mutants {
	const char *files[4];	 /* parts of paths; NULL ends them */
	const char *not_files[4]; /* of these none */
	unsigned seconds;	 /* of processor time; who takes longer has noticed */
	void (*run)(void);	 /* in a child: ends it with a status other than 0 if something is wrong */
};

/* Prints those not caught, and "mutants: N, caught: N, equivalent: 0"; whether all were. */
bool mutants_run(const struct mutants *mutants);

/* A test that counts its mutants by itself: whether a site like this one is listed before it. */
bool mutants_listed_before(unsigned long site);

#endif
