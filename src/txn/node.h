// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * node.h -- the node word: lock, version and commit of one node
 *
 * Picture (64 bits, the highest on the left)
 *
 *	version:36 | owner:12 | DIRTY:1 | payload:15
 *
 *	version	rises with every change; is never undone, so a reader that
 *		began before a rollback cannot mistake what it read for true
 *	owner	0, or the slot index + 1 of the thread that holds the lock
 *	DIRTY	words of the node are being changed in place
 *	payload	what the node can commit in the same store as its unlocking:
 *		a bucket's occupied places, for example
 *
 * Invariants
 *	N1. memory that has held a node word is one for ever, at that place,
 *	    and its version goes on over free and reuse: a stale thread's CAS
 *	    then fails, and does no harm
 *	N2. while DIRTY is clear, what the payload names is true, whoever holds
 *	    the lock, alive, stopped or dead
 *
 * A gate (of an object, or a user's lock) is a node word too, on which
 * others sleep; its payload says that they do, and that a holder has died.
 * That mark is cleared by a holder who has been told, at his unlock, and in
 * an entry that begins a new life; whoever else has the gate leaves it.
 *
 * Who may write what: the owner; after its death, who recovers its slot.
 * WAITERS of a gate: anyone, by CAS; so a gate is released by exchange.
 */
#ifndef TARN_TXN_NODE_H
#define TARN_TXN_NODE_H

#include "base/atomic.h"

#define TARN_NODE_PAYLOAD UINT64_C(0x7fff)
#define TARN_NODE_DIRTY (UINT64_C(1) << 15)
#define TARN_NODE_OWNER_SHIFT 16
#define TARN_NODE_OWNER (UINT64_C(0xfff) << TARN_NODE_OWNER_SHIFT)
#define TARN_NODE_VERSION (UINT64_C(1) << 28) /* one version more */

#define TARN_GATE_WAITERS UINT64_C(1)
#define TARN_GATE_DIED UINT64_C(2)

static inline uint64_t
tarn__node_owner(uint64_t word)
{
	return (word & TARN_NODE_OWNER) >> TARN_NODE_OWNER_SHIFT;
}

static inline bool
tarn__node_owned_by(uint64_t word, uint64_t owner)
{
	return tarn__node_owner(word) == owner;
}

/* The word that unlocks: version up, no owner, not DIRTY, the payload as given. */
static inline uint64_t
tarn__node_released(uint64_t word, uint64_t payload)
{
	word &= ~(TARN_NODE_OWNER | TARN_NODE_DIRTY | TARN_NODE_PAYLOAD);
	return (word + TARN_NODE_VERSION) | payload;
}

/*
 * Whether what was read between two looks at the word is true: the same
 * version and payload, and never DIRTY.  The owner does not matter (N2).
 */
static inline bool
tarn__node_same(uint64_t before, uint64_t after)
{
	return !((before ^ after) & ~TARN_NODE_OWNER) && !(before & TARN_NODE_DIRTY);
}

/* The second look of a reader; its loads of the node's words come before. */
static inline bool
tarn__node_still(const uint64_t *node, uint64_t before)
{
	tarn__fence_acquire();
	return tarn__node_same(before, tarn__load(node));
}

#endif
