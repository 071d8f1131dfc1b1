// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * std_string.h -- std::string, for the benchmarks in C
 *
 * Whole loops, so that the compiler may do with them what it does in a C++
 * program.
 */
#ifndef TARN_BENCH_PEER_STD_STRING_H
#define TARN_BENCH_PEER_STD_STRING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct peer_string;

struct peer_string *peer_string_new(const char *bytes, size_t size);
void peer_string_free(struct peer_string *string);
/* 16 bytes from text + i % 100, count times */
void peer_string_append(struct peer_string *string, const char *text, size_t count);
uint64_t peer_string_copy(const struct peer_string *string, size_t count);
uint64_t peer_string_find(const struct peer_string *string, const char *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif
