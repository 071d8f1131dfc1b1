// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * root.h -- a call on an object that has one node, its root's
 *
 * One that writes:
 *
 *	begin	the thread's lane; lock the node; no transaction has the object
 *		but the handle's own (O2); the handle is not stale
 *	...	look, change
 *	end	an answer, with the node unlocked or the transaction's; or a
 *		failure, which undoes all
 *
 * One that reads takes no lock: it looks at the node, takes what it wants,
 * and looks again.  In a transaction, or when others change the object all
 * the time, it takes while the node is locked.
 *
 * What hangs from the root is replaced by logging another reference.
 *
 * Who may write what: the lock, and who has that the root.
 *
 * On death: recovery undoes what was logged, and lets go of the node.
 */
#ifndef TARN_CONTAINER_ROOT_H
#define TARN_CONTAINER_ROOT_H

#include "txn/object.h"

/* Whoever has the node, or its object's gate, is waited for. */
int tarn__root_lock_slowly(struct tarn_object *object, struct tarn_lane *lane);

static TARN_HOT int
tarn__root_lock(struct tarn_object *object, struct tarn_lane *lane)
{
	uint64_t *node = &object->root->node, seen = tarn__load(node);

	if (unlikely(object->txn) || unlikely(tarn__node_owner(seen)) ||
	    unlikely(lane->lock_count >= lane->locks.ready) ||
	    unlikely(!tarn__lock(lane, node, seen)))
		return tarn__root_lock_slowly(object, lane);
	if (likely(!tarn__gate_closed(object->root)))
		return 0;
	tarn__unlock(lane, node);
	return tarn__root_lock_slowly(object, lane);
}

/* tarn__write_begin(), without a call where nothing is to be found out. */
static TARN_HOT int
tarn__root_enter(struct tarn_object *object, struct tarn_lane **lane)
{
	*lane = likely(!object->txn) ? tarn__op_begin_now(object->arena) : NULL;
	return likely(*lane) ? 0 : tarn__write_begin(object, lane);
}

/* On failure the call has ended. */
static TARN_HOT int
tarn__root_begin(struct tarn_object *object, struct tarn_lane **lane)
{
	int code = tarn__root_enter(object, lane);

	if (unlikely(code))
		return code;
	code = tarn__root_lock(object, *lane);
	if (likely(!code) && unlikely(tarn__word_is_stale(object, tarn__load(&object->root->word))))
		code = TARN_REMOVED;
	if (likely(!code))
		return 0;
	code = tarn__write_failed(object, *lane, code);
	tarn__write_end(object, *lane);
	return code;
}

/* End a call that has freed nothing. */
static inline void
tarn__root_end(struct tarn_object *object, struct tarn_lane *lane)
{
	if (likely(!object->txn))
		tarn__op_quit(lane);
	else
		tarn__write_end(object, lane);
}

/* Nothing more is to be done, and nothing was logged. */
static inline void
tarn__root_unlock(struct tarn_object *object, struct tarn_lane *lane)
{
	if (!object->txn)
		tarn__unlock(lane, &object->root->node);
}

/* The same, where the node's version need not rise: nothing was changed, or added behind the end. */
static TARN_HOT void
tarn__root_let_go(struct tarn_object *object, struct tarn_lane *lane)
{
	uint64_t *node = &object->root->node;

	tarn__store_release(node, tarn__load(node) & ~TARN_NODE_OWNER);
	tarn__barrier();
	tarn__store(&lane->log->locks, --lane->lock_count);
}

/* ---- two objects ------------------------------------------------------------------------------- */

/* Both are handles of one transaction. */
typedef int tarn__root_pair(struct tarn_object *one, struct tarn_object *other, void *arg);

/*
 * In the transaction of both handles, or in one of its own, which begins
 * anew where it has met others.  TARN_INVALID: of two arenas or transactions.
 */
int tarn__root_with_both(struct tarn_object *one, struct tarn_object *other,
			 tarn__root_pair *operation, void *arg);

/*
 * Log that something else hangs from the root, which the lane has locked: two
 * words.  Or, in a transaction that has both, lock the roots and log that what
 * hangs from them changes places.
 */
void tarn__root_swing(struct tarn_lane *lane, struct tarn_root_shm *root, uint64_t structure);
int tarn__root_exchange(struct tarn_lane *lane, struct tarn_root_shm *one,
			struct tarn_root_shm *other);

/* ---- reading ----------------------------------------------------------------------------------- */

/* What a reader is told that has seen a change; it is no error code. */
#define TARN_ROOT_AGAIN 1

/*
 * Takes what it wants, from the root on, and bears whatever it sees; what it
 * took is true if the root's node is still the same.  Its code, or AGAIN.
 */
typedef int tarn__root_taker(const struct tarn_object *object, void *call);

static TARN_HOT int
tarn__root_read_once(const struct tarn_object *object, tarn__root_taker *take, void *call)
{
	const struct tarn_root_shm *root = object->root;
	uint64_t word, node = tarn__load_acquire(&root->node);
	int code = 0;

	if (unlikely(node & TARN_NODE_DIRTY))
		code = tarn__node_read(object->arena, &root->node, tarn__deadline(object->arena),
				       &node);
	if (unlikely(code))
		return code;
	word = tarn__load(&root->word);
	code = unlikely(tarn__word_is_stale(object, word)) ? TARN_REMOVED : take(object, call);
	return likely(tarn__node_still(&root->node, node)) ? code : TARN_ROOT_AGAIN;
}

/* In a transaction, or because others change it all the time: while it is locked. */
int tarn__root_read_locked(struct tarn_object *object, tarn__root_taker *take, void *call);
int tarn__root_read_again(struct tarn_object *object, tarn__root_taker *take, void *call);

/* Have it take until what it took was true. */
static TARN_HOT int
tarn__root_read(struct tarn_object *object, tarn__root_taker *take, void *call)
{
	int code = tarn__forked(object->arena) ? tarn__member_after_fork(object->arena) : 0;

	if (unlikely(code))
		return code;
	if (unlikely(object->txn))
		return tarn__root_read_locked(object, take, call);
	code = tarn__root_read_once(object, take, call);
	return likely(code != TARN_ROOT_AGAIN) ? code : tarn__root_read_again(object, take, call);
}

#endif
