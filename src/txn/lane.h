// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lane.h -- the crash protocol: log, lock, store, commit, release
 *
 * A lane is this process's view of one slot's log: its own thread's, or,
 * while recovering, a dead one's.  Everything that changes an arena goes
 * through the primitives below, in one of three ways.
 *
 *	logged		lock the nodes; tarn__dirty() each before its first
 *			store; tarn__set() words in place, each with an undo
 *			record before it; tarn__commit() is one store of the
 *			commit word, then the locks are released.
 *	single store	lock one node; write places that its payload does not
 *			name; tarn__flip(): the release store of the node word
 *			publishes, commits, and unlocks.  Readers never wait.
 *			What must follow (the limbo), and be put back if it
 *			does not happen (a count), stands in the
 *			settle record before.
 *	nested		an action inside an operation that others may build on
 *			at once (taking blocks from a span): an undo list and
 *			locks of its own, committed before the operation goes
 *			on, whatever becomes of the operation.
 *
 * Invariants (each is a crash test's)
 *	L1. a lock's offset is listed before the CAS that takes it
 *	L2. an undo record is complete before the count includes it, and is
 *	    counted before the store that it undoes
 *	L3. no lock is released between an operation's first record and its
 *	    commit, except by rollback; nested locks are nested's own
 *	L4. locks are forgotten only after all of them are released
 *	L5. the counts that decide where a lane writes are private copies: what
 *	    others scribble into a log is found by recovery, and harms nobody
 *
 * On death: recover.c undoes what is not committed and finishes what is,
 * from the log alone, and may die and be done again.
 *
 * Compiler barriers are enough against death (base/atomic.h).  Undo logging
 * in memory that survives its processes: Lowell and Chen, "Free
 * transactions with Rio Vista", SOSP 1997; nested top actions: Mohan et
 * al., "ARIES", TODS 1992.
 */
#ifndef TARN_TXN_LANE_H
#define TARN_TXN_LANE_H

#include "base/assert.h"
#include "member/member.h"
#include "txn/layout.h"
#include "txn/node.h"

/* One list of the log: its first entries in the log, the others in the spill area. */
struct tarn_log_list {
	uint64_t *here;
	uint64_t *spill;
	tarn_off spill_off;
	uint32_t here_count;
	uint32_t ready; /* entries whose memory is given */
	uint32_t width; /* words an entry: 1, or 2 for records */
};

struct tarn_lane {
	struct tarn_arena *arena;
	struct tarn_log_shm *log;
	tarn_off log_off;
	uint64_t owner;	 /* slot index + 1 */
	uint64_t spread; /* tarn__slot_spread() of the slot */
	struct tarn_log_list words, allocs, limbo, locks;
	uint64_t commit, lock_count, nested, nested_locks; /* as they stand in the log (L5) */
	uint64_t frees; /* written behind the limbo's end, not committed */
	void *heap;	/* what the heap keeps for this lane; NULL where it only recovers */
	struct tarn_slot_shm *slot;
	struct tarn_txn *txn;	     /* open: the lane is its alone */
	struct tarn_txn *txn_memory; /* kept for the next one */
	bool busy;		     /* inside a call, which began in frame */
	bool broken;		     /* its log made no sense when it was to be undone */
	const char *frame;
	const char *stack_low, *stack_high; /* of the lane's thread */
};

/* ---- operations (lane.c) ----------------------------------------------------------------------- */

/*
 * Begin and end an operation of this thread.  What an earlier one left
 * behind that never ended (longjmp out of a signal handler) is rolled back
 * first.  TARN_NESTED: called from a signal handler inside another call.
 * TARN_IN_TXN: the thread has a transaction open.
 */
int tarn__op_begin(struct tarn_arena *arena, struct tarn_lane **lane);
static inline void tarn__op_end(struct tarn_lane *lane);

/* The same for a call inside the lane's transaction; ends by lane->busy = false. */
int tarn__lane_enter(struct tarn_lane *lane);

void tarn__txn_free(struct tarn_txn *txn);

int tarn__lane_reserve_more(struct tarn_lane *lane, uint64_t words, uint64_t allocs, uint64_t frees,
			    uint64_t locks);

/* The view of any slot's log; TARN_CORRUPT if its counts or memory cannot be. */
int tarn__lane_view(struct tarn_lane *lane, struct tarn_arena *arena, uint64_t index);

/* Undo what the lane has not committed, finish what it has; idempotent.  Takes no lock. */
int tarn__lane_recover(struct tarn_lane *lane);

/* What the heap does for lanes. */
struct tarn_lane_heap {
	/* blocks that recovery takes back go to the limbo, unless they still stand in the claim */
	bool (*still_claimed)(struct tarn_lane *lane, tarn_off block);
	/* the slot's thread has ended: give back limbo and claims; tries only, may leave a residue */
	void (*drain)(struct tarn_lane *lane);
	/* an operation has ended, and the limbo is longer than it need be; tries only */
	void (*tidy)(struct tarn_lane *lane);
	/* a thread enters or leaves its slot: make and free lane->heap; 0 or TARN_SYSTEM */
	int (*enter)(struct tarn_lane *lane);
	void (*leave)(struct tarn_lane *lane);
};
extern const struct tarn_lane_heap *tarn__lane_heap; /* NULL before there is a heap */

/*
 * A call that comes from so much deeper in the stack than the one that is
 * under way is a signal handler's; one that comes from less deep finds it
 * abandoned.  A call that went the short way at first has noted a place this
 * much deeper than it was, for the long way begins several functions deeper.
 */
#define TARN_FRAME_SLACK 512
#define TARN_NO_FRAME ((const char *)UINTPTR_MAX) /* a handler's call came between frame and busy */

/* A call begins that goes the short way. */
static TARN_HOT void
tarn__lane_set_busy(struct tarn_lane *lane)
{
	lane->frame = (const char *)__builtin_frame_address(0) - TARN_FRAME_SLACK;
	tarn__order_for_signals();
	lane->busy = true;
	tarn__order_for_signals();
}

/* tarn__op_begin() where there is nothing to find out, as nearly always; NULL: there is. */
static TARN_HOT struct tarn_lane *
tarn__op_begin_now(struct tarn_arena *arena)
{
	struct tarn_thread *thread = tarn__thread_cached;
	struct tarn_lane *lane;

	if (unlikely(!thread) || unlikely(!tarn__thread_is_in(thread, arena)))
		return NULL;
	lane = thread->lane;
	if (unlikely(lane->busy) || unlikely(lane->broken) || unlikely(lane->txn))
		return NULL;
	tarn__lane_set_busy(lane);
	return lane;
}

/* The end of an operation that has freed nothing. */
static inline void
tarn__op_quit(struct tarn_lane *lane)
{
	tarn_debug_assert(lane->busy);
	tarn__order_for_signals();
	lane->busy = false;
	tarn__order_for_signals();
	lane->frame = TARN_NO_FRAME;
}

static inline void
tarn__op_end(struct tarn_lane *lane)
{
	if (unlikely(tarn__commit_limbo(lane->commit) >= TARN_LIMBO_TIDY) && tarn__lane_heap)
		tarn__lane_heap->tidy(lane);
	tarn__op_quit(lane);
}

extern const struct tarn_arena_upper tarn__txn_upper;

/* Where undo and release may write: size bytes there, or NULL. */
uint64_t *tarn__undo_target(struct tarn_lane *lane, tarn_off off, uint64_t size);

/* Let go of every listed lock that the slot still owns, then of the list (L4). */
int tarn__release_locks(struct tarn_lane *lane);
int tarn__release_nested_locks(struct tarn_lane *lane);

/* ---- user locks: held across calls (held.c) ----------------------------------------------------- */

/* List a lock before it is taken: its gate's offset, | READER.  A full barrier.  TARN_TOO_BIG. */
int tarn__held_add(struct tarn_lane *lane, tarn_off mark);
void tarn__held_drop(struct tarn_lane *lane, tarn_off mark);
bool tarn__held_has(const struct tarn_lane *lane, tarn_off mark);
uint64_t tarn__held_count(const struct tarn_lane *lane);
/* Of any slot, whatever else its log says. */
bool tarn__held_by(struct tarn_arena *arena, uint64_t slot, tarn_off mark);
/* The same of the living: a dead one is put right, and has not. */
bool tarn__held_alive(struct tarn_arena *arena, uint64_t slot, tarn_off mark, bool probe);
/* A gate that nobody gets any more.  TARN_BUSY: somebody owns it, or is listed as its reader. */
int tarn__held_by_none(struct tarn_arena *arena, const uint64_t *gate);

/*
 * List a gate and take it, to hold it over any number of operations.  *died: so
 * its last holder did.  A deadline of 0 only tries: TARN_BUSY.  TARN_DEADLOCK:
 * the lane has it.
 */
int tarn__held_lock(struct tarn_lane *lane, uint64_t *gate, uint64_t deadline, bool *died);
void tarn__held_unlock(struct tarn_lane *lane, uint64_t *gate, uint64_t payload);

/* The thread has ended: open what it holds, and say in each gate that its holder died. */
int tarn__held_release(struct tarn_lane *lane);

/* ---- waiting (wait.c) -------------------------------------------------------------------------- */

/*
 * A node is in somebody's hands: wait a little, or put right what a dead
 * owner left.  0: look again.  TARN_TIMEOUT after the deadline (absolute,
 * UINT64_MAX: none); TARN_OWNER_DIED: it is dead and this process may not
 * write; TARN_CORRUPT: the owner cannot be.  round counts from 0.
 */
int tarn__node_wait(struct tarn_arena *arena, const uint64_t *node, uint64_t seen, unsigned round,
		    uint64_t deadline);

/* The same for a gate, asleep until it is opened, or a while; wants to write. */
int tarn__gate_sleep(struct tarn_arena *arena, uint64_t *gate, uint64_t seen, unsigned round,
		     uint64_t deadline);

/* TARN_TIMEOUT; tarn_error_detail() names who kept us waiting. */
int tarn__timed_out(struct tarn_arena *arena, uint64_t owner);

/* For people: what this thread sleeps for from now on; NULL: nothing any more. */
void tarn__waits_for(struct tarn_arena *arena, const uint64_t *word);

/* Open a gate with that payload, and wake one who sleeps. */
void tarn__gate_open(uint64_t *gate, uint64_t payload);

/* A first look that found no DIRTY; waits as above. */
int tarn__node_read(struct tarn_arena *arena, const uint64_t *node, uint64_t deadline,
		    uint64_t *seen);

/* Whether an absolute deadline has passed; UINT64_MAX never has. */
static inline bool
tarn__too_late(uint64_t deadline)
{
	return deadline != UINT64_MAX && tarn__os_now() >= deadline;
}

/* The absolute deadline of a wait that begins now. */
uint64_t tarn__deadline(const struct tarn_arena *arena);

/* ---- lists ------------------------------------------------------------------------------------- */

static inline uint64_t *
tarn__list_at(const struct tarn_log_list *list, uint64_t i)
{
	if (likely(i < list->here_count))
		return list->here + i * list->width;
	return list->spill + (i - list->here_count) * list->width;
}

static inline uint64_t *
tarn__nested_locks(const struct tarn_lane *lane)
{
	return (uint64_t *)((char *)lane->log + TARN_LOG_NESTED_LOCKS);
}

static inline uint64_t *
tarn__nested_words(const struct tarn_lane *lane)
{
	return (uint64_t *)((char *)lane->log + TARN_LOG_NESTED_WORDS);
}

static inline void
tarn__set_commit_word(struct tarn_lane *lane, uint64_t commit)
{
	tarn__store(&lane->log->commit, commit);
	lane->commit = commit;
}

/* Room for so many more of each; TARN_TOO_BIG, TARN_FULL.  Before the operation's first store. */
static inline int
tarn__lane_reserve(struct tarn_lane *lane, uint64_t words, uint64_t allocs, uint64_t frees,
		   uint64_t locks)
{
	uint64_t have = tarn__commit_allocs(lane->commit) + allocs;

	if (likely(tarn__commit_words(lane->commit) + words <= lane->words.ready) &&
	    likely(have <= lane->allocs.ready) &&
	    likely(lane->lock_count + locks <= lane->locks.ready) &&
	    likely(tarn__commit_limbo(lane->commit) + lane->frees + frees + have <=
		   lane->limbo.ready))
		return 0;
	return tarn__lane_reserve_more(lane, words, allocs, frees, locks);
}

/*
 * Where among a word for each slot a slot's own is, in bytes: slots next to
 * each other have theirs in different cache lines, as far as there are lines.
 */
static inline uint64_t
tarn__slot_spread(const struct tarn_arena *arena, uint64_t slot)
{
	uint64_t lines = tarn__div_up(arena->fixed.slot_count, 8);

	return 8 * (slot % lines * 8 + slot / lines);
}

/* ---- logged operations ------------------------------------------------------------------------- */

/* List the lock with its mark, then take it, with so many bits of payload more. */
static inline bool
tarn__lock_marked(bool mutant, struct tarn_lane *lane, uint64_t *node, uint64_t seen, uint64_t mark,
		  uint64_t payload)
{
	uint64_t count = lane->lock_count;

	tarn_assert(count < lane->locks.ready);
	if (!mutant) {
		tarn__store(tarn__list_at(&lane->locks, count), tarn__off(lane->arena, node) | mark);
		tarn__barrier();
		tarn__store(&lane->log->locks, count + 1); /* L1: the CAS is a release */
	}
	if (likely(tarn__cas(node, &seen,
			     seen | payload | lane->owner << TARN_NODE_OWNER_SHIFT))) {
		tarn__fence_release();
		lane->lock_count = count + 1;
		return true;
	}
	tarn__store(&lane->log->locks, count);
	return false;
}

/* Take the lock of a node that was seen free; false: somebody else was faster. */
static inline bool
tarn__lock_at(bool mutant, struct tarn_lane *lane, uint64_t *node, uint64_t seen)
{
	return tarn__lock_marked(mutant, lane, node, seen, 0, 0);
}

/* The same for a gate; slept: others may still sleep, so whoever opens it must wake them. */
static inline bool
tarn__lock_gate_at(bool mutant, struct tarn_lane *lane, uint64_t *gate, uint64_t seen, bool slept)
{
	return tarn__lock_marked(mutant, lane, gate, seen, TARN_LOCK_GATE,
				 slept ? TARN_GATE_WAITERS : 0);
}

/* Readers shall wait: words of the node are about to change in place. */
static inline void
tarn__dirty_at(bool mutant, uint64_t *node)
{
	uint64_t word = tarn__load(node);

	if ((word & TARN_NODE_DIRTY) || mutant)
		return;
	tarn__store(node, (word + TARN_NODE_VERSION) | TARN_NODE_DIRTY);
	tarn__fence_release();
}

/* An undo record for the word at off, complete and counted (L2). */
static inline void
tarn__record(struct tarn_lane *lane, tarn_off off, uint64_t old)
{
	uint64_t n = tarn__commit_words(lane->commit);
	uint64_t *record = tarn__list_at(&lane->words, n);

	tarn_assert(n < lane->words.ready);
	tarn__store(&record[0], off);
	tarn__store(&record[1], old);
	tarn__barrier();
	tarn__set_commit_word(lane, lane->commit + TARN_COMMIT_WORD);
	tarn__barrier();
}

/* Change a word under a lock that the lane holds. */
static inline void
tarn__set_at(bool mutant, struct tarn_lane *lane, uint64_t *word, uint64_t value)
{
	if (!mutant)
		tarn__record(lane, tarn__off(lane->arena, word), tarn__load(word));
	tarn__store(word, value);
}

/* Change the payload of a node that the lane holds DIRTY. */
static inline void
tarn__set_payload_at(bool mutant, struct tarn_lane *lane, uint64_t *node, uint64_t payload)
{
	uint64_t word = tarn__load(node);

	if (!mutant)
		tarn__record(lane, tarn__off(lane->arena, node) | TARN_RECORD_PAYLOAD,
			     word & TARN_NODE_PAYLOAD);
	tarn__store(node, (word & ~TARN_NODE_PAYLOAD) | payload);
}

/*
 * Take a block out of the slot's claim, where claim is the word that says
 * what is in it.  Recorded first, so a death before that word changes finds
 * the block in both places; recovery then only drops the record.
 */
static inline void
tarn__take_at(bool mutant, struct tarn_lane *lane, uint64_t *claim, uint64_t without,
	      tarn_off block)
{
	uint64_t n = tarn__commit_allocs(lane->commit);

	tarn_assert(n < lane->allocs.ready);
	if (!mutant) {
		tarn__store(tarn__list_at(&lane->allocs, n), block);
		tarn__barrier();
		tarn__set_commit_word(lane, lane->commit + TARN_COMMIT_ALLOC);
		tarn__barrier();
	}
	tarn__store(claim, without);
}

/* The block that was freed last, taken again: one store moves it from the limbo to the allocs. */
static inline void
tarn__take_freed(struct tarn_lane *lane)
{
	uint64_t n = tarn__commit_allocs(lane->commit);
	uint64_t top = tarn__commit_limbo(lane->commit) - 1;

	tarn_assert(n < lane->allocs.ready && !lane->frees);
	tarn__store(tarn__list_at(&lane->allocs, n), tarn__load(tarn__list_at(&lane->limbo, top)));
	tarn__barrier();
	tarn__set_commit_word(lane, lane->commit + TARN_COMMIT_ALLOC - TARN_COMMIT_LIMBO);
}

/* A block that this operation does away with; it goes to the limbo when the operation commits. */
static inline void
tarn__free_later(struct tarn_lane *lane, tarn_off block)
{
	uint64_t n = tarn__commit_limbo(lane->commit) + lane->frees;

	tarn_assert(n < lane->limbo.ready);
	tarn__store(tarn__list_at(&lane->limbo, n), block);
	lane->frees++;
}

/*
 * Commit a logged operation, then release all its locks.  TARN_CORRUPT: it
 * is committed, but a lock's offset has been overwritten.
 */
TARN_MUST_CHECK int tarn__commit(struct tarn_lane *lane);

/* Undo a logged operation of one's own; the locks are released. */
TARN_MUST_CHECK int tarn__rollback(struct tarn_lane *lane);

/* ---- single-store operations ------------------------------------------------------------------- */

/*
 * Commit by the release of the one node that the lane has locked, and give
 * it a new payload.  count is a word of this slot alone, or NULL.
 */
void tarn__flip_at(bool mutant, struct tarn_lane *lane, uint64_t *node, uint64_t payload,
		   uint64_t *count, uint64_t count_new);

/*
 * Commit by the store of a word, which must be another than it was, while the
 * lane keeps its lock: for tarn__unlock() afterwards.
 */
void tarn__flip_word_at(bool mutant, struct tarn_lane *lane, uint64_t *word, uint64_t value,
			uint64_t *count, uint64_t count_new);

/* Let go of the one node locked last, with nothing changed that its payload names. */
static inline void
tarn__unlock(struct tarn_lane *lane, uint64_t *node)
{
	uint64_t word = tarn__load(node);

	tarn__store_release(node, tarn__node_released(word, word & TARN_NODE_PAYLOAD));
	tarn__barrier();
	tarn__store(&lane->log->locks, --lane->lock_count);
}

/* ---- nested actions ---------------------------------------------------------------------------- */

/* A node that is read without its lock must be made tarn__dirty() before the first of these stores. */
bool tarn__nested_lock_at(bool mutant, struct tarn_lane *lane, uint64_t *node, uint64_t seen);
void tarn__nested_set_at(bool mutant, struct tarn_lane *lane, uint64_t *word, uint64_t value);
/* So many bits of a bitmap, all of which have the other value; however many, one record. */
void tarn__nested_bits_at(bool mutant, struct tarn_lane *lane, uint64_t *map, uint64_t first,
			  uint64_t count, bool value);
/* The commit word, whose limbo and allocs a nested action may change. */
void tarn__nested_commit_word_at(bool mutant, struct tarn_lane *lane, uint64_t commit);
TARN_MUST_CHECK int tarn__nested_commit(struct tarn_lane *lane);

#define tarn__lock(...) tarn__lock_at(TARN_SITE("intent"), __VA_ARGS__)
#define tarn__lock_gate(...) tarn__lock_gate_at(TARN_SITE("intent"), __VA_ARGS__)
#define tarn__dirty(...) tarn__dirty_at(TARN_SITE("dirty"), __VA_ARGS__)
#define tarn__set(...) tarn__set_at(TARN_SITE("log"), __VA_ARGS__)
#define tarn__set_payload(...) tarn__set_payload_at(TARN_SITE("log"), __VA_ARGS__)
#define tarn__take(...) tarn__take_at(TARN_SITE("alloc"), __VA_ARGS__)
#define tarn__flip(...) tarn__flip_at(TARN_SITE("settle"), __VA_ARGS__)
#define tarn__flip_word(...) tarn__flip_word_at(TARN_SITE("settle"), __VA_ARGS__)
#define tarn__nested_lock(...) tarn__nested_lock_at(TARN_SITE("intent"), __VA_ARGS__)
#define tarn__nested_set(...) tarn__nested_set_at(TARN_SITE("log"), __VA_ARGS__)
#define tarn__nested_bits(...) tarn__nested_bits_at(TARN_SITE("log"), __VA_ARGS__)
#define tarn__nested_commit_word(...) tarn__nested_commit_word_at(TARN_SITE("log"), __VA_ARGS__)

#endif
