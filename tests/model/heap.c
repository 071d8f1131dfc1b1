// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * heap.c -- random alloc, free and realloc, beside a list of what is in use
 *
 * Blocks are taken and freed by the public calls, in operations that commit,
 * and in operations that are undone; each block is filled with a pattern of
 * its own and looked at before it goes.  Now and then the whole heap is
 * walked: what is in no span's free bits and in no slot's log must be just
 * the blocks of the list.  More often tarn_check() counts them.
 */
#include "base/hash.h"
#include "heap/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tarn.h>

#define RUNS 4u
#define STEPS 250000u /* a run */
#define LIVE 3000u
#define WALK_EVERY 20000u
#define CHECK_EVERY 1000u
#define MAX_SIZE (UINT64_C(256) << 20)
#define PUBLIC 5u

struct live {
	tarn_off off;
	uint64_t size;
	uint64_t seed;
	unsigned kind; /* 0 public, 1 in an operation, 2.. a node class */
};

static struct tarn_arena *arena;
static struct live live[LIVE];
static unsigned live_count;
static uint64_t step, dice, checks;

#define must(claim) ((claim) ? (void)0 : give_up(#claim, __LINE__))

static _Noreturn void
give_up(const char *claim, int line)
{
	printf("step %lu, line %d: %s does not hold\n", (unsigned long)step, line, claim);
	exit(1);
}

static uint64_t
roll(uint64_t below)
{
	dice = tarn__hash_u64(dice, 7);
	return dice % below;
}

/* ---- contents ---------------------------------------------------------------------------------- */

static uint64_t
pattern(const struct live *block, uint64_t i)
{
	return tarn__hash_u64(i, block->seed);
}

/* The first words, then some, and the last: large blocks are not looked at whole. */
static uint64_t
next_word(uint64_t i, uint64_t words)
{
	return i < 8 || i + 61 >= words ? i + 1 : i + 61;
}

static void
fill(const struct live *block)
{
	uint64_t *words = tarn_pointer(arena, block->off, block->size);

	must(words);
	for (uint64_t i = 0; i < block->size / 8; i = next_word(i, block->size / 8))
		words[i] = pattern(block, i);
}

/* As far as so many bytes. */
static void
look(const struct live *block, uint64_t size)
{
	const uint64_t *words = tarn_pointer(arena, block->off, size < block->size ? size : block->size);

	must(words);
	for (uint64_t i = 0; i < block->size / 8 && i < size / 8; i = next_word(i, block->size / 8))
		must(words[i] == pattern(block, i));
}

/* ---- steps ------------------------------------------------------------------------------------- */

static uint64_t
random_size(void)
{
	uint64_t kind = roll(1000);

	if (kind < 3)
		return 32769 + roll(1 << 20);
	if (kind < 30)
		return 1 + roll(32768);
	return 1 + roll(kind < 300 ? 2048 : 256);
}

static void
add(tarn_off off, uint64_t size, unsigned kind)
{
	struct live *block = &live[live_count++];

	*block = (struct live){ off, size, roll(UINT64_MAX), kind };
	must(off % 16 == 0);
	must(tarn_usable_size(arena, off) >= size);
	fill(block);
}

static void
drop(unsigned i)
{
	live[i] = live[--live_count];
}

static void
public_alloc(void)
{
	uint64_t size = random_size();
	uint64_t align = UINT64_C(1) << roll(8);
	tarn_off off;

	if (roll(8)) {
		must(tarn_alloc(arena, size, &off) == 0);
	} else {
		must(tarn_alloc_aligned(arena, align, size, &off) == 0);
		must(off % align == 0);
	}
	add(off, size, 0);
}

static void
public_free(unsigned i)
{
	look(&live[i], UINT64_MAX);
	must(tarn_free(arena, live[i].off) == 0);
	if (!roll(16))
		must(tarn_free(arena, live[i].off) == TARN_INVALID);
	if (!roll(16))
		must(tarn_free(arena, live[i].off + 8) == TARN_INVALID);
	drop(i);
}

static void
public_realloc(unsigned i)
{
	uint64_t size = roll(3) ? random_size() : live[i].size + roll(200000);
	tarn_off moved;

	must(tarn_realloc(arena, live[i].off, size, &moved) == 0);
	live[i].off = moved;
	look(&live[i], size);
	drop(i);
	add(moved, size, 0);
}

/* An operation that takes and frees a few, and is then undone or not. */
static void
operation(bool undo)
{
	unsigned takes = (unsigned)roll(6), frees = (unsigned)roll(6), before = live_count;
	struct tarn_lane *lane;
	tarn_off off;

	must(tarn__op_begin(arena, &lane) == 0);
	for (unsigned i = 0; i < takes && live_count < LIVE; i++) {
		unsigned kind = roll(8) ? 1 : 2 + (unsigned)roll(3);
		uint64_t size = kind == 1 ? random_size() : 0;

		if (kind == 1)
			must(tarn__heap_alloc(lane, size, &off) == 0);
		else
			must(tarn__heap_alloc_node(lane, kind - 2 + TARN_HEAP_SEGMENT, &off) == 0);
		add(off, kind == 1 ? size : tarn_usable_size(arena, off), kind);
	}
	for (unsigned i = 0; i < frees && before > 0; i++) {
		unsigned which = (unsigned)roll(before);

		look(&live[which], UINT64_MAX);
		must(tarn__heap_free(lane, live[which].off) == 0);
		must(tarn__heap_free(lane, live[which].off) == TARN_INVALID);
		if (!undo) {
			live[which] = live[--before];
			live[before] = live[--live_count];
		} else {
			break;
		}
	}
	if (undo) {
		live_count = live_count < before ? live_count : before;
		must(tarn__rollback(lane) == 0);
	} else {
		must(tarn__commit(lane) == 0);
	}
	tarn__op_end(lane);
}

static void
random_step(void)
{
	unsigned what = (unsigned)roll(100), i = live_count ? (unsigned)roll(live_count) : 0;
	bool wants_more = live_count < LIVE / 2 + (step / 50000 % 2 ? LIVE / 2 - 10 : 0);

	if (what < 20 && live_count < LIVE - 10)
		operation(what < 5);
	else if (what < 30 && live_count && live[i].kind < 2)
		public_realloc(i);
	else if ((what < 40 || wants_more) && live_count < LIVE - 10)
		public_alloc();
	else if (live_count && live[i].kind < 2)
		public_free(i);
}

/* ---- the walk ---------------------------------------------------------------------------------- */

static uint64_t seen_runs, seen_in_use;
static uint64_t claimed;

static int
visit(const struct tarn_heap_item *item, void *arg)
{
	(void)arg;
	if (item->kind == TARN_HEAP_RUN)
		seen_runs++;
	if (item->kind == TARN_HEAP_SPAN) {
		seen_in_use += item->blocks;
		for (unsigned w = 0; w < 64; w++)
			seen_in_use -= (uint64_t)__builtin_popcountll(item->free[w]);
	}
	return 0;
}

static int
visit_claim(enum tarn_heap_claim where, tarn_off off, void *arg)
{
	(void)arg;
	must(where != TARN_CLAIM_ALLOC);
	must(tarn__heap_usable(arena, off));
	claimed++;
	for (unsigned i = 0; i < live_count; i++)
		must(live[i].off != off);
	return 0;
}

static void
walk(void)
{
	seen_runs = seen_in_use = claimed = 0;
	must(tarn__heap_walk(arena, visit, NULL) == 0);
	for (uint64_t slot = 0; slot < arena->fixed.slot_count; slot++)
		must(tarn__heap_claims(arena, slot, visit_claim, NULL) == 0);
	must(seen_in_use + seen_runs == live_count + claimed);
}

/*
 * Nodes that no object leads to are leaked: no program could have taken them.
 * What is in those that are free again is nonsense, too.
 */
static void
check(void)
{
	const struct tarn_check_options options = { .foreign_blocks = true };
	struct tarn_check_report report;
	uint64_t nodes = 0;

	for (unsigned i = 0; i < live_count; i++)
		nodes += live[i].kind >= 2;
	must(tarn_check(arena, &options, &report) == (report.problems ? TARN_CORRUPT : 0));
	must(report.leaked_blocks == nodes);
	must(report.foreign_blocks == live_count - nodes);
	must(!report.doubled_blocks && !report.unknown_bytes);
	checks++;
}

static void
free_all(void)
{
	struct tarn_lane *lane;

	for (; live_count; live_count--) {
		must(tarn__op_begin(arena, &lane) == 0);
		must(tarn__heap_free(lane, live[live_count - 1].off) == 0);
		must(tarn__commit(lane) == 0);
		tarn__op_end(lane);
	}
}

static void
run(uint64_t seed)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = MAX_SIZE };

	dice = seed;
	must(tarn_arena_open(&arena, "anon:", &options, NULL) == 0);
	for (step = 0; step < STEPS; step++) {
		random_step();
		if (step % WALK_EVERY == 0 || step < 200)
			walk();
		if (step % CHECK_EVERY == 0)
			check();
	}
	free_all();
	walk();
	check();
	tarn_arena_close(arena);
}

int
main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;

	for (unsigned i = 0; i < RUNS; i++)
		run(seed + i);
	printf("%lu checks\n", (unsigned long)checks);
	printf("1 passed, 0 failed\n");
	return 0;
}
