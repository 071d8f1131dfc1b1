// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_set.h -- std::unordered_set, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_SET_H
#define TARN_BENCH_PEER_STD_SET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_set; /* std::unordered_set<uint64_t> */

struct peer_set *peer_set_new(void);
void peer_set_free(struct peer_set *set);
void peer_set_insert(struct peer_set *set, const uint64_t *keys, size_t count);
/* how many are there */
uint64_t peer_set_contains(const struct peer_set *set, const uint64_t *keys, size_t count);
/* new ones */
struct peer_set *peer_set_union(const struct peer_set *one, const struct peer_set *other);
struct peer_set *peer_set_intersection(const struct peer_set *one, const struct peer_set *other);

#ifdef __cplusplus
}
#endif

#endif
