// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * serial.c -- numbers that an arena tells once
 *
 *	catalog words	serial: the last one drawn; 0 in a new arena
 *
 * They begin with 1 and ascend.  Who draws one while it holds a lock has one
 * above all that were drawn before under that lock: so entries that are
 * numbered under it are numbered in their order (multi.h).
 *
 * One word for the arena, and not one for each object: contents go from
 * object to object, by swaps and from aside, and numbers in them must not meet
 * their likes.
 *
 * Who may write what: the word, anyone, by atomic adds.
 *
 * On death: a number that was drawn and not used is nobody's.  So nothing is
 * ever undone here, and nothing is logged.
 */
#include "catalog/entry.h"

uint64_t
tarn__serial_draw(struct tarn_arena *arena)
{
	return tarn__fetch_add(&tarn__catalog(arena)->serial, 1) + 1;
}

uint64_t
tarn__serial_last(const struct tarn_arena *arena)
{
	return tarn__load(&tarn__catalog(arena)->serial);
}
