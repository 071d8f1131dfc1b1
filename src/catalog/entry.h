// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * entry.h -- between the files of src/catalog: names, types, entries
 *
 *	name.c		which names there can be
 *	type.c		which types there are; whether two are the same
 *	fields.c	what values and keys are made of
 *	order.c		orders of keys
 *	find.c		from a name to its entry: by readers, and under the lock
 *	open.c		open and create
 *	remove.c	remove and rename
 *	list.c		what there is
 *	graveyard.c	what becomes of the removed
 *	aside.c		other contents for an object, built where nobody sees them
 *	unnamed.c	objects that have no name yet, or no more
 *	serial.c	numbers that are told once
 *
 * Not for the floors above.
 */
#ifndef TARN_CATALOG_ENTRY_H
#define TARN_CATALOG_ENTRY_H

#include "base/arith.h"
#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/key.h"
#include "heap/heap.h"

#define TARN_NAME_WORDS 24u
#define TARN_FIELDS_WORDS 16u
#define TARN_ALIGN_MOST 64u

_Static_assert(TARN_NAME_MAX < TARN_NAME_WORDS * 8, "a name ends with a zero");
_Static_assert(TARN_FIELDS_MAX < TARN_FIELDS_WORDS * 8, "so do fields");

static inline struct tarn_catalog_shm *
tarn__catalog(const struct tarn_arena *arena)
{
	return (struct tarn_catalog_shm *)(arena->base + TARN_CATALOG_WORDS_OFF);
}

static inline uint64_t
tarn__generation(uint64_t word)
{
	return word >> TARN_WORD_GENERATION_SHIFT;
}

/* The root's word one generation later. */
static inline uint64_t
tarn__next_word(uint64_t word, bool live)
{
	return (tarn__generation(word) + 1) << TARN_WORD_GENERATION_SHIFT |
	       (live ? TARN_WORD_LIVE : 0);
}

/* The operation has failed with code, or is to be forgotten; code, or what is worse. */
static inline int
tarn__forget(struct tarn_lane *lane, int code)
{
	int worse = tarn__rollback(lane);

	return worse ? worse : code;
}

/* Whether data can lie there; what it is, nobody promises. */
static inline struct tarn_entry_shm *
tarn__entry_at(struct tarn_arena *arena, tarn_off off)
{
	if (off < arena->fixed.data_off)
		return NULL;
	return tarn__at(arena, off, sizeof(struct tarn_entry_shm), sizeof(struct tarn_entry_shm));
}

/* As many entries as there is room for: no list is longer. */
static inline uint64_t
tarn__entries_most(const struct tarn_arena *arena)
{
	return tarn__load(&arena->seen_size) / sizeof(struct tarn_entry_shm);
}

/* ---- names (name.c) ---------------------------------------------------------------------------- */

/* As an entry holds it: the words are zero behind the name. */
struct tarn_name {
	uint64_t hash;
	uint64_t size;
	uint64_t words[TARN_NAME_WORDS];
};

/* TARN_INVALID, with a detail, if that is no name. */
int tarn__name_make(const struct tarn_arena *arena, const char *text, struct tarn_name *name);

static inline uint64_t
tarn__name_words(const struct tarn_name *name)
{
	return tarn__div_up(name->size, 8);
}

/* The texts of a copy's type, all three. */
static inline uint64_t
tarn__texts_size(const struct tarn_entry_shm *copy)
{
	return copy->fields_size + copy->key_fields_size + copy->order_size;
}

/* ---- types (type.c) ---------------------------------------------------------------------------- */

/* How to make and unmake that kind; NULL if this library does not know it. */
const struct tarn_kind_ops *tarn__kind(uint64_t kind);

/* TARN_INVALID, with a detail, if there is no such type. */
int tarn__type_check(const struct tarn_type *type);

/* What the type's order stands for in this process; TARN_TYPE, with a detail, if nothing does. */
int tarn__type_order(const struct tarn_type *type, const struct tarn_order **order);

/* Whether an object that is of one type can be opened as the other; TARN_TYPE, with a detail, if not. */
int tarn__type_compare(const char *name, const struct tarn_type *is, const struct tarn_type *wanted);

/* ---- finding (find.c) -------------------------------------------------------------------------- */

struct tarn_found {
	tarn_off off;
	tarn_off *link; /* the head, or the entry's `next`, that leads to it */
	struct tarn_entry_shm *entry;
};

/*
 * Along one chain.  Under the catalog's lock, or else believed only if the
 * catalog's node is still the same.  TARN_NOT_FOUND; TARN_CORRUPT.
 */
int tarn__catalog_walk(struct tarn_arena *arena, const struct tarn_name *name,
		       struct tarn_found *found);

/*
 * Have a function look at the catalog, without any lock, until it has seen
 * nothing change; what it returns is returned.  It has to bear whatever it
 * sees, and follows it by tarn__entry_at() only.
 */
typedef int tarn__catalog_look(struct tarn_arena *arena, void *arg);
int tarn__catalog_read(struct tarn_arena *arena, uint64_t deadline, tarn__catalog_look *look,
		       void *arg);

/* A private copy, word by word; 0, or TARN_CORRUPT for what cannot be a live object's. */
int tarn__entry_copy(const struct tarn_entry_shm *entry, struct tarn_entry_shm *copy);

/* What the copy tells (list.c); the info's texts are its own. */
void tarn__entry_describe(const struct tarn_entry_shm *copy, tarn_off off,
			  struct tarn_object_info *info);

/* The entry of that name, copied; as tarn__catalog_read(). */
struct tarn_lookup {
	const struct tarn_name *name;
	tarn_off off;
	struct tarn_entry_shm copy;
};
int tarn__catalog_find(struct tarn_arena *arena, uint64_t deadline, struct tarn_lookup *lookup);

/* Whoever is at the graveyard, a transaction perhaps: wait, but with nothing locked (remove.c). */
int tarn__graveyard_wait(struct tarn_arena *arena, uint64_t deadline);

/* ---- making (open.c) --------------------------------------------------------------------------- */

/* A new entry, in no list.  Its node is to be locked before it is filled; inside an operation. */
int tarn__entry_take(struct tarn_lane *lane, tarn_off *off, struct tarn_entry_shm **entry);

/* Make it DIRTY, and all of it zero but for kind, seed, and what is for ever: node, word, gate. */
void tarn__entry_clear(struct tarn_entry_shm *entry, uint64_t kind, uint64_t seed);

/* The same for a new object of that type, without a name. */
void tarn__entry_fill(const struct tarn_arena *arena, struct tarn_entry_shm *entry,
		      const struct tarn_type *type, uint64_t limit);

struct tarn_object *tarn__handle_make(const struct tarn_type *type, const struct tarn_order *order);
void tarn__handle_fill(struct tarn_object *object, struct tarn_arena *arena, tarn_off off,
		       uint64_t word, uint64_t seed);

/* Into the chain of its name, alive by that word: 3 words to log, the names locked. */
void tarn__entry_link(struct tarn_lane *lane, struct tarn_entry_shm *entry, uint64_t word,
		      const struct tarn_name *name);

#endif
