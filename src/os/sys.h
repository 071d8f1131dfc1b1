// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * sys.h -- the gate that every system call of this floor passes
 *
 * TARN_SYS(name, call) is the call itself.  Only in the builds of the tests
 * (TARN_HOOKED, TARN_FAULT) can it fail without being made, or be the last
 * thing that the process does; see fault.h.  The call must report failure
 * by -1 (or MAP_FAILED, which is the same) and errno.
 */
#ifndef TARN_OS_SYS_H
#define TARN_OS_SYS_H

#if defined(TARN_HOOKED) || defined(TARN_FAULT)
#include "os/fault.h"
#define TARN_SYS(name, call) (tarn__fault_hit(#name) ? (__typeof__(call))-1 : (call))
#else
#define TARN_SYS(name, call) (call)
#endif

#endif
