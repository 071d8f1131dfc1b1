// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_board.c -- the toy container's operations, each a way to use a lane
 *
 * Compiled with the library's hooks.  Seeds choose nodes and values; every
 * operation is deterministic, and works from any state that others leave.
 */
#include "txn_board.h"

#include "base/bits.h"
#include "txn/object.h"

/* One call site of each primitive where a second would be redundant: a mutant must matter. */
static bool
try_lock(struct tarn_lane *lane, struct board_node *node, uint64_t seen)
{
	return tarn__lock(lane, &node->node, seen);
}

static void
lock(struct tarn_lane *lane, struct board_node *node)
{
	tarn_assert(try_lock(lane, node, tarn__load(&node->node)));
}

static void
publish(struct tarn_lane *lane, struct board_node *node, uint64_t payload, uint64_t *count,
	uint64_t count_new)
{
	tarn__flip(lane, &node->node, payload, count, count_new);
}

static void
reserve(struct tarn_lane *lane, unsigned words, unsigned blocks, unsigned locks)
{
	tarn_assert(tarn__lane_reserve(lane, words, blocks, blocks, locks) == 0);
}

static void
set_payload(struct tarn_lane *lane, struct board_node *node, uint64_t payload)
{
	tarn__set_payload(lane, &node->node, payload & TARN_NODE_PAYLOAD);
}

/* ---- nested actions ---------------------------------------------------------------------------- */

void
board_refill(struct tarn_lane *lane, struct board *board)
{
	uint64_t take = 0, span_free = tarn__load(&board->span_free);

	if (tarn__load(board_claim(lane)))
		return;
	for (int i = 0; i < 3 && span_free; i++, span_free &= span_free - 1)
		take |= span_free & -span_free;
	tarn_assert(tarn__nested_lock(lane, &board->span, tarn__load(&board->span)));
	tarn__nested_set(lane, &board->span_free, span_free);
	tarn__nested_set(lane, board_claim(lane), take);
	tarn_assert(tarn__nested_commit(lane) == 0);
}

static void
drain_one(struct tarn_lane *lane, struct board *board, uint64_t commit)
{
	tarn_off block = tarn__load(tarn__list_at(&lane->limbo, tarn__commit_limbo(commit) - 1));
	uint64_t bit = UINT64_C(1) << board_bit(lane->arena, block);

	tarn_assert(tarn__nested_lock(lane, &board->span, tarn__load(&board->span)));
	tarn__nested_set(lane, &board->span_free, tarn__load(&board->span_free) | bit);
	tarn__nested_commit_word(lane, commit - TARN_COMMIT_LIMBO);
	tarn_assert(tarn__nested_commit(lane) == 0);
}

void
board_drain(struct tarn_lane *lane, struct board *board)
{
	uint64_t commit;

	while (tarn__commit_limbo(commit = tarn__load(&lane->log->commit)))
		drain_one(lane, board, commit);
}

static tarn_off
take_block(struct tarn_lane *lane)
{
	uint64_t *claim = board_claim(lane);
	uint64_t bit = tarn__load(claim) & -tarn__load(claim);
	uint64_t limbo = tarn__commit_limbo(lane->commit);
	tarn_off block;

	if (limbo && !lane->frees) {
		block = tarn__load(tarn__list_at(&lane->limbo, limbo - 1));
		tarn__take_freed(lane);
		return block;
	}
	block = board_block(lane->arena, tarn__ctz(bit));
	tarn__take(lane, claim, tarn__load(claim) & ~bit, block);
	return block;
}

static void
refill(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	(void)seed;
	board_refill(lane, board);
}

static void
drain(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	(void)seed;
	board_drain(lane, board);
}

/* ---- single-store operations ------------------------------------------------------------------- */

static void
flip(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	struct board_node *node = &board->nodes[seed % BOARD_NODES];
	uint64_t payload = tarn__load(&node->node) & TARN_NODE_PAYLOAD;
	unsigned place = payload & 2 ? 0 : 1; /* the word that the payload does not name */

	reserve(lane, 0, 0, 1);
	lock(lane, node);
	tarn__store(&node->words[place], seed);
	publish(lane, node, payload ^ 2, NULL, 0);
}

/* Give the node a block, another block, or none; count the nodes that have one. */
static void
flip_block(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	struct board_node *node = &board->nodes[seed % BOARD_NODES];
	uint64_t payload = tarn__load(&node->node) & TARN_NODE_PAYLOAD;
	uint64_t count = tarn__load(&board->count);
	bool has = payload & 1;

	reserve(lane, 0, 1, 1);
	if (seed & 64)
		board_drain(lane, board);
	board_refill(lane, board);
	if (has) {
		lock(lane, node);
		tarn__free_later(lane, tarn__load(&node->block));
		publish(lane, node, payload ^ 1, &board->count, count - 1);
		return;
	}
	tarn_off block = take_block(lane);

	lock(lane, node);
	tarn__store(&node->block, block);
	publish(lane, node, payload ^ 1, &board->count, count + 1);
}

static void
add_in_place(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	struct board_node *node = &board->nodes[seed % BOARD_NODES];

	reserve(lane, 0, 0, 1);
	lock(lane, node);
	tarn__store(&node->words[5], tarn__load(&node->words[5]) + 1);
	tarn__unlock(lane, &node->node);
}

static void
lose_the_race(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	struct board_node *node = &board->nodes[seed % BOARD_NODES];

	reserve(lane, 0, 0, 1);
	tarn_assert(!try_lock(lane, node, tarn__load(&node->node) + TARN_NODE_VERSION));
}

/* ---- logged operations ------------------------------------------------------------------------- */

/* Change so many nodes, one word twice; swap their blocks; the other payload bits count up. */
static void
change_nodes(struct tarn_lane *lane, struct board *board, unsigned seed, unsigned count)
{
	reserve(lane, 3 * count + 1, 1, count);
	for (unsigned i = 0; i < count; i++) {
		struct board_node *node = &board->nodes[(seed + i) % BOARD_NODES];
		uint64_t payload;

		tarn_assert(0 == (i & 1 ? tarn__lock_try(lane, &node->node)
					: tarn__lock_wait(lane, &node->node, UINT64_MAX)));
		tarn__dirty(&node->node);
		for (unsigned twice = 0; twice < 2; twice++)
			tarn__set(lane, &node->words[3], seed + i + twice);
		payload = tarn__load(&node->node) & TARN_NODE_PAYLOAD;
		set_payload(lane, node, payload + 4);
	}
}

static void
change_two(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	change_nodes(lane, board, seed, 2);
	tarn_assert(tarn__commit(lane) == 0);
}

/* As a transaction does it: somebody sleeps at the gate, or nobody. */
static void
change_behind_gate(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	tarn_assert(tarn__gate_lock(lane, &board->gate, UINT64_MAX) == 0);
	if (seed & 64)
		tarn__fetch_or(&board->gate, TARN_GATE_WAITERS);
	change_nodes(lane, board, seed, 2);
	tarn_assert(tarn__commit(lane) == 0);
}

static void
change_six(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	change_nodes(lane, board, seed, 6);
	tarn_assert(tarn__commit(lane) == 0);
}

static void
change_and_undo(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	change_nodes(lane, board, seed, 3);
	tarn_assert(tarn__rollback(lane) == 0);
}

/* In one transaction: two nodes change, one block is taken, one freed, the claim is refilled. */
static void
move_block(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	struct board_node *node = &board->nodes[(seed + 1) % BOARD_NODES];
	uint64_t payload = tarn__load(&node->node) & TARN_NODE_PAYLOAD;
	bool has = payload & 1;

	if (seed & 128)
		board_drain(lane, board);
	change_nodes(lane, board, seed, 2);
	board_refill(lane, board);
	reserve(lane, 3, 1, 0);
	if (has)
		tarn__free_later(lane, tarn__load(&node->block));
	else
		tarn__set(lane, &board->count, tarn__load(&board->count) + 1);
	tarn__set(lane, &node->block, take_block(lane));
	payload = tarn__load(&node->node) & TARN_NODE_PAYLOAD;
	set_payload(lane, node, payload | 1);
}

static void
move_and_commit(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	move_block(lane, board, seed);
	tarn_assert(tarn__commit(lane) == 0);
}

static void
move_and_undo(struct tarn_lane *lane, struct board *board, unsigned seed)
{
	move_block(lane, board, seed);
	tarn_assert(tarn__rollback(lane) == 0);
}

const struct board_operation board_operations[] = {
	{ "flip", flip },
	{ "flip with block and count", flip_block },
	{ "add in place", add_in_place },
	{ "lost race for a lock", lose_the_race },
	{ "refill", refill },
	{ "drain", drain },
	{ "change two nodes", change_two },
	{ "change six nodes", change_six },
	{ "change two behind a gate", change_behind_gate },
	{ "change, then undo", change_and_undo },
	{ "move a block", move_and_commit },
	{ "move a block, then undo", move_and_undo },
};

const unsigned board_operation_count = TARN_ARRAY_SIZE(board_operations);
