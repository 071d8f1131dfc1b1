// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * hashmap_death.h -- scripts, died in at every store, and at every store again
 *
 * A scenario is a state, made by its setup, and steps that follow; each runs
 * in processes of its own, two at a time.  See hashmap_death.c.
 */
#ifndef TARN_TESTS_HASHMAP_DEATH_H
#define TARN_TESTS_HASHMAP_DEATH_H

#include "hashmap_script.h"

/* Which layouts of map a a scenario is run with; b has the next one, of the first four. */
enum {
	ON_WORD_WORD = 1 << WORD_WORD,
	ON_WORD_BYTES = 1 << WORD_BYTES,
	ON_BYTES_WORD = 1 << BYTES_WORD,
	ON_BYTES_BYTES = 1 << BYTES_BYTES,
	ON_REAL_WORD = 1 << REAL_WORD,
	ON_WORDS = ON_WORD_WORD | ON_BYTES_WORD,
	ON_BYTES = ON_WORD_BYTES | ON_BYTES_BYTES,
	ON_ALL = ON_WORDS | ON_BYTES,
};

/* What a scenario's first step must do, or the state is not the one that was meant. */
enum {
	READERS_NEVER_WAIT = 1,
	SPLITS = 2,
	DOUBLES = 4,
	STASH_GROWS = 8,
	STASH_SHRINKS = 16,
	GRAVES_GROW = 32,
	GRAVES_SHRINK = 64,
	CHANGES_NOTHING = 128,
};

struct scenario {
	const char *name;
	unsigned layouts, must;
	const char *setup, *steps;
};

/* Runs all, or with --mutants breaks the library in turn; an argument else: only scenarios so named. */
int death_main(int argc, char **argv, const struct scenario *const lists[], unsigned list_count);

#endif
