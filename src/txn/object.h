// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * object.h -- an object's root, its gate, and a process's handle on it
 *
 * Picture
 *
 *	handle (private)		root (in the arena, 64 B and more)
 *	arena, root, generation ---->	node	  the structure's lock
 *					word	  generation:32 | swing:31 | live:1
 *					gate	  held by a transaction
 *					structure where the container's data hangs
 *					counts	  a word a slot: entries added
 *
 * Every container has a root in memory that is a root for ever, so a stale
 * handle does no harm: it finds another generation, and is TARN_REMOVED.
 *
 * Invariants
 *	O1. word, structure and counts change only under the node's lock, and
 *	    while it is DIRTY; every change of structure changes word (swing),
 *	    so who finds word and structure as before, and node not DIRTY, has
 *	    seen nothing of a change
 *	O2. a single operation locks its one node first and looks at the gate
 *	    then; a transaction takes the gate first and looks at nodes then.
 *	    One of the two always sees the other.
 *	O3. a transaction that holds the gate may read a node without locking
 *	    it, once it has seen the node without an owner: O2 keeps changes out
 *
 * Who may write what
 *	node, gate	who locks them
 *	the rest	who holds node and, to change it, gate or a look at it
 *
 * On death: see recover.c; root words are logged like any other.
 */
#ifndef TARN_TXN_OBJECT_H
#define TARN_TXN_OBJECT_H

#include "base/hash.h"
#include "txn/lane.h"

#include <tarn/txn.h>

struct tarn_root_shm {
	uint64_t node;
	uint64_t word;
	uint64_t gate;
	uint64_t structure; /* the container's: an offset, and in its lowest 7 bits a number */
	tarn_off counts;
	uint64_t seed;
	tarn_off chosen; /* a region's: the offset that its users have set */
	uint64_t spare;
};

_Static_assert(sizeof(struct tarn_root_shm) == 64, "format");

#define TARN_WORD_LIVE UINT64_C(1)
#define TARN_WORD_SWING UINT64_C(2)
#define TARN_WORD_GENERATION_SHIFT 32

/*
 * What a handle remembers of its root: while the root's node word is this
 * one (but for the owner), its word is not stale, and its structure is here,
 * an address and not an offset, and wholly in given memory.  So most calls
 * need no look at more of the root than its node.
 *
 * Whoever reads it takes node first, then structure, and the root's node
 * last: had structure been another's already, the root's node would differ.
 * One thread at a time writes it; others go without.
 */
struct tarn_seen {
	uint64_t node;	    /* TARN_SEEN_NOTHING: nothing is remembered */
	uint64_t structure; /* address | the lowest 7 bits of the root's structure */
	uint64_t writer;    /* the arena's serial while somebody writes; a forked child has another */
};

#define TARN_SEEN_NOTHING (~UINT64_C(0)) /* DIRTY, so no root's that could be remembered */

struct tarn_order;

/* What containers have in common; a container's own handle begins with one and adds nothing to it. */
struct tarn_object {
	struct tarn_arena *arena;
	struct tarn_root_shm *root;
	tarn_off root_off;
	uint64_t generation;
	struct tarn_txn *txn; /* calls on this handle belong to it; NULL: each call is for itself */
	uint64_t seed;
	uint32_t kind;	     /* enum tarn_kind */
	uint32_t key_kind;   /* enum tarn_key_kind */
	uint32_t key_size;   /* bytes; 0: any */
	uint32_t value_size; /* bytes; 0: any */
	uint32_t each_size;  /* of a multimap, whose value is a bag of them: bytes of one; 0: any */
	bool words_only;     /* both are any 8 bytes, and it is not a transaction's */
	bool atomic;	     /* changed by atomic instructions: no transaction can have it */
	uint8_t order_size;  /* bytes of keys in a custom order, if they are 1 to 8: no words, key_size is 0 */
	const struct tarn_order *order; /* of a custom kind of keys */
	uint64_t hash_secret, hash_state; /* made of the seed */
	struct tarn_seen seen;
};

/*
 * What a call in a transaction leaves to be done after the commit, in memory
 * of malloc(): by the thread that has committed, as calls for themselves.  It
 * is forgotten if the transaction is rolled back, and when its process dies.
 */
struct tarn_later {
	struct tarn_later *next;
	struct tarn_object object; /* a plain handle */
	void (*run)(struct tarn_later *later);
};

struct tarn_txn {
	struct tarn_arena *arena;
	struct tarn_lane *lane;
	uint64_t serial; /* the arena's; another after fork() */
	int failed;	 /* why it was rolled back; 0 while it is whole */
	bool open;
	size_t count, room;
	struct tarn_object **bound;
	struct tarn_later *later; /* what was left last comes first */
};

/* The handle is stale: another generation, or none. */
static inline bool
tarn__word_is_stale(const struct tarn_object *object, uint64_t word)
{
	return (word >> TARN_WORD_GENERATION_SHIFT) != object->generation ||
	       !(word & TARN_WORD_LIVE);
}

static inline void
tarn__object_set_seed(struct tarn_object *object, uint64_t seed)
{
	object->seed = seed;
	object->hash_secret = tarn__hash_secret(seed);
	object->hash_state = tarn__hash_state(seed);
}

/* Were the root's node scribbled upon, and by chance be this word: the header can be read. */
static inline void
tarn__object_forget(struct tarn_object *object)
{
	object->seen = (struct tarn_seen){ .node = TARN_SEEN_NOTHING,
					   .structure = (uint64_t)(uintptr_t)object->arena->base };
}

/* From now on remember that structure, with that word of the root's node; not DIRTY. */
void tarn__object_saw(struct tarn_object *object, uint64_t node, const void *structure,
		      uint64_t number);

/*
 * The root's node, and its structure, if it is the one that is remembered;
 * false: look at the root itself.
 */
static inline bool
tarn__object_seen(const struct tarn_object *object, uint64_t *node, uint64_t *structure)
{
	uint64_t seen = tarn__load_acquire(&object->seen.node);

	*structure = tarn__load_acquire(&object->seen.structure);
	*node = tarn__load_acquire(&object->root->node);
	return likely(!((*node ^ seen) & ~TARN_NODE_OWNER));
}

/*
 * Begin and end a call that writes, for itself or in the handle's
 * transaction.  TARN_IN_TXN: this thread has a transaction open in this
 * arena, and the handle is not of it.
 */
int tarn__write_begin(struct tarn_object *object, struct tarn_lane **lane);
void tarn__write_end(struct tarn_object *object, struct tarn_lane *lane);

/*
 * A call in a transaction has failed for want of something, with the
 * transaction's changes as they may be: roll all of it back.  For a plain
 * call: roll that back.  Returns code, or what is worse.
 */
int tarn__write_failed(struct tarn_object *object, struct tarn_lane *lane, int code);

/*
 * A whole call that writes: work does it, and commits if it stands for
 * itself.  What it says below 0 undoes it.  TARN_BUSY, a lock was only tried:
 * done again until the deadline; in a transaction it is TARN_DEADLOCK.
 */
typedef int tarn__work(struct tarn_object *object, struct tarn_lane *lane, void *arg);
int tarn__write_run(struct tarn_object *object, tarn__work *work, void *arg);

/* A call that reads in the handle's transaction; 0, or why not. */
int tarn__txn_check(const struct tarn_txn *txn);

/*
 * Begin a call in a transaction of this thread's where there is nothing to
 * find out, as nearly always; ends by tarn__op_quit().  NULL: there is.
 */
static TARN_HOT struct tarn_lane *
tarn__txn_enter_now(const struct tarn_txn *txn)
{
	struct tarn_thread *thread = tarn__thread_cached;
	struct tarn_lane *lane;

	if (unlikely(!thread) || unlikely(!tarn__thread_is_in(thread, txn->arena)))
		return NULL;
	lane = thread->lane;
	if (unlikely(lane->txn != txn) || unlikely(lane->busy) || unlikely(lane->broken) ||
	    unlikely(txn->failed))
		return NULL;
	tarn__lane_set_busy(lane);
	return lane;
}

/* Leave that, of which run is set, and all else but what is the caller's own is set here; or forget all. */
void tarn__txn_later(struct tarn_object *object, struct tarn_later *later);
void tarn__txn_forget(struct tarn_txn *txn);

/* The transaction's own handle of an object that it holds; NULL if it does not. */
struct tarn_object *tarn__txn_bound(struct tarn_txn *txn, const struct tarn_object *object);

/* Why a reader that others kept from a true look cannot lock the object either: it goes on without. */
static inline bool
tarn__cannot_lock(int code)
{
	return code == TARN_NO_SLOT || code == TARN_FULL || code == TARN_IN_TXN ||
	       code == TARN_NESTED;
}

/* Whether a transaction holds the object's gate; after the caller's lock of a node (O2). */
static inline bool
tarn__gate_closed(const struct tarn_root_shm *root)
{
	return unlikely(tarn__node_owner(tarn__load_seq(&root->gate)) != 0);
}

/* Lock a node, waiting for who has it; already locked by the lane: fine.  Waits: see lane.h. */
int tarn__lock_wait(struct tarn_lane *lane, uint64_t *node, uint64_t deadline);

/*
 * Lock it if that can be had at once, more or less: TARN_BUSY if not.  For
 * second locks, where waiting might be for somebody who waits for us.
 */
int tarn__lock_try(struct tarn_lane *lane, uint64_t *node);

/*
 * Take a gate: in the order of roots, and before any node; or, out of
 * order, only try: TARN_BUSY.  Held already: fine; but TARN_DEADLOCK, with a
 * detail, if the thread holds it as a user's lock.
 */
int tarn__gate_lock(struct tarn_lane *lane, uint64_t *gate, uint64_t deadline);
int tarn__gate_try(struct tarn_lane *lane, uint64_t *gate);

/* Wait until a gate is open; nothing may be locked. */
int tarn__gate_wait(struct tarn_object *object, uint64_t deadline);

#endif
