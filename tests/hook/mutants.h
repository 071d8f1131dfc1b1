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

struct mutants {
	const char *files[4];	 /* parts of paths; NULL ends them */
	const char *not_files[4]; /* of these none */
	unsigned seconds;	 /* of processor time; who takes longer has noticed */
	void (*run)(void);	 /* in a child: ends it with a status other than 0 if something is wrong */
};

/*
 * Prints those not caught, "mutants: N, caught: N, equivalent: 0", and
 * whether the test has passed.  What main() returns.
 */
int mutants_main(const struct mutants *mutants);

#endif
