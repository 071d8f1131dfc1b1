// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * stack_layout.h -- a stack in the arena, byte by byte
 *
 * It is a deque (deque_layout.h) of which one end is used:
 *
 *	bottom                            top
 *	head, in the middle of all        tail
 *	numbers, where it stays
 *
 * So readers, writers and recovery of deques are those of stacks, and their
 * invariants; and one more:
 *
 *	S1. the head of a stack is TARN_RING_MIDDLE
 *
 * The catalog's entry says another kind, so that nobody takes it for a deque.
 */
#ifndef TARN_CONTAINER_STACK_LAYOUT_H
#define TARN_CONTAINER_STACK_LAYOUT_H

#include "container/deque_layout.h"

/* S1, of a deque's head. */
static inline bool
tarn__stack_begins(uint64_t head)
{
	return head == TARN_RING_MIDDLE;
}

#endif
