// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn.c -- calls that write, for themselves or in a transaction
 *
 * A transaction is a logged operation that goes on over several calls.  It
 * takes the gates of its objects at its begin, in the order of their roots,
 * so that two transactions never wait for each other; a gate that is added
 * later is only tried.  Each call in it logs what it changes; the commit is
 * that of the lane: one store, then all locks, gates first, are released.
 *
 *	begin		call	   call	      commit
 *	gates taken	nodes locked, words logged	one store; all released
 *
 * Invariants
 *	X1. while lane->txn is set, no other operation uses the lane: its
 *	    commit would commit the transaction
 *	X2. a transaction that could not do what a call asked for holds
 *	    nothing any more; it only remembers why, for its commit
 *
 * Who may write what: gates and nodes that the lane has locked; the slot's
 * in_txn, which is for statistics.
 *
 * On death: all of it is undone, from the log, by whoever meets one of its
 * locks, or by tarn_reap().
 */
#include "base/error.h"
#include "txn/object.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 2000u
#define GATE_TRY_NS UINT64_C(20000)
#define BUSY_PAUSE_NS UINT64_C(50000)
#define RUN_FIRST_NS UINT64_C(10000)
#define RUN_MOST_NS UINT64_C(1000000)

/* ---- locks ------------------------------------------------------------------------------------- */

/* The lane owns it: by this operation, or its user holds a lock from one call to the next. */
static int
owned_already(const struct tarn_lane *lane, const uint64_t *node, bool gate)
{
	if (!gate || !tarn__held_has(lane, tarn__off(lane->arena, node)))
		return lane->lock_count ? 0 : TARN_CORRUPT; /* if nothing is locked, that is a lie */
	tarn__error_detail("this thread itself holds the lock: it has to let go of it first");
	return TARN_DEADLOCK;
}

/* A gate is slept at, a node looked at now and then. */
static int
lock_patiently(struct tarn_lane *lane, uint64_t *node, uint64_t deadline, bool gate)
{
	struct tarn_arena *arena = lane->arena;
	unsigned round = 0;
	uint64_t seen;
	int code = tarn__lane_reserve(lane, 0, 0, 0, 1);

	while (!code) {
		seen = tarn__load_seq(node); /* after a gate was taken (O2) */
		if (tarn__node_owned_by(seen, lane->owner))
			return owned_already(lane, node, gate);
		if (tarn__node_owner(seen))
			code = gate ? tarn__gate_sleep(arena, node, seen, round++, deadline)
				    : tarn__node_wait(arena, node, seen, round++, deadline);
		else if (gate ? tarn__lock_gate(lane, node, seen, round > 0)
			      : tarn__lock(lane, node, seen))
			return 0;
	}
	return code;
}

int
tarn__lock_wait(struct tarn_lane *lane, uint64_t *node, uint64_t deadline)
{
	return lock_patiently(lane, node, deadline, false);
}

int
tarn__gate_lock(struct tarn_lane *lane, uint64_t *gate, uint64_t deadline)
{
	return lock_patiently(lane, gate, deadline, true);
}

int
tarn__lock_try(struct tarn_lane *lane, uint64_t *node)
{
	uint64_t seen;
	int code = tarn__lane_reserve(lane, 0, 0, 0, 1);

	for (unsigned i = 0; !code && i < TRIES; i++) {
		seen = tarn__load_acquire(node);
		if (tarn__node_owned_by(seen, lane->owner))
			return owned_already(lane, node, false);
		if (!tarn__node_owner(seen)) {
			if (tarn__lock(lane, node, seen))
				return 0;
		} else if (tarn__slot_dead(lane->arena, tarn__node_owner(seen) - 1, i + 1 == TRIES)) {
			code = tarn__slot_recover(lane->arena, tarn__node_owner(seen) - 1);
		} else if (tarn__slot_broken(lane->arena, tarn__node_owner(seen) - 1) &&
			   tarn__load(node) == seen) {
			return TARN_CORRUPT; /* nobody will ever open it */
		}
		tarn__pause();
	}
	return code ? code : TARN_BUSY;
}

int
tarn__gate_try(struct tarn_lane *lane, uint64_t *gate)
{
	uint64_t soon = tarn__os_now() + GATE_TRY_NS;
	int code = tarn__gate_lock(lane, gate, soon);

	return code == TARN_TIMEOUT ? TARN_BUSY : code;
}

/* Who passes on without taking it wakes the next one, since it was woken alone. */
int
tarn__gate_wait(struct tarn_object *object, uint64_t deadline)
{
	uint64_t *gate = &object->root->gate;
	uint64_t seen;
	int code = 0;

	for (unsigned round = 0; !code; round++) {
		seen = tarn__load_acquire(gate);
		if (!tarn__node_owner(seen)) {
			if (round)
				tarn__os_futex_wake((uint32_t *)gate, 1);
			return 0;
		}
		code = tarn__gate_sleep(object->arena, gate, seen, round, deadline);
	}
	return code;
}

/* ---- calls ------------------------------------------------------------------------------------- */

static int
check_owner(const struct tarn_txn *txn)
{
	struct tarn_thread *thread;
	int code;

	if (tarn__forked(txn->arena) || txn->serial != txn->arena->serial)
		return TARN_FORKED;
	code = tarn__thread_get(txn->arena, &thread);
	if (code)
		return code;
	return thread->lane == txn->lane ? 0 : TARN_INVALID;
}

int
tarn__txn_check(const struct tarn_txn *txn)
{
	int code = txn->open ? check_owner(txn) : TARN_INVALID;

	return code ? code : txn->failed;
}

static int
enter(struct tarn_txn *txn, struct tarn_lane **lane)
{
	int code = tarn__txn_check(txn);

	if (!code)
		code = tarn__lane_enter(txn->lane);
	if (!code)
		*lane = txn->lane;
	return code;
}

int
tarn__write_begin(struct tarn_object *object, struct tarn_lane **lane)
{
	if (likely(!object->txn))
		return tarn__op_begin(object->arena, lane);
	return enter(object->txn, lane);
}

void
tarn__write_end(struct tarn_object *object, struct tarn_lane *lane)
{
	if (likely(!object->txn))
		tarn__op_end(lane);
	else
		lane->busy = false;
}

static int
fail(struct tarn_lane *lane, int code)
{
	int worse = tarn__rollback(lane);

	return worse ? worse : code;
}

int
tarn__write_failed(struct tarn_object *object, struct tarn_lane *lane, int code)
{
	code = fail(lane, code);
	if (object->txn)
		object->txn->failed = code;
	return code;
}

static int
run_once(struct tarn_object *object, tarn__work *work, void *arg)
{
	struct tarn_lane *lane;
	int code = tarn__write_begin(object, &lane);

	if (code)
		return code;
	code = work(object, lane, arg);
	if (code == TARN_BUSY && object->txn)
		code = TARN_DEADLOCK;
	if (code < 0)
		code = tarn__write_failed(object, lane, code);
	tarn__write_end(object, lane);
	return code;
}

int
tarn__write_run(struct tarn_object *object, tarn__work *work, void *arg)
{
	uint64_t deadline = tarn__deadline(object->arena);
	int code;

	while ((code = run_once(object, work, arg)) == TARN_BUSY) {
		if (tarn__too_late(deadline)) {
			tarn__error_detail("others kept a second lock, which is only tried; tarn who shows who holds some");
			return TARN_TIMEOUT;
		}
		tarn__os_sleep(BUSY_PAUSE_NS);
	}
	return code;
}

/* ---- handles ----------------------------------------------------------------------------------- */

/*
 * The order of stores is the other way round than readers' loads.  The root
 * is looked at once more, now that nobody else writes: an old structure in
 * the place of a newer one would pass for what goes with the newer node.
 */
void
tarn__object_saw(struct tarn_object *object, uint64_t node, const void *structure, uint64_t number)
{
	struct tarn_seen *seen = &object->seen;
	uint64_t writer = tarn__load(&seen->writer);

	if (writer == object->arena->serial ||
	    !tarn__cas(&seen->writer, &writer, object->arena->serial))
		return;
	if (!((tarn__load_acquire(&object->root->node) ^ node) & ~TARN_NODE_OWNER)) {
		tarn__store(&seen->node, TARN_SEEN_NOTHING);
		tarn__store_release(&seen->structure, (uint64_t)(uintptr_t)structure | number);
		tarn__store_release(&seen->node, node);
	}
	tarn__store_release(&seen->writer, 0);
}

/* What may change while it is copied, the copy does without. */
static void
copy_handle(struct tarn_object *to, const struct tarn_object *from)
{
	memcpy(to, from, offsetof(struct tarn_object, seen));
	to->words_only = false;
	tarn__object_forget(to);
}

/* ---- the objects of a transaction -------------------------------------------------------------- */

struct tarn_object *
tarn__txn_bound(struct tarn_txn *txn, const struct tarn_object *object)
{
	for (size_t i = 0; i < txn->count; i++) {
		if (txn->bound[i]->root == object->root &&
		    txn->bound[i]->generation == object->generation)
			return txn->bound[i];
	}
	return NULL;
}

/* Handles keep their addresses: only the array of pointers to them moves. */
static int
make_room(struct tarn_txn *txn, size_t count)
{
	struct tarn_object **bound;

	if (count <= txn->room)
		return 0;
	bound = realloc(txn->bound, count * sizeof(*bound));
	if (!bound)
		return TARN_SYSTEM;
	txn->bound = bound;
	for (; txn->room < count; txn->room++) {
		bound[txn->room] = malloc(sizeof(**bound));
		if (!bound[txn->room])
			return TARN_SYSTEM;
	}
	return 0;
}

/* One of the two handles on that root is stale. */
static bool
has_other_generation(const struct tarn_txn *txn, const struct tarn_object *object)
{
	for (size_t i = 0; i < txn->count; i++) {
		if (txn->bound[i]->root == object->root)
			return txn->bound[i]->generation != object->generation;
	}
	return false;
}

/* Whether the transaction can have it at all. */
static int
check_object(const struct tarn_txn *txn, const struct tarn_object *object)
{
	if (object->arena != txn->arena)
		return TARN_INVALID;
	if (!object->atomic)
		return 0;
	tarn__error_detail("what is changed by atomic instructions is in no transaction");
	return TARN_TYPE;
}

/* One handle more, where the order of roots puts it. */
static int
insert(struct tarn_txn *txn, const struct tarn_object *object)
{
	struct tarn_object *handle;
	size_t at = txn->count;
	int code = check_object(txn, object);

	if (code)
		return code;
	if (tarn__txn_bound(txn, object))
		return 0;
	if (has_other_generation(txn, object))
		return TARN_REMOVED;
	handle = txn->bound[at];
	for (; at > 0 && txn->bound[at - 1]->root > object->root; at--)
		txn->bound[at] = txn->bound[at - 1];
	txn->bound[at] = handle;
	copy_handle(handle, object);
	handle->txn = txn;
	txn->count++;
	return 0;
}

static int
take_gates(struct tarn_txn *txn)
{
	uint64_t deadline = tarn__deadline(txn->arena);
	int code = 0;

	for (size_t i = 0; !code && i < txn->count; i++) {
		struct tarn_object *object = txn->bound[i];

		code = tarn__gate_lock(txn->lane, &object->root->gate, deadline);
		if (!code && tarn__word_is_stale(object, tarn__load(&object->root->word)))
			code = TARN_REMOVED;
	}
	return code;
}

/* ---- after the commit -------------------------------------------------------------------------- */

void
tarn__txn_later(struct tarn_object *object, struct tarn_later *later)
{
	copy_handle(&later->object, object);
	later->object.txn = NULL;
	later->next = object->txn->later;
	object->txn->later = later;
}

static struct tarn_later *
take_later(struct tarn_txn *txn)
{
	struct tarn_later *later = txn->later;

	if (later)
		txn->later = later->next;
	return later;
}

void
tarn__txn_forget(struct tarn_txn *txn)
{
	struct tarn_later *later;

	while ((later = take_later(txn)))
		free(later);
}

static void
do_later(struct tarn_txn *txn)
{
	struct tarn_later *later;

	while ((later = take_later(txn))) {
		later->run(later);
		free(later);
	}
}

/* ---- begin and end ----------------------------------------------------------------------------- */

static struct tarn_txn *
txn_of(struct tarn_lane *lane)
{
	if (!lane->txn_memory)
		lane->txn_memory = calloc(1, sizeof(struct tarn_txn));
	return lane->txn_memory;
}

void
tarn__txn_free(struct tarn_txn *txn)
{
	if (!txn)
		return;
	tarn__txn_forget(txn);
	for (size_t i = 0; i < txn->room; i++)
		free(txn->bound[i]);
	free(txn->bound);
	free(txn);
}

static int
begin(struct tarn_txn *txn, struct tarn_object *const *objects, size_t count)
{
	int code = make_room(txn, count);

	txn->count = 0;
	for (size_t i = 0; !code && i < count; i++)
		code = insert(txn, objects[i]);
	if (!code)
		code = take_gates(txn);
	if (code)
		return fail(txn->lane, code);
	tarn__store(&txn->lane->slot->in_txn, 1);
	txn->failed = 0;
	txn->open = true;
	txn->lane->txn = txn;
	return 0;
}

int
tarn_txn_begin(struct tarn_arena *arena, struct tarn_txn **out, struct tarn_object *const *objects,
	       size_t count)
{
	struct tarn_lane *lane;
	struct tarn_txn *txn;
	int code = tarn__op_begin(arena, &lane);

	*out = NULL;
	if (code)
		return code;
	txn = txn_of(lane);
	if (txn) {
		txn->arena = arena;
		txn->lane = lane;
		txn->serial = arena->serial;
		code = begin(txn, objects, count);
	} else {
		code = TARN_SYSTEM;
	}
	tarn__op_end(lane);
	if (!code)
		*out = txn;
	return code;
}

int
tarn_txn_add(struct tarn_txn *txn, struct tarn_object *object)
{
	struct tarn_lane *lane;
	int code = enter(txn, &lane);

	if (code)
		return code;
	if (tarn__txn_bound(txn, object))
		goto out;
	code = check_object(txn, object);
	if (code)
		goto out;
	if (has_other_generation(txn, object)) {
		code = TARN_REMOVED;
		goto out;
	}
	code = make_room(txn, txn->count + 1);
	if (!code)
		code = tarn__gate_try(lane, &object->root->gate);
	if (code) {
		txn->failed = code = fail(lane, code == TARN_BUSY ? TARN_DEADLOCK : code);
		goto out;
	}
	if (tarn__word_is_stale(object, tarn__load(&object->root->word)))
		code = TARN_REMOVED; /* the gate stays taken; it is nobody's */
	else
		code = insert(txn, object);
out:
	lane->busy = false;
	return code;
}

/* Nothing is locked or logged any more. */
static void
end(struct tarn_txn *txn)
{
	struct tarn_lane *lane = txn->lane;

	txn->open = false;
	lane->txn = NULL;
	tarn__op_end(lane);
}

/* A child of fork() has only the memory of its parent's transaction. */
static int
enter_to_end(struct tarn_txn *txn)
{
	int code = txn->open ? check_owner(txn) : TARN_INVALID;

	if (code == TARN_FORKED && txn->open)
		tarn__txn_free(txn);
	return code ? code : tarn__lane_enter(txn->lane);
}

int
tarn_txn_commit(struct tarn_txn *txn)
{
	int code = enter_to_end(txn);

	if (code)
		return code;
	code = txn->failed;
	tarn__store(&txn->lane->slot->in_txn, 0);
	if (!code)
		code = tarn__commit(txn->lane);
	if (code)
		tarn__txn_forget(txn);
	end(txn);
	do_later(txn);
	return code;
}

void
tarn_txn_abort(struct tarn_txn *txn)
{
	if (!txn || enter_to_end(txn))
		return;
	if (!txn->failed)
		txn->failed = tarn__rollback(txn->lane);
	tarn__txn_forget(txn);
	tarn__store(&txn->lane->slot->in_txn, 0);
	end(txn);
}

int
tarn_txn_run(struct tarn_arena *arena, struct tarn_object *const *objects, size_t count,
	     int (*work)(struct tarn_txn *txn, void *arg), void *arg)
{
	uint64_t deadline = tarn__deadline(arena), pause = RUN_FIRST_NS;
	struct tarn_txn *txn;
	int code;

	for (;;) {
		code = tarn_txn_begin(arena, &txn, objects, count);
		if (code)
			return code;
		code = work(txn, arg);
		if (!code)
			code = tarn_txn_commit(txn);
		else
			tarn_txn_abort(txn);
		if (code != TARN_DEADLOCK)
			return code;
		if (tarn__too_late(deadline)) {
			tarn__error_detail("each try met others who had, out of order, what it needed; tarn who shows who holds locks");
			return TARN_TIMEOUT;
		}
		tarn__os_sleep(pause);
		pause = tarn__min(2 * pause, RUN_MOST_NS);
	}
}
