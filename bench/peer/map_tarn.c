// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * map_tarn.c -- Tarn's hash map
 */
#define KIND TARN_KIND_HASHMAP
#define HANDLE tarn_hashmap
#define CALL(name) tarn_hashmap_##name

#include "tarn_map.h"
