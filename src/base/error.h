// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * error.h -- more words about a failure than its code has
 *
 * A call that knows which name, or which two types, says so here before it
 * returns its code; the text is the calling thread's alone.
 *
 * On death: it is private memory.
 */
#ifndef TARN_BASE_ERROR_H
#define TARN_BASE_ERROR_H

#include "base/compiler.h"

#include <tarn/error.h>

/* What tarn_error_detail() is to tell this thread; cut to what its buffer holds.  May change errno. */
void tarn__error_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
