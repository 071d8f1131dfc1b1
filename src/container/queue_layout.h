// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * queue_layout.h -- a queue in the arena, byte by byte
 *
 * It is a deque (deque_layout.h) whose elements come at the back and go at
 * the front:
 *
 *	          head ------------------ tail
 *	... gone  front              back      to come ...
 *
 * So readers, writers and recovery of deques are those of queues, and their
 * invariants; and one more:
 *
 *	U1. the head of a queue is never before TARN_RING_MIDDLE
 *
 * The catalog's entry says another kind, so that nobody takes it for a deque.
 */
#ifndef TARN_CONTAINER_QUEUE_LAYOUT_H
#define TARN_CONTAINER_QUEUE_LAYOUT_H

#include "container/deque_layout.h"

/* U1, of a deque's head. */
static inline bool
tarn__queue_begins(uint64_t head)
{
	return head >= TARN_RING_MIDDLE;
}

#endif
