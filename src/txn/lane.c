// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * lane.c -- a thread's lane: begin, reserve, commit, end
 *
 * The stores of the protocol that are not on every operation's path; the
 * others are inline in lane.h, which says what they promise together.
 *
 * Who may write what: only the lane's own slot's log and the nodes that it
 * has locked.
 *
 * On death: see recover.c.  A thread that ends is rolled back by itself,
 * so is an operation that never returned (longjmp out of a signal handler):
 * by the next call that comes from no deeper in the stack.
 */
#include "txn/object.h"

#include <stdlib.h>

/* ---- room -------------------------------------------------------------------------------------- */

static int
reserve_list(struct tarn_lane *lane, struct tarn_log_list *list, uint64_t total)
{
	uint64_t entry = list->width * sizeof(uint64_t);
	uint64_t spilled;
	int code;

	if (likely(total <= list->ready))
		return 0;
	if (total > TARN_LIST_MAX)
		return TARN_TOO_BIG;
	spilled = tarn__round_up((total - list->here_count) * entry, TARN_CHUNK);
	code = tarn__arena_give(lane->arena, list->spill_off, spilled);
	if (code)
		return code;
	if (!tarn__at(lane->arena, list->spill_off, spilled, TARN_CHUNK))
		return TARN_CORRUPT;
	list->ready = (uint32_t)tarn__min(TARN_LIST_MAX, list->here_count + spilled / entry);
	return 0;
}

TARN_COLD int
tarn__lane_reserve_more(struct tarn_lane *lane, uint64_t words, uint64_t allocs, uint64_t frees,
			uint64_t locks)
{
	uint64_t commit = lane->commit;
	uint64_t limbo = tarn__commit_limbo(commit) + lane->frees + frees + allocs +
			 tarn__commit_allocs(commit);
	int code;

	code = reserve_list(lane, &lane->words, tarn__commit_words(commit) + words);
	if (!code)
		code = reserve_list(lane, &lane->allocs, tarn__commit_allocs(commit) + allocs);
	if (!code)
		code = reserve_list(lane, &lane->limbo, limbo);
	if (!code)
		code = reserve_list(lane, &lane->locks,
				    lane->lock_count + locks);
	return code;
}

/* ---- operations -------------------------------------------------------------------------------- */

/*
 * Whether the operation that is under way can only have been left: a call
 * from a signal handler comes from deeper in the same stack, or from a
 * stack of its own.  Undoing a live operation would be fatal, so whatever
 * is not plainly abandoned counts as alive.  Calls from one place of the
 * program come from slightly different depths; a handler's are deeper by
 * the whole frame of the signal, which is larger than the slack.
 */
static bool
abandoned(const struct tarn_lane *lane, const char *frame)
{
	return frame + TARN_FRAME_SLACK >= lane->frame && frame >= lane->stack_low && frame < lane->stack_high &&
	       lane->frame >= lane->stack_low;
}

/* A call that never returned took its transaction with it: it can only be ended. */
static TARN_COLD int
leave_abandoned(struct tarn_lane *lane, const char *frame)
{
	int code;

	if (!abandoned(lane, frame))
		return TARN_NESTED;
	code = tarn__rollback(lane);
	lane->busy = false;
	if (lane->txn) {
		lane->txn->failed = code ? code : TARN_DEADLOCK;
		return lane->txn->failed;
	}
	return code;
}

int
tarn__lane_enter(struct tarn_lane *lane)
{
	const char *frame = __builtin_frame_address(0);
	int code = unlikely(lane->busy) ? leave_abandoned(lane, frame) : 0;

	if (unlikely(lane->broken))
		return TARN_CORRUPT;

	if (unlikely(code))
		return code;
	lane->frame = frame;
	tarn__order_for_signals();
	lane->busy = true;
	return 0;
}

/* What tarn__op_begin_now() does not do. */
static TARN_COLD int
find_lane(struct tarn_arena *arena, struct tarn_lane **out)
{
	struct tarn_thread *thread;
	struct tarn_lane *lane;
	int code = tarn__thread_get(arena, &thread);

	if (code)
		return code;
	lane = thread->lane;
	if (lane->txn && !lane->busy)
		return TARN_IN_TXN;
	*out = lane;
	return 0;
}

int
tarn__op_begin(struct tarn_arena *arena, struct tarn_lane **out)
{
	int code;

	*out = tarn__op_begin_now(arena);
	if (likely(*out))
		return 0;
	code = find_lane(arena, out);
	return code ? code : tarn__lane_enter(*out);
}

static uint64_t
commit_word(const struct tarn_lane *lane)
{
	uint64_t limbo = tarn__commit_limbo(lane->commit) + lane->frees;

	return limbo * TARN_COMMIT_LIMBO;
}

int
tarn__commit(struct tarn_lane *lane)
{
	int code;

	lane->commit = commit_word(lane);
	tarn__store_release(&lane->log->commit, lane->commit);
	lane->frees = 0;
	code = tarn__release_locks(lane);
	lane->broken |= code != 0; /* what it still holds must stay listed */
	return code;
}

int
tarn__rollback(struct tarn_lane *lane)
{
	int code;

	tarn__count(lane->arena, &lane->arena->header->statistics.rollbacks);
	code = tarn__lane_recover(lane);
	lane->frees = 0;
	lane->broken |= code != 0;
	return code;
}

/* ---- single-store operations ------------------------------------------------------------------- */

static void
settle_arm(struct tarn_lane *lane, const uint64_t *node, uint64_t word, const uint64_t *count)
{
	struct tarn_log_shm *log = lane->log;

	tarn__store(&log->settle_count, count ? tarn__off(lane->arena, count) : 0);
	tarn__store(&log->settle_count_old, count ? tarn__load(count) : 0);
	tarn__store(&log->settle_commit_new, commit_word(lane));
	tarn__store(&log->settle_node, tarn__off(lane->arena, node));
	tarn__store(&log->settle_word, word);
	tarn__barrier(); /* else an earlier word could pass for "committed" */
	tarn__store(&log->locks, lane->lock_count | TARN_LOCKS_SETTLE);
}

/* The one store that commits, and what goes with it; then so many locks stay listed. */
static TARN_HOT void
flip(bool mutant, struct tarn_lane *lane, uint64_t *word, uint64_t value, uint64_t *count,
     uint64_t count_new, uint64_t locks)
{
	uint64_t commit = commit_word(lane);
	bool settle = count || commit != lane->commit;

	if (settle && !mutant)
		settle_arm(lane, word, tarn__load(word), count);
	tarn__barrier();
	if (count) /* now: once the node is free, so may be the memory of the count */
		tarn__store(count, count_new);
	tarn__store_release(word, value);
	tarn__barrier();
	if (settle) {
		tarn__set_commit_word(lane, commit);
		lane->frees = 0;
		tarn__barrier();
	}
	tarn__store(&lane->log->locks, locks);
	lane->lock_count = locks;
}

void
tarn__flip_at(bool mutant, struct tarn_lane *lane, uint64_t *node, uint64_t payload,
	      uint64_t *count, uint64_t count_new)
{
	flip(mutant, lane, node, tarn__node_released(tarn__load(node), payload), count, count_new, 0);
}

void
tarn__flip_word_at(bool mutant, struct tarn_lane *lane, uint64_t *word, uint64_t value,
		   uint64_t *count, uint64_t count_new)
{
	flip(mutant, lane, word, value, count, count_new, lane->lock_count);
}

/* ---- nested actions ---------------------------------------------------------------------------- */

bool
tarn__nested_lock_at(bool mutant, struct tarn_lane *lane, uint64_t *node, uint64_t seen)
{
	uint64_t count = lane->nested_locks;

	tarn_assert(count < TARN_NESTED_LOCKS_MAX);
	if (!mutant) {
		tarn__store(tarn__nested_locks(lane) + count, tarn__off(lane->arena, node));
		tarn__barrier();
		tarn__store(&lane->log->nested_locks, count + 1);
	}
	if (likely(tarn__cas(node, &seen, seen | lane->owner << TARN_NODE_OWNER_SHIFT))) {
		tarn__fence_release();
		lane->nested_locks = count + 1;
		return true;
	}
	tarn__store(&lane->log->nested_locks, count);
	return false;
}

static void
nested_record(struct tarn_lane *lane, tarn_off off, uint64_t old)
{
	uint64_t *record = tarn__nested_words(lane) + 2 * lane->nested;

	tarn_assert(lane->nested < TARN_NESTED_WORDS_MAX);
	tarn__store(&record[0], off);
	tarn__store(&record[1], old);
	tarn__barrier();
	tarn__store(&lane->log->nested, ++lane->nested);
	tarn__barrier();
}

void
tarn__nested_set_at(bool mutant, struct tarn_lane *lane, uint64_t *word, uint64_t value)
{
	if (!mutant)
		nested_record(lane, tarn__off(lane->arena, word), tarn__load(word));
	tarn__store(word, value);
}

void
tarn__nested_bits_at(bool mutant, struct tarn_lane *lane, uint64_t *map, uint64_t first,
		     uint64_t count, bool value)
{
	if (!mutant)
		nested_record(lane, tarn__off(lane->arena, map) | TARN_RECORD_BITS,
			      first << 32 | count << 1 | !value);
	tarn__store_bits(map, first, count, value);
}

void
tarn__nested_commit_word_at(bool mutant, struct tarn_lane *lane, uint64_t commit)
{
	tarn__nested_set_at(mutant, lane, &lane->log->commit, commit);
	lane->commit = commit;
}

/* The commit is one store; the release of the first lock keeps it before what follows. */
int
tarn__nested_commit(struct tarn_lane *lane)
{
	int code;

	tarn__store_release(&lane->log->nested, 0);
	lane->nested = 0;
	code = tarn__release_nested_locks(lane);
	lane->broken |= code != 0; /* what it still holds must stay listed */
	return code;
}
