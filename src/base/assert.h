// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * assert.h -- assertions on private state
 *
 * tarn_assert() stays on in release builds: a thread that dies in an
 * operation is survived by design, one that goes on with broken private
 * state is not.  It is for this process's own variables and for the
 * library's own logic.  Bytes read from an arena are never asserted on:
 * they are checked, and a bad one is TARN_CORRUPT.
 */
#ifndef TARN_BASE_ASSERT_H
#define TARN_BASE_ASSERT_H

#include "base/compiler.h"

_Noreturn TARN_COLD void tarn__assert_failed(const char *claim, const char *file, int line);

#define tarn_assert(c) (likely(c) ? (void)0 : tarn__assert_failed(#c, __FILE__, __LINE__))

#ifdef NDEBUG
#define tarn_debug_assert(c) ((void)sizeof(!(c)))
#else
#define tarn_debug_assert(c) tarn_assert(c)
#endif

#endif
