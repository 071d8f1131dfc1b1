// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lock.c -- named mutexes and reader-writer locks
 *
 * Picture
 *
 *	mutex		root.gate: who holds it; WAITERS; DIED
 *	rwlock		root.gate: the same, for its writer
 *			held lists of all slots: who reads
 *
 *	a reader	lists the lock, then looks at the gate; if a writer has
 *			it, takes it from the list and waits
 *	a writer	takes the gate, then waits until no slot lists the lock
 *
 * Both looks come after a locked instruction, so one of the two sees the
 * other.  Lists: txn/held.c.
 *
 * Invariants
 *	K1. a slot that owns a gate has it listed
 *	K2. DIED is cleared only by a user who holds the gate and unlocks it: till
 *	    then everyone who takes the lock is told.  Who has the gate to remove
 *	    the lock, and does not, leaves it as it was; who abandons it sets it
 *	K3. what was removed lies in the graveyard until its last reader has let
 *	    go; of a writer, the removal itself has waited for that
 *
 * Who may write what: the gate who holds it, WAITERS anyone; a list its
 * slot.
 *
 * On death: opened, marked DIED (not by a reader's death: it has changed
 * nothing), by whoever meets it, or by tarn_reap().
 */
#include "container/kinds.h"

#include <tarn/lock.h>
#include <tarn/object.h>

#define MS UINT64_C(1000000)
#define READERS_PAUSE_NS UINT64_C(50000)
#define PROBE_EVERY 16u

/* ---- steps of both ----------------------------------------------------------------------------- */

static uint64_t
deadline_of(uint64_t wait_ms)
{
	uint64_t now;

	if (wait_ms == TARN_FOREVER)
		return UINT64_MAX;
	if (!wait_ms)
		return 0;
	now = tarn__os_now();
	return wait_ms > (UINT64_MAX - now) / MS ? UINT64_MAX : now + wait_ms * MS;
}

/* The thread's lane, which a transaction may be using meanwhile. */
static int
begin(struct tarn_object *object, struct tarn_lane **lane)
{
	struct tarn_thread *thread;
	int code = tarn__thread_get(object->arena, &thread);

	if (!code)
		code = tarn__lane_enter(thread->lane);
	if (!code)
		*lane = thread->lane;
	return code;
}

static void
end(struct tarn_lane *lane)
{
	lane->busy = false;
}

static tarn_off
gate_mark(const struct tarn_object *object)
{
	return tarn__off(object->arena, &object->root->gate);
}

/* The gate is somebody else's: sleep a while. */
static int
wait_for_gate(struct tarn_object *object, uint64_t seen, unsigned round, uint64_t deadline)
{
	if (!deadline)
		return TARN_BUSY;
	return tarn__gate_sleep(object->arena, &object->root->gate, seen, round, deadline);
}

static int
lock_gate(struct tarn_object *object, struct tarn_lane *lane, uint64_t deadline, bool *died)
{
	return tarn__held_lock(lane, &object->root->gate, deadline, died);
}

static void
unlock_gate(struct tarn_object *object, struct tarn_lane *lane, uint64_t payload)
{
	tarn__held_unlock(lane, &object->root->gate, payload);
}

/* The lock is held: is it still there, and how was it left? */
static int
verdict(struct tarn_object *object, struct tarn_lane *lane, bool died)
{
	if (tarn__word_is_stale(object, tarn__load(&object->root->word))) {
		unlock_gate(object, lane, died ? TARN_GATE_DIED : 0);
		return TARN_REMOVED;
	}
	return died ? TARN_OWNER_DIED : 0;
}

static bool
holds_gate(struct tarn_object *object, struct tarn_lane *lane)
{
	return tarn__node_owned_by(tarn__load(&object->root->gate), lane->owner) &&
	       tarn__held_has(lane, gate_mark(object));
}

static int
open_lock(struct tarn_arena *arena, enum tarn_kind kind, const char *name, enum tarn_open_mode how,
	  struct tarn_object **object, bool *created)
{
	struct tarn_type type = { .kind = kind };

	return tarn__object_open(arena, name, &type, how, object, created);
}

/* ---- mutex ------------------------------------------------------------------------------------- */

static struct tarn_object *
mutex_object(struct tarn_mutex *mutex)
{
	return (struct tarn_object *)mutex;
}

int
tarn_mutex_open(struct tarn_arena *arena, struct tarn_mutex **mutex, const char *name,
		enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object = NULL;
	int code = open_lock(arena, TARN_KIND_MUTEX, name, how, &object, created);

	*mutex = (struct tarn_mutex *)object;
	return code;
}

void
tarn_mutex_close(struct tarn_mutex *mutex)
{
	tarn_object_close(mutex_object(mutex));
}

int
tarn_mutex_lock(struct tarn_mutex *mutex, uint64_t wait_ms)
{
	struct tarn_object *object = mutex_object(mutex);
	struct tarn_lane *lane;
	bool died;
	int code = begin(object, &lane);

	if (code)
		return code;
	code = lock_gate(object, lane, deadline_of(wait_ms), &died);
	if (!code)
		code = verdict(object, lane, died);
	end(lane);
	return code;
}

static int
let_go_of_mutex(struct tarn_object *object, uint64_t payload)
{
	struct tarn_lane *lane;
	int code = begin(object, &lane);

	if (code)
		return code;
	if (holds_gate(object, lane))
		unlock_gate(object, lane, payload);
	else
		code = TARN_INVALID;
	end(lane);
	return code;
}

int
tarn_mutex_unlock(struct tarn_mutex *mutex)
{
	return let_go_of_mutex(mutex_object(mutex), 0);
}

int
tarn_mutex_abandon(struct tarn_mutex *mutex)
{
	return let_go_of_mutex(mutex_object(mutex), TARN_GATE_DIED);
}

/* ---- rwlock ------------------------------------------------------------------------------------ */

static struct tarn_object *
rwlock_object(struct tarn_rwlock *rwlock)
{
	return (struct tarn_object *)rwlock;
}

static tarn_off
reader_mark(const struct tarn_object *object)
{
	return gate_mark(object) | TARN_HELD_READER;
}

static int
read_locked(struct tarn_object *object, struct tarn_lane *lane, uint64_t deadline)
{
	uint64_t seen = 0;
	int code = 0;

	for (unsigned round = 0; !code; round++) {
		code = tarn__held_add(lane, reader_mark(object));
		seen = tarn__load_seq(&object->root->gate);
		if (code || !tarn__node_owner(seen))
			break;
		tarn__held_drop(lane, reader_mark(object));
		code = wait_for_gate(object, seen, round, deadline);
	}
	if (!code && (seen & TARN_GATE_WAITERS))
		tarn__os_futex_wake((uint32_t *)&object->root->gate, 1); /* we were woken alone */
	if (!code && tarn__word_is_stale(object, tarn__load(&object->root->word))) {
		tarn__held_drop(lane, reader_mark(object));
		return TARN_REMOVED;
	}
	return !code && (seen & TARN_GATE_DIED) ? TARN_OWNER_DIED : code;
}

static int
wait_for_readers(struct tarn_object *object, uint64_t deadline)
{
	unsigned round = 0;

	for (uint64_t slot = 0; slot < object->arena->fixed.slot_count;) {
		bool probe = round % PROBE_EVERY == PROBE_EVERY - 1;

		if (!tarn__held_alive(object->arena, slot, reader_mark(object), probe)) {
			slot++;
			continue;
		}
		round++;
		if (tarn__too_late(deadline))
			return deadline ? tarn__timed_out(object->arena, slot + 1) : TARN_BUSY;
		tarn__waits_for(object->arena, &object->root->gate);
		tarn__os_sleep(READERS_PAUSE_NS);
		tarn__waits_for(object->arena, NULL);
	}
	return 0;
}

int
tarn_rwlock_open(struct tarn_arena *arena, struct tarn_rwlock **rwlock, const char *name,
		 enum tarn_open_mode how, bool *created)
{
	struct tarn_object *object = NULL;
	int code = open_lock(arena, TARN_KIND_RWLOCK, name, how, &object, created);

	*rwlock = (struct tarn_rwlock *)object;
	return code;
}

void
tarn_rwlock_close(struct tarn_rwlock *rwlock)
{
	tarn_object_close(rwlock_object(rwlock));
}

int
tarn_rwlock_read(struct tarn_rwlock *rwlock, uint64_t wait_ms)
{
	struct tarn_object *object = rwlock_object(rwlock);
	struct tarn_lane *lane;
	int code = begin(object, &lane);

	if (code)
		return code;
	if (tarn__held_has(lane, reader_mark(object)) || holds_gate(object, lane))
		code = TARN_DEADLOCK;
	else
		code = read_locked(object, lane, deadline_of(wait_ms));
	end(lane);
	return code;
}

int
tarn_rwlock_write(struct tarn_rwlock *rwlock, uint64_t wait_ms)
{
	struct tarn_object *object = rwlock_object(rwlock);
	uint64_t deadline = deadline_of(wait_ms);
	struct tarn_lane *lane;
	bool died;
	int code = begin(object, &lane);

	if (code)
		return code;
	code = tarn__held_has(lane, reader_mark(object)) ? TARN_DEADLOCK
							  : lock_gate(object, lane, deadline, &died);
	if (!code) {
		code = wait_for_readers(object, deadline);
		if (code)
			unlock_gate(object, lane, died ? TARN_GATE_DIED : 0);
		else
			code = verdict(object, lane, died);
	}
	end(lane);
	return code;
}

static int
let_go_of_rwlock(struct tarn_object *object, uint64_t payload)
{
	struct tarn_lane *lane;
	int code = begin(object, &lane);

	if (code)
		return code;
	if (tarn__held_has(lane, reader_mark(object)))
		tarn__held_drop(lane, reader_mark(object));
	else if (holds_gate(object, lane))
		unlock_gate(object, lane, payload);
	else
		code = TARN_INVALID;
	end(lane);
	return code;
}

int
tarn_rwlock_unlock(struct tarn_rwlock *rwlock)
{
	return let_go_of_rwlock(rwlock_object(rwlock), 0);
}

int
tarn_rwlock_abandon(struct tarn_rwlock *rwlock)
{
	return let_go_of_rwlock(rwlock_object(rwlock), TARN_GATE_DIED);
}

/* ---- kinds ------------------------------------------------------------------------------------- */

static int
create(struct tarn_lane *lane, struct tarn_entry_shm *entry)
{
	(void)lane;
	tarn__store(&entry->root.structure, 0);
	return 0;
}

static int
dismantle_mutex(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	(void)lane;
	(void)entry;
	*done = true;
	return 0;
}

/* Not while somebody reads: he would stand in the way of the next lock that lies there (K3). */
static int
dismantle_rwlock(struct tarn_lane *lane, struct tarn_entry_shm *entry, bool *done)
{
	int code = tarn__held_by_none(lane->arena, &entry->root.gate);

	*done = !code;
	return code;
}

const struct tarn_kind_ops tarn__mutex_ops = {
	.name = "mutex",
	.create = create,
	.dismantle = dismantle_mutex,
};

const struct tarn_kind_ops tarn__rwlock_ops = {
	.name = "rwlock",
	.create = create,
	.dismantle = dismantle_rwlock,
};
