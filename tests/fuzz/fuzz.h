// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fuzz.h -- what a container brings along to be called in damaged arenas
 *
 * To add one: a file of its own with a struct fuzz_kind, here its name, and
 * its line in the table of arena.c.
 *
 * use() is called with an arena in which anything may be damaged, for
 * reading only or for writing too, perhaps while another thread goes on
 * damaging it.  It makes every call there is.  What they return does not
 * matter; that they return does.  Numbers come from fuzz_roll(), so a seed
 * says all; memory that calls fill in is from fuzz_room(), so the address
 * sanitizer sees a byte too many.
 */
#ifndef TARN_TESTS_FUZZ_H
#define TARN_TESTS_FUZZ_H

#include <tarn.h>

#define FUZZ_ROOM 3000u

struct fuzz_kind {
	const char *name;
	void (*build)(struct tarn_arena *arena);
	/* begin a transaction that changes much; whoever does it dies then */
	void (*begin)(struct tarn_arena *arena);
	void (*use)(struct tarn_arena *arena);
};

extern const struct fuzz_kind fuzz_hashmap_words, fuzz_hashmap_bytes, fuzz_lock, fuzz_multimap_texts,
	fuzz_multimap_words, fuzz_priority_queue, fuzz_region, fuzz_set_texts, fuzz_set_words, fuzz_string,
	fuzz_vector, fuzz_vector_bounded;

uint64_t fuzz_roll(uint64_t below);

/* FUZZ_ROOM bytes, and not one more; at the end of a seed they are freed. */
void *fuzz_room(void);

/* A result that there is no name for is a failure; all others are fine. */
int fuzz_told(int code);

/* Of build() and begin(): it must work. */
void fuzz_must(int code);

/* Some calls in a transaction of one object, which is committed or not. */
void fuzz_txn(struct tarn_arena *arena, struct tarn_object *object,
	      void (*work)(struct tarn_txn *txn, void *handle), void *handle);

#endif
