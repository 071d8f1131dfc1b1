// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * protocol.c -- the crash protocol as a model, killed before every store
 *
 * Everything that makes Tarn safe when a process is killed, and nothing
 * else: node words, the log, the commit word, the settle record, the nested
 * lane, claims and limbo, and recovery, over two buckets and one span of
 * blocks.  It shares no code with the library.
 *
 * Picture
 *
 *	node word    version:36 | owner:12 | DIRTY:1 | payload:15
 *	commit word  words:16 | allocs:16 | limbo:16 | spare:16 (from the low end)
 *
 *	a slot       outer lane:   records (counted in the commit word), intents
 *	             nested lane:  records and count, intents
 *	             settle record; its ARMED flag stands beside the intents' count
 *	             allocs, limbo, claim mask, a count for each map
 *
 *	map b        the places of bucket b that its payload says are taken; each has
 *	             a key and a block; its size is the sum of the slots' counts
 *
 * Operations
 *	logged: lock, DIRTY, (record, count it, store in place)..., the commit
 *	is one store of the commit word; then the locks, then the intents
 *	single store: fill a free place, write the settle record, arm it; the
 *	release store of the node word is the commit; then what was settled
 *	add: the store of the value is the commit
 *	nested: refill, drain and giving back, finished before the outer
 *	operation goes on; the commit is count = 0
 *
 * Every store goes through st() or cas().  Slot 0 dies before each store of an
 * operation; then its recoverer dies before each store of the recovery, and
 * another recovers.  Meanwhile slot 1 lives: as soon as a bucket and the
 * span are free, it inserts an entry of its own.  Slot 2 lives too: at some
 * moment of the recovery, another one each time, it claims blocks anew.
 *
 * Invariants
 *	I1. afterwards each block is in exactly one place, each count right,
 *	    the operation there wholly or not at all (wholly, once it returned),
 *	    no lock held, slot 0 as good as new, slot 1's entries still there
 *	I2. after every store, in operations and in recoveries, what a reader
 *	    finds in all the nodes that are not DIRTY is the contents before, or
 *	    the contents after
 *	I3. a slow reader, that finds a node word again as it was (but for the
 *	    owner) and not DIRTY, has read at most one word that changed
 *	I4. the version of a node never falls, and rises at each release
 *
 * A model that finds nothing wrong proves little, so there are mutants: one
 * step left out or out of order.  Each runs in a child process and has to
 * break an invariant.  "protocol N" runs mutant N alone.
 *
 * Not done
 *	Memory order (a killed thread leaves a prefix of its stores), waiting,
 *	several spans, extension of the log, stores of two slots in turn.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUCKETS 2
#define SPAN BUCKETS // the node that guards the bitmap
#define NODES (BUCKETS + 1)
#define PLACES 4
#define BLOCKS 18
#define SLOTS 3
#define REFILL 2
#define RECORDS 40
#define INTENTS 8
#define STEPS 4 // at most, in a transaction
#define DRAIN_ABOVE 2
#define KEYS 7
#define LIVE_KEY 1000
#define VIEWS 600
#define STATES 2500
#define PATIENCE 24
#define SEED UINT64_C(0x7461726e)

#define PAYLOAD UINT64_C(0x7fff)
#define DIRTY (UINT64_C(1) << 15)
#define OWNER_SHIFT 16
#define OWNER (UINT64_C(0xfff) << OWNER_SHIFT)
#define ONE_VERSION (UINT64_C(1) << 28)

#define FIELD UINT64_C(0xffff)
#define ONE_WORD UINT64_C(1)
#define ONE_ALLOC (UINT64_C(1) << 16)
#define ONE_LIMBO (UINT64_C(1) << 32)

#define ARMED (UINT64_C(1) << 32) // beside the count of the outer intents
#define KIND_PAYLOAD UINT64_C(1) // in a record's offset

enum mutant {
	NONE,
	ALLOC_AFTER_MASK,
	ALLOC_COUNTED_FIRST,
	ALLOC_UNDONE_IN_TWO,
	ALLOC_MASK_IGNORED,
	REFILL_NO_UNDO,
	DRAIN_NO_UNDO,
	GIVE_BACK_NO_UNDO,
	NESTED_RELEASED_FIRST,
	NESTED_NOT_UNDONE,
	NO_RECORD,
	STORE_BEFORE_RECORD,
	RECORD_COUNTED_FIRST,
	NO_PAYLOAD_RECORD,
	RESTORE_FORWARDS,
	DROPPED_ONE_BY_ONE,
	DROPPED_BEFORE_RESTORED,
	FREED_BEFORE_DROPPED,
	COMMIT_IN_TWO,
	RELEASED_BEFORE_COMMIT,
	NO_INTENT,
	INTENT_AFTER_LOCK,
	INTENTS_ZEROED_FIRST,
	SETTLE_ARMED_LATE,
	SETTLE_ARMED_EARLY,
	SETTLE_NOT_ASKED,
	SETTLE_NO_COUNT,
	SETTLE_NO_COMMIT,
	SETTLE_DISARMED_FIRST,
	VERSION_RESTORED,
	VERSION_KEPT,
	NO_DIRTY,
	DIRTY_LATE,
	DIRTY_LEFT,
	FREED_BEFORE_COMMIT,
	PAYLOAD_WHOLE_WORD,
	PLACE_IN_USE,
	MUTANTS
};

static const char *const mutant_names[MUTANTS] = {
	[ALLOC_AFTER_MASK] = "alloc recorded after the mask",
	[ALLOC_COUNTED_FIRST] = "alloc counted before it is written",
	[ALLOC_UNDONE_IN_TWO] = "alloc undone in two stores",
	[ALLOC_MASK_IGNORED] = "alloc undone although still in the mask",
	[REFILL_NO_UNDO] = "refill without undo",
	[DRAIN_NO_UNDO] = "drain without undo",
	[GIVE_BACK_NO_UNDO] = "claims given back without undo",
	[NESTED_RELEASED_FIRST] = "nested lock released before its commit",
	[NESTED_NOT_UNDONE] = "nested lane not undone, only released",
	[NO_RECORD] = "no word record",
	[STORE_BEFORE_RECORD] = "store before its record",
	[RECORD_COUNTED_FIRST] = "record counted before it is written",
	[NO_PAYLOAD_RECORD] = "no payload record",
	[RESTORE_FORWARDS] = "words restored forwards",
	[DROPPED_ONE_BY_ONE] = "words dropped one by one at the commit",
	[DROPPED_BEFORE_RESTORED] = "words dropped before they are restored",
	[FREED_BEFORE_DROPPED] = "locks freed before the words are dropped",
	[COMMIT_IN_TWO] = "commit in two stores",
	[RELEASED_BEFORE_COMMIT] = "locks released before the commit",
	[NO_INTENT] = "intents not recorded",
	[INTENT_AFTER_LOCK] = "intent recorded after the lock",
	[INTENTS_ZEROED_FIRST] = "intents zeroed before the locks are released",
	[SETTLE_ARMED_LATE] = "settle armed after the release",
	[SETTLE_ARMED_EARLY] = "settle armed before it is written",
	[SETTLE_NOT_ASKED] = "settle taken for committed without a look at the node",
	[SETTLE_NO_COUNT] = "settle's count not put back",
	[SETTLE_NO_COMMIT] = "settle's commit word skipped",
	[SETTLE_DISARMED_FIRST] = "settle disarmed before it is stored",
	[VERSION_RESTORED] = "version restored by the rollback",
	[VERSION_KEPT] = "version not raised by a release",
	[NO_DIRTY] = "DIRTY not set",
	[DIRTY_LATE] = "DIRTY set after the first store",
	[DIRTY_LEFT] = "DIRTY left by the release",
	[FREED_BEFORE_COMMIT] = "frees in the limbo before the commit",
	[PAYLOAD_WHOLE_WORD] = "payload record restores the word from before the lock",
	[PLACE_IN_USE] = "single store writes into a place in use",
};

struct record {
	uint64_t where; // offset, and a kind in the low bits
	uint64_t old;
};

struct lane {
	uint64_t count; // of records; the nested lane's only
	uint64_t intents;
	uint64_t intent[INTENTS];
	struct record record[RECORDS];
};

struct settle {
	uint64_t node;
	uint64_t word; // as it was while locked
	uint64_t where; // of the count
	uint64_t count; // as it was
	uint64_t commit;
};

struct slot {
	uint64_t commit;
	struct lane outer;
	struct lane nested;
	struct settle settle;
	uint64_t alloc[RECORDS];
	uint64_t limbo[BLOCKS + STEPS];
	uint64_t mask;
	uint64_t count[BUCKETS];
};

struct bucket {
	uint64_t key[PLACES];
	uint64_t block[PLACES];
};

struct arena {
	uint64_t node[NODES];
	uint64_t free_blocks;
	uint64_t data[BLOCKS];
	struct bucket bucket[BUCKETS];
	struct slot slot[SLOTS];
};

enum kind {
	PUT,
	ERASE,
	ADD,
	MOVE,
	TRANSACTION
};

struct request {
	enum kind kind;
	unsigned bucket;
	uint64_t key;
	uint64_t value;
	unsigned steps;
	bool give_up; // roll back in the end
	struct request *step; // of a transaction
};

// What a reader finds in a bucket; the words of free places are 0.
struct view {
	uint64_t word;
	uint64_t found[2 * PLACES];
};

static struct arena a;
static enum mutant mutant;

// The world around the stores.
static struct {
	jmp_buf death;
	const char *verdict;
	long countdown; // stores until death; negative: none
	long stores;
	bool live_may_run;
	bool live_running;
	bool live_acted[BUCKETS];
	bool live_has[BUCKETS];
	long patience; // stores of the recovery before slot 2 claims anew
	bool watching;
	uint64_t before[BUCKETS];
	uint64_t after[BUCKETS];
	bool tracing;
	size_t views;
	struct view view[VIEWS][BUCKETS];
} world;

static void live(void);
static void watch(void);
static void rollback(struct slot *s);

/* ---- stores ---------------------------------------------------------------------------------- */

static _Noreturn void
fail(const char *why)
{
	world.verdict = why;
	longjmp(world.death, 2);
}

static uint64_t
within(uint64_t n, uint64_t limit)
{
	if (n >= limit)
		fail("an index is out of bounds");
	return n;
}

static uint64_t
version(uint64_t word)
{
	return word / ONE_VERSION;
}

static void
look_at_node(uint64_t old, uint64_t new)
{
	if (version(new) < version(old))
		fail("a version fell");
	if ((old & OWNER) != 0 && (new &OWNER) == 0 && version(new) == version(old))
		fail("a release did not raise the version");
}

// Another may act, or the process may die, before any store.
static void
before_store(void)
{
	if (world.live_running)
		return;
	if (world.live_may_run) {
		world.patience--;
		live();
	}
	if (world.countdown == 0)
		longjmp(world.death, 1);
	if (world.countdown > 0)
		world.countdown--;
	world.stores++;
}

static void
store(uint64_t *p, uint64_t value)
{
	if (p >= a.node && p < a.node + NODES)
		look_at_node(*p, value);
	*p = value;
	if (!world.live_running && (world.watching || world.tracing))
		watch();
}

static void
st(uint64_t *p, uint64_t value)
{
	before_store();
	store(p, value);
}

static bool
cas(uint64_t *p, uint64_t expected, uint64_t value)
{
	before_store();
	if (*p != expected)
		return false;
	store(p, value);
	return true;
}

static uint64_t
offset(const uint64_t *p)
{
	return (uint64_t)((const char *)p - (const char *)&a);
}

static uint64_t *
at(uint64_t where)
{
	return (uint64_t *)(void *)((char *)&a + within(where, sizeof(a)) / 8 * 8);
}

/* ---- words ----------------------------------------------------------------------------------- */

static uint64_t
commit_word(uint64_t words, uint64_t allocs, uint64_t limbo)
{
	return words * ONE_WORD | allocs * ONE_ALLOC | limbo * ONE_LIMBO;
}

static uint64_t
words(const struct slot *s)
{
	return s->commit & FIELD;
}

static uint64_t
allocs(const struct slot *s)
{
	return s->commit / ONE_ALLOC & FIELD;
}

static uint64_t
limbo(const struct slot *s)
{
	return s->commit / ONE_LIMBO & FIELD;
}

static uint64_t
owner_of(const struct slot *s)
{
	return (uint64_t)(s - a.slot + 1) << OWNER_SHIFT;
}

static bool
owns(const struct slot *s, uint64_t word)
{
	return (word & OWNER) == owner_of(s);
}

static uint64_t
released(uint64_t word, uint64_t payload)
{
	uint64_t up = mutant == VERSION_KEPT ? 0 : ONE_VERSION;
	uint64_t dirty = mutant == DIRTY_LEFT ? word & DIRTY : 0;

	return ((word & ~(OWNER | DIRTY | PAYLOAD)) + up) | dirty | payload;
}

/* ---- lanes: locks and records ---------------------------------------------------------------- */

static void
intend(struct lane *lane, uint64_t *node)
{
	uint64_t n = within(lane->intents, INTENTS);

	st(&lane->intent[n], offset(node));
	st(&lane->intents, n + 1);
}

static void
lock(struct slot *s, struct lane *lane, uint64_t *node)
{
	uint64_t seen = *node;

	if (owns(s, seen))
		return;
	if (mutant != NO_INTENT && mutant != INTENT_AFTER_LOCK)
		intend(lane, node);
	while ((seen & OWNER) != 0 || !cas(node, seen, seen | owner_of(s))) {
		seen = *node;
		if ((seen & OWNER) != 0)
			fail("a lock is held for good");
	}
	if (mutant == INTENT_AFTER_LOCK)
		intend(lane, node);
	if (mutant == NO_INTENT && !world.live_running && world.countdown < 0)
		intend(lane, node); // so that only who is killed cannot unlock
}

static void
release(struct slot *s, struct lane *lane)
{
	uint64_t n = lane->intents & FIELD;

	if (mutant == INTENTS_ZEROED_FIRST)
		st(&lane->intents, 0);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t *node = at(lane->intent[within(i, INTENTS)]);
		if (owns(s, *node))
			st(node, released(*node, *node & PAYLOAD));
	}
	st(&lane->intents, 0);
}

static uint64_t
records(const struct slot *s, const struct lane *lane)
{
	return lane == &s->nested ? lane->count : words(s);
}

static void
set_records(struct slot *s, struct lane *lane, uint64_t n)
{
	if (lane == &s->nested)
		st(&lane->count, n);
	else
		st(&s->commit, (s->commit & ~FIELD) | n);
}

static void
record(struct slot *s, struct lane *lane, uint64_t where, uint64_t old)
{
	uint64_t n = within(records(s, lane), RECORDS);

	if (mutant == RECORD_COUNTED_FIRST)
		set_records(s, lane, n + 1);
	st(&lane->record[n].where, where);
	st(&lane->record[n].old, old);
	if (mutant != RECORD_COUNTED_FIRST)
		set_records(s, lane, n + 1);
}

// Stores a word that only the holder of its lock, or the slot, writes.
static void
logged(struct slot *s, struct lane *lane, uint64_t *p, uint64_t value)
{
	bool outer = lane == &s->outer;
	uint64_t old = *p;

	if (mutant == STORE_BEFORE_RECORD && outer)
		st(p, value);
	if (mutant != NO_RECORD || !outer)
		record(s, lane, offset(p), old);
	if (mutant != STORE_BEFORE_RECORD || !outer)
		st(p, value);
}

static void
set_dirty(uint64_t *node)
{
	if ((*node & DIRTY) == 0 && mutant != NO_DIRTY)
		st(node, (*node + ONE_VERSION) | DIRTY);
}

static void
logged_payload(struct slot *s, uint64_t *node, uint64_t payload)
{
	uint64_t old = *node & PAYLOAD;

	if (mutant == PAYLOAD_WHOLE_WORD)
		old = (*node & ~(OWNER | DIRTY)) - ONE_VERSION;
	if (mutant != NO_PAYLOAD_RECORD)
		record(s, &s->outer, offset(node) | KIND_PAYLOAD, old);
	st(node, (*node & ~PAYLOAD) | payload);
}

static void
restore(const struct record *r)
{
	uint64_t *p = at(r->where);

	if ((r->where & KIND_PAYLOAD) != 0 && mutant != PAYLOAD_WHOLE_WORD)
		st(p, (*p & ~PAYLOAD) | r->old);
	else
		st(p, r->old);
}

// Puts the old words back, last first, and drops the records in one store.
static void
undo(struct slot *s, struct lane *lane)
{
	uint64_t n = records(s, lane);

	if (n == 0)
		return;
	if (mutant == DROPPED_BEFORE_RESTORED)
		set_records(s, lane, 0);
	for (uint64_t i = 0; i < n; i++)
		restore(&lane->record[within(mutant == RESTORE_FORWARDS ? i : n - 1 - i, RECORDS)]);
	if (mutant == FREED_BEFORE_DROPPED && lane == &s->outer)
		release(s, lane);
	set_records(s, lane, 0);
}

/* ---- the nested lane: blocks between slot and span ------------------------------------------- */

static void
nested_begin(struct slot *s)
{
	lock(s, &s->nested, &a.node[SPAN]);
}

static void
nested_store(struct slot *s, uint64_t *p, uint64_t value, enum mutant without)
{
	if (mutant == without)
		st(p, value);
	else
		logged(s, &s->nested, p, value);
}

static void
nested_commit(struct slot *s)
{
	if (mutant == NESTED_RELEASED_FIRST)
		release(s, &s->nested);
	st(&s->nested.count, 0);
	release(s, &s->nested);
}

static bool
refill(struct slot *s)
{
	uint64_t take = 0;

	nested_begin(s);
	for (uint64_t i = 0, left = a.free_blocks; i < REFILL && left != 0; i++, left &= left - 1)
		take |= left & -left;
	if (take != 0) {
		nested_store(s, &a.free_blocks, a.free_blocks & ~take, REFILL_NO_UNDO);
		nested_store(s, &s->mask, take, REFILL_NO_UNDO);
	}
	nested_commit(s);
	return take != 0;
}

static void
drain(struct slot *s)
{
	uint64_t given = 0;

	if (limbo(s) == 0)
		return;
	for (uint64_t i = 0; i < limbo(s); i++)
		given |= UINT64_C(1) << within(s->limbo[within(i, BLOCKS)], BLOCKS);
	nested_begin(s);
	nested_store(s, &a.free_blocks, a.free_blocks | given, DRAIN_NO_UNDO);
	nested_store(s, &s->commit, s->commit - limbo(s) * ONE_LIMBO, DRAIN_NO_UNDO);
	nested_commit(s);
}

static void
give_back(struct slot *s)
{
	if (s->mask == 0)
		return;
	nested_begin(s);
	nested_store(s, &a.free_blocks, a.free_blocks | s->mask, GIVE_BACK_NO_UNDO);
	nested_store(s, &s->mask, 0, GIVE_BACK_NO_UNDO);
	nested_commit(s);
}

static int
take_block(struct slot *s, uint64_t value)
{
	if (s->mask == 0 && !refill(s))
		return -1;
	int block = __builtin_ctzll(s->mask);
	uint64_t n = within(allocs(s), RECORDS);
	if (mutant == ALLOC_AFTER_MASK)
		st(&s->mask, s->mask & (s->mask - 1));
	if (mutant == ALLOC_COUNTED_FIRST)
		st(&s->commit, s->commit + ONE_ALLOC);
	st(&s->alloc[n], (uint64_t)block);
	if (mutant != ALLOC_COUNTED_FIRST)
		st(&s->commit, s->commit + ONE_ALLOC);
	if (mutant != ALLOC_AFTER_MASK)
		st(&s->mask, s->mask & (s->mask - 1));
	st(&a.data[within((uint64_t)block, BLOCKS)], value); // nobody can reach it yet
	return block;
}

/* ---- logged operations ----------------------------------------------------------------------- */

static int
find(unsigned b, uint64_t key)
{
	for (int i = 0; i < PLACES; i++) {
		if ((a.node[b] >> i & 1) != 0 && a.bucket[b].key[i] == key)
			return i;
	}
	return -1;
}

static int
room(unsigned b)
{
	for (int i = 0; i < PLACES; i++) {
		if ((a.node[b] >> i & 1) == 0)
			return i;
	}
	return -1;
}

static void
free_block(struct slot *s, uint64_t *frees, uint64_t block)
{
	st(&s->limbo[within(limbo(s) + *frees, BLOCKS + STEPS)], block);
	if (mutant == FREED_BEFORE_COMMIT)
		st(&s->commit, s->commit + ONE_LIMBO);
	else
		++*frees;
}

static void
commit(struct slot *s, uint64_t frees)
{
	uint64_t new = commit_word(0, 0, limbo(s) + frees);

	if (mutant == RELEASED_BEFORE_COMMIT)
		release(s, &s->outer);
	while (mutant == DROPPED_ONE_BY_ONE && words(s) > 0)
		st(&s->commit, s->commit - ONE_WORD);
	if (mutant == COMMIT_IN_TWO)
		st(&s->commit, s->commit - words(s));
	st(&s->commit, new);
	release(s, &s->outer);
}

static void
logged_count(struct slot *s, unsigned b, uint64_t change)
{
	logged(s, &s->outer, &s->count[b], s->count[b] + change);
}

static void
logged_insert(struct slot *s, unsigned b, int place, uint64_t key, int block)
{
	struct bucket *bucket = &a.bucket[b];

	logged(s, &s->outer, &bucket->key[place], key);
	logged(s, &s->outer, &bucket->block[place], (uint64_t)block);
	logged_payload(s, &a.node[b], (a.node[b] & PAYLOAD) | UINT64_C(1) << place);
	logged_count(s, b, 1);
}

static void
logged_replace(struct slot *s, unsigned b, int place, int block, uint64_t *frees)
{
	uint64_t old = a.bucket[b].block[place];

	if (mutant != DIRTY_LATE)
		set_dirty(&a.node[b]);
	logged(s, &s->outer, &a.bucket[b].block[place], (uint64_t)block);
	set_dirty(&a.node[b]);
	free_block(s, frees, old);
}

static void
logged_remove(struct slot *s, unsigned b, int place, uint64_t *frees)
{
	free_block(s, frees, a.bucket[b].block[place]);
	logged_payload(s, &a.node[b], (a.node[b] & PAYLOAD) & ~(UINT64_C(1) << place));
	logged_count(s, b, -UINT64_C(1));
}

static bool
step_put(struct slot *s, const struct request *r, uint64_t *frees)
{
	lock(s, &s->outer, &a.node[r->bucket]);
	int old = find(r->bucket, r->key);
	int place = room(r->bucket);
	int block = take_block(s, r->value);
	if (block < 0 || (old < 0 && place < 0))
		return false;
	if (old >= 0) {
		logged_replace(s, r->bucket, old, block, frees);
	} else {
		set_dirty(&a.node[r->bucket]);
		logged_insert(s, r->bucket, place, r->key, block);
	}
	return true;
}

static bool
step_erase(struct slot *s, const struct request *r, uint64_t *frees)
{
	lock(s, &s->outer, &a.node[r->bucket]);
	int place = find(r->bucket, r->key);
	if (place >= 0) {
		set_dirty(&a.node[r->bucket]);
		logged_remove(s, r->bucket, place, frees);
	}
	return true;
}

static bool
step_add(struct slot *s, const struct request *r)
{
	lock(s, &s->outer, &a.node[r->bucket]);
	int place = find(r->bucket, r->key);
	if (place >= 0) {
		uint64_t *value = &a.data[within(a.bucket[r->bucket].block[place], BLOCKS)];
		if (mutant != DIRTY_LATE)
			set_dirty(&a.node[r->bucket]);
		logged(s, &s->outer, value, *value + r->value);
		set_dirty(&a.node[r->bucket]);
	}
	return true;
}

// Moves an entry to the other bucket, where it gets a new block.
static bool
step_move(struct slot *s, const struct request *r, uint64_t *frees)
{
	unsigned from = r->bucket;
	unsigned to = 1 - from;

	lock(s, &s->outer, &a.node[from]);
	lock(s, &s->outer, &a.node[to]);
	int old = find(from, r->key);
	int place = room(to);
	if (old < 0 || find(to, r->key) >= 0)
		return true;
	int block = take_block(s, r->value);
	if (block < 0 || place < 0)
		return false;
	set_dirty(&a.node[to]);
	logged_insert(s, to, place, r->key, block);
	set_dirty(&a.node[from]);
	logged_remove(s, from, old, frees);
	return true;
}

static bool
step(struct slot *s, const struct request *r, uint64_t *frees)
{
	switch (r->kind) {
	case PUT:
		return step_put(s, r, frees);
	case ERASE:
		return step_erase(s, r, frees);
	case ADD:
		return step_add(s, r);
	default:
		return step_move(s, r, frees);
	}
}

static bool
transaction(struct slot *s, const struct request *r)
{
	uint64_t frees = 0;
	bool ok = true;

	for (unsigned i = 0; i < r->steps && ok; i++)
		ok = step(s, &r->step[i], &frees);
	if (!ok || r->give_up) {
		rollback(s);
		return false;
	}
	commit(s, frees);
	return true;
}

/* ---- single-store operations ----------------------------------------------------------------- */

static void
write_settle(struct slot *s, unsigned b, uint64_t new)
{
	st(&s->settle.node, offset(&a.node[b]));
	st(&s->settle.word, a.node[b]);
	st(&s->settle.where, offset(&s->count[b]));
	st(&s->settle.count, s->count[b]);
	st(&s->settle.commit, new);
}

// The release is the commit; the rest follows, or recovery does it.
static void
commit_single(struct slot *s, unsigned b, uint64_t payload, uint64_t change, uint64_t frees)
{
	uint64_t new = commit_word(0, 0, limbo(s) + frees);

	if (mutant == SETTLE_ARMED_EARLY)
		st(&s->outer.intents, s->outer.intents | ARMED);
	write_settle(s, b, new);
	if (mutant != SETTLE_ARMED_LATE)
		st(&s->outer.intents, s->outer.intents | ARMED);
	st(&s->count[b], s->count[b] + change);
	st(&a.node[b], released(a.node[b], payload));
	if (mutant == SETTLE_ARMED_LATE)
		st(&s->outer.intents, s->outer.intents | ARMED);
	if (mutant == SETTLE_DISARMED_FIRST)
		st(&s->outer.intents, 0);
	st(&s->commit, new);
	st(&s->outer.intents, 0);
}

static bool
single_put(struct slot *s, const struct request *r)
{
	struct bucket *bucket = &a.bucket[r->bucket];
	uint64_t payload;
	uint64_t frees = 0;
	int block = take_block(s, r->value);

	if (block < 0)
		return false;
	lock(s, &s->outer, &a.node[r->bucket]);
	int old = find(r->bucket, r->key);
	int place = mutant == PLACE_IN_USE && old >= 0 ? old : room(r->bucket);
	if (place < 0 && old < 0) {
		rollback(s);
		return false;
	}
	if (place < 0) {
		logged_replace(s, r->bucket, old, block, &frees);
		commit(s, frees);
		return true;
	}
	payload = a.node[r->bucket] & PAYLOAD;
	if (old >= 0) {
		free_block(s, &frees, bucket->block[old]);
		payload &= ~(UINT64_C(1) << old);
	}
	st(&bucket->key[place], r->key);
	st(&bucket->block[place], (uint64_t)block);
	commit_single(s, r->bucket, payload | UINT64_C(1) << place, old < 0, frees);
	return true;
}

static bool
single_erase(struct slot *s, const struct request *r)
{
	uint64_t frees = 0;

	lock(s, &s->outer, &a.node[r->bucket]);
	int place = find(r->bucket, r->key);
	if (place < 0) {
		release(s, &s->outer);
		return false;
	}
	free_block(s, &frees, a.bucket[r->bucket].block[place]);
	commit_single(s, r->bucket, a.node[r->bucket] & PAYLOAD & ~(UINT64_C(1) << place),
		-UINT64_C(1), frees);
	return true;
}

static bool
single_add(struct slot *s, const struct request *r)
{
	lock(s, &s->outer, &a.node[r->bucket]);
	int place = find(r->bucket, r->key);
	if (place >= 0) {
		uint64_t *value = &a.data[within(a.bucket[r->bucket].block[place], BLOCKS)];
		st(value, *value + r->value); // the commit
	}
	release(s, &s->outer);
	return place >= 0;
}

static bool
perform(struct slot *s, const struct request *r)
{
	if (limbo(s) > DRAIN_ABOVE)
		drain(s);
	switch (r->kind) {
	case PUT:
		return single_put(s, r);
	case ERASE:
		return single_erase(s, r);
	case ADD:
		return single_add(s, r);
	default:
		return transaction(s, r);
	}
}

/* ---- recovery -------------------------------------------------------------------------------- */

static void
finish_settle(struct slot *s)
{
	const struct settle *settle = &s->settle;

	if ((s->outer.intents & ARMED) == 0)
		return;
	if (*at(settle->node) == settle->word && mutant != SETTLE_NOT_ASKED) {
		if (mutant != SETTLE_NO_COUNT)
			st(at(settle->where), settle->count);
		st(&s->outer.intents, s->outer.intents & ~ARMED);
		return;
	}
	if (mutant != SETTLE_NO_COMMIT)
		st(&s->commit, settle->commit);
	st(&s->outer.intents, 0);
}

static void
undo_alloc(struct slot *s)
{
	uint64_t block = s->alloc[within(allocs(s) - 1, RECORDS)];

	if ((s->mask >> within(block, BLOCKS) & 1) != 0 && mutant != ALLOC_MASK_IGNORED) {
		st(&s->commit, s->commit - ONE_ALLOC);
		return;
	}
	st(&s->limbo[within(limbo(s), BLOCKS)], block);
	if (mutant == ALLOC_UNDONE_IN_TWO) {
		st(&s->commit, s->commit - ONE_ALLOC);
		st(&s->commit, s->commit + ONE_LIMBO);
		return;
	}
	st(&s->commit, s->commit - ONE_ALLOC + ONE_LIMBO);
}

static void
restore_versions(struct slot *s)
{
	for (uint64_t i = 0; i < (s->outer.intents & FIELD); i++) {
		uint64_t *node = at(s->outer.intent[i]);
		if (owns(s, *node) && (*node & DIRTY) != 0)
			st(node, (*node & ~DIRTY) - ONE_VERSION);
	}
}

// In the slot's name: by itself, or by who recovers it.
static void
rollback(struct slot *s)
{
	if (mutant == NESTED_NOT_UNDONE && s->nested.count != 0)
		st(&s->nested.count, 0);
	undo(s, &s->nested);
	if (s->nested.intents != 0)
		release(s, &s->nested);
	finish_settle(s);
	undo(s, &s->outer);
	if (mutant == VERSION_RESTORED)
		restore_versions(s);
	if (s->outer.intents != 0)
		release(s, &s->outer);
	while (allocs(s) > 0)
		undo_alloc(s);
}

static void
recover(struct slot *s)
{
	rollback(s);
	drain(s);
	give_back(s);
}

/* ---- who lives on ---------------------------------------------------------------------------- */

// Slot 2 gives its claims back and takes the first blocks that are free.
static void
live_claim(void)
{
	if (world.patience > 0 || (a.node[SPAN] & OWNER) != 0)
		return;
	world.patience = LONG_MAX;
	give_back(&a.slot[2]);
	(void)refill(&a.slot[2]);
}

static void
live(void)
{
	world.live_running = true;
	live_claim();
	for (unsigned b = 0; b < BUCKETS; b++) {
		struct request insert = { .kind = PUT, .bucket = b, .key = LIVE_KEY, .value = 1 };

		if (world.live_acted[b] || ((a.node[b] | a.node[SPAN]) & OWNER) != 0)
			continue;
		world.live_acted[b] = true;
		world.live_has[b] = perform(&a.slot[1], &insert);
	}
	world.live_running = false;
}

/* ---- readers --------------------------------------------------------------------------------- */

static uint64_t
mixed(uint64_t key, uint64_t value)
{
	uint64_t x = (key * 0x9e3779b97f4a7c15 + value + 1) * 0xbf58476d1ce4e5b9;

	return x ^ x >> 29;
}

// The entries of a bucket, but for the living slot's, as a number.
static uint64_t
contents(unsigned b)
{
	uint64_t sum = 0;

	for (int i = 0; i < PLACES; i++) {
		uint64_t key = a.bucket[b].key[i];
		uint64_t block = a.bucket[b].block[i];
		if ((a.node[b] >> i & 1) != 0 && key != LIVE_KEY)
			sum += mixed(key, block < BLOCKS ? a.data[block] : UINT64_MAX);
	}
	return sum;
}

static void
look(unsigned b, struct view *view)
{
	memset(view, 0, sizeof(*view));
	view->word = a.node[b];
	for (size_t i = 0; i < PLACES; i++) {
		if ((a.node[b] >> i & 1) == 0)
			continue;
		view->found[2 * i] = a.bucket[b].key[i];
		view->found[2 * i + 1] = a.data[within(a.bucket[b].block[i], BLOCKS)];
	}
}

// I2
static void
watch(void)
{
	bool before = true;
	bool after = true;

	for (unsigned b = 0; b < BUCKETS && world.watching; b++) {
		if ((a.node[b] & DIRTY) != 0)
			continue;
		uint64_t now = contents(b);
		before = before && now == world.before[b];
		after = after && now == world.after[b];
	}
	if (!before && !after)
		fail("a reader found what is neither before nor after");
	if (world.tracing && world.views < VIEWS) {
		for (unsigned b = 0; b < BUCKETS; b++)
			look(b, &world.view[world.views][b]);
		world.views++;
	}
}

static bool
torn(const struct view *from, const struct view *to)
{
	int differ = 0;

	if (((from->word ^ to->word) & ~OWNER) != 0 || (from->word & DIRTY) != 0)
		return false;
	for (int i = 0; i < 2 * PLACES; i++)
		differ += from->found[i] != to->found[i];
	return differ > 1;
}

// I3
static void
check_views(void)
{
	for (size_t i = 0; i < world.views; i++) {
		for (size_t j = i + 1; j < world.views; j++) {
			for (unsigned b = 0; b < BUCKETS; b++) {
				if (torn(&world.view[i][b], &world.view[j][b]))
					fail("a slow reader did not notice a change");
			}
		}
	}
}

/* ---- the state afterwards -------------------------------------------------------------------- */

static void
claim(uint64_t *seen, uint64_t blocks)
{
	if ((*seen & blocks) != 0)
		fail("a block is in two places");
	*seen |= blocks;
}

static void
check_slot(const struct slot *s, uint64_t *seen)
{
	if (words(s) || allocs(s) || s->outer.intents || s->nested.intents || s->nested.count)
		fail("a slot is not at rest");
	claim(seen, s->mask);
	for (uint64_t i = 0; i < limbo(s); i++)
		claim(seen, UINT64_C(1) << within(s->limbo[within(i, BLOCKS)], BLOCKS));
}

static void
check_bucket(unsigned b, uint64_t *seen)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < SLOTS; i++)
		size += a.slot[i].count[b];
	if (size != (uint64_t)__builtin_popcountll(a.node[b] & PAYLOAD))
		fail("a count is wrong");
	for (int i = 0; i < PLACES; i++) {
		if ((a.node[b] >> i & 1) == 0)
			continue;
		claim(seen, UINT64_C(1) << within(a.bucket[b].block[i], BLOCKS));
		if (find(b, a.bucket[b].key[i]) != i)
			fail("a key is there twice");
	}
	if ((find(b, LIVE_KEY) >= 0) != world.live_has[b])
		fail("what another slot did was lost or came back");
}

// I1
static void
check_state(void)
{
	uint64_t seen = 0;

	claim(&seen, a.free_blocks);
	for (unsigned i = 0; i < SLOTS; i++)
		check_slot(&a.slot[i], &seen);
	for (unsigned b = 0; b < BUCKETS; b++)
		check_bucket(b, &seen);
	if (seen != (UINT64_C(1) << BLOCKS) - 1)
		fail("a block is lost");
	for (unsigned i = 0; i < NODES; i++) {
		if ((a.node[i] & (OWNER | DIRTY)) != 0)
			fail("a lock is held");
	}
}

static bool
contents_are(const uint64_t expected[BUCKETS])
{
	return contents(0) == expected[0] && contents(1) == expected[1];
}

static void
check_recovered(bool returned)
{
	check_state();
	if (a.slot[0].commit != 0 || a.slot[0].mask != 0)
		fail("the dead slot still has blocks");
	if (!contents_are(world.after) && (returned || !contents_are(world.before)))
		fail(returned ? "an operation that returned is not there" : "an operation is torn");
}

/* ---- death, everywhere ----------------------------------------------------------------------- */

// What the bodies below work on.
static struct {
	const struct request *request;
	struct request more[2];
	unsigned who;
	bool returned;
} now;

static void
body_perform(void)
{
	(void)perform(&a.slot[now.who], now.request);
}

static void
body_check(void)
{
	check_state();
}

static void
body_trace(void)
{
	world.tracing = true;
	body_perform();
	for (unsigned i = 0; i < 2; i++)
		(void)perform(&a.slot[i], &now.more[i]);
	world.tracing = false;
	check_views();
}

static void
body_recover(void)
{
	recover(&a.slot[0]);
}

static void
body_check_recovered(void)
{
	if (world.live_may_run)
		live();
	check_recovered(now.returned);
}

// Returns whether it was killed, before so many stores were done.
static bool
run(void (*body)(void), long stores)
{
	world.countdown = stores;
	world.stores = 0;
	world.live_running = false;
	int how = setjmp(world.death);
	if (how == 0)
		body();
	world.countdown = -1;
	return how != 0;
}

static void
arrange(const struct arena *state, bool live_may_run)
{
	a = *state;
	world.live_may_run = live_may_run;
	memset(world.live_acted, 0, sizeof(world.live_acted));
	memset(world.live_has, 0, sizeof(world.live_has));
}

static void
complain(unsigned state, long store, long recovery_store)
{
	printf("    state %u, store %ld, recovery store %ld: %s\n", state, store, recovery_store,
		world.verdict);
}

// The slot has died: recovers it, its recoverer dying before each of its stores.
static bool
recover_everywhere(unsigned state, long store, long *points)
{
	static struct arena crashed;
	long stores = 1;

	crashed = a;
	world.watching = true;
	for (long m = -1; m < stores; m++) {
		arrange(&crashed, true);
		world.patience = (store + 7 * (m + 1) + state) % PATIENCE;
		bool died = run(body_recover, m);
		if (m < 0)
			stores = world.stores;
		if (died && world.verdict == NULL)
			run(body_recover, -1);
		if (world.verdict == NULL)
			run(body_check_recovered, -1);
		++*points;
		if (world.verdict != NULL) {
			complain(state, store, m);
			return false;
		}
	}
	world.watching = false;
	world.live_may_run = false;
	return true;
}

// Learns what the operation does when nobody dies; the slow reader watches.
static long
rehearse(const struct arena *before)
{
	arrange(before, false);
	for (unsigned b = 0; b < BUCKETS; b++)
		world.before[b] = contents(b);
	run(body_perform, -1);
	long stores = world.stores;
	for (unsigned b = 0; b < BUCKETS; b++)
		world.after[b] = contents(b);
	if (world.verdict == NULL)
		run(body_check, -1);
	a = *before;
	world.views = 0;
	if (world.verdict == NULL)
		run(body_trace, -1);
	return stores;
}

static bool
die_everywhere(unsigned state, const struct arena *before, long *points)
{
	long stores = rehearse(before);

	for (long k = 0; k <= stores && world.verdict == NULL; k++) {
		arrange(before, false);
		now.returned = k == stores;
		world.watching = now.returned;
		run(body_perform, k);
		world.watching = false;
		if (world.verdict == NULL && !recover_everywhere(state, k, points))
			return false;
	}
	if (world.verdict != NULL)
		complain(state, -1, -1);
	return world.verdict == NULL;
}

/* ---- states and requests --------------------------------------------------------------------- */

static uint64_t seed;

static unsigned
below(unsigned limit)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 32) % limit;
}

static struct request
any_step(void)
{
	static const enum kind kinds[] = { PUT, PUT, PUT, PUT, ERASE, ERASE, ADD, MOVE };

	return (struct request){ .kind = kinds[below(8)],
		.bucket = below(BUCKETS),
		.key = below(KEYS),
		.value = 1 + below(1000) };
}

// A single operation, or a transaction (a move always is one).
static struct request
any_request(struct request step_space[STEPS])
{
	struct request r = any_step();

	for (unsigned i = 0; i < STEPS; i++)
		step_space[i] = any_step();
	r.step = step_space;
	r.steps = 1 + below(STEPS);
	if (r.kind == MOVE) {
		step_space[0] = r;
		r.steps = 1;
	} else if (below(4) == 0) {
		r.kind = TRANSACTION;
		r.give_up = below(6) == 0;
	}
	return r;
}

// Returns whether every invariant held in every state.
static bool
run_model(long *points)
{
	static struct request space[4][STEPS];
	static struct arena before;

	memset(&a, 0, sizeof(a));
	a.free_blocks = (UINT64_C(1) << BLOCKS) - 1;
	seed = SEED;
	for (unsigned state = 0; state < STATES; state++) {
		struct request request = any_request(space[0]);
		struct request next = any_request(space[1]);

		now.more[0] = any_request(space[2]);
		now.more[1] = any_request(space[3]);
		now.request = &request;
		now.who = 0;
		before = a;
		if (!die_everywhere(state, &before, points))
			return false;
		arrange(&before, false);
		now.request = &next;
		now.who = below(SLOTS);
		run(body_perform, -1);
	}
	return true;
}

/* ---- the program ----------------------------------------------------------------------------- */

static bool
is_caught(enum mutant which)
{
	int status;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		long points = 0;
		mutant = which;
		bool survived = run_model(&points);
		fflush(stdout);
		_exit(survived ? 2 : 1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 1;
}

static int
run_everything(void)
{
	long points = 0;
	int caught = 0;
	bool clean = run_model(&points);

	for (int i = NONE + 1; i < MUTANTS; i++) {
		bool ok = is_caught((enum mutant)i);
		printf("%s mutant %d: %s\n", ok ? "caught  " : "SURVIVED", i, mutant_names[i]);
		caught += ok;
	}
	int failures = !clean + MUTANTS - 1 - caught;
	printf("model crash points: %ld\n", points);
	printf("model mutants: %d, caught: %d\n", MUTANTS - 1, caught);
	printf("crash points: %ld\n", points);
	printf("mutants: %d, caught: %d\n", MUTANTS - 1, caught);
	printf("%d%%: Checks: %d, Failures: %d, Errors: 0\n", (MUTANTS - failures) * 100 / MUTANTS,
		MUTANTS, failures);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	long points = 0;

	if (argc < 2)
		return run_everything();
	mutant = (enum mutant)atoi(argv[1]);
	bool ok = run_model(&points);
	printf("mutant %d: %ld crash points, %s\n", (int)mutant, points, ok ? "clean" : "failed");
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
