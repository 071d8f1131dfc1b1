// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kinds.c -- which kinds of objects this library can make
 *
 * The catalog floor may not include the containers, and they must not have
 * to register before main(); so the list stands here, where all are known.
 * There is nothing else in this file: a test that needs kinds of its own
 * defines the table itself, and the linker then leaves this one out.
 */
#include "container/kinds.h"

const struct tarn_kind_ops *const tarn__kinds[TARN_KINDS] = {
	[TARN_KIND_HASHMAP] = &tarn__hashmap_ops,
	[TARN_KIND_MAP] = &tarn__map_ops,
	[TARN_KIND_SET] = &tarn__set_ops,
	[TARN_KIND_MULTIMAP] = &tarn__multimap_ops,
	[TARN_KIND_MULTISET] = &tarn__multiset_ops,
	[TARN_KIND_MUTEX] = &tarn__mutex_ops,
	[TARN_KIND_RWLOCK] = &tarn__rwlock_ops,
	[TARN_KIND_REGION] = &tarn__region_ops,
	[TARN_KIND_VECTOR] = &tarn__vector_ops,
	[TARN_KIND_STRING] = &tarn__string_ops,
	[TARN_KIND_HASHSET] = &tarn__hashset_ops,
	[TARN_KIND_HASHMULTIMAP] = &tarn__hashmultimap_ops,
	[TARN_KIND_HASHMULTISET] = &tarn__hashmultiset_ops,
	[TARN_KIND_COUNTER] = &tarn__counter_ops,
	[TARN_KIND_ATOMIC_COUNTER] = &tarn__atomic_counter_ops,
	[TARN_KIND_BITSET] = &tarn__bitset_ops,
	[TARN_KIND_ATOMIC_BITSET] = &tarn__atomic_bitset_ops,
	[TARN_KIND_DEQUE] = &tarn__deque_ops,
	[TARN_KIND_LIST] = &tarn__list_ops,
	[TARN_KIND_STACK] = &tarn__stack_ops,
	[TARN_KIND_QUEUE] = &tarn__queue_ops,
	[TARN_KIND_PRIORITY_QUEUE] = &tarn__priority_queue_ops,
	[TARN_KIND_GUEST] = &tarn__guest_ops,
};
