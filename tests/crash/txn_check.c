// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_check.c -- what must hold of the toy board after a death
 *
 * Checked: the board is as before or as after, and never as before once it
 * was as after; no lock, no DIRTY; no version less than before; the log at
 * rest; each block in exactly one of: span, claim, limbo, node.
 */
#include "txn_check.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct check check;

void
check_fail(const char *why)
{
	if (!check.quiet)
		printf("%s: %s\n", check.operation ? check.operation->name : "start", why);
	if (check.failing)
		check.failing();
	fflush(stdout);
	_exit(1);
}

static struct board *
board_of(struct tarn_arena *a)
{
	return (struct board *)(a->base + a->fixed.data_off);
}

static void
take_image(const struct board *b, struct board_image *image)
{
	memset(image, 0, sizeof(*image));
	image->count = b->count;
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		const struct board_node *node = &b->nodes[i];
		uint64_t payload = node->node & TARN_NODE_PAYLOAD;

		image->nodes[i].payload = payload;
		image->nodes[i].named = node->words[payload & 2 ? 1 : 0];
		image->nodes[i].changed = node->words[3];
		image->nodes[i].added = node->words[5];
		image->nodes[i].block = payload & 1 ? node->block : 0;
	}
}

static void
claim_block(struct tarn_arena *a, tarn_off block, uint64_t *seen)
{
	uint64_t bit = UINT64_C(1) << board_bit(a, block);

	if (board_bit(a, block) >= BOARD_BLOCKS || *seen & bit)
		check_fail("a block is in two places");
	*seen |= bit;
}

static void
check_blocks(struct tarn_arena *a, const struct tarn_lane *l)
{
	const struct board *b = board_of(a);
	uint64_t claim = *board_claim(l), seen = b->span_free;

	if (seen & claim)
		check_fail("a block is free and claimed");
	seen |= claim;
	for (uint64_t i = 0; i < tarn__commit_limbo(l->log->commit); i++)
		claim_block(a, *tarn__list_at(&l->limbo, i), &seen);
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		if (b->nodes[i].node & 1)
			claim_block(a, b->nodes[i].block, &seen);
	}
	if (~seen)
		check_fail("a block is lost");
}

static void
check_rest(struct tarn_arena *a, const struct tarn_lane *l)
{
	const struct board *b = board_of(a);
	uint64_t commit = l->log->commit;

	if (tarn__commit_words(commit) || tarn__commit_allocs(commit) || l->log->locks ||
	    l->log->nested || l->log->nested_locks)
		check_fail("the log is not at rest");
	if (tarn__node_owner(b->span) || b->gate & (TARN_NODE_OWNER | TARN_NODE_PAYLOAD))
		check_fail("the span or the gate is locked");
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		if (b->nodes[i].node & (TARN_NODE_OWNER | TARN_NODE_DIRTY))
			check_fail("a node is locked or dirty");
		if (b->nodes[i].node / TARN_NODE_VERSION < check.versions[i])
			check_fail("a version went back");
	}
}

void
check_view(void)
{
	struct tarn_lane dead;
	struct board_image image;

	if (tarn__lane_view(&dead, &check.view, check.lane->owner - 1))
		check_fail("the log is corrupt");
	check_rest(&check.view, &dead);
	check_blocks(&check.view, &dead);
	take_image(board_of(&check.view), &image);
	if (memcmp(&image, &check.after, sizeof(image)) == 0) {
		check.committed = memcmp(&image, &check.before, sizeof(image)) != 0;
	} else if (memcmp(&image, &check.before, sizeof(image)) || check.committed) {
		check_fail(check.committed ? "a commit was undone" : "torn");
	}
}

void
check_readers(void)
{
	struct board_image now;

	take_image(check.board, &now);
	for (unsigned i = 0; i < BOARD_NODES; i++) {
		if (check.board->nodes[i].node & TARN_NODE_DIRTY)
			continue;
		if (memcmp(&now.nodes[i], &check.before.nodes[i], sizeof(now.nodes[i])) &&
		    memcmp(&now.nodes[i], &check.after.nodes[i], sizeof(now.nodes[i])))
			check_fail("a reader sees a torn node");
	}
}

void
check_over(void)
{
	check_rest(check.arena, check.lane);
	check_blocks(check.arena, check.lane);
}

/* ---- the view ---------------------------------------------------------------------------------- */

void
check_fresh_view(void)
{
	if (madvise(check.view.base, check.view.window_size, MADV_DONTNEED))
		abort();
}

void
check_recover_view(void)
{
	struct tarn_lane dead;

	if (tarn__lane_view(&dead, &check.view, check.lane->owner - 1) ||
	    tarn__lane_recover(&dead))
		check_fail("recovery refused");
}

static bool
still_claimed(struct tarn_lane *l, tarn_off block)
{
	return *board_claim(l) >> board_bit(l->arena, block) & 1;
}

static int
no_enter(struct tarn_lane *l)
{
	(void)l;
	return 0;
}

static void
no_work(struct tarn_lane *l)
{
	(void)l;
}

static const struct tarn_lane_heap toy_heap = {
	.still_claimed = still_claimed,
	.drain = no_work,
	.tidy = no_work,
	.enter = no_enter,
	.leave = no_work,
};

static void
open_board(void)
{
	struct tarn_arena_options options = { .how = TARN_CREATE, .max_threads = 4,
					      .max_size = 1 << 20 };
	struct tarn_arena *arena;

	if (tarn_arena_open(&arena, "anon:", &options, NULL) ||
	    tarn__arena_give(arena, arena->fixed.data_off, TARN_CHUNK) ||
	    tarn__op_begin(arena, &check.lane))
		check_fail("no arena");
	check.arena = arena;
	check.board = board_of(arena);
	check.board->span_free = UINT64_MAX;
	for (unsigned i = 0; i < BOARD_NODES; i++)
		check.board->nodes[i].node = (UINT64_C(1) << 63) + i * TARN_NODE_VERSION;
	tarn__lane_heap = &toy_heap;
}

static void
open_view(void)
{
	struct tarn_arena *arena = check.arena, *view = &check.view;

	*view = *arena;
	view->base = mmap(NULL, arena->window_size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			  arena->file.fd, 0);
	if (view->base == MAP_FAILED)
		check_fail("no view");
	view->header = (void *)(view->base + ((char *)arena->header - arena->base));
	view->chunk_map = (void *)(view->base + ((char *)arena->chunk_map - arena->base));
}

void
check_open(void)
{
	open_board();
	open_view();
}

void
check_foresee(unsigned number)
{
	struct tarn_lane future;

	check.operation = &board_operations[number % board_operation_count];
	check.seed = (unsigned)tarn__hash_u64(number, 1) >> 1;
	check.committed = false;
	for (unsigned i = 0; i < BOARD_NODES; i++)
		check.versions[i] = check.board->nodes[i].node / TARN_NODE_VERSION;
	check_fresh_view();
	if (tarn__lane_view(&future, &check.view, check.lane->owner - 1))
		abort();
	take_image(check.board, &check.before);
	check.operation->run(&future, board_of(&check.view), check.seed);
	take_image(board_of(&check.view), &check.after);
}
