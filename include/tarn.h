// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * tarn.h -- everything in <tarn/...>
 */
#ifndef TARN_H
#define TARN_H

#include <tarn/arena.h>
#include <tarn/error.h>
#include <tarn/types.h>

#endif
