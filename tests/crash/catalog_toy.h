// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog_toy.h -- two toy kinds of objects, to test the catalog with
 *
 *	root.structure --> block --> block --> 0	each { next, stamp }
 *	root.counts    --> block
 *
 * A stamp says which making of the structure a block belongs to, and must
 * be the same all along.  The kinds are the same but for their names.
 *
 * catalog_toy.c defines tarn__kinds[], so the library's own is left out.
 */
#ifndef TARN_TESTS_CATALOG_TOY_H
#define TARN_TESTS_CATALOG_TOY_H

#include "catalog/catalog.h"

#define TOY ((enum tarn_kind)14)
#define GAME ((enum tarn_kind)15)

#define TOY_BLOCKS 3u
#define TOY_BLOCK_SIZE 64u
#define TOY_COUNTS_SIZE 160u

struct toy_block {
	tarn_off next;
	uint64_t stamp;
};

/* What create() and dismantle() shall return instead of doing well; 0: nothing. */
extern int toy_create_fails, toy_dismantle_fails;

/* As a container's open(). */
int toy_open(struct tarn_arena *arena, const char *name, enum tarn_open_mode how,
	     struct tarn_object **object, bool *created);

/* As a container's clear(): bury what there is, make anew; with stamp. */
int toy_clear(struct tarn_object *object, uint64_t stamp);

/* 0 and the stamp of a whole structure; TARN_REMOVED; TARN_BUSY: locked, dirty or changing. */
int toy_look(struct tarn_object *object, uint64_t *stamp);

#endif
