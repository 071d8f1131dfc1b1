// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_ordered_set.h -- std::set, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_ORDERED_SET_H
#define TARN_BENCH_PEER_STD_ORDERED_SET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_ordered; /* std::set<uint64_t> */

struct peer_ordered *peer_ordered_new(void);
void peer_ordered_free(struct peer_ordered *set);
/* in their order, or with the place before as a hint */
void peer_ordered_insert(struct peer_ordered *set, const uint64_t *keys, size_t count);
void peer_ordered_load(struct peer_ordered *set, const uint64_t *keys, size_t count);
/* how many are there */
uint64_t peer_ordered_contains(const struct peer_ordered *set, const uint64_t *keys, size_t count);
/* of each key the sum of the length keys from there on */
uint64_t peer_ordered_scan(const struct peer_ordered *set, const uint64_t *keys, size_t count,
			   size_t length);
/* new ones, of std::set_union and its like */
struct peer_ordered *peer_ordered_union(const struct peer_ordered *one,
					const struct peer_ordered *other);
struct peer_ordered *peer_ordered_intersection(const struct peer_ordered *one,
					       const struct peer_ordered *other);

#ifdef __cplusplus
}
#endif

#endif
