// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * compiler.h -- the few things said to the compiler, and not to the reader
 *
 * likely/unlikely mark branches whose odds are known and which a
 * measurement has shown to matter.  TARN_COLD keeps slow paths out of the
 * hot function's registers and cache lines; TARN_HOT makes the steps of one
 * operation a single stretch of code, with what it knows in registers.
 */
#ifndef TARN_BASE_COMPILER_H
#define TARN_BASE_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define TARN_COLD __attribute__((noinline, cold))
#define TARN_NOINLINE __attribute__((noinline))
#define TARN_HOT inline __attribute__((always_inline))
#define TARN_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define TARN_CONTAINER_OF(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))

_Static_assert(sizeof(void *) == 8, "Tarn needs 64-bit addresses");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "Tarn's format is little-endian");

#endif
