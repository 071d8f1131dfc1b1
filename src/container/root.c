// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * root.c -- waiting for the node of an object, or for its gate; reading
 * what others change all the time; two objects in one transaction; what
 * hangs from a root is replaced
 *
 * root.h says what for.
 *
 * Who may write what: the root, who has its node.
 *
 * On death: recovery undoes what was logged, and lets go of the node.
 */
#include "container/root.h"

#define VAIN_MOST 100u

TARN_COLD int
tarn__root_lock_slowly(struct tarn_object *object, struct tarn_lane *lane)
{
	uint64_t deadline = tarn__deadline(object->arena);
	uint64_t *node = &object->root->node;
	int code;

	for (;;) {
		code = tarn__lock_wait(lane, node, deadline);
		if (code || object->txn || !tarn__gate_closed(object->root))
			return code;
		tarn__unlock(lane, node);
		code = tarn__gate_wait(object, deadline);
		if (code)
			return code;
	}
}

int
tarn__root_read_locked(struct tarn_object *object, tarn__root_taker *take, void *call)
{
	struct tarn_lane *lane;
	int code = tarn__root_begin(object, &lane);

	if (code)
		return code;
	code = take(object, call);
	tarn__root_unlock(object, lane);
	tarn__root_end(object, lane);
	return code;
}

/* Who cannot lock goes on trying, to the deadline. */
TARN_COLD int
tarn__root_read_again(struct tarn_object *object, tarn__root_taker *take, void *call)
{
	uint64_t deadline = tarn__deadline(object->arena);
	int code = TARN_ROOT_AGAIN;

	for (unsigned vain = 0; code == TARN_ROOT_AGAIN && vain < VAIN_MOST; vain++)
		code = tarn__root_read_once(object, take, call);
	if (code == TARN_ROOT_AGAIN && !object->arena->readonly) {
		code = tarn__root_read_locked(object, take, call);
		if (tarn__cannot_lock(code))
			code = TARN_ROOT_AGAIN;
	}
	while (code == TARN_ROOT_AGAIN && !tarn__too_late(deadline))
		code = tarn__root_read_once(object, take, call);
	return code == TARN_ROOT_AGAIN ? TARN_BUSY : code;
}

static int
in_one_txn(struct tarn_object *one, struct tarn_object *other, tarn__root_pair *operation,
	   void *arg)
{
	struct tarn_object *objects[] = { one, other };
	struct tarn_txn *txn;
	int code = tarn_txn_begin(one->arena, &txn, objects, 2);

	if (code)
		return code;
	code = operation(tarn__txn_bound(txn, one), tarn__txn_bound(txn, other), arg);
	if (!code)
		return tarn_txn_commit(txn);
	tarn_txn_abort(txn);
	return code;
}

int
tarn__root_with_both(struct tarn_object *one, struct tarn_object *other,
		     tarn__root_pair *operation, void *arg)
{
	uint64_t deadline = tarn__deadline(one->arena);
	int code;

	if (one->arena != other->arena || one->txn != other->txn)
		return TARN_INVALID;
	if (one->txn)
		return operation(one, other, arg);
	do
		code = in_one_txn(one, other, operation, arg);
	while (code == TARN_DEADLOCK && !tarn__too_late(deadline));
	return code;
}

void
tarn__root_swing(struct tarn_lane *lane, struct tarn_root_shm *root, uint64_t structure)
{
	tarn__dirty(&root->node);
	tarn__set(lane, &root->word, tarn__load(&root->word) + TARN_WORD_SWING);
	tarn__set(lane, &root->structure, structure);
}

int
tarn__root_exchange(struct tarn_lane *lane, struct tarn_root_shm *one, struct tarn_root_shm *other)
{
	uint64_t deadline = tarn__deadline(lane->arena), structure;
	int code = tarn__lock_wait(lane, &one->node, deadline);

	if (!code)
		code = tarn__lock_wait(lane, &other->node, deadline);
	if (!code)
		code = tarn__lane_reserve(lane, 4, 0, 0, 0);
	if (code)
		return code;
	structure = tarn__load(&one->structure);
	tarn__root_swing(lane, one, tarn__load(&other->structure));
	tarn__root_swing(lane, other, structure);
	return 0;
}
