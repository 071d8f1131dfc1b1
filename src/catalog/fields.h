// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * fields.h -- whether a description fits what it describes
 *
 * The syntax, and taking it apart: include/tarn/fields.h, fields.c.
 */
#ifndef TARN_CATALOG_FIELDS_H
#define TARN_CATALOG_FIELDS_H

#include <tarn/fields.h>

#include "base/compiler.h"

/*
 * A description of what has that many bytes (0: any), aligned to that many
 * (0: to nothing in particular).  TARN_INVALID, with a detail that begins
 * with what it is of ("a value").
 */
int tarn__fields_check(const char *what, const char *text, uint32_t size, uint32_t align);

#endif
