// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_multimap.h -- std::multimap and std::multiset of u64, for the benchmarks
 * in C
 *
 * A multiset has no values: these are NULL where it is asked.
 */
#ifndef TARN_BENCH_PEER_STD_MULTIMAP_H
#define TARN_BENCH_PEER_STD_MULTIMAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_multimap;

struct peer_multimap *peer_multimap_new(void);
void peer_multimap_free(struct peer_multimap *map);
/* Values are the keys' places. */
void peer_multimap_insert(struct peer_multimap *map, const uint64_t *keys, size_t count);
void peer_multimap_load(struct peer_multimap *map, const uint64_t *keys, size_t count);
/* Sums of the first value of each key; of all values of each; of how many there are. */
uint64_t peer_multimap_get(const struct peer_multimap *map, const uint64_t *keys, size_t count);
uint64_t peer_multimap_range(const struct peer_multimap *map, const uint64_t *keys, size_t count);
uint64_t peer_multimap_count(const struct peer_multimap *map, const uint64_t *keys, size_t count);
/* The sum of the next `length` keys and values from each key on. */
uint64_t peer_multimap_scan(const struct peer_multimap *map, const uint64_t *keys, size_t count,
			    size_t length);

struct peer_multiset;

struct peer_multiset *peer_multiset_new(void);
void peer_multiset_free(struct peer_multiset *set);
void peer_multiset_insert(struct peer_multiset *set, const uint64_t *keys, size_t count);
void peer_multiset_load(struct peer_multiset *set, const uint64_t *keys, size_t count);
uint64_t peer_multiset_contains(const struct peer_multiset *set, const uint64_t *keys, size_t count);
uint64_t peer_multiset_count(const struct peer_multiset *set, const uint64_t *keys, size_t count);
uint64_t peer_multiset_scan(const struct peer_multiset *set, const uint64_t *keys, size_t count,
			    size_t length);
/* Takes out the lowest key and puts it in again, count times. */
uint64_t peer_multiset_pop(struct peer_multiset *set, size_t count);

#ifdef __cplusplus
}
#endif

#endif
