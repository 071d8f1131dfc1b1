// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * counter_layout.h -- a counter in the arena
 *
 * Picture
 *
 *	entry.root.node	the lock of the number, of a transactional one
 *	entry.value	the number
 *
 * Invariants
 *	N1. of a transactional counter the number changes under the node's lock,
 *	    by one store, or, in a transaction, logged and while it is DIRTY
 *	N2. of an atomic one it changes by atomic instructions, while the root
 *	    is pinned (txn/pin.h); its node is never locked but to remove it
 *
 * The number stands in another cache line than the root, which all calls
 * read and none of an atomic counter's writes.
 */
#ifndef TARN_CONTAINER_COUNTER_LAYOUT_H
#define TARN_CONTAINER_COUNTER_LAYOUT_H

#include "catalog/layout.h"

_Static_assert(offsetof(struct tarn_entry_shm, value) / 64 != 0, "not in the root's cache line");

#endif
