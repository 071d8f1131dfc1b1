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
#include "txn/object.h"

#include <tarn/object.h>

struct tarn_kind_ops {
	const char *name; /* "hashmap" */
	/*
	 * Inside the operation that creates the object, whose root is locked and
	 * not yet reachable: allocate what it needs at first, and store
	 * structure and counts.  On failure the operation is rolled back.
	 */
	int (*create)(struct tarn_lane *lane, struct tarn_entry_shm *entry);
	/*
	 * Inside an operation of its own, with the graveyard locked: free one
	 * more piece of a removed object, remembering in entry->progress (by
	 * tarn__set) how far it is.  *done: nothing is left but the entry.
	 */
	int (*dismantle)(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done);
};

/* By enum tarn_kind; NULL: no such kind.  Defined by the container floor. */
extern const struct tarn_kind_ops *const tarn__kinds[TARN_KINDS];

/*
 * Open, or create, the object of that name; size bytes of handle, of which
 * the first are a struct tarn_object.  TARN_TYPE if it is of another type.
 */
int tarn__object_open(struct tarn_arena *arena, const char *name, const struct tarn_type *type,
		      enum tarn_open_mode how, struct tarn_object **object, bool *created);

/*
 * Inside an operation: hand what hangs from a root (kind, structure, counts)
 * to the graveyard, by a tomb of its own; the caller then stores new ones.
 * For clear().
 */
int tarn__bury(struct tarn_lane *lane, struct tarn_root_shm *root);

/* Free up to so many pieces of what lies in the graveyard; inside no operation.  Tries only. */
void tarn__graveyard_work(struct tarn_arena *arena, unsigned pieces);

extern const struct tarn_arena_upper tarn__catalog_upper;

#endif
