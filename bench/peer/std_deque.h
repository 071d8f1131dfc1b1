// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_deque.h -- std::deque<uint64_t>, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_DEQUE_H
#define TARN_BENCH_PEER_STD_DEQUE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_deque;

struct peer_deque *peer_deque_new(size_t count);
void peer_deque_free(struct peer_deque *deque);
void peer_deque_push(struct peer_deque *deque, size_t count);
uint64_t peer_deque_fifo(struct peer_deque *deque, size_t count);
uint64_t peer_deque_lifo(struct peer_deque *deque, size_t count);
uint64_t peer_deque_get(const struct peer_deque *deque, const uint64_t *indices, size_t count);

#ifdef __cplusplus
}
#endif

#endif
