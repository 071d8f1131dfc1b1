// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * objects.h -- scenarios of transactions, names, clear and the graveyard
 */
#ifndef TARN_TESTS_OBJECTS_H
#define TARN_TESTS_OBJECTS_H

#include "hashmap_death.h"

extern const struct scenario objects_scenarios[];

#endif
