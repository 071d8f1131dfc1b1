// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * wait.c -- meeting a lock that somebody else holds
 *
 * A waiter spins a little, then sleeps 50 us, doubling to 1 ms, and at each
 * round looks whether the owner lives.  A dead one is recovered by whoever
 * may write; a stopped one is alive, and is waited for until the deadline.
 * Who waits for a gate sleeps on it, and is woken; but no wait relies on
 * being woken, so a death between the opening and the wake-up costs a few
 * milliseconds and no more.
 *
 * A lock of a BROKEN slot is nobody's to open: its waiters get TARN_CORRUPT.
 *
 * While a thread that has a slot sleeps, the slot says for what; for people.
 *
 * Who may write what: statistics; WAITERS of a gate that is held; of its slot,
 * waits_for.
 *
 * On death: a waiter holds nothing that it waits with.
 */
#include "txn/lane.h"

#include "base/error.h"

#define SPINS 200
#define PAUSE_FIRST_NS UINT64_C(50000)
#define PAUSE_DOUBLINGS 5u /* 50 us to 1.6 ms; cut at 1 ms */
#define PAUSE_MOST_NS UINT64_C(1000000)
#define GATE_FIRST_NS UINT64_C(1000000)
#define GATE_DOUBLINGS 3u
#define ROUNDS_READONLY 100u /* about 0.1 s for somebody else to recover */
#define ROUNDS_NOBODY 1000u  /* an owner that does not exist for a second never will */

uint64_t
tarn__deadline(const struct tarn_arena *arena)
{
	uint64_t now;

	if (arena->deadline_ns == UINT64_MAX)
		return UINT64_MAX;
	now = tarn__os_now();
	return now > UINT64_MAX - arena->deadline_ns ? UINT64_MAX : now + arena->deadline_ns;
}

static bool
spin(const uint64_t *node, uint64_t seen)
{
	for (unsigned i = 0; i < SPINS; i++) {
		if (tarn__load(node) != seen)
			return true;
		tarn__pause();
	}
	return false;
}

void
tarn__waits_for(struct tarn_arena *arena, const uint64_t *word)
{
	const struct tarn_thread *thread = tarn__thread_cached;

	if (thread && tarn__thread_is_in(thread, arena))
		tarn__store(&thread->slot->waits_for, word ? tarn__off(arena, word) : 0);
}

static void
sleep_a_round(unsigned round)
{
	unsigned doublings = round < PAUSE_DOUBLINGS ? round : PAUSE_DOUBLINGS;

	tarn__os_sleep(tarn__min(PAUSE_FIRST_NS << doublings, PAUSE_MOST_NS));
}

/* 0: recovered.  TARN_BUSY: somebody is at it, or has to be. */
static int
owner_is_dead(struct tarn_arena *arena, uint64_t index, unsigned round)
{
	if (arena->readonly)
		return round < ROUNDS_READONLY ? TARN_BUSY : TARN_OWNER_DIED;
	return tarn__slot_recover(arena, index);
}

/* An owner that cannot be, for longer than a claim could take. */
static bool
owner_is_nobody(struct tarn_arena *arena, uint64_t owner, unsigned round)
{
	const struct tarn_slot_shm *slot = owner ? tarn__slot_at(arena, owner - 1) : NULL;

	if (slot && tarn__load(&slot->state) == TARN_SLOT_USED)
		return false;
	return round >= ROUNDS_NOBODY;
}

/*
 * The owner has ended, and its log makes no sense: the lock stays held.  The
 * second look: what the slot let go of while it was good, it let go of
 * before it was BROKEN.
 */
static bool
owner_is_broken(struct tarn_arena *arena, const uint64_t *node, uint64_t seen)
{
	uint64_t owner = tarn__node_owner(seen);

	if (!owner || !tarn__slot_broken(arena, owner - 1) || tarn__load(node) != seen)
		return false;
	tarn__error_detail("slot %llu holds the lock for good: its thread has ended, and its log makes no sense; see tarn check",
			   (unsigned long long)owner - 1);
	return true;
}

/* A plain call on an object that this thread's own transaction has changed. */
static bool
owner_is_caller(const struct tarn_arena *arena, uint64_t owner)
{
	return owner && tarn__thread_owner(arena) == owner;
}

int
tarn__timed_out(struct tarn_arena *arena, uint64_t owner)
{
	const struct tarn_slot_shm *slot = owner ? tarn__slot_at(arena, owner - 1) : NULL;

	if (slot)
		tarn__error_detail("process %llu, thread %llu holds the lock: it lives, or is stopped, or who recovers it is",
				   (unsigned long long)tarn__load(&slot->pid),
				   (unsigned long long)tarn__load(&slot->tid));
	else
		tarn__error_detail("a change is under way, and nobody has the lock for it");
	return TARN_TIMEOUT;
}

/* All of a round but the sleep; *look: look at the node again at once. */
static int
wait_awake(struct tarn_arena *arena, const uint64_t *node, uint64_t seen, unsigned round,
	   uint64_t deadline, bool *look)
{
	uint64_t owner = tarn__node_owner(seen);

	if (tarn__forked(arena)) {
		int code = tarn__member_after_fork(arena);

		if (code)
			return code;
	}
	if (round == 0) {
		if (owner_is_caller(arena, owner))
			return TARN_IN_TXN;
		tarn__count(arena, &arena->header->statistics.lock_waits);
		*look = spin(node, seen);
		if (*look)
			return 0;
	}
	if (owner && tarn__slot_dead(arena, owner - 1, round >= 2)) {
		int code = owner_is_dead(arena, owner - 1, round);

		*look = code != TARN_BUSY;
		if (*look)
			return code;
	}
	if (owner_is_broken(arena, node, seen) || owner_is_nobody(arena, owner, round))
		return TARN_CORRUPT;
	if (tarn__too_late(deadline))
		return tarn__timed_out(arena, owner);
	return 0;
}

int
tarn__node_wait(struct tarn_arena *arena, const uint64_t *node, uint64_t seen, unsigned round,
		uint64_t deadline)
{
	bool look = false;
	int code = wait_awake(arena, node, seen, round, deadline, &look);

	if (code || look)
		return code;
	tarn__waits_for(arena, node);
	sleep_a_round(round);
	tarn__waits_for(arena, NULL);
	return 0;
}

int
tarn__gate_sleep(struct tarn_arena *arena, uint64_t *gate, uint64_t seen, unsigned round,
		 uint64_t deadline)
{
	unsigned doublings = round < GATE_DOUBLINGS ? round : GATE_DOUBLINGS;
	bool look = false;
	int code = wait_awake(arena, gate, seen, round, deadline, &look);

	if (code || look)
		return code;
	if (!(seen & TARN_GATE_WAITERS) && !tarn__cas(gate, &seen, seen | TARN_GATE_WAITERS))
		return 0;
	tarn__waits_for(arena, gate);
	tarn__os_futex_wait((const uint32_t *)gate, (uint32_t)(seen | TARN_GATE_WAITERS),
			    GATE_FIRST_NS << doublings);
	tarn__waits_for(arena, NULL);
	return 0;
}

void
tarn__gate_open(uint64_t *gate, uint64_t payload)
{
	uint64_t word = tarn__load(gate);

	word = tarn__exchange(gate, tarn__node_released(word, payload));
	if (unlikely(word & TARN_GATE_WAITERS))
		tarn__os_futex_wake((uint32_t *)gate, 1);
}

int
tarn__node_read(struct tarn_arena *arena, const uint64_t *node, uint64_t deadline, uint64_t *seen)
{
	int code;

	for (unsigned round = 0;; round++) {
		*seen = tarn__load_acquire(node);
		if (likely(!(*seen & TARN_NODE_DIRTY)))
			return 0;
		code = tarn__node_wait(arena, node, *seen, round, deadline);
		if (code)
			return code;
	}
}
