// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fault.h -- make one system call fail, or the process die before it
 *
 * For tests: a first run counts the calls of an operation, then for each of
 * them one more run makes just that one fail or be the last.  Only in
 * builds with TARN_HOOKED or TARN_FAULT.
 */
#ifndef TARN_OS_FAULT_H
#define TARN_OS_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* The nth call from now on, counted from 1, fails with this errno; n = 0: none.  Counts anew. */
void tarn__fault_arm(uint64_t n, int errno_value);

/* Calls since the last arming, by all threads. */
uint64_t tarn__fault_calls(void);

/* Told before each call its name and its number; it may end the process.  NULL: nobody. */
extern void (*tarn__fault_callback)(const char *name, uint64_t number);

/* TARN_SYS() asks: is this the one? */
bool tarn__fault_hit(const char *name);

#endif
