// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * txn_board.h -- a toy container on which the protocol's crash test plays
 *
 *	data part:  nodes[NODES], each a node word, six words, and a block
 *	            offset; then the slot's count word
 *	claims:     one mask of 64 blocks, in the slot's log
 *
 * Payload bit 0: the node holds a block.  The operations are compiled with
 * the library's store hooks, so that every one of their stores is a crash
 * point and every call of a primitive a mutation site.
 */
#ifndef TARN_TESTS_TXN_BOARD_H
#define TARN_TESTS_TXN_BOARD_H

#include "txn/lane.h"

#define BOARD_NODES 8u
#define BOARD_WORDS 6u
#define BOARD_BLOCKS 64u

struct board_node {
	uint64_t node;
	uint64_t words[BOARD_WORDS];
	tarn_off block;
};

struct board {
	struct board_node nodes[BOARD_NODES];
	uint64_t count;
	uint64_t gate;	    /* a node word that others sleep on */
	uint64_t span;	    /* a node word */
	uint64_t span_free; /* blocks that nobody has */
};

static inline uint64_t *
board_claim(const struct tarn_lane *lane)
{
	return (uint64_t *)((char *)lane->log + TARN_LOG_CLAIM_COUNTS);
}

static inline tarn_off
board_block(const struct tarn_arena *arena, unsigned bit)
{
	return arena->fixed.data_off + 4096 + bit * 64;
}

static inline unsigned
board_bit(const struct tarn_arena *arena, tarn_off block)
{
	return (unsigned)((block - arena->fixed.data_off - 4096) / 64);
}

struct board_operation {
	const char *name;
	void (*run)(struct tarn_lane *lane, struct board *board, unsigned seed);
};

extern const struct board_operation board_operations[];
extern const unsigned board_operation_count;

/* Every block of the limbo goes back to the span, a nested action each; refill the claim likewise. */
void board_drain(struct tarn_lane *lane, struct board *board);
void board_refill(struct tarn_lane *lane, struct board *board);

#endif
