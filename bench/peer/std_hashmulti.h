// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_hashmulti.h -- std::unordered_multimap and std::unordered_multiset,
 * for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_HASHMULTI_H
#define TARN_BENCH_PEER_STD_HASHMULTI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_multimap; /* std::unordered_multimap<uint64_t, uint64_t> */

struct peer_multimap *peer_multimap_new(void);
void peer_multimap_free(struct peer_multimap *map);
/* the place in the array is the value */
void peer_multimap_insert(struct peer_multimap *map, const uint64_t *keys, size_t count);
/* the sum of all values of these keys */
uint64_t peer_multimap_sum(const struct peer_multimap *map, const uint64_t *keys, size_t count);
/* how many have gone */
uint64_t peer_multimap_erase(struct peer_multimap *map, const uint64_t *keys, size_t count);

struct peer_multiset; /* std::unordered_multiset<uint64_t> */

struct peer_multiset *peer_multiset_new(void);
void peer_multiset_free(struct peer_multiset *set);
void peer_multiset_insert(struct peer_multiset *set, const uint64_t *keys, size_t count);
/* the sum of how often they are there */
uint64_t peer_multiset_count(const struct peer_multiset *set, const uint64_t *keys, size_t count);

#ifdef __cplusplus
}
#endif

#endif
