// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_map.h -- std::map<uint64_t, uint64_t>, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_MAP_H
#define TARN_BENCH_PEER_STD_MAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_tree;

struct peer_tree *peer_tree_new(void);
void peer_tree_free(struct peer_tree *tree);
void peer_tree_insert(struct peer_tree *tree, const uint64_t *keys, size_t count);
void peer_tree_set(struct peer_tree *tree, const uint64_t *keys, size_t count);
void peer_tree_erase(struct peer_tree *tree, const uint64_t *keys, size_t count);
uint64_t peer_tree_get(const struct peer_tree *tree, const uint64_t *keys, size_t count);
/* From each key on so many entries; how many in all. */
uint64_t peer_tree_scan(const struct peer_tree *tree, const uint64_t *keys, size_t count,
			size_t length);

#ifdef __cplusplus
}
#endif

#endif
