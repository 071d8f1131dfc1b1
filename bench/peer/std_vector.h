// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_vector.h -- std::vector<uint64_t>, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_VECTOR_H
#define TARN_BENCH_PEER_STD_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_vector;

struct peer_vector *peer_vector_new(const uint64_t *values, size_t count);
void peer_vector_free(struct peer_vector *vector);
void peer_vector_push(struct peer_vector *vector, size_t count);
void peer_vector_sort(struct peer_vector *vector);
uint64_t peer_vector_get(const struct peer_vector *vector, const uint64_t *indices, size_t count);
void peer_vector_set(struct peer_vector *vector, const uint64_t *indices, size_t count);
uint64_t peer_vector_sum(const struct peer_vector *vector);

#ifdef __cplusplus
}
#endif

#endif
