// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * held.c -- locks that a user holds from one call to the next
 *
 * A mutex that a program locks stays locked over any number of operations,
 * each of which begins and ends a list of locks of its own.  So user locks
 * have another list in the slot's log:
 *
 *	held	16 words: 0 | gate of a mutex | gate of a rwlock + READER | ...
 *
 * That a reader has a lock is written nowhere else: a writer looks through
 * the lists of all slots.  Readers so write to no memory in common.
 *
 * Invariants
 *	U1. a lock is listed before it is taken, and taken from the list after
 *	    it has been let go
 *	U2. a gate that is listed and owned by another is no matter: letting go
 *	    looks first
 *	U3. an entry stays in its place, so who looks through a list while it
 *	    changes misses nothing that is there throughout
 *
 * Who may write what: the slot's thread; after its end, who recovers it.
 *
 * On death: each gate that the slot owns is opened and marked DIED, for the
 * next holder to be told; then the list is emptied.
 */
#include "txn/lane.h"

static uint64_t *
held_at(const struct tarn_lane *lane, uint64_t i)
{
	return (uint64_t *)((char *)lane->log + TARN_LOG_HELD) + i;
}

static uint64_t *
find(const struct tarn_lane *lane, tarn_off mark)
{
	for (uint64_t i = 0; i < TARN_HELD_MAX; i++) {
		if (tarn__load_seq(held_at(lane, i)) == mark)
			return held_at(lane, i);
	}
	return NULL;
}

bool
tarn__held_has(const struct tarn_lane *lane, tarn_off mark)
{
	return find(lane, mark) != NULL;
}

bool
tarn__held_by(struct tarn_arena *arena, uint64_t slot, tarn_off mark)
{
	struct tarn_lane lane = { .log = tarn__at(arena, arena->fixed.logs_off + slot * TARN_LOG_SIZE,
						  TARN_LOG_SIZE, TARN_LOG_SIZE) };

	return lane.log && tarn__held_has(&lane, mark);
}

bool
tarn__held_alive(struct tarn_arena *arena, uint64_t slot, tarn_off mark, bool probe)
{
	const struct tarn_slot_shm *shm = tarn__slot_at(arena, slot);

	if (!shm || tarn__load(&shm->state) != TARN_SLOT_USED || !tarn__held_by(arena, slot, mark))
		return false;
	return !tarn__slot_dead(arena, slot, probe) || tarn__slot_recover(arena, slot) != 0;
}

/* Whether its owner is dead, and was put right. */
static bool
has_let_go(struct tarn_arena *arena, uint64_t slot)
{
	return tarn__slot_dead(arena, slot, true) && !tarn__slot_recover(arena, slot);
}

int
tarn__held_by_none(struct tarn_arena *arena, const uint64_t *gate)
{
	tarn_off mark = tarn__off(arena, gate) | TARN_HELD_READER;
	uint64_t owner = tarn__node_owner(tarn__load_acquire(gate));

	if (owner && !has_let_go(arena, owner - 1))
		return TARN_BUSY;
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++) {
		if (tarn__held_alive(arena, slot, mark, true))
			return TARN_BUSY;
	}
	return 0;
}

uint64_t
tarn__held_count(const struct tarn_lane *lane)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < TARN_HELD_MAX; i++)
		count += tarn__load(held_at(lane, i)) != 0;
	return count;
}

int
tarn__held_add(struct tarn_lane *lane, tarn_off mark)
{
	uint64_t *free = find(lane, 0);

	if (!free)
		return TARN_TOO_BIG;
	tarn__exchange(free, mark);
	return 0;
}

void
tarn__held_drop(struct tarn_lane *lane, tarn_off mark)
{
	uint64_t *listed = find(lane, mark);

	if (listed)
		tarn__store_release(listed, 0);
}

/* ---- taking one alone -------------------------------------------------------------------------- */

static bool
take_gate(const struct tarn_lane *lane, uint64_t *gate, uint64_t seen, bool slept)
{
	uint64_t locked = seen | lane->owner << TARN_NODE_OWNER_SHIFT;

	return tarn__cas(gate, &seen, locked | (slept ? TARN_GATE_WAITERS : 0));
}

int
tarn__held_lock(struct tarn_lane *lane, uint64_t *gate, uint64_t deadline, bool *died)
{
	tarn_off mark = tarn__off(lane->arena, gate);
	uint64_t seen = tarn__load(gate);
	int code = 0;

	if (tarn__node_owned_by(seen, lane->owner))
		return TARN_DEADLOCK;
	if (!tarn__held_has(lane, mark)) /* it may be, where a call was left by longjmp */
		code = tarn__held_add(lane, mark);
	if (code)
		return code;
	for (unsigned round = 0; !code; round++) {
		seen = tarn__load_acquire(gate);
		if (tarn__node_owner(seen))
			code = deadline ? tarn__gate_sleep(lane->arena, gate, seen, round, deadline) :
					  TARN_BUSY;
		else if (take_gate(lane, gate, seen, round > 0))
			break;
	}
	*died = !code && (seen & TARN_GATE_DIED);
	if (code)
		tarn__held_drop(lane, mark);
	return code;
}

void
tarn__held_unlock(struct tarn_lane *lane, uint64_t *gate, uint64_t payload)
{
	tarn__gate_open(gate, payload);
	tarn__barrier();
	tarn__held_drop(lane, tarn__off(lane->arena, gate));
}

/* ---- after the end ----------------------------------------------------------------------------- */

static int
let_go(struct tarn_lane *lane, tarn_off mark)
{
	uint64_t *gate = tarn__undo_target(lane, mark & ~TARN_LOCK_MARKS, 8);

	if (!gate)
		return TARN_CORRUPT;
	if (!(mark & TARN_HELD_READER) && tarn__node_owned_by(tarn__load(gate), lane->owner))
		tarn__gate_open(gate, TARN_GATE_DIED);
	return 0;
}

int
tarn__held_release(struct tarn_lane *lane)
{
	int code = 0;

	for (uint64_t i = 0; !code && i < TARN_HELD_MAX; i++) {
		tarn_off mark = tarn__load(held_at(lane, i));

		code = mark ? let_go(lane, mark) : 0;
		if (!code && mark)
			tarn__store_release(held_at(lane, i), 0);
	}
	return code;
}
