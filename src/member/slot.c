// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * slot.c -- slots: claimed, released, recovered when their owner is dead
 *
 * There is one way into a slot: under its recovery byte, after whatever it
 * holds has been put right.  So claiming, reaping, and clearing the way
 * after meeting a dead owner's lock are one routine, and nobody has to
 * clean up before others may go on.
 *
 * Picture
 *
 *	        claim: prepare, write fields, link life
 *	 FREE ------------------------------------------> USED
 *	   ^                                               |
 *	   |  release: unlink life                         |
 *	   +-----------------------------------------------+
 *	   |  recover: dead() is true, put the work right  |
 *	   +-----------------------------------------------+
 *	                                                   |
 *	 BROKEN <------------------------------------------'
 *	        release or recover: the log makes no sense
 *
 *	All but release happen under the slot's recovery byte.  Release needs
 *	none: until the store of the state the slot is that of a living thread,
 *	which nobody recovers, and afterwards it is nobody's.
 *
 * Invariants
 *	S1. a USED slot names the process of its owner, from the first moment
 *	S2. a FREE slot owns no lock and has nothing armed; it may still have
 *	    claims and limbo, which its next owner inherits
 *	S3. dead() is believed only under the recovery byte; elsewhere it says
 *	    whom to look at
 *	S4. a BROKEN slot stays so: its thread has ended, its locks stay held,
 *	    and nobody writes into it any more
 *
 * Who may write what
 *	see layout.h.  `life` of a slot that is not ours is never written: at
 *	a claim it is, since the owner that it speaks of has ended.
 *
 * If a process dies
 *	claiming	the slot is FREE, or USED and dead with an empty log
 *	releasing	likewise
 *	recovering	the slot is as dead as before; all progress lies in it
 *	breaking	likewise, before its one store; BROKEN after it
 *
 * Recovery bytes are only tried, so somebody who is stopped while he holds
 * one makes no one wait; that slot alone stays as it is until he goes on.
 *
 * A thread may have no robust list: under a seccomp filter, or when a raw
 * system call forked it.  Then `life` is 0, and its death is known by the
 * process's byte; only if it alone ends, by a raw exit system call, that is
 * not before the process ends.
 *
 * What stands in a slot is not trusted.  A state or magic that does not
 * exist makes a slot that nobody claims, recovers or believes dead.
 */
#include "member/process.h"

#include "base/assert.h"

#define CLAIM_ROUNDS 8 /* while slots are on their way to be free */
#define CLAIM_PAUSE_NS UINT64_C(1000000)

struct tarn_slot_shm *
tarn__slot_at(struct tarn_arena *arena, uint64_t index)
{
	if (index >= arena->fixed.slot_count)
		return NULL;
	return (struct tarn_slot_shm *)(arena->base + arena->fixed.slots_off) + index;
}

/* ---- looking --------------------------------------------------------------------------------- */

/* Acquire: what is read of the slot later was written before it said so. */
static bool
is_used(const struct tarn_slot_shm *slot)
{
	return tarn__load_acquire(&slot->state) == TARN_SLOT_USED &&
	       tarn__load(&slot->magic) == TARN_SLOT_MAGIC;
}

static bool
is_free(const struct tarn_slot_shm *slot)
{
	return tarn__load_acquire(&slot->state) == TARN_SLOT_FREE;
}

bool
tarn__slot_broken(struct tarn_arena *arena, uint64_t index)
{
	const struct tarn_slot_shm *slot = tarn__slot_at(arena, index);

	return slot && tarn__load_acquire(&slot->state) == TARN_SLOT_BROKEN;
}

bool
tarn__slots_name(struct tarn_arena *arena, uint64_t process)
{
	for (uint64_t i = 0; i < arena->fixed.slot_count; i++) {
		const struct tarn_slot_shm *slot = tarn__slot_at(arena, i);

		if (is_used(slot) && tarn__load(&slot->process) == process)
			return true;
	}
	return false;
}

uint64_t
tarn__slots_used(struct tarn_arena *arena)
{
	uint64_t used = 0;

	for (uint64_t i = 0; i < arena->fixed.slot_count; i++)
		used += is_used(tarn__slot_at(arena, i));
	return used;
}

uint64_t
tarn__slots_broken(struct tarn_arena *arena)
{
	uint64_t broken = 0;

	for (uint64_t i = 0; i < arena->fixed.slot_count; i++)
		broken += tarn__slot_broken(arena, i);
	return broken;
}

/* The slot may change hands while we look; then it was, at some moment, not dead. */
static bool
process_gone(struct tarn_arena *arena, const struct tarn_slot_shm *slot)
{
	uint64_t process = tarn__load(&slot->process);
	uint64_t since = tarn__load(&slot->claimed_at);

	if (!tarn__process_gone(arena, process))
		return false;
	return is_used(slot) && tarn__load(&slot->process) == process &&
	       tarn__load(&slot->claimed_at) == since;
}

static bool
is_dead(struct tarn_arena *arena, const struct tarn_slot_shm *slot, bool probe)
{
	if (!is_used(slot))
		return false;
	if (tarn__load32_acquire(&slot->life) & TARN_LIFE_DIED)
		return true;
	return probe && process_gone(arena, slot);
}

bool
tarn__slot_dead(struct tarn_arena *arena, uint64_t index, bool probe)
{
	const struct tarn_slot_shm *slot = tarn__slot_at(arena, index);

	return slot && is_dead(arena, slot, probe);
}

/* ---- recovering ------------------------------------------------------------------------------ */

/* Nobody will ever understand this slot's log.  Only who can see all of the arena may say so. */
static void
mark_broken(struct tarn_arena *arena, struct tarn_slot_shm *slot)
{
	if (tarn__arena_sees_all(arena))
		tarn__store_release(&slot->state, TARN_SLOT_BROKEN);
}

/* Put a dead slot right and free it, or break it.  Under its recovery byte. */
static int
recover_slot(struct tarn_arena *arena, uint64_t index)
{
	struct tarn_slot_shm *slot = tarn__slot_at(arena, index);
	bool in_txn = tarn__load(&slot->in_txn) != 0;
	int code = tarn__slot_work->recover(arena, index);

	if (code == TARN_CORRUPT)
		mark_broken(arena, slot);
	if (code)
		return code;
	tarn__count(arena, &arena->header->statistics.recoveries);
	if (in_txn) {
		tarn__count(arena, &arena->header->statistics.deaths_in_txn);
		tarn__store(&slot->in_txn, 0);
	}
	/* the last store of the recovery, or a FREE slot still owns what nobody will free (S2) */
	tarn__store_release(&slot->state, TARN_SLOT_FREE);
	return 0;
}

/* Under its recovery byte; TARN_BUSY: it is not dead. */
static int
recover_if_dead(struct tarn_arena *arena, uint64_t index)
{
	return is_dead(arena, tarn__slot_at(arena, index), true) ? recover_slot(arena, index)
								  : TARN_BUSY;
}

/* Make sure of a slot that is free or dead.  Under its recovery byte. */
static int
make_free(struct tarn_arena *arena, uint64_t index)
{
	return is_free(tarn__slot_at(arena, index)) ? 0 : recover_if_dead(arena, index);
}

static int
recover_dead(struct tarn_arena *arena, uint64_t index)
{
	void *pin;
	int code = tarn__recovery_begin(arena, index, &pin);

	if (code)
		return code;
	code = recover_if_dead(arena, index);
	tarn__recovery_end(pin);
	return code;
}

/* The mutex is tried, since this very thread may hold it: then the caller is inside a recovery. */
int
tarn__slot_recover(struct tarn_arena *arena, uint64_t index)
{
	struct tarn_os_calm calm;
	int code = 0;

	if (arena->readonly)
		return TARN_READ_ONLY;
	if (index >= arena->fixed.slot_count)
		return TARN_CORRUPT;
	if (tarn__forked(arena))
		code = tarn__member_after_fork(arena);
	if (code)
		return code;
	tarn__os_calm_begin(&calm);
	code = TARN_BUSY;
	if (!pthread_mutex_trylock(&arena->mutex)) {
		code = recover_dead(arena, index);
		pthread_mutex_unlock(&arena->mutex);
	}
	tarn__os_calm_end(&calm);
	return code;
}

/* All that can be are put right; the first that cannot is the one that is told. */
int
tarn__slots_reap(struct tarn_arena *arena, uint64_t *count)
{
	int result = 0;

	*count = 0;
	for (uint64_t i = 0; i < arena->fixed.slot_count; i++) {
		int code;

		if (!tarn__slot_dead(arena, i, true))
			continue;
		code = tarn__slot_recover(arena, i);
		if (!code)
			(*count)++;
		else if (code != TARN_BUSY && !result)
			result = code;
	}
	return result;
}

static void
reap_uppers(struct tarn_arena *arena)
{
	for (const struct tarn_arena_upper *const *upper = tarn__arena_uppers; *upper; upper++) {
		if ((*upper)->reap)
			(*upper)->reap(arena);
	}
}

int
tarn_reap(struct tarn_arena *arena, uint64_t *count)
{
	uint64_t recovered = 0;
	int code = arena->readonly ? TARN_READ_ONLY : 0;

	if (!code && tarn__forked(arena))
		code = tarn__member_after_fork(arena);
	if (!code)
		code = tarn__slots_reap(arena, &recovered);
	if (!code)
		reap_uppers(arena);
	if (count)
		*count = recovered;
	return code;
}

/* ---- claiming -------------------------------------------------------------------------------- */

/* A thread without a robust list lives on its process's byte alone. */
static void
link_life(struct tarn_slot_shm *slot)
{
	if (tarn__os_life_link(&slot->life))
		tarn__store32(&slot->life, 0);
}

/*
 * Write who we are into a free slot, and say so.  Under its recovery byte.
 * Release: a slot that says USED says whose it is (S1).
 */
static void
occupy(struct tarn_arena *arena, struct tarn_slot_shm *slot)
{
	tarn__store(&slot->magic, TARN_SLOT_MAGIC);
	tarn__store(&slot->pid, tarn__os_process_id());
	tarn__store(&slot->tid, tarn__os_thread_id());
	tarn__store(&slot->in_txn, 0);
	tarn__store(&slot->waits_for, 0);
	tarn__store(&slot->claimed_at, tarn__os_wall_time());
	tarn__store(&slot->boot, arena->boot);
	tarn__store(&slot->process, arena->member->process);
	link_life(slot);
	tarn__store_release(&slot->state, TARN_SLOT_USED);
}

static int
claim_slot(struct tarn_arena *arena, uint64_t index)
{
	void *pin;
	int code = tarn__recovery_begin(arena, index, &pin);

	if (code)
		return code;
	code = make_free(arena, index);
	if (!code)
		code = tarn__slot_work->prepare(arena, index);
	if (!code)
		occupy(arena, tarn__slot_at(arena, index));
	tarn__recovery_end(pin);
	return code;
}

/* The lowest slot that is free; or, with dead, that can be made free.  Who cannot be put right is
 * passed over. */
static int
claim_first(struct tarn_arena *arena, bool dead, uint64_t *index)
{
	int result = TARN_NO_SLOT;

	for (*index = 0; *index < arena->fixed.slot_count; (*index)++) {
		struct tarn_slot_shm *slot = tarn__slot_at(arena, *index);
		int code;

		if (dead ? !is_dead(arena, slot, true) : !is_free(slot))
			continue;
		code = claim_slot(arena, *index);
		if (code == TARN_BUSY)
			result = TARN_BUSY;
		else if (code != TARN_CORRUPT && code != TARN_HOST)
			return code;
	}
	return result;
}

/* Free ones first: recovering takes longer, and only the last moment makes it necessary. */
static int
claim_any(struct tarn_arena *arena, uint64_t *index)
{
	int free_code = claim_first(arena, false, index);
	int dead_code;

	if (free_code != TARN_NO_SLOT && free_code != TARN_BUSY)
		return free_code;
	dead_code = claim_first(arena, true, index);
	return dead_code == TARN_NO_SLOT ? free_code : dead_code;
}

/* TARN_BUSY from below: slots that others are just recovering, or took before us; look again. */
int
tarn__slot_claim(struct tarn_arena *arena, uint64_t *index)
{
	int code = TARN_BUSY;

	tarn_assert(tarn__slot_work);
	for (int round = 0; code == TARN_BUSY && round < CLAIM_ROUNDS; round++) {
		if (round)
			tarn__os_sleep(CLAIM_PAUSE_NS);
		pthread_mutex_lock(&arena->mutex);
		code = claim_any(arena, index);
		pthread_mutex_unlock(&arena->mutex);
	}
	return code == TARN_BUSY ? TARN_NO_SLOT : code;
}

/*
 * Release: who sees FREE and claims the slot must not have its life word
 * unlinked by us.  One that is broken and cannot be marked so stays this
 * process's, for those who will see that end.
 */
void
tarn__slot_release(struct tarn_arena *arena, uint64_t index, bool broken)
{
	struct tarn_slot_shm *slot = tarn__slot_at(arena, index);

	if (tarn__load32(&slot->life))
		tarn__os_life_unlink(&slot->life);
	if (broken)
		mark_broken(arena, slot);
	else
		tarn__store_release(&slot->state, TARN_SLOT_FREE);
}

/* ---- telling --------------------------------------------------------------------------------- */

static void
describe(struct tarn_arena *arena, uint64_t index, struct tarn_member_info *info)
{
	const struct tarn_slot_shm *slot = tarn__slot_at(arena, index);
	const struct tarn_slot_work *work = tarn__slot_work;

	*info = (struct tarn_member_info){
		.slot = index,
		.pid = tarn__load(&slot->pid),
		.tid = tarn__load(&slot->tid),
		.dead = is_dead(arena, slot, true),
		.broken = tarn__slot_broken(arena, index),
		.in_txn = tarn__load(&slot->in_txn) != 0,
		.since = tarn__load(&slot->claimed_at),
		.waits_for_slot = UINT64_MAX,
	};
	if (work && work->locks_held)
		info->locks_held = work->locks_held(arena, index);
	if (info->dead || info->broken)
		return;
	info->waits_for = tarn__load(&slot->waits_for);
	if (info->waits_for && work && work->holder)
		info->waits_for_slot = work->holder(arena, info->waits_for);
}

int
tarn_arena_members(
	struct tarn_arena *arena, int (*visit)(const struct tarn_member_info *, void *), void *arg)
{
	int stop = 0;

	for (uint64_t i = 0; i < arena->fixed.slot_count && !stop; i++) {
		struct tarn_member_info info;

		if (!is_used(tarn__slot_at(arena, i)) && !tarn__slot_broken(arena, i))
			continue;
		describe(arena, i, &info);
		stop = visit(&info, arg);
	}
	return stop;
}
