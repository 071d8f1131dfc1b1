// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog_account.h -- whether every block of an arena of toys is somewhere once
 *
 * A block is free in its span, or in one place of one slot's log, or an
 * entry in a chain or in the graveyard, or part of what hangs from one.
 * True only while nobody writes.
 */
#ifndef TARN_TESTS_CATALOG_ACCOUNT_H
#define TARN_TESTS_CATALOG_ACCOUNT_H

#include "arena/arena.h"

/* NULL, or what is wrong. */
const char *account(struct tarn_arena *arena);

/* Entries in the graveyard. */
unsigned account_graveyard(struct tarn_arena *arena);

#endif
