// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_adaptors.h -- std::stack, std::queue and std::priority_queue of
 * uint64_t, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.  Each has the same three.
 */
#ifndef TARN_BENCH_PEER_STD_ADAPTORS_H
#define TARN_BENCH_PEER_STD_ADAPTORS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum peer_adaptor { PEER_STACK, PEER_QUEUE, PEER_PRIORITY_QUEUE };

struct peer_ends;

struct peer_ends *peer_ends_new(enum peer_adaptor which);
void peer_ends_free(struct peer_ends *ends);
void peer_ends_push(struct peer_ends *ends, const uint64_t *values, size_t count);
/* Each one comes, and one goes. */
uint64_t peer_ends_hold(struct peer_ends *ends, const uint64_t *values, size_t count);
uint64_t peer_ends_pop(struct peer_ends *ends, size_t count);

#ifdef __cplusplus
}
#endif

#endif
