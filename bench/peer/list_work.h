// SPDX-FileCopyrightText: 2026 The Tarn authors
// SPDX-License-Identifier: MIT

/*
 * list_work.h -- the workload of lists: one library, once
 *
 * That of deques (deque_work.h), to the letter.  A file that includes this
 * last has defined new_list(), an empty one; push(number); and pop(), which
 * returns the first.
 */
#define new_deque new_list
#include "deque_work.h"
