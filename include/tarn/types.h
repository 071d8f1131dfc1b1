// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * types.h -- what every Tarn header needs: attributes, offsets, forward names
 *
 * A `struct tarn_noun` is this process's handle and may hold pointers.  What
 * lies in the arena is private to the library; programs name it by handles,
 * keys, and offsets.
 */
#ifndef TARN_TYPES_H
#define TARN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARN_VISIBLE __attribute__((visibility("default")))
#define TARN_MUST_CHECK __attribute__((warn_unused_result))

#ifdef __cplusplus
#define TARN_API extern "C" TARN_VISIBLE
#else
#define TARN_API TARN_VISIBLE
#endif

/* For <tarn/typed/...>: a name made of two, once they are expanded; a function that may be unused. */
#define TARN_PASTE_(a, b) a##b
#define TARN_PASTE(a, b) TARN_PASTE_(a, b)
#define TARN_TYPED __attribute__((unused, warn_unused_result)) static inline

/** Bytes from the start of an arena; 0 is none. */
typedef uint64_t tarn_off;

/** Bytes of a program's own, somewhere: one of many keys or values. */
struct tarn_bytes {
	void *data;
	size_t size;
};

/** In the place of a size: each has one of its own, in an array of struct tarn_bytes. */
#define TARN_SEPARATE SIZE_MAX

struct tarn_arena;
struct tarn_object;
struct tarn_txn;
struct tarn_bitset;
struct tarn_counter;
struct tarn_deque;
struct tarn_hashmap;
struct tarn_hashmultimap;
struct tarn_hashmultiset;
struct tarn_hashset;
struct tarn_list;
struct tarn_map;
struct tarn_multimap;
struct tarn_multiset;
struct tarn_priority_queue;
struct tarn_queue;
struct tarn_set;
struct tarn_stack;
struct tarn_vector;
struct tarn_string;
struct tarn_mutex;
struct tarn_rwlock;
struct tarn_region;

/** How an arena or an object is opened. */
enum tarn_open_mode {
	TARN_OPEN = 0,		/* it must exist */
	TARN_CREATE = 1,	/* it must not exist */
	TARN_OPEN_OR_CREATE = 2, /* either; the call says which */
};

#endif
