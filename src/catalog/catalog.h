// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * catalog.h -- names to typed objects: what containers need of the catalog
 *
 * A container's open() fills in a request and calls tarn__object_open();
 * everything about names, modes and types happens there.  What differs
 * from kind to kind stands in a table of struct tarn_kind_ops, which the
 * container floor defines.
 */
#ifndef TARN_CATALOG_CATALOG_H
#define TARN_CATALOG_CATALOG_H

#include "catalog/layout.h"
#include "heap/heap.h"
#include "txn/object.h"

#include <tarn/object.h>

/*
 * What a kind's check() asks and tells; made by the check floor.  Everything
 * may be asked, whatever the arena contains.
 */
struct tarn_checker {
	struct tarn_arena *arena;
	bool buried;	  /* the object lies in the graveyard, partly dismantled perhaps */
	uint64_t entries; /* check() adds those of the object */
	/*
	 * The object owns a block of at least so many bytes, or a node block of
	 * that class.  False: it has none there, or was told of it before, and
	 * then it must not be followed; whatever is wrong has been said.
	 */
	bool (*owns)(struct tarn_checker *checker, tarn_off block, uint64_t size);
	bool (*owns_node)(struct tarn_checker *checker, tarn_off block, enum tarn_heap_class which);
	/* look at a node word, which nobody may hold, and nobody may have left DIRTY; its payload */
	uint64_t (*node)(struct tarn_checker *checker, const uint64_t *node);
	/* something is wrong there */
	void (*wrong)(struct tarn_checker *checker, tarn_off off, const char *format, ...)
		__attribute__((format(printf, 3, 4)));
};

/* What a type's key and value say of a kind's objects. */
enum tarn_holds {
	TARN_HOLDS_PAIRS,    /* keys, and values, where there are any */
	TARN_HOLDS_ELEMENTS, /* values, with the key for their order */
	TARN_HOLDS_ONE_SORT, /* nothing: they are the same in all objects of the kind */
	TARN_HOLDS_GUESTS,   /* nothing; and the fields are its program's own words */
};

struct tarn_kind_ops {
	const char *name; /* "hashmap" */
	enum tarn_holds holds;
	bool has_order;	  /* its keys or elements may be in a custom order */
	uint32_t align_most; /* a value can be aligned to so many bytes; 0: to none in particular */
	/*
	 * Inside the operation that creates the object, whose root is locked and
	 * not yet reachable: allocate what it needs at first, and store
	 * structure and counts.  On failure the operation is rolled back.
	 */
	int (*create)(struct tarn_lane *lane, struct tarn_entry_shm *entry);
	/*
	 * Inside an operation of its own, with the graveyard locked: free one
	 * more piece of a removed object, remembering in entry->progress (by
	 * tarn__set) how far it is; 0 at first.  *done: nothing is left but the
	 * entry.  Nothing may be waited for: TARN_BUSY, and it is tried again
	 * later.
	 */
	int (*dismantle)(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done);
	/*
	 * Look at all that hangs from the entry, which has been looked at itself,
	 * and tell every block.  Nobody changes the object meanwhile, or else what
	 * is said is forgotten; it must end and stay inside the arena anyway.  0 or
	 * TARN_SYSTEM.  NULL: nothing hangs from it.
	 */
	int (*check)(struct tarn_checker *checker, struct tarn_entry_shm *entry);
};

/* The custom order of an entry's keys, if this process knows it; else NULL. */
const struct tarn_order *tarn__entry_order(const struct tarn_entry_shm *entry);

/* By enum tarn_kind; NULL: no such kind.  Defined by the container floor. */
extern const struct tarn_kind_ops *const tarn__kinds[TARN_KINDS];

/*
 * Open, or create, the object of that name; created may be NULL.  The
 * handle is malloc'ed, and freed by tarn_object_close().  TARN_TYPE if it
 * is of another type; TARN_NOT_FOUND, TARN_EXISTS, TARN_INVALID.  More
 * about these by tarn_error_detail().
 */
int tarn__object_open(struct tarn_arena *arena, const char *name, const struct tarn_type *type,
		      enum tarn_open_mode how, struct tarn_object **object, bool *created);

/* The same; one that is created has that limit in its entry, for its kind to keep to. */
int tarn__object_open_limited(struct tarn_arena *arena, const char *name,
			      const struct tarn_type *type, enum tarn_open_mode how, uint64_t limit,
			      struct tarn_object **object, bool *created);

/*
 * A new object without a name, which nobody else sees, its gate held by this
 * thread (unnamed.c).  When that is let go without a name, or its thread
 * ends, it is dismantled as what was removed; its kind's dismantle() must
 * leave it alone until then.
 */
int tarn__object_make(struct tarn_arena *arena, const struct tarn_type *type,
		      struct tarn_object **object);

/*
 * By who holds its gate: give it a name, or take it away again, so that it is
 * as new.  TARN_EXISTS; TARN_REMOVED; TARN_INVALID, not held, or it has a name
 * (has none) already.
 */
int tarn__object_name(struct tarn_object *object, const char *name);
int tarn__object_unname(struct tarn_object *object);

/*
 * Inside an operation that has the root locked: hand what hangs from it
 * (structure, counts; with the object's kind, types and seed) to the
 * graveyard, by a tomb of its own; the caller then stores new ones.  For
 * clear().  TARN_BUSY: somebody is at the graveyard; roll back, try again.
 */
int tarn__bury(struct tarn_lane *lane, struct tarn_root_shm *root);

/*
 * Other contents for an object, built aside (aside.c): a handle on an object
 * without a name, of the same type and seed, for the calling thread alone.
 * TARN_TOO_BIG: the thread holds too many locks.  Inside no operation.
 */
int tarn__aside_begin(struct tarn_object *object, struct tarn_object *aside);

/* The object has what was built, and what was built aside has what the object had: one step. */
int tarn__aside_swing(struct tarn_object *object, struct tarn_object *aside);

/* Away with what is aside; code, or what is worse: a transaction for which that is an error is undone. */
int tarn__aside_end(struct tarn_object *object, struct tarn_object *aside, int code);

/* Log these three words of a root whose node the lane has locked. */
void tarn__root_set(struct tarn_lane *lane, struct tarn_root_shm *root, uint64_t word,
		    uint64_t structure, tarn_off counts);

/*
 * A number that nothing in this arena was ever given, nor will be: above all
 * that were drawn before (serial.c).  And the last one that was drawn.
 */
uint64_t tarn__serial_draw(struct tarn_arena *arena);
uint64_t tarn__serial_last(const struct tarn_arena *arena);

/* Free up to so many pieces of what lies in the graveyard; inside no operation.  Tries only. */
void tarn__graveyard_work(struct tarn_arena *arena, unsigned pieces);

extern const struct tarn_arena_upper tarn__catalog_upper;

#endif
