// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * multiset_layout.h -- an ordered multiset in the arena, byte by byte
 *
 * It is a multimap (multimap_layout.h) whose values are of size 0:
 *
 *	leaf	word, pair	pair = sizes, key with serial
 *
 * So readers, writers and recovery of maps are those of multisets.  The
 * catalog's entry says value_size 0.
 */
#ifndef TARN_CONTAINER_MULTISET_LAYOUT_H
#define TARN_CONTAINER_MULTISET_LAYOUT_H

#include "container/multimap_layout.h"

#endif
