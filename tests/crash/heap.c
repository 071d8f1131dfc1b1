// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.c -- the heap, died in at every store, and at every store again
 *
 * Random calls of the heap run on an arena; at every store of theirs the
 * slot's recovery, drain included, is played out on a private view of the
 * file, from the slot's log alone; and that recovery dies at each of its own
 * stores in turn and is run anew.
 *
 *	step -- store -- store -- store -- ... -- over
 *	          |        |        |               `- the arena itself is checked
 *	          v        v        v
 *	        view: undo; check.  recover; check.
 *	              recover up to store k; recover; check
 *
 * Checked on the view
 *	walk	the heap's words agree with each other (tarn__heap_walk)
 *	rest	no lock is held, the log is at rest; after the drain, nothing is
 *		claimed any more
 *	blocks	those in use are just those from before the step; or these with
 *		all of what it takes and without all of what it frees.  Once
 *		the second, never again the first.
 *
 * Limits are tiny: magazines of 1 to 4, spans of 3 to 18 blocks, growth of 1
 * or 2 chunks, lists of 2 to 4 entries before they spill.
 *
 * With --mutants each call of a protocol primitive in src/heap is broken in
 * turn, in a child, which must fail.
 */
#include "heap/inner.h"

#include "base/hash.h"
#include "hook/hook.h"
#include "hook/mutants.h"
#include "hook/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tarn/heap.h>

#define STEPS 600u
#define MUTANT_STEPS 240u /* every site is reached by then */
#define MUTANT_SECONDS 120u /* of its own: the machine may be busy */
#define AGAIN_EVERY 5u /* stores of which so many have recoveries that die too */
#define HELD_MOST 40u
#define MAX_SIZE (UINT64_C(20) << TARN_CHUNK_SHIFT)
#define UNITS (MAX_SIZE / 16)

/* Blocks in use, by the 16 bytes that they begin with. */
struct in_use {
	uint8_t begins[UNITS];
	uint64_t count;
};

static struct tarn_arena *arena;
static tarn_off held[HELD_MOST + 8];
static unsigned held_count;
static uint64_t index_of_slot;
static unsigned step_number;
static const char *step_name = "start";

static struct in_use now;

/* What the step under way does to the blocks in use if it is committed. */
static struct {
	unsigned takes;
	tarn_off frees[8];
	unsigned free_count;
	bool undone; /* it never is */
	bool drops_chunk; /* one chunk with all that is in it, or nothing */
	bool committed;
} effect;

static tarn_off regions[2];

static _Noreturn void
fail(const char *why)
{
	if (!view_quiet)
		printf("step %u, %s: %s\n", step_number, step_name, why);
	fflush(stdout);
	_exit(1);
}

#define must(claim) ((claim) ? (void)0 : fail(#claim " does not hold"))

/* ---- the blocks in use ------------------------------------------------------------------------- */

static int
see_item(const struct tarn_heap_item *item, void *arg)
{
	struct in_use *use = arg;
	uint64_t unit = (item->off - arena->fixed.data_off) / 16;

	if (item->kind == TARN_HEAP_RUN)
		use->begins[unit] = 1;
	for (uint64_t i = 0; item->kind == TARN_HEAP_SPAN && i < item->blocks; i++)
		use->begins[unit + i * item->block_size / 16] = !(item->free[i / 64] >> i % 64 & 1);
	return 0;
}

static int
see_claim(enum tarn_heap_claim where, tarn_off block, void *arg)
{
	struct in_use *use = arg;
	uint64_t unit = (block - arena->fixed.data_off) / 16;

	(void)where;
	if (unit >= UNITS || !use->begins[unit])
		return 1; /* free, or in two places */
	use->begins[unit] = 0;
	use->count++;
	return 0;
}

/* All that is neither free nor claimed; how many are claimed. */
static uint64_t
find_in_use(struct tarn_arena *in, struct in_use *use)
{
	memset(use, 0, sizeof(*use));
	if (tarn__heap_walk(in, see_item, use))
		fail("the walk finds contradictions");
	for (uint64_t slot = 0; slot < in->fixed.slot_count; slot++) {
		if (tarn__heap_claims(in, slot, see_claim, use))
			fail("a block is in two places");
	}
	return use->count;
}

static bool
is_freed(tarn_off block)
{
	for (unsigned i = 0; i < effect.free_count; i++) {
		if (effect.frees[i] == block)
			return true;
	}
	return false;
}

/* Whether all that was in use in the unit's chunk is so no more, and all elsewhere is. */
static void
check_dropped(const struct in_use *use)
{
	uint64_t chunk = UINT64_MAX;

	for (uint64_t unit = 0; unit < UNITS; unit++) {
		if (use->begins[unit] == now.begins[unit])
			continue;
		must(!use->begins[unit] && (chunk == UINT64_MAX || chunk == unit / 4096));
		chunk = unit / 4096;
	}
	for (uint64_t unit = 0; unit < UNITS; unit++)
		must(unit / 4096 != chunk || !use->begins[unit]);
	must(!effect.committed || chunk != UINT64_MAX);
	effect.committed |= chunk != UINT64_MAX;
}

/* The blocks in use, before or after the step. */
static void
check_blocks(const struct in_use *use)
{
	unsigned taken = 0, freed = 0;

	if (effect.drops_chunk) {
		check_dropped(use);
		return;
	}
	for (uint64_t unit = 0; unit < UNITS; unit++) {
		if (use->begins[unit] == now.begins[unit])
			continue;
		if (use->begins[unit])
			taken++;
		else if (is_freed(arena->fixed.data_off + unit * 16))
			freed++;
		else
			fail("a block that is in use is free");
	}
	if (!taken && !freed && (!effect.committed || effect.undone))
		return;
	if (effect.undone)
		fail("undone, and something is different");
	if (taken != effect.takes || freed != effect.free_count)
		fail(effect.committed ? "a commit was undone" : "done by half");
	effect.committed = true;
}

static void
check_table(const struct tarn_table_shm *table)
{
	for (unsigned class = 0; class < TARN_CLASSES; class++)
		must(!tarn__node_owner(table->classes[class].node));
	must(!tarn__node_owner(table->runs.node));
}

static void
check_rest(bool drained)
{
	struct tarn_lane lane;

	must(tarn__lane_view(&lane, &view, index_of_slot) == 0);
	must(!tarn__commit_words(lane.commit) && !tarn__commit_allocs(lane.commit));
	must(!lane.log->locks && !lane.nested && !lane.nested_locks);
	must(!drained || lane.commit == 0);
	must(!tarn__node_owner(tarn__heap_words(&view)->runs));
	check_table(&tarn__heap_words(&view)->table);
	for (unsigned i = 0; i < 2 && regions[i]; i++)
		check_table((const struct tarn_table_shm *)(view.base + regions[i]));
}

static void
check_view(bool drained)
{
	static struct in_use use;

	check_rest(drained);
	if (find_in_use(&view, &use) && drained)
		fail("something is still claimed");
	check_blocks(&use);
}

static const struct view_deaths deaths = { .again_every = AGAIN_EVERY, .look = check_view };

static void
start_deaths(void)
{
	view_arm(&deaths, step_name);
}

/* ---- steps ------------------------------------------------------------------------------------- */

static uint64_t dice;

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 11);
	return dice % below;
}

static uint64_t
random_size(void)
{
	static const uint64_t sizes[] = { 20480, 12288, 6144, 3584 };

	return sizes[roll(TARN_ARRAY_SIZE(sizes))];
}

/* A block in use; 0: there is none of that kind. */
static tarn_off
random_held(bool node, bool run)
{
	unsigned start = held_count ? (unsigned)roll(held_count) : 0;

	for (unsigned i = 0; i < held_count; i++) {
		tarn_off off = held[(start + i) % held_count];
		struct tarn_block block;
		bool is_block = tarn__block_find(arena, off, &block);

		if (is_freed(off) || is_block == run || off == regions[0] || off == regions[1])
			continue;
		if (run || (block.class >= TARN_CLASSES_DATA) == node)
			return off;
	}
	return 0;
}

static void
hold(tarn_off block)
{
	held[held_count++] = block;
}

static void
let_go(tarn_off block)
{
	for (unsigned i = 0; i < held_count; i++) {
		if (held[i] == block)
			held[i--] = held[--held_count];
	}
}

static void
alloc_publicly(uint64_t size)
{
	tarn_off block;
	int code;

	effect.takes = 1;
	start_deaths();
	code = tarn_alloc(arena, size, &block);
	view_disarm();
	must(code == 0 || code == TARN_FULL);
	if (code == 0)
		hold(block);
	else
		effect.takes = 0;
}

static void
free_publicly(tarn_off block)
{
	if (!block)
		return;
	if (tarn__heap_owner(arena, block, 1)) {
		must(tarn_free(arena, block) == TARN_INVALID);
		return;
	}
	effect.frees[effect.free_count++] = block;
	start_deaths();
	must(tarn_free(arena, block) == 0);
	view_disarm();
	let_go(block);
}

static void
step_alloc(void)
{
	if (held_count < HELD_MOST)
		alloc_publicly(random_size());
}

static void
step_free(void)
{
	free_publicly(random_held(false, false));
}

static void
step_alloc_run(void)
{
	if (held_count < HELD_MOST)
		alloc_publicly(40000 + roll(120000));
}

static void
step_free_run(void)
{
	free_publicly(random_held(false, true));
}

/* In place or not at all: a move is an alloc and a free. */
static void
resize_run(tarn_off run, uint64_t size)
{
	struct tarn_lane *lane;
	int code;

	must(tarn__op_begin(arena, &lane) == 0);
	start_deaths();
	code = tarn__run_resize(lane, run, size);
	view_disarm();
	tarn__op_end(lane);
	must(code == 0 || code == TARN_FULL);
}

/* What was cut off is free, and can be had again. */
static void
step_resize_run(void)
{
	tarn_off run = random_held(false, true);

	if (!run)
		return;
	resize_run(run, 40000 + roll(200000));
	resize_run(run, 1);
	resize_run(run, 2 * TARN_CHUNK);
}

static int
take_one(struct tarn_lane *lane, tarn_off *block)
{
	uint64_t kind = roll(16);

	if (kind >= 9)
		return tarn__region_alloc(lane, regions[kind & 1], kind == 9 ? 70000 : random_size(),
					  block);
	if (kind < 2)
		return tarn__heap_alloc_node(lane, kind ? TARN_HEAP_SEGMENT : TARN_HEAP_TABLE, block);
	return tarn__heap_alloc(lane, kind == 2 ? 70000 : random_size(), block);
}

/* Take and free some, and commit or undo. */
static void
operate(unsigned takes, unsigned frees, bool undo)
{
	tarn_off taken[4];
	struct tarn_lane *lane;
	int code = 0;

	effect.takes = takes;
	effect.undone = undo;
	for (unsigned i = 0; i < frees; i++) {
		tarn_off block = random_held(roll(4) == 0, roll(6) == 0);

		if (block)
			effect.frees[effect.free_count++] = block;
	}
	must(tarn__op_begin(arena, &lane) == 0);
	start_deaths();
	for (unsigned i = 0; !code && i < takes; i++)
		code = take_one(lane, &taken[i]);
	if (code)
		effect.undone = true;
	must(code == 0 || code == TARN_FULL);
	for (unsigned i = 0; i < effect.free_count; i++)
		must(tarn__heap_free(lane, effect.frees[i]) == 0);
	must((effect.undone ? tarn__rollback(lane) : tarn__commit(lane)) == 0);
	tarn__op_end(lane);
	view_disarm();
	for (unsigned i = 0; !effect.undone && i < takes; i++)
		hold(taken[i]);
	for (unsigned i = 0; !effect.undone && i < effect.free_count; i++)
		let_go(effect.frees[i]);
}

static void
step_take(void)
{
	operate(held_count < HELD_MOST ? 1 + (unsigned)roll(4) : 0, 0, false);
}

static void
step_take_undo(void)
{
	operate(1 + (unsigned)roll(4), 0, true);
}

static void
step_give(void)
{
	operate(0, 1 + (unsigned)roll(4), false);
}

static void
step_both(void)
{
	operate(held_count < HELD_MOST ? (unsigned)roll(4) : 0, (unsigned)roll(4), false);
}

static void
step_both_undo(void)
{
	operate((unsigned)roll(4), (unsigned)roll(4), true);
}

static void
step_drain(void)
{
	struct tarn_lane *lane;

	must(tarn__op_begin(arena, &lane) == 0);
	start_deaths();
	tarn__lane_heap->drain(lane);
	view_disarm();
	tarn__op_end(lane);
	must(lane->commit == 0);
}

/* A span or run of a region, whatever is in it. */
static void
step_drop(void)
{
	static struct in_use use;
	struct tarn_lane *lane;
	int code;

	must(tarn__op_begin(arena, &lane) == 0);
	effect.drops_chunk = true;
	start_deaths();
	code = tarn__region_free_some(lane, regions[roll(2)]);
	view_disarm();
	tarn__op_end(lane);
	must(code == 0 || code == TARN_NOT_FOUND);
	find_in_use(arena, &use);
	for (unsigned i = 0; i < held_count; i++) {
		if (!use.begins[(held[i] - arena->fixed.data_off) / 16])
			held[i--] = held[--held_count];
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "alloc", step_alloc },
	{ "free", step_free },
	{ "alloc a run", step_alloc_run },
	{ "free a run", step_free_run },
	{ "resize a run", step_resize_run },
	{ "take", step_take },
	{ "take, then undo", step_take_undo },
	{ "give", step_give },
	{ "take and give", step_both },
	{ "take and give, then undo", step_both_undo },
	{ "drain", step_drain },
	{ "free some of a region", step_drop },
};

/* Filling and emptying by turns, so that spans come and go. */
static unsigned
random_kind(void)
{
	unsigned phase = step_number / 60 % 2;

	if (roll(3) == 0)
		return phase ? (unsigned)roll(2) * 6 + 1 : (unsigned)roll(2) * 5;
	return (unsigned)roll(TARN_ARRAY_SIZE(steps));
}

static void
check_over(void)
{
	static struct in_use use;

	find_in_use(arena, &use);
	if (effect.takes || effect.free_count)
		effect.committed |= !effect.undone;
	check_blocks(&use);
	for (unsigned i = 0; i < held_count; i++)
		use.begins[(held[i] - arena->fixed.data_off) / 16] ^= 1;
	for (uint64_t unit = 0; unit < UNITS; unit++)
		must(!use.begins[unit]);
}

static void
step(void)
{
	unsigned kind = random_kind();

	memset(&effect, 0, sizeof(effect));
	memset(&now, 0, sizeof(now));
	for (unsigned i = 0; i < held_count; i++)
		now.begins[(held[i] - arena->fixed.data_off) / 16] = 1;
	step_name = steps[kind].name;
	steps[kind].run();
	check_over();
}

static void
open_arenas(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };
	struct tarn_thread *thread;
	struct tarn_lane *lane;

	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	must(tarn__thread_get(arena, &thread) == 0);
	index_of_slot = thread->index;
	lane = thread->lane;
	must(tarn__lane_reserve(lane, 0, 8, 16, 0) == 0);
	view_open(arena);
}

static void
make_regions(void)
{
	struct tarn_lane *lane;

	must(tarn__op_begin(arena, &lane) == 0);
	for (unsigned i = 0; i < 2; i++) {
		must(tarn__region_create(lane, &regions[i]) == 0);
		hold(regions[i]);
	}
	must(tarn__commit(lane) == 0);
	tarn__op_end(lane);
}

static void
walk(unsigned count)
{
	open_arenas();
	make_regions();
	dice = 1;
	for (step_number = 0; step_number < count; step_number++)
		step();
}

/* ---- mutants ----------------------------------------------------------------------------------- */

static void
run_quietly(void)
{
	view_quiet = true;
	walk(MUTANT_STEPS);
}

static const struct mutants mutants = {
	.files = { "/src/heap/" },
	.seconds = MUTANT_SECONDS,
	.run = run_quietly,
};

int
main(int argc, char **argv)
{
	hook_start();
	if (argc > 1 && !strcmp(argv[1], "--mutants"))
		return mutants_main(&mutants);
	walk(argc > 1 ? (unsigned)atoi(argv[1]) : STEPS);
	return hook_verdict();
}
