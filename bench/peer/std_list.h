// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_list.h -- std::list<uint64_t>, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_LIST_H
#define TARN_BENCH_PEER_STD_LIST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_list;

/* Of 0, 1, 2, ... */
struct peer_list *peer_list_new(size_t count);
void peer_list_free(struct peer_list *list);
void peer_list_push(struct peer_list *list, size_t count);
uint64_t peer_list_fifo(struct peer_list *list, size_t count);
/* Before the element in the middle one comes and goes. */
uint64_t peer_list_middle(struct peer_list *list, size_t count);
/* All of them, so often. */
uint64_t peer_list_sum(const struct peer_list *list, size_t times);
/* By the lowest 20 bits of a product: as good as at random. */
void peer_list_sort(struct peer_list *list);

#ifdef __cplusplus
}
#endif

#endif
