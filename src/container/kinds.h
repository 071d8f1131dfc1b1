// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * kinds.h -- what each kind of object gives to the catalog
 *
 * The table is in kinds.c; each of these stands in the file of its kind,
 * at the end of what creates, checks and dismantles it.
 */
#ifndef TARN_CONTAINER_KINDS_H
#define TARN_CONTAINER_KINDS_H

#include "catalog/catalog.h"

extern const struct tarn_kind_ops tarn__guest_ops;
extern const struct tarn_kind_ops tarn__hashmap_ops;
extern const struct tarn_kind_ops tarn__hashmultimap_ops;
extern const struct tarn_kind_ops tarn__hashmultiset_ops;
extern const struct tarn_kind_ops tarn__hashset_ops;
extern const struct tarn_kind_ops tarn__list_ops;
extern const struct tarn_kind_ops tarn__map_ops;
extern const struct tarn_kind_ops tarn__multimap_ops;
extern const struct tarn_kind_ops tarn__multiset_ops;
extern const struct tarn_kind_ops tarn__set_ops;
extern const struct tarn_kind_ops tarn__mutex_ops;
extern const struct tarn_kind_ops tarn__rwlock_ops;
extern const struct tarn_kind_ops tarn__region_ops;
extern const struct tarn_kind_ops tarn__vector_ops;
extern const struct tarn_kind_ops tarn__string_ops;
extern const struct tarn_kind_ops tarn__counter_ops;
extern const struct tarn_kind_ops tarn__atomic_counter_ops;
extern const struct tarn_kind_ops tarn__bitset_ops;
extern const struct tarn_kind_ops tarn__atomic_bitset_ops;
extern const struct tarn_kind_ops tarn__deque_ops;
extern const struct tarn_kind_ops tarn__stack_ops;
extern const struct tarn_kind_ops tarn__queue_ops;
extern const struct tarn_kind_ops tarn__priority_queue_ops;

#endif
