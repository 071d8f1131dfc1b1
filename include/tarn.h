// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tarn.h -- everything in <tarn/...>
 */
#ifndef TARN_H
#define TARN_H

#include <tarn/arena.h>
#include <tarn/bitset.h>
#include <tarn/check.h>
#include <tarn/counter.h>
#include <tarn/deque.h>
#include <tarn/error.h>
#include <tarn/fields.h>
#include <tarn/guest.h>
#include <tarn/hashmap.h>
#include <tarn/hashmultimap.h>
#include <tarn/hashmultiset.h>
#include <tarn/hashset.h>
#include <tarn/list.h>
#include <tarn/lock.h>
#include <tarn/map.h>
#include <tarn/multimap.h>
#include <tarn/multiset.h>
#include <tarn/object.h>
#include <tarn/order.h>
#include <tarn/priority_queue.h>
#include <tarn/queue.h>
#include <tarn/region.h>
#include <tarn/set.h>
#include <tarn/stack.h>
#include <tarn/string.h>
#include <tarn/txn.h>
#include <tarn/heap.h>
#include <tarn/types.h>
#include <tarn/vector.h>

#endif
