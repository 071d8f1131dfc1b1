// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * assert.c -- say which claim failed, then die
 *
 * Dying is the safe choice: whatever this thread was doing is rolled back
 * by the next process that meets one of its locks.
 */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void
tarn__assert_failed(const char *claim, const char *file, int line)
{
	fprintf(stderr, "tarn: assertion failed: %s (%s:%d)\n", claim, file, line);
	abort();
}
