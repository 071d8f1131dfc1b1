// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * string_layout.h -- a string in the arena
 *
 * A string is a vector whose elements are bytes, in an object of its own
 * kind; vector_layout.h has the picture and the invariants.  There is no
 * zero behind its end, and there may be zeros inside.
 */
#ifndef TARN_CONTAINER_STRING_LAYOUT_H
#define TARN_CONTAINER_STRING_LAYOUT_H

#include "container/vector_layout.h"

#define TARN_STRING_ELEMENT 1u /* bytes: the value size of its type */

#endif
