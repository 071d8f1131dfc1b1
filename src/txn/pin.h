// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * pin.h -- changing an object by atomic instructions, without its lock
 *
 *	who changes				who frees
 *	list the root, marked (a full barrier)	the root's word is stale
 *	word not stale?				(a full barrier)
 *	one atomic instruction			anybody with that root listed?
 *	forget the list				then another time
 *
 * Either who changes finds the word stale, or who frees finds the root
 * listed.  So nothing of an object that is removed becomes anything else
 * while somebody may still store into it.
 *
 * The list is the one of locks, of which the lane has no other then.
 * Recovery finds there a lock that the slot does not own, and forgets it.
 *
 * On death: the instruction was done, or it was not.
 */
#ifndef TARN_TXN_PIN_H
#define TARN_TXN_PIN_H

#include "txn/object.h"

#define TARN_LOCK_PIN UINT64_C(2) /* a mark of a listed lock: it is not taken */

/* TARN_REMOVED: the handle is stale, and nothing is pinned. */
static TARN_HOT int
tarn__pin_at(bool mutant, struct tarn_object *object, struct tarn_lane *lane)
{
	if (!mutant) {
		tarn__store(tarn__list_at(&lane->locks, 0), object->root_off | TARN_LOCK_PIN);
		tarn__exchange(&lane->log->locks, 1);
	}
	if (likely(!tarn__word_is_stale(object, tarn__load_seq(&object->root->word))))
		return 0;
	tarn__store_release(&lane->log->locks, 0);
	return TARN_REMOVED;
}

static inline void
tarn__unpin(struct tarn_lane *lane)
{
	tarn__store_release(&lane->log->locks, 0);
}

/* Of a root whose word is stale.  TARN_BUSY: somebody may still change what hangs from it. */
int tarn__pinned(struct tarn_arena *arena, tarn_off root);

#define tarn__pin(...) tarn__pin_at(TARN_SITE("pin"), __VA_ARGS__)

#endif
