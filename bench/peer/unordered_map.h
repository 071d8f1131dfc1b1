// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * unordered_map.h -- std::unordered_map, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.  Keys of maps of strings are std::string objects, made before.
 */
#ifndef TARN_BENCH_PEER_UNORDERED_MAP_H
#define TARN_BENCH_PEER_UNORDERED_MAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_map;  /* std::unordered_map<uint64_t, uint64_t> */
struct peer_text; /* std::unordered_map<std::string, uint64_t> */
struct peer_keys; /* strings */

struct peer_map *peer_map_new(size_t reserved);
void peer_map_free(struct peer_map *map);
uint64_t peer_map_get(const struct peer_map *map, const uint64_t *keys, size_t count);
void peer_map_put(struct peer_map *map, const uint64_t *keys, size_t count);
void peer_map_erase_insert(struct peer_map *map, const uint64_t *keys, size_t count);
uint64_t peer_map_sum(const struct peer_map *map);

struct peer_keys *peer_keys_new(const char *const *texts, size_t count);
void peer_keys_free(struct peer_keys *keys);
struct peer_text *peer_text_new(size_t reserved);
void peer_text_free(struct peer_text *map);
uint64_t peer_text_get(const struct peer_text *map, const struct peer_keys *keys);
void peer_text_put(struct peer_text *map, const struct peer_keys *keys);
void peer_text_erase_insert(struct peer_text *map, const struct peer_keys *keys);
uint64_t peer_text_sum(const struct peer_text *map);

#ifdef __cplusplus
}
#endif

#endif
