// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * recover.c -- put right what a slot has in flight, from its log alone
 *
 * Used after a thread's death, in its name, under its slot's recovery byte;
 * and by a thread on its own lane, to undo an operation.  One routine, so
 * that the tested path is the path.
 *
 * Order, and why
 *	1. nested	its locks stand below the operation's; others may wait
 *			for a span while the operation's nodes stay locked
 *	2. settle	was the node released?  Then the operation is committed
 *			and the commit word follows; else the count is put back
 *	3. words	restored last to first, every time anew; then dropped in
 *			one store.  Only then
 *	4. locks	are released, versions up: nobody sees a torn node
 *	5. allocs	each block goes to the limbo and out of the list by one
 *			store, unless it still stands in the slot's claim
 *
 * After a thread's end the heap then gives back limbo and claims, as far as
 * it finds their locks free; the rest stays for the slot's next owner.
 *
 * Invariants
 *	R1. every step is a store that may be done twice, or is forgotten by
 *	    the store that counts it; so the recoverer may die anywhere
 *	R2. an owner is taken out of a lock word only here and by the owner
 *
 * Nothing in the log is trusted: counts are compared with what has memory,
 * offsets with where undo may write.  A log that makes no sense is
 * TARN_CORRUPT; the slot then keeps its locks, becomes BROKEN, and is never
 * used again.  So does a free slot's log that is not at rest.
 */
#include "txn/lane.h"

#include <stdlib.h>

/* ---- views ------------------------------------------------------------------------------------- */

/* Where undo may write: heap and catalog words, run map, the slot's own counts, descriptors, data. */
static bool
undo_may_write(const struct tarn_lane *lane, tarn_off off)
{
	if (off >= lane->log_off && off < lane->log_off + TARN_LOG_NESTED_LOCKS)
		return true;
	if (off >= lane->arena->fixed.runs_off && off < lane->arena->fixed.slots_off)
		return true;
	if (off >= TARN_HEAP_WORDS_OFF && off < TARN_CHUNK)
		return true;
	return off >= lane->arena->fixed.descs_off;
}

uint64_t *
tarn__undo_target(struct tarn_lane *lane, tarn_off off, uint64_t size)
{
	if (!undo_may_write(lane, off) || !undo_may_write(lane, off + size - 8))
		return NULL;
	return tarn__at(lane->arena, off, size, 8);
}

static void
list_view(struct tarn_lane *lane, struct tarn_log_list *list, unsigned at, uint32_t here,
	  uint32_t width, unsigned spill_at)
{
	struct tarn_arena *arena = lane->arena;
	uint64_t index = lane->owner - 1;
	tarn_off spill = arena->fixed.spills_off + index * TARN_SPILL_SIZE +
			 spill_at * TARN_SPILL_LIST;
	uint64_t room = width * TARN_SPILL_LIST;
	uint64_t given = 0;

	while (given < room && tarn__at(arena, spill + given, TARN_CHUNK, TARN_CHUNK))
		given += TARN_CHUNK;
	list->here = (uint64_t *)((char *)lane->log + at);
	list->spill = (uint64_t *)(arena->base + spill);
	list->spill_off = spill;
	list->here_count = here;
	list->width = width;
	list->ready = (uint32_t)tarn__min(TARN_LIST_MAX, here + given / (width * sizeof(uint64_t)));
}

/* Read the log's counts anew; TARN_CORRUPT if what they count has no room. */
static int
load_counts(struct tarn_lane *lane)
{
	uint64_t commit = tarn__load(&lane->log->commit);
	uint64_t allocs = tarn__commit_allocs(commit);

	lane->commit = commit;
	lane->lock_count = tarn__locks_count(tarn__load(&lane->log->locks));
	lane->nested = tarn__load(&lane->log->nested);
	lane->nested_locks = tarn__load(&lane->log->nested_locks);
	if (tarn__commit_words(commit) > lane->words.ready || allocs > lane->allocs.ready ||
	    tarn__commit_limbo(commit) + allocs > lane->limbo.ready ||
	    lane->lock_count > lane->locks.ready || lane->nested > TARN_NESTED_WORDS_MAX ||
	    lane->nested_locks > TARN_NESTED_LOCKS_MAX)
		return TARN_CORRUPT;
	return 0;
}

int
tarn__lane_view(struct tarn_lane *lane, struct tarn_arena *arena, uint64_t index)
{
	*lane = (struct tarn_lane){ .arena = arena, .owner = index + 1 };
	if (index >= arena->fixed.slot_count)
		return TARN_CORRUPT;
	lane->spread = tarn__slot_spread(arena, index);
	lane->log_off = arena->fixed.logs_off + index * TARN_LOG_SIZE;
	lane->log = tarn__at(arena, lane->log_off, TARN_LOG_SIZE, TARN_LOG_SIZE);
	if (!lane->log || tarn__load(&lane->log->magic) != TARN_LOG_MAGIC)
		return TARN_CORRUPT;
	list_view(lane, &lane->words, TARN_LOG_WORDS, TARN_WORDS_HERE, 2, 0);
	list_view(lane, &lane->allocs, TARN_LOG_ALLOCS, TARN_ALLOCS_HERE, 1, 2);
	list_view(lane, &lane->limbo, TARN_LOG_LIMBO, TARN_LIMBO_HERE, 1, 3);
	list_view(lane, &lane->locks, TARN_LOG_LOCKS, TARN_LOCKS_HERE, 1, 4);
	return load_counts(lane);
}

/* ---- undo -------------------------------------------------------------------------------------- */

/* The record says first:32 | count:31 | value:1. */
static int
restore_bits(struct tarn_lane *lane, tarn_off map_off, uint64_t run)
{
	uint64_t first = run >> 32, count = (run & UINT32_MAX) >> 1;
	tarn_off words_off = map_off + first / 64 * 8;
	uint64_t *words = tarn__undo_target(lane, words_off, ((first & 63) + count + 63) / 64 * 8);

	if (!words || !count)
		return TARN_CORRUPT;
	tarn__store_bits(words, first & 63, count, run & 1);
	return 0;
}

static int
restore(struct tarn_lane *lane, const uint64_t *record)
{
	tarn_off off = tarn__load(&record[0]);
	uint64_t old = tarn__load(&record[1]);
	uint64_t *word;
	uint64_t now;

	if (off & TARN_RECORD_BITS)
		return restore_bits(lane, off & ~TARN_RECORD_KIND, old);
	word = tarn__undo_target(lane, off & ~TARN_RECORD_PAYLOAD, 8);
	if (!word)
		return TARN_CORRUPT;
	if (off & TARN_RECORD_PAYLOAD) {
		now = tarn__load(word);
		if (!tarn__node_owned_by(now, lane->owner))
			return TARN_CORRUPT;
		old = (now & ~TARN_NODE_PAYLOAD) | (old & TARN_NODE_PAYLOAD);
	}
	tarn__store(word, old);
	return 0;
}

/* Let go of one lock, if the slot still owns it. */
static int
release(struct tarn_lane *lane, tarn_off off)
{
	uint64_t *node = tarn__undo_target(lane, off & ~TARN_LOCK_MARKS, 8);
	uint64_t word;

	if (!node)
		return TARN_CORRUPT;
	word = tarn__load(node);
	if (!tarn__node_owned_by(word, lane->owner))
		return 0;
	if (off & TARN_LOCK_GATE) /* who takes it next as a user's lock is still to be told */
		tarn__gate_open(node, word & TARN_GATE_DIED);
	else
		tarn__store_release(node, tarn__node_released(word, word & TARN_NODE_PAYLOAD));
	return 0;
}

int
tarn__release_locks(struct tarn_lane *lane)
{
	int code;

	for (uint64_t i = 0; i < lane->lock_count; i++) {
		code = release(lane, tarn__load(tarn__list_at(&lane->locks, i)));
		if (code)
			return code;
	}
	tarn__barrier();
	tarn__store(&lane->log->locks, 0);
	lane->lock_count = 0;
	return 0;
}

int
tarn__release_nested_locks(struct tarn_lane *lane)
{
	int code;

	for (uint64_t i = 0; i < lane->nested_locks; i++) {
		code = release(lane, tarn__load(tarn__nested_locks(lane) + i));
		if (code)
			return code;
	}
	tarn__barrier();
	tarn__store(&lane->log->nested_locks, 0);
	lane->nested_locks = 0;
	return 0;
}

static int
undo_nested(struct tarn_lane *lane)
{
	int code;

	if (!lane->nested && !lane->nested_locks)
		return 0;
	for (uint64_t n = lane->nested; n > 0; n--) {
		code = restore(lane, tarn__nested_words(lane) + 2 * (n - 1));
		if (code)
			return code;
	}
	tarn__store_release(&lane->log->nested, 0);
	lane->nested = 0;
	return tarn__release_nested_locks(lane);
}

/* Committed, if the node is no longer as it was while locked. */
static int
settle(struct tarn_lane *lane)
{
	struct tarn_log_shm *log = lane->log;
	uint64_t locks = tarn__load(&log->locks);
	tarn_off count_off = tarn__load(&log->settle_count);
	uint64_t *node, *count;

	if (!(locks & TARN_LOCKS_SETTLE))
		return 0;
	node = tarn__undo_target(lane, tarn__load(&log->settle_node), 8);
	count = count_off ? tarn__undo_target(lane, count_off, 8) : NULL;
	if (!node || (count_off && !count))
		return TARN_CORRUPT;
	if (tarn__load_acquire(node) != tarn__load(&log->settle_word))
		tarn__store(&log->commit, tarn__load(&log->settle_commit_new));
	else if (count)
		tarn__store(count, tarn__load(&log->settle_count_old));
	tarn__barrier();
	tarn__store(&log->locks, locks & ~TARN_LOCKS_SETTLE);
	return 0;
}

static int
undo_words(struct tarn_lane *lane)
{
	uint64_t words = tarn__commit_words(lane->commit);
	int code;

	if (!words)
		return 0;
	for (uint64_t n = words; n > 0; n--) {
		code = restore(lane, tarn__list_at(&lane->words, n - 1));
		if (code)
			return code;
	}
	tarn__barrier();
	tarn__set_commit_word(lane, lane->commit - words);
	return 0;
}

/* The blocks taken by what was undone: into the limbo, one store each. */
static void
take_back_allocs(struct tarn_lane *lane)
{
	uint64_t commit;
	tarn_off block;

	while (tarn__commit_allocs(commit = lane->commit)) {
		block = tarn__load(tarn__list_at(&lane->allocs, tarn__commit_allocs(commit) - 1));
		commit -= TARN_COMMIT_ALLOC;
		if (!tarn__lane_heap || !tarn__lane_heap->still_claimed(lane, block)) {
			tarn__store(tarn__list_at(&lane->limbo, tarn__commit_limbo(commit)), block);
			commit += TARN_COMMIT_LIMBO;
		}
		tarn__barrier();
		tarn__set_commit_word(lane, commit);
	}
}

int
tarn__lane_recover(struct tarn_lane *lane)
{
	int code = load_counts(lane);

	if (!code)
		code = undo_nested(lane);
	if (!code)
		code = settle(lane);
	if (!code)
		code = load_counts(lane); /* both may have stored the commit word anew */
	if (!code)
		code = undo_words(lane);
	if (!code)
		code = tarn__release_locks(lane);
	if (code)
		return code;
	take_back_allocs(lane);
	return 0;
}

/* ---- what the member floor asks for ------------------------------------------------------------ */

static bool
in_flight(const struct tarn_lane *lane)
{
	return tarn__commit_words(lane->commit) || tarn__commit_allocs(lane->commit) ||
	       tarn__load(&lane->log->locks) || lane->nested || lane->nested_locks;
}

static int
prepare_slot(struct tarn_arena *arena, uint64_t index)
{
	tarn_off off = arena->fixed.logs_off + index * TARN_LOG_SIZE;
	struct tarn_log_shm *log;
	int code = tarn__arena_give(arena, off, TARN_LOG_SIZE);

	if (code)
		return code;
	log = tarn__at(arena, off, TARN_LOG_SIZE, TARN_LOG_SIZE);
	if (!log)
		return TARN_CORRUPT;
	tarn__store(&log->magic, TARN_LOG_MAGIC);
	return 0;
}

static int
recover_slot(struct tarn_arena *arena, uint64_t index)
{
	struct tarn_slot_shm *slot = tarn__slot_at(arena, index);
	struct tarn_lane lane;
	int code = tarn__lane_view(&lane, arena, index);

	if (code || !slot)
		return TARN_CORRUPT;
	if (in_flight(&lane)) {
		if (tarn__load(&slot->boot) != arena->boot)
			return TARN_HOST;
		tarn__count(arena, &arena->header->statistics.rollbacks);
		code = tarn__lane_recover(&lane);
	}
	if (!code)
		code = tarn__held_release(&lane);
	if (!code && tarn__lane_heap)
		tarn__lane_heap->drain(&lane);
	return code;
}

static int
enter_slot(struct tarn_thread *thread)
{
	struct tarn_lane *lane = malloc(sizeof(*lane));
	int code;

	if (!lane)
		return TARN_SYSTEM;
	code = tarn__lane_view(lane, thread->arena, thread->index);
	if (!code && in_flight(lane))
		code = TARN_CORRUPT; /* who had it before has left it at rest (S2) */
	if (!code && tarn__lane_heap)
		code = tarn__lane_heap->enter(lane);
	if (code) {
		free(lane);
		return code;
	}
	tarn__os_stack(&lane->stack_low, &lane->stack_high);
	lane->slot = thread->slot;
	thread->lane = lane;
	return 0;
}

/* The lane's private memory only: after fork() the arena need not even be mapped. */
static void
forget_slot(struct tarn_thread *thread)
{
	struct tarn_lane *lane = thread->lane;

	if (lane && tarn__lane_heap)
		tarn__lane_heap->leave(lane);
	if (lane && !lane->txn) /* the program may still ask about one that is open */
		tarn__txn_free(lane->txn_memory);
	free(lane);
	thread->lane = NULL;
}

static int
leave_slot(struct tarn_thread *thread)
{
	struct tarn_lane *lane = thread->lane;
	int code = tarn__lane_recover(lane);

	if (!code)
		code = tarn__held_release(lane);
	if (!code && tarn__lane_heap)
		tarn__lane_heap->drain(lane);
	lane->txn = NULL; /* it ends with its thread */
	forget_slot(thread);
	return code;
}

static uint64_t
locks_held(struct tarn_arena *arena, uint64_t index)
{
	struct tarn_lane lane;

	if (tarn__lane_view(&lane, arena, index))
		return 0;
	return lane.lock_count + lane.nested_locks + tarn__held_count(&lane);
}

static uint64_t
holder(struct tarn_arena *arena, tarn_off off)
{
	const uint64_t *word = tarn__at(arena, off, sizeof(*word), 8);
	uint64_t owner = word ? tarn__node_owner(tarn__load(word)) : 0;

	return owner - 1;
}

static const struct tarn_slot_work slot_work = {
	.prepare = prepare_slot,
	.recover = recover_slot,
	.enter = enter_slot,
	.leave = leave_slot,
	.forget = forget_slot,
	.locks_held = locks_held,
	.holder = holder,
};

const struct tarn_slot_work *tarn__slot_work = &slot_work;

const struct tarn_arena_upper tarn__txn_upper = {
	.layout = TARN_LOG_SIZE + TARN_SPILL_SIZE + TARN_LOG_LIMBO,
};
